"""Tickets in the station's database: closed, opened anew, and read with mistrust."""

import sqlite3
from contextlib import closing
from pathlib import Path

import pytest

from station.core.diagnosis.faults import ScannerFault
from station.core.errors import StorageError
from station.core.journal import JournalEntry
from station.storage import station_db
from station.storage.schema import alembic_config, upgrade
from station.storage.sqlite import migration_engine
from station.storage.station_schema import STATION
from station.storage.tickets import TicketReader, close_ticket, ticket_rows
from tests.fakes.entries import faulted
from tests.fakes.replacing import replace

NOW = "2026-02-01T08:00:00.000Z"


CAPS = ScannerFault.CAPS_LOCK


@pytest.fixture
def path(tmp_path: Path) -> Path:
    made = tmp_path / "station.db"
    station_db.create(made, "dock-1")
    return made


def commit(path: Path, *entries: JournalEntry) -> None:
    store = station_db.open_store(path, signer=lambda _message: bytes(64))
    store.commit(entries)
    store.close()


def test_a_closed_ticket_is_open_no_more_and_the_next_read_opens_another(path: Path) -> None:
    commit(path, faulted(1, CAPS), faulted(2, CAPS))
    assert close_ticket(path, 1, NOW)
    assert TicketReader(path).open_tickets() == ()
    commit(path, faulted(3, CAPS))
    (ticket,) = TicketReader(path).open_tickets()
    assert (ticket.number, ticket.count, ticket.first_seq) == (2, 1, 3)
    with closing(sqlite3.connect(path)) as connection:
        kept = connection.execute("SELECT number, count, closed_utc FROM ticket").fetchall()
    assert kept == [(1, 2, NOW), (2, 1, None)]


@pytest.mark.parametrize("number", [0, -1, 2, 2**63, 2**200])
def test_a_ticket_that_is_not_open_is_not_closed(path: Path, number: int) -> None:
    commit(path, faulted(1, CAPS))
    assert not close_ticket(path, number, NOW)
    assert len(TicketReader(path).open_tickets()) == 1


def test_a_ticket_is_closed_once(path: Path) -> None:
    commit(path, faulted(1, CAPS))
    assert close_ticket(path, 1, NOW)
    assert not close_ticket(path, 1, "2026-03-01T00:00:00.000Z")


def test_a_source_with_bytes_that_are_no_text_is_spelled_out() -> None:
    rows = ticket_rows([replace(faulted(1, CAPS), source="serial:/dev/\udcff")], 6)
    time = faulted(1, CAPS).time_utc
    assert rows == [
        ("scanner_fault", "serial:/dev/\\udcff", "caps_lock", 1, 7, 7, time, time),
    ]


@pytest.mark.parametrize("change", ["fault = 'never_heard_of'", "kind = 'other'", "count = 'many'"])
def test_a_value_of_another_release_or_of_damage_is_told(path: Path, change: str) -> None:
    commit(path, faulted(1, CAPS))
    with closing(sqlite3.connect(path)) as connection, connection:
        connection.execute(f"UPDATE ticket SET {change}")
    with pytest.raises(StorageError, match=r"station\.db.*restore"):
        TicketReader(path).open_tickets()


def test_a_database_of_the_first_release_keeps_what_it_holds(tmp_path: Path) -> None:
    """Its journal, claims and checkpoints, and counts tickets from now on."""
    from alembic import command

    path = tmp_path / "station.db"
    with closing(sqlite3.connect(path)) as connection:
        connection.execute(f"PRAGMA application_id = {STATION.application_id}")
    engine = migration_engine(path)
    with engine.begin() as at_work:
        config = alembic_config(STATION)
        config.attributes["connection"] = at_work
        command.upgrade(config, "station_0001")
    engine.dispose()
    with closing(sqlite3.connect(path)) as connection, connection:
        connection.execute("INSERT INTO meta VALUES ('station', 'dock-1')")
    with pytest.raises(StorageError, match="run 'station db upgrade'"):
        TicketReader(path).open_tickets()

    upgrade(path, STATION)
    assert TicketReader(path).open_tickets() == ()
    commit(path, faulted(1, CAPS))
    assert len(TicketReader(path).open_tickets()) == 1
