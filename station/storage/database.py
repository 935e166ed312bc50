"""A database file as this room's readers and writers have it: made whole, held open, closed.

What they have in common: a file is opened only as the kind of database it should be, whatever fails
while it is opened closes it again, and what a write has finished is on the disk.
"""

import sqlite3
from collections.abc import Callable, Iterator, Sequence
from contextlib import closing, contextmanager
from pathlib import Path
from types import TracebackType
from typing import Final, Self

from station.storage.durable import discard, put_in_place, temporary_beside
from station.storage.schema import Tree, check_schema, create_schema
from station.storage.sqlite import Access, connect, connect_to_read, faults_told


@contextmanager
def written_beside(path: Path) -> Iterator[Path]:
    """A hidden file to write, which is given its name and durably kept when the block ends well."""
    temporary = temporary_beside(path)
    discard(temporary)
    try:
        yield temporary
        with faults_told(path):
            put_in_place(temporary, path)
    except BaseException:
        discard(temporary)
        raise


def make_database(
    path: Path, tree: Tree, fill: Callable[[sqlite3.Connection], None] | None = None
) -> None:
    """Make a database, complete or not at all.

    Args:
        path: The file.
        tree: Which kind.
        fill: Writes what is in it from the beginning; an empty one has no need of it.

    Raises:
        StorageError: It cannot be written.
    """
    with (
        written_beside(path) as temporary,
        closing(connect(temporary, Access.CREATE)) as connection,
        faults_told(path),
    ):
        create_schema(connection, tree)
        if fill is not None:
            fill(connection)


def open_to_read(path: Path, tree: Tree) -> sqlite3.Connection:
    """Open a database that others may be writing; one on read-only media was closed cleanly.

    Raises:
        StorageError: The file is missing, damaged or of another kind or schema.
    """
    return _checked(connect_to_read(path), tree, path)


def open_to_write(path: Path, tree: Tree) -> sqlite3.Connection:
    """Open a database so that what is committed survives a power cut.

    Raises:
        StorageError: The file is missing, damaged or of another kind or schema.
    """
    connection = _checked(connect(path, Access.WRITE), tree, path)
    try:
        with faults_told(path):
            connection.execute("PRAGMA synchronous = FULL")
    except BaseException:
        connection.close()
        raise
    return connection


def _checked(connection: sqlite3.Connection, tree: Tree, path: Path) -> sqlite3.Connection:
    try:
        check_schema(connection, tree, path)
    except BaseException:
        connection.close()
        raise
    return connection


class OpenDatabase:
    """An open connection; a context manager. One thread at a time, whichever that is.

    Attributes:
        path: The file.
    """

    def __init__(self, path: Path, connection: sqlite3.Connection) -> None:
        """Hold a connection, and close it in the end.

        Args:
            path: The file.
            connection: Open on it.
        """
        self.path: Final = path
        self._held = connection

    @property
    def _connection(self) -> sqlite3.Connection:
        return self._held

    def __enter__(self) -> Self:
        """Itself."""
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        """Close it."""
        self.close()

    def close(self) -> None:
        """Release the file; idempotent."""
        self._held.close()


class WritableDatabase(OpenDatabase):
    """One that is written too: a transaction is durable when it has ended.

    After one that failed nothing of it is left, whatever failed: neither to be read, nor to be made
    durable by the next.
    """

    def __init__(self, path: Path, tree: Tree) -> None:
        """Open a file for reading and writing.

        Raises:
            StorageError: It is missing, damaged or of another kind or schema.
        """
        super().__init__(path, open_to_write(path, tree))
        self._tree: Final = tree
        self._is_lost = False

    @property
    def _connection(self) -> sqlite3.Connection:
        """The connection, opened anew where the last one was given up."""
        if self._is_lost:
            self._held = open_to_write(self.path, self._tree)
            self._is_lost = False
        return self._held

    @contextmanager
    def _transaction(self) -> Iterator[None]:
        """Everything written within becomes durable together, or not at all when it raises.

        Only the errors of its beginning and its end are told here: what is within may be more
        than this file's business.
        """
        with faults_told(self.path):
            self._connection.execute("BEGIN IMMEDIATE")
        try:
            yield
            with faults_told(self.path):
                self._connection.execute("COMMIT")
        except BaseException:
            self._roll_back()
            raise

    def _roll_back(self) -> None:
        """Let go of a transaction that failed; never raises."""
        if self._is_lost or not self._held.in_transaction:
            return  # a full disk may have rolled it back already
        try:
            self._held.execute("ROLLBACK")
        except sqlite3.Error:
            # Left open, it would let no other begin, and show what was never kept.
            self._held.close()
            self._is_lost = True

    def _run(self, statement: str, values: Sequence[bytes | int | str | None] = ()) -> int:
        """Run one statement; the number of the row it inserted, if it did."""
        with faults_told(self.path):
            return self._connection.execute(statement, values).lastrowid or 0
