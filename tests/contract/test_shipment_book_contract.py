"""Shipments and their history are the same in memory and in a file."""

import sqlite3
from collections.abc import Callable, Iterator
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path

import pytest

from station.core.acts import ActKind
from station.core.codes import UnitIdentity
from station.core.errors import ConfigurationError, StorageError
from station.core.journal import Entry
from station.core.shipments import Shipment, ShipmentKind, ShipmentLine, ShipmentState
from station.intake.shipment_desk import why_not
from station.ports.shipments import ShipmentBook
from station.storage import station_db
from station.storage.shipment_book import PIECE_ROWS, SqliteShipmentBook
from tests.fakes.notary import NOTARY
from tests.fakes.replacing import replace
from tests.fakes.shipments import (
    GTIN,
    NOW,
    OTHER_GTIN,
    SECOND_SSCC,
    SSCC,
    FakeShipmentBook,
    act,
    asn,
    entry,
    facts,
    shipment_act,
)

MIXED = Shipment(
    "MIXED",
    ShipmentKind.ASN,
    "nordic",
    (
        ShipmentLine(OTHER_GTIN, 5),
        ShipmentLine(GTIN, 3, frozenset({"A", "=B"}), SSCC),
        ShipmentLine(GTIN, 1, frozenset({"C"}), SECOND_SSCC),
    ),
    (SSCC, SECOND_SSCC),
)
BLIND = Shipment("BLIND", ShipmentKind.BLIND)


@dataclass
class Site:
    """A book, and the journal beside it."""

    book: ShipmentBook
    commit: Callable[..., None]

    def move(self, scan_id: str, shipment_id: str, *, closes: bool = False) -> None:
        time_utc = f"2026-03-01T09:00:00.{int(scan_id):03}Z"
        self.commit(shipment_act(scan_id, shipment_id, closes=closes, time_utc=time_utc))


@pytest.fixture(params=["fake", "sqlite"])
def site(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Site]:
    if request.param == "fake":
        fake = FakeShipmentBook()
        yield Site(fake, lambda *lines: fake.store.commit(lines))
        return
    path = tmp_path / "station.db"
    station_db.create(path, "dock-1")
    with (
        closing(station_db.open_store(path, signer=lambda _message: bytes(64))) as store,
        closing(SqliteShipmentBook(path, NOTARY)) as book,
    ):
        yield Site(book, lambda *lines: store.commit(lines))


def test_what_is_announced_comes_back(site: Site) -> None:
    site.book.add_all([MIXED, BLIND], "week 9.csv", NOW)
    assert site.book.shipment("MIXED") == MIXED
    assert site.book.shipment("BLIND") == BLIND
    assert site.book.shipment("mixed") is None
    assert site.book.record("?") is None
    blind, mixed = site.book.records()
    assert (blind.shipment_id, blind.kind, blind.expected) == ("BLIND", ShipmentKind.BLIND, 0)
    assert (mixed.seller, mixed.expected, mixed.source) == ("nordic", 9, "week 9.csv")
    assert (mixed.state, mixed.imported_utc) == (ShipmentState.WAITING, NOW)
    assert (mixed.opened_utc, mixed.closed_utc) == ("", "")


def test_many_serials(site: Site) -> None:
    large = asn(*(f"{number:05}" for number in range(PIECE_ROWS * 2 + 1)))
    site.book.add_all([large], "a.csv", NOW)
    assert site.book.shipment("ASN-1") == large


def test_one_at_the_dock_and_what_was_there_waits(site: Site) -> None:
    site.book.add_all([MIXED, BLIND], "a.csv", NOW)
    assert site.book.opened() == ""
    site.move("1", "MIXED")
    site.move("2", "BLIND")
    assert site.book.opened() == "BLIND"
    mixed = site.book.record("MIXED")
    assert mixed is not None
    assert (mixed.state, mixed.opened_utc) == (ShipmentState.WAITING, "2026-03-01T09:00:00.001Z")
    site.move("3", "BLIND", closes=True)
    blind = site.book.record("BLIND")
    assert blind is not None
    assert (blind.state, blind.closed_utc) == (ShipmentState.CLOSED, "2026-03-01T09:00:00.003Z")
    assert site.book.opened() == ""


def test_only_what_never_was_at_the_dock_is_replaced(site: Site) -> None:
    site.book.add_all([asn("A")], "a.csv", NOW)
    with pytest.raises(ConfigurationError, match="there is a shipment ASN-1 already"):
        site.book.add_all([BLIND, asn("B")], "b.csv", NOW)
    assert site.book.shipment("BLIND") is None, "all of a file or nothing"
    site.book.add_all([asn("B")], "b.csv", NOW, replace=True)
    assert site.book.shipment("ASN-1") == asn("B")
    assert site.book.announcing_unit(UnitIdentity(GTIN, "A"), "") is None
    assert [record.source for record in site.book.records()] == ["b.csv"]
    site.move("1", "ASN-1")
    with pytest.raises(ConfigurationError, match="was at the dock already"):
        site.book.add_all([asn("C")], "c.csv", NOW, replace=True)


def test_who_else_announces(site: Site) -> None:
    second = asn("Q", count=1, shipment_id="ASN-2", sscc=SSCC)
    site.book.add_all([asn("Q"), second, BLIND], "a.csv", NOW)
    unit = UnitIdentity(GTIN, "Q")
    assert site.book.announcing_unit(unit, "BLIND") == "ASN-1"
    assert site.book.announcing_unit(unit, "ASN-1") == "ASN-2"
    assert site.book.announcing_unit(UnitIdentity(GTIN, "R"), "") is None
    assert site.book.announcing_unit(UnitIdentity(OTHER_GTIN, "Q"), "") is None
    assert site.book.announcing_product(GTIN, "ASN-1") == "ASN-2"
    assert site.book.announcing_product(GTIN, "ASN-2") is None, "announced by serial alone"
    assert site.book.announcing_product(OTHER_GTIN, "") is None
    assert site.book.carrying(SSCC) == "ASN-2"
    assert site.book.carrying(SECOND_SSCC) is None
    site.move("1", "ASN-2", closes=True)
    assert site.book.announcing_unit(unit, "ASN-1") is None
    assert site.book.announcing_product(GTIN, "ASN-1") is None
    assert site.book.carrying(SSCC) is None


def history(site: Site, shipment_id: str = "ASN-1") -> list[str]:
    return [line.scan_id for line in site.book.history(shipment_id)]


def test_a_history_holds_scans_and_what_was_done_about_them(site: Site) -> None:
    site.book.add_all([asn("A"), asn("B", shipment_id="ASN-2")], "a.csv", NOW)
    lines: list[Entry] = [
        entry("01", facts("A")),
        entry("02", facts("B"), "ASN-2"),
        entry("03", facts("C"), ""),
        replace(act("04", ActKind.SAME_UNIT, "99"), identity=UnitIdentity(GTIN, "A")),
        act("05", ActKind.SAME_UNIT, "02"),
        act("06", ActKind.SAME_UNIT, "04"),
        act("07", ActKind.SAME_UNIT, "03"),
    ]
    site.commit(*lines)
    assert history(site) == ["01", "04", "06"]
    assert history(site, "ASN-2") == ["02", "05"]
    assert next(iter(site.book.history("ASN-1"))) == lines[0]


def test_what_is_done_after_the_close_is_told_apart(site: Site) -> None:
    site.book.add_all([asn("A")], "a.csv", NOW)
    site.commit(entry("01", facts("A")))
    site.move("2", "ASN-1", closes=True)
    site.commit(act("03", ActKind.SAME_UNIT, "01"))
    assert history(site) == ["01", "03"]
    until = site.book.history_until_close("ASN-1")
    assert [line.scan_id for line in until] == ["01"]


def test_a_shipment_that_cannot_be_moved_moves_nothing(tmp_path: Path) -> None:
    path = tmp_path / "station.db"
    station_db.create(path, "dock-1")
    with (
        closing(station_db.open_store(path, signer=lambda _message: bytes(64))) as store,
        closing(SqliteShipmentBook(path, NOTARY)) as book,
    ):
        book.add_all([asn("A"), BLIND], "a.csv", NOW)
        for shipment_id, closes in (("BLIND", False), ("ASN-1", True)):
            line = shipment_act(shipment_id, shipment_id, closes=closes)
            store.commit([line])
        for wanted in ("ASN-1", "none", "ASN-1' OR 1=1 --"):
            for closes in (False, True):
                with pytest.raises(StorageError, match=r"no shipment .* that could be opened"):
                    store.commit(
                        [
                            entry("01", facts("A")),
                            shipment_act("02", wanted, closes=closes),
                        ]
                    )
        assert book.opened() == "BLIND"
        assert list(book.history("ASN-1")) == []


@pytest.mark.parametrize("name", ["", "none", "ASN-1' OR 1=1 --", "half a pair: \udcff", "a\x00b"])
def test_whatever_is_asked_for_there_is_a_shipment_or_none(site: Site, name: str) -> None:
    """A request may name anything at all."""
    site.book.add_all([asn("A")], "a.csv", NOW)
    for closes in (False, True):
        refusal = why_not(site.book, name, closes=closes, with_open_items=False)
        assert refusal is not None
        assert refusal.text.startswith("there is no shipment")


def test_an_interrupted_import_is_not_there(tmp_path: Path) -> None:
    path = tmp_path / "station.db"
    station_db.create(path, "dock-1")
    with closing(SqliteShipmentBook(path, NOTARY)) as book:
        with pytest.MonkeyPatch.context() as patch:

            def fail(*_: object) -> None:
                raise KeyboardInterrupt

            patch.setattr(book, "_write", fail)
            with pytest.raises(KeyboardInterrupt):
                book.add_all([asn("A", sscc=SSCC)], "a.csv", NOW)
        assert book.records() == []
        assert book.shipment("ASN-1") is None
        assert book.carrying(SSCC) is None
        book.add_all([asn("B")], "b.csv", NOW)
        assert book.shipment("ASN-1") == asn("B")


def test_what_has_been_noted_of_a_shipment_stays(tmp_path: Path) -> None:
    path = tmp_path / "station.db"
    station_db.create(path, "dock-1")
    with closing(SqliteShipmentBook(path, NOTARY)) as book:
        book.add_all([asn("A")], "a.csv", NOW)
    with closing(station_db.open_store(path, signer=lambda _message: bytes(64))) as store:
        store.commit([entry("1", facts("A"))])
        store.commit([shipment_act("2", "ASN-1")])
    with closing(sqlite3.connect(path)) as raw:
        for table in ("shipment_scan", "shipment_event"):
            for statement in (f"DELETE FROM {table}", f"UPDATE {table} SET seq = 9"):
                with pytest.raises(sqlite3.IntegrityError, match="append-only"):
                    raw.execute(statement)
