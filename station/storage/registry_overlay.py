"""Writes the overlay of a registry generation: what changed since its base.

It begins as a copy of the overlay in use, if there is one; what each segment brings is laid over
that. A segment must replace exactly what its publisher says it replaces, so that a station whose
rows are not the publisher's notices before it switches, without reading what did not change.
"""

import shutil
import sqlite3
from collections.abc import Sequence
from contextlib import closing
from pathlib import Path
from typing import Final

from sqlalchemy import ColumnElement, Table, bindparam, delete, func, insert, select

from station.core.errors import TrustError
from station.core.registry_rows import (
    CodeRow,
    Holding,
    RowStream,
    StreamTally,
    UnitBlock,
    UnitRow,
    in_batches,
    unit_text,
)
from station.ports.registry import RegistryChanges, SegmentChanges
from station.storage import registry_schema as tables
from station.storage.database import written_beside
from station.storage.registry_file import (
    OrderKeeper,
    check_written,
    connect_to_write,
    paced_flushes,
)
from station.storage.registry_files import GenerationFiles, attach_base, head_of, open_generation
from station.storage.registry_held import StandingTexts
from station.storage.registry_master import read_master_data, write_master_data
from station.storage.registry_units import ROWS_A_STATEMENT, RowWriter
from station.storage.schema import create_schema
from station.storage.sqlite import faults_told, prepared

_KEYS: Final = [f"key_{number}" for number in range(ROWS_A_STATEMENT)]


def _one_of_keys(column: ColumnElement[str]) -> ColumnElement[bool]:
    return column.in_([bindparam(key) for key in _KEYS])


def _units_among(unit: Table) -> str:
    return prepared(
        select(unit.c.serial, unit.c.standing_id).where(
            unit.c.product_id == bindparam("product_id"), _one_of_keys(unit.c.serial)
        ),
        ["product_id", *_KEYS],
    )


def _codes_among(code: Table) -> str:
    return prepared(select(code).where(_one_of_keys(code.c.code)), _KEYS)


_UNITS_AMONG: Final = _units_among(tables.UNIT), _units_among(tables.BASE_UNIT)
_CODES_AMONG: Final = _codes_among(tables.OPAQUE_CODE), _codes_among(tables.BASE_OPAQUE_CODE)
_COUNTS: Final = [
    prepared(select(func.count()).select_from(table)) for table in (tables.UNIT, tables.OPAQUE_CODE)
]
_FORGET_BASE: Final = prepared(delete(tables.LAID_OVER))
_NAME_BASE: Final = prepared(
    insert(tables.LAID_OVER).values(number=bindparam("at"), digest=bindparam("digest")),
    ("at", "digest"),
)

Key = tuple[int, RowStream]


def build_overlay(path: Path, in_use: GenerationFiles, changes: RegistryChanges) -> int:
    """Write the next generation as an overlay, complete or not at all.

    Args:
        path: The file to make; it takes the place of one of that name.
        in_use: What the changes follow from; the new overlay is laid over the same base.
        changes: They may raise while they are read; the exception passes through and nothing is
            left behind.

    Returns:
        How many rows came.

    Raises:
        TrustError: The changes do not follow from what is in use.
        StorageError: A file cannot be read or written.
    """
    with written_beside(path) as temporary:
        if in_use.overlay is not None:
            with faults_told(path):
                shutil.copyfile(in_use.overlay, temporary)
        return _Overlay(temporary, in_use, changes).run()


class _Overlay:
    """One overlay into a temporary file."""

    def __init__(self, path: Path, in_use: GenerationFiles, changes: RegistryChanges) -> None:
        self._path = path
        self._in_use = in_use
        self._changes = changes

    def run(self) -> int:
        connection = connect_to_write(self._path)
        try:
            with faults_told(self._path):
                if self._in_use.overlay is None:
                    create_schema(connection, tables.REGISTRY)
                attach_base(connection, self._in_use.base)
                connection.execute("BEGIN IMMEDIATE")
            applied = self._apply(connection)
            with faults_told(self._path):
                rows_here = sum(connection.execute(count).fetchone()[0] for count in _COUNTS)
            write_master_data(connection, self._path, self._changes, rows_here)
            base = head_of(self._in_use.base)
            with faults_told(self._path):
                connection.execute(_FORGET_BASE)
                connection.execute(_NAME_BASE, (base.generation.number, base.holdings_digest))
                connection.execute("COMMIT")
            check_written(connection, self._path)
        finally:
            connection.close()
        return applied

    def _apply(self, connection: sqlite3.Connection) -> int:
        chain = _Chains(self._in_use, self._changes)
        rows = _Rows(connection, self._path, self._in_use.base)
        applied = 0
        with paced_flushes(self._path) as flush:
            for segment in self._changes.segments():
                chain.begin(segment)
                tally, new = StreamTally(), 0
                order = OrderKeeper()
                for block in segment.units:
                    chain.check_product(block.product_id, segment.before)
                    order.take(block)
                    before = rows.lay_units(block)
                    if before:
                        tally.unit_text(block.product_id, unit_text(before), len(before))
                    new += len(block.rows) - len(before)
                    applied += len(block.rows)
                    flush.look()
                for batch in segment.codes:
                    held = rows.lay_codes(batch)
                    tally.codes(held)
                    new += len(batch) - len(held)
                    applied += len(batch)
                    flush.look()
                chain.end(segment, tally.hexdigest(), new)
        chain.finish()
        return applied


class _Rows:
    """The rows in use and those laid over them."""

    def __init__(self, connection: sqlite3.Connection, path: Path, base: Path) -> None:
        self._connection = connection
        self._path = path
        self._writer = RowWriter(connection, path, replacing=True)
        self._here = StandingTexts(connection, path, in_base=False)
        self._base = StandingTexts(connection, base, in_base=True)

    def lay_units(self, block: UnitBlock) -> list[UnitRow]:
        """Lay units over what is there.

        Returns:
            Those that were there, as they stood, by serial.
        """
        before: dict[str, str] = {}
        for serials in in_batches([serial for serial, _ in block.rows], ROWS_A_STATEMENT):
            keys = (block.product_id, *_filled(serials))
            for in_base, texts in ((True, self._base), (False, self._here)):
                with faults_told(self._path):
                    found = self._connection.execute(_UNITS_AMONG[in_base], keys).fetchall()
                before.update((serial, texts[number]) for serial, number in found)
        self._writer.units(block)
        return sorted(before.items())

    def lay_codes(self, batch: list[CodeRow]) -> list[CodeRow]:
        """Lay opaque codes over what is there.

        Returns:
            Those that were there, as they stood, by code.
        """
        before: dict[str, CodeRow] = {}
        for codes in in_batches([row[0] for row in batch], ROWS_A_STATEMENT):
            for in_base in (True, False):
                with faults_told(self._path):
                    found = self._connection.execute(_CODES_AMONG[in_base], _filled(codes))
                    before.update((row[0], row) for row in found.fetchall())
        self._writer.codes(batch)
        return sorted(before.values())


def _filled(keys: list[str]) -> Sequence[str]:
    """As many as the statement asks for: the last one over and over."""
    return keys + [keys[-1]] * (ROWS_A_STATEMENT - len(keys))


class _Chains:
    """Where each stream stands while the segments come past."""

    def __init__(self, in_use: GenerationFiles, changes: RegistryChanges) -> None:
        with closing(open_generation(in_use)) as connection:
            held = read_master_data(connection, in_use.newest)
        self._held: dict[Key, Holding] = {(one.brand_id, one.stream): one for one in held.holdings}
        self._changes = changes
        self._brand_of = {one.product_id: one.brand_id for one in changes.products()}
        for product_id, stream in held.unit_streams.items():
            if changes.unit_streams.get(product_id, stream) is not stream:
                raise TrustError(
                    f"the units of product number {product_id} have moved to another stream",
                    "nothing was changed; run 'station sync' again, which fetches them whole",
                )

    def begin(self, segment: SegmentChanges) -> None:
        """Hold a segment to what is held.

        Raises:
            TrustError: It does not follow.
        """
        before, after = segment.before, segment.after
        if self._held.get((before.brand_id, before.stream)) != before:
            raise _unfit(before, "does not follow from the rows in use")
        if (before.brand_id, before.stream) != (after.brand_id, after.stream):
            raise _unfit(before, "leads to another stream")

    def check_product(self, product_id: int, stream: Holding) -> None:
        """Hold a block to the stream it comes in.

        Raises:
            TrustError: It is not of that brand, or its units are held in another stream.
        """
        brand_id = self._brand_of.get(product_id)
        held_in = self._changes.unit_streams.get(product_id)
        if (brand_id, held_in) != (stream.brand_id, stream.stream):
            raise _unfit(stream, f"has units of product number {product_id}")

    def end(self, segment: SegmentChanges, replaced_digest: str, new: int) -> None:
        """Hold what a segment did to what its publisher says.

        Raises:
            TrustError: It differs.
        """
        before, after = segment.before, segment.after
        if replaced_digest != segment.replaced_digest:
            raise _unfit(before, "replaces other rows than its publisher says")
        if before.rows + new != after.rows:
            raise _unfit(before, f"leads to {before.rows + new} rows instead of {after.rows}")
        self._held[after.brand_id, after.stream] = after

    def finish(self) -> None:
        """Hold where all streams stand to where the changes say they do.

        Raises:
            TrustError: A stream differs, or has come or gone with rows in it.
        """
        expected = {(one.brand_id, one.stream): one for one in self._changes.holdings}
        for at in self._held.keys() | expected.keys():
            nothing = StreamTally().holding(*at)
            if self._held.get(at, nothing) != expected.get(at, nothing):
                raise _unfit(expected.get(at, nothing), "does not come to what was published")


def _unfit(stream: Holding, what: str) -> TrustError:
    return TrustError(
        f"a change of the {stream.stream.value} of brand number {stream.brand_id} {what}",
        "nothing was changed; run 'station sync' again, which fetches them whole",
    )
