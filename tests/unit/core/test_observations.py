"""What counts in an event, and what follows from how a unit stands."""

import json
from typing import Any

import pytest

from station.core.codes import UnitIdentity
from station.core.epcis_reading import read_events
from station.core.errors import ConfigurationError
from station.core.observations import Observation, Whereabouts, follow, observations_of
from station.core.registry import UnitState

UNIT = UnitIdentity("09506000134352", "K7QZ4M2XW9TRB")
LINK = "https://id.gs1.org/01/09506000134352/21/K7QZ4M2XW9TRB"
URN = "urn:epc:id:sgtin:950600.0013435.K7QZ4M2XW9TRB"
DOCK = "https://intake-station.invalid/loc/berlin/dock-1"


def document(*events: dict[str, Any]) -> bytes:
    return json.dumps({"type": "EPCISDocument", "epcisBody": {"eventList": events}}).encode()


def event(**fields: Any) -> dict[str, Any]:
    return {
        "type": "ObjectEvent",
        "eventID": "ni:///sha-256;00?ver=CBV2.0",
        "epcList": [LINK],
        "bizStep": "receiving",
        "disposition": "in_progress",
        "readPoint": {"id": DOCK},
    } | fields


def seen(**fields: Any) -> tuple[Observation, ...]:
    (read,) = read_events(document(event(**fields)), "events.json")
    return observations_of(read)


@pytest.mark.parametrize("epc", [LINK, URN])
@pytest.mark.parametrize("prefix", ["", "urn:epcglobal:cbv:bizstep:", "cbv:BizStep-"])
def test_a_receipt_however_it_is_spelled(epc: str, prefix: str) -> None:
    (one,) = seen(epcList=[epc], bizStep=f"{prefix}receiving")
    assert (one.identity, one.state) == (UNIT, UnitState.RECEIVED)
    assert (one.read_point, one.taken_back) == (DOCK, False)


@pytest.mark.parametrize(
    ("step", "disposition", "state"),
    [
        ("receiving", "recalled", UnitState.RECEIVED),
        ("shipping", "returned", UnitState.RETURNED_TO_SELLER),
        ("urn:epcglobal:cbv:bizstep:shipping", "cbv:Disp-returned", UnitState.RETURNED_TO_SELLER),
        ("destroying", "destroyed", UnitState.DESTROYED),
        ("decommissioning", "inactive", UnitState.REPLACED),
    ],
)
def test_steps_that_count(step: str, disposition: str, state: UnitState) -> None:
    assert [one.state for one in seen(bizStep=step, disposition=disposition)] == [state]


@pytest.mark.parametrize(
    "fields",
    [
        {"bizStep": "holding", "disposition": "no_pedigree_match"},
        {"bizStep": "inspecting"},
        {"bizStep": "shipping", "disposition": "in_transit"},
        {"bizStep": "receivinG"},
        {"type": "AggregationEvent"},
        {"epcList": []},
        {"epcList": [None, 7, "urn:epc:id:sscc:950600.0134352000", "01095"]},
    ],
)
def test_the_rest_is_passed_over(fields: dict[str, Any]) -> None:
    assert seen(**fields) == ()


def test_the_answer_of_a_repository_is_read_as_well() -> None:
    answered = {"queryName": "all", "resultsBody": {"eventList": [event()]}}
    content = {"type": "EPCISQueryDocument", "epcisBody": {"queryResults": answered}}
    assert [one.number for one in read_events(json.dumps(content).encode(), "e.json")] == [1]


@pytest.mark.parametrize(
    "content",
    [
        {"type": ["EPCISDocument"], "epcisBody": {"eventList": []}},
        {"type": "EPCISQueryDocument", "epcisBody": {"eventList": []}},
        {"type": "EPCISQueryDocument", "epcisBody": {"queryResults": [{}]}},
        {"type": "EPCISDocument", "epcisBody": {"eventList": [7]}},
    ],
)
def test_what_is_neither_is_refused(content: dict[str, Any]) -> None:
    with pytest.raises(ConfigurationError, match=r"no EPCIS 2.0 document|holds no eventList"):
        read_events(json.dumps(content).encode(), "e.json")


def test_a_unit_that_is_named_twice_is_seen_once() -> None:
    assert len(seen(epcList=[LINK, URN, LINK])) == 1


def test_events_are_told_apart_by_their_ids_else_by_their_content() -> None:
    one, other = seen(), seen(eventID="ni:///sha-256;01?ver=CBV2.0")
    assert one[0].event != other[0].event
    unnamed = event()
    del unnamed["eventID"]
    later = unnamed | {"eventTime": "2026-01-01T00:00:00Z"}
    names = [
        observations_of(each)[0].event
        for each in read_events(document(unnamed, later, unnamed), "events.json")
    ]
    assert names[0] == names[2] != names[1]


def test_a_declaration_goes_under_the_id_of_what_it_takes_back() -> None:
    (told,) = seen()
    (back,) = seen(errorDeclaration={"declarationTime": "2026-01-01T00:00:00Z"})
    assert back.taken_back
    assert back.event == told.event


@pytest.mark.parametrize(
    "fields",
    [
        {"eventID": "x" * 2049},
        {"eventID": 7},
        {"epcList": LINK},
        {"readPoint": DOCK},
        {"readPoint": {"id": 7}},
        {"bizStep": ["receiving"]},
    ],
)
def test_what_epcis_does_not_allow_is_refused_by_name(fields: dict[str, Any]) -> None:
    with pytest.raises(ConfigurationError, match=rf"events.json, event 1, {next(iter(fields))}:"):
        seen(**fields)


HERE = Whereabouts(UnitState.RECEIVED, "dock-1")
RETURNED = Whereabouts(UnitState.RETURNED_TO_SELLER)
_S = UnitState


@pytest.mark.parametrize(
    ("stands", "state", "place", "after"),
    [
        (Whereabouts(_S.ACTIVE), _S.RECEIVED, "dock-1", HERE),
        (Whereabouts(_S.EXPECTED), _S.RECEIVED, "dock-1", HERE),
        (RETURNED, _S.RECEIVED, "dock-1", HERE),
        (Whereabouts(_S.ACTIVE), _S.RECEIVED, None, Whereabouts(_S.RECEIVED)),
        (HERE, _S.RECEIVED, "dock-1", HERE),
        (HERE, _S.RECEIVED, "dock-2", None),
        (HERE, _S.RECEIVED, None, None),
        (Whereabouts(_S.RECEIVED), _S.RECEIVED, None, None),
        (Whereabouts(_S.RECEIVED), _S.RECEIVED, "dock-1", None),
        (HERE, _S.RETURNED_TO_SELLER, "dock-1", RETURNED),
        (HERE, _S.RETURNED_TO_SELLER, "dock-2", None),
        (HERE, _S.DESTROYED, "dock-1", Whereabouts(_S.DESTROYED)),
        (HERE, _S.DESTROYED, "dock-2", None),
        (Whereabouts(_S.ACTIVE), _S.DESTROYED, "dock-2", Whereabouts(_S.DESTROYED)),
        (Whereabouts(_S.COUNTERFEIT), _S.DESTROYED, None, Whereabouts(_S.DESTROYED)),
        (Whereabouts(_S.COUNTERFEIT), _S.RECEIVED, "dock-1", None),
        (Whereabouts(_S.SHIPPED, "dock-1"), _S.RECEIVED, "dock-1", None),
        (Whereabouts(_S.MINTED), _S.RECEIVED, "dock-1", None),
        (Whereabouts(_S.DESTROYED), _S.RECEIVED, "dock-1", None),
        (Whereabouts(_S.DESTROYED), _S.DESTROYED, "dock-1", Whereabouts(_S.DESTROYED)),
        (Whereabouts(_S.VOID), _S.RETURNED_TO_SELLER, "dock-1", None),
        (Whereabouts(_S.REPLACED), _S.RECEIVED, "dock-1", None),
    ],
)
def test_what_follows(
    stands: Whereabouts, state: UnitState, place: str | None, after: Whereabouts | None
) -> None:
    assert follow(stands, state, place) == after
