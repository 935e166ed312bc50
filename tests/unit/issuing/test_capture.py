"""Events taken in once, in any pieces, taken back, and doubted."""

from collections.abc import Iterator
from itertools import count
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from station.core.epcis_events import Action, ErrorDeclaration, ErrorReason, ObjectEvent, Where
from station.core.epcis_reading import ReadEvent
from station.core.errors import ConfigurationError
from station.core.observations import Whereabouts
from station.core.registry import UnitState
from station.issuing import capture as module
from station.issuing.capture import Captured, Doubt, capture, place_of
from station.issuing.catalogue import add_brand, add_product
from station.issuing.marks import Mark, mark_units
from station.ports.brand_store import BrandStore, NewOrder
from station.storage.brand_store import SqliteBrandStore
from tests.fakes.brand_store import FakeBrandStore

GTIN = "09506000134352"
SERIALS = ("AAAA", "BBBB")
NOW = "2026-01-31T12:00:00.000Z"


def fill(store: BrandStore) -> None:
    add_brand(store, "acme", "Acme")
    product = add_product(store, "acme", GTIN, "Drill")
    order = store.add_order(NewOrder(product.product_id, 1, UnitState.ACTIVE, len(SERIALS), NOW))
    assert store.add_units(order, [(serial, None) for serial in SERIALS]) is None


@pytest.fixture(params=["fake", "sqlite"])
def store(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[BrandStore]:
    if request.param == "fake":
        made = FakeBrandStore()
        fill(made)
        yield made
        return
    with SqliteBrandStore.open_or_create(tmp_path / "brand") as opened:
        fill(opened)
        yield opened


_seconds = count()


def told(
    step: str = "receiving",
    place: str = "dock-1",
    *,
    serial: str = SERIALS[0],
    gtin: str = GTIN,
    disposition: str = "in_progress",
) -> ObjectEvent:
    return ObjectEvent(
        event_time=f"2026-01-01T00:00:00.{next(_seconds) % 1000:03}Z",
        epcs=(f"https://id.gs1.org/01/{gtin}/21/{serial}",),
        biz_step=step,
        disposition=disposition,
        where=Where(f"https://intake-station.invalid/loc/s/{place}", "https://s.invalid"),
        action=Action.OBSERVE,
    )


def returned(place: str = "dock-1") -> ObjectEvent:
    return told("shipping", place, disposition="returned")


def back(event: ObjectEvent) -> dict[str, Any]:
    declared = ErrorDeclaration(NOW, ErrorReason.DID_NOT_OCCUR).to_json()
    return event.to_json() | {"errorDeclaration": declared}


def take(store: BrandStore, *events: ObjectEvent | dict[str, Any]) -> Captured:
    bodies = [one.to_json() if isinstance(one, ObjectEvent) else one for one in events]
    return capture(store, [ReadEvent("e.json", n, body) for n, body in enumerate(bodies, 1)])


def stands(store: BrandStore, serial: str = SERIALS[0]) -> Whereabouts:
    unit = store.unit(1, serial)
    assert unit is not None
    return Whereabouts(unit.record.state, unit.record.place)


ACTIVE = Whereabouts(UnitState.ACTIVE)
AT_1 = Whereabouts(UnitState.RECEIVED, "dock-1")
AT_2 = Whereabouts(UnitState.RECEIVED, "dock-2")
GONE = Whereabouts(UnitState.RETURNED_TO_SELLER)


def test_a_receipt_says_where_a_unit_is(store: BrandStore) -> None:
    assert take(store, told()) == Captured(1, 0, 0, 1, 0, ())
    assert stands(store) == AT_1
    assert stands(store, SERIALS[1]) == ACTIVE


def test_an_event_counts_once_however_often_it_comes(store: BrandStore) -> None:
    event, away = told(), returned()
    take(store, event, away)
    assert take(store, event, away, event) == Captured(3, 0, 3, 0, 0, ())
    assert stands(store) == GONE


def test_a_receipt_at_a_second_station_changes_nothing_and_is_named(store: BrandStore) -> None:
    take(store, told())
    captured = take(store, told(place="dock-2"), told(place="dock-1"))
    (one,) = captured.doubtful
    assert (one.doubt, one.told, one.stands) == (Doubt.DOES_NOT_FOLLOW, AT_2, AT_1)
    assert (captured.changed, captured.unchanged) == (0, 1)
    assert stands(store) == AT_1


def test_taken_back_it_was_never_told(store: BrandStore) -> None:
    event = told()
    take(store, event)
    assert take(store, back(event)).changed == 1
    assert stands(store) == ACTIVE
    assert take(store, event, back(event)).known == 2
    assert stands(store) == ACTIVE


def test_what_is_taken_back_before_it_is_told_never_counts(store: BrandStore) -> None:
    event = told()
    assert take(store, back(event), event) == Captured(2, 0, 1, 0, 1, ())
    assert stands(store) == ACTIVE


def test_what_did_not_follow_does_once_the_other_is_taken_back(store: BrandStore) -> None:
    first = told()
    take(store, first, told(place="dock-2"))
    assert stands(store) == AT_1
    take(store, back(first))
    assert stands(store) == AT_2


def test_what_was_told_since_stays(store: BrandStore) -> None:
    first, away, again = told(), returned(), told(place="dock-2")
    take(store, first, away, again)
    assert stands(store) == AT_2
    take(store, back(first))
    assert stands(store) == AT_2
    take(store, back(again))
    assert stands(store) == GONE


def test_the_brands_own_mark_stands(store: BrandStore) -> None:
    event = told()
    take(store, event)
    mark_units(store, Mark("void"), [(GTIN, SERIALS[0])])
    (one,) = take(store, back(event)).doubtful
    assert one.doubt is Doubt.MARKED_SINCE
    assert stands(store) == Whereabouts(UnitState.VOID)


def test_what_is_told_after_a_mark_follows_from_it(store: BrandStore) -> None:
    first, second = told(), told(place="dock-2")
    take(store, first)
    mark_units(store, Mark("returned"), [(GTIN, SERIALS[0])])
    take(store, second)
    assert stands(store) == AT_2
    assert [one.doubt for one in take(store, back(first)).doubtful] == [Doubt.MARKED_SINCE]
    take(store, back(second))
    assert stands(store) == Whereabouts(UnitState.RETURNED)


def test_what_is_not_the_brands_is_passed_over_and_what_it_never_issued_is_named(
    store: BrandStore,
) -> None:
    captured = take(store, told(gtin="09506000134369"), told("holding"), told(serial="CCCC"))
    assert (captured.events, captured.passed_over) == (3, 2)
    (one,) = captured.doubtful
    assert (one.doubt, one.identity.serial, one.stands) == (Doubt.NOT_ISSUED, "CCCC", None)


def test_a_document_is_taken_in_whole_or_not_at_all(store: BrandStore) -> None:
    with pytest.raises(ConfigurationError, match=r"event 2, epcList: not a list.*"):
        take(store, told(), told().to_json() | {"epcList": 7})
    assert stands(store) == ACTIVE
    assert store.observations(1, SERIALS[0]) == []


def test_one_unit_cannot_be_told_of_without_end(
    store: BrandStore, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(module, "MAX_NOTED", 2)
    first = told()
    take(store, first, returned())
    with pytest.raises(ConfigurationError, match="more than 2 times"):
        take(store, told())
    take(store, back(first))
    assert stands(store) == GONE


@pytest.mark.parametrize(
    ("read_point", "place"),
    [
        ("https://intake-station.invalid/loc/berlin/dock-1", "dock-1"),
        ("https://example.com/loc/a%2Eb", "a.b"),
        ("dock-7", "dock-7"),
        ("urn:epc:id:sgln:0614141.07346.1234", "0614141073467"),
        ("https://id.gs1.org/414/0614141073467", "0614141073467"),
        ("https://example.com/", None),
        ("https://example.com/two words", None),
        ("urn:example:dock-1", None),
        ("\x1b[31m", None),
        ("", None),
    ],
)
def test_places(read_point: str, place: str | None) -> None:
    assert place_of(read_point) == place


STEPS = st.sampled_from(
    [
        told,
        lambda: told(place="dock-2"),
        returned,
        lambda: returned("dock-2"),
        lambda: told("destroying", disposition="destroyed"),
        lambda: told("decommissioning", disposition="inactive"),
    ]
)


@given(st.lists(STEPS, max_size=6), st.data())
def test_pieces_repeats_and_what_is_taken_back_make_no_difference(
    steps: list[Any], data: st.DataObject
) -> None:
    events = [step() for step in steps]
    wrong = [one for one in events if data.draw(st.booleans(), label="taken back")]
    cut = data.draw(st.integers(0, len(events)), label="cut")
    pieces, plain = FakeBrandStore(), FakeBrandStore()
    fill(pieces)
    fill(plain)
    take(pieces, *events[:cut])
    take(pieces, *events[: cut // 2], *events[cut:], *events)
    take(pieces, *map(back, wrong), *events)
    take(plain, *(one for one in events if one not in wrong))
    assert stands(pieces) == stands(plain)


@given(st.lists(STEPS, max_size=6))
def test_all_taken_back_is_nothing_told(steps: list[Any]) -> None:
    store = FakeBrandStore()
    fill(store)
    events = [step() for step in steps]
    take(store, *events, *map(back, events))
    assert stands(store) == ACTIVE
