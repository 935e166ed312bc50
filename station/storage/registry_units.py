"""How units are kept in a file: their rows by product and serial, their standings apart.

Writes a hundred rows with one statement, which takes half the time of a statement a row: most of
that is the driver's, and while the statement runs other threads may.
"""

import sqlite3
from collections.abc import Iterable
from itertools import chain
from pathlib import Path
from typing import Final, NamedTuple

from sqlalchemy import func, select

from station.core.registry_rows import CodeRow, UnitBlock
from station.storage.registry_master import (
    Row,
    content_refused,
    insert_into,
    write_rows,
)
from station.storage.registry_schema import OPAQUE_CODE, STANDING, UNIT
from station.storage.sqlite import faults_told, prepared, typed_rows

MAX_INTERNED: Final = 65_536
"""Distinct standings remembered at once; beyond it one may get a second row, which costs space
only."""

ROWS_A_STATEMENT: Final = 128

_ADD_STANDING: Final = insert_into(STANDING)
_ALL_STANDINGS: Final = prepared(select(STANDING))
_LAST_STANDING: Final = prepared(select(func.max(STANDING.c.standing_id)))
_ADD_UNIT: Final = insert_into(UNIT)
_ADD_CODE: Final = insert_into(OPAQUE_CODE)


class StandingRow(NamedTuple):
    """A row of the table `standing`."""

    standing_id: int
    state: int
    overlays: int
    lot: str | None
    expiry: str | None
    place: str | None

    @property
    def text(self) -> str:
        """As a unit's line spells it."""
        return "\t".join(
            (
                str(self.state),
                str(self.overlays),
                self.lot or "",
                self.expiry or "",
                self.place or "",
            )
        )


class RowWriter:
    """Writes units and opaque codes into one file, in one transaction of its owner's.

    Args:
        connection: Open on the file.
        path: The file, to name in errors.
        replacing: Whether a row may take the place of one with the same key.
    """

    def __init__(self, connection: sqlite3.Connection, path: Path, *, replacing: bool) -> None:
        self._connection = connection
        self._path = path
        verb = "INSERT OR REPLACE" if replacing else "INSERT"
        self._add_one = _ADD_UNIT.replace("INSERT", verb, 1)
        self._add_code = _ADD_CODE.replace("INSERT", verb, 1)
        # The product's number is bound once, as ?1; every other ? takes the next number.
        values = ", ".join(["(?1, ?, ?)"] * ROWS_A_STATEMENT)
        self._add_many = self._add_one.replace("(?, ?, ?)", values)
        with faults_told(path):
            (last,) = connection.execute(_LAST_STANDING).fetchone()
            rows = connection.execute(_ALL_STANDINGS).fetchmany(MAX_INTERNED)
        self._numbers = _StandingNumbers(last or 0)
        for row in typed_rows(rows, StandingRow, path):
            self._numbers[row.text] = row.standing_id

    def units(self, block: UnitBlock) -> None:
        """Write some units.

        Raises:
            StorageError: A key is there already, or the file cannot be written.
        """
        serials, standings = zip(*block.rows, strict=True)
        numbers = self._numbers
        if len(numbers) > MAX_INTERNED:
            numbers.clear()
        flat = list(
            chain.from_iterable(zip(serials, map(numbers.__getitem__, standings), strict=True))
        )
        new, numbers.new = numbers.new, []
        write_rows(self._connection, self._path, "standing", _ADD_STANDING, new)
        size = 2 * ROWS_A_STATEMENT
        product_id = block.product_id
        whole = len(flat) // size * size
        many: Iterable[Row] = ((product_id, *flat[at : at + size]) for at in range(0, whole, size))
        write_rows(self._connection, self._path, "unit", self._add_many, many)
        rest: Iterable[Row] = (
            (product_id, flat[at], flat[at + 1]) for at in range(whole, len(flat), 2)
        )
        write_rows(self._connection, self._path, "unit", self._add_one, rest)

    def codes(self, rows: list[CodeRow]) -> None:
        """Write some opaque codes.

        Raises:
            StorageError: A code is there already, or the file cannot be written.
        """
        write_rows(self._connection, self._path, "opaque_code", self._add_code, rows)


class _StandingNumbers(dict[str, int]):
    """Gives standings small numbers and keeps the rows still to be written."""

    def __init__(self, last: int) -> None:
        super().__init__()
        self._last = last
        self.new: list[Row] = []

    def __missing__(self, text: str) -> int:
        fields = text.split("\t")
        if len(fields) != len(StandingRow._fields) - 1:
            raise content_refused(f"{text!r} is no unit's standing")
        state, overlays, lot, expiry, place = fields
        self._last += 1
        try:
            row = (int(state), int(overlays), lot or None, expiry or None, place or None)
        except ValueError:
            raise content_refused(f"{text!r} is no unit's standing") from None
        self.new.append((self._last, *row))
        self[text] = self._last
        return self._last
