"""Announced shipments are taken alike in memory and into a station's database."""

from collections.abc import Callable
from contextlib import closing
from pathlib import Path

import pytest

from station.core.errors import StorageError
from station.core.shipments import Shipment, ShipmentKind, ShipmentLine
from station.ports.publication import AnnouncementShelf
from station.storage import station_db
from station.storage.announcement_shelf import SiteAnnouncements
from station.storage.shipment_book import SqliteShipmentBook
from tests.fakes.announcements import FakeAnnouncements

GTIN = "09506000134352"
NOW = "2026-02-01T00:00:00.000Z"
Open = Callable[[], AnnouncementShelf]


def asn(number: int, count: int = 1) -> Shipment:
    return Shipment(f"ASN-{number}", ShipmentKind.ASN, "", (ShipmentLine(GTIN, count),))


def shelf(folder: Path) -> SiteAnnouncements:
    return SiteAnnouncements(
        "berlin", folder / "station.db", folder / "announced.json", lambda: NOW
    )


@pytest.fixture
def database(tmp_path: Path) -> Path:
    path = tmp_path / "station.db"
    station_db.create(path, "dock-1")
    return path


@pytest.fixture(params=["fake", "sqlite"])
def opened(request: pytest.FixtureRequest, tmp_path: Path, database: Path) -> Open:
    if request.param == "fake":
        fake = FakeAnnouncements()
        return lambda: fake
    return lambda: shelf(tmp_path)


class TestAnnouncements:
    def test_what_is_new_or_changed_is_counted_and_remembered(self, opened: Open) -> None:
        assert opened().site == "berlin"
        assert not opened().is_taken("acme", "a")
        assert opened().take("acme", "a", [asn(1), asn(2)]) == 2
        assert opened().is_taken("acme", "a")
        assert opened().take("acme", "b", [asn(1), asn(2, 5)]) == 1
        assert (opened().is_taken("acme", "a"), opened().is_taken("acme", "b")) == (False, True)

    def test_taking_again_changes_nothing(self, opened: Open) -> None:
        opened().take("acme", "a", [asn(1)])
        assert opened().take("acme", "a", [asn(1)]) == 0

    def test_brands_are_remembered_apart(self, opened: Open) -> None:
        opened().take("acme", "a", [asn(1)])
        opened().take("bolt", "b", [asn(2)])
        assert opened().is_taken("acme", "a")
        assert opened().is_taken("bolt", "b")


class TestSite:
    def kept(self, database: Path, shipment_id: str) -> Shipment | None:
        with closing(SqliteShipmentBook(database)) as book:
            return book.shipment(shipment_id)

    def test_what_a_site_imported_itself_stays(self, database: Path) -> None:
        with closing(SqliteShipmentBook(database)) as book:
            book.add_all([asn(1, 7)], "asn.csv", NOW)
        assert shelf(database.parent).take("acme", "a", [asn(1)]) == 0
        assert self.kept(database, "ASN-1") == asn(1, 7)

    def test_one_brand_does_not_replace_anothers(self, database: Path) -> None:
        shelf(database.parent).take("acme", "a", [asn(1)])
        assert shelf(database.parent).take("bolt", "b", [asn(1, 9)]) == 0
        assert self.kept(database, "ASN-1") == asn(1)

    @pytest.mark.parametrize("content", [b"", b"[]", b'{"acme": 1}', b"\xff"])
    def test_a_memory_that_is_lost_costs_nothing(self, database: Path, content: bytes) -> None:
        shelf(database.parent).take("acme", "a", [asn(1)])
        (database.parent / "announced.json").write_bytes(content)
        assert not shelf(database.parent).is_taken("acme", "a")
        assert shelf(database.parent).take("acme", "a", [asn(1)]) == 0
        assert shelf(database.parent).is_taken("acme", "a")

    def test_a_station_without_database_says_so(self, tmp_path: Path) -> None:
        with pytest.raises(StorageError):
            shelf(tmp_path).take("acme", "a", [asn(1)])
        assert not (tmp_path / "announced.json").exists()
