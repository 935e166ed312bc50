"""Backups: whole or not there, beside a writer, and back in place without losing what was there."""

import os
import shutil
import sqlite3
import threading
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest

from station.core.codes import Algorithm
from station.core.crypto import PrivateKey
from station.core.errors import StorageError
from station.storage import backup, station_db
from station.storage.brand_schema import BRAND_FOLDER
from station.storage.journal_proof import prove
from station.storage.journal_reader import JournalReader
from station.storage.station_db import SqliteStationStore
from station.storage.station_schema import STATION
from tests.fakes.entries import entry
from tests.fakes.privileges import without_privileges

NOW = "2026-03-01T06:00:00.123Z"
NAME = "station-20260301T060000123Z.db"
KEY = PrivateKey.generate(Algorithm.ED25519)


@pytest.fixture
def path(tmp_path: Path) -> Path:
    made = tmp_path / "station.db"
    station_db.create(made, "dock-1")
    return made


@pytest.fixture
def store(path: Path) -> Iterator[SqliteStationStore]:
    opened = station_db.open_store(path, KEY.sign)
    yield opened
    opened.close()


def entries_in(path: Path) -> int:
    with JournalReader(path) as journal:
        proof = prove(journal, check_signature=KEY.public_key.verify)
    assert proof.finding is None
    return proof.entries


def test_a_backup_holds_what_was_committed_and_is_the_owners_alone(
    store: SqliteStationStore, path: Path, tmp_path: Path
) -> None:
    store.commit([entry(1), entry(2)])
    made = backup.back_up(path, STATION, tmp_path / "kept" / "here", NOW)
    store.commit([entry(3)])
    assert made == tmp_path / "kept" / "here" / NAME
    assert entries_in(made) == 2
    assert made.stat().st_mode & 0o777 == 0o600
    assert list(made.parent.iterdir()) == [made]


def test_a_backup_is_made_while_a_writer_never_rests(
    store: SqliteStationStore, path: Path, tmp_path: Path
) -> None:
    enough, counted = threading.Event(), []

    def write() -> None:
        number = 0
        while not enough.is_set():
            number += 1
            store.commit([entry(number)])
            counted.append(number)

    writer = threading.Thread(target=write)
    writer.start()
    try:
        sizes = []
        for second in range(3):
            before = len(counted)
            now = f"2026-03-01T06:00:0{second}.000Z"
            made = backup.back_up(path, STATION, tmp_path / "kept", now)
            sizes.append(entries_in(made))
            assert before <= sizes[-1] <= len(counted) + 1
    finally:
        enough.set()
        writer.join()
    assert sizes == sorted(sizes)


def test_no_backup_takes_the_name_of_another(path: Path, tmp_path: Path) -> None:
    backup.back_up(path, STATION, tmp_path, NOW)
    with pytest.raises(StorageError, match="exists already"):
        backup.back_up(path, STATION, tmp_path, NOW)


@pytest.mark.parametrize("wrong", ["kind", "newer", "damaged", "none", "no database"])
def test_what_cannot_be_trusted_is_not_backed_up(path: Path, tmp_path: Path, wrong: str) -> None:
    tree = BRAND_FOLDER if wrong == "kind" else STATION
    if wrong == "newer":
        with closing(sqlite3.connect(path)) as connection, connection:
            connection.execute("UPDATE alembic_version SET version_num = 'station_9999'")
    elif wrong == "damaged":
        damage(path)
    elif wrong == "none":
        path.unlink()
    elif wrong == "no database":
        path.write_bytes(b"once upon a time " * 1000)
    with pytest.raises(StorageError) as caught:
        backup.back_up(path, tree, tmp_path / "kept", NOW)
    assert caught.value.remedy
    assert list((tmp_path / "kept").iterdir()) == []


def test_a_row_whose_entry_is_missing_is_damage(
    store: SqliteStationStore, path: Path, tmp_path: Path
) -> None:
    store.commit([entry(1)])
    with closing(sqlite3.connect(path)) as connection, connection:
        connection.execute("UPDATE outbox SET seq = 7")
    with pytest.raises(StorageError, match="refers to one that is missing"):
        backup.back_up(path, STATION, tmp_path / "kept", NOW)


def test_a_folder_that_may_not_be_written_is_told(path: Path, tmp_path: Path) -> None:
    kept = tmp_path / "kept"
    kept.mkdir()
    kept.chmod(0o500)
    with without_privileges(), pytest.raises(StorageError, match="Permission denied"):
        backup.back_up(path, STATION, kept, NOW)
    kept.chmod(0o700)


def test_what_a_killed_backup_left_goes_a_day_later(path: Path, tmp_path: Path) -> None:
    backup.back_up(path, STATION, tmp_path, NOW)
    old, new = (tmp_path / f".{NAME}.{pid}.tmp" for pid in (1, 2))
    mine = tmp_path / ".station-notes"
    for each in (old, new, mine):
        each.write_bytes(b"half")
    for each in (old, mine):
        os.utime(each, (1000, 1000))
    assert backup.remove_old(tmp_path, STATION, 1) == ()
    assert {each.name for each in tmp_path.glob(".*")} == {new.name, mine.name}


def test_the_one_just_made_stays_though_the_clock_was_put_back(path: Path, tmp_path: Path) -> None:
    kept = tmp_path / "kept"
    before = [
        backup.back_up(path, STATION, kept, f"2026-03-0{day}T06:00:00.000Z") for day in range(1, 5)
    ]
    made = backup.back_up(path, STATION, kept, "2020-01-01T00:00:00.000Z")
    assert backup.remove_old(kept, STATION, 2, made) == tuple(before[:2])
    assert set(kept.iterdir()) == {made, *before[2:]}
    again = backup.back_up(path, STATION, kept, "2020-01-02T00:00:00.000Z")
    assert backup.remove_old(kept, STATION, 2, again) == (made,)
    assert set(kept.iterdir()) == {again, *before[2:]}


def test_what_another_backup_finishes_meanwhile_is_no_fault(
    path: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    made = backup.back_up(path, STATION, tmp_path, NOW)
    monkeypatch.setattr(Path, "glob", lambda self, _: iter([self / f".{NAME}.1.tmp"]))
    assert backup.remove_old(tmp_path, STATION, 1) == ()
    assert made.exists()


def test_the_newest_stay_and_nothing_else_is_touched(path: Path, tmp_path: Path) -> None:
    kept = tmp_path / "kept"
    made = [
        backup.back_up(path, STATION, kept, f"2026-03-0{day}T06:00:00.000Z") for day in range(1, 5)
    ]
    others = [kept / "station-notes.db", kept / "brand-20260301T060000000Z.db"]
    for other in others:
        other.touch()
    assert backup.backups(kept, STATION) == tuple(made)
    assert backup.remove_old(kept, STATION, 2) == tuple(made[:2])
    assert sorted(kept.iterdir()) == sorted(made[2:] + others)
    assert backup.remove_old(kept, STATION, 2) == ()
    with pytest.raises(ValueError, match="newest"):
        backup.remove_old(kept, STATION, 0)
    assert backup.backups(tmp_path / "none", STATION) == ()


class TestPuttingBack:
    def test_what_was_there_is_set_aside_with_its_log(
        self, store: SqliteStationStore, path: Path, tmp_path: Path
    ) -> None:
        store.commit([entry(1)])
        made = backup.back_up(path, STATION, tmp_path / "kept", NOW)
        store.commit([entry(2)])  # in the log beside the file
        aside = backup.put_back(made, STATION, path, NOW)
        assert aside == tmp_path / "station.db.before-20260301T060000123Z"
        assert (entries_in(path), entries_in(aside), entries_in(made)) == (1, 2, 1)

    def test_it_is_in_use_again_at_once(
        self, store: SqliteStationStore, path: Path, tmp_path: Path
    ) -> None:
        store.commit([entry(1)])
        made = backup.back_up(path, STATION, tmp_path / "kept", NOW)
        store.close()
        path.unlink()
        assert backup.put_back(made, STATION, path, NOW) is None
        with closing(station_db.open_store(path, KEY.sign)) as reopened:
            reopened.commit([entry(2)])
        assert entries_in(path) == 2

    def test_a_log_left_by_a_lost_database_is_not_applied_to_the_backup(
        self, store: SqliteStationStore, path: Path, tmp_path: Path
    ) -> None:
        made = backup.back_up(path, STATION, tmp_path / "kept", NOW)
        store.commit([entry(1)])
        log = path.with_name("station.db-wal")
        assert log.stat().st_size
        path.unlink()
        backup.put_back(made, STATION, path, NOW)
        assert entries_in(path) == 0

    def test_a_damaged_backup_changes_nothing(
        self, store: SqliteStationStore, path: Path, tmp_path: Path
    ) -> None:
        store.commit([entry(1)])
        made = backup.back_up(path, STATION, tmp_path / "kept", NOW)
        damage(made)
        with pytest.raises(StorageError):
            backup.put_back(made, STATION, path, NOW)
        assert entries_in(path) == 1
        assert not list(tmp_path.glob("*.before-*"))
        assert not list(tmp_path.glob(".*"))

    @pytest.mark.parametrize("step", range(1, 6))
    def test_killed_anywhere_nothing_is_lost(
        self,
        store: SqliteStationStore,
        path: Path,
        tmp_path: Path,
        step: int,
        monkeypatch: pytest.MonkeyPatch,
    ) -> None:
        store.commit([entry(1)])
        made = backup.back_up(path, STATION, tmp_path / "kept", NOW)
        store.commit([entry(2)])
        path = after_a_power_cut(path)
        kill_at(step, monkeypatch)
        with pytest.raises(KilledError):
            backup.put_back(made, STATION, path, NOW)
        monkeypatch.undo()
        present = [place for place in path.parent.glob("station.db*") if is_whole(place)]
        assert max(map(entries_in, present)) == 2
        if path.exists():
            assert entries_in(path) in {1, 2}
        backup.put_back(made, STATION, path, "2026-03-01T06:00:01.000Z")
        assert entries_in(path) == 1


class KilledError(BaseException):
    """Stands for a power cut: nothing catches it."""


def kill_at(step: int, monkeypatch: pytest.MonkeyPatch) -> None:
    """Fail at the so-manyth rename or sync of a folder, and at whatever would clean up after it."""
    left = [step]

    def counting(name: str, owner: object) -> None:
        real = getattr(owner, name)

        def counted(*args: object) -> object:
            left[0] -= 1
            if left[0] == 0:
                raise KilledError
            return real(*args)

        monkeypatch.setattr(owner, name, counted)

    counting("rename", Path)
    counting("replace", Path)
    counting("sync_folder", backup)
    monkeypatch.setattr(backup, "discard", lambda path: None)


def after_a_power_cut(path: Path) -> Path:
    """The database as the disk holds it, its newest entries in the log, nobody at work on it."""
    folder = path.parent / "cut"
    folder.mkdir()
    for part in (path, path.with_name("station.db-wal")):
        shutil.copy(part, folder)
    return folder / path.name


def is_whole(path: Path) -> bool:
    return not path.name.endswith(("-wal", "-shm"))


def damage(path: Path) -> None:
    """Overwrite the journal's first page, as a failing disk would."""
    with closing(sqlite3.connect(path)) as connection:
        connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")
        (page,) = connection.execute(
            "SELECT rootpage FROM sqlite_master WHERE name = 'journal'"
        ).fetchone()
    with path.open("r+b") as file:
        file.seek(4096 * (page - 1))
        file.write(b"\xa5" * 4096)
