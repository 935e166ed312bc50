"""The tables of a brand folder: master data, public keys, orders and issued units."""

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

from station.storage.master_tables import (
    brand_table,
    key_table,
    opaque_code_table,
    product_table,
    seller_table,
    supply_table,
)
from station.storage.schema import Tree

_METADATA: Final = MetaData()

BRAND: Final = brand_table(_METADATA)
PRODUCT: Final = product_table(_METADATA)
KEY: Final = key_table(_METADATA)
SELLER: Final = seller_table(_METADATA)
SUPPLY: Final = supply_table(_METADATA)
"""Rows stay: one that was revoked has a last day."""

ORDER: Final = Table(
    "code_order",
    _METADATA,
    Column("order_id", Integer, primary_key=True),
    Column("product_id", Integer, ForeignKey("product.product_id"), nullable=False),
    Column("key_id", Integer),
    Column("state", Integer, nullable=False),
    Column("requested", Integer),
    Column("issued", Integer, nullable=False),
    Column("created_utc", Text, nullable=False),
    Column("lot", Text),
    Column("expiry", Text),
    Column("seed", Text),
)
"""An order, or an import, which has neither key nor number requested. `seed` is decimal digits,
because it may be larger than SQLite's integers."""

UNIT: Final = Table(
    "unit",
    _METADATA,
    Column("product_id", Integer, primary_key=True),
    Column("serial", Text, primary_key=True),
    Column("state", Integer, nullable=False),
    Column("overlays", Integer, nullable=False),
    Column("order_id", Integer, nullable=False),
    Column("place", Text),
    Column("tag", LargeBinary),
    CheckConstraint("state BETWEEN 0 AND 11", name="unit_state"),
    CheckConstraint("overlays BETWEEN 0 AND 15", name="unit_overlays"),
    CheckConstraint("tag IS NULL OR length(tag) = 67", name="unit_tag_bytes"),
    sqlite_with_rowid=False,
)
"""One row a unit, some 100 bytes, 67 of them its tag; lot and expiry stand with its order."""

OBSERVATION: Final = Table(
    "observation",
    _METADATA,
    Column("product_id", Integer, primary_key=True),
    Column("serial", Text, primary_key=True),
    Column("number", Integer, primary_key=True),
    Column("event", LargeBinary, nullable=False),
    Column("state", Integer, nullable=False),
    Column("place", Text),
    Column("base_state", Integer),
    Column("base_place", Text),
    Column("taken_back", Integer, nullable=False),
    CheckConstraint("length(event) = 32", name="observation_event_bytes"),
    CheckConstraint("state BETWEEN 0 AND 11", name="observation_state"),
    CheckConstraint("base_state BETWEEN 0 AND 11", name="observation_base_state"),
    CheckConstraint("taken_back IN (0, 1)", name="observation_taken_back"),
    sqlite_with_rowid=False,
)
"""What stations' events told of a unit, in the order in which it was told."""

OPAQUE_CODE: Final = opaque_code_table(_METADATA)

SHIPMENT: Final = Table(
    "announced_shipment",
    _METADATA,
    Column("brand_id", Integer, ForeignKey("brand.brand_id"), primary_key=True),
    Column("site", Text, primary_key=True),
    Column("shipment_id", Text, primary_key=True),
    Column("body", Text, nullable=False),
    sqlite_with_rowid=False,
)
"""What brands announce to sites; `body` is the shipment in JSON."""

PUBLICATION: Final = Table(
    "publication",
    _METADATA,
    Column("number", Integer, primary_key=True),
    Column("started_utc", Text, nullable=False),
    Column("finished_utc", Text),
    Column("unit_count", Integer),
)
"""Generations given out; one that was interrupted keeps its number and has no end."""

_LOT_INDEX: Final = Index("code_order_lot", ORDER.c.product_id, ORDER.c.lot)

BRAND_FOLDER: Final = Tree(
    name="brand",
    revisions=("brand_0001", "brand_0002", "brand_0003", "brand_0004", "brand_0005"),
    application_id=0x49536272,  # "ISbr"
    metadata=_METADATA,
)
