"""Full, read-only, locked and damaged: told clearly, nothing half written, healed by itself."""

import os
import random
import shutil
import sqlite3
import subprocess
import threading
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest

from station.core.codes import Algorithm
from station.core.crypto import PrivateKey
from station.core.errors import ExitCode, StorageError
from station.core.journal import JournalEntry
from station.core.registry import (
    BrandRecord,
    ProductRecord,
    RegistryGeneration,
    UnitRecord,
    UnitState,
)
from station.ports.evidence import PictureState
from station.storage import station_db
from station.storage.backup import back_up
from station.storage.durable import write_atomically
from station.storage.journal_proof import prove
from station.storage.journal_reader import JournalReader
from station.storage.picture_backup import copy_pictures
from station.storage.pictures import PictureFolder
from station.storage.registry_file import build_registry
from station.storage.registry_generations import RegistryFolder, Stored
from station.storage.site_lock import SiteLock
from station.storage.sqlite_registry import SqliteRegistry
from station.storage.station_db import SqliteStationStore
from station.storage.station_schema import STATION
from tests.fakes.entries import entry, nameless, unit
from tests.fakes.privileges import reachable_folder, without_privileges
from tests.fakes.registry import FakeContent
from tests.fakes.stuck_transactions import hold_fast

KEY = PrivateKey.from_seed(Algorithm.ED25519, bytes(range(32)))


@pytest.fixture
def path(tmp_path: Path) -> Path:
    path = tmp_path / "station.db"
    station_db.create(path, "dock-1")
    return path


@pytest.fixture
def store(path: Path) -> Iterator[SqliteStationStore]:
    store = station_db.open_store(path, KEY.sign)
    yield store
    store.close()


def journalled(path: Path) -> list[JournalEntry]:
    with JournalReader(path) as journal:
        assert prove(journal, check_signature=KEY.public_key.verify).finding is None
        return list(journal.verdicts())


def fill(store: SqliteStationStore) -> tuple[list[JournalEntry], StorageError]:
    """Commit until the database refuses; what was acknowledged, and the refusal."""
    done: list[JournalEntry] = []
    for number in range(1, 100_000, 3):
        batch = [entry(number), nameless(number + 1), entry(number + 2)]
        try:
            store.commit(batch)
        except StorageError as error:
            return done, error
        done += batch
    pytest.fail("the disk never filled")


class TestFull:
    def test_the_file_reaches_its_limit_and_gets_room_again(
        self, store: SqliteStationStore, path: Path
    ) -> None:
        store._connection.execute("PRAGMA max_page_count = 60")
        done, error = fill(store)
        assert len(done) > 10
        assert "the disk is full" in error.message
        assert str(path) in error.message
        assert "free some space" in error.remedy
        assert error.exit_code is ExitCode.DATABASE
        assert store.find(done[0].identity or unit(0)) is not None, "looking up goes on"
        assert journalled(path) == done
        store._connection.execute("PRAGMA max_page_count = 100000")
        store.commit([entry(200_000)])
        assert journalled(path) == [*done, entry(200_000)]

    def test_a_real_disk_fills_and_gets_room_again(self, tmp_path: Path) -> None:
        with small_disk(tmp_path) as disk:
            path = disk / "station.db"
            station_db.create(path, "dock-1")
            ballast = disk / "ballast"
            ballast.write_bytes(bytes(200_000))
            store = station_db.open_store(path, KEY.sign)
            done, error = fill(store)
            assert len(done) > 10
            assert "the disk is full" in error.message
            for _ in range(3):
                with pytest.raises(StorageError, match="the disk is full"):
                    store.commit([entry(number) for number in range(300_000, 300_050)])
            assert store.find(unit(1)) is not None
            ballast.unlink()
            store.commit([entry(200_000)])
            store.close()
            assert journalled(path) == [*done, entry(200_000)]

    def test_a_registry_that_does_not_fit_leaves_nothing(self, tmp_path: Path) -> None:
        with small_disk(tmp_path) as disk:
            folder = RegistryFolder(disk)
            build_registry(folder.path(1), registry_content(1, units=10))
            folder.switch(Stored(1))
            with pytest.raises(StorageError, match=r"disk is full|No space left"):
                build_registry(folder.path(2), registry_content(2, units=60_000))
            assert sorted(path.name for path in disk.iterdir()) == ["current", "registry-1.db"]
            assert folder.current() == Stored(1)

    def test_a_switch_on_a_full_disk_leaves_the_old_one_in_use(self, tmp_path: Path) -> None:
        with small_disk(tmp_path) as disk:
            folder = RegistryFolder(disk)
            for number in (1, 2):
                build_registry(folder.path(number), registry_content(number, units=10))
            folder.switch(Stored(1))
            fill_up(disk)
            with pytest.raises(StorageError, match="No space left"):
                folder.switch(Stored(2))
            assert folder.current() == Stored(1)
            folder.open_current().close()
            (disk / "ballast").unlink()
            folder.switch(Stored(2))
            assert folder.current() == Stored(2)

    def test_a_backup_that_does_not_fit_leaves_the_one_before(
        self, store: SqliteStationStore, path: Path, tmp_path: Path
    ) -> None:
        with small_disk(tmp_path) as disk:
            store.commit([entry(1)])
            kept = back_up(path, STATION, disk, "2026-03-01T06:00:00.000Z")
            store.commit([entry(number) for number in range(2, 700)])
            with pytest.raises(StorageError, match=r"disk is full|No space left"):
                back_up(path, STATION, disk, "2026-03-02T06:00:00.000Z")
            assert list(disk.iterdir()) == [kept]
            assert journalled(kept) == [entry(1)]

    def test_pictures_that_do_not_fit_leave_those_that_do(self, tmp_path: Path) -> None:
        pictures = PictureFolder(tmp_path / "pictures")
        for number in range(1, 5):
            pictures.keep(entry(number).scan_id, bytes([number]) * 300_000)
        with small_disk(tmp_path) as disk:
            with pytest.raises(StorageError, match="No space left"):
                copy_pictures(tmp_path / "pictures", disk / "pictures")
            copies = PictureFolder(disk / "pictures")
            found = copies.kept()
            assert 0 < len(found) < 4
            assert {copies.state(one.scan_id, one.digest) for one in found} == {PictureState.SOUND}
            assert len(list((disk / "pictures").iterdir())) == len(found)

    def test_small_files_keep_their_content(self, tmp_path: Path) -> None:
        with small_disk(tmp_path) as disk:
            write_atomically(disk / "small", b"old")
            fill_up(disk)
            with pytest.raises(OSError, match="No space left"):
                write_atomically(disk / "small", b"new" * 10_000)
            assert (disk / "small").read_bytes() == b"old"
            assert {path.name for path in disk.iterdir()} == {"small", "ballast"}

    def test_the_site_can_still_be_locked(self, tmp_path: Path) -> None:
        with small_disk(tmp_path) as disk:
            (disk / "station.lock").touch()
            fill_up(disk)
            with (
                SiteLock(disk / "station.lock", "one"),
                pytest.raises(StorageError, match="in use by another program"),
            ):
                SiteLock(disk / "station.lock", "two").acquire()


class SmallDisk:
    """A file system of one megabyte."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder

    def __enter__(self) -> Path:
        self.folder.mkdir()
        run = subprocess.run(
            ["mount", "-t", "tmpfs", "-o", "size=1m", "tmpfs", self.folder],
            capture_output=True,
            check=False,
        )
        if run.returncode:
            pytest.skip("only root may mount a small disk to fill")
        return self.folder

    def __exit__(self, *_: object) -> None:
        subprocess.run(["umount", "--lazy", self.folder], check=True)


def small_disk(tmp_path: Path) -> SmallDisk:
    return SmallDisk(tmp_path / "disk")


def fill_up(disk: Path) -> None:
    """Take every byte that is left."""
    with (disk / "ballast").open("wb", buffering=0) as file:
        for chunk in (65536, 4096, 1):
            try:
                while file.write(bytes(chunk)):
                    pass
            except OSError:
                continue


def registry_content(number: int, units: int) -> FakeContent:
    return FakeContent(
        RegistryGeneration(number, "2026-01-01T00:00:00.000Z", "", ""),
        [BrandRecord(1, "acme", "Acme")],
        [ProductRecord(1, 1, "09506000134352", "Drill")],
        [],
        [UnitRecord(1, f"S{unit:012}", UnitState.ACTIVE) for unit in range(units)],
    )


class TestReadOnly:
    def test_a_commit_says_so_and_goes_on_when_it_is_over(
        self, store: SqliteStationStore, path: Path
    ) -> None:
        store.commit([entry(1)])
        store._connection.execute("PRAGMA query_only = ON")
        with pytest.raises(StorageError, match=r"it is read-only: make the file .* writable"):
            store.commit([entry(2)])
        assert store.find(unit(2)) is None
        store._connection.execute("PRAGMA query_only = OFF")
        store.commit([entry(3)])
        assert journalled(path) == [entry(1), entry(3)]

    @pytest.mark.parametrize("mode", [0o444, 0o000], ids=["file read-only", "file unreadable"])
    def test_a_file_without_rights(self, mode: int, path: Path) -> None:
        with reachable_folder() as folder:
            copy = Path(shutil.copy(path, folder))
            copy.chmod(mode)
            with without_privileges(), pytest.raises(StorageError) as caught:
                station_db.open_store(copy, KEY.sign)
        assert "writable" in caught.value.remedy or "read and written" in caught.value.remedy

    def test_a_folder_without_rights(self, path: Path) -> None:
        with reachable_folder() as folder:
            copy = Path(shutil.copy(path, folder))
            copy.chmod(0o666)
            folder.chmod(0o555)
            with without_privileges():
                with pytest.raises(StorageError, match=r"writable|read and written"):
                    station_db.open_store(copy, KEY.sign)
                with pytest.raises(StorageError, match="folder"):
                    station_db.create(folder / "new.db", "dock-1")
                with pytest.raises(StorageError, match="cannot make"):
                    SiteLock(folder / "station.lock", "one").acquire()
                with pytest.raises(StorageError, match="folder"):
                    build_registry(folder / "registry-1.db", registry_content(1, units=1))

    def test_a_registry_on_read_only_media_is_opened(self, tmp_path: Path) -> None:
        build_registry(tmp_path / "1.db", registry_content(1, units=10))
        with reachable_folder() as folder:
            copy = Path(shutil.copy(tmp_path / "1.db", folder))
            copy.chmod(0o444)
            folder.chmod(0o555)
            with without_privileges():
                registry = SqliteRegistry(copy)
                assert registry.unit(1, "S000000000009") is not None
                registry.close()


class TestStuck:
    """A commit that fails and cannot be undone either: the engine goes on with the next verdict."""

    def test_what_was_refused_is_nowhere_and_the_next_verdict_is_kept(
        self, store: SqliteStationStore, path: Path
    ) -> None:
        store.commit([entry(1)])
        hold_fast(store._connection)
        with pytest.raises(StorageError, match="database refused"):
            store.commit([entry(2), entry(3)])
        assert store.find(unit(2)) is None
        assert journalled(path) == [entry(1)]
        store.commit([entry(3)])
        assert store.find(unit(3)) is not None
        assert journalled(path) == [entry(1), entry(3)]
        store.commit([entry(2)])
        store.close()
        assert journalled(path) == [entry(1), entry(3), entry(2)]

    def test_a_last_checkpoint_that_cannot_be_written_leaves_the_journal(
        self, store: SqliteStationStore, path: Path
    ) -> None:
        store.commit([entry(1)])
        hold_fast(store._connection)
        store.close()
        with closing(station_db.open_store(path, KEY.sign)) as again:
            again.commit([entry(2)])
        assert journalled(path) == [entry(1), entry(2)]


class TestLocked:
    def test_a_commit_waits_then_says_so_then_goes_on(
        self, path: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setattr("station.storage.sqlite.BUSY_TIMEOUT_S", 0.05)
        store = station_db.open_store(path, KEY.sign)
        with closing(sqlite3.connect(path, isolation_level=None)) as other:
            other.execute("BEGIN IMMEDIATE")
            with pytest.raises(StorageError, match="another program holds it locked"):
                store.commit([entry(1)])
            assert store.find(unit(1)) is None
            other.execute("ROLLBACK")
        store.commit([entry(1)])
        store.close()
        assert journalled(path) == [entry(1)]

    def test_a_lock_that_is_given_up_in_time_is_waited_for(self, path: Path) -> None:
        store = station_db.open_store(path, KEY.sign)
        other = sqlite3.connect(path, isolation_level=None, check_same_thread=False)
        other.execute("BEGIN IMMEDIATE")
        started = threading.Event()

        def give_up() -> None:
            started.wait(60)
            other.execute("ROLLBACK")

        thread = threading.Thread(target=give_up)
        thread.start()
        started.set()
        store.commit([entry(1)])
        thread.join(60)
        other.close()
        store.close()
        assert journalled(path) == [entry(1)]

    def test_a_second_writer_cannot_fork_the_chain(self, path: Path) -> None:
        """Two stores on one file, which the site lock rules out: the later one is refused once."""
        one, two = (station_db.open_store(path, KEY.sign) for _ in range(2))
        one.commit([entry(1)])
        with pytest.raises(StorageError, match="database refused"):
            two.commit([entry(2)])
        two.commit([entry(2)])
        one.close()
        two.close()
        assert journalled(path) == [entry(1), entry(2)]


class TestDamaged:
    """Damage in every block of a file gives an error of our own or a finding, or harmed nothing."""

    BLOCK_BYTES = 512

    @pytest.mark.parametrize("fill_byte", [0x00, 0xFF, None], ids=["zeros", "ones", "noise"])
    @pytest.mark.slow
    def test_a_damaged_station_database(
        self, path: Path, tmp_path: Path, fill_byte: int | None
    ) -> None:
        entries = [entry(1), nameless(2), *(entry(number) for number in range(3, 12))]
        store = station_db.open_store(path, KEY.sign)
        store.commit(entries)
        store.close()
        errors = []
        for number, damaged in enumerate(self.damaged(path.read_bytes(), fill_byte)):
            copy = tmp_path / f"{number}.db"
            copy.write_bytes(damaged)
            try:
                with JournalReader(copy) as journal:
                    finding = prove(journal, check_signature=KEY.public_key.verify).finding
                    assert finding is not None or list(journal.entries()) == entries
                with closing(station_db.open_store(copy, KEY.sign)) as store:
                    store.find(unit(1))
                    store.commit([entry(20)])
            except StorageError as error:
                errors.append(error)
        assert len(errors) > 3
        assert all(error.remedy for error in errors)

    @pytest.mark.parametrize("fill_byte", [0x00, 0xFF, None], ids=["zeros", "ones", "noise"])
    @pytest.mark.slow
    def test_a_damaged_registry(self, tmp_path: Path, fill_byte: int | None) -> None:
        path = tmp_path / "1.db"
        build_registry(path, registry_content(1, units=400))
        errors = []
        for damaged in self.damaged(path.read_bytes(), fill_byte):
            path.write_bytes(damaged)
            try:
                with closing(SqliteRegistry(path)) as registry:
                    for number in range(400):
                        registry.unit(1, f"S{number:012}")
                    registry.unit_by_code("AZ:1")
            except StorageError as error:
                errors.append(error)
        assert len(errors) > 3
        assert all(error.remedy for error in errors)

    def damaged(self, whole: bytes, fill_byte: int | None) -> Iterator[bytes]:
        chance = random.Random(1)
        for start in range(0, len(whole), self.BLOCK_BYTES):
            size = min(self.BLOCK_BYTES, len(whole) - start)
            block = chance.randbytes(size) if fill_byte is None else bytes([fill_byte]) * size
            yield whole[:start] + block + whole[start + size :]

    @pytest.mark.parametrize("size", [0, 1, 99, 100, 4096, 10_000])
    def test_a_file_cut_short(self, path: Path, size: int) -> None:
        os.truncate(path, size)
        with pytest.raises(StorageError):
            station_db.open_store(path, KEY.sign)
        with pytest.raises(StorageError), JournalReader(path) as journal:
            prove(journal)

    @pytest.mark.parametrize("size", [0, 1, 99, 100, 4096, 10_000])
    def test_a_registry_cut_short(self, tmp_path: Path, size: int) -> None:
        path = tmp_path / "1.db"
        build_registry(path, registry_content(1, units=2000))
        os.truncate(path, size)
        with pytest.raises(StorageError):  # noqa: PT012 - where it is noticed depends on the size
            registry = SqliteRegistry(path)
            for number in range(2000):
                registry.unit(1, f"S{number:012}")
