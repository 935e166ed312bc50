"""Whatever is scanned, undone and repeated: a shipment adds up, and an undo is as if never done."""

import json
from collections.abc import Callable

from hypothesis import given
from hypothesis import strategies as st

from station.core.acts import ActKind
from station.core.close_out import FIGURES, Figures, close_out
from station.core.epc import read_epc, read_party
from station.core.errors import ConfigurationError
from station.core.facts import Facts, Repeat, SignatureStatus
from station.core.journal import Entry
from station.core.reasons import DECLARABLE, Reason, VerdictClass
from station.core.registry import Overlay, UnitState
from station.core.shipment_csv import read_shipments_csv
from station.core.shipment_epcis import Named, read_shipment_epcis
from station.core.shipment_tally import Outcome, ShipmentTally
from station.core.shipments import Expectation, Shipment, ShipmentKind, ShipmentLine
from tests.fakes.replacing import replace
from tests.fakes.shipments import GTIN, OTHER_GTIN, SSCC, act, declared, entry, facts

SERIALS = st.sampled_from("ABCDEF")
GTINS = st.sampled_from([GTIN, OTHER_GTIN])


@st.composite
def shipments(draw: st.DrawFn) -> Shipment:
    kind = draw(st.sampled_from(ShipmentKind))
    if kind is ShipmentKind.BLIND:
        return Shipment("ASN-1", kind)
    lines: list[ShipmentLine] = []
    for sscc in ("", SSCC):
        for gtin in draw(st.sets(GTINS)):
            free = draw(st.integers(0, 3))
            named = set() if kind is ShipmentKind.ORDER else draw(st.sets(SERIALS, max_size=3))
            taken = {s for line in lines if line.gtin == gtin for s in line.serials}
            named -= taken
            if free + len(named):
                lines.append(ShipmentLine(gtin, free + len(named), frozenset(named), sscc))
    return Shipment("ASN-1", kind, "", tuple(lines))


@st.composite
def verdict_facts(draw: st.DrawFn) -> Facts:
    if draw(st.booleans()) and draw(st.booleans()):
        return declared(draw(st.sampled_from(sorted(DECLARABLE, key=lambda r: r.value))))
    one = facts(draw(SERIALS), draw(st.sampled_from(Expectation)), draw(GTINS))
    match draw(st.integers(0, 6)):
        case 0:
            return replace(one, overlays=Overlay.STOLEN)
        case 1:
            return replace(one, signature=SignatureStatus.INVALID, second_read=draw(st.booleans()))
        case 2:
            return replace(one, signature=SignatureStatus.KEY_UNKNOWN, key_state=None)
        case 3:
            return replace(
                one,
                repeat=draw(st.sampled_from([Repeat.SAME_PRESENTATION, Repeat.NEW_PRESENTATION])),
                claim_state=UnitState.RECEIVED,
                standing_class=VerdictClass.ACCEPT,
                standing_reason=Reason.OK,
            )
        case 4:
            return replace(one, enrolled=False, signature=SignatureStatus.NOT_EVALUATED)
        case _:
            return one


@st.composite
def journals(draw: st.DrawFn) -> list[Entry]:
    lines: list[Entry] = []
    for number in range(draw(st.integers(0, 20))):
        scan_id = str(number)
        if lines and draw(st.integers(0, 3)) == 0:
            kind = draw(st.sampled_from(ActKind))
            lines.append(act(scan_id, kind, draw(st.sampled_from(lines)).scan_id))
        else:
            gtin = draw(st.none() | GTINS)
            of = draw(st.sampled_from(["ASN-1", "ASN-1", "ASN-1", "ASN-2", ""]))
            lines.append(entry(scan_id, draw(verdict_facts()), of, gtin=gtin))
    return lines


def tally_of(shipment: Shipment, lines: list[Entry]) -> ShipmentTally:
    tally = ShipmentTally(shipment)
    for line in lines:
        tally.take(line)
    return tally


@given(shipments(), journals())
def test_every_row_adds_up(shipment: Shipment, lines: list[Entry]) -> None:
    tally = tally_of(shipment, lines)
    items = tally.items()
    done = close_out(shipment, items)
    blind = shipment.kind is ShipmentKind.BLIND
    for row in done.rows:
        figures = row.figures
        assert all(getattr(figures, name) >= 0 for name in FIGURES)
        if not blind:
            assert figures.expected + figures.over == figures.delivered + figures.missing
    assert sum((row.figures for row in done.rows), start=Figures()) == done.total
    assert done.total.expected == shipment.expected
    assert done.total.delivered == len(items)
    assert blind <= (done.total.missing == done.total.over == 0)


@given(shipments(), journals())
def test_the_running_counts_are_those_of_the_close_out(
    shipment: Shipment, lines: list[Entry]
) -> None:
    tally = tally_of(shipment, lines)
    total = close_out(shipment, tally.items()).total
    assert [tally.count(outcome) for outcome in Outcome] == [
        getattr(total, outcome.value) for outcome in Outcome
    ]


@given(shipments(), journals())
def test_what_is_expected_never_becomes_over(shipment: Shipment, lines: list[Entry]) -> None:
    """Units that are accepted only as the tally expects them leave nothing over."""
    tally = ShipmentTally(shipment)
    for line in lines:
        if not hasattr(line, "facts") or line.facts.identity is None:
            continue
        expectation = tally.expectation(line.facts.identity)
        if expectation is Expectation.EXPECTED:
            unit = facts(line.facts.identity.serial, expectation, line.facts.identity.gtin)
            tally.take(entry(line.scan_id, unit))
    total = close_out(shipment, tally.items()).total
    assert total.over == 0
    assert total.accepted + total.missing == total.expected


@given(shipments(), journals(), verdict_facts())
def test_undone_is_as_if_never_done(shipment: Shipment, lines: list[Entry], last: Facts) -> None:
    before = tally_of(shipment, lines)
    after = tally_of(shipment, [*lines, entry("last", last, gtin=GTIN)])
    after.take(act("undo", ActKind.UNDO, "last"))
    same = close_out(shipment, before.items()).total
    assert close_out(shipment, after.items()).total == same


@given(shipments(), journals())
def test_telling_the_last_line_twice_changes_nothing(
    shipment: Shipment, lines: list[Entry]
) -> None:
    """A committed line that is also pending is one line."""
    once = close_out(shipment, tally_of(shipment, lines).items()).total
    twice = close_out(shipment, tally_of(shipment, [*lines, *lines[-1:]]).items()).total
    assert once == twice


WORDS = ("shipment", "gtin", "serial", "count", "sscc", "kind", "ASN-1", "blind", GTIN, SSCC, "A")
SIGNS = (",", ";", "\n", "\r\n", '"', "'=1+1", "5", "\x1d", "\x00", "\x1b[2J", "\u2028", "é")
TOKENS = st.sampled_from((*WORDS, *SIGNS))
CSV_FILES = st.lists(TOKENS).map(lambda parts: "".join(parts).encode())


def fault_of(read: Callable[[], object]) -> ConfigurationError | None:
    """The one error a reader may raise, or None."""
    try:
        read()
    except ConfigurationError as error:
        return error
    return None


@given(st.binary(max_size=300) | CSV_FILES)
def test_any_bytes_are_a_csv_file_or_a_fault(content: bytes) -> None:
    fault = fault_of(lambda: read_shipments_csv(content, "a.csv"))
    if fault is not None:
        assert fault.message.startswith("a.csv, line ")
        assert fault.message.isprintable()
        assert fault.remedy


EVENT_FIELDS = ("type", "action", "bizStep", "epcList", "childEPCs", "parentID", "quantityList")
OTHER_FIELDS = ("eventID", "errorDeclaration", "bizTransactionList", "sourceList")
INNER_FIELDS = ("epcClass", "quantity", "uom", "source", "bizTransaction")
FIELDS = st.sampled_from((*EVENT_FIELDS, *OTHER_FIELDS, *INNER_FIELDS))
JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=20),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(FIELDS, inner, max_size=5),
    max_leaves=12,
)
STEP = st.sampled_from(["shipping", "packing", "urn:epcglobal:cbv:bizstep:shipping", 7])


@given(st.lists(st.dictionaries(FIELDS, JSON, max_size=6), max_size=3), STEP)
def test_any_events_are_a_shipment_or_a_fault(
    events: list[dict[str, object]], step: object
) -> None:
    told = [{"type": "ObjectEvent", "action": "ADD", "bizStep": step, **event} for event in events]
    document = {"type": "EPCISDocument", "epcisBody": {"eventList": told}}
    content = json.dumps(document).encode()
    fault = fault_of(lambda: read_shipment_epcis(content, "a.json", Named("ASN-1")))
    if fault is not None:
        assert fault.message.startswith("a.json")
        assert fault.message.isprintable()


@given(st.binary(max_size=200))
def test_any_bytes_are_an_epcis_file_or_a_fault(content: bytes) -> None:
    fault = fault_of(lambda: read_shipment_epcis(content, "a.json", Named("ASN-1")))
    assert fault is not None
    assert fault.message.startswith("a.json")


@given(st.text(max_size=80) | st.from_regex(r"\Aurn:epc:(id|idpat|class):\S{1,40}\Z"))
def test_any_text_is_an_epc_or_none(text: str) -> None:
    read_epc(text)
    read_party(text)
