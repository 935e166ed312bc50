"""The tables of a registry generation: what the publisher says, in one immutable file."""

from typing import Final

from sqlalchemy import (
    CheckConstraint,
    Column,
    ForeignKey,
    Integer,
    LargeBinary,
    MetaData,
    Table,
    Text,
)

from station.storage.schema import Tree

_METADATA: Final = MetaData()

GENERATION: Final = Table(
    "generation",
    _METADATA,
    Column("number", Integer, primary_key=True),
    Column("published_utc", Text, nullable=False),
    Column("state_digest", Text, nullable=False),
    Column("keys_digest", Text, nullable=False),
    Column("unit_count", Integer, nullable=False),
)
"""One row: which generation this file is."""

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
"""What a seller may supply, and when; ``""`` leaves an end of the time open."""

LOT: Final = Table(
    "lot",
    _METADATA,
    Column("lot_id", Integer, primary_key=True),
    Column("name", Text),
    Column("expiry", Text),
)
"""A lot's name and expiry date; either may be missing. Rows may repeat: they only save space."""

PLACE: Final = Table(
    "place",
    _METADATA,
    Column("place_id", Integer, primary_key=True),
    Column("name", Text, nullable=False),
)
"""Stations that received or shipped units."""

UNIT: Final = Table(
    "unit",
    _METADATA,
    Column("product_id", Integer, primary_key=True),
    Column("serial", Text, primary_key=True),
    Column("state", Integer, nullable=False),
    Column("overlays", Integer, nullable=False),
    Column("lot_id", Integer),
    Column("place_id", Integer),
    CheckConstraint("state BETWEEN 0 AND 11", name="unit_state"),
    CheckConstraint("overlays BETWEEN 0 AND 15", name="unit_overlays"),
    sqlite_with_rowid=False,
)
"""One row a unit, some 30 bytes. No foreign keys: a hundred million look-ups at every build, for
references which the builder makes itself."""

OPAQUE_CODE: Final = Table(
    "opaque_code",
    _METADATA,
    Column("code", Text, primary_key=True),
    Column("product_id", Integer, nullable=False),
    Column("serial", Text, nullable=False),
    sqlite_with_rowid=False,
)
"""Codes such as ``AZ:…`` that name a unit without its GTIN."""

REGISTRY: Final = Tree(
    name="registry",
    revisions=("registry_0001", "registry_0002", "registry_0003"),
    application_id=0x49537267,  # "ISrg"
    metadata=_METADATA,
)
