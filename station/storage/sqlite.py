"""SQLite as this room uses it: how files are opened, statements prepared and faults told.

Statements are written once in SQLAlchemy Core, compiled once when a module is loaded, and run on
the driver's own connection: `Connection.execute` costs four times the look-up itself
(docs/reference/databases.md has the figures). Transactions are explicit (``BEGIN IMMEDIATE``):
no connection made here starts one by itself.
"""

import errno
import sqlite3
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from enum import Enum
from pathlib import Path
from typing import Final, TypeVar
from urllib.parse import quote

import msgspec
from sqlalchemy import Connection, Engine, NullPool, create_engine, event
from sqlalchemy.dialects import sqlite as sqlite_dialect
from sqlalchemy.exc import DBAPIError
from sqlalchemy.sql import ClauseElement

from station.core.causes import Cause, told
from station.core.errors import DamagedError, StorageError

BUSY_TIMEOUT_S: Final = 5.0
"""How long a statement waits for another process's lock before it gives up."""

_DIALECT: Final = sqlite_dialect.dialect(paramstyle="qmark")


class Access(Enum):
    """How a file is opened; the value goes into SQLite's URI."""

    CREATE = "mode=rwc"
    WRITE = "mode=rw"
    READ = "mode=ro"
    IMMUTABLE = "mode=ro&immutable=1"
    """For a file that nobody will ever change: no locks, no change checks."""


def connect(path: Path, access: Access) -> sqlite3.Connection:
    """Open a database file for use by one thread at a time, whichever that is.

    Args:
        path: The file; it must exist unless `access` is CREATE.
        access: What the connection may do.

    Returns:
        A connection in autocommit mode with foreign keys enforced.

    Raises:
        StorageError: The file is missing or cannot be opened.
    """
    if access is not Access.CREATE and not path.is_file():
        raise StorageError(
            f"there is no database {path}",
            "check the folder given with --site, or make the site with 'station init'",
            told=told(Cause.STORAGE_MISSING, path=path),
        )
    with faults_told(path):
        connection = sqlite3.connect(
            file_uri(path, access),
            uri=True,
            isolation_level=None,
            check_same_thread=False,
            timeout=BUSY_TIMEOUT_S,
        )
        try:
            connection.execute("PRAGMA foreign_keys = ON")
        except BaseException:
            connection.close()
            raise
        return connection


def file_uri(path: Path, access: Access) -> str:
    """A file's name as SQLite takes it, with how it is opened."""
    return f"file:{quote(str(path.absolute()))}?{access.value}"


def connect_to_read(path: Path) -> sqlite3.Connection:
    """Open a database that others may be writing, or that lies on read-only media.

    A file in WAL mode needs working files beside it even to be read; where none can be made, and no
    log says that the file is incomplete, it is taken for unchanging.

    Raises:
        StorageError: The file is missing, cannot be opened, or is cut off from its log.
    """
    connection = connect(path, Access.READ)
    try:
        with faults_told(path):
            connection.execute("SELECT count(*) FROM sqlite_master")
    except StorageError as error:
        connection.close()
        code = getattr(error.__cause__, "sqlite_errorcode", 0) & 0xFF
        if code not in {sqlite3.SQLITE_CANTOPEN, sqlite3.SQLITE_READONLY}:
            raise
        if path.with_name(f"{path.name}-wal").exists():
            raise
        return connect(path, Access.IMMUTABLE)
    return connection


def prepared(statement: ClauseElement, parameters: Sequence[str] = ()) -> str:
    """Compile a Core statement for the driver.

    Args:
        statement: Built with `bindparam`.
        parameters: The bind names in the order in which the caller passes values.

    Returns:
        SQL with ``?`` placeholders, the same string each time, so that the driver's statement
        cache finds it.

    Raises:
        ValueError: The statement binds other names or another order.
    """
    compiled = statement.compile(dialect=_DIALECT)
    order = getattr(compiled, "positiontup", None) or []
    if list(order) != list(parameters):
        msg = f"statement binds {order}, the caller passes {list(parameters)}"
        raise ValueError(msg)
    return str(compiled)


def migration_engine(path: Path) -> Engine:
    """An engine for Alembic, which wants one: every connection is one immediate transaction.

    Foreign keys are not enforced in it, so that a revision may rebuild a table others refer to;
    `check_references` says afterwards whether they hold. Source: SQLite, ALTER TABLE, section 7.
    """

    def creator() -> sqlite3.Connection:
        connection = connect(path, Access.WRITE)
        connection.execute("PRAGMA foreign_keys = OFF")
        return connection

    engine = create_engine("sqlite://", creator=creator, poolclass=NullPool)

    @event.listens_for(engine, "begin")
    def _begin(connection: Connection) -> None:
        connection.exec_driver_sql("BEGIN IMMEDIATE")

    return engine


def check_references(connection: Connection, path: Path) -> None:
    """Hold every row of a migrated file to the rows it refers to, before the whole is kept.

    Raises:
        StorageError: A reference leads nowhere.
    """
    broken = connection.exec_driver_sql("PRAGMA foreign_key_check").fetchone()
    if broken is not None:
        raise StorageError(
            f"cannot upgrade {path}: a row of {broken[0]} refers to a missing one of {broken[2]}",
            "keep the file for examination and restore it from a backup",
        )


RowT = TypeVar("RowT")

_DAMAGED: Final = (
    "stop using it and restore it from a backup; keep the damaged file for examination"
)


def typed_rows(rows: list[tuple[object, ...]], row_type: type[RowT], path: Path) -> list[RowT]:
    """Rows as a `NamedTuple` says they are; SQLite itself holds no column to its type.

    Raises:
        StorageError: A value is of another type: the file is damaged or was tampered with.
    """
    try:
        return msgspec.convert(rows, list[row_type])  # type: ignore[valid-type]
    except msgspec.ValidationError as error:
        raise StorageError(
            f"cannot use {path}: it is damaged ({error})",
            _DAMAGED,
        ) from error


_REMEDIES: Final[dict[int, tuple[str, str]]] = {
    sqlite3.SQLITE_FULL: (
        "the disk is full, or the file has reached its size limit",
        "free some space; scanning goes on by itself as soon as there is room",
    ),
    sqlite3.SQLITE_READONLY: (
        "it is read-only",
        "make the file and its folder writable for the user the station runs as",
    ),
    sqlite3.SQLITE_PERM: (
        "access is denied",
        "make the file and its folder writable for the user the station runs as",
    ),
    sqlite3.SQLITE_BUSY: (
        "another program holds it locked",
        "close whatever else has the file open, then try again",
    ),
    sqlite3.SQLITE_LOCKED: (
        "another program holds it locked",
        "close whatever else has the file open, then try again",
    ),
    sqlite3.SQLITE_CANTOPEN: (
        "it cannot be opened",
        "check that its folder exists and may be read and written by this user",
    ),
    sqlite3.SQLITE_IOERR: (
        "the disk reports an error",
        "check the disk and the system log; copy the folder to a sound disk before going on",
    ),
    sqlite3.SQLITE_CORRUPT: (
        "it is damaged",
        _DAMAGED,
    ),
    sqlite3.SQLITE_NOTADB: (
        "it is not a database",
        "restore it from a backup, or name the right folder with --site",
    ),
    sqlite3.SQLITE_NOMEM: (
        "there is not enough memory",
        "close other programs, then try again",
    ),
}


_CAUSES: Final[dict[int, Cause]] = {
    sqlite3.SQLITE_FULL: Cause.STORAGE_FULL,
    sqlite3.SQLITE_READONLY: Cause.STORAGE_READ_ONLY,
    sqlite3.SQLITE_PERM: Cause.STORAGE_READ_ONLY,
    sqlite3.SQLITE_BUSY: Cause.STORAGE_LOCKED,
    sqlite3.SQLITE_LOCKED: Cause.STORAGE_LOCKED,
    sqlite3.SQLITE_CANTOPEN: Cause.STORAGE_UNOPENED,
    sqlite3.SQLITE_IOERR: Cause.STORAGE_DISK_FAILS,
    sqlite3.SQLITE_CORRUPT: Cause.STORAGE_DAMAGED,
    sqlite3.SQLITE_NOTADB: Cause.STORAGE_DAMAGED,
}
"""What screens say of them in every language."""

_DAMAGE: Final = frozenset({sqlite3.SQLITE_CORRUPT, sqlite3.SQLITE_NOTADB})


def storage_error(error: sqlite3.Error, path: Path) -> StorageError:
    """Tell a driver's error so that a person can mend it."""
    code = getattr(error, "sqlite_errorcode", None) or 0
    wrong, remedy = _REMEDIES.get(
        code & 0xFF,
        (
            f"the database refused: {error}",
            "run 'station doctor'; if it persists, restore the database from a backup",
        ),
    )
    kind = DamagedError if code & 0xFF in _DAMAGE else StorageError
    cause = _CAUSES.get(code & 0xFF)
    why = None if cause is None else told(cause, path=path)
    return kind(f"cannot use {path}: {wrong}", remedy, told=why)


@contextmanager
def faults_told(path: Path) -> Iterator[None]:
    """Turn the errors of SQLite and of the file system into `StorageError`.

    Args:
        path: The file to name.
    """
    try:
        yield
    except sqlite3.Error as error:
        raise storage_error(error, path) from error
    except DBAPIError as error:
        if isinstance(error.orig, sqlite3.Error):
            raise storage_error(error.orig, path) from error
        raise
    except UnicodeDecodeError as error:
        # Of damaged text SQLite's own errors and column names are made.
        why = told(Cause.STORAGE_DAMAGED, path=path)
        raise DamagedError(f"cannot use {path}: it is damaged", _DAMAGED, told=why) from error
    except OSError as error:
        detail = error.strerror or str(error)
        full = error.errno in {errno.ENOSPC, errno.EDQUOT}
        why = told(Cause.STORAGE_FULL if full else Cause.STORAGE_FAILS, path=path, detail=detail)
        raise StorageError(
            f"cannot use {path}: {detail}",
            "check the disk, the folder and its permissions, then try again",
            told=why,
        ) from error
