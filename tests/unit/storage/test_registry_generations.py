"""Which generation is in use, and that only a good one ever becomes it."""

from pathlib import Path

import pytest

from station.core.errors import ExitCode, StorageError
from station.core.registry import RegistryGeneration
from station.storage.registry_file import build_registry
from station.storage.registry_generations import RegistryFolder
from tests.fakes.registry import FakeContent


def generation(number: int) -> FakeContent:
    return FakeContent(RegistryGeneration(number, "2026-01-01T00:00:00.000Z", "", ""))


@pytest.fixture
def folder(tmp_path: Path) -> RegistryFolder:
    """Three generations, none in use."""
    folder = RegistryFolder(tmp_path / "registry")
    folder.folder.mkdir()
    for number in (9, 10, 11):
        build_registry(folder.path(number), generation(number))
    return folder


def test_lists_the_complete_files_in_the_order_of_their_numbers(folder: RegistryFolder) -> None:
    for name in (".registry-12.db.77.tmp", "registry-x.db", "registry-012.db", "notes.txt"):
        (folder.folder / name).touch()
    assert folder.generations() == (9, 10, 11)


def test_a_folder_that_is_not_there_holds_nothing(tmp_path: Path) -> None:
    folder = RegistryFolder(tmp_path / "none")
    assert folder.generations() == ()
    assert folder.current() is None
    with pytest.raises(StorageError, match=r"no registry .* yet.*station sync") as caught:
        folder.open_current()
    assert caught.value.exit_code is ExitCode.DATABASE


def test_a_switch_is_what_is_opened_next(folder: RegistryFolder) -> None:
    for number in (9, 11, 10):
        folder.switch(number)
        assert folder.current() == number
        registry = folder.open_current()
        assert registry.generation.number == number
        registry.close()
    assert not [path for path in folder.folder.iterdir() if path.name.startswith(".")]


def test_a_registry_in_use_stays_open_over_a_switch(folder: RegistryFolder) -> None:
    folder.switch(9)
    registry = folder.open_current()
    folder.switch(11)
    assert folder.remove_old(keep=1) == (9, 10)
    assert registry.generation.number == 9
    assert registry.unit(1, "A") is None
    registry.close()


@pytest.mark.parametrize("warm", [True, False])
def test_a_missing_file_is_not_opened(folder: RegistryFolder, warm: bool) -> None:
    folder.switch(9)
    folder.path(9).unlink()
    with pytest.raises(StorageError, match=r"registry-9\.db is missing"):
        folder.open_current(warm=warm)


def test_only_a_good_file_is_switched_to(folder: RegistryFolder) -> None:
    folder.switch(9)
    with pytest.raises(StorageError, match=r"registry-12\.db is missing"):
        folder.switch(12)
    folder.path(12).write_bytes(b"not a database at all, and long enough to tell" * 100)
    with pytest.raises(StorageError, match="is not a database"):
        folder.switch(12)
    folder.path(12).write_bytes(folder.path(11).read_bytes())
    with pytest.raises(StorageError, match="holds generation 11"):
        folder.switch(12)
    assert folder.current() == 9


@pytest.mark.parametrize(
    "text", [b"", b"nine\n", b"9\n10\n", b"0\n", b"-9\n", b"9" * 40, b"\xd9\xa9"]
)
def test_a_damaged_pointer_is_refused(folder: RegistryFolder, text: bytes) -> None:
    (folder.folder / "current").write_bytes(text)
    with pytest.raises(StorageError, match="does not hold a generation's number"):
        folder.current()


class TestRemoval:
    def test_keeps_the_one_in_use_and_the_last_before_it(self, folder: RegistryFolder) -> None:
        folder.switch(11)
        assert folder.remove_old() == (9,)
        assert folder.generations() == (10, 11)

    def test_keeps_newer_ones_that_are_not_in_use_yet(self, folder: RegistryFolder) -> None:
        folder.switch(9)
        assert folder.remove_old(keep=1) == ()
        assert folder.generations() == (9, 10, 11)

    def test_removes_nothing_while_none_is_in_use(self, folder: RegistryFolder) -> None:
        assert folder.remove_old(keep=1) == ()

    def test_removes_what_killed_builds_left(self, folder: RegistryFolder) -> None:
        left = folder.folder / ".registry-12.db.4711.tmp"
        left.touch()
        left.with_name(left.name + "-journal").touch()
        folder.remove_old()
        assert {path.name for path in folder.folder.iterdir()} == {
            f"registry-{number}.db" for number in (9, 10, 11)
        }

    def test_never_removes_all(self, folder: RegistryFolder) -> None:
        with pytest.raises(ValueError, match="always kept"):
            folder.remove_old(keep=0)
