"""Builds the immutable base file of a registry generation.

Takes the content as a sorted stream and never holds more than a block of it. The file appears under
its name only when it is complete, checked and on the disk; killed at any instant, a build leaves
at most a hidden temporary file, which the next clean-up of that folder removes.

Leaves to others whether the content may be trusted (`sync`) and which generation is in use
(`registry_generations`).
"""

import gc
import os
import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from station.core.errors import StorageError, TrustError
from station.core.registry_rows import CodeRow, Holding, RowStream, StreamTally, UnitBlock
from station.ports.registry import MasterData, RegistryContent
from station.storage import registry_schema as tables
from station.storage.database import written_beside
from station.storage.registry_master import content_refused, write_master_data
from station.storage.registry_units import RowWriter
from station.storage.schema import create_schema
from station.storage.sqlite import Access, connect, faults_told

FLUSH_BYTES: Final = 64 << 20
"""Written so much, the disk is waited for: gigabytes at once at the end would keep it from the
station's own commits."""


@dataclass(frozen=True, slots=True)
class RegistryBuild:
    """What was built.

    Attributes:
        path: The finished file.
        rows: How many units were written.
        size_bytes: The file's size.
    """

    path: Path
    rows: int
    size_bytes: int


def build_registry(path: Path, content: RegistryContent) -> RegistryBuild:
    """Write a generation's base file, complete or not at all; it takes the place of one before.

    Args:
        path: The file to make; its folder exists.
        content: It may raise while it is read; the exception passes through and nothing is left
            behind. Its holdings are read last.

    Returns:
        What was built.

    Raises:
        TrustError: A stream's rows are not those its holding says.
        StorageError: The disk is full or failing, or the content is out of order or names what it
            does not hold.
    """
    with written_beside(path) as temporary:
        build = _Build(temporary, content)
        build.run()
    with faults_told(path):
        return RegistryBuild(path, build.units, path.stat().st_size)


def connect_to_write(path: Path) -> sqlite3.Connection:
    """Open a file that is nobody's until it is renamed: no journal, no waiting for the disk."""
    connection = connect(path, Access.CREATE)
    try:
        with faults_told(path):
            connection.execute("PRAGMA journal_mode = OFF")
            connection.execute("PRAGMA synchronous = OFF")
            connection.execute("PRAGMA locking_mode = EXCLUSIVE")
    except BaseException:
        connection.close()
        raise
    return connection


class OrderKeeper:
    """Holds the units of one stream after another to their order."""

    def __init__(self) -> None:
        self._last = (-1, "")

    def take(self, block: UnitBlock) -> None:
        """The next units.

        Raises:
            StorageError: They are not by rising (product id, serial).
        """
        serials = [serial for serial, _ in block.rows]
        first = (block.product_id, serials[0])
        if first <= self._last:
            raise content_refused(f"unit {first} comes after {self._last}")
        if len(set(serials)) != len(serials) or sorted(serials) != serials:
            raise content_refused(f"units of product number {block.product_id} are out of order")
        self._last = (block.product_id, serials[-1])


class StreamTallies:
    """What each stream has come to so far, of all that are read together."""

    def __init__(self, master: MasterData) -> None:
        products = list(master.products())
        self._brand_of = {product.product_id: product.brand_id for product in products}
        self._stream_of = master.unit_streams
        self._tallies: dict[tuple[int, RowStream], StreamTally] = {}

    def units(self, block: UnitBlock) -> None:
        """The next units.

        Raises:
            StorageError: They are of a product the master data do not have.
        """
        product_id = block.product_id
        if product_id not in self._brand_of or product_id not in self._stream_of:
            raise content_refused(f"it has units of product number {product_id}, which it lacks")
        self._of(product_id, self._stream_of[product_id]).units(block)

    def codes(self, rows: list[CodeRow]) -> None:
        """The next opaque codes.

        Raises:
            StorageError: One is of a product the master data do not have.
        """
        for row in rows:
            if row[1] not in self._brand_of:
                raise content_refused(f"{row[0]} is of product number {row[1]}, which it lacks")
            self._of(row[1], RowStream.CODES).codes([row])

    def _of(self, product_id: int, stream: RowStream) -> StreamTally:
        return self._tallies.setdefault((self._brand_of[product_id], stream), StreamTally())

    def verify(self, holdings: list[Holding]) -> None:
        """Compare what was read with what it must come to.

        Raises:
            TrustError: It differs.
        """
        expected = {(held.brand_id, held.stream): held for held in holdings}
        for at in sorted(expected.keys() | self._tallies.keys(), key=lambda at: at[0]):
            found = self._tallies.get(at, StreamTally()).holding(*at)
            if found != expected.get(at):
                brand_id, stream = at
                raise TrustError(
                    f"the {stream.value} of brand number {brand_id} are not the content its "
                    "publisher signed",
                    "nothing was changed; run 'station sync' again; if it persists, tell the "
                    "publisher",
                )


class _Build:
    """One build into a temporary file."""

    def __init__(self, path: Path, content: RegistryContent) -> None:
        self.units = 0
        self._path = path
        self._content = content
        self._tallies = StreamTallies(content)
        self._order = OrderKeeper()

    def run(self) -> None:
        connection = connect_to_write(self._path)
        try:
            with faults_told(self._path):
                create_schema(connection, tables.REGISTRY)
                connection.execute("BEGIN IMMEDIATE")
            rows = self._write_rows(connection)
            self._tallies.verify(list(self._content.holdings))
            write_master_data(connection, self._path, self._content, rows)
            with faults_told(self._path):
                connection.execute("COMMIT")
            check_written(connection, self._path)
        finally:
            connection.close()

    def _write_rows(self, connection: sqlite3.Connection) -> int:
        writer = RowWriter(connection, self._path, replacing=False)
        codes = 0
        with without_collector(), paced_flushes(self._path) as flush:
            for block in self._content.units():
                self._order.take(block)
                self._tallies.units(block)
                writer.units(block)
                self.units += len(block.rows)
                flush.look()
            for rows in self._content.codes():
                self._tallies.codes(rows)
                writer.codes(rows)
                codes += len(rows)
                flush.look()
        return self.units + codes


@contextmanager
def without_collector() -> Iterator[None]:
    """Keep the garbage collector from the rows.

    They are let go of one block after another, without a cycle among them; looking for one again
    and again took a third of a load's time.
    """
    was_on = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if was_on:
            gc.enable()


def check_written(connection: sqlite3.Connection, path: Path) -> None:
    """Have SQLite look through a file just written.

    Raises:
        StorageError: It is not sound.
    """
    with faults_told(path):
        (answer,) = connection.execute("PRAGMA main.integrity_check(1)").fetchone()
    if answer != "ok":
        raise StorageError(
            f"the registry file {path} was not written soundly: {answer}",
            "check the disk and the memory of this machine, then run 'station sync' again",
        )


class _Flushes:
    """Waits for the disk each time a file has grown by `FLUSH_BYTES`."""

    def __init__(self, path: Path, handle: int) -> None:
        self._path = path
        self._handle = handle
        self._flushed_bytes = 0

    def look(self) -> None:
        with faults_told(self._path):
            size_bytes = os.fstat(self._handle).st_size
            if size_bytes - self._flushed_bytes >= FLUSH_BYTES:
                os.fdatasync(self._handle)
                self._flushed_bytes = size_bytes


@contextmanager
def paced_flushes(path: Path) -> Iterator[_Flushes]:
    """Bound what waits to be written of a file under way."""
    with faults_told(path):
        handle = os.open(path, os.O_RDONLY)
    try:
        yield _Flushes(path, handle)
    finally:
        os.close(handle)
