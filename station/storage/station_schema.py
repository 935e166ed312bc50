"""The tables of a station's own database: what this station did."""

from typing import Final

from sqlalchemy import (
    CheckConstraint,
    Column,
    ForeignKey,
    Index,
    Integer,
    LargeBinary,
    MetaData,
    Table,
    Text,
)

from station.storage.schema import Tree

_METADATA: Final = MetaData()

JOURNAL: Final = Table(
    "journal",
    _METADATA,
    Column("seq", Integer, primary_key=True, autoincrement=False),
    Column("scan_id", Text, nullable=False, unique=True),
    Column("time_utc", Text, nullable=False),
    Column("verdict_class", Integer),
    Column("reason", Text),
    Column("gtin", Text),
    Column("serial", Text),
    Column("act", Text),
    Column("body", LargeBinary, nullable=False),
    Column("hash", LargeBinary, nullable=False),
    CheckConstraint("length(hash) = 32", name="journal_hash_bytes"),
    CheckConstraint(
        "(act IS NULL) = (verdict_class IS NOT NULL) AND (act IS NULL) = (reason IS NOT NULL)",
        name="journal_verdict_or_act",
    ),
)
"""The truth is `body`, exactly the bytes that were hashed; the other columns are copies of parts of
it to search by, and `station journal verify` compares them."""

_UNIT_INDEX: Final = Index("journal_unit", JOURNAL.c.gtin, JOURNAL.c.serial)
_REVIEW_INDEX: Final = Index(
    "journal_review",
    JOURNAL.c.verdict_class,
    JOURNAL.c.seq,
    sqlite_where=JOURNAL.c.verdict_class >= 3,
)

CLAIM: Final = Table(
    "claim",
    _METADATA,
    Column("gtin", Text, primary_key=True),
    Column("serial", Text, primary_key=True),
    Column("state", Integer),
    Column("previous", Integer),
    Column("station", Text, nullable=False),
    Column("scan_id", Text, nullable=False),
    Column("verdict_class", Integer),
    Column("reason", Text),
    Column("seq", Integer, ForeignKey("journal.seq"), nullable=False),
    sqlite_with_rowid=False,
)
"""One row a unit this site has met; its primary key is what makes a unit received once. A unit
whose receipt was taken back keeps a row without state and with an empty `scan_id`: it has no
standing."""

REVIEW: Final = Table(
    "review",
    _METADATA,
    Column("scan_id", Text, primary_key=True),
    Column("time_utc", Text, nullable=False),
    Column("read", Text, nullable=False),
    Column("verdict_class", Integer, nullable=False),
    Column("reason", Text, nullable=False),
    Column("product", Text),
    Column("gtin", Text),
    Column("serial", Text),
    Column("of_unit", Integer, nullable=False),
    Column("tote", Text, nullable=False),
    Column("ended_by", Text, nullable=False),
    Column("seq", Integer, ForeignKey("journal.seq"), nullable=False),
    sqlite_with_rowid=False,
)
"""Held and quarantined items; under review while `ended_by` is empty. `seq` is the line that last
changed it; `product` the GTIN of an item, `gtin` and `serial` the unit its code names."""

_OPEN_ITEMS: Final = Index("review_open", REVIEW.c.scan_id, sqlite_where=REVIEW.c.ended_by == "")
_ITEMS_OF_UNIT: Final = Index(
    "review_unit", REVIEW.c.gtin, REVIEW.c.serial, sqlite_where=REVIEW.c.ended_by == ""
)

TASK: Final = Table(
    "task",
    _METADATA,
    Column("scan_id", Text, primary_key=True),
    Column("time_utc", Text, nullable=False),
    Column("read", Text, nullable=False),
    Column("gtin", Text, nullable=False),
    Column("serial", Text, nullable=False),
    Column("reason", Text, nullable=False),
    Column("place", Text, nullable=False),
    Column("earlier", Text, nullable=False),
    Column("closed_by", Text, nullable=False),
    Column("seq", Integer, ForeignKey("journal.seq"), nullable=False),
    sqlite_with_rowid=False,
)
"""Earlier units to be fetched; open while `closed_by` is empty."""

_OPEN_TASKS: Final = Index("task_open", TASK.c.scan_id, sqlite_where=TASK.c.closed_by == "")
_TASKS_OF_UNIT: Final = Index(
    "task_unit", TASK.c.gtin, TASK.c.serial, sqlite_where=TASK.c.closed_by == ""
)

OUTBOX: Final = Table(
    "outbox",
    _METADATA,
    Column("seq", Integer, ForeignKey("journal.seq"), primary_key=True, autoincrement=False),
    Column("event_kind", Text, nullable=False),
)
"""Journal lines that go up as EPCIS events; `upload_schema` remembers what has been sent."""

CHECKPOINT: Final = Table(
    "checkpoint",
    _METADATA,
    Column("seq", Integer, ForeignKey("journal.seq"), primary_key=True, autoincrement=False),
    Column("hash", LargeBinary, nullable=False),
    Column("signature", LargeBinary, nullable=False),
    Column("time_utc", Text, nullable=False),
)
"""The chain's head at some moments, signed by the station's own key."""

TICKET: Final = Table(
    "ticket",
    _METADATA,
    Column("number", Integer, primary_key=True),
    Column("kind", Text, nullable=False),
    Column("source", Text, nullable=False),
    Column("fault", Text, nullable=False),
    Column("count", Integer, nullable=False),
    Column("first_seq", Integer, ForeignKey("journal.seq"), nullable=False),
    Column("last_seq", Integer, ForeignKey("journal.seq"), nullable=False),
    Column("first_utc", Text, nullable=False),
    Column("last_utc", Text, nullable=False),
    Column("closed_utc", Text),
)
"""What needs a hand: one open ticket for each fault a source shows, counted in the transaction that
journals the read; `closed_utc` is null while it is open."""

_OPEN_TICKET_INDEX: Final = Index(
    "ticket_open",
    TICKET.c.kind,
    TICKET.c.source,
    TICKET.c.fault,
    unique=True,
    sqlite_where=TICKET.c.closed_utc.is_(None),
)
OPERATOR: Final = Table(
    "operator",
    _METADATA,
    Column("seq", Integer, primary_key=True),
    Column("scan_id", Text, nullable=False, unique=True),
    Column("time_utc", Text, nullable=False),
    Column("name", Text, nullable=False),
    Column("role", Integer, nullable=False),
    Column("badge", Integer, nullable=False),
    Column("active", Integer, nullable=False),
    Column("changed_by", Text, nullable=False),
    Column("what", Text, nullable=False),
    Column("language", Text, nullable=False, server_default=""),
)
"""Every change of the enrolled operators; the last row of a name is how that operator stands. Each
row is a line of the journal under the same `scan_id`, which is noted with it.
`language` is the ISO 639-1 name of what they read; ``""``: what the site's operators read."""

_OPERATOR_INDEX: Final = Index("operator_name", OPERATOR.c.name)

OPERATOR_PIN: Final = Table(
    "operator_pin",
    _METADATA,
    Column("name", Text, primary_key=True),
    Column("pin_hash", Text, nullable=False),
    Column("wrong", Integer, nullable=False),
    Column("tried_utc", Text, nullable=False),
    sqlite_with_rowid=False,
)
"""The PIN of an operator who has one, hashed; how many wrong ones were tried in a row, and when
last (``""``: never). A row is replaced, so that no old hash lies about."""

NOTED: Final = Table(
    "noted",
    _METADATA,
    Column("scan_id", Text, primary_key=True),
    Column("subject", Text, nullable=False),
    Column("body", LargeBinary, nullable=False),
    sqlite_with_rowid=False,
)
"""Lines of the journal on changes of operators and shipments, sealed with the station's key and
written in the transaction of the change. Those that the journal lacks are added by whoever writes
it. `subject` finds the notes of one operator or shipment; the truth is the journal's line."""

_NOTED_INDEX: Final = Index("noted_subject", NOTED.c.subject)

META: Final = Table(
    "meta",
    _METADATA,
    Column("name", Text, primary_key=True),
    Column("value", Text, nullable=False),
    sqlite_with_rowid=False,
)
"""``station``: whose database this is; ``records``: there while an upgrade has still to note
operators and shipments that the journal does not hold."""


POLICY: Final = Table(
    "policy",
    _METADATA,
    Column("version", Text, primary_key=True),
    Column("body", Text, nullable=False),
    sqlite_with_rowid=False,
)
"""Every policy a verdict was made with, by the version its journal entry names; `body` is its
content as `station.core.policy_keys.policy_text` writes it."""
SHIPMENT: Final = Table(
    "shipment",
    _METADATA,
    Column("number", Integer, primary_key=True),
    Column("shipment_id", Text, nullable=False),
    Column("kind", Text, nullable=False),
    Column("seller", Text, nullable=False),
    Column("state", Text, nullable=False),
    Column("expected", Integer, nullable=False),
    Column("source", Text, nullable=False),
    Column("imported_utc", Text, nullable=False),
)
"""`state` is a `ShipmentState`; ``importing`` while its lines are still being written, which is as
good as not there; ``replaced`` when a later import took its place. Nothing is ever deleted."""

SHIPMENT_LINE: Final = Table(
    "shipment_line",
    _METADATA,
    Column("number", Integer, ForeignKey("shipment.number"), primary_key=True),
    Column("line", Integer, primary_key=True),
    Column("sscc", Text, nullable=False),
    Column("gtin", Text, nullable=False),
    Column("unnamed", Integer, nullable=False),
    sqlite_with_rowid=False,
)
"""`unnamed`: units of the line that are announced by number alone."""

SHIPMENT_UNIT: Final = Table(
    "shipment_unit",
    _METADATA,
    Column("gtin", Text, primary_key=True),
    Column("serial", Text, primary_key=True),
    Column("number", Integer, ForeignKey("shipment.number"), primary_key=True),
    Column("line", Integer, nullable=False),
    sqlite_with_rowid=False,
)
"""Units announced by serial."""

SHIPMENT_SSCC: Final = Table(
    "shipment_sscc",
    _METADATA,
    Column("sscc", Text, primary_key=True),
    Column("number", Integer, ForeignKey("shipment.number"), primary_key=True),
    sqlite_with_rowid=False,
)

SHIPMENT_EVENT: Final = Table(
    "shipment_event",
    _METADATA,
    Column("event", Integer, primary_key=True),
    Column("shipment_id", Text, nullable=False),
    Column("state", Text, nullable=False),
    Column("time_utc", Text, nullable=False),
    Column("operator", Text, nullable=False),
    Column("seq", Integer, nullable=False),
)
"""Every opening and closing; `seq` is the journal's last entry at that moment."""

SHIPMENT_SCAN: Final = Table(
    "shipment_scan",
    _METADATA,
    Column("shipment_id", Text, primary_key=True),
    Column("seq", Integer, ForeignKey("journal.seq"), primary_key=True),
    sqlite_with_rowid=False,
)
"""Which journal entries concern a shipment, so that they are found; what they say is in them."""

_ID_INDEX: Final = Index(
    "shipment_id",
    SHIPMENT.c.shipment_id,
    unique=True,
    sqlite_where=SHIPMENT.c.state.in_(("waiting", "open", "closed")),
)
_LINE_INDEX: Final = Index("shipment_line_gtin", SHIPMENT_LINE.c.gtin)
_UNIT_INDEX_BY_NUMBER: Final = Index("shipment_unit_number", SHIPMENT_UNIT.c.number)
_SSCC_INDEX: Final = Index("shipment_sscc_number", SHIPMENT_SSCC.c.number)
_EVENT_INDEX: Final = Index("shipment_event_shipment", SHIPMENT_EVENT.c.shipment_id)


def _append_only(table: str) -> tuple[str, ...]:
    """Triggers against a slip of the hand; the hash chain is what stands against intent."""
    return tuple(
        f"CREATE TRIGGER {table}_no_{verb.lower()} BEFORE {verb} ON {table} "
        f"BEGIN SELECT RAISE(ABORT, 'the {table} is append-only'); END"
        for verb in ("UPDATE", "DELETE")
    )


_APPEND_ONLY: Final = (
    "journal",
    "checkpoint",
    "policy",
    "operator",
    "shipment_event",
    "shipment_scan",
    "noted",
)

STATION: Final = Tree(
    name="station",
    revisions=tuple(f"station_{number:04}" for number in range(1, 10)),
    application_id=0x49537374,  # "ISst"
    metadata=_METADATA,
    triggers=tuple(trigger for table in _APPEND_ONLY for trigger in _append_only(table)),
)
