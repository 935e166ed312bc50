"""Statements are prepared in their order, faults are told with a remedy."""

import errno
import os
import sqlite3
from pathlib import Path

import pytest
from sqlalchemy import bindparam, select

from station.core.causes import Cause, told
from station.core.errors import StorageError
from station.storage.sqlite import Access, connect, faults_told, prepared, storage_error
from station.storage.station_schema import CLAIM

STATEMENT = select(CLAIM.c.state).where(
    CLAIM.c.gtin == bindparam("gtin"), CLAIM.c.serial == bindparam("serial")
)


def test_a_statement_binds_in_the_order_the_caller_passes() -> None:
    assert prepared(STATEMENT, ("gtin", "serial")).count("?") == 2


@pytest.mark.parametrize("names", [(), ("gtin",), ("serial", "gtin"), ("gtin", "serial", "more")])
def test_another_order_is_a_mistake_found_at_once(names: tuple[str, ...]) -> None:
    with pytest.raises(ValueError, match="statement binds"):
        prepared(STATEMENT, names)


@pytest.mark.parametrize(
    ("code", "said"),
    [
        (sqlite3.SQLITE_FULL, "disk is full"),
        (sqlite3.SQLITE_READONLY_DBMOVED, "read-only"),
        (sqlite3.SQLITE_BUSY_SNAPSHOT, "locked"),
        (sqlite3.SQLITE_LOCKED, "locked"),
        (sqlite3.SQLITE_CANTOPEN_ISDIR, "cannot be opened"),
        (sqlite3.SQLITE_IOERR_FSYNC, "the disk reports an error"),
        (sqlite3.SQLITE_CORRUPT_INDEX, "damaged"),
        (sqlite3.SQLITE_NOTADB, "not a database"),
        (sqlite3.SQLITE_NOMEM, "memory"),
        (sqlite3.SQLITE_PERM, "denied"),
        (sqlite3.SQLITE_MISUSE, "the database refused: as given"),
        (None, "the database refused: as given"),
    ],
)
def test_every_fault_names_the_file_and_what_to_do(code: int | None, said: str) -> None:
    error = sqlite3.OperationalError("as given")
    if code is not None:
        error.sqlite_errorcode = code
    fault = storage_error(error, Path("/site/station.db"))
    assert "/site/station.db" in fault.message
    assert said in fault.message
    assert len(fault.remedy) > 10


@pytest.mark.parametrize(
    ("code", "cause"),
    [
        (sqlite3.SQLITE_FULL, Cause.STORAGE_FULL),
        (sqlite3.SQLITE_READONLY_DBMOVED, Cause.STORAGE_READ_ONLY),
        (sqlite3.SQLITE_BUSY_SNAPSHOT, Cause.STORAGE_LOCKED),
        (sqlite3.SQLITE_CANTOPEN_ISDIR, Cause.STORAGE_UNOPENED),
        (sqlite3.SQLITE_IOERR_FSYNC, Cause.STORAGE_DISK_FAILS),
        (sqlite3.SQLITE_CORRUPT_INDEX, Cause.STORAGE_DAMAGED),
    ],
)
def test_screens_know_the_common_faults_by_name(code: int, cause: Cause) -> None:
    error = sqlite3.OperationalError("as given")
    error.sqlite_errorcode = code
    assert storage_error(error, Path("station.db")).told == told(cause, path="station.db")
    error.sqlite_errorcode = sqlite3.SQLITE_MISUSE
    assert storage_error(error, Path("station.db")).told is None


@pytest.mark.parametrize(
    ("number", "cause"),
    [(errno.ENOSPC, Cause.STORAGE_FULL), (errno.EACCES, Cause.STORAGE_FAILS)],
)
def test_faults_of_the_file_system_too(number: int, cause: Cause) -> None:
    with pytest.raises(StorageError) as raised, faults_told(Path("station.db")):
        raise OSError(number, os.strerror(number))
    assert raised.value.told is not None
    assert raised.value.told.cause is cause


def test_mistakes_of_ours_are_not_told_as_faults_of_the_disk() -> None:
    with pytest.raises(ZeroDivisionError), faults_told(Path("x")):
        _ = 1 / 0


def test_no_database_is_made_by_opening_one(tmp_path: Path) -> None:
    for access in (Access.READ, Access.WRITE, Access.IMMUTABLE):
        with pytest.raises(StorageError, match="there is no database"):
            connect(tmp_path / "x.db", access)
    with pytest.raises(StorageError, match="there is no database"):
        connect(tmp_path, Access.READ)
    assert list(tmp_path.iterdir()) == []
