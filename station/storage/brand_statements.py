"""Every statement of the brand folder's database, compiled once (see `station.storage.sqlite`).

The names of the values are the order in which `station.storage.brand_store` passes them.
"""

from typing import Final

from sqlalchemy import Select, and_, bindparam, delete, func, insert, or_, select, update
from sqlalchemy.dialects.sqlite import insert as sqlite_insert

from station.storage.brand_schema import (
    BRAND,
    KEY,
    OBSERVATION,
    OPAQUE_CODE,
    ORDER,
    PRODUCT,
    PUBLICATION,
    SELLER,
    SHIPMENT,
    SUPPLY,
    UNIT,
)
from station.storage.sqlite import prepared

_ROW_PARAMETERS: Final = ("product_id", "serial")


def _unit_select() -> Select[tuple[int, str, int, int, str, bytes, int, str, str]]:
    """Units with their order's lot and expiry; the outer join keeps the units in charge."""
    return select(
        UNIT.c.product_id,
        UNIT.c.serial,
        UNIT.c.state,
        UNIT.c.overlays,
        UNIT.c.place,
        UNIT.c.tag,
        UNIT.c.order_id,
        ORDER.c.lot,
        ORDER.c.expiry,
    ).select_from(UNIT.outerjoin(ORDER, ORDER.c.order_id == UNIT.c.order_id))


_THIS_UNIT: Final = and_(
    UNIT.c.product_id == bindparam("product_id"), UNIT.c.serial == bindparam("serial")
)
FIND_UNIT: Final = prepared(_unit_select().where(_THIS_UNIT), _ROW_PARAMETERS)
UNITS_AFTER: Final = prepared(
    _unit_select()
    .where(
        UNIT.c.product_id == bindparam("product_id"),
        UNIT.c.serial > bindparam("serial"),
        or_(bindparam("order_id").is_(None), UNIT.c.order_id == bindparam("same_order_id")),
        or_(bindparam("lot").is_(None), ORDER.c.lot == bindparam("same_lot")),
        or_(bindparam("state").is_(None), UNIT.c.state == bindparam("same_state")),
    )
    .order_by(UNIT.c.serial),
    (*_ROW_PARAMETERS, "order_id", "same_order_id", "lot", "same_lot", "state", "same_state"),
)
SERIALS_FROM: Final = prepared(
    select(UNIT.c.serial)
    .where(UNIT.c.product_id == bindparam("product_id"), UNIT.c.serial >= bindparam("serial"))
    .order_by(UNIT.c.serial),
    _ROW_PARAMETERS,
)
SERIALS_BEFORE: Final = prepared(
    select(UNIT.c.serial)
    .where(UNIT.c.product_id == bindparam("product_id"), UNIT.c.serial < bindparam("serial"))
    .order_by(UNIT.c.serial.desc()),
    _ROW_PARAMETERS,
)
ADD_UNIT: Final = prepared(
    insert(UNIT).values({column.name: bindparam(column.name) for column in UNIT.columns}),
    [column.name for column in UNIT.columns],
)
UPDATE_UNIT: Final = prepared(
    update(UNIT)
    .values(
        state=bindparam("new_state"),
        overlays=bindparam("new_overlays"),
        place=bindparam("new_place"),
    )
    .where(_THIS_UNIT),
    ("new_state", "new_overlays", "new_place", *_ROW_PARAMETERS),
)
OBSERVATIONS: Final = prepared(
    select(OBSERVATION)
    .where(
        OBSERVATION.c.product_id == bindparam("product_id"),
        OBSERVATION.c.serial == bindparam("serial"),
    )
    .order_by(OBSERVATION.c.number),
    _ROW_PARAMETERS,
)
_OBSERVATION_FIELDS: Final = tuple(column.name for column in OBSERVATION.columns)
NOTE_OBSERVATION: Final = prepared(
    insert(OBSERVATION)
    .prefix_with("OR REPLACE")
    .values({name: bindparam(name) for name in _OBSERVATION_FIELDS}),
    _OBSERVATION_FIELDS,
)
COUNT_ISSUED: Final = prepared(
    update(ORDER)
    .values(issued=ORDER.c.issued + bindparam("more"))
    .where(
        ORDER.c.order_id == bindparam("this_order_id"),
        or_(
            ORDER.c.requested.is_(None),
            ORDER.c.issued + bindparam("more_again") <= ORDER.c.requested,
        ),
    ),
    ("more", "this_order_id", "more_again"),
)
BRANDS: Final = prepared(select(BRAND).order_by(BRAND.c.brand_id))
ADD_BRAND: Final = prepared(
    insert(BRAND).values(slug=bindparam("slug"), name=bindparam("name")), ("slug", "name")
)
SET_BRAND_POLICY: Final = prepared(
    update(BRAND)
    .values(policy=bindparam("new_policy"))
    .where(BRAND.c.brand_id == bindparam("this_brand_id")),
    ("new_policy", "this_brand_id"),
)
PRODUCTS: Final = prepared(select(PRODUCT).order_by(PRODUCT.c.product_id))
FIND_PRODUCT: Final = prepared(select(PRODUCT).where(PRODUCT.c.gtin == bindparam("gtin")), ["gtin"])
_PRODUCT_FIELDS: Final = ("brand_id", "gtin", "name", "accepted_kinds", "tag_ai")
ADD_PRODUCT: Final = prepared(
    insert(PRODUCT).values({name: bindparam(name) for name in _PRODUCT_FIELDS}), _PRODUCT_FIELDS
)
SET_PRODUCT_POLICY: Final = prepared(
    update(PRODUCT)
    .values(policy=bindparam("new_policy"))
    .where(PRODUCT.c.product_id == bindparam("this_product_id")),
    ("new_policy", "this_product_id"),
)
KEYS: Final = prepared(select(KEY).order_by(KEY.c.brand_id, KEY.c.key_id))
ADD_KEY: Final = prepared(
    insert(KEY).values({column.name: bindparam(column.name) for column in KEY.columns}),
    [column.name for column in KEY.columns],
)
SET_KEY_STATE: Final = prepared(
    update(KEY)
    .values(state=bindparam("new_state"), since_utc=bindparam("new_since_utc"))
    .where(KEY.c.brand_id == bindparam("this_brand_id"), KEY.c.key_id == bindparam("this_key_id")),
    ("new_state", "new_since_utc", "this_brand_id", "this_key_id"),
)
SELLERS: Final = prepared(select(SELLER).order_by(SELLER.c.brand_id, SELLER.c.seller_id))
ADD_SELLER: Final = prepared(
    insert(SELLER).values({column.name: bindparam(column.name) for column in SELLER.columns}),
    [column.name for column in SELLER.columns],
)
SUPPLIES: Final = prepared(
    select(SUPPLY).order_by(SUPPLY.c.brand_id, SUPPLY.c.seller_id, SUPPLY.c.gtin)
)
_SHIPMENT_FIELDS: Final = tuple(column.name for column in SHIPMENT.columns)
_SHIPMENT_KEY: Final = _SHIPMENT_FIELDS[:3]
_NEW_SHIPMENT: Final = sqlite_insert(SHIPMENT).values(
    {name: bindparam(name) for name in _SHIPMENT_FIELDS}
)
PUT_SHIPMENT: Final = prepared(
    _NEW_SHIPMENT.on_conflict_do_update(
        index_elements=list(SHIPMENT.primary_key), set_={"body": _NEW_SHIPMENT.excluded.body}
    ),
    _SHIPMENT_FIELDS,
)
_THIS_SHIPMENT: Final = and_(*(column == bindparam(column.name) for column in SHIPMENT.primary_key))
FIND_SHIPMENT: Final = prepared(select(SHIPMENT.c.shipment_id).where(_THIS_SHIPMENT), _SHIPMENT_KEY)
REMOVE_SHIPMENT: Final = prepared(delete(SHIPMENT).where(_THIS_SHIPMENT), _SHIPMENT_KEY)
SHIPMENTS: Final = prepared(
    select(SHIPMENT.c.site, SHIPMENT.c.body)
    .where(SHIPMENT.c.brand_id == bindparam("brand_id"))
    .order_by(SHIPMENT.c.site, SHIPMENT.c.shipment_id),
    ["brand_id"],
)
_SUPPLY_FIELDS: Final = tuple(column.name for column in SUPPLY.columns)
_NEW_SUPPLY: Final = sqlite_insert(SUPPLY).values(
    {name: bindparam(name) for name in _SUPPLY_FIELDS}
)
PUT_SUPPLY: Final = prepared(
    _NEW_SUPPLY.on_conflict_do_update(
        index_elements=[SUPPLY.c.brand_id, SUPPLY.c.seller_id, SUPPLY.c.gtin],
        set_={
            "first_day": _NEW_SUPPLY.excluded.first_day,
            "last_day": _NEW_SUPPLY.excluded.last_day,
        },
    ),
    _SUPPLY_FIELDS,
)
ORDERS: Final = prepared(select(ORDER).order_by(ORDER.c.order_id))
FIND_ORDER: Final = prepared(
    select(ORDER).where(ORDER.c.order_id == bindparam("order_id")), ["order_id"]
)
_ORDER_FIELDS: Final = tuple(column.name for column in ORDER.columns if column.name != "order_id")
ADD_ORDER: Final = prepared(
    insert(ORDER).values({name: bindparam(name) for name in _ORDER_FIELDS}), _ORDER_FIELDS
)
FIND_CODE: Final = prepared(
    select(OPAQUE_CODE.c.code).where(OPAQUE_CODE.c.code == bindparam("code")), ["code"]
)
ADD_CODE: Final = prepared(
    insert(OPAQUE_CODE).values(
        code=bindparam("code"), product_id=bindparam("product_id"), serial=bindparam("serial")
    ),
    ("code", "product_id", "serial"),
)
CODES_AFTER: Final = prepared(
    select(OPAQUE_CODE)
    .join_from(OPAQUE_CODE, PRODUCT, PRODUCT.c.product_id == OPAQUE_CODE.c.product_id)
    .where(
        OPAQUE_CODE.c.code > bindparam("code"),
        or_(bindparam("brand_id").is_(None), PRODUCT.c.brand_id == bindparam("same_brand_id")),
    )
    .order_by(OPAQUE_CODE.c.code),
    ("code", "brand_id", "same_brand_id"),
)
LAST_PUBLICATION: Final = prepared(select(func.max(PUBLICATION.c.number)))
ADD_PUBLICATION: Final = prepared(
    insert(PUBLICATION).values(number=bindparam("number"), started_utc=bindparam("started_utc")),
    ("number", "started_utc"),
)
FINISH_PUBLICATION: Final = prepared(
    update(PUBLICATION)
    .values(finished_utc=bindparam("new_finished_utc"), unit_count=bindparam("new_unit_count"))
    .where(PUBLICATION.c.number == bindparam("this_number")),
    ("new_finished_utc", "new_unit_count", "this_number"),
)
