"""The one or two files of a generation, opened as one database.

Nobody ever changes either file, so SQLite takes no locks and checks for no changes. They are not
memory-mapped: with a warm page cache a map saves 0.2 microseconds a look-up, and a failing disk
would kill the process with SIGBUS instead of raising a `StorageError`.
"""

import sqlite3
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from station.core.errors import StorageError
from station.storage.registry_master import RegistryHead, read_head
from station.storage.registry_schema import BASE, REGISTRY
from station.storage.schema import check_schema
from station.storage.sqlite import Access, connect, faults_told, file_uri

SMALL_CACHE_BYTES: Final = 2 << 20
LARGE_CACHE_BYTES: Final = 64 << 20
PART_OF_FILE_CACHED: Final = 1 / 64
"""Enough for the pages that lead to all others, some hundredth of a file: without them every
look-up in a large one reads a page more from the system."""


@dataclass(frozen=True, slots=True)
class GenerationFiles:
    """What a generation is made of.

    Attributes:
        base: A whole generation.
        overlay: What a later one changed, or None.
    """

    base: Path
    overlay: Path | None = None

    @property
    def newest(self) -> Path:
        """The file with the master data."""
        return self.base if self.overlay is None else self.overlay


def open_generation(files: GenerationFiles) -> sqlite3.Connection:
    """Open a generation: its newest file, and under the name `BASE` what that is laid over.

    Raises:
        StorageError: A file is missing, damaged, or of another kind or schema, or the two do not
            belong together.
    """
    connection = connect(files.newest, Access.IMMUTABLE)
    try:
        check_schema(connection, REGISTRY, files.newest)
        head = read_head(connection, files.newest)
        if files.overlay is not None:
            base = head_of(files.base)
            if head.laid_over != (base.generation.number, base.holdings_digest):
                raise _not_together(files.overlay, files.base)
            with faults_told(files.base):
                attach_base(connection, files.base)
        elif head.laid_over is not None:
            raise StorageError(
                f"{files.base} is an overlay without its base", "fetch it with 'station sync'"
            )
        with faults_told(files.newest):
            _set_cache(connection, "main", files.newest)
            if files.overlay is not None:
                _set_cache(connection, BASE, files.base)
    except BaseException:
        connection.close()
        raise
    return connection


def head_of(path: Path) -> RegistryHead:
    """What one file says of itself.

    Raises:
        StorageError: It is missing, damaged, or of another kind or schema.
    """
    with closing(connect(path, Access.IMMUTABLE)) as connection:
        check_schema(connection, REGISTRY, path)
        return read_head(connection, path)


def attach_base(connection: sqlite3.Connection, base: Path) -> None:
    """Attach a base, unchanging, under the name `BASE`.

    Raises:
        sqlite3.Error: It cannot be opened.
    """
    connection.execute(f"ATTACH DATABASE ? AS {BASE}", (file_uri(base, Access.IMMUTABLE),))


def _set_cache(connection: sqlite3.Connection, schema: str, path: Path) -> None:
    size_bytes = int(path.stat().st_size * PART_OF_FILE_CACHED)
    size_bytes = min(max(size_bytes, SMALL_CACHE_BYTES), LARGE_CACHE_BYTES)
    connection.execute(f"PRAGMA {schema}.cache_size = -{size_bytes >> 10}")


def _not_together(overlay: Path, base: Path) -> StorageError:
    return StorageError(
        f"{overlay} was not made for {base}",
        "fetch the registry again with 'station sync'",
    )
