"""Which generation is in use, and that only a good one ever becomes it."""

from dataclasses import replace
from pathlib import Path

import pytest

from station.core.errors import ExitCode, StorageError
from station.core.registry import (
    BrandRecord,
    ProductRecord,
    RegistryGeneration,
    UnitRecord,
    UnitState,
)
from station.storage.registry_file import build_registry
from station.storage.registry_generations import RegistryFolder, Stored
from station.storage.registry_shelf import SiteRegistryShelf
from tests.fakes.registry import FakeChanges, FakeContent


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
    assert folder.stored() == (Stored(9), Stored(10), Stored(11))


def test_a_folder_that_is_not_there_holds_nothing(tmp_path: Path) -> None:
    folder = RegistryFolder(tmp_path / "none")
    assert folder.stored() == ()
    assert folder.current() is None
    with pytest.raises(StorageError, match=r"no registry .* yet.*station sync") as caught:
        folder.open_current()
    assert caught.value.exit_code is ExitCode.DATABASE


def test_a_switch_is_what_is_opened_next(folder: RegistryFolder) -> None:
    for number in (9, 11, 10):
        folder.switch(Stored(number))
        assert folder.current() == Stored(number)
        registry = folder.open_current()
        assert registry.generation.number == number
        registry.close()
    assert not [path for path in folder.folder.iterdir() if path.name.startswith(".")]


def test_a_registry_in_use_stays_open_over_a_switch(folder: RegistryFolder) -> None:
    folder.switch(Stored(9))
    registry = folder.open_current()
    folder.switch(Stored(11))
    assert folder.remove_old(keep=1) == ("registry-10.db", "registry-9.db")
    assert registry.generation.number == 9
    assert registry.unit(1, "A") is None
    registry.close()


@pytest.mark.parametrize("warm", [True, False])
def test_a_missing_file_is_not_opened(folder: RegistryFolder, warm: bool) -> None:
    folder.switch(Stored(9))
    folder.path(9).unlink()
    with pytest.raises(StorageError, match=r"registry-9\.db is missing"):
        folder.open_current(warm=warm)


def test_only_a_good_file_is_switched_to(folder: RegistryFolder) -> None:
    folder.switch(Stored(9))
    with pytest.raises(StorageError, match=r"registry-12\.db is missing"):
        folder.switch(Stored(12))
    folder.path(12).write_bytes(b"not a database at all, and long enough to tell" * 100)
    with pytest.raises(StorageError, match="is not a database"):
        folder.switch(Stored(12))
    folder.path(12).write_bytes(folder.path(11).read_bytes())
    with pytest.raises(StorageError, match="holds generation 11"):
        folder.switch(Stored(12))
    assert folder.current() == Stored(9)


@pytest.mark.parametrize(
    "text",
    [
        b"",
        b"9+\n",
        b"+9\n",
        b"9+0\n",
        b"9+10+11\n",
        b"9 + 10\n",
        b"nine\n",
        b"9\n10\n",
        b"0\n",
        b"-9\n",
        b"9" * 40,
        b"\xd9\xa9",
    ],
)
def test_a_damaged_pointer_is_refused(folder: RegistryFolder, text: bytes) -> None:
    (folder.folder / "current").write_bytes(text)
    with pytest.raises(StorageError, match="does not hold a generation's number"):
        folder.current()


class TestRemoval:
    def test_keeps_the_one_in_use_and_the_last_before_it(self, folder: RegistryFolder) -> None:
        folder.switch(Stored(11))
        assert folder.remove_old() == ("registry-9.db",)
        assert folder.stored() == (Stored(10), Stored(11))

    def test_keeps_newer_ones_that_are_not_in_use_yet(self, folder: RegistryFolder) -> None:
        folder.switch(Stored(9))
        assert folder.remove_old(keep=1) == ()
        assert folder.stored() == (Stored(9), Stored(10), Stored(11))

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


class TestOverlays:
    """Generations that are laid over a base."""

    @pytest.fixture
    def shelf(self, folder: RegistryFolder) -> SiteRegistryShelf:
        """Base 11 with overlays 12 and 13, the last one in use."""
        shelf = SiteRegistryShelf(folder)
        folder.switch(Stored(11))
        for number in (12, 13):
            shelf.apply(FakeChanges(generation(number - 1), generation(number)))
            shelf.switch(number)
        return shelf

    @pytest.mark.usefixtures("shelf")
    def test_the_pointer_names_both_files(self, folder: RegistryFolder) -> None:
        assert (folder.folder / "current").read_bytes() == b"11+13\n"
        assert folder.current() == Stored(11, 13)
        registry = folder.open_current()
        assert registry.generation.number == 13
        registry.close()

    @pytest.mark.usefixtures("shelf")
    def test_an_overlay_without_its_base_is_no_generation(self, folder: RegistryFolder) -> None:
        assert folder.stored()[-3:] == (Stored(11), Stored(11, 12), Stored(11, 13))
        folder.path(11).unlink()
        assert folder.stored() == (Stored(9), Stored(10))
        with pytest.raises(StorageError, match=r"registry-11\.db is missing"):
            folder.open_current()

    def test_an_overlay_of_another_base_is_refused(
        self, folder: RegistryFolder, shelf: SiteRegistryShelf
    ) -> None:
        other = replace(generation(11), brand_records=[BrandRecord(1, "acme", "Acme")])
        build_registry(folder.path(11), other)
        with pytest.raises(StorageError, match=r"was not made for .*station sync"):
            folder.open_current()
        held = shelf.current()
        assert held is not None
        assert (held.generation.number, held.generation.keys_digest, held.holdings) == (13, "", ())

    @pytest.mark.usefixtures("shelf")
    def test_an_overlay_is_no_base(self, folder: RegistryFolder) -> None:
        folder.files(Stored(11, 13)).newest.rename(folder.path(13))
        with pytest.raises(StorageError, match="is an overlay without its base"):
            folder.switch(Stored(13))

    @pytest.mark.usefixtures("shelf")
    def test_the_base_stays_while_an_overlay_needs_it(self, folder: RegistryFolder) -> None:
        assert folder.remove_old() == ("registry-10.db", "registry-9.db")
        assert folder.remove_old(keep=1) == ("overlay-11+12.db",)
        folder.open_current().close()

    def test_a_rebase_leaves_a_step_back(
        self, folder: RegistryFolder, shelf: SiteRegistryShelf
    ) -> None:
        shelf.rebase()
        assert folder.current() == Stored(13)
        shelf.tidy()
        assert folder.stored() == (Stored(11), Stored(11, 12), Stored(13))
        folder.switch(Stored(11, 12))


class TestRebaseDue:
    """When overlay and base are to be made one."""

    def shelf(
        self, folder: RegistryFolder, changed: int, last_utc: str = "2026-01-02T00:00:00.000Z"
    ) -> SiteRegistryShelf:
        def published(number: int, utc: str, units: range) -> FakeContent:
            return FakeContent(
                RegistryGeneration(number, utc, "", ""),
                [BrandRecord(1, "acme", "Acme")],
                [ProductRecord(1, 1, "09506000134352", "Drill")],
                [],
                [UnitRecord(1, f"S{unit:04}", UnitState.ACTIVE) for unit in units],
            )

        shelf = SiteRegistryShelf(folder)
        first = published(20, "2026-01-01T00:00:00.000Z", range(100))
        shelf.build(first)
        shelf.switch(20)
        assert not shelf.rebase_due()
        shelf.apply(FakeChanges(first, published(21, last_utc, range(100 + changed))))
        shelf.switch(21)
        return shelf

    def test_not_for_a_few_changes(self, folder: RegistryFolder) -> None:
        assert not self.shelf(folder, changed=10).rebase_due()

    def test_when_a_tenth_has_changed(self, folder: RegistryFolder) -> None:
        assert self.shelf(folder, changed=11).rebase_due()

    @pytest.mark.parametrize(
        ("last_utc", "due"),
        [("2026-01-07T23:59:59.999Z", False), ("2026-01-08T00:00:00.000Z", True)],
    )
    def test_after_a_week(self, folder: RegistryFolder, last_utc: str, due: bool) -> None:
        assert self.shelf(folder, changed=0, last_utc=last_utc).rebase_due() is due

    def test_a_time_that_is_none(self, folder: RegistryFolder) -> None:
        shelf = self.shelf(folder, changed=0, last_utc="yesterday")
        with pytest.raises(StorageError, match=r"is damaged.*station sync"):
            shelf.rebase_due()
