"""What journal lines become in the station's tables. Pure; `station_db` writes the rows."""

from collections.abc import Sequence
from dataclasses import dataclass, field

from station.core.acts import ActEntry
from station.core.changes import ItemChange, Move, TaskChange, changes_of
from station.core.epcis import event_kind
from station.core.journal import Entry, chain_hash
from station.core.review import FetchTask, ReviewItem
from station.storage.journal_codec import encode

Row = tuple[bytes | int | str | None, ...]


@dataclass(frozen=True, slots=True)
class Head:
    """Where the chain stands."""

    seq: int
    hash: bytes
    time_utc: str
    checkpoint_seq: int


@dataclass(slots=True)
class Rows:
    """What a commit writes, each list in the order of the lines.

    Attributes:
        journal: Rows of the journal.
        moves: Changes of standings, each with the number of its line.
        items: Changes of the review list, likewise.
        tasks: Changes of fetch tasks, likewise.
        shipped: Which verdict concerns which shipment: (shipment, number of the line).
        acts: Acts, each with the number of its line; they concern the shipments of what they are
            about, or move one.
        outbox: Rows of the outbox.
    """

    journal: list[Row] = field(default_factory=list)
    moves: list[tuple[int, Move]] = field(default_factory=list)
    items: list[tuple[int, ItemChange]] = field(default_factory=list)
    tasks: list[tuple[int, TaskChange]] = field(default_factory=list)
    shipped: list[Row] = field(default_factory=list)
    acts: list[tuple[int, ActEntry]] = field(default_factory=list)
    outbox: list[Row] = field(default_factory=list)


def rows_of(entries: Sequence[Entry], head: Head) -> tuple[Rows, Head]:
    """Everything that lines write, and the head after them.

    Raises:
        ValueError: A line changes a unit it does not name.
    """
    rows = Rows()
    seq, link = head.seq, head.hash
    for entry in entries:
        seq += 1
        body = encode(entry)
        link = chain_hash(link, body)
        rows.journal.append((seq, *columns_of(entry), body, link))
        changes = changes_of(entry)
        for move in changes.moves:
            rows.moves.append((seq, move))
        if changes.item is not None:
            rows.items.append((seq, changes.item))
        if changes.task is not None:
            rows.tasks.append((seq, changes.task))
        kind = event_kind(entry)
        if kind is not None:
            rows.outbox.append((seq, kind.value))
        if isinstance(entry, ActEntry):
            rows.acts.append((seq, entry))
        elif entry.shipment:
            rows.shipped.append((entry.shipment, seq))
    return rows, Head(seq, link, entries[-1].time_utc, head.checkpoint_seq)


def columns_of(entry: Entry) -> tuple[str | int | None, ...]:
    """What is kept beside a line to search by.

    Returns:
        Scan id, time, verdict class, reason, GTIN, serial and act; a verdict has no act, an act
        neither class nor reason.
    """
    serial = None if entry.identity is None else entry.identity.serial
    if isinstance(entry, ActEntry):
        return (entry.scan_id, entry.time_utc, None, None, entry.gtin, serial, entry.kind.value)
    verdict = entry.verdict
    return (
        entry.scan_id,
        entry.time_utc,
        int(verdict.verdict_class),
        verdict.reason.value,
        entry.gtin,
        serial,
        None,
    )


def claim_row(seq: int, move: Move) -> Row:
    """A unit's claim as a move leaves it; without standing, a row that says nothing more.

    The order is `station_statements.CLAIM_COLUMNS`.
    """
    identity, leaves = move.identity, move.leaves
    if leaves is None:
        return (identity.gtin, identity.serial, None, None, "", "", None, None, seq)
    return (
        identity.gtin,
        identity.serial,
        int(leaves.state),
        None if leaves.previous is None else int(leaves.previous),
        leaves.station,
        leaves.scan_id,
        int(leaves.verdict_class),
        leaves.reason.value,
        seq,
    )


def item_row(seq: int, item: ReviewItem) -> Row:
    """An item of the review list; the order is `station_statements.REVIEW_COLUMNS`."""
    identity = item.identity
    return (
        item.scan_id,
        item.time_utc,
        item.read,
        int(item.verdict_class),
        item.reason.value,
        item.gtin,
        None if identity is None else identity.gtin,
        None if identity is None else identity.serial,
        int(item.of_unit),
        item.tote,
        item.ended_by,
        seq,
    )


def task_row(seq: int, task: FetchTask) -> Row:
    """A fetch task; the order is `station_statements.TASK_COLUMNS`."""
    return (
        task.scan_id,
        task.time_utc,
        task.read,
        task.identity.gtin,
        task.identity.serial,
        task.reason.value,
        task.place,
        task.earlier,
        task.closed_by,
        seq,
    )
