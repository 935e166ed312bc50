"""Announced shipments are taken alike in memory and into a station's database."""

import sqlite3
from collections.abc import Callable
from contextlib import closing
from pathlib import Path

import pytest

from station.core.errors import StorageError
from station.core.shipments import Shipment, ShipmentKind, ShipmentLine
from station.ports.publication import AnnouncementShelf, LeftAlone, LeftBecause, TakenIn
from station.storage import station_db
from station.storage.announcement_shelf import SiteAnnouncements
from station.storage.shipment_book import SqliteShipmentBook
from tests.fakes.announcements import FakeAnnouncements
from tests.fakes.notary import NOTARY
from tests.fakes.shipments import shipment_act

GTIN = "09506000134352"
NOW = "2026-02-01T00:00:00.000Z"
ELSEWHERE = LeftAlone("ASN-1", LeftBecause.CAME_ELSEWHERE)
Open = Callable[[], AnnouncementShelf]


def asn(number: int, count: int = 1) -> Shipment:
    return Shipment(f"ASN-{number}", ShipmentKind.ASN, "", (ShipmentLine(GTIN, count),))


def shelf(folder: Path, now_utc: str = NOW) -> SiteAnnouncements:
    return SiteAnnouncements(
        "berlin",
        folder / "station.db",
        folder / "announced.json",
        lambda: now_utc,
        lambda: NOTARY,
    )


def at_dock(database: Path, *moves: tuple[str, bool]) -> None:
    """Open shipments one after the other, those with True after it to close them."""
    with closing(station_db.open_store(database, signer=lambda _message: bytes(64))) as store:
        for number, (shipment_id, closes) in enumerate(moves):
            store.commit([shipment_act(str(number), shipment_id, closes=closes)])


def copy_database(source: Path, target: Path) -> None:
    with closing(sqlite3.connect(source)) as db, closing(sqlite3.connect(target)) as to:
        db.backup(to)


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
        assert opened().take("acme", "a", [asn(1), asn(2)]) == TakenIn(2)
        assert opened().is_taken("acme", "a")
        assert opened().take("acme", "b", [asn(1), asn(2, 5)]) == TakenIn(1)
        assert (opened().is_taken("acme", "a"), opened().is_taken("acme", "b")) == (False, True)

    def test_taking_again_changes_nothing(self, opened: Open) -> None:
        opened().take("acme", "a", [asn(1)])
        assert opened().take("acme", "a", [asn(1)]) == TakenIn(0)

    def test_brands_are_remembered_apart(self, opened: Open) -> None:
        opened().take("acme", "a", [asn(1)])
        opened().take("bolt", "b", [asn(2)])
        assert opened().is_taken("acme", "a")
        assert opened().is_taken("bolt", "b")

    def test_one_brand_does_not_replace_anothers(self, opened: Open) -> None:
        opened().take("acme", "a", [asn(1)])
        assert opened().take("bolt", "b", [asn(1, 9)]) == TakenIn(0, (ELSEWHERE,))
        assert opened().take("acme", "a", [asn(1)]) == TakenIn(0)


class TestSite:
    def kept(self, database: Path, shipment_id: str) -> Shipment | None:
        with closing(SqliteShipmentBook(database, NOTARY)) as book:
            return book.shipment(shipment_id)

    def test_what_a_site_imported_itself_stays(self, database: Path) -> None:
        with closing(SqliteShipmentBook(database, NOTARY)) as book:
            book.add_all([asn(1, 7)], "asn.csv", NOW)
        assert shelf(database.parent).take("acme", "a", [asn(1)]) == TakenIn(0, (ELSEWHERE,))
        assert self.kept(database, "ASN-1") == asn(1, 7)

    def test_what_a_site_imported_itself_and_is_the_same_is_no_matter(self, database: Path) -> None:
        with closing(SqliteShipmentBook(database, NOTARY)) as book:
            book.add_all([asn(1)], "asn.csv", NOW)
        assert shelf(database.parent).take("acme", "a", [asn(1)]) == TakenIn(0)

    def test_what_was_at_the_dock_stays(self, database: Path) -> None:
        """Also when it was put aside, and waits again."""
        shelf(database.parent).take("acme", "a", [asn(1), asn(2), asn(3), asn(4)])
        at_dock(database, ("ASN-3", False), ("ASN-3", True), ("ASN-1", False), ("ASN-2", False))
        changed = [asn(1, 9), asn(2, 9), asn(3, 9), asn(4, 9)]
        left = tuple(LeftAlone(f"ASN-{number}", LeftBecause.WAS_AT_DOCK) for number in (1, 2, 3))
        assert shelf(database.parent).take("acme", "b", changed) == TakenIn(1, left)
        kept = [self.kept(database, f"ASN-{number}") for number in (1, 2, 3, 4)]
        assert kept == [asn(1), asn(2), asn(3), asn(4, 9)]

    def test_a_database_of_before_is_told_anew(self, database: Path) -> None:
        """One restored from a backup knows nothing of what came after, or knows it otherwise."""
        backup = database.with_name("backup.db")
        shelf(database.parent, "2026-02-01T00:00:00.000Z").take("acme", "a", [asn(1)])
        copy_database(database, backup)
        newer = shelf(database.parent, "2026-02-02T00:00:00.000Z")
        newer.take("acme", "b", [asn(1, 5), asn(2)])
        assert newer.is_taken("acme", "b")
        copy_database(backup, database)
        assert not newer.is_taken("acme", "b")
        assert newer.take("acme", "b", [asn(1, 5), asn(2)]) == TakenIn(2)

    def test_a_database_that_is_gone_has_nothing(self, database: Path) -> None:
        shelf(database.parent).take("acme", "a", [asn(1)])
        database.unlink()
        assert not shelf(database.parent).is_taken("acme", "a")

    def test_one_replaced_by_hand_is_not_taken_for_the_brands(self, database: Path) -> None:
        shelf(database.parent).take("acme", "a", [asn(1), asn(2)])
        with closing(SqliteShipmentBook(database, NOTARY)) as book:
            book.add_all([asn(1, 7)], "asn.csv", "2026-03-01T00:00:00.000Z", replace=True)
        assert not shelf(database.parent).is_taken("acme", "a")
        again = shelf(database.parent).take("acme", "a", [asn(1), asn(2)])
        assert again == TakenIn(0, (ELSEWHERE,))
        assert shelf(database.parent).is_taken("acme", "a")

    @pytest.mark.parametrize("content", [b"", b"[]", b'{"acme": 1}', b"\xff"])
    def test_a_memory_that_is_lost_costs_nothing(self, database: Path, content: bytes) -> None:
        shelf(database.parent).take("acme", "a", [asn(1)])
        (database.parent / "announced.json").write_bytes(content)
        assert not shelf(database.parent).is_taken("acme", "a")
        assert shelf(database.parent).take("acme", "a", [asn(1)]) == TakenIn(0)
        assert shelf(database.parent).is_taken("acme", "a")

    def test_a_station_without_database_says_so(self, tmp_path: Path) -> None:
        with pytest.raises(StorageError):
            shelf(tmp_path).take("acme", "a", [asn(1)])
        assert not (tmp_path / "announced.json").exists()
