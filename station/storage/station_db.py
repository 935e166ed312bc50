"""The station's own database: claims to read, verdicts and acts to make durable.

For: `Claims` and `JournalWriter` of `station.ports.station_store`. Leaves to others: what is
decided (`core`), when entries are grouped (`intake`), reading the journal back
(`journal_reader`).

Promises:

* `commit` writes journal rows, the policies they name, claims, review list, fetch tasks, outbox
  rows, ticket counts, what concerns or moves a shipment and, where one is due, a signed
  checkpoint in one transaction with
  ``synchronous = FULL``: all of it survives a power cut, or none was written.
* After a failed commit nothing is remembered of it; the next one starts from what is on the disk.
  Should the power go just then, what was refused may be found after all, where the disk failed to
  say that it has it: never is anything lost that was acknowledged.
* Two connections: `find` belongs to the verdict loop's thread and never waits for the disk while
  the journal writer's thread is in `commit`; each method is for one thread at a time.
"""

import sqlite3
from collections.abc import Callable, Sequence
from contextlib import ExitStack, suppress
from dataclasses import replace
from itertools import groupby
from pathlib import Path
from typing import Final, NamedTuple

from station.core.acts import Standing
from station.core.changes import ItemChange, Move, TaskChange
from station.core.checkpoint import Checkpoint
from station.core.codes import UnitIdentity
from station.core.errors import StorageError
from station.core.journal import GENESIS_HASH, Entry, JournalEntry, chain_hash
from station.storage.claim_reader import ClaimReader
from station.storage.database import WritableDatabase, make_database
from station.storage.journal_rows import Head, Row, claim_row, item_row, rows_of, task_row
from station.storage.shipment_notes import note_act
from station.storage.shipment_statements import INSERT_SHIPMENT_SCAN
from station.storage.sqlite import RowT, faults_told, storage_error, typed_rows
from station.storage.station_schema import STATION
from station.storage.station_statements import (
    CHANGE_ITEM,
    CHANGE_TASK,
    COUNT_TICKET,
    FIND_CLAIM,
    FIND_META,
    HASH_AT,
    INSERT_CHECKPOINT,
    INSERT_ENTRY,
    INSERT_ITEM,
    INSERT_META,
    INSERT_OUTBOX,
    INSERT_POLICY,
    INSERT_TASK,
    LAST_CHECKPOINT,
    LAST_ENTRY,
    MAKE_CLAIM,
    MOVE_CLAIM,
    POLICY_VERSIONS,
)
from station.storage.tickets import ticket_rows

CHECKPOINT_ENTRIES: Final = 1000
"""A checkpoint is due when the head is this far from the last one."""

Signer = Callable[[bytes], bytes]
"""Signs with the station's own key."""

PolicyText = Callable[[str], str | None]
"""The content of a policy by its version, or None where nobody remembers it."""


def _no_policy(_version: str) -> None:
    """For a journal whose entries name policies of somebody else."""


def create(path: Path, station: str) -> None:
    """Make an empty station database, complete or not at all.

    Args:
        path: The file to make, in an existing folder.
        station: The station's name; checkpoints are bound to it.

    Raises:
        StorageError: The file exists already, or cannot be written.
    """
    if path.exists():
        raise StorageError(
            f"the station database {path} exists already",
            "use it as it is; to start anew, move the site folder away first",
        )

    def name_it(connection: sqlite3.Connection) -> None:
        connection.execute(INSERT_META, ("station", station))
        connection.execute("PRAGMA journal_mode = WAL")

    make_database(path, STATION, name_it)


def open_store(
    path: Path, signer: Signer, policy_text: PolicyText = _no_policy
) -> "SqliteStationStore":
    """Open a station's database for intake.

    Args:
        path: The file, made by `create`.
        signer: Signs checkpoints with the station's own key; called on the writer's thread.
        policy_text: What the policies say that entries name; called on the writer's thread.

    Raises:
        StorageError: The file is missing, damaged, locked, read-only, of another schema, or its
            journal is shorter than its own last checkpoint.
    """
    return SqliteStationStore(path, signer, policy_text)


class _HeadRow(NamedTuple):
    seq: int
    hash: bytes
    body: bytes
    time_utc: str


class _CheckpointRow(NamedTuple):
    seq: int
    hash: bytes


class _HashRow(NamedTuple):
    hash: bytes


class _MetaRow(NamedTuple):
    value: str


class SqliteStationStore(WritableDatabase):
    """An open station database. Implements `Claims` and `JournalWriter`; made by `open_store`."""

    def __init__(self, path: Path, signer: Signer, policy_text: PolicyText) -> None:
        super().__init__(path, STATION)
        self._signer: Final = signer
        self._policy_text: Final = policy_text
        with ExitStack() as opened:
            opened.callback(super().close)
            with faults_told(path):
                self._connection.execute("PRAGMA journal_mode = WAL")
                # Says now, not at the first verdict, that the file is locked or read-only.
                self._connection.execute("BEGIN IMMEDIATE")
                self._connection.execute("UPDATE meta SET value = value WHERE 0")
                self._connection.execute("ROLLBACK")
            self._claims: Final = opened.enter_context(ClaimReader(path))
            with faults_told(path):
                meta = self._one(FIND_META, _MetaRow, "station")
                if meta is None:
                    raise self._damaged("it does not say whose it is")
                self.station: Final = meta.value
                self._head: Head | None = self._read_head()
                self._policies = {row.value for row in self._all(POLICY_VERSIONS, _MetaRow)}
            opened.pop_all()

    def find(self, identity: UnitIdentity) -> Standing | None:
        """How the unit stands at this site, or None. For the verdict loop's thread.

        Raises:
            StorageError: The database cannot be read.
        """
        return self._claims.find(identity)

    def commit(self, entries: Sequence[Entry]) -> None:
        """Write lines and everything they change in one transaction. For the writer's thread.

        Args:
            entries: At least one, in the order they were decided.

        Raises:
            StorageError: Nothing was written; the message says why.
            ValueError: No entries, or a change of a unit that has no identity.
        """
        if not entries:
            msg = "nothing to commit"
            raise ValueError(msg)
        try:
            head = self._head or self._read_head()
            rows, new_head = rows_of(entries, head)
            policies = self._new_policies(entries)
            execute, executemany = self._connection.execute, self._connection.executemany
            execute("BEGIN IMMEDIATE")
            executemany(INSERT_ENTRY, rows.journal)
            if policies:
                executemany(INSERT_POLICY, policies)
            if tickets := ticket_rows(entries, head.seq):
                executemany(COUNT_TICKET, tickets)
            if rows.moves:
                self._move(rows.moves)
            for seq, item_change in rows.items:
                self._change_item(seq, item_change)
            for seq, task_change in rows.tasks:
                self._change_task(seq, task_change)
            if rows.shipped:
                executemany(INSERT_SHIPMENT_SCAN, rows.shipped)
            for seq, act in rows.acts:
                note_act(self._connection, seq, act)
            if rows.outbox:
                executemany(INSERT_OUTBOX, rows.outbox)
            if new_head.seq - new_head.checkpoint_seq >= CHECKPOINT_ENTRIES:
                new_head = self._write_checkpoint(new_head)
            execute("COMMIT")
        except sqlite3.Error as error:
            self._abandon()
            raise storage_error(error, self.path) from error
        except BaseException:
            self._abandon()
            raise
        self._head = new_head
        self._policies.update(version for version, _ in policies)

    def head(self) -> tuple[int, bytes]:
        """Number and chain hash of the last entry; 0 and `GENESIS_HASH` of an empty journal.

        For the writer's thread.
        """
        with faults_told(self.path):
            head = self._head or self._read_head()
        return head.seq, head.hash

    def last_line(self) -> tuple[int, str]:
        """Number and time of the last line; 0 and ``""`` of an empty journal.

        For the writer's thread.
        """
        with faults_told(self.path):
            head = self._head or self._read_head()
        return head.seq, head.time_utc

    def close(self) -> None:
        """Sign the head, then release the file; idempotent.

        A checkpoint that cannot be written now is made up for by the next one.
        """
        with suppress(StorageError, sqlite3.Error):
            head = self._head or self._read_head()
            if head.seq > head.checkpoint_seq:
                with self._transaction():
                    self._write_checkpoint(head)
        self._claims.close()
        super().close()

    def _write_checkpoint(self, head: Head) -> Head:
        checkpoint = Checkpoint(self.station, head.seq, head.hash, head.time_utc)
        signature = self._signer(checkpoint.message())
        self._connection.execute(INSERT_CHECKPOINT, (head.seq, head.hash, signature, head.time_utc))
        return replace(head, checkpoint_seq=head.seq)

    def _abandon(self) -> None:
        """Forget a commit that failed; the head is read again when it is needed."""
        self._head = None
        self._roll_back()

    def _read_head(self) -> Head:
        """Read where the chain stands, and that its end is sound."""
        checkpoint = self._one(LAST_CHECKPOINT, _CheckpointRow)
        checkpoint_seq = 0 if checkpoint is None else checkpoint.seq
        last = self._one(LAST_ENTRY, _HeadRow)
        if last is None:
            if checkpoint is not None:
                raise self._damaged(
                    f"the journal is empty, its last checkpoint is {checkpoint_seq}"
                )
            return Head(0, GENESIS_HASH, "", 0)
        before = self._one(HASH_AT, _HashRow, last.seq - 1)
        previous = before.hash if before is not None else GENESIS_HASH
        if (before is None) != (last.seq == 1) or chain_hash(previous, last.body) != last.hash:
            raise self._damaged(f"the chain is broken at entry {last.seq}")
        if checkpoint is not None:
            at_checkpoint = self._one(HASH_AT, _HashRow, checkpoint_seq)
            if at_checkpoint is None or at_checkpoint.hash != checkpoint.hash:
                raise self._damaged(
                    f"the journal does not hold its last checkpoint {checkpoint_seq}"
                )
        return Head(last.seq, last.hash, last.time_utc, checkpoint_seq)

    def _new_policies(self, entries: Sequence[Entry]) -> list[tuple[str, str]]:
        """The policies that entries name and the database does not hold yet."""
        versions = dict.fromkeys(
            entry.policy_version for entry in entries if isinstance(entry, JournalEntry)
        )
        texts = {v: self._policy_text(v) for v in versions if v not in self._policies}
        return [(version, text) for version, text in texts.items() if text is not None]

    def _one(self, statement: str, row_type: type[RowT], *values: int | str) -> RowT | None:
        return next(iter(self._all(statement, row_type, *values)), None)

    def _all(self, statement: str, row_type: type[RowT], *values: int | str) -> list[RowT]:
        rows = self._connection.execute(statement, values).fetchall()
        return typed_rows(rows, row_type, self.path)

    def _move(self, moves: Sequence[tuple[int, Move]]) -> None:
        """Make every move in order, each only if it finds what it expects."""
        for makes, run in groupby(moves, key=lambda numbered: not numbered[1].expects):
            these = list(run)
            if makes:
                statement = MAKE_CLAIM
                claims = [claim_row(seq, move) for seq, move in these]
            else:
                statement = MOVE_CLAIM
                claims = [_set(claim_row(seq, move), 2, move.expects) for seq, move in these]
            if self._connection.executemany(statement, claims).rowcount != len(claims):
                raise self._otherwise(these)

    def _change_item(self, seq: int, change: ItemChange) -> None:
        after, before = item_row(seq, change.after), change.before
        if before is None:
            self._connection.execute(INSERT_ITEM, after)
            return
        found = (before.ended_by, before.tote, int(before.verdict_class))
        if self._connection.execute(CHANGE_ITEM, _set(after, 1, *found)).rowcount != 1:
            raise _changed_meanwhile(f"the item of scan {before.scan_id}")

    def _change_task(self, seq: int, change: TaskChange) -> None:
        after, before = task_row(seq, change.after), change.before
        if before is None:
            self._connection.execute(INSERT_TASK, after)
        elif self._connection.execute(CHANGE_TASK, _set(after, 1, before.closed_by)).rowcount != 1:
            raise _changed_meanwhile(f"the fetch task of scan {before.scan_id}")

    def _otherwise(self, moves: Sequence[tuple[int, Move]]) -> StorageError:
        """Name the move that was refused; called before the transaction is rolled back."""
        for _, move in moves:
            unit = move.identity
            row = self._connection.execute(FIND_CLAIM, (unit.gtin, unit.serial)).fetchone()
            found = "" if row is None else row[2]
            left = "" if move.leaves is None else move.leaves.scan_id
            if found in {move.expects, left}:
                continue
            if not move.expects:
                return StorageError(
                    f"unit {unit.gtin} {unit.serial} was claimed already by scan {found}",
                    "scan the unit again: it is then judged as the second one it is",
                )
            return _changed_meanwhile(f"unit {unit.gtin} {unit.serial}")
        return StorageError(
            "a unit of this commit was claimed twice in it",
            "scan the units again: each is then judged as the second one it is",
        )

    def _damaged(self, what: str) -> StorageError:
        return StorageError(
            f"the station database {self.path} is damaged: {what}",
            "run 'station journal verify', keep the file for examination, and restore a backup",
        )


def _set(row: Row, keys: int, *found: int | str) -> Row:
    """A row in the order of an update: what is set, its key, what must be found."""
    return (*row[keys:], *row[:keys], *found)


def _changed_meanwhile(what: str) -> StorageError:
    return StorageError(
        f"{what} was changed meanwhile by another station",
        "look at it again: it is then judged as it stands now",
    )
