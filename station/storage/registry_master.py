"""The part of a generation's file that is small: which generation, its master data, its holdings.

Written whole into every base and overlay, read whole into memory when one is opened.
"""

import sqlite3
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from itertools import groupby
from pathlib import Path
from typing import Final, NamedTuple

from sqlalchemy import Table, bindparam, delete, insert, select

from station.core.codes import CodeKind
from station.core.errors import DamagedError, StorageError
from station.core.policy_keys import Level, brand_policy_text, read_brand_policy_text
from station.core.registry import (
    BrandRecord,
    KeyRecord,
    ProductRecord,
    RegistryGeneration,
)
from station.core.registry_digest import state_digest
from station.core.registry_rows import Holding, RowStream
from station.core.sellers import SellerRecord, Supply
from station.ports.registry import MasterData
from station.storage import registry_schema as tables
from station.storage.master_tables import KeyRow, key_of, key_row
from station.storage.sqlite import RowT, faults_told, prepared, typed_rows

Row = tuple[bytes | int | str | None, ...]


def insert_into(table: Table) -> str:
    """The statement that inserts one row of all columns."""
    names = [column.name for column in table.columns]
    return prepared(insert(table).values({name: bindparam(name) for name in names}), names)


def _all_of(table: Table) -> str:
    return prepared(select(table).order_by(*table.primary_key))


_TABLES: Final = (
    tables.BRAND,
    tables.PRODUCT,
    tables.KEY,
    tables.SELLER,
    tables.SUPPLY,
    tables.HOLDING,
    tables.GENERATION,
)
"""In the order in which rows that refer to others come after them."""

_INSERTS: Final = {table.name: insert_into(table) for table in _TABLES}
_SELECTS: Final = {table.name: _all_of(table) for table in (*_TABLES, tables.LAID_OVER)}
_DELETES: Final = [prepared(delete(table)) for table in reversed(_TABLES)]

REFETCH: Final = "fetch the registry again with 'station sync --whole'"
"""The mend of a damaged file: nothing in it is lost, the publisher has it all."""


@dataclass(frozen=True, slots=True)
class RegistryHead:
    """What a file says of itself.

    Attributes:
        generation: Which it is.
        rows_here: Units and opaque codes in this very file.
        holdings: What each stream comes to, by (brand id, stream's value).
        laid_over: Of an overlay: its base's generation and the digest of that base's holdings.
    """

    generation: RegistryGeneration
    rows_here: int
    holdings: tuple[Holding, ...]
    laid_over: tuple[int, str] | None

    @property
    def holdings_digest(self) -> str:
        """What an overlay knows its base by, hex."""
        return state_digest((), (), (), (), self.holdings)


@dataclass(frozen=True, slots=True)
class MasterRecords:
    """The master data of a file. Implements `station.ports.registry.MasterData`."""

    generation: RegistryGeneration
    holdings: tuple[Holding, ...]
    unit_streams: Mapping[int, RowStream]
    brand_records: Sequence[BrandRecord]
    product_records: Sequence[ProductRecord]
    key_records: Sequence[KeyRecord]
    seller_records: Sequence[SellerRecord]

    def brands(self) -> Sequence[BrandRecord]:
        """All brands by id."""
        return self.brand_records

    def products(self) -> Sequence[ProductRecord]:
        """All products by id."""
        return self.product_records

    def keys(self) -> Sequence[KeyRecord]:
        """All keys by (brand id, key id)."""
        return self.key_records

    def sellers(self) -> Sequence[SellerRecord]:
        """All sellers by (brand id, seller id)."""
        return self.seller_records


def write_master_data(
    connection: sqlite3.Connection, path: Path, master: MasterData, rows_here: int
) -> None:
    """Write a file's master data, in place of what it had.

    Args:
        connection: Open on the file, in a transaction.
        path: The file, to name in errors.
        master: What to write; its holdings are read last.
        rows_here: Units and opaque codes in this very file.

    Raises:
        StorageError: It does not fit together, or cannot be written.
    """
    rows = _master_rows(master, rows_here)
    with faults_told(path):
        for statement in _DELETES:
            connection.execute(statement)
    for table in _TABLES:
        write_rows(connection, path, table.name, _INSERTS[table.name], rows[table.name])


def write_rows(
    connection: sqlite3.Connection, path: Path, name: str, statement: str, rows: Iterable[Row]
) -> None:
    """Run a statement for each row; what breaks a constraint is the content's fault.

    Raises:
        StorageError: Naming the content or the file.
    """
    try:
        with faults_told(path):
            connection.executemany(statement, rows)
    except StorageError as error:
        if isinstance(error.__cause__, sqlite3.IntegrityError):
            raise content_refused(f"{name}: {error.__cause__}") from error
        raise


def content_refused(why: str) -> StorageError:
    """The error for content that does not fit together."""
    return StorageError(
        f"the registry content cannot be used: {why}",
        "fetch it again with 'station sync'; if it persists, tell the publisher",
    )


def file_damaged(path: Path, what: str) -> DamagedError:
    """The error for a file that is not as it was written."""
    return DamagedError(
        f"the registry file {path} is damaged: {what}",
        REFETCH,
    )


def _master_rows(master: MasterData, rows_here: int) -> dict[str, list[Row]]:
    sellers = list(master.sellers())
    products = list(master.products())
    keyring = master.keys()
    missing = {product.product_id for product in products} - master.unit_streams.keys()
    if missing:
        raise content_refused(f"no stream is named for product number {min(missing)}")
    generation = master.generation
    return {
        "brand": [
            (brand.brand_id, brand.slug, brand.name, brand_policy_text(brand.policy))
            for brand in master.brands()
        ],
        "product": [_product_row(one, master.unit_streams[one.product_id]) for one in products],
        "signing_key": [key_row(key) for key in keyring],
        "seller": [(seller.brand_id, seller.seller_id, seller.name) for seller in sellers],
        "supply": [
            (seller.brand_id, seller.seller_id, supply.gtin, supply.first_day, supply.last_day)
            for seller in sellers
            for supply in seller.supplies
        ],
        "holding": [
            (held.brand_id, held.stream.value, held.rows, held.digest) for held in master.holdings
        ],
        "generation": [
            (
                generation.number,
                generation.published_utc,
                generation.state_digest,
                generation.keys_digest,
                rows_here,
            )
        ],
    }


def _product_row(product: ProductRecord, stream: RowStream) -> Row:
    return (
        product.product_id,
        product.brand_id,
        product.gtin,
        product.name,
        " ".join(sorted(kind.value for kind in product.accepted_kinds)),
        product.tag_ai,
        brand_policy_text(product.policy),
        stream.value,
    )


class _GenerationRow(NamedTuple):
    number: int
    published_utc: str
    state_digest: str
    keys_digest: str
    rows_here: int


class _HoldingRow(NamedTuple):
    brand_id: int
    stream: str
    rows: int
    digest: str


class _LaidOverRow(NamedTuple):
    number: int
    digest: str


class _BrandRow(NamedTuple):
    brand_id: int
    slug: str
    name: str
    policy: str


class _ProductRow(NamedTuple):
    product_id: int
    brand_id: int
    gtin: str
    name: str
    accepted_kinds: str
    tag_ai: str
    policy: str
    unit_stream: str


class _SellerRow(NamedTuple):
    brand_id: int
    seller_id: str
    name: str


class _SupplyRow(NamedTuple):
    brand_id: int
    seller_id: str
    gtin: str
    first_day: str
    last_day: str


def read_head(connection: sqlite3.Connection, path: Path) -> RegistryHead:
    """What a file says of itself.

    Raises:
        StorageError: It cannot be read or is damaged.
    """
    try:
        (generation,) = _rows(connection, path, "generation", _GenerationRow)
        holdings = [
            Holding(row.brand_id, RowStream(row.stream), row.rows, row.digest)
            for row in _rows(connection, path, "holding", _HoldingRow)
        ]
    except ValueError as error:
        raise file_damaged(path, str(error)) from error
    laid_over = _rows(connection, path, "laid_over", _LaidOverRow)
    return RegistryHead(
        RegistryGeneration(*generation[:4]),
        generation.rows_here,
        tuple(holdings),
        (laid_over[0].number, laid_over[0].digest) if laid_over else None,
    )


def read_master_data(connection: sqlite3.Connection, path: Path) -> MasterRecords:
    """A file's master data; damage may have left anything in it.

    Raises:
        StorageError: It cannot be read or is damaged.
    """
    head = read_head(connection, path)
    try:
        product_rows = _rows(connection, path, "product", _ProductRow)
        return MasterRecords(
            head.generation,
            head.holdings,
            {row.product_id: RowStream(row.unit_stream) for row in product_rows},
            [_brand(row) for row in _rows(connection, path, "brand", _BrandRow)],
            [_product(row) for row in product_rows],
            [key_of(row) for row in _rows(connection, path, "signing_key", KeyRow)],
            _sellers(
                _rows(connection, path, "seller", _SellerRow),
                _rows(connection, path, "supply", _SupplyRow),
            ),
        )
    except (TypeError, ValueError) as error:
        raise file_damaged(path, str(error)) from error


def _rows(
    connection: sqlite3.Connection, path: Path, name: str, row_type: type[RowT]
) -> list[RowT]:
    with faults_told(path):
        return typed_rows(connection.execute(_SELECTS[name]).fetchall(), row_type, path)


def _brand(row: _BrandRow) -> BrandRecord:
    policy = read_brand_policy_text(row.policy, Level.BRAND)
    return BrandRecord(row.brand_id, row.slug, row.name, policy)


def _product(row: _ProductRow) -> ProductRecord:
    return ProductRecord(
        row.product_id,
        row.brand_id,
        row.gtin,
        row.name,
        frozenset(CodeKind(kind) for kind in row.accepted_kinds.split()),
        row.tag_ai,
        read_brand_policy_text(row.policy, Level.PRODUCT),
    )


def _sellers(heads: list[_SellerRow], supplies: list[_SupplyRow]) -> list[SellerRecord]:
    of = {
        seller: tuple(Supply(*row[2:]) for row in rows)
        for seller, rows in groupby(supplies, lambda row: (row.brand_id, row.seller_id))
    }
    return [SellerRecord(*row, of.get((row.brand_id, row.seller_id), ())) for row in heads]
