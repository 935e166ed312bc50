"""Every statement on a station's database, compiled when this module is loaded.

Each constant is SQL for the driver; where values are bound, its docstring or its names say in
which order.
"""

from collections.abc import Sequence
from typing import Final

from sqlalchemy import (
    Cast,
    Column,
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

from station.core.registry import UnitState
from station.storage.sqlite import prepared
from station.storage.station_schema import CHECKPOINT, CLAIM, JOURNAL, META, OUTBOX, POLICY, TICKET

_JOURNAL_COLUMNS: Final = (
    "seq",
    "scan_id",
    "time_utc",
    "verdict_class",
    "reason",
    "gtin",
    "serial",
    "body",
    "hash",
)
_CLAIM_COLUMNS: Final = (
    "gtin",
    "serial",
    "state",
    "station",
    "scan_id",
    "verdict_class",
    "reason",
    "seq",
)


def _insert(table: Table, names: Sequence[str]) -> str:
    return prepared(insert(table).values({name: bindparam(name) for name in names}), names)


def _put_claim() -> str:
    """Insert a claim; an existing one changes only when the new one is a quarantine.

    A RECEIVE that finds a claim thus changes no row, and the caller counts rows. `station` stays
    the one that met the unit first. PostgreSQL understands the same statement.
    """
    statement = sqlite_insert(CLAIM).values({name: bindparam(name) for name in _CLAIM_COLUMNS})
    new = statement.excluded
    statement = statement.on_conflict_do_update(
        index_elements=[CLAIM.c.gtin, CLAIM.c.serial],
        set_={name: new[name] for name in ("state", "scan_id", "verdict_class", "reason", "seq")},
        where=new.state == literal_column(str(int(UnitState.QUARANTINED))),
    )
    return prepared(statement, _CLAIM_COLUMNS)


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
    )


# Writing.

INSERT_ENTRY: Final = _insert(JOURNAL, _JOURNAL_COLUMNS)
PUT_CLAIM: Final = _put_claim()
INSERT_OUTBOX: Final = _insert(OUTBOX, ("seq", "event_kind", "state", "attempts"))
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
        CLAIM.c.state, CLAIM.c.station, CLAIM.c.scan_id, CLAIM.c.verdict_class, CLAIM.c.reason
    ).where(CLAIM.c.gtin == bindparam("gtin"), CLAIM.c.serial == bindparam("serial")),
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
ALL_POLICIES: Final = prepared(
    select(cast(POLICY.c.version, Text), cast(POLICY.c.body, Text)).order_by(POLICY.c.version)
)
ENTRY_BY_SCAN: Final = prepared(
    _rows().where(JOURNAL.c.scan_id == bindparam("scan_id")), ("scan_id",)
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
    select(JOURNAL.c.verdict_class, func.count()).group_by(JOURNAL.c.verdict_class)
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
    select(
        CLAIM.c.state, CLAIM.c.scan_id, CLAIM.c.verdict_class, CLAIM.c.reason, CLAIM.c.seq
    ).where(CLAIM.c.gtin == bindparam("gtin"), CLAIM.c.serial == bindparam("serial")),
    ("gtin", "serial"),
)
CLAIM_COUNT: Final = prepared(select(func.count()).select_from(CLAIM))
