"""Deciding again: the same gives no difference, and each part that was altered is named."""

import pytest

from station.core.acts import ActEntry, ActKind
from station.core.codes import CodeKind, UnitIdentity
from station.core.facts import SignatureStatus
from station.core.journal import JournalEntry
from station.core.operators import THE_STATION, Role
from station.core.policy import SitePolicy, UnenrolledPolicy
from station.core.reasons import Reason, VerdictClass
from station.core.registry import KeyState, Overlay, UnitRecord, UnitState
from station.core.replaying import (
    Difference,
    Part,
    act_differences,
    payload_differences,
    readings,
    signature_differences,
    signatures_checked,
    verdict_differences,
)
from station.core.symbol import Symbol, SymbolFormat
from station.core.verdict import UnitChange
from tests.fakes.intake import GTIN, Dock, forged, genuine, identity, overlaid, registry, unsigned
from tests.fakes.registry import FakeRegistry
from tests.fakes.replacing import replace

POLICY = SitePolicy()
SERIAL = "K7QZ4M2XW9TRB"
KEY = registry().key_records[0]


def decided(
    payload: bytes, *more: bytes, known: FakeRegistry | None = None, identifier: str = "]d2"
) -> JournalEntry:
    """What the station said of the last of some payloads."""
    dock = Dock(registry(SERIAL) if known is None else known)
    for one in (payload, *more):
        dock.scan(one, identifier=identifier)
        dock.wait(5)
    dock.run()
    return dock.told.verdicts[-1]


def differences(entry: JournalEntry, policy: SitePolicy = POLICY) -> list[Difference]:
    codes = readings(entry)
    found = payload_differences(entry, codes[0]) if codes else []
    checked = [(code, KEY) for code in signatures_checked(entry, codes)]
    if checked:
        found += signature_differences(entry.facts, checked)
    return found + verdict_differences(entry, policy)


@pytest.mark.parametrize(
    "entry",
    [
        decided(genuine(SERIAL)),
        decided(genuine("NEVERHEARDOF1")),
        decided(forged(SERIAL)),
        decided(forged(SERIAL), forged(SERIAL)),
        decided(genuine(SERIAL, key_id=9)),
        decided(unsigned(SERIAL)),
        decided(b"\x1b[2J"),
        decided(b""),
        decided(b"4006381333931", identifier="]E0"),
        decided(b"0109506000134352", identifier="]d2"),
        decided(b"AZ:" + b"7" * 26, identifier="]Q1"),
        decided(
            genuine(SERIAL),
            known=replace(registry(), unit_records=[overlaid(SERIAL, Overlay.STOLEN)]),
        ),
    ],
    ids=lambda entry: f"{entry.kind.value}-{entry.verdict.reason.value}",
)
def test_what_the_station_decided_comes_out_the_same(entry: JournalEntry) -> None:
    assert differences(entry) == []


def test_an_opaque_code_is_named_by_the_registry_alone() -> None:
    known = registry()
    known.unit_records.append(UnitRecord(1, "INSIDE", UnitState.ACTIVE))
    known.codes["AZ:" + "7" * 26] = (1, "INSIDE")
    entry = decided(b"AZ:" + b"7" * 26, identifier="]Q1", known=known)
    assert entry.identity == UnitIdentity(GTIN, "INSIDE")
    assert differences(entry) == []


def test_the_operators_word_is_decided_again_too() -> None:
    dock = Dock(registry())
    dock.declare(Reason.DAMAGED, GTIN)
    dock.run()
    (entry,) = dock.told.verdicts
    assert readings(entry) == ()
    assert differences(entry) == []
    other = replace(entry, verdict=replace(entry.verdict, reason=Reason.NO_CODE))
    assert differences(other) == [Difference(Part.VERDICT, "reason", "NO_CODE", "DAMAGED")]


def test_a_symbol_is_read_as_the_format_it_was() -> None:
    """Where no identifier was sent, the symbology makes the difference."""
    dock = Dock(registry())
    dock.capture([Symbol(b"4006381333931", "", SymbolFormat.EAN_13)], source="camera")
    dock.capture([Symbol(genuine(SERIAL), "", complete=False)], source="scanner")
    dock.run()
    ean, broken = dock.told.verdicts
    assert (ean.symbol_format, ean.kind) == (SymbolFormat.EAN_13, CodeKind.TRADE_ITEM)
    assert broken.facts.problem is Reason.READ_TRUNCATED
    assert differences(ean) == differences(broken) == []
    assert {d.field for d in differences(replace(broken, complete=True))} >= {"facts.problem"}


class TestADifferenceIsNamed:
    entry = decided(genuine(SERIAL))

    def test_of_other_bytes(self) -> None:
        other = replace(self.entry, payload=genuine("ANOTHERSERIAL"))
        assert differences(other) == [
            Difference(
                Part.PAYLOAD,
                "facts.identity",
                str(identity(SERIAL)),
                str(identity("ANOTHERSERIAL")),
            )
        ]

    def test_of_bytes_that_are_no_code(self) -> None:
        found = differences(replace(self.entry, payload=b"01950"))
        assert {(d.field, d.kept) for d in found} >= {("kind", "uc1"), ("facts.problem", "None")}

    def test_of_an_identity_beside_the_facts(self) -> None:
        found = differences(replace(self.entry, identity=identity("ANOTHERSERIAL")))
        assert [(d.part, d.field) for d in found] == [(Part.PAYLOAD, "identity")]

    def test_of_a_signature_said_to_be_genuine(self) -> None:
        found = differences(replace(self.entry, payload=forged(SERIAL)))
        assert found == [Difference(Part.SIGNATURE, "facts.signature", "valid", "invalid")]

    def test_of_a_genuine_signature_said_to_be_none(self) -> None:
        facts = replace(self.entry.facts, signature=SignatureStatus.INVALID)
        found = differences(replace(self.entry, facts=facts))
        assert Difference(Part.SIGNATURE, "facts.signature", "invalid", "valid") in found

    def test_of_a_verdict(self) -> None:
        facts = replace(self.entry.facts, overlays=Overlay.STOLEN)
        found = differences(replace(self.entry, facts=facts))
        assert [(d.field, d.kept, d.again) for d in found] == [
            ("verdict_class", "ACCEPT", "QUARANTINE"),
            ("reason", "OK", "UNIT_STOLEN"),
            ("change", "receive", "quarantine"),
        ]

    def test_of_a_list_of_reasons(self) -> None:
        verdict = replace(self.entry.verdict, also=(Reason.UNIT_STOLEN, Reason.DAMAGED))
        assert differences(replace(self.entry, verdict=verdict)) == [
            Difference(Part.VERDICT, "also", "UNIT_STOLEN DAMAGED", "")
        ]

    def test_of_another_policy(self) -> None:
        dock = Dock(replace(registry(), product_records=[]))
        dock.scan(unsigned(SERIAL))
        dock.run()
        (entry,) = dock.told.verdicts
        strict = SitePolicy("strict", UnenrolledPolicy.HOLD)
        assert entry.verdict.verdict_class is VerdictClass.ACCEPT_NOTE
        assert differences(entry) == []
        assert [(d.field, d.again) for d in differences(entry, strict)] == [
            ("verdict_class", "HOLD")
        ]


def test_what_a_brand_says_of_its_key_later_is_no_difference() -> None:
    entry = decided(genuine(SERIAL))
    (code,) = signatures_checked(entry, readings(entry))
    assert entry.verdict.change is UnitChange.RECEIVE
    revoked = replace(KEY, state=KeyState.REVOKED)
    assert signature_differences(entry.facts, [(code, revoked)]) == []


def test_of_several_readings_one_that_agrees_is_enough() -> None:
    entry, other = decided(genuine(SERIAL)), decided(forged(SERIAL))
    (good,) = signatures_checked(entry, readings(entry))
    (bad,) = signatures_checked(other, readings(other))
    assert signature_differences(entry.facts, [(bad, KEY), (good, KEY)]) == []
    assert signature_differences(entry.facts, [(bad, KEY)]) != []


@pytest.mark.parametrize(
    ("kind", "operator", "role", "differs"),
    [
        (ActKind.OPEN_SHIPMENT, "", Role.OPERATOR, False),
        (ActKind.ACKNOWLEDGE, "", Role.OPERATOR, False),
        (ActKind.CLOSE_SHIPMENT, "", Role.OPERATOR, True),
        (ActKind.CLOSE_SHIPMENT, "ANNA", Role.OPERATOR, True),
        (ActKind.CLOSE_SHIPMENT, "SVEN", Role.SUPERVISOR, False),
        (ActKind.OPERATOR_CHANGED, "SVEN", Role.SUPERVISOR, True),
        (ActKind.OPERATOR_CHANGED, "WIM", Role.WITNESS, False),
        (ActKind.SCANNER_CERTIFIED, "ANNA", Role.OPERATOR, False),
        (ActKind.SCANNER_CERTIFIED, "EVE", Role.WITNESS, True),
    ],
)
def test_who_may_is_held_to_the_acts_rule(
    kind: ActKind, operator: str, role: Role, differs: bool
) -> None:
    """Everybody may change their own PIN: WIM's is the operator that was changed."""
    act = ActEntry("1", "2026-01-01T00:00:00.000Z", "d", kind, operator, role, reference="WIM")
    assert [one.field for one in act_differences(act, None)] == ["role"] * differs


def test_only_the_station_says_that_a_picture_was_kept() -> None:
    line = ActEntry(
        scan_id="1",
        time_utc="2026-01-01T00:00:00.000Z",
        station="dock-1",
        kind=ActKind.PICTURE_KEPT,
        operator=THE_STATION,
        role=Role.WITNESS,
        about="0",
        reference="0" * 64,
    )
    assert act_differences(line, None) == []
    (found,) = act_differences(replace(line, operator="ANNA"), None)
    assert (found.part, found.field, found.again) == (Part.ACT, "operator", THE_STATION)
