"""How a database of this room is made, recognised and brought to a newer schema.

Three kinds of file, three independent trees of Alembic revisions under `migrations/`: a registry
generation, a station's database and a brand's. A new file is made straight from the tables and
stamped with the newest revision (a test holds that this and the migrations give the same schema);
an existing one is checked by plain SQL, so that only `upgrade` pays for importing Alembic.
"""

import io
import shutil
import sqlite3
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Final

from sqlalchemy import MetaData
from sqlalchemy.schema import CreateIndex, CreateTable

from station.core.errors import StorageError
from station.storage.durable import discard, put_in_place, temporary_beside
from station.storage.sqlite import (
    Access,
    check_references,
    connect,
    faults_told,
    migration_engine,
    prepared,
)

if TYPE_CHECKING:
    from alembic.config import Config

_MIGRATIONS: Final = Path(__file__).parent / "migrations"
_VERSION_TABLE: Final = """\
CREATE TABLE alembic_version (
    version_num VARCHAR(32) NOT NULL,
    CONSTRAINT alembic_version_pkc PRIMARY KEY (version_num)
)"""


@dataclass(frozen=True, slots=True)
class Tree:
    """One kind of database.

    Attributes:
        name: Folder of its revisions under `migrations/`, and its name in messages.
        revisions: Every revision that was ever released, oldest first.
        application_id: SQLite's application id, which tells one kind of file from another.
        metadata: The tables as the newest revision leaves them.
        triggers: Statements to run after the tables are made.
    """

    name: str
    revisions: tuple[str, ...]
    application_id: int
    metadata: MetaData
    triggers: tuple[str, ...] = ()

    @property
    def head(self) -> str:
        """The revision this release reads and writes."""
        return self.revisions[-1]


def create_schema(connection: sqlite3.Connection, tree: Tree) -> None:
    """Make all tables in an empty database and stamp it, in one transaction.

    Raises:
        sqlite3.Error: Nothing was made.
    """
    # Neither pragma takes part in a transaction; both come first, while the file is empty.
    connection.execute(f"PRAGMA application_id = {tree.application_id}")
    with connection:
        connection.execute("BEGIN IMMEDIATE")
        for table in tree.metadata.sorted_tables:
            connection.execute(prepared(CreateTable(table)))
            for index in sorted(table.indexes, key=lambda index: str(index.name)):
                connection.execute(prepared(CreateIndex(index)))
        for trigger in tree.triggers:
            connection.execute(trigger)
        connection.execute(_VERSION_TABLE)
        connection.execute("INSERT INTO alembic_version (version_num) VALUES (?)", (tree.head,))


def check_schema(connection: sqlite3.Connection, tree: Tree, path: Path) -> None:
    """Refuse a file of another kind or another release.

    Args:
        connection: Open on the file.
        tree: What it should be.
        path: The file's name, for the message.

    Raises:
        StorageError: It is something else, damaged, older or newer.
    """
    with faults_told(path):
        revision = revision_of(connection, tree)
    if revision is None:
        raise StorageError(
            f"{path} is no {tree.name} database",
            "name the right folder, or restore the file from a backup",
        )
    if revision == tree.head:
        return
    if revision in tree.revisions:
        raise StorageError(
            f"{path} has the schema of an older release ({revision}, this one needs {tree.head})",
            "run 'station db upgrade'",
        )
    raise StorageError(
        f"{path} has the schema of another, probably newer release ({revision!r})",
        f"install that release; 'station db upgrade' of this one only goes up to {tree.head}",
    )


def revision_of(connection: sqlite3.Connection, tree: Tree) -> str | None:
    """The stamped revision, or None when this is no database of that kind.

    Raises:
        sqlite3.Error: The file cannot be read, or is no database at all.
    """
    (application_id,) = connection.execute("PRAGMA application_id").fetchone()
    (stamped,) = connection.execute(
        "SELECT count(*) FROM sqlite_master WHERE type = 'table' AND name = 'alembic_version'"
    ).fetchone()
    if application_id != tree.application_id or not stamped:
        return None
    row = connection.execute("SELECT version_num FROM alembic_version").fetchone()
    return None if row is None else str(row[0])


def upgrade(path: Path, tree: Tree) -> None:
    """Bring an existing database to this release's schema, all of it or nothing.

    Killed anywhere, the file holds the old schema or the new one. Costs the import of Alembic.

    Raises:
        StorageError: It is no such database, of a newer release, locked or damaged.
    """
    connection = connect(path, Access.WRITE)
    try:
        with faults_told(path):
            revision = revision_of(connection, tree)
    finally:
        connection.close()
    if revision is not None and revision in tree.revisions:
        _migrate(path, tree)
    connection = connect(path, Access.WRITE)
    try:
        check_schema(connection, tree, path)
    finally:
        connection.close()


def upgrade_immutable(path: Path, tree: Tree) -> None:
    """The same for a file that readers take for unchanging: its place is taken by a new one.

    Raises:
        StorageError: As `upgrade`, or there is no room for a copy; the old file stands.
    """
    temporary = temporary_beside(path)
    try:
        with faults_told(path):
            shutil.copyfile(path, temporary)
        upgrade(temporary, tree)
        with faults_told(path):
            put_in_place(temporary, path)
    finally:
        discard(temporary)


def _migrate(path: Path, tree: Tree) -> None:
    from alembic import command

    config = alembic_config(tree)
    engine = migration_engine(path)
    try:
        with faults_told(path), engine.begin() as connection:
            config.attributes["connection"] = connection
            command.upgrade(config, "head")
            check_references(connection, path)
    finally:
        engine.dispose()


def alembic_config(tree: Tree) -> "Config":
    """Alembic's configuration for one tree; there is no ``alembic.ini``."""
    from alembic.config import Config

    config = Config(stdout=io.StringIO())
    for option, value in (
        ("script_location", str(_MIGRATIONS)),
        ("version_locations", str(_MIGRATIONS / tree.name)),
        ("path_separator", "newline"),
    ):
        config.set_main_option(option, value.replace("%", "%%"))
    return config
