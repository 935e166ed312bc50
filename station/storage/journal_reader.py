"""Reads the journal back, a bounded piece at a time, while the station may be writing it.

For: export, review and proof. `journal_proof` says whether what is read is what was written.
Opens the database read-only; a station's engine is never held up.
"""

from collections.abc import Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final, NamedTuple

from station.core.acts import ActKind
from station.core.checkpoint import Checkpoint
from station.core.codes import UnitIdentity
from station.core.errors import StorageError
from station.core.journal import GENESIS_HASH, Entry, JournalEntry
from station.core.policy import SitePolicy
from station.core.policy_keys import PolicyError, read_policy_text
from station.core.reasons import VerdictClass
from station.storage.journal_codec import UnreadableEntryError, decode
from station.storage.sqlite import (
    RowT,
    faults_told,
    typed_rows,
)
from station.storage.station_reader import StationReader
from station.storage.station_statements import (
    ACTS_AFTER,
    ALL_CHECKPOINTS,
    ALL_HASHES,
    ALL_POLICIES,
    CLAIM_ROW,
    COUNTS,
    COUNTS_BY_CLASS,
    ENTRIES_AFTER,
    ENTRIES_BEFORE,
    ENTRIES_OF_UNIT_BEFORE,
    ENTRIES_SINCE,
    ENTRIES_WITH_EVENTS,
    ENTRY_BY_SCAN,
    EVENT_COUNT,
    FIND_META,
    HASH_AT,
    HEAD,
    ITEM,
    LAST_VERDICTS,
    TASK_ROW,
)

_UNIT_CHUNK: Final = 8
"""A unit's lines read at once: mostly there is one."""

CHUNK_ENTRIES: Final = 500
MAX_SEQ: Final = (1 << 63) - 1
"""Entries read at once: half a megabyte or so, and a read lock of milliseconds."""


@dataclass(frozen=True, slots=True)
class StoredEntry:
    """A journal row as it lies in the database, believed in nothing.

    Attributes:
        seq: Its number.
        body: The bytes that were hashed.
        hash: The chain hash beside them.
        columns: What is kept beside the body, in the order of `journal_rows.columns_of`.
    """

    seq: int
    body: bytes
    hash: bytes
    columns: tuple[str | int | None, ...]

    def entry(self) -> Entry:
        """The verdict or act in the body.

        Raises:
            UnreadableEntryError: The body is none.
        """
        return decode(self.body)


@dataclass(frozen=True, slots=True)
class StoredCheckpoint:
    """A signed checkpoint as it lies in the database; whether it is genuine is not yet known."""

    checkpoint: Checkpoint
    signature: bytes


Kept = tuple[object, ...]
"""A row beside the journal, believed in nothing; the last column is the line that last wrote it."""


class _EntryRow(NamedTuple):
    seq: int
    body: bytes
    hash: bytes
    # What stands beside a body is compared with it, whatever it is.
    scan_id: Any
    time_utc: Any
    verdict_class: Any
    reason: Any
    gtin: Any
    serial: Any
    act: Any


class _HashRow(NamedTuple):
    seq: int
    hash: bytes


class _HashOnlyRow(NamedTuple):
    hash: bytes


class _CheckpointRow(NamedTuple):
    seq: int
    hash: bytes
    signature: bytes
    time_utc: str


class _PolicyRow(NamedTuple):
    version: str
    body: str


class _NameRow(NamedTuple):
    value: str


class JournalReader(StationReader):
    """An open journal.

    Attributes:
        station: Whose it is.
    """

    def __init__(self, path: Path) -> None:
        """Open a station's database for reading.

        Raises:
            StorageError: The file is missing, damaged or of another schema.
        """
        super().__init__(path)
        try:
            names = self._rows(FIND_META, _NameRow, ("station",))
        except BaseException:
            self.close()
            raise
        self.station: Final = names[0].value if names else ""

    def head(self) -> tuple[int, bytes]:
        """Number and chain hash of the last entry; 0 and `GENESIS_HASH` of an empty journal."""
        rows = self._rows(HEAD, _HashRow)
        return (rows[0].seq, rows[0].hash) if rows else (0, GENESIS_HASH)

    def last_line(self) -> tuple[int, str]:
        """Number and time of the last line; 0 and ``""`` of an empty journal."""
        seq, _ = self.head()
        for stored in self.after(seq - 1, 1):
            return seq, str(stored.columns[1])
        return 0, ""

    def counts(self) -> dict[VerdictClass, int]:
        """How many entries there are of each class, every class named."""
        with faults_told(self.path):
            found = dict(self._connection.execute(COUNTS_BY_CLASS).fetchall())
        return {verdict_class: found.get(verdict_class, 0) for verdict_class in VerdictClass}

    def entries(self, *, since_utc: str = "") -> Iterator[Entry]:
        """Verdicts and acts in their order, up to the last there is when the end is reached.

        Args:
            since_utc: Leaves out what was decided before; ISO 8601 with ``Z``.

        Raises:
            StorageError: While iterating: an entry cannot be read.
        """
        for stored in self.stored_since(since_utc):
            yield self.entry_of(stored)

    def verdicts(self, *, since_utc: str = "") -> Iterator[JournalEntry]:
        """As `entries`, the acts left out."""
        for entry in self.entries(since_utc=since_utc):
            if isinstance(entry, JournalEntry):
                yield entry

    def stored_since(self, since_utc: str) -> Iterator[StoredEntry]:
        """Rows from 1 on, decided at or after a moment by the column beside them."""
        after = 0
        while chunk := self._chunk(ENTRIES_SINCE, (after, since_utc)):
            yield from chunk
            after = chunk[-1].seq

    def stored(self) -> Iterator[StoredEntry]:
        """Rows in the order of their numbers, whatever is in them, numbers below 1 too."""
        after = -(2**63)
        while chunk := self._chunk(ENTRIES_AFTER, (after,)):
            yield from chunk
            after = chunk[-1].seq

    def after(self, seq: int, count: int) -> list[StoredEntry]:
        """The rows after a number, in their order.

        Args:
            seq: Leaves out this one and all before.
            count: How many at most.

        Raises:
            StorageError: The database cannot be read.
        """
        return self._chunk(ENTRIES_AFTER, (seq,), count)

    def before(self, seq: int, count: int) -> list[StoredEntry]:
        """The rows before a number, the newest first.

        Args:
            seq: Leaves out this one and all after; `MAX_SEQ` for none.
            count: How many at most.

        Raises:
            StorageError: The database cannot be read.
        """
        return self._chunk(ENTRIES_BEFORE, (seq,), count)

    def between(self, first: int, last: int) -> Iterator[StoredEntry]:
        """The rows of some numbers, both ends among them, in their order."""
        after = first - 1
        while chunk := self._chunk(ENTRIES_AFTER, (after,)):
            for stored in chunk:
                if stored.seq > last:
                    return
                yield stored
            after = chunk[-1].seq

    def recent(self, count: int) -> tuple[JournalEntry, ...]:
        """The last verdicts, newest first.

        Args:
            count: How many at most.

        Raises:
            StorageError: One cannot be read.
        """
        found = (self.entry_of(stored) for stored in self._chunk(LAST_VERDICTS, (), count))
        return tuple(entry for entry in found if isinstance(entry, JournalEntry))

    def find(self, scan_id: str) -> Entry | None:
        """One verdict or act by its scan id, or None.

        Raises:
            StorageError: It cannot be read.
        """
        stored = self.find_stored(scan_id)
        return None if stored is None else self.entry_of(stored)

    def find_stored(self, scan_id: str) -> StoredEntry | None:
        """One row by the scan id beside it, or None."""
        return next(iter(self._chunk(ENTRY_BY_SCAN, (scan_id,))), None)

    def acts_after(self, seq: int, kind: ActKind, before: int = MAX_SEQ) -> Iterator[Entry]:
        """Acts of one kind after a number, in their order.

        Args:
            seq: Begins after this number.
            kind: Which.
            before: Ends before this number.

        Raises:
            StorageError: While iterating: an entry cannot be read.
        """
        while chunk := self._chunk(ACTS_AFTER, (seq, before, kind.value)):
            yield from map(self.entry_of, chunk)
            seq = chunk[-1].seq

    def of_unit_before(self, identity: UnitIdentity, seq: int) -> Iterator[StoredEntry]:
        """The lines of a unit before a number, the newest first."""
        while chunk := self._chunk(
            ENTRIES_OF_UNIT_BEFORE, (identity.gtin, identity.serial, seq), _UNIT_CHUNK
        ):
            yield from chunk
            seq = chunk[-1].seq

    def with_events(self, after: int, count: int) -> list[StoredEntry]:
        """The rows that give EPCIS events, by number.

        Args:
            after: Begins after this number.
            count: How many at most.
        """
        return self._chunk(ENTRIES_WITH_EVENTS, (after,), count)

    def event_count(self, after: int) -> int:
        """How many rows after a number give events."""
        with faults_told(self.path):
            return int(self._connection.execute(EVENT_COUNT, (after,)).fetchone()[0])

    def hash_at(self, seq: int) -> bytes | None:
        """The kept chain hash of an entry, or None where there is none."""
        rows = self._rows(HASH_AT, _HashOnlyRow, (seq,))
        return rows[0].hash if rows else None

    def entry_of(self, stored: StoredEntry) -> Entry:
        """The verdict or act in a row.

        Raises:
            StorageError: It cannot be read.
        """
        try:
            return stored.entry()
        except UnreadableEntryError as error:
            raise StorageError(
                f"entry {stored.seq} of the journal in {self.path} cannot be read: {error}",
                "run 'station journal verify'; an entry of a newer release needs that release",
            ) from error

    def checkpoints(self) -> tuple[StoredCheckpoint, ...]:
        """All checkpoints by number; one for every thousand entries or so."""
        return tuple(
            StoredCheckpoint(
                Checkpoint(self.station, row.seq, row.hash, row.time_utc), row.signature
            )
            for row in self._rows(ALL_CHECKPOINTS, _CheckpointRow)
        )

    def policies(self) -> dict[str, SitePolicy]:
        """The policies verdicts were made with, by the version that entries name.

        Raises:
            StorageError: One is not what its version names, or of a newer release.
        """
        found = {}
        for row in self._rows(ALL_POLICIES, _PolicyRow):
            try:
                policy = read_policy_text(row.body)
            except PolicyError as error:
                raise self._no_policy(row.version, str(error)) from error
            if policy.version != row.version:
                raise self._no_policy(row.version, "it was changed")
            found[row.version] = policy
        return found

    def _no_policy(self, version: str, why: str) -> StorageError:
        return StorageError(
            f"policy {version!a} in {self.path} cannot be read: {why}",
            "a policy of a newer release needs that release; restore a changed one from a backup",
        )

    def hashes(self) -> Iterator[tuple[int, bytes]]:
        """Number and kept chain hash of every row, in order."""
        with faults_told(self.path):
            for seq, kept_hash in self._connection.execute(ALL_HASHES):
                yield seq, kept_hash or b""

    def claim(self, identity: UnitIdentity) -> Kept | None:
        """A unit's claim row as it lies in the database, or None."""
        return self._kept(CLAIM_ROW, (identity.gtin, identity.serial))

    def item(self, scan_id: str) -> Kept | None:
        """A row of the review list as it lies in the database, or None."""
        return self._kept(ITEM, (scan_id,))

    def task(self, scan_id: str) -> Kept | None:
        """A fetch task's row as it lies in the database, or None."""
        return self._kept(TASK_ROW, (scan_id,))

    def rows(self, statement: str, values: tuple[str | int, ...] = ()) -> Iterator[tuple[Any, ...]]:
        """Rows of a statement as they lie in the database, believed in nothing."""
        with faults_told(self.path):
            yield from self._connection.execute(statement, values)

    def row_count(self, table: str) -> int:
        """How many rows ``claim``, ``review`` or ``task`` has."""
        with faults_told(self.path):
            return int(self._connection.execute(COUNTS[table]).fetchone()[0])

    @contextmanager
    def one_moment(self) -> Iterator[None]:
        """Inside, everything is read as of one moment, however long it takes."""
        with faults_told(self.path):
            self._connection.execute("BEGIN")
        try:
            yield
        finally:
            if self._connection.in_transaction:
                self._connection.execute("ROLLBACK")

    def _rows(
        self, statement: str, row_type: type[RowT], values: tuple[str | int, ...] = ()
    ) -> list[RowT]:
        with faults_told(self.path):
            rows = self._connection.execute(statement, values).fetchall()
        return typed_rows(rows, row_type, self.path)

    def _kept(self, statement: str, values: tuple[str, ...]) -> Kept | None:
        with faults_told(self.path):
            row = self._connection.execute(statement, values).fetchone()
        return None if row is None else tuple(row)

    def _chunk(
        self, statement: str, values: tuple[str | int, ...], count: int = CHUNK_ENTRIES
    ) -> list[StoredEntry]:
        """The first rows of a statement; its read lock ends with this call."""
        with faults_told(self.path), closing(self._connection.execute(statement, values)) as cursor:
            rows = cursor.fetchmany(count)
        return [
            StoredEntry(row.seq, row.body, row.hash, row[3:])
            for row in typed_rows(rows, _EntryRow, self.path)
        ]
