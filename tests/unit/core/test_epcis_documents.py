"""Whole EPCIS documents held to a schema, with its formats, and to CBV's own words.

GS1's schema lets misspelt words through, so the words are looked up in lists of their own; each
check is shown to fail on what it is there for.
"""

import copy
import json
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from jsonschema import Draft7Validator, FormatChecker

from station.core.acts import ActKind
from station.core.epcis_acts import COUNTERFEIT
from station.core.epcis_events import (
    Action,
    AggregationEvent,
    ErrorReason,
    document_head,
    place_of,
    sscc_uri,
    unit_uri,
)
from station.core.journal import Entry
from station.core.reasons import Disposition, Reason, VerdictClass
from station.core.verdict import UnitChange, Verdict
from tests.fakes.acts import NEW_LABEL, QUARANTINED, act
from tests.fakes.entries import entry, unit
from tests.unit.core.test_epcis_acts import JOURNAL, told

AGGREGATIONS = {
    "unpacked": AggregationEvent(
        event_time="2026-01-31T14:00:00.000Z",
        parent=sscc_uri("106141412345678908"),
        children=(unit_uri(unit(2)), unit_uri(unit(1))),
        biz_step="unpacking",
        disposition=Disposition.IN_PROGRESS.value,
        where=place_of("north-dock", "dock-1"),
        action=Action.DELETE,
        extensions=(("shipment", "ASN-17"),),
    )
}

OWN_DISPOSITIONS = frozenset({Disposition.SUSPECTED_COUNTERFEIT.value, COUNTERFEIT})


@pytest.fixture(scope="module")
def schema(request: pytest.FixtureRequest) -> Draft7Validator:
    path = request.config.rootpath / "tests/golden/epcis/document.schema.json"
    checker = FormatChecker()
    for name in ("date-time", "uri"):
        assert name in checker.checkers, f"nothing checks {name}"
    return Draft7Validator(json.loads(path.read_text()), format_checker=checker)


@pytest.fixture(scope="module")
def words(request: pytest.FixtureRequest) -> dict[str, frozenset[str]]:
    path = request.config.rootpath / "tests/golden/epcis/cbv_vocabulary.json"
    lists: dict[str, Any] = json.loads(path.read_text())
    return {name: frozenset(words) for name, words in lists.items() if name != "origin"}


def document(*events: dict[str, Any]) -> dict[str, Any]:
    return document_head("2026-01-31T15:00:00.000Z") | {"epcisBody": {"eventList": list(events)}}


def faults(
    whole: dict[str, Any], schema: Draft7Validator, words: dict[str, frozenset[str]]
) -> list[str]:
    """Everything wrong with a document."""
    return [error.message for error in schema.iter_errors(whole)] + list(_misspelt(whole, words))


def _misspelt(whole: dict[str, Any], words: dict[str, frozenset[str]]) -> Iterator[str]:
    for event in whole["epcisBody"]["eventList"]:
        if event["bizStep"] not in words["biz_steps"]:
            yield f"bizStep {event['bizStep']}"
        if event["disposition"] not in words["dispositions"] | OWN_DISPOSITIONS:
            yield f"disposition {event['disposition']}"
        declared = event.get("errorDeclaration")
        if declared is not None and declared["reason"] not in words["error_reasons"]:
            yield f"reason {declared['reason']}"


def every_entry() -> Iterator[Entry]:
    """A verdict of every class and reason, and an act of every kind."""
    for number, reason in enumerate(Reason, 100):
        for verdict_class in VerdictClass:
            yield entry(number, Verdict(verdict_class, reason, change=UnitChange.NONE))
    for number, kind in enumerate(ActKind, 200):
        for about in JOURNAL.values():
            yield act(number, kind, about, after=QUARANTINED, replaced_by=NEW_LABEL)
    yield from JOURNAL.values()


def everything_told() -> list[dict[str, Any]]:
    """The event of every entry that has one, and of each kind of aggregation."""
    events = [event.to_json() for one in every_entry() for event in told(one)]
    return events + [event.to_json() for event in AGGREGATIONS.values()]


def test_everything_the_station_tells_is_sound(
    schema: Draft7Validator, words: dict[str, frozenset[str]]
) -> None:
    events = everything_told()
    assert len(events) > 200
    assert {event["type"] for event in events} == {"ObjectEvent", "AggregationEvent"}
    assert faults(document(*events), schema, words) == []


@pytest.mark.epcis_schema
def test_it_is_sound_by_gs1s_own_schema() -> None:
    schema = json.loads(Path(sys.prefix, "npm", "epcis.schema.json").read_text("utf-8"))
    assert schema["$id"] == "https://gs1.github.io/EPCIS/EPCIS-JSON-Schema.json"
    gs1s = Draft7Validator(schema, format_checker=FormatChecker())
    whole = document(*everything_told())
    assert [error.message for error in gs1s.iter_errors(whole)] == []
    first, second, third, *_ = whole["epcisBody"]["eventList"]
    first["eventTime"] = "yesterday"
    second["type"] = "ObjectEvents"
    del third["action"]
    assert len(list(gs1s.iter_errors(whole))) >= 3


def test_error_reasons_are_cbvs(words: dict[str, frozenset[str]]) -> None:
    assert {reason.value for reason in ErrorReason} <= words["error_reasons"]


def test_dispositions_of_our_own_are_addresses(words: dict[str, frozenset[str]]) -> None:
    own = {word.value for word in Disposition} - words["dispositions"]
    assert own == {Disposition.SUSPECTED_COUNTERFEIT.value}
    assert all(word.startswith("https://") for word in OWN_DISPOSITIONS)


@pytest.mark.parametrize("name", AGGREGATIONS)
def test_aggregations_and_their_ids_are_as_the_reference_implementation_says(
    name: str, root: Path
) -> None:
    golden: dict[str, Any] = json.loads((root / "tests/golden/epcis/events.json").read_text())
    assert AGGREGATIONS[name].to_json() == golden["aggregations"][name]


class TestTheChecksFind:
    """Each is one small mistake in a sound document."""

    def spoilt(self, **fields: Any) -> dict[str, Any]:
        event = copy.deepcopy(told(entry(1))[0].to_json())
        for name, value in fields.items():
            if value is None:
                del event[name]
            else:
                event[name] = value
        return document(event)

    @pytest.mark.parametrize(
        "fields",
        [
            {"bizStep": "recieving"},
            {"disposition": "in_progres"},
            {"disposition": "https://elsewhere.invalid/disp"},
            {"eventTime": "2026-02-30T12:00:00.000Z"},
            {"eventTime": "yesterday"},
            {"eventTime": "2026-01-31T12:00:00.000+01:00"},
            {"eventTimeZoneOffset": "+01:00"},
            {"eventID": "urn:uuid:1"},
            {"epcList": ["not a uri"]},
            {"epcList": []},
            {"epcList": None},
            {"action": "LOOK"},
            {"readPoint": {"id": "dock 1"}},
            {"readPoint": None},
            {"unknown": "field"},
            {"intake:reason": 7},
            {"type": "SomeEvent"},
            {"errorDeclaration": {"declarationTime": "2026-01-31T12:00:00.000Z", "reason": "x"}},
            {"errorDeclaration": {"reason": "did_not_occur"}},
        ],
        ids=str,
    )
    def test_a_mistake(
        self,
        fields: dict[str, Any],
        schema: Draft7Validator,
        words: dict[str, frozenset[str]],
    ) -> None:
        assert faults(self.spoilt(), schema, words) == []
        assert faults(self.spoilt(**fields), schema, words) != []
