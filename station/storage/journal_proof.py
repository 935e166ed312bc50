"""Proves that a journal is what was written: the chain, the copies beside it, the checkpoints.

Against whom: the hash chain alone shows every change to whoever knows an earlier head; checkpoints
show it to anyone with the station's public key; somebody who holds the station's private key and
cuts off everything since the last head that left the site can rewrite that part unseen.
"""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from enum import Enum
from itertools import chain, islice
from typing import Final

from station.core.acts import ActEntry
from station.core.changes import changes_of
from station.core.journal import GENESIS_HASH, Entry, chain_hash
from station.storage.journal_codec import UnreadableEntryError
from station.storage.journal_reader import JournalReader, Kept, StoredCheckpoint, StoredEntry
from station.storage.journal_rows import Row, claim_row, columns_of, item_row, task_row
from station.storage.record_proof import Difference, RecordWalk, differences

SignatureCheck = Callable[[bytes, bytes], bool]
"""(signature, message) -> whether the station's key made it."""

Watch = Callable[[Iterator[StoredEntry]], Iterator[StoredEntry]]
"""Hands rows on as they are read."""


class Flaw(Enum):
    """How a journal differs from what was written."""

    CHANGED = "changed"
    REMOVED = "removed"
    ADDED = "added"
    REORDERED = "reordered"
    TRUNCATED = "truncated"
    REWRITTEN = "rewritten"
    UNREADABLE = "unreadable"
    COLUMN_DIFFERS = "column_differs"
    CHECKPOINT_FORGED = "checkpoint_forged"
    CHECKPOINT_MISSING = "checkpoint_missing"
    CLAIM_DIFFERS = "claim_differs"
    REVIEW_DIFFERS = "review_differs"
    TASK_DIFFERS = "task_differs"
    RECORD_DIFFERS = "record_differs"


MAX_UNSIGNED: Final = 2000
"""More entries in a row without a checkpoint than a station ever leaves: one is due each thousand
(`station.storage.station_db`), and is written with the commit that reaches it."""

MAX_DIFFERENCES: Final = 100

_TABLES: Final = {
    "claim": Flaw.CLAIM_DIFFERS,
    "review": Flaw.REVIEW_DIFFERS,
    "task": Flaw.TASK_DIFFERS,
}
"""Tables that hold copies of what the journal says, and what is wrong when one differs."""


@dataclass(frozen=True, slots=True)
class Finding:
    """The first thing wrong.

    Attributes:
        seq: The first entry that is not as it was written.
        flaw: How.
        text: For people.
    """

    seq: int
    flaw: Flaw
    text: str


@dataclass(frozen=True, slots=True)
class Proof:
    """What was checked.

    Attributes:
        entries: How many entries were read.
        head_seq: The last one's number; 0 when there is none.
        head_hash: Its kept chain hash.
        checkpoints: How many checkpoints there are.
        signatures_checked: Whether their signatures were checked.
        finding: The first thing wrong, or None.
        differences: Everything in the tables of operators and shipments that is otherwise than the
            journal says, at most `MAX_DIFFERENCES`; told where the journal itself is sound.
    """

    entries: int
    head_seq: int
    head_hash: bytes
    checkpoints: int
    signatures_checked: bool
    finding: Finding | None
    differences: tuple[Difference, ...] = ()


def prove(
    journal: JournalReader,
    *,
    known_head: tuple[int, bytes] | None = None,
    check_signature: SignatureCheck | None = None,
    watch: Watch = iter,
) -> Proof:
    """Read the whole journal as of one moment and say whether it is sound.

    Args:
        journal: An open journal; memory stays bounded however long it is.
        known_head: Number and chain hash of an entry as someone outside kept them.
        check_signature: Checks checkpoint signatures; None leaves them unchecked.
        watch: Hands the rows on, and so knows how far the reading has come.

    Raises:
        StorageError: The database cannot be read.
    """
    with journal.one_moment():
        checkpoints = journal.checkpoints()
        walk = _Walk(journal, checkpoints, known_head, watch)
        finding = _forged(checkpoints, check_signature) or walk.run()
        head_seq, head_hash = journal.head()
        unlike: tuple[Difference, ...] = ()
        if finding is None:
            found = chain(walk.unlike, differences(journal, check_signature, walk.announced))
            unlike = tuple(islice(found, MAX_DIFFERENCES))
        if unlike:
            finding = Finding(head_seq, Flaw.RECORD_DIFFERS, unlike[0].text)
    return Proof(
        entries=walk.entries,
        head_seq=head_seq,
        head_hash=head_hash,
        checkpoints=len(checkpoints),
        signatures_checked=check_signature is not None,
        finding=finding,
        differences=unlike,
    )


def _forged(
    checkpoints: tuple[StoredCheckpoint, ...], check_signature: SignatureCheck | None
) -> Finding | None:
    """A forged checkpoint is told first: nothing measured against it would mean anything."""
    if check_signature is None:
        return None
    for stored in checkpoints:
        try:
            genuine = check_signature(stored.signature, stored.checkpoint.message())
        except OverflowError:
            genuine = False  # a number no station writes
        if not genuine:
            seq = stored.checkpoint.seq
            return Finding(
                seq,
                Flaw.CHECKPOINT_FORGED,
                f"the checkpoint at entry {seq} was not signed by this station's key",
            )
    return None


class _Walk:
    """One pass over the journal in the order of its numbers."""

    def __init__(
        self,
        journal: JournalReader,
        checkpoints: tuple[StoredCheckpoint, ...],
        known_head: tuple[int, bytes] | None,
        watch: Watch,
    ) -> None:
        self.entries = 0
        self._watch = watch
        self._journal = journal
        self._marks = [
            (stored.checkpoint.seq, stored.checkpoint.head, "its signed checkpoint")
            for stored in checkpoints
        ]
        if known_head is not None:
            self._marks.append((*known_head, "the head that was kept elsewhere"))
        self._marks.sort(key=lambda mark: mark[0], reverse=True)
        self._signed = {stored.checkpoint.seq for stored in checkpoints}
        self._last_signed = 0
        self._beside = dict.fromkeys(_TABLES, 0)
        self._records = RecordWalk(journal)
        self.unlike: list[Difference] = []

    @property
    def announced(self) -> Mapping[int, ActEntry]:
        """The lines of shipments by their number."""
        return self._records.announced

    def run(self) -> Finding | None:
        """Go through; stops at the first thing wrong."""
        seq, link = 0, GENESIS_HASH
        for stored in self._watch(self._journal.stored()):
            finding = (
                self._number(stored, seq)
                or self._chain(stored, link)
                or self._mark(stored)
                or self._unsigned(stored.seq)
                or self._content(stored)
            )
            if finding is not None:
                return finding
            seq, link = stored.seq, stored.hash
            self.entries += 1
        return self._end(seq)

    def _number(self, stored: StoredEntry, last: int) -> Finding | None:
        due = last + 1
        if stored.seq == due:
            return None
        if stored.seq < due:
            return Finding(stored.seq, Flaw.ADDED, f"entry {stored.seq} has no place in the chain")
        missing = f"entry {due} is" if stored.seq == due + 1 else f"{due} to {stored.seq - 1} are"
        return Finding(due, Flaw.REMOVED, f"{missing} missing")

    def _chain(self, stored: StoredEntry, link: bytes) -> Finding | None:
        if chain_hash(link, stored.body) == stored.hash:
            return None
        return self._diagnosis(stored)

    def _diagnosis(self, stored: StoredEntry) -> Finding:
        """Was this body written elsewhere in the chain, or never?"""
        link = GENESIS_HASH
        for seq, kept_hash in self._journal.hashes():
            if seq != stored.seq and chain_hash(link, stored.body) in {kept_hash, stored.hash}:
                return self._moved(stored.seq)
            link = kept_hash
        if chain_hash(link, stored.body) == stored.hash:
            return self._moved(stored.seq)
        return Finding(
            stored.seq,
            Flaw.CHANGED,
            f"entry {stored.seq} was changed, or entries before it were taken out",
        )

    def _moved(self, seq: int) -> Finding:
        return Finding(seq, Flaw.REORDERED, f"entry {seq} was written at another place")

    def _mark(self, stored: StoredEntry) -> Finding | None:
        while self._marks and self._marks[-1][0] <= stored.seq:
            seq, head, what = self._marks.pop()
            if seq != stored.seq or head != stored.hash:
                return Finding(
                    stored.seq,
                    Flaw.REWRITTEN,
                    f"the journal up to entry {seq} is another one than {what} says",
                )
        return None

    def _unsigned(self, seq: int) -> Finding | None:
        """A chain can be written anew by anybody; who takes its checkpoints away shows by that."""
        if seq in self._signed:
            self._last_signed = seq
        if seq - self._last_signed <= MAX_UNSIGNED:
            return None
        first = self._last_signed + 1
        return Finding(
            first,
            Flaw.CHECKPOINT_MISSING,
            f"no signed checkpoint vouches for the entries from {first} to {seq}",
        )

    def _content(self, stored: StoredEntry) -> Finding | None:
        try:
            entry = stored.entry()
        except UnreadableEntryError as error:
            return Finding(
                stored.seq, Flaw.UNREADABLE, f"entry {stored.seq} cannot be read: {error}"
            )
        if stored.columns != columns_of(entry):
            return Finding(
                stored.seq,
                Flaw.COLUMN_DIFFERS,
                f"the columns beside entry {stored.seq} differ from the entry",
            )
        self._note(self._records.take(stored.seq, entry))
        return self._changes(stored.seq, entry)

    def _changes(self, seq: int, entry: Entry) -> Finding | None:
        """Whoever deletes a claim lets a copy in, whoever deletes an item loses it from sight."""
        try:
            changes = changes_of(entry)
        except ValueError as error:
            return Finding(seq, Flaw.UNREADABLE, f"entry {seq} makes no sense: {error}")
        for move in changes.moves:
            unit = move.identity
            finding = self._row(
                seq,
                "claim",
                claim_row(seq, move),
                self._journal.claim(unit),
                f"the claim of unit {unit.gtin} {unit.serial}",
            )
            if finding is not None:
                return finding
        if changes.item is not None:
            item = changes.item.after
            kept = self._journal.item(item.scan_id)
            what = f"the item of scan {item.scan_id} under review"
            finding = self._row(seq, "review", item_row(seq, item), kept, what)
            if finding is not None:
                return finding
        if changes.task is not None:
            task = changes.task.after
            kept = self._journal.task(task.scan_id)
            what = f"the fetch task of scan {task.scan_id}"
            return self._row(seq, "task", task_row(seq, task), kept, what)
        return None

    def _row(self, seq: int, table: str, made: Row, kept: Kept | None, what: str) -> Finding | None:
        """Whether a row beside the journal is what its last line made of it."""
        last = None if kept is None else kept[-1]
        if isinstance(last, int) and last > seq:
            return None  # a later line changed it, and answers for it
        if kept != made:
            return Finding(seq, _TABLES[table], f"{what} is not what entry {seq} made")
        self._beside[table] += 1
        return None

    def _end(self, last: int) -> Finding | None:
        if self._marks:
            seq, _, what = self._marks[0]
            return Finding(
                last + 1,
                Flaw.TRUNCATED,
                f"the journal ends at entry {last}; {what} shows that there was an entry {seq}",
            )
        for table, flaw in _TABLES.items():
            there, made = self._journal.row_count(table), self._beside[table]
            if there != made:
                return Finding(
                    last, flaw, f"there are {there} rows in {table}, the journal made {made}"
                )
        self._note(self._records.end())
        return None

    def _note(self, found: Iterator[Difference]) -> None:
        self.unlike.extend(found)
        del self.unlike[MAX_DIFFERENCES:]
