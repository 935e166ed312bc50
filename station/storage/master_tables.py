"""The tables that a brand folder and a registry generation have in common, and a key's row.

What a brand says is published as it is kept: the same columns of the same meaning. The two files
keep their own trees of revisions, so a change here is a revision in both.
"""

from typing import NamedTuple

from sqlalchemy import Column, ForeignKey, Integer, LargeBinary, MetaData, Table, Text

from station.core.codes import Algorithm
from station.core.registry import KeyRecord, KeyState


def brand_table(metadata: MetaData) -> Table:
    """Brands. `policy`: what it asks for all its products, as `brand_policy_text` writes it."""
    return Table(
        "brand",
        metadata,
        Column("brand_id", Integer, primary_key=True),
        Column("slug", Text, nullable=False, unique=True),
        Column("name", Text, nullable=False),
        Column("policy", Text, nullable=False, server_default="{}"),
    )


def product_table(metadata: MetaData, *more: Column[str]) -> Table:
    """Enrolled products.

    `accepted_kinds`: names of `CodeKind`, sorted, with one space between. `policy`: as a brand's,
    for this product.

    Args:
        metadata: The file's tables.
        more: What only this file says of a product.
    """
    return Table(
        "product",
        metadata,
        Column("product_id", Integer, primary_key=True),
        Column("brand_id", Integer, ForeignKey("brand.brand_id"), nullable=False),
        Column("gtin", Text, nullable=False, unique=True),
        Column("name", Text, nullable=False),
        Column("accepted_kinds", Text, nullable=False),
        Column("tag_ai", Text, nullable=False),
        Column("policy", Text, nullable=False, server_default="{}"),
        *more,
    )


def key_table(metadata: MetaData) -> Table:
    """Public keys. `gtins`: those it may sign for, sorted, with one space between.

    Empty `gtins` are all of the brand's.
    """
    return Table(
        "signing_key",
        metadata,
        Column("brand_id", Integer, ForeignKey("brand.brand_id"), primary_key=True),
        Column("key_id", Integer, primary_key=True),
        Column("algorithm", Integer, nullable=False),
        Column("public_key", LargeBinary, nullable=False),
        Column("state", Text, nullable=False),
        Column("since_utc", Text, nullable=False),
        Column("gtins", Text, nullable=False),
        sqlite_with_rowid=False,
    )


class KeyRow(NamedTuple):
    """A row of `key_table`, its columns in order."""

    brand_id: int
    key_id: int
    algorithm: int
    public_key: bytes
    state: str
    since_utc: str
    gtins: str


def key_row(key: KeyRecord) -> KeyRow:
    """A key as it is kept."""
    return KeyRow(
        key.brand_id,
        key.key_id,
        key.algorithm.value,
        key.public_key,
        key.state.value,
        key.since_utc,
        " ".join(sorted(key.gtins)),
    )


def key_of(row: KeyRow) -> KeyRecord:
    """A key that was kept.

    Raises:
        ValueError: A value is none that is written.
    """
    return KeyRecord(
        row.brand_id,
        row.key_id,
        Algorithm(row.algorithm),
        row.public_key,
        KeyState(row.state),
        row.since_utc,
        frozenset(row.gtins.split()),
    )


def seller_table(metadata: MetaData) -> Table:
    """Sellers by brand."""
    return Table(
        "seller",
        metadata,
        Column("brand_id", Integer, ForeignKey("brand.brand_id"), primary_key=True),
        Column("seller_id", Text, primary_key=True),
        Column("name", Text, nullable=False),
        sqlite_with_rowid=False,
    )


def supply_table(metadata: MetaData) -> Table:
    """What a seller may supply, and when; ``""`` leaves an end of the time open."""
    return Table(
        "supply",
        metadata,
        Column("brand_id", Integer, primary_key=True),
        Column("seller_id", Text, primary_key=True),
        Column("gtin", Text, ForeignKey("product.gtin"), primary_key=True),
        Column("first_day", Text, nullable=False),
        Column("last_day", Text, nullable=False),
        sqlite_with_rowid=False,
    )


def opaque_code_table(metadata: MetaData) -> Table:
    """Codes such as ``AZ:…`` that name a unit without its GTIN."""
    return Table(
        "opaque_code",
        metadata,
        Column("code", Text, primary_key=True),
        Column("product_id", Integer, nullable=False),
        Column("serial", Text, nullable=False),
        sqlite_with_rowid=False,
    )
