"""Every statement on shipments in a station's database, compiled when this module is loaded."""

from collections.abc import Sequence
from typing import Final

from sqlalchemy import (
    ColumnClause,
    ColumnElement,
    Integer,
    LargeBinary,
    Select,
    Table,
    Text,
    and_,
    bindparam,
    cast,
    func,
    insert,
    literal_column,
    or_,
    select,
    update,
)

from station.core.shipments import ShipmentState
from station.storage.sqlite import prepared
from station.storage.station_schema import (
    JOURNAL,
    SHIPMENT,
    SHIPMENT_EVENT,
    SHIPMENT_LINE,
    SHIPMENT_SCAN,
    SHIPMENT_SSCC,
    SHIPMENT_UNIT,
)

IMPORTING: Final = "importing"
"""The state of a shipment whose lines are still being written: as good as not there."""

REPLACED: Final = "replaced"
"""The state of a shipment whose place a later import took."""


def _insert(table: Table, names: Sequence[str]) -> str:
    return prepared(insert(table).values({name: bindparam(name) for name in names}), names)


def _names(table: Table) -> list[str]:
    return [column.name for column in table.columns]


def _literal(value: ShipmentState | str) -> ColumnClause[str]:
    """A word of our own, written into the statement."""
    return literal_column(f"'{value.value if isinstance(value, ShipmentState) else value}'", Text)


_IS_OPEN: Final = SHIPMENT.c.state == _literal(ShipmentState.OPEN)
_IS_ANNOUNCED: Final = or_(SHIPMENT.c.state == _literal(ShipmentState.WAITING), _IS_OPEN)
_IS_THERE: Final = SHIPMENT.c.state.in_([_literal(state) for state in ShipmentState])


def _announced(table: Table) -> Select[tuple[str]]:
    """Shipments, neither closed nor still being written, by a table of what is in them."""
    return (
        select(SHIPMENT.c.shipment_id)
        .join_from(table, SHIPMENT, SHIPMENT.c.number == table.c.number)
        .where(_IS_ANNOUNCED)
    )


def _first_event(state: ShipmentState) -> ColumnElement[str]:
    """When a shipment first became so, or ``""``."""
    first = (
        select(func.min(SHIPMENT_EVENT.c.time_utc))
        .where(
            SHIPMENT_EVENT.c.shipment_id == SHIPMENT.c.shipment_id,
            SHIPMENT_EVENT.c.state == _literal(state),
        )
        .scalar_subquery()
    )
    return func.coalesce(first, _literal(""))


# What is announced.

ADD_SHIPMENT: Final = _insert(
    SHIPMENT, ("shipment_id", "kind", "seller", "state", "expected", "source", "imported_utc")
)
ADD_LINE: Final = _insert(SHIPMENT_LINE, _names(SHIPMENT_LINE))
ADD_UNIT: Final = _insert(SHIPMENT_UNIT, _names(SHIPMENT_UNIT))
ADD_SSCC: Final = _insert(SHIPMENT_SSCC, _names(SHIPMENT_SSCC))
SET_STATE: Final = prepared(
    update(SHIPMENT)
    .values(state=bindparam("new_state"))
    .where(SHIPMENT.c.number == bindparam("this_number")),
    ("new_state", "this_number"),
)
PUT_ASIDE: Final = prepared(
    update(SHIPMENT).values(state=_literal(ShipmentState.WAITING)).where(_IS_OPEN)
)
"""Whatever stands at the dock waits again."""
ADD_EVENT: Final = _insert(SHIPMENT_EVENT, ("shipment_id", "state", "time_utc", "operator", "seq"))
MOVE_SHIPMENT: Final = prepared(
    update(SHIPMENT)
    .values(state=bindparam("new_state"))
    .where(SHIPMENT.c.shipment_id == bindparam("this_id"), _IS_ANNOUNCED),
    ("new_state", "this_id"),
)
INSERT_SHIPMENT_SCAN: Final = _insert(SHIPMENT_SCAN, ("shipment_id", "seq"))
_OF_ITEM: Final = (
    select(SHIPMENT_SCAN.c.shipment_id, bindparam("seq", type_=Integer))
    .distinct()
    .join_from(SHIPMENT_SCAN, JOURNAL, JOURNAL.c.seq == SHIPMENT_SCAN.c.seq)
    .where(
        or_(
            JOURNAL.c.scan_id == bindparam("about"),
            and_(JOURNAL.c.gtin == bindparam("gtin"), JOURNAL.c.serial == bindparam("serial")),
        )
    )
)
NOTE_ACT: Final = prepared(
    insert(SHIPMENT_SCAN).from_select(["shipment_id", "seq"], _OF_ITEM),
    ("seq", "about", "gtin", "serial"),
)
"""An act concerns the shipments of what it is about, and of every line about the same unit."""

# Looking up.

OPENED: Final = prepared(select(SHIPMENT.c.shipment_id).where(_IS_OPEN))
FIND_SHIPMENT: Final = prepared(
    select(SHIPMENT.c.number, SHIPMENT.c.kind, SHIPMENT.c.seller, SHIPMENT.c.state).where(
        SHIPMENT.c.shipment_id == bindparam("shipment_id"), _IS_THERE
    ),
    ("shipment_id",),
)
LINES_OF: Final = prepared(
    select(
        SHIPMENT_LINE.c.line, SHIPMENT_LINE.c.sscc, SHIPMENT_LINE.c.gtin, SHIPMENT_LINE.c.unnamed
    )
    .where(SHIPMENT_LINE.c.number == bindparam("number"))
    .order_by(SHIPMENT_LINE.c.line),
    ("number",),
)
UNITS_OF: Final = prepared(
    select(SHIPMENT_UNIT.c.line, SHIPMENT_UNIT.c.serial).where(
        SHIPMENT_UNIT.c.number == bindparam("number")
    ),
    ("number",),
)
SSCCS_OF: Final = prepared(
    select(SHIPMENT_SSCC.c.sscc)
    .where(SHIPMENT_SSCC.c.number == bindparam("number"))
    .order_by(SHIPMENT_SSCC.c.sscc),
    ("number",),
)
WAS_AT_DOCK: Final = prepared(
    select(SHIPMENT_EVENT.c.event).where(SHIPMENT_EVENT.c.shipment_id == bindparam("shipment_id")),
    ("shipment_id",),
)
ANNOUNCING_UNIT: Final = prepared(
    _announced(SHIPMENT_UNIT)
    .where(
        SHIPMENT_UNIT.c.gtin == bindparam("gtin"),
        SHIPMENT_UNIT.c.serial == bindparam("serial"),
        SHIPMENT.c.shipment_id != bindparam("besides"),
    )
    .order_by(SHIPMENT.c.shipment_id),
    ("gtin", "serial", "besides"),
)
ANNOUNCING_PRODUCT: Final = prepared(
    _announced(SHIPMENT_LINE)
    .where(
        SHIPMENT_LINE.c.gtin == bindparam("gtin"),
        SHIPMENT_LINE.c.unnamed > literal_column("0"),
        SHIPMENT.c.shipment_id != bindparam("besides"),
    )
    .order_by(SHIPMENT.c.shipment_id),
    ("gtin", "besides"),
)
CARRYING: Final = prepared(
    _announced(SHIPMENT_SSCC)
    .where(SHIPMENT_SSCC.c.sscc == bindparam("sscc"))
    .order_by(SHIPMENT.c.shipment_id),
    ("sscc",),
)
RECORDS: Final = prepared(
    select(
        SHIPMENT.c.shipment_id,
        SHIPMENT.c.kind,
        SHIPMENT.c.seller,
        SHIPMENT.c.state,
        SHIPMENT.c.expected,
        SHIPMENT.c.source,
        SHIPMENT.c.imported_utc,
        _first_event(ShipmentState.OPEN),
        _first_event(ShipmentState.CLOSED),
    )
    .where(_IS_THERE)
    .order_by(SHIPMENT.c.number.desc())
)
CLOSED_AT: Final = prepared(
    select(SHIPMENT_EVENT.c.seq).where(
        SHIPMENT_EVENT.c.shipment_id == bindparam("shipment_id"),
        SHIPMENT_EVENT.c.state == _literal(ShipmentState.CLOSED),
    ),
    ("shipment_id",),
)
HISTORY: Final = prepared(
    select(JOURNAL.c.seq, cast(JOURNAL.c.body, LargeBinary))
    .join_from(SHIPMENT_SCAN, JOURNAL, JOURNAL.c.seq == SHIPMENT_SCAN.c.seq)
    .where(
        SHIPMENT_SCAN.c.shipment_id == bindparam("shipment_id"),
        SHIPMENT_SCAN.c.seq > bindparam("after"),
        SHIPMENT_SCAN.c.seq <= bindparam("until"),
    )
    .order_by(SHIPMENT_SCAN.c.seq),
    ("shipment_id", "after", "until"),
)
