"""Maintenance tickets in a station's database: their rows, reading and closing them.

Counting is part of the journal's own transaction (`station_db`), so a ticket never speaks of a read
that was not journalled.
"""

import sqlite3
from collections.abc import Sequence
from contextlib import closing
from pathlib import Path
from typing import Final, NamedTuple

from station.core.diagnosis.faults import ScannerFault
from station.core.errors import StorageError
from station.core.journal import Entry, JournalEntry
from station.core.tickets import Ticket, TicketKind, faults_shown
from station.storage.database import open_to_read, open_to_write
from station.storage.journal_rows import Row
from station.storage.sqlite import faults_told, typed_rows
from station.storage.station_schema import STATION
from station.storage.station_statements import CLOSE_TICKET, OPEN_TICKETS


def ticket_rows(entries: Sequence[Entry], after_seq: int) -> list[Row]:
    """What entries add to tickets.

    Args:
        entries: In their order.
        after_seq: The number of the entry before them.
    """
    kind = TicketKind.SCANNER_FAULT.value
    return [
        (kind, _storable(entry.source), fault.value, 1, seq, seq, entry.time_utc, entry.time_utc)
        for seq, entry in enumerate(entries, after_seq + 1)
        if isinstance(entry, JournalEntry) and entry.facts.scanner_faults
        for fault in faults_shown(entry)
    ]


def _storable(text: str) -> str:
    """A name with bytes that are no Unicode spelled out; SQLite holds no other text."""
    return text.encode("utf-8", "backslashreplace").decode("utf-8")


class _TicketRow(NamedTuple):
    number: int
    kind: str
    source: str
    fault: str
    reads: int
    first_seq: int
    last_seq: int
    first_utc: str
    last_utc: str


class TicketReader:
    """Implements `station.ports.station_store.Tickets` on a file that others may be writing."""

    def __init__(self, path: Path) -> None:
        """Name a station's database; it is opened for each call."""
        self._path: Final = path

    def open_tickets(self) -> tuple[Ticket, ...]:
        """Every open ticket by number.

        Raises:
            StorageError: The database is missing, damaged or of another schema.
        """
        with closing(open_to_read(self._path, STATION)) as connection, faults_told(self._path):
            rows = connection.execute(OPEN_TICKETS).fetchall()
        found = typed_rows(rows, _TicketRow, self._path)
        try:
            return tuple(
                Ticket(
                    row.number, TicketKind(row.kind), row.source, ScannerFault(row.fault), *row[4:]
                )
                for row in found
            )
        except ValueError as error:
            raise StorageError(
                f"cannot use {self._path}: a ticket holds an unknown value ({error})",
                "install the release that wrote it, or restore the database from a backup",
            ) from error


def close_ticket(path: Path, number: int, now_utc: str) -> bool:
    """Close one open ticket, durably; the caller holds the site's lock.

    Args:
        path: The station's database.
        number: The ticket's.
        now_utc: When, ISO 8601 with ``Z``.

    Returns:
        False where no open ticket has that number; nothing was changed then.

    Raises:
        StorageError: The database cannot be written.
    """
    with closing(open_to_write(path, STATION)) as connection, faults_told(path):
        return _close(connection, number, now_utc)


def _close(connection: sqlite3.Connection, number: int, now_utc: str) -> bool:
    if not 0 < number < 2**63:
        return False
    return connection.execute(CLOSE_TICKET, (now_utc, number)).rowcount == 1
