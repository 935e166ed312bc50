"""Builds the immutable file of one registry generation.

Takes the content as a sorted stream and never holds more than a batch of it. The file appears under
its name only when it is complete, checked and on the disk; killed at any instant, a build leaves
at most a hidden temporary file, which the next build for that folder removes.

Leaves to others whether the content may be trusted (`sync`) and which generation is in use
(`registry_generations`).
"""

import itertools
import sqlite3
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Final, TypeVar

from sqlalchemy import Table, bindparam, insert

from station.core.errors import StorageError
from station.core.policy_keys import brand_policy_text
from station.core.registry import BrandRecord, KeyRecord, ProductRecord, UnitRecord
from station.core.registry_digest import RegistryDigest
from station.core.sellers import SellerRecord
from station.ports.registry import RegistryContent
from station.storage import registry_schema as tables
from station.storage.durable import discard, put_in_place, temporary_beside
from station.storage.schema import create_schema
from station.storage.sqlite import Access, connect, faults_told, prepared

BATCH_ROWS: Final = 10_000
MAX_INTERNED: Final = 65_536
"""Distinct lots or places remembered at once while building; beyond it a name may get a second
row, which costs space only."""


@dataclass(frozen=True, slots=True)
class RegistryBuild:
    """What was built.

    Attributes:
        path: The finished file.
        rows: How many units it holds.
        size_bytes: The file's size.
        digest: The content's `station.core.registry_digest.RegistryDigest`, hex.
    """

    path: Path
    rows: int
    size_bytes: int
    digest: str


def build_registry(path: Path, content: RegistryContent) -> RegistryBuild:
    """Write a generation's file, complete or not at all.

    Args:
        path: The file to make; its folder exists, the file does not.
        content: Brands, products, keys, sellers, units and opaque codes, each sorted by its key. It
            may raise while it is read; the exception passes through and nothing is left behind.

    Returns:
        What was built.

    Raises:
        StorageError: The file exists already, the disk is full or failing, or the content is out
            of order or names what it does not hold.
    """
    if path.exists():
        raise StorageError(
            f"the registry file {path} exists already",
            "a generation is never rewritten: run 'station sync' for the next one",
        )
    temporary = temporary_beside(path)
    discard(temporary)
    try:
        build = _Build(temporary, content)
        build.run()
        with faults_told(path):
            put_in_place(temporary, path)
            size_bytes = path.stat().st_size
    except BaseException:
        discard(temporary)
        raise
    return RegistryBuild(path, build.rows, size_bytes, build.digest.hexdigest())


def _insert(table: Table) -> str:
    names = [column.name for column in table.columns]
    return prepared(insert(table).values({name: bindparam(name) for name in names}), names)


_INSERTS: Final = {
    table.name: _insert(table)
    for table in (
        tables.GENERATION,
        tables.BRAND,
        tables.PRODUCT,
        tables.KEY,
        tables.SELLER,
        tables.SUPPLY,
        tables.LOT,
        tables.PLACE,
        tables.UNIT,
        tables.OPAQUE_CODE,
    )
}


_Row = tuple[bytes | int | str | None, ...]
_T = TypeVar("_T")


def _batches(records: Iterable[_T]) -> Iterator[list[_T]]:
    stream = iter(records)
    while batch := list(itertools.islice(stream, BATCH_ROWS)):
        yield batch


def _brand_row(brand: BrandRecord) -> _Row:
    return (brand.brand_id, brand.slug, brand.name, brand_policy_text(brand.policy))


def _product_row(product: ProductRecord) -> _Row:
    return (
        product.product_id,
        product.brand_id,
        product.gtin,
        product.name,
        " ".join(sorted(kind.value for kind in product.accepted_kinds)),
        product.tag_ai,
        brand_policy_text(product.policy),
    )


def _key_row(key: KeyRecord) -> _Row:
    return (
        key.brand_id,
        key.key_id,
        key.algorithm.value,
        key.public_key,
        key.state.value,
        key.since_utc,
        " ".join(sorted(key.gtins)),
    )


def _supplies(seller: SellerRecord) -> list[_Row]:
    return [
        (seller.brand_id, seller.seller_id, supply.gtin, supply.first_day, supply.last_day)
        for supply in seller.supplies
    ]


class _Names:
    """Gives names small numbers and keeps the rows still to be written."""

    def __init__(self) -> None:
        self._numbers: dict[tuple[str | None, ...], int] = {}
        self._new: list[_Row] = []
        self._last = 0

    def number(self, name: tuple[str | None, ...]) -> int:
        found = self._numbers.get(name)
        if found is not None:
            return found
        if len(self._numbers) >= MAX_INTERNED:
            self._numbers.clear()
        self._last += 1
        self._numbers[name] = self._last
        self._new.append((self._last, *name))
        return self._last

    def take_new(self) -> list[_Row]:
        taken, self._new = self._new, []
        return taken


class _Build:
    """One build into a temporary file."""

    def __init__(self, path: Path, content: RegistryContent) -> None:
        self.rows = 0
        self.digest = RegistryDigest()
        self._path = path
        self._content = content
        self._lots = _Names()
        self._places = _Names()
        self._products: set[int] = set()

    def run(self) -> None:
        connection = connect(self._path, Access.CREATE)
        try:
            # The file is nobody's until it is renamed: no journal, no waiting for the disk.
            with faults_told(self._path):
                connection.execute("PRAGMA journal_mode = OFF")
                connection.execute("PRAGMA synchronous = OFF")
                connection.execute("PRAGMA locking_mode = EXCLUSIVE")
                create_schema(connection, tables.REGISTRY)
                connection.execute("BEGIN IMMEDIATE")
            self._master_data(connection)
            self._units(connection)
            self._opaque_codes(connection)
            with faults_told(self._path):
                connection.execute(_INSERTS["generation"], self._generation_row())
                connection.execute("COMMIT")
            self._check(connection)
        finally:
            connection.close()

    def _generation_row(self) -> tuple[int | str, ...]:
        generation = self._content.generation
        return (
            generation.number,
            generation.published_utc,
            generation.state_digest,
            generation.keys_digest,
            self.rows,
        )

    def _master_data(self, connection: sqlite3.Connection) -> None:
        for brands in _batches(self._content.brands()):
            self.digest.brands(brands)
            self._write(connection, tables.BRAND, [_brand_row(brand) for brand in brands])
        for products in _batches(self._content.products()):
            self.digest.products(products)
            self._products.update(product.product_id for product in products)
            self._write(connection, tables.PRODUCT, [_product_row(p) for p in products])
        for keys in _batches(self._content.keys()):
            self.digest.keys(keys)
            self._write(connection, tables.KEY, [_key_row(key) for key in keys])
        for sellers in _batches(self._content.sellers()):
            self.digest.sellers(sellers)
            heads: list[_Row] = [(s.brand_id, s.seller_id, s.name) for s in sellers]
            self._write(connection, tables.SELLER, heads)
            self._write(connection, tables.SUPPLY, [row for s in sellers for row in _supplies(s)])

    def _units(self, connection: sqlite3.Connection) -> None:
        last = (-1, "")
        for units in _batches(self._content.units()):
            self.digest.units(units)
            last = self._check_order(units, last)
            self._write(connection, tables.UNIT, [self._unit_row(unit) for unit in units])
            self.rows += len(units)
            for names, table in ((self._lots, tables.LOT), (self._places, tables.PLACE)):
                self._write(connection, table, names.take_new())

    def _check_order(self, units: Sequence[UnitRecord], last: tuple[int, str]) -> tuple[int, str]:
        for unit in units:
            key = (unit.product_id, unit.serial)
            if key <= last:
                raise self._refused(f"unit {key} comes after {last}")
            if unit.product_id not in self._products:
                raise self._refused(f"unit {key} is of a product it does not hold")
            last = key
        return last

    def _unit_row(self, unit: UnitRecord) -> _Row:
        lot, expiry, place = unit.lot, unit.expiry, unit.place
        return (
            unit.product_id,
            unit.serial,
            int(unit.state),
            int(unit.overlays),
            None if lot is None and expiry is None else self._lots.number((lot, expiry)),
            None if place is None else self._places.number((place,)),
        )

    def _opaque_codes(self, connection: sqlite3.Connection) -> None:
        for codes in _batches(self._content.opaque_codes()):
            self.digest.opaque_codes(codes)
            self._write(connection, tables.OPAQUE_CODE, codes)

    def _write(self, connection: sqlite3.Connection, table: Table, rows: Sequence[_Row]) -> None:
        try:
            with faults_told(self._path):
                connection.executemany(_INSERTS[table.name], rows)
        except StorageError as error:
            if isinstance(error.__cause__, sqlite3.IntegrityError):
                raise self._refused(f"{table.name}: {error.__cause__}") from error
            raise

    def _refused(self, why: str) -> StorageError:
        return StorageError(
            f"the registry content cannot be used: {why}",
            "fetch it again with 'station sync'; if it persists, tell the publisher",
        )

    def _check(self, connection: sqlite3.Connection) -> None:
        with faults_told(self._path):
            (answer,) = connection.execute("PRAGMA integrity_check(1)").fetchone()
            if answer != "ok":
                raise StorageError(
                    f"the registry file {self._path} was not written soundly: {answer}",
                    "check the disk and the memory of this machine, then run 'station sync' again",
                )
