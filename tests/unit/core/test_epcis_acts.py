"""Acts as EPCIS events: in which words, of which object, and what takes back what."""

import json
from pathlib import Path
from typing import Any

import pytest

from station.core.acts import ActEntry, ActKind
from station.core.epcis import MAX_ABOUT, EventKind, event_kind, events_of
from station.core.epcis_events import Event, place_of, unit_uri
from station.core.epcis_pallets import NO_CONTENTS, Contents
from station.core.journal import Entry
from station.core.reasons import Reason, VerdictClass
from station.core.verdict import Verdict
from tests.fakes.acts import NEW_LABEL, QUARANTINED, RECEIVED, act
from tests.fakes.entries import GTIN, entry, nameless
from tests.fakes.entries import QUARANTINED as RECALLED
from tests.fakes.replacing import replace

HELD = Verdict(VerdictClass.HOLD, Reason.REPEAT_SAME_STATION)
FORGED = Verdict(VerdictClass.QUARANTINE, Reason.SIGNATURE_INVALID)

accepted, recalled, held, forged = entry(1), entry(2, RECALLED), entry(3, HELD), entry(4, FORGED)
unreadable = replace(entry(5, Verdict(VerdictClass.QUARANTINE, Reason.UNREADABLE)), identity=None)

release = act(11, ActKind.RELEASE, recalled, before=QUARANTINED, after=RECEIVED)
same_unit = act(12, ActKind.SAME_UNIT, held, moves=False)

CASES: dict[str, ActEntry] = {
    "release": release,
    "quarantine": act(13, ActKind.QUARANTINE, held, after=replace(QUARANTINED, reason=Reason.OVER)),
    "second unit": act(14, ActKind.SECOND_UNIT, held, before=RECEIVED, after=QUARANTINED),
    "confirm counterfeit": act(15, ActKind.CONFIRM_COUNTERFEIT, recalled),
    "return to seller": act(16, ActKind.RETURN_TO_SELLER, recalled),
    "relabel": act(17, ActKind.RELABEL, recalled, replaced_by=NEW_LABEL),
    "relabel without an old code": act(
        18, ActKind.RELABEL, unreadable, moves=False, replaced_by=NEW_LABEL
    ),
    "destroy": act(19, ActKind.DESTROY, recalled, witness="EVE"),
    "destroy a forged label": act(20, ActKind.DESTROY, forged, moves=False),
    "same unit": same_unit,
    "undo of an accept": act(21, ActKind.UNDO, accepted, before=RECEIVED),
    "undo of a quarantine": act(22, ActKind.UNDO, recalled, before=QUARANTINED),
    "undo of a release": act(23, ActKind.UNDO, release, before=RECEIVED, after=QUARANTINED),
    "undo of an answer": act(24, ActKind.UNDO, same_unit, moves=False),
}

_ALL: tuple[Entry, ...] = (accepted, recalled, held, forged, unreadable, *CASES.values())
JOURNAL: dict[str, Entry] = {one.scan_id: one for one in _ALL}


def told(one: Entry) -> tuple[Event, ...]:
    return events_of(
        one, lambda entry: place_of("north-dock", entry.station), JOURNAL.get, brought_nothing
    )


def brought_nothing(_act: ActEntry) -> Contents:
    return NO_CONTENTS


def said(one: Entry) -> list[tuple[str, str, str, bool]]:
    """Business step, disposition, action, and whether it is taken back."""
    return [
        (event.biz_step, event.disposition, event.action.value, event.error is not None)
        for event in told(one)
    ]


@pytest.mark.parametrize("name", CASES)
def test_events_and_their_ids_are_as_the_reference_implementation_says(
    name: str, root: Path
) -> None:
    golden: dict[str, Any] = json.loads((root / "tests/golden/epcis/events.json").read_text())
    assert [event.to_json() for event in told(CASES[name])] == golden["acts"][name]


class TestWords:
    @pytest.mark.parametrize(
        ("name", "expected"),
        [
            ("release", ("receiving", "in_progress", "OBSERVE", False)),
            ("quarantine", ("holding", "mismatch_instance", "OBSERVE", False)),
            (
                "second unit",
                (
                    "holding",
                    "https://intake-station.invalid/cbv/disp/suspected_counterfeit",
                    "OBSERVE",
                    False,
                ),
            ),
            (
                "confirm counterfeit",
                (
                    "inspecting",
                    "https://intake-station.invalid/cbv/disp/counterfeit",
                    "OBSERVE",
                    False,
                ),
            ),
            ("return to seller", ("shipping", "returned", "OBSERVE", False)),
            ("destroy", ("destroying", "destroyed", "DELETE", False)),
        ],
    )
    def test_of_acts_that_are_one_event(
        self, name: str, expected: tuple[str, str, str, bool]
    ) -> None:
        assert said(CASES[name]) == [expected]

    def test_a_relabelled_unit_leaves_one_code_and_is_received_by_another(self) -> None:
        assert said(CASES["relabel"]) == [
            ("decommissioning", "inactive", "DELETE", False),
            ("commissioning", "active", "ADD", False),
            ("receiving", "in_progress", "OBSERVE", False),
        ]
        old, new, received = (event.to_json()["epcList"] for event in told(CASES["relabel"]))
        assert recalled.identity is not None
        assert old == [unit_uri(recalled.identity)]
        assert new == received == [unit_uri(NEW_LABEL)]

    def test_what_had_no_code_only_gets_one(self) -> None:
        assert [one[0] for one in said(CASES["relabel without an old code"])] == [
            "commissioning",
            "receiving",
        ]

    def test_a_forged_label_never_tells_of_the_unit_it_names(self) -> None:
        (event,) = told(CASES["destroy a forged label"])
        said = event.to_json()
        assert said["epcList"] == []
        assert said["quantityList"] == [
            {"epcClass": f"https://id.gs1.org/01/{GTIN}", "quantity": 1}
        ]


class TestTakingBack:
    def test_the_same_event_again_with_an_error_declaration(self) -> None:
        undo = CASES["undo of an accept"]
        (original,), (declared,) = told(accepted), told(undo)
        assert declared.event_id() == original.event_id()
        before, after = original.to_json(), declared.to_json()
        assert after.pop("errorDeclaration") == {
            "declarationTime": undo.time_utc,
            "reason": "did_not_occur",
        }
        assert after == before

    def test_an_item_that_is_held_again_has_a_corrective_event(self) -> None:
        undo = CASES["undo of a release"]
        declared, held_again = told(undo)
        assert said(undo) == [
            ("receiving", "in_progress", "OBSERVE", True),
            ("holding", "recalled", "OBSERVE", False),
        ]
        assert declared.to_json()["errorDeclaration"] == {
            "declarationTime": undo.time_utc,
            "reason": "incorrect_data",
            "correctiveEventIDs": [held_again.event_id()],
        }

    def test_the_same_unit_was_never_held(self) -> None:
        (declared,) = told(same_unit)
        assert declared.event_id() == told(held)[0].event_id()
        assert said(same_unit) == [("holding", "mismatch_instance", "OBSERVE", True)]

    def test_a_declaration_is_not_declared_an_error_but_told_anew(self) -> None:
        (again,) = told(CASES["undo of an answer"])
        assert again.error is None
        assert (again.biz_step, again.event_time) == (
            "holding",
            CASES["undo of an answer"].time_utc,
        )

    def test_of_what_nobody_knows_nothing_is_told(self) -> None:
        orphan = replace(CASES["undo of an accept"], about="0" * 26)
        assert told(orphan) == ()

    def test_acts_about_each_other_come_to_an_end(self) -> None:
        one = replace(CASES["undo of an accept"], about="B", scan_id="A")
        other = replace(one, about="A", scan_id="B")
        asked: list[str] = []

        def find(scan_id: str) -> Entry:
            asked.append(scan_id)
            return one if scan_id == "A" else other

        assert (
            events_of(one, lambda entry: place_of("a", entry.station), find, brought_nothing) == ()
        )
        assert len(asked) == MAX_ABOUT


class TestWhichKind:
    @pytest.mark.parametrize("kind", ActKind)
    def test_every_kind_that_is_told_tells_something(self, kind: ActKind) -> None:
        one = act(99, kind, held, after=QUARANTINED, replaced_by=NEW_LABEL)
        events = told(one)
        if kind is not ActKind.CLOSE_SHIPMENT:  # which tells of pallets alone
            assert (event_kind(one) is None) == (events == ())
        if events and events[0].error is None:
            expected = event_kind(one)
            assert expected is not None
            assert events[0].biz_step == expected.value

    def test_an_undo_is_an_error_declaration(self) -> None:
        assert event_kind(CASES["undo of a release"]) is EventKind.ERROR_DECLARATION

    def test_an_item_nobody_can_name_has_no_event(self) -> None:
        one = act(99, ActKind.DESTROY, nameless(6))
        assert event_kind(one) is None
        assert told(one) == ()
