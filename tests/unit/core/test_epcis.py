"""Journal entries as EPCIS events: what is told, in which words, under which id."""

import json
from pathlib import Path
from typing import Any

import pytest

from station.core.codes import UnitIdentity
from station.core.epcis import EventKind, event_kind, event_of
from station.core.epcis_events import (
    Action,
    ErrorDeclaration,
    ErrorReason,
    ObjectEvent,
    Where,
    document_head,
    place_of,
    sscc_uri,
    unit_uri,
)
from station.core.facts import Repeat
from station.core.journal import JournalEntry
from station.core.reasons import RULES, Reason, VerdictClass
from station.core.verdict import UnitChange, Verdict
from tests.fakes.entries import GTIN, QUARANTINED, RESCAN, entry, nameless
from tests.fakes.replacing import replace

WHERE = place_of("north-dock", "dock-1")


def held(reason: Reason, verdict_class: VerdictClass = VerdictClass.QUARANTINE) -> Verdict:
    return Verdict(verdict_class, reason)


def without_serial(number: int, verdict: Verdict) -> JournalEntry:
    return replace(entry(number, verdict), identity=None)


GOLDEN = {
    "received": entry(1),
    "quarantined": entry(2, QUARANTINED),
    "every sign a serial may hold": replace(
        entry(3), identity=UnitIdentity(GTIN, "!\"%&'()*+,-./:=?_")
    ),
    "suspected counterfeit": entry(4, held(Reason.SIGNATURE_INVALID)),
    "product without serial": without_serial(
        5, Verdict(VerdictClass.ACCEPT_NOTE, Reason.GTIN_NOT_ENROLLED, provisional=True)
    ),
}


@pytest.mark.parametrize("name", GOLDEN)
def test_events_and_their_ids_are_as_the_reference_implementation_says(
    name: str, root: Path
) -> None:
    golden: dict[str, Any] = json.loads((root / "tests/golden/epcis/events.json").read_text())
    event = event_of(GOLDEN[name], WHERE)
    assert event is not None
    assert event.to_json() == golden["events"][name]


class TestWhichEvent:
    @pytest.mark.parametrize("verdict_class", VerdictClass)
    def test_follows_the_class(self, verdict_class: VerdictClass) -> None:
        expected = {
            VerdictClass.ACCEPT: EventKind.RECEIVING,
            VerdictClass.ACCEPT_NOTE: EventKind.RECEIVING,
            VerdictClass.RESCAN: None,
            VerdictClass.HOLD: EventKind.HOLDING,
            VerdictClass.QUARANTINE: EventKind.HOLDING,
            VerdictClass.STOP: None,
        }
        made = entry(1, Verdict(verdict_class, Reason.OK))
        assert event_kind(made) is expected[verdict_class]
        assert (event_of(made, WHERE) is None) == (expected[verdict_class] is None)

    @pytest.mark.parametrize("verdict", [entry(1).verdict, QUARANTINED])
    def test_a_further_read_of_one_presentation_says_nothing_new(self, verdict: Verdict) -> None:
        first = entry(1, verdict)
        again = replace(first, facts=replace(first.facts, repeat=Repeat.SAME_PRESENTATION))
        assert event_of(again, WHERE) is None
        second = replace(first, facts=replace(first.facts, repeat=Repeat.NEW_PRESENTATION))
        assert event_of(second, WHERE) is not None

    def test_an_item_nobody_can_name_has_no_event(self) -> None:
        unknown = replace(nameless(1), verdict=held(Reason.UNREADABLE))
        assert event_of(unknown, WHERE) is None

    def test_a_product_without_serial_is_counted(self) -> None:
        event = event_of(without_serial(1, held(Reason.NO_CODE)), WHERE)
        assert event is not None
        assert event.to_json()["quantityList"] == [
            {"epcClass": f"https://id.gs1.org/01/{GTIN}", "quantity": 1}
        ]
        assert event.to_json()["epcList"] == []


class TestWords:
    def test_accepted_is_in_progress_whatever_its_note(self) -> None:
        event = event_of(
            entry(1, Verdict(VerdictClass.ACCEPT_NOTE, Reason.UNIT_UNKNOWN_SIGNED)), WHERE
        )
        assert event is not None
        assert (event.biz_step, event.disposition) == ("receiving", "in_progress")

    @pytest.mark.parametrize("reason", [r for r in Reason if RULES[r].disposition])
    def test_held_is_said_in_the_reasons_word(self, reason: Reason) -> None:
        event = event_of(entry(1, held(reason)), WHERE)
        disposition = RULES[reason].disposition
        assert event is not None
        assert disposition is not None
        assert (event.biz_step, event.disposition) == ("holding", disposition.value)

    def test_a_hold_without_a_word_of_its_own_still_has_one(self) -> None:
        event = event_of(entry(1, held(Reason.GTIN_NOT_ENROLLED, VerdictClass.HOLD)), WHERE)
        assert event is not None
        assert event.disposition == "no_pedigree_match"

    def test_a_forged_label_changes_nothing_on_the_unit_it_copies(self) -> None:
        event = event_of(entry(1, held(Reason.SIGNATURE_INVALID)), WHERE)
        assert event is not None
        assert event.to_json()["intake:unitChange"] == UnitChange.NONE.value


class TestIds:
    def event(self) -> ObjectEvent:
        event = event_of(entry(1), WHERE)
        assert event is not None
        return event

    def test_the_same_entry_always_gives_the_same_id(self) -> None:
        assert self.event().event_id() == self.event().event_id()

    def test_every_field_counts(self) -> None:
        event = self.event()
        changed = [
            replace(event, event_time="2026-01-31T12:00:01.001Z"),
            replace(event, epcs=("https://id.gs1.org/01/09506000134352/21/X",)),
            replace(event, classes=("https://id.gs1.org/01/09506000134352",)),
            replace(event, biz_step="holding"),
            replace(event, action=Action.DELETE),
            replace(event, disposition="recalled"),
            replace(event, where=Where("https://a.invalid/1", WHERE.biz_location)),
            replace(event, where=Where(WHERE.read_point, "https://a.invalid/1")),
            replace(event, extensions=(*event.extensions, ("more", "1"))),
        ]
        assert len({event.event_id(), *(other.event_id() for other in changed)}) == 10

    def test_but_not_that_it_was_taken_back(self) -> None:
        event = self.event()
        declaration = ErrorDeclaration("2026-01-31T13:00:00.000Z", ErrorReason.DID_NOT_OCCUR)
        assert replace(event, error=declaration).event_id() == event.event_id()

    def test_the_order_of_lists_does_not_count(self) -> None:
        event = replace(
            self.event(), epcs=("https://b.invalid", "https://a.invalid"), classes=("d", "c")
        )
        turned = replace(
            event,
            epcs=event.epcs[::-1],
            classes=event.classes[::-1],
            extensions=event.extensions[::-1],
        )
        assert turned.event_id() == event.event_id()


def test_a_unit_is_named_by_its_canonical_digital_link() -> None:
    assert unit_uri(UnitIdentity(GTIN, "K7QZ4M2XW9TRB")) == (
        "https://id.gs1.org/01/09506000134352/21/K7QZ4M2XW9TRB"
    )
    assert unit_uri(UnitIdentity(GTIN, "A/B?C%D")).endswith("/21/A%2FB%3FC%25D")


def test_a_pallet_is_named_likewise() -> None:
    assert sscc_uri("106141412345678908") == "https://id.gs1.org/00/106141412345678908"


def test_places_are_the_station_in_its_site() -> None:
    assert place_of("site a", "dock/1") == Where(
        "https://intake-station.invalid/loc/site%20a/dock%2F1",
        "https://intake-station.invalid/loc/site%20a",
    )


def test_a_document_names_its_vocabulary() -> None:
    assert document_head("2026-01-31T12:00:00.000Z") == {
        "@context": [
            "https://ref.gs1.org/standards/epcis/2.0.0/epcis-context.jsonld",
            {"intake": "https://intake-station.invalid/epcis/"},
        ],
        "type": "EPCISDocument",
        "schemaVersion": "2.0",
        "creationDate": "2026-01-31T12:00:00.000Z",
    }


def test_a_rescan_is_told_to_nobody() -> None:
    assert event_of(entry(1, RESCAN), WHERE) is None
