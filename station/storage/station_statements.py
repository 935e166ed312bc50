"""Every statement on a station's database, compiled when this module is loaded.

Each constant is SQL for the driver; where values are bound, its docstring or its names say in
which order.
"""

from collections.abc import Sequence
from typing import Final

from sqlalchemy import (
    Cast,
    Column,
    Integer,
    LargeBinary,
    Select,
    Table,
    Text,
    bindparam,
    cast,
    func,
    insert,
    literal_column,
    select,
    update,
)
from sqlalchemy.dialects.sqlite import insert as sqlite_insert

from station.storage.sqlite import prepared
from station.storage.station_schema import (
    CHECKPOINT,
    CLAIM,
    JOURNAL,
    META,
    OUTBOX,
    POLICY,
    REVIEW,
    TASK,
    TICKET,
)

_JOURNAL_COLUMNS: Final = (
    "seq",
    "scan_id",
    "time_utc",
    "verdict_class",
    "reason",
    "gtin",
    "serial",
    "act",
    "body",
    "hash",
)
CLAIM_COLUMNS: Final = (
    "gtin",
    "serial",
    "state",
    "previous",
    "station",
    "scan_id",
    "verdict_class",
    "reason",
    "seq",
)
REVIEW_COLUMNS: Final = tuple(column.name for column in REVIEW.columns)
TASK_COLUMNS: Final = tuple(column.name for column in TASK.columns)


_EMPTY: Final = literal_column("''", Text)
_YES: Final = literal_column("1", Integer)


def _insert(table: Table, names: Sequence[str]) -> str:
    return prepared(insert(table).values({name: bindparam(name) for name in names}), names)


def _make_claim() -> str:
    """Give a standing to a unit that has none: no row, or one whose standing was taken back.

    A unit that has one keeps it, and the caller counts rows. PostgreSQL understands the same.
    """
    statement = sqlite_insert(CLAIM).values({name: bindparam(name) for name in CLAIM_COLUMNS})
    new = statement.excluded
    statement = statement.on_conflict_do_update(
        index_elements=[CLAIM.c.gtin, CLAIM.c.serial],
        set_={name: new[name] for name in CLAIM_COLUMNS[2:]},
        where=CLAIM.c.scan_id == _EMPTY,
    )
    return prepared(statement, CLAIM_COLUMNS)


def _change(table: Table, names: Sequence[str], keys: int, found: Sequence[str]) -> str:
    """Update one row if it is as it must be found; the caller counts rows.

    Binds every column after the first `keys`, then those, then what must be found.
    """
    condition = [table.c[name] == bindparam(f"of_{name}") for name in names[:keys]]
    condition += [table.c[name] == bindparam(f"found_{name}") for name in found]
    statement = update(table).where(*condition)
    statement = statement.values({name: bindparam(f"to_{name}") for name in names[keys:]})
    order = [f"to_{name}" for name in names[keys:]] + [f"of_{name}" for name in names[:keys]]
    return prepared(statement, order + [f"found_{name}" for name in found])


_TICKET_COLUMNS: Final = (
    "kind",
    "source",
    "fault",
    "count",
    "first_seq",
    "last_seq",
    "first_utc",
    "last_utc",
)


def _count_ticket() -> str:
    """Open a ticket, or count one more in the one that is open."""
    statement = sqlite_insert(TICKET).values({name: bindparam(name) for name in _TICKET_COLUMNS})
    new = statement.excluded
    statement = statement.on_conflict_do_update(
        index_elements=[TICKET.c.kind, TICKET.c.source, TICKET.c.fault],
        index_where=TICKET.c.closed_utc.is_(None),
        set_={
            "count": TICKET.c.count + new["count"],
            "last_seq": new["last_seq"],
            "last_utc": new["last_utc"],
        },
    )
    return prepared(statement, _TICKET_COLUMNS)


def _bytes(column: Column[bytes]) -> Cast[bytes]:
    """The column's bytes even where someone put text into it; SQLite does not hold types."""
    return cast(column, LargeBinary)


def _rows() -> Select[tuple[object, ...]]:
    columns = JOURNAL.c
    return select(
        columns.seq,
        _bytes(columns.body),
        _bytes(columns.hash),
        columns.scan_id,
        columns.time_utc,
        columns.verdict_class,
        columns.reason,
        columns.gtin,
        columns.serial,
        columns.act,
    )


# Writing.

INSERT_ENTRY: Final = _insert(JOURNAL, _JOURNAL_COLUMNS)
MAKE_CLAIM: Final = _make_claim()
MOVE_CLAIM: Final = _change(CLAIM, CLAIM_COLUMNS, 2, ("scan_id",))
INSERT_ITEM: Final = _insert(REVIEW, REVIEW_COLUMNS)
CHANGE_ITEM: Final = _change(REVIEW, REVIEW_COLUMNS, 1, ("ended_by", "tote", "verdict_class"))
INSERT_TASK: Final = _insert(TASK, TASK_COLUMNS)
CHANGE_TASK: Final = _change(TASK, TASK_COLUMNS, 1, ("closed_by",))
INSERT_OUTBOX: Final = _insert(OUTBOX, ("seq", "event_kind"))
INSERT_CHECKPOINT: Final = _insert(CHECKPOINT, ("seq", "hash", "signature", "time_utc"))
COUNT_TICKET: Final = _count_ticket()
CLOSE_TICKET: Final = prepared(
    update(TICKET)
    .where(TICKET.c.number == bindparam("wanted"), TICKET.c.closed_utc.is_(None))
    .values(closed_utc=bindparam("closed_utc")),
    ("closed_utc", "wanted"),
)
INSERT_META: Final = _insert(META, ("name", "value"))
INSERT_POLICY: Final = _insert(POLICY, ("version", "body"))
POLICY_VERSIONS: Final = prepared(select(POLICY.c.version))
LAST_ENTRY: Final = prepared(
    select(JOURNAL.c.seq, JOURNAL.c.hash, JOURNAL.c.body, JOURNAL.c.time_utc).where(
        JOURNAL.c.seq == select(func.max(JOURNAL.c.seq)).scalar_subquery()
    )
)
HASH_AT: Final = prepared(select(JOURNAL.c.hash).where(JOURNAL.c.seq == bindparam("seq")), ("seq",))
LAST_CHECKPOINT: Final = prepared(
    select(CHECKPOINT.c.seq, CHECKPOINT.c.hash).where(
        CHECKPOINT.c.seq == select(func.max(CHECKPOINT.c.seq)).scalar_subquery()
    )
)
FIND_META: Final = prepared(select(META.c.value).where(META.c.name == bindparam("name")), ("name",))

# Looking up.

FIND_CLAIM: Final = prepared(
    select(
        CLAIM.c.state,
        CLAIM.c.station,
        CLAIM.c.scan_id,
        CLAIM.c.verdict_class,
        CLAIM.c.reason,
        CLAIM.c.previous,
    ).where(CLAIM.c.gtin == bindparam("gtin"), CLAIM.c.serial == bindparam("serial")),
    ("gtin", "serial"),
)
"""A row without state is a unit without standing."""

ITEM: Final = prepared(select(REVIEW).where(REVIEW.c.scan_id == bindparam("scan_id")), ("scan_id",))
TASK_ROW: Final = prepared(select(TASK).where(TASK.c.scan_id == bindparam("scan_id")), ("scan_id",))
OPEN_ITEMS: Final = prepared(
    select(REVIEW)
    .where(REVIEW.c.ended_by == _EMPTY, REVIEW.c.scan_id > bindparam("after"))
    .order_by(REVIEW.c.scan_id),
    ("after",),
)
OPEN_ITEM_COUNT: Final = prepared(
    select(func.count()).select_from(REVIEW).where(REVIEW.c.ended_by == _EMPTY)
)
OPEN_TASKS: Final = prepared(
    select(TASK)
    .where(TASK.c.closed_by == _EMPTY, TASK.c.scan_id > bindparam("after"))
    .order_by(TASK.c.scan_id),
    ("after",),
)
OPEN_OF_UNIT: Final = prepared(
    select(REVIEW.c.scan_id)
    .where(
        REVIEW.c.ended_by == _EMPTY,
        REVIEW.c.of_unit == _YES,
        REVIEW.c.gtin == bindparam("gtin"),
        REVIEW.c.serial == bindparam("serial"),
    )
    .order_by(REVIEW.c.scan_id),
    ("gtin", "serial"),
)
OPEN_WITH_CODE: Final = prepared(
    select(REVIEW.c.scan_id)
    .where(
        REVIEW.c.ended_by == _EMPTY,
        REVIEW.c.gtin == bindparam("gtin"),
        REVIEW.c.serial == bindparam("serial"),
    )
    .order_by(REVIEW.c.scan_id.desc()),
    ("gtin", "serial"),
)
"""Also of those whose code proves nothing."""

TASKS_OF_UNIT: Final = prepared(
    select(TASK.c.scan_id)
    .where(
        TASK.c.closed_by == _EMPTY,
        TASK.c.gtin == bindparam("gtin"),
        TASK.c.serial == bindparam("serial"),
    )
    .order_by(TASK.c.scan_id),
    ("gtin", "serial"),
)

OPEN_TICKETS: Final = prepared(
    select(TICKET.c.number, *(TICKET.c[name] for name in _TICKET_COLUMNS))
    .where(TICKET.c.closed_utc.is_(None))
    .order_by(TICKET.c.number)
)

# Reading back; what the tables hold is believed in nothing.

ENTRIES_SINCE: Final = prepared(
    _rows()
    .where(JOURNAL.c.seq > bindparam("after"), JOURNAL.c.time_utc >= bindparam("since_utc"))
    .order_by(JOURNAL.c.seq),
    ("after", "since_utc"),
)
ENTRIES_AFTER: Final = prepared(
    _rows().where(JOURNAL.c.seq > bindparam("after")).order_by(JOURNAL.c.seq),
    ("after",),
)
ENTRIES_BEFORE: Final = prepared(
    _rows().where(JOURNAL.c.seq < bindparam("before")).order_by(JOURNAL.c.seq.desc()),
    ("before",),
)
ACTS_AFTER: Final = prepared(
    _rows()
    .where(
        JOURNAL.c.seq > bindparam("after"),
        JOURNAL.c.seq < bindparam("before"),
        JOURNAL.c.act == bindparam("act"),
    )
    .order_by(JOURNAL.c.seq),
    ("after", "before", "act"),
)
LAST_VERDICTS: Final = prepared(
    _rows().where(JOURNAL.c.act.is_(None)).order_by(JOURNAL.c.seq.desc())
)
ALL_POLICIES: Final = prepared(
    select(cast(POLICY.c.version, Text), cast(POLICY.c.body, Text)).order_by(POLICY.c.version)
)
ENTRY_BY_SCAN: Final = prepared(
    _rows().where(JOURNAL.c.scan_id == bindparam("scan_id")), ("scan_id",)
)
ENTRIES_OF_UNIT_BEFORE: Final = prepared(
    _rows()
    .where(
        JOURNAL.c.gtin == bindparam("gtin"),
        JOURNAL.c.serial == bindparam("serial"),
        JOURNAL.c.seq < bindparam("before"),
    )
    .order_by(JOURNAL.c.seq.desc()),
    ("gtin", "serial", "before"),
)
ENTRIES_WITH_EVENTS: Final = prepared(
    _rows()
    .join(OUTBOX, OUTBOX.c.seq == JOURNAL.c.seq)
    .where(OUTBOX.c.seq > bindparam("after"))
    .order_by(OUTBOX.c.seq),
    ("after",),
)
EVENT_COUNT: Final = prepared(
    select(func.count()).select_from(OUTBOX).where(OUTBOX.c.seq > bindparam("after")), ("after",)
)
HEAD: Final = prepared(
    select(JOURNAL.c.seq, _bytes(JOURNAL.c.hash)).where(
        JOURNAL.c.seq == select(func.max(JOURNAL.c.seq)).scalar_subquery()
    )
)
ALL_HASHES: Final = prepared(select(JOURNAL.c.seq, _bytes(JOURNAL.c.hash)).order_by(JOURNAL.c.seq))
COUNTS_BY_CLASS: Final = prepared(
    select(JOURNAL.c.verdict_class, func.count())
    .where(JOURNAL.c.act.is_(None))
    .group_by(JOURNAL.c.verdict_class)
)
ALL_CHECKPOINTS: Final = prepared(
    select(
        CHECKPOINT.c.seq,
        _bytes(CHECKPOINT.c.hash),
        _bytes(CHECKPOINT.c.signature),
        cast(CHECKPOINT.c.time_utc, Text),
    ).order_by(CHECKPOINT.c.seq)
)
CLAIM_ROW: Final = prepared(
    select(CLAIM).where(CLAIM.c.gtin == bindparam("gtin"), CLAIM.c.serial == bindparam("serial")),
    ("gtin", "serial"),
)
COUNTS: Final = {
    table.name: prepared(select(func.count()).select_from(table)) for table in (CLAIM, REVIEW, TASK)
}
"""How many rows there are, by table."""
