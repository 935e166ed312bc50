"""The tables of a registry generation: what the publisher says, in immutable files.

A *base* holds a generation whole. An *overlay* has the same tables: the master data of a later
generation whole, and of units and opaque codes only those that differ from its base.
"""

from typing import Final

from sqlalchemy import (
    Column,
    Integer,
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

BRAND: Final = brand_table(_METADATA)
PRODUCT: Final = product_table(_METADATA, Column("unit_stream", Text, nullable=False))
"""`unit_stream`: the value of the `RowStream` its units are held in."""

KEY: Final = key_table(_METADATA)
SELLER: Final = seller_table(_METADATA)
SUPPLY: Final = supply_table(_METADATA)

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

OPAQUE_CODE: Final = opaque_code_table(_METADATA)

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
