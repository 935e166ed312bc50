"""The registry port on the files of one generation.

Brands, products and keys are few and are read into memory when it is opened; a unit is one prepared
look-up on a connection that stays open, and its standing, which it shares with thousands, is
remembered. Where there is no overlay nothing is paid for one.

Threads: one at a time, whichever that is; `close` is idempotent.
"""

import contextlib
import os
import sqlite3
from pathlib import Path
from typing import Final

from sqlalchemy import ColumnElement, Table, bindparam, func, select

from station.core.policy import Issuance
from station.core.registry import (
    BrandRecord,
    KeyRecord,
    Overlay,
    ProductRecord,
    RegistryGeneration,
    UnitRecord,
    UnitState,
)
from station.core.registry_rows import Holding, RowStream
from station.core.sellers import may_supply, supply_lists
from station.storage.registry_files import GenerationFiles, open_generation
from station.storage.registry_master import file_damaged, read_master_data
from station.storage.registry_schema import (
    BASE_OPAQUE_CODE,
    BASE_STANDING,
    BASE_UNIT,
    OPAQUE_CODE,
    STANDING,
    UNIT,
)
from station.storage.registry_units import MAX_INTERNED, StandingRow
from station.storage.sqlite import faults_told, prepared, storage_error, typed_rows

WARM_CHUNK_BYTES: Final = 1 << 20


def _standing_of_unit(unit: Table) -> ColumnElement[int]:
    statement = select(unit.c.standing_id).where(
        unit.c.product_id == bindparam("product_id"), unit.c.serial == bindparam("serial")
    )
    return statement.scalar_subquery()


def _standing(standing: Table) -> str:
    return prepared(
        select(standing).where(standing.c.standing_id == bindparam("standing_id")),
        ("standing_id",),
    )


def _code(code: Table) -> str:
    return prepared(
        select(code.c.product_id, code.c.serial).where(code.c.code == bindparam("code")), ("code",)
    )


_KEY: Final = ("product_id", "serial")
_FIND_UNIT: Final = prepared(select(_standing_of_unit(UNIT)), _KEY)
# One statement for both files; the base, whose standings are numbered below zero here, is asked
# only when the overlay has nothing: SQLite's coalesce() evaluates no more than it must.
_FIND_UNIT_OVER_BASE: Final = prepared(
    select(func.coalesce(_standing_of_unit(UNIT), -_standing_of_unit(BASE_UNIT))), _KEY * 2
)
_FIND_STANDING: Final = _standing(STANDING)
_FIND_BASE_STANDING: Final = _standing(BASE_STANDING)
_FIND_CODE: Final = _code(OPAQUE_CODE)
_FIND_BASE_CODE: Final = _code(BASE_OPAQUE_CODE)

_Standing = tuple[UnitState, Overlay, str | None, str | None, str | None]

_OVERLAYS: Final = {bits: Overlay(bits) for bits in range(16)}


class SqliteRegistry:
    """One generation, open. Implements `station.ports.registry.Registry`."""

    def __init__(self, base: Path, overlay: Path | None = None, *, warm: bool = True) -> None:
        """Open a generation's files.

        Args:
            base: A whole generation.
            overlay: What a later one changed of it, or None.
            warm: Read the files through first, so that no look-up waits for the disk later.

        Raises:
            StorageError: A file is missing, damaged, or of another kind or schema, or the two do
                not belong together.
        """
        files = GenerationFiles(base, overlay)
        self._files: Final = files
        if warm:
            _read_through(base)
            if overlay is not None:
                _read_through(overlay)
        self._connection: Final = open_generation(files)
        try:
            master = read_master_data(self._connection, files.newest)
        except BaseException:
            self._connection.close()
            raise
        self._generation = master.generation
        self.holdings: tuple[Holding, ...] = master.holdings
        self._unit_streams = master.unit_streams
        self._supply_lists = supply_lists(master.sellers())
        self._brands = {brand.brand_id: brand for brand in master.brands()}
        self._products = {product.gtin: product for product in master.products()}
        self._products_by_id = {product.product_id: product for product in master.products()}
        self._keys = {(key.brand_id, key.key_id): key for key in master.key_records}
        self._standings: dict[int, _Standing] = {}
        self._execute = self._connection.execute

    @property
    def generation(self) -> RegistryGeneration:
        """Which generation this is."""
        return self._generation

    def brand(self, brand_id: int) -> BrandRecord | None:
        """A brand by the publisher's number."""
        return self._brands.get(brand_id)

    def product(self, gtin: str) -> ProductRecord | None:
        """The enrolled product, or None."""
        return self._products.get(gtin)

    def key(self, brand_id: int, key_id: int) -> KeyRecord | None:
        """A key in a brand's namespace, or None."""
        return self._keys.get((brand_id, key_id))

    def unit(self, product_id: int, serial: str) -> UnitRecord | None:
        """One unit, or None when it is not listed.

        Raises:
            StorageError: A file cannot be read, is damaged, or is closed.
        """
        try:
            if self._files.overlay is None:
                (number,) = self._execute(_FIND_UNIT, (product_id, serial)).fetchone()
            else:
                key = (product_id, serial, product_id, serial)
                (number,) = self._execute(_FIND_UNIT_OVER_BASE, key).fetchone()
        except sqlite3.Error as error:
            raise storage_error(error, self._files.newest) from error
        if number is None:
            return None
        standing = self._standings.get(number)
        if standing is None:
            standing = self._read_standing(number)
        return UnitRecord(product_id, serial, *standing)

    def _read_standing(self, number: int) -> _Standing:
        """Read what a number stands for and remember it."""
        in_base = self._files.overlay is not None and _is_negative(number)
        path = self._files.base if in_base else self._files.newest
        statement = _FIND_BASE_STANDING if in_base else _FIND_STANDING
        with faults_told(path):
            rows = self._execute(statement, (-number if in_base else number,)).fetchall()
        try:
            (row,) = typed_rows(rows, StandingRow, path)
            state, overlays = UnitState(row.state), _OVERLAYS[row.overlays]
        except (KeyError, ValueError) as error:
            raise file_damaged(path, f"standing {number} is none known") from error
        if len(self._standings) >= MAX_INTERNED:
            self._standings.clear()
        standing = (state, overlays, row.lot, row.expiry, row.place)
        self._standings[number] = standing
        return standing

    def issuance(self, product_id: int) -> Issuance:
        """What can prove that a unit of a product was issued."""
        by_signature = self._unit_streams.get(product_id) is RowStream.EXCEPTIONS
        return Issuance.SIGNATURE if by_signature else Issuance.LISTED

    def unit_by_code(self, code: str) -> tuple[ProductRecord, UnitRecord] | None:
        """The unit enrolled under an opaque code (``AZ:…``), or None.

        Raises:
            StorageError: A file cannot be read, is damaged, or is closed.
        """
        try:
            row = self._execute(_FIND_CODE, (code,)).fetchone()
            if row is None and self._files.overlay is not None:
                row = self._execute(_FIND_BASE_CODE, (code,)).fetchone()
        except sqlite3.Error as error:
            raise storage_error(error, self._files.newest) from error
        if row is None:
            return None
        product = self._products_by_id.get(row[0])
        unit = self.unit(row[0], row[1])
        return None if product is None or unit is None else (product, unit)

    def seller_authorised(self, gtin: str, seller_id: str, day: str) -> bool:
        """Whether a seller may supply a product on a day."""
        return may_supply(self._supply_lists.get(gtin), seller_id, day)

    def close(self) -> None:
        """Release the files; idempotent."""
        self._connection.close()


def _is_negative(number: object) -> bool:
    """Of a number that damage may have turned into anything."""
    return isinstance(number, int) and number < 0


def _read_through(path: Path) -> None:
    """Bring a file into the page cache: a cold look-up costs 10 ms, a warm one 3 µs.

    Files larger than half the memory are left to come in as they are used.
    """
    with faults_told(path), contextlib.suppress(FileNotFoundError):
        memory_bytes = os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES")
        if path.stat().st_size > memory_bytes // 2:
            return
        buffer = bytearray(WARM_CHUNK_BYTES)
        with path.open("rb", buffering=0) as file:
            while file.readinto(buffer):
                pass
