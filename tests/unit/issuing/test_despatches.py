"""How much a brand may announce to a site: no more than any station reads."""

import pytest

from station.core.errors import ConfigurationError
from station.core.shipments import (
    MAX_ANNOUNCED,
    MAX_ANNOUNCED_PARTS,
    MAX_UNITS,
    Shipment,
    ShipmentKind,
    ShipmentLine,
)
from station.issuing.despatches import announce, withdraw
from station.ports.brand_store import BrandStore
from station.sync import documents
from station.sync.announcements import shipments_document
from tests.fakes.publishing import GTIN, OTHER_GTIN, filled_store

SSCC = "106141412345678908"


def numbered(count: int) -> list[Shipment]:
    return [Shipment(f"ASN-{number}", ShipmentKind.BLIND) for number in range(count)]


def of_parts(shipment_id: str, parts: int) -> Shipment:
    """A shipment of one line, otherwise of serials."""
    serials = frozenset(f"{number:020}" for number in range(parts - 1))
    line = ShipmentLine(GTIN, len(serials), serials)
    return Shipment(shipment_id, ShipmentKind.ASN, "", (line,))


@pytest.fixture
def store() -> BrandStore:
    return filled_store()


def announced(store: BrandStore) -> list[tuple[str, str]]:
    return [(site, one.shipment_id) for site, one in store.announced(1)]


def test_so_many_shipments_a_site_and_no_more(store: BrandStore) -> None:
    announce(store, "acme", "berlin", numbered(MAX_ANNOUNCED))
    announce(store, "acme", "berlin", numbered(MAX_ANNOUNCED))
    announce(store, "acme", "oslo", numbered(1))
    one_more = Shipment("ONE-MORE", ShipmentKind.BLIND)
    with pytest.raises(ConfigurationError, match="more than 1000 shipments") as caught:
        announce(store, "acme", "berlin", [one_more])
    assert "station despatch remove" in caught.value.remedy
    withdraw(store, "acme", "berlin", "ASN-0")
    announce(store, "acme", "berlin", [one_more])


def test_so_many_parts_and_no_more(store: BrandStore) -> None:
    half = MAX_ANNOUNCED_PARTS // 2
    announce(store, "acme", "berlin", [of_parts("A", half), of_parts("B", half)])
    with pytest.raises(ConfigurationError, match="500000 lines, serials and pallets"):
        announce(store, "acme", "berlin", [of_parts("C", 2)])
    announce(store, "acme", "berlin", [of_parts("B", half - 2), of_parts("C", 2)])


def test_the_longest_document_is_none_too_long() -> None:
    """Each kind of part at its longest, and heads beside: as bytes of JSON, with their commas."""
    longest = Shipment("A" * 40, ShipmentKind.ORDER, "s" * 40)
    pallets = Shipment("A" * 40, ShipmentKind.ORDER, "s" * 40, (), (SSCC,) * 1000)
    lines = (ShipmentLine(GTIN, MAX_UNITS, frozenset("A"), SSCC),) * 1000
    lined = Shipment("A" * 40, ShipmentKind.ORDER, "s" * 40, lines)
    serials = frozenset(f'"{number:019}' for number in range(1000))
    named = Shipment("A" * 40, ShipmentKind.ORDER, "s" * 40, (ShipmentLine(GTIN, 1, serials),))

    def size(*shipments: Shipment) -> int:
        document = shipments_document(1, "s" * 40, shipments)
        return len(documents.encode(document))

    head = size(longest) - size()
    a_part = max(size(one) - size() for one in (pallets, lined, named)) / 1000
    assert a_part * MAX_ANNOUNCED_PARTS + head * MAX_ANNOUNCED < documents.MAX_DOCUMENT_BYTES


def test_all_or_none_and_only_of_its_own_products(store: BrandStore) -> None:
    foreign = Shipment("B", ShipmentKind.ORDER, "", (ShipmentLine(OTHER_GTIN, 1),))
    with pytest.raises(ConfigurationError, match=f"GTIN {OTHER_GTIN}, which is no product of"):
        announce(store, "acme", "berlin", [*numbered(1), foreign])
    assert announced(store) == []
    announce(store, "bolt", "berlin", [foreign])


@pytest.mark.parametrize("site", ["", "-berlin", "a/b", "a b", "ä", "A" * 41, "berlin\n"])
def test_a_name_no_site_can_have(store: BrandStore, site: str) -> None:
    with pytest.raises(ConfigurationError, match="cannot be a site's name"):
        announce(store, "acme", site, numbered(1))
    announce(store, "acme", "Berlin-2.a_b", numbered(1))
