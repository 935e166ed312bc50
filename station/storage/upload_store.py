"""What of a site's events is still to be sent. Fulfils `station.ports.events.Outbox`.

Reads the journal, beside a working engine; writes only its own file (`upload_schema`). Where the
journal is no longer the one that was sent from (a backup was put back), everything in it is sent
again: receivers know what they have by its id, and nothing may be left out.
"""

from collections.abc import Sequence
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path
from typing import Final, NamedTuple

from sqlalchemy import bindparam, delete, select
from sqlalchemy.dialects.sqlite import insert

from station.core.journal import GENESIS_HASH, Entry
from station.ports.events import DeadLetter, Waiting
from station.storage.database import WritableDatabase, make_database, open_to_read
from station.storage.journal_reader import JournalReader
from station.storage.sqlite import faults_told, prepared, typed_rows
from station.storage.upload_schema import CURSOR, DEAD_LETTER, UPLOAD

_FIND_CURSOR: Final = prepared(select(CURSOR.c.seq, CURSOR.c.hash))
_PUT_CURSOR: Final = prepared(
    insert(CURSOR)
    .values(id=1, seq=bindparam("seq"), hash=bindparam("hash"))
    .on_conflict_do_update(
        index_elements=[CURSOR.c.id],
        set_={"seq": insert(CURSOR).excluded.seq, "hash": insert(CURSOR).excluded.hash},
    ),
    ("id", "seq", "hash"),
)
_COLUMNS: Final = ("seq", "event_id", "text", "time_utc", "attempts")
_PUT_LETTER: Final = prepared(
    insert(DEAD_LETTER)
    .values({name: bindparam(name) for name in _COLUMNS})
    .on_conflict_do_update(
        index_elements=[DEAD_LETTER.c.seq],
        set_={name: insert(DEAD_LETTER).excluded[name] for name in _COLUMNS[1:]},
    ),
    _COLUMNS,
)
_ALL_LETTERS: Final = prepared(select(DEAD_LETTER).order_by(DEAD_LETTER.c.seq))
_REMOVE_LETTER: Final = prepared(
    delete(DEAD_LETTER).where(DEAD_LETTER.c.seq == bindparam("seq")), ("seq",)
)
_REMOVE_LETTERS: Final = prepared(delete(DEAD_LETTER))


@dataclass(frozen=True, slots=True)
class OutboxState:
    """How sending stands.

    Attributes:
        waiting: Entries with events that were not sent yet.
        refused: Events that the receiver refused for good.
        oldest_utc: When the first of those that wait was decided, or ``""``.
    """

    waiting: int
    refused: int
    oldest_utc: str


def outbox_state(path: Path, journal: JournalReader) -> OutboxState:
    """How sending stands, read only: whoever is sending is not held up, and no file is made.

    Args:
        path: The memory of what was sent; it need not be there.
        journal: The station's journal.

    Raises:
        StorageError: A database is damaged or of another schema.
    """
    seq, refused = _sent_and_refused(path, journal) if path.exists() else (0, 0)
    first = next(iter(journal.with_events(seq, 1)), None)
    oldest_utc = "" if first is None else journal.entry_of(first).time_utc
    return OutboxState(journal.event_count(seq), refused, oldest_utc)


def _sent_and_refused(path: Path, journal: JournalReader) -> tuple[int, int]:
    """Up to where was sent, and how many events were refused on the way."""
    with closing(open_to_read(path, UPLOAD)) as connection, faults_told(path):
        found = typed_rows(connection.execute(_FIND_CURSOR).fetchall(), _CursorRow, path)
        letters = len(connection.execute(_ALL_LETTERS).fetchall())
    if not found or _hash_at(journal, found[0].seq) != found[0].hash:
        return 0, 0
    return found[0].seq, letters


class _CursorRow(NamedTuple):
    seq: int
    hash: bytes


class _LetterRow(NamedTuple):
    seq: int
    event_id: str
    text: str
    time_utc: str
    attempts: int


class UploadStore(WritableDatabase):
    """An open memory of what was sent."""

    def __init__(self, path: Path, journal: JournalReader) -> None:
        """Open it; make it where there is none.

        Args:
            path: Its file.
            journal: The station's journal.

        Raises:
            StorageError: It cannot be made, is damaged or of another schema.
        """
        if not path.exists():
            make_database(path, UPLOAD)
        super().__init__(path, UPLOAD)
        self._journal: Final = journal
        try:
            self._seq = self._cursor()
        except BaseException:
            self.close()
            raise

    def waiting(self, count: int) -> Sequence[Waiting]:
        """The next entries to send, oldest first, at most `count`."""
        return [
            Waiting(stored.seq, self._journal.entry_of(stored))
            for stored in self._journal.with_events(self._seq, count)
        ]

    def waiting_count(self) -> int:
        """How many there are in all."""
        return self._journal.event_count(self._seq)

    def sent(self, seq: int) -> None:
        """Everything up to an entry has been taken or put aside."""
        self._run(_PUT_CURSOR, (1, seq, _hash_at(self._journal, seq)))
        self._seq = seq

    def bury(self, letter: DeadLetter) -> None:
        """Put an event aside that was refused."""
        values = (letter.seq, letter.event_id, letter.text, letter.time_utc, letter.attempts)
        self._run(_PUT_LETTER, values)

    def dead(self) -> Sequence[DeadLetter]:
        """What was put aside, oldest first."""
        with faults_told(self.path):
            rows = self._connection.execute(_ALL_LETTERS).fetchall()
        return [DeadLetter(*row) for row in typed_rows(rows, _LetterRow, self.path)]

    def find(self, scan_id: str) -> Entry | None:
        """The journal entry an act is about, or None."""
        return self._journal.find(scan_id)

    def entry(self, seq: int) -> Entry | None:
        """The journal entry of a dead letter, or None."""
        stored = next(iter(self._journal.with_events(seq - 1, 1)), None)
        if stored is None or stored.seq != seq:
            return None
        return self._journal.entry_of(stored)

    def revive(self, seq: int) -> None:
        """A dead letter has been taken after all."""
        self._run(_REMOVE_LETTER, (seq,))

    def _cursor(self) -> int:
        """Where to go on; at the beginning where the journal is another than was sent from."""
        with faults_told(self.path):
            found = self._connection.execute(_FIND_CURSOR).fetchall()
            rows = typed_rows(found, _CursorRow, self.path)
        if not rows:
            return 0
        (cursor,) = rows
        if _hash_at(self._journal, cursor.seq) == cursor.hash:
            return cursor.seq
        self._run(_REMOVE_LETTERS)
        return 0


def _hash_at(journal: JournalReader, seq: int) -> bytes | None:
    return journal.hash_at(seq) if seq else GENESIS_HASH
