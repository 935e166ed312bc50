"""Backups of what cannot be made again: a station's database, and a brand folder's.

A backup is one complete file, made beside a working engine without holding it up (``VACUUM INTO``
reads one moment; SQLite's stepwise backup starts anew with every commit of another process and so
never ends beside a writer). It gets its name only when it is whole, sound and on the disk.

Leaves to others: proving the journal in it (`journal_proof`), the registry, which a refresh brings
back, and keys and configuration, which are files to copy.
"""

import os
import re
import sqlite3
from collections.abc import Callable
from contextlib import closing, suppress
from pathlib import Path
from typing import Final

from station.core.errors import StorageError
from station.storage.durable import (
    discard,
    discard_leftover,
    put_in_place,
    sync_folder,
    sync_gently,
    temporary_beside,
)
from station.storage.schema import Tree, revision_of
from station.storage.sqlite import Access, connect, connect_to_read, faults_told

_STAMP: Final = r"[0-9]{8}T[0-9]{9}Z"
_BESIDE: Final = ("", "-wal", "-shm", "-journal")
"""What belongs to one database file. The file itself is moved first: what is left of it then can
never be taken for a whole one."""


def back_up(
    source: Path,
    tree: Tree,
    folder: Path,
    now_utc: str,
    prove: Callable[[Path], object] | None = None,
) -> Path:
    """Make a backup of a database that others may be writing.

    Args:
        source: The database.
        tree: Its kind; of any revision that was ever released.
        folder: Where the backup goes; made if need be, closed to other users.
        now_utc: Names it; ISO 8601, milliseconds, ``Z``.
        prove: Raises `StorageError` where the copy is not what it should be.

    Returns:
        The new file, ``<kind>-<time>.db``, mode 0600.

    Raises:
        StorageError: No backup was made; the message says why.
    """
    final = folder / f"{tree.name}-{_stamp(now_utc)}.db"
    temporary = temporary_beside(final)
    with faults_told(folder):
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    if final.exists():
        raise StorageError(f"the backup {final} exists already", "try again in a moment")
    discard(temporary)
    try:
        with faults_told(temporary):
            os.close(os.open(temporary, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600))
        with closing(connect_to_read(source)) as connection, faults_told(source):
            _revision(connection, tree, source)
            connection.execute("VACUUM INTO ?", (str(temporary),))
        check_soundness(temporary, tree)
        if prove is not None:
            prove(temporary)
        with faults_told(final):
            sync_gently(temporary)
            put_in_place(temporary, final)
    finally:
        discard(temporary)
    return final


def check_soundness(path: Path, tree: Tree) -> str:
    """Read a whole database of some kind through.

    Returns:
        Its schema's revision.

    Raises:
        StorageError: It is of another kind or newer, or what is in it does not hold together.
    """
    with closing(connect_to_read(path)) as connection, faults_told(path):
        revision = _revision(connection, tree, path)
        problems = [str(found) for (found,) in connection.execute("PRAGMA integrity_check(1)")]
        broken = connection.execute("PRAGMA foreign_key_check").fetchone()
    if problems != ["ok"] or broken is not None:
        what = "a row refers to one that is missing" if problems == ["ok"] else problems[0]
        raise StorageError(
            f"{path} is damaged: {what}",
            "restore a backup with 'station db restore FILE', keep this file for examination",
        )
    return revision


def _revision(connection: sqlite3.Connection, tree: Tree, path: Path) -> str:
    revision = revision_of(connection, tree)
    if revision is None:
        raise StorageError(
            f"{path} is no {tree.name} database", "name the right file, or an older backup"
        )
    if revision not in tree.revisions:
        raise StorageError(
            f"{path} has the schema of another, probably newer release ({revision!r})",
            "use that release",
        )
    return revision


def backups(folder: Path, tree: Tree) -> tuple[Path, ...]:
    """The backups of one kind in a folder, oldest first."""
    name = re.compile(rf"{re.escape(tree.name)}-{_STAMP}\.db", re.ASCII)
    with faults_told(folder):
        if not folder.is_dir():
            return ()
        return tuple(sorted(path for path in folder.iterdir() if name.fullmatch(path.name)))


def own_backups(folder: Path, tree: Tree, made: Path) -> tuple[Path, ...]:
    """Those of the same database as one of them, oldest first.

    Several stations may share a folder, and know nothing of each other. What tells a journal from
    any other is its first line; one that has none, or cannot be read, counts as the same.

    Args:
        folder: Where they are.
        tree: The kind.
        made: One of them.
    """
    same = {_first_line(made), None}
    return tuple(path for path in backups(folder, tree) if _first_line(path) in same)


def _first_line(path: Path) -> bytes | None:
    """The hash of a journal's first line, of any revision."""
    try:
        with closing(connect_to_read(path)) as connection:
            row = connection.execute("SELECT hash FROM journal WHERE seq = 1").fetchone()
    except (StorageError, sqlite3.Error):
        return None
    return None if row is None else bytes(row[0])


def remove_old(folder: Path, tree: Tree, keep: int, made: Path | None = None) -> tuple[Path, ...]:
    """Remove all but the newest backups of one kind, and what a backup left that was killed.

    Args:
        folder: Where they are.
        tree: The kind.
        keep: How many stay, at least 1.
        made: The one just made, which stays too: where a clock was put back, its name says that it
            is the oldest. What is another station's then stays and does not count.

    Returns:
        What was removed.
    """
    if keep < 1:
        msg = "the newest backup always stays"
        raise ValueError(msg)
    found = backups(folder, tree) if made is None else own_backups(folder, tree, made)
    old = tuple(path for path in found[:-keep] if path != made)
    with faults_told(folder):
        for path in old:
            path.unlink(missing_ok=True)
        for path in folder.glob(f".{tree.name}-*"):
            discard_leftover(path)
    return old


def put_back(backup: Path, tree: Tree, target: Path, now_utc: str) -> Path | None:
    """Put a copy of a sound backup in a database's place; for the one writer.

    Killed anywhere, the place holds the database that was there, or none, or the whole backup; and
    nothing that was there is lost.

    Args:
        backup: The file; stays as it is.
        tree: Its kind.
        target: The place.
        now_utc: Names what is set aside; ISO 8601, milliseconds, ``Z``.

    Returns:
        What the database that was there is called now, or None where there was none.

    Raises:
        StorageError: The backup is not sound, or the disk is full or read-only.
    """
    check_soundness(backup, tree)
    temporary = temporary_beside(target)
    aside = target.with_name(f"{target.name}.before-{_stamp(now_utc)}")
    try:
        with closing(connect_to_read(backup)) as connection, faults_told(backup):
            discard(temporary)
            os.close(os.open(temporary, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600))
            connection.execute("VACUUM INTO ?", (str(temporary),))
        had_one = target.exists()
        with faults_told(target):
            _settle_log(target)
            _set_aside(target, aside)
            put_in_place(temporary, target)
    finally:
        discard(temporary)
    return aside if had_one else None


def _settle_log(path: Path) -> None:
    """Bring into a file what its log holds, where that still can be done, to move it alone."""
    with (
        suppress(StorageError, sqlite3.Error),
        closing(connect(path, Access.WRITE)) as connection,
    ):
        connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")


def _set_aside(path: Path, aside: Path) -> None:
    for suffix in _BESIDE:
        with suppress(FileNotFoundError):
            path.with_name(path.name + suffix).rename(aside.with_name(aside.name + suffix))
    sync_folder(path.parent)


def _stamp(now_utc: str) -> str:
    return re.sub(r"[^0-9TZ]", "", now_utc)
