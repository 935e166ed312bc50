"""Databases are made fast, recognised by plain SQL, and brought up to date whole or not at all."""

import logging
import re
import shutil
import sqlite3
import subprocess
import sys
from collections.abc import Callable
from contextlib import closing
from dataclasses import replace
from pathlib import Path

import pytest

from station.core.errors import ExitCode, StorageError
from station.core.policy import NOTHING_ASKED
from station.storage import station_db
from station.storage.brand_schema import BRAND_FOLDER
from station.storage.brand_store import SqliteBrandStore
from station.storage.claim_reader import ClaimReader
from station.storage.journal_reader import JournalReader
from station.storage.registry_file import build_registry
from station.storage.registry_schema import REGISTRY
from station.storage.schema import (
    Tree,
    alembic_config,
    check_schema,
    create_schema,
    revision_of,
    upgrade,
)
from station.storage.sqlite import Access, connect
from station.storage.sqlite_registry import SqliteRegistry
from station.storage.station_schema import STATION
from station.storage.upload_schema import UPLOAD
from tests.fakes.registry import FakeContent

TREES = (REGISTRY, STATION, BRAND_FOLDER, UPLOAD)
tree_of_every_kind = pytest.mark.parametrize("tree", TREES, ids=lambda tree: tree.name)


def made(path: Path, tree: Tree) -> Path:
    with closing(connect(path, Access.CREATE)) as connection:
        create_schema(connection, tree)
    return path


def migrated(path: Path, tree: Tree, revision: str = "head") -> Path:
    """The same by way of every revision, from a file that has none."""
    from alembic import command

    from station.storage.sqlite import migration_engine

    with closing(sqlite3.connect(path)) as connection:
        connection.execute(f"PRAGMA application_id = {tree.application_id}")
    engine = migration_engine(path)
    with engine.begin() as connection:
        config = alembic_config(tree)
        config.attributes["connection"] = connection
        command.upgrade(config, revision)
    engine.dispose()
    return path


def schema_of(path: Path) -> dict[str, str]:
    with closing(sqlite3.connect(path)) as connection:
        rows = connection.execute("SELECT name, sql FROM sqlite_master WHERE sql IS NOT NULL")
        return {name: re.sub(r"\s+", "", sql) for name, sql in rows}


@tree_of_every_kind
def test_a_new_file_is_what_the_revisions_make(tree: Tree, tmp_path: Path) -> None:
    new, old = made(tmp_path / "new.db", tree), migrated(tmp_path / "old.db", tree)
    assert schema_of(new) == schema_of(old)
    assert {table.name for table in tree.metadata.tables.values()} < set(schema_of(new))
    for path in (new, old):
        with closing(connect(path, Access.READ)) as connection:
            check_schema(connection, tree, path)


@tree_of_every_kind
def test_every_revision_is_known_in_its_order(tree: Tree) -> None:
    from alembic.script import ScriptDirectory

    script = ScriptDirectory.from_config(alembic_config(tree))
    found = [revision.revision for revision in script.walk_revisions()]
    assert tuple(reversed(found)) == tree.revisions


def test_the_kinds_are_told_apart() -> None:
    assert len({tree.application_id for tree in TREES}) == len(TREES)
    assert len({tree.name for tree in TREES}) == len(TREES)


@tree_of_every_kind
def test_another_kind_of_file_is_refused(tree: Tree, tmp_path: Path) -> None:
    for other in TREES:
        path = made(tmp_path / f"{other.name}.db", other)
        with closing(connect(path, Access.READ)) as connection:
            if other is tree:
                check_schema(connection, tree, path)
                continue
            with pytest.raises(StorageError, match=f"{path} is no {tree.name} database"):
                check_schema(connection, tree, path)


def stamp(path: Path, revision: str) -> None:
    with closing(sqlite3.connect(path)) as connection, connection:
        connection.execute("UPDATE alembic_version SET version_num = ?", (revision,))


def open_station(path: Path) -> object:
    return station_db.open_store(path, signer=lambda _message: bytes(64))


@pytest.mark.parametrize(
    "opened", [open_station, JournalReader, ClaimReader], ids=lambda f: f.__name__
)
def test_a_station_of_another_release_is_not_opened(
    opened: Callable[[Path], object], tmp_path: Path
) -> None:
    path = tmp_path / "station.db"
    station_db.create(path, "dock-1")
    stamp(path, "station_9999")
    with pytest.raises(StorageError, match=r"newer release.*station db upgrade") as caught:
        opened(path)
    assert caught.value.exit_code is ExitCode.DATABASE
    with closing(sqlite3.connect(path)) as connection, connection:
        connection.execute("DROP TABLE alembic_version")
    with pytest.raises(StorageError, match="is no station database"):
        opened(path)


def test_a_registry_of_another_release_is_not_opened(tmp_path: Path) -> None:
    path = tmp_path / "registry-1.db"
    build_registry(path, FakeContent())
    stamp(path, "registry_9999")
    with pytest.raises(StorageError, match=r"newer release.*station db upgrade"):
        SqliteRegistry(path)


# One revision more, as the next release will have one.
_NEXT_REVISION = f'''
"""Adds a table."""

import sqlalchemy as sa
from alembic import op

revision = "station_9000"
down_revision = "{STATION.head}"


def upgrade() -> None:
    op.create_table("later", sa.Column("id", sa.Integer, primary_key=True))
    op.execute("INSERT INTO later VALUES (1)")
'''


@pytest.fixture
def later_release(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Tree:
    """The station's tree with one more revision, in a folder whose name is a nuisance."""
    from station.storage import schema

    folder = tmp_path / "100% later, by far"
    shutil.copytree(schema._MIGRATIONS, folder)
    (folder / "station" / "r9000_later.py").write_text(_NEXT_REVISION)
    monkeypatch.setattr(schema, "_MIGRATIONS", folder)
    return replace(STATION, revisions=(*STATION.revisions, "station_9000"))


class TestUpgrade:
    def test_an_older_file_names_the_command(self, later_release: Tree, tmp_path: Path) -> None:
        path = made(tmp_path / "station.db", STATION)
        with (
            closing(connect(path, Access.READ)) as connection,
            pytest.raises(StorageError, match=r"older release.*run 'station db upgrade'"),
        ):
            check_schema(connection, later_release, path)

    def test_an_older_file_is_brought_up_to_date(self, later_release: Tree, tmp_path: Path) -> None:
        path = made(tmp_path / "station.db", STATION)
        upgrade(path, later_release)
        with closing(connect(path, Access.READ)) as connection:
            check_schema(connection, later_release, path)
            assert connection.execute("SELECT id FROM later").fetchall() == [(1,)]

    def test_a_second_time_changes_nothing(self, later_release: Tree, tmp_path: Path) -> None:
        path = made(tmp_path / "station.db", STATION)
        upgrade(path, later_release)
        before = path.read_bytes()
        upgrade(path, later_release)
        assert path.read_bytes() == before

    def test_a_revision_that_fails_leaves_the_old_schema(
        self, later_release: Tree, tmp_path: Path
    ) -> None:
        path = made(tmp_path / "station.db", STATION)
        with closing(sqlite3.connect(path)) as connection, connection:
            connection.execute(
                "CREATE TRIGGER t BEFORE UPDATE ON alembic_version BEGIN "
                "SELECT RAISE(ABORT, 'no'); END"
            )
        before = schema_of(path)
        with pytest.raises(StorageError, match="the database refused: no"):
            upgrade(path, later_release)
        assert schema_of(path) == before
        with closing(connect(path, Access.READ)) as connection:
            assert revision_of(connection, STATION) == STATION.head

    def test_a_newer_file_is_left_alone(self, tmp_path: Path) -> None:
        path = made(tmp_path / "station.db", STATION)
        stamp(path, "station_9007")
        before = path.read_bytes()
        with pytest.raises(StorageError, match="newer release"):
            upgrade(path, STATION)
        assert path.read_bytes() == before

    def test_a_file_of_another_kind_is_left_alone(self, tmp_path: Path) -> None:
        path = made(tmp_path / "registry.db", REGISTRY)
        with pytest.raises(StorageError, match="is no station database"):
            upgrade(path, STATION)

    def test_a_missing_file_is_not_made(self, tmp_path: Path) -> None:
        with pytest.raises(StorageError, match="there is no database"):
            upgrade(tmp_path / "station.db", STATION)
        assert list(tmp_path.iterdir()) == []

    def test_a_file_in_use_says_so(
        self, later_release: Tree, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setattr("station.storage.sqlite.BUSY_TIMEOUT_S", 0.01)
        path = made(tmp_path / "station.db", STATION)
        with closing(sqlite3.connect(path, isolation_level=None)) as other:
            other.execute("BEGIN IMMEDIATE")
            with pytest.raises(StorageError, match="another program holds it locked"):
                upgrade(path, later_release)

    def test_logging_stays_as_it_was(
        self, later_release: Tree, tmp_path: Path, capsys: pytest.CaptureFixture[str]
    ) -> None:
        root = logging.getLogger()
        before = (root.level, list(root.handlers))
        upgrade(made(tmp_path / "station.db", STATION), later_release)
        assert (root.level, list(root.handlers)) == before
        assert capsys.readouterr() == ("", "")


def test_opening_and_making_databases_does_not_load_alembic(root: Path, tmp_path: Path) -> None:
    program = f"""
import sys
from pathlib import Path
from station.core.policy import NOTHING_ASKED
from station.storage import station_db
from station.storage.registry_file import build_registry
from station.storage.registry_generations import RegistryFolder, Stored
from tests.fakes.registry import FakeContent
folder = Path({str(tmp_path)!r})
station_db.create(folder / "station.db", "dock-1")
station_db.open_store(folder / "station.db", lambda message: bytes(64)).close()
registry = RegistryFolder(folder)
build_registry(registry.path(1), FakeContent())
registry.switch(Stored(1))
registry.open_current().close()
print([name for name in ("alembic", "sqlalchemy") if name in sys.modules])
"""
    run = subprocess.run(
        [sys.executable, "-c", program],
        cwd=root,
        capture_output=True,
        text=True,
        check=True,
        timeout=60,
    )
    assert run.stdout.strip() == "['sqlalchemy']"


class TestPolicyRevisions:
    """What the first release wrote has the policy that asks for nothing."""

    def first_release(self, path: Path, tree: Tree, *statements: str) -> Path:
        migrated(path, tree, tree.revisions[0])
        with closing(sqlite3.connect(path)) as connection, connection:
            for statement in statements:
                connection.execute(statement)
        return path

    BRAND = "INSERT INTO brand VALUES (1, 'acme', 'Acme')"
    PRODUCT = "INSERT INTO product VALUES (1, 1, '09506000134352', 'Beans', 'uc1', '99')"

    def test_a_brand_folder(self, tmp_path: Path) -> None:
        path = self.first_release(tmp_path / "brand.db", BRAND_FOLDER, self.BRAND, self.PRODUCT)
        upgrade(path, BRAND_FOLDER)
        with SqliteBrandStore(tmp_path) as store:
            (brand,), (product,) = store.brands(), store.products()
            assert (brand.policy, product.policy) == (NOTHING_ASKED, NOTHING_ASKED)

    def test_a_station(self, tmp_path: Path) -> None:
        path = self.first_release(
            tmp_path / "station.db", STATION, "INSERT INTO meta VALUES ('station', 'dock-1')"
        )
        upgrade(path, STATION)
        with JournalReader(path) as reader:
            assert reader.policies() == {}
        with closing(sqlite3.connect(path)) as connection:
            connection.execute("INSERT INTO policy VALUES ('1', '{}')")
            with pytest.raises(sqlite3.IntegrityError, match="append-only"):
                connection.execute("DELETE FROM policy")
