"""The statements on operators and their PINs, compiled when this module is loaded."""

from typing import Final

from sqlalchemy import Select, bindparam, func, insert, literal_column, select, update
from sqlalchemy.dialects.sqlite import insert as sqlite_insert

from station.storage.sqlite import prepared
from station.storage.station_schema import OPERATOR, OPERATOR_PIN

_CHANGE: Final = (
    "scan_id",
    "time_utc",
    "name",
    "role",
    "badge",
    "active",
    "changed_by",
    "what",
    "language",
)
_STANDS: Final = (
    OPERATOR.c.name,
    OPERATOR.c.role,
    OPERATOR.c.badge,
    OPERATOR.c.active,
    OPERATOR.c.language,
)


def _put_pin() -> str:
    """Set a PIN; wrong tries at the one before are forgotten with it."""
    statement = sqlite_insert(OPERATOR_PIN).values(
        name=bindparam("name"),
        pin_hash=bindparam("pin_hash"),
        wrong=literal_column("0"),
        tried_utc=literal_column("''"),
    )
    new = statement.excluded
    statement = statement.on_conflict_do_update(
        index_elements=[OPERATOR_PIN.c.name],
        set_={name: new[name] for name in ("pin_hash", "wrong", "tried_utc")},
    )
    return prepared(statement, ("name", "pin_hash"))


def _all() -> Select[tuple[object, ...]]:
    newest = select(func.max(OPERATOR.c.seq)).group_by(OPERATOR.c.name)
    return (
        select(*_STANDS, OPERATOR.c.time_utc, OPERATOR_PIN.c.wrong, OPERATOR_PIN.c.tried_utc)
        .join(OPERATOR_PIN, OPERATOR_PIN.c.name == OPERATOR.c.name, isouter=True)
        .where(OPERATOR.c.seq.in_(newest))
        .order_by(OPERATOR.c.name)
    )


INSERT_CHANGE: Final = prepared(
    insert(OPERATOR).values({name: bindparam(name) for name in _CHANGE}), _CHANGE
)
PUT_PIN: Final = _put_pin()
FIND_ACTIVE: Final = prepared(_all().where(OPERATOR.c.active == literal_column("1")), ())
FIND_OPERATOR: Final = prepared(
    select(*_STANDS).where(
        OPERATOR.c.seq
        == select(func.max(OPERATOR.c.seq))
        .where(OPERATOR.c.name == bindparam("name"))
        .scalar_subquery()
    ),
    ("name",),
)
ALL_OPERATORS: Final = prepared(_all())
FIND_PIN: Final = prepared(
    select(OPERATOR_PIN.c.pin_hash, OPERATOR_PIN.c.wrong, OPERATOR_PIN.c.tried_utc).where(
        OPERATOR_PIN.c.name == bindparam("name")
    ),
    ("name",),
)
COUNT_TRY: Final = prepared(
    update(OPERATOR_PIN)
    .values(wrong=OPERATOR_PIN.c.wrong + literal_column("1"), tried_utc=bindparam("tried"))
    .where(OPERATOR_PIN.c.name == bindparam("whose")),
    ("tried", "whose"),
)
RIGHT_PIN: Final = prepared(
    update(OPERATOR_PIN)
    .values(wrong=literal_column("0"))
    .where(OPERATOR_PIN.c.name == bindparam("whose"), OPERATOR_PIN.c.pin_hash == bindparam("kept")),
    ("whose", "kept"),
)
