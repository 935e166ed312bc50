"""The tables of a registry generation: what the publisher says, in immutable files.

A *base* holds a generation whole. An *overlay* has the same tables: the master data of a later
generation whole, and of units and opaque codes only those that differ from its base.
"""

from typing import Final

from sqlalchemy import (
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
    Column("rows_here", Integer, nullable=False),
)
"""One row: which generation this file is. `rows_here`: units and opaque codes in this very file."""

HOLDING: Final = Table(
    "holding",
    _METADATA,
    Column("brand_id", Integer, primary_key=True),
    Column("stream", Text, primary_key=True),
    Column("rows", Integer, nullable=False),
    Column("digest", Text, nullable=False),
    sqlite_with_rowid=False,
)
"""What each stream comes to, an overlay's with its base."""

LAID_OVER: Final = Table(
    "laid_over",
    _METADATA,
    Column("number", Integer, primary_key=True),
    Column("digest", Text, nullable=False),
)
"""In an overlay one row: its base's generation, and the digest of that base's holdings."""

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
    Column("unit_stream", Text, nullable=False),
)
"""`accepted_kinds`: names of `CodeKind`, sorted, with one space between. `policy`: as a brand's,
for this product. `unit_stream`: the value of the `RowStream` its units are held in."""

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

STANDING: Final = Table(
    "standing",
    _METADATA,
    Column("standing_id", Integer, primary_key=True),
    Column("state", Integer, nullable=False),
    Column("overlays", Integer, nullable=False),
    Column("lot", Text),
    Column("expiry", Text),
    Column("place", Text),
)
"""What thousands of units have in common. Rows may repeat: they only save space."""

UNIT: Final = Table(
    "unit",
    _METADATA,
    Column("product_id", Integer, primary_key=True),
    Column("serial", Text, primary_key=True),
    Column("standing_id", Integer, nullable=False),
    sqlite_with_rowid=False,
)
"""One row a unit, some 25 bytes. No foreign keys: a hundred million look-ups at every build, for
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

BASE: Final = "base"
"""The name by which an overlay's connection has its base attached."""

_IN_BASE: Final = MetaData(schema=BASE)
BASE_STANDING: Final = STANDING.to_metadata(_IN_BASE)
BASE_UNIT: Final = UNIT.to_metadata(_IN_BASE)
BASE_OPAQUE_CODE: Final = OPAQUE_CODE.to_metadata(_IN_BASE)

REGISTRY: Final = Tree(
    name="registry",
    revisions=("registry_0001",),
    application_id=0x49537267,  # "ISrg"
    metadata=_METADATA,
)
