"""Pallets as EPCIS events: what was taken off each, and of which nothing is said."""

from station.core.acts import ActEntry, ActKind
from station.core.codes import UnitIdentity
from station.core.epcis import EventKind, event_kind, events_of
from station.core.epcis_events import place_of
from station.core.epcis_pallets import NO_CONTENTS, Contents, contents_of
from station.core.operators import Role
from station.core.shipment_tally import DeliveredItem, Outcome
from station.core.shipments import Expectation, Shipment, ShipmentKind, ShipmentLine
from tests.fakes.entries import GTIN

PALLET = "106141412345678908"
OTHER_PALLET = "340123450000000001"

SHIPMENT = Shipment(
    "ASN-17",
    ShipmentKind.ASN,
    lines=(
        ShipmentLine(GTIN, 3, frozenset({"A1", "A2", "A3"}), PALLET),
        ShipmentLine(GTIN, 1, frozenset({"B1"}), OTHER_PALLET),
        ShipmentLine(GTIN, 1, frozenset({"C1"})),
        ShipmentLine("09506000134369", 5, frozenset(), PALLET),
    ),
    ssccs=(PALLET, OTHER_PALLET),
)

close = ActEntry(
    scan_id=f"{9:026}",
    time_utc="2026-01-31T14:00:00.000Z",
    station="dock-1",
    kind=ActKind.CLOSE_SHIPMENT,
    operator="BOB",
    role=Role.SUPERVISOR,
    reference="ASN-17",
)


def came(serial: str, outcome: Outcome = Outcome.ACCEPTED, gtin: str = GTIN) -> DeliveredItem:
    return DeliveredItem(gtin, serial, outcome, Expectation.EXPECTED)


def unit(serial: str) -> UnitIdentity:
    return UnitIdentity(GTIN, serial)


def told(contents: Contents) -> list[dict[str, object]]:
    events = events_of(
        close,
        lambda entry: place_of("north-dock", entry.station),
        lambda _scan_id: None,
        lambda _act: contents,
    )
    return [event.to_json() for event in events]


class TestContents:
    def test_accepted_units_by_the_pallet_they_were_announced_on(self) -> None:
        items = [came("A1"), came("B1"), came("A3")]
        assert contents_of(SHIPMENT, items) == {
            PALLET: [unit("A1"), unit("A3")],
            OTHER_PALLET: [unit("B1")],
        }

    def test_what_was_put_away_was_not_taken_into_stock(self) -> None:
        items = [came("A1", Outcome.QUARANTINED), came("A2", Outcome.HELD), came("A3")]
        assert contents_of(SHIPMENT, items) == {PALLET: [unit("A3")]}

    def test_nothing_is_said_of_what_was_announced_by_number_or_apart_from_a_pallet(self) -> None:
        items = [came("C1"), came("X9"), came("D1", gtin="09506000134369"), came("")]
        assert contents_of(SHIPMENT, items) == {}


class TestEvents:
    def test_one_for_each_pallet(self) -> None:
        first, second = told({OTHER_PALLET: [unit("B1")], PALLET: [unit("A1"), unit("A2")]})
        assert first["parentID"] == f"https://id.gs1.org/00/{PALLET}"
        assert first["childEPCs"] == [
            f"https://id.gs1.org/01/{GTIN}/21/A1",
            f"https://id.gs1.org/01/{GTIN}/21/A2",
        ]
        assert (first["type"], first["bizStep"], first["action"]) == (
            "AggregationEvent",
            "unpacking",
            "DELETE",
        )
        assert first["intake:shipment"] == "ASN-17"
        assert second["parentID"] == f"https://id.gs1.org/00/{OTHER_PALLET}"

    def test_none_where_nothing_is_known(self) -> None:
        assert told(NO_CONTENTS) == []
        assert told({PALLET: []}) == []

    def test_closing_waits_in_the_outbox(self) -> None:
        assert event_kind(close) is EventKind.UNPACKING
