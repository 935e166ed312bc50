"""Files are made whole, opened as what they should be, and closed whatever happens."""

import os
import sqlite3
from collections.abc import Callable
from contextlib import closing
from pathlib import Path

import pytest

from station.core.errors import StorageError
from station.storage.brand_schema import BRAND_FOLDER
from station.storage.database import (
    WritableDatabase,
    make_database,
    open_to_read,
    open_to_write,
    written_beside,
)
from station.storage.schema import Tree
from station.storage.upload_schema import UPLOAD
from tests.fakes.stuck_transactions import hold_fast

COUNT = "SELECT count(*) FROM brand"


class Brands(WritableDatabase):
    """A database of brands."""

    def add(self, slug: str, interrupted: OSError | None = None) -> int:
        with self._transaction():
            number = self._run("INSERT INTO brand (slug, name) VALUES (?, ?)", (slug, slug))
            if interrupted is not None:
                raise interrupted
        return number

    def hold_fast(self) -> None:
        hold_fast(self._connection)

    def count(self) -> int:
        return int(self._connection.execute(COUNT).fetchone()[0])


@pytest.fixture
def path(tmp_path: Path) -> Path:
    path = tmp_path / "x.db"
    make_database(path, BRAND_FOLDER)
    return path


def open_files(folder: Path) -> list[str]:
    links = (handle for handle in Path("/proc/self/fd").iterdir() if handle.is_symlink())
    return [name for name in map(os.readlink, links) if name.startswith(str(folder))]


def test_what_is_made_is_all_there_is(path: Path) -> None:
    assert [found.name for found in path.parent.iterdir()] == [path.name]
    with closing(open_to_read(path, BRAND_FOLDER)) as connection:
        assert connection.execute(COUNT).fetchone() == (0,)


def test_a_block_that_fails_leaves_no_file(tmp_path: Path) -> None:
    def write_half() -> None:
        with written_beside(tmp_path / "x") as temporary:
            temporary.write_text("half")
            raise ValueError("no more")

    with pytest.raises(ValueError, match="no more"):
        write_half()
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize("opening", [open_to_read, open_to_write])
def test_another_kind_of_file_is_refused_and_closed(
    path: Path, opening: Callable[[Path, Tree], sqlite3.Connection]
) -> None:
    with pytest.raises(StorageError, match="is no upload database"):
        opening(path, UPLOAD)
    assert open_files(path.parent) == []


def test_a_block_that_fails_writes_nothing_and_tells_its_own_error(path: Path) -> None:
    with Brands(path, BRAND_FOLDER) as brands:
        with pytest.raises(OSError, match="of the block"):
            brands.add("a", interrupted=OSError("of the block"))
        assert brands.count() == 0
        assert brands.add("b") == 1
        assert brands.count() == 1
    assert open_files(path.parent) == []


def test_a_transaction_that_nothing_ends_is_seen_by_nobody_and_hinders_no_other(
    path: Path,
) -> None:
    with Brands(path, BRAND_FOLDER) as brands, Brands(path, BRAND_FOLDER) as other:
        assert brands.add("a") == 1
        brands.hold_fast()
        with pytest.raises(StorageError, match="database refused"):
            brands.add("b")
        assert other.add("c") == 2
        assert brands.count() == 2
        assert brands.add("d") == 3
        assert other.count() == 3
    assert open_files(path.parent) == []


def test_a_file_that_cannot_be_opened_anew_yet_is_asked_again(path: Path, tmp_path: Path) -> None:
    away = tmp_path / "away.db"
    with Brands(path, BRAND_FOLDER) as brands:
        brands.hold_fast()
        with pytest.raises(StorageError, match="database refused"):
            brands.add("a")
        path.rename(away)
        for _ in range(2):
            with pytest.raises(StorageError, match="there is no database"):
                brands.add("b")
        away.rename(path)
        assert brands.add("c") == 1
    assert open_files(path.parent) == []


def test_one_that_was_given_up_may_be_closed(path: Path) -> None:
    brands = Brands(path, BRAND_FOLDER)
    brands.hold_fast()
    with pytest.raises(StorageError, match="database refused"):
        brands.add("a")
    brands.close()
    brands.close()
    assert open_files(path.parent) == []
