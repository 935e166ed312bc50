"""The rows of a generation in use, read back as they were published: an overlay over its base."""

import sqlite3
from collections.abc import Iterable, Iterator
from contextlib import closing
from pathlib import Path
from typing import Final, NamedTuple

from sqlalchemy import Table, bindparam, select

from station.core.registry_rows import (
    ROWS_PER_BLOCK,
    CodeRow,
    UnitBlock,
    in_batches,
    merged_codes,
    merged_units,
    unit_text,
)
from station.storage import registry_schema as tables
from station.storage.registry_files import GenerationFiles, open_generation
from station.storage.registry_master import file_damaged
from station.storage.registry_units import MAX_INTERNED, StandingRow
from station.storage.sqlite import faults_told, prepared, typed_rows


def _units_of(unit: Table) -> str:
    return prepared(
        select(unit.c.serial, unit.c.standing_id)
        .where(unit.c.product_id == bindparam("product_id"))
        .order_by(unit.c.serial),
        ("product_id",),
    )


def _standing_of(standing: Table) -> str:
    return prepared(
        select(standing).where(standing.c.standing_id == bindparam("standing_id")),
        ("standing_id",),
    )


def _all_codes(code: Table) -> str:
    return prepared(select(code).order_by(code.c.code))


class _CodeRow(NamedTuple):
    code: str
    product_id: int
    serial: str


_STANDINGS: Final = _standing_of(tables.STANDING), _standing_of(tables.BASE_STANDING)
_UNITS: Final = _units_of(tables.UNIT), _units_of(tables.BASE_UNIT)
_CODES: Final = _all_codes(tables.OPAQUE_CODE), _all_codes(tables.BASE_OPAQUE_CODE)


class StandingTexts(dict[int, str]):
    """The standings of one file by number, as text, read as they are asked for.

    Args:
        connection: Open on the generation.
        path: The file, to name in errors.
        in_base: Whether those of an overlay's base are meant.
    """

    def __init__(self, connection: sqlite3.Connection, path: Path, *, in_base: bool) -> None:
        super().__init__()
        self._connection = connection
        self._path = path
        self._find = _STANDINGS[in_base]

    def __missing__(self, number: int) -> str:
        """Read a standing; more of them than are remembered start the memory anew."""
        if len(self) > MAX_INTERNED:
            self.clear()
        with faults_told(self._path):
            rows = self._connection.execute(self._find, (number,)).fetchall()
        if not rows:
            raise file_damaged(self._path, f"standing {number} is missing")
        (row,) = typed_rows(rows, StandingRow, self._path)
        self[number] = row.text
        return row.text


def held_units(files: GenerationFiles, product_ids: Iterable[int]) -> Iterator[UnitBlock]:
    """Units of some products, by (product id, serial).

    Raises:
        StorageError: A file cannot be read or is damaged.
    """
    products = sorted(product_ids)
    with closing(open_generation(files)) as connection:
        newest = _units(connection, files.newest, products, in_base=False)
        if files.overlay is None:
            yield from newest
        else:
            base = _units(connection, files.base, products, in_base=True)
            yield from merged_units(base, newest)


def held_codes(files: GenerationFiles, product_ids: Iterable[int]) -> Iterator[list[CodeRow]]:
    """Opaque codes of some products' units, by code.

    Raises:
        StorageError: A file cannot be read or is damaged.
    """
    products = frozenset(product_ids)
    with closing(open_generation(files)) as connection:
        rows = _codes(connection, files.newest, in_base=False)
        if files.overlay is not None:
            rows = merged_codes(_codes(connection, files.base, in_base=True), rows)
        yield from in_batches(row for row in rows if row[1] in products)


def _units(
    connection: sqlite3.Connection, path: Path, products: list[int], *, in_base: bool
) -> Iterator[UnitBlock]:
    texts = StandingTexts(connection, path, in_base=in_base)
    for product_id in products:
        with faults_told(path):
            cursor = connection.execute(_UNITS[in_base], (product_id,))
        while True:
            with faults_told(path):
                found = cursor.fetchmany(ROWS_PER_BLOCK)
            if not found:
                break
            serials, numbers = zip(*found, strict=True)
            try:
                rows = list(zip(serials, map(texts.__getitem__, numbers), strict=True))
                text = unit_text(rows)
            except TypeError as error:
                raise file_damaged(path, f"a unit is none: {error}") from error
            yield UnitBlock(product_id, text, rows)


def _codes(connection: sqlite3.Connection, path: Path, *, in_base: bool) -> Iterator[CodeRow]:
    with faults_told(path):
        cursor = connection.execute(_CODES[in_base])
    while True:
        with faults_told(path):
            found = cursor.fetchmany(ROWS_PER_BLOCK)
        if not found:
            return
        yield from map(tuple, typed_rows(found, _CodeRow, path))
