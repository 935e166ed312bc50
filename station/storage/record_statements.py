"""The statements on what is noted for the journal, and on the tables that it is held to."""

from typing import Final

from sqlalchemy import (
    LargeBinary,
    Select,
    Text,
    and_,
    bindparam,
    cast,
    delete,
    exists,
    func,
    insert,
    literal_column,
    or_,
    select,
)

from station.storage.sqlite import prepared
from station.storage.station_schema import (
    JOURNAL,
    META,
    NOTED,
    OPERATOR,
    OPERATOR_PIN,
    SHIPMENT,
    SHIPMENT_EVENT,
    SHIPMENT_LINE,
    SHIPMENT_SCAN,
    SHIPMENT_SSCC,
    SHIPMENT_UNIT,
)

RECORDS: Final = "records"
"""The row of `meta` that is there while what was never journalled has still to be noted."""

_NOTED: Final = ("scan_id", "subject", "body")

INSERT_NOTED: Final = prepared(
    insert(NOTED).values({name: bindparam(name) for name in _NOTED}), _NOTED
)
PENDING: Final = prepared(
    select(cast(NOTED.c.body, LargeBinary))
    .where(~exists().where(JOURNAL.c.scan_id == NOTED.c.scan_id))
    .order_by(NOTED.c.scan_id)
)
NOTED_OF: Final = prepared(
    select(cast(NOTED.c.scan_id, Text))
    .where(NOTED.c.subject == bindparam("subject"))
    .order_by(NOTED.c.scan_id.desc()),
    ("subject",),
)
NEWEST_NOTE: Final = prepared(
    select(cast(NOTED.c.body, LargeBinary), cast(OPERATOR.c.scan_id, Text))
    .join_from(OPERATOR, NOTED, NOTED.c.scan_id == OPERATOR.c.scan_id)
    .where(
        OPERATOR.c.seq
        == select(func.max(OPERATOR.c.seq))
        .where(OPERATOR.c.name == bindparam("name"))
        .scalar_subquery()
    ),
    ("name",),
)
NOTED_BODY: Final = prepared(
    select(cast(NOTED.c.body, LargeBinary)).where(NOTED.c.scan_id == bindparam("scan_id")),
    ("scan_id",),
)
STATION_NAME: Final = prepared(
    select(META.c.value).where(META.c.name == literal_column("'station'", Text))
)
RECORDS_DUE: Final = prepared(
    select(META.c.value).where(META.c.name == literal_column(f"'{RECORDS}'", Text))
)
RECORDS_BEGUN: Final = prepared(
    delete(META).where(META.c.name == literal_column(f"'{RECORDS}'", Text))
)

PIN_HASH: Final = prepared(
    select(OPERATOR_PIN.c.pin_hash).where(OPERATOR_PIN.c.name == bindparam("name")), ("name",)
)
ALL_PINS: Final = prepared(
    select(cast(OPERATOR_PIN.c.name, Text), OPERATOR_PIN.c.pin_hash).order_by(OPERATOR_PIN.c.name)
)
_OPERATOR_ROW: Final = (
    OPERATOR.c.scan_id,
    OPERATOR.c.time_utc,
    OPERATOR.c.name,
    OPERATOR.c.role,
    OPERATOR.c.badge,
    OPERATOR.c.active,
    OPERATOR.c.changed_by,
    OPERATOR.c.what,
    OPERATOR.c.language,
)
OPERATOR_ROWS: Final = prepared(select(*_OPERATOR_ROW).order_by(OPERATOR.c.seq))
UNTOLD_OPERATOR_ROWS: Final = prepared(
    select(*_OPERATOR_ROW)
    .where(~exists().where(JOURNAL.c.scan_id == OPERATOR.c.scan_id))
    .order_by(OPERATOR.c.seq)
)
HAS_OPERATOR_ROW: Final = prepared(
    select(OPERATOR.c.seq).where(OPERATOR.c.scan_id == bindparam("scan_id")), ("scan_id",)
)

SHIPMENT_ROWS: Final = prepared(
    select(
        SHIPMENT.c.number,
        SHIPMENT.c.shipment_id,
        SHIPMENT.c.kind,
        SHIPMENT.c.seller,
        SHIPMENT.c.state,
        SHIPMENT.c.expected,
        SHIPMENT.c.source,
        SHIPMENT.c.imported_utc,
    ).order_by(SHIPMENT.c.number)
)
HAS_SHIPMENT_ROW: Final = prepared(
    select(SHIPMENT.c.number).where(SHIPMENT.c.number == bindparam("number")), ("number",)
)


def _contents(statement: Select[tuple[object, ...]]) -> str:
    return prepared(statement, ("number",))


CONTENTS: Final = {
    "lines": _contents(
        select(
            SHIPMENT_LINE.c.line,
            SHIPMENT_LINE.c.sscc,
            SHIPMENT_LINE.c.gtin,
            SHIPMENT_LINE.c.unnamed,
        )
        .where(SHIPMENT_LINE.c.number == bindparam("number"))
        .order_by(SHIPMENT_LINE.c.line)
    ),
    "units": _contents(
        select(SHIPMENT_UNIT.c.gtin, SHIPMENT_UNIT.c.serial, SHIPMENT_UNIT.c.line)
        .where(SHIPMENT_UNIT.c.number == bindparam("number"))
        .order_by(SHIPMENT_UNIT.c.gtin, SHIPMENT_UNIT.c.serial, SHIPMENT_UNIT.c.line)
    ),
    "ssccs": _contents(
        select(SHIPMENT_SSCC.c.sscc)
        .where(SHIPMENT_SSCC.c.number == bindparam("number"))
        .order_by(SHIPMENT_SSCC.c.sscc)
    ),
}
"""What a shipment holds, by table, in the order of `station.core.records.AnnouncedRecord`."""

SHIPMENT_EVENTS: Final = prepared(
    select(
        SHIPMENT_EVENT.c.shipment_id,
        SHIPMENT_EVENT.c.state,
        SHIPMENT_EVENT.c.time_utc,
        SHIPMENT_EVENT.c.operator,
        SHIPMENT_EVENT.c.seq,
    ).order_by(SHIPMENT_EVENT.c.event)
)
HAS_SHIPMENT_EVENT: Final = prepared(
    select(SHIPMENT_EVENT.c.event).where(
        SHIPMENT_EVENT.c.shipment_id == bindparam("shipment_id"),
        SHIPMENT_EVENT.c.seq == bindparam("seq"),
    ),
    ("shipment_id", "seq"),
)
HAS_SHIPMENT_SCAN: Final = prepared(
    select(SHIPMENT_SCAN.c.seq).where(
        SHIPMENT_SCAN.c.shipment_id == bindparam("shipment_id"),
        SHIPMENT_SCAN.c.seq == bindparam("seq"),
    ),
    ("shipment_id", "seq"),
)
SHIPMENTS_OF: Final = prepared(
    select(SHIPMENT_SCAN.c.shipment_id)
    .distinct()
    .join_from(SHIPMENT_SCAN, JOURNAL, JOURNAL.c.seq == SHIPMENT_SCAN.c.seq)
    .where(
        or_(
            JOURNAL.c.scan_id == bindparam("about"),
            and_(JOURNAL.c.gtin == bindparam("gtin"), JOURNAL.c.serial == bindparam("serial")),
        ),
        SHIPMENT_SCAN.c.seq < bindparam("before"),
    ),
    ("about", "gtin", "serial", "before"),
)
"""The shipments that an act upon something concerned when it was journalled."""
SHIPMENT_SCANS: Final = prepared(select(func.count()).select_from(SHIPMENT_SCAN))
