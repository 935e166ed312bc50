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

from station.storage.schema import Tree

_METADATA: Final = MetaData()

BRAND: Final = Table(
    "brand",
    _METADATA,
    Column("brand_id", Integer, primary_key=True),
    Column("slug", Text, nullable=False, unique=True),
    Column("name", Text, nullable=False),
    Column("policy", Text, nullable=False, server_default="{}"),
)
"""`policy`: what it asks for all its products, as `policy_keys.brand_policy_text` writes it."""

PRODUCT: Final = Table(
    "product",
    _METADATA,
    Column("product_id", Integer, primary_key=True),
    Column("brand_id", Integer, ForeignKey("brand.brand_id"), nullable=False),
    Column("gtin", Text, nullable=False, unique=True),
    Column("name", Text, nullable=False),
    Column("accepted_kinds", Text, nullable=False),
    Column("tag_ai", Text, nullable=False),
    Column("policy", Text, nullable=False, server_default="{}"),
)
"""`accepted_kinds`: names of `CodeKind`, sorted, with one space between. `policy`: as a brand's,
for this product."""

KEY: Final = Table(
    "signing_key",
    _METADATA,
    Column("brand_id", Integer, ForeignKey("brand.brand_id"), primary_key=True),
    Column("key_id", Integer, primary_key=True),
    Column("algorithm", Integer, nullable=False),
    Column("public_key", LargeBinary, nullable=False),
    Column("state", Text, nullable=False),
    Column("since_utc", Text, nullable=False),
    Column("gtins", Text, nullable=False),
    sqlite_with_rowid=False,
)
"""`gtins`: those it may sign for, sorted, with one space between; empty for all of the brand's."""

SELLER: Final = Table(
    "seller",
    _METADATA,
    Column("brand_id", Integer, ForeignKey("brand.brand_id"), primary_key=True),
    Column("seller_id", Text, primary_key=True),
    Column("name", Text, nullable=False),
    sqlite_with_rowid=False,
)

SUPPLY: Final = Table(
    "supply",
    _METADATA,
    Column("brand_id", Integer, primary_key=True),
    Column("seller_id", Text, primary_key=True),
    Column("gtin", Text, ForeignKey("product.gtin"), primary_key=True),
    Column("first_day", Text, nullable=False),
    Column("last_day", Text, nullable=False),
    sqlite_with_rowid=False,
)
"""What a seller may supply, and when; ``""`` leaves an end of the time open. Rows stay: one that
was revoked has a last day."""

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

OPAQUE_CODE: Final = Table(
    "opaque_code",
    _METADATA,
    Column("code", Text, primary_key=True),
    Column("product_id", Integer, nullable=False),
    Column("serial", Text, nullable=False),
    sqlite_with_rowid=False,
)

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
