"""Killed between any two changes of the disk: nothing promised is lost, nothing is half there."""

import shutil
import sqlite3
from collections.abc import Iterator
from contextlib import closing, suppress
from pathlib import Path

import pytest

from station.core.errors import StorageError
from station.core.registry import (
    BrandRecord,
    ProductRecord,
    RegistryGeneration,
    UnitRecord,
    UnitState,
)
from station.ports.evidence import PictureState
from station.storage import schema, station_db
from station.storage.backup import back_up, backups, remove_old
from station.storage.durable import is_temporary
from station.storage.journal_proof import prove
from station.storage.journal_reader import JournalReader
from station.storage.picture_backup import copy_pictures
from station.storage.pictures import PictureFolder
from station.storage.registry_file import build_registry
from station.storage.registry_generations import RegistryFolder, Stored
from station.storage.registry_shelf import SiteRegistryShelf
from station.storage.station_schema import STATION
from tests.fakes.begun_journal import BATCHES, BEFORE, KEY, begun, fresh
from tests.fakes.entries import entry
from tests.fakes.registry import FakeChanges, FakeContent
from tests.fakes.system_call_kills import Killed, Report, kill_points

pytestmark = pytest.mark.slow

SCANS = [entry(number).scan_id for number in (1, 11)]


def points_of(runs: Iterator[Killed]) -> Iterator[Killed]:
    """The runs, having checked that the work was killed in earnest and came to its end."""
    killed = None
    for killed in runs:
        yield killed
    assert killed is not None
    assert killed.call == ""
    assert killed.point > 3


@pytest.mark.parametrize("log_pages", [1000, 1], ids=["log only", "log written back each time"])
def test_killed_in_a_commit(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, log_pages: int
) -> None:
    monkeypatch.setattr(station_db, "CHECKPOINT_ENTRIES", 4)
    path = tmp_path / "site" / "station.db"
    prepare = begun(path)

    def work(report: Report) -> None:
        store = station_db.open_store(path, KEY.sign)
        store._connection.execute(f"PRAGMA wal_autocheckpoint = {log_pages}")
        for number, batch in enumerate(BATCHES, 1):
            store.commit(batch)
            report(str(number))
        store.close()

    acknowledged = 0
    for killed in points_of(kill_points(prepare, work)):
        acknowledged = len(killed.said)
        with JournalReader(path) as journal:
            entries = list(journal.entries())
            proof = prove(journal, check_signature=KEY.public_key.verify)
        whole = [sum(BATCHES[:count], BEFORE) for count in range(acknowledged, len(BATCHES) + 1)]
        assert entries in whole, f"at {killed}: lost or half written"
        assert proof.finding is None, f"at {killed}: {proof.finding}"
        with closing(sqlite3.connect(path)) as connection:
            (waiting,) = connection.execute("SELECT count(*) FROM outbox").fetchone()
        assert waiting == sum(one.gtin is not None for one in entries)
        store = station_db.open_store(path, KEY.sign)
        store.commit([entry(99)])
        store.close()
    assert acknowledged == len(BATCHES)


def test_killed_while_a_database_is_made(tmp_path: Path) -> None:
    path = tmp_path / "site" / "station.db"

    def work(report: Report) -> None:
        station_db.create(path, "dock-1")
        report("made")

    for killed in points_of(kill_points(fresh(path.parent), work)):
        assert path.exists() or not killed.said
        with suppress(StorageError):
            station_db.create(path, "dock-1")
        store = station_db.open_store(path, KEY.sign)
        assert store.station == "dock-1"
        store.close()


def test_killed_while_a_backup_is_made(tmp_path: Path) -> None:
    """The one before stays as it was, and the next one is made."""
    site, kept = tmp_path / "site", tmp_path / "kept"
    path, pictures = site / "station.db", site / "pictures"

    def prepare() -> None:
        fresh(kept)()
        fresh(site)()
        station_db.create(path, "dock-1")
        with closing(station_db.open_store(path, KEY.sign)) as store:
            store.commit(BEFORE)
            PictureFolder(pictures).keep(SCANS[0], b"the first")
            back_up(path, STATION, kept, "2026-03-01T06:00:00.000Z")
            copy_pictures(pictures, kept / "pictures")
            store.commit(BATCHES[0])
            PictureFolder(pictures).keep(SCANS[1], b"the second")

    def work(report: Report) -> None:
        made = back_up(path, STATION, kept, "2026-03-02T06:00:00.000Z")
        copy_pictures(pictures, kept / "pictures")
        remove_old(kept, STATION, 1)
        report(made.name)

    for killed in points_of(kill_points(prepare, work)):
        found = backups(kept, STATION)
        assert found
        for each in found:
            with JournalReader(each) as journal:
                assert prove(journal, check_signature=KEY.public_key.verify).finding is None
                whole = [BEFORE, BEFORE + BATCHES[0]]
                assert list(journal.entries()) in whole, f"at {killed}"
        assert not killed.said or [each.name for each in found] == killed.said
        copies = PictureFolder(kept / "pictures")
        for copied in copies.kept():
            assert copies.state(copied.scan_id, copied.digest) is PictureState.SOUND
        back_up(path, STATION, kept, "2026-03-03T06:00:00.000Z")
        assert copy_pictures(pictures, kept / "pictures").there == 2
        left = [one.name for one in kept.rglob("*") if is_temporary(one)]
        assert not [name for name in left if name.endswith(".jpg.tmp")]


def content(number: int) -> FakeContent:
    return FakeContent(
        RegistryGeneration(number, "2026-01-01T00:00:00.000Z", "", ""),
        [BrandRecord(1, "acme", "Acme")],
        [ProductRecord(1, 1, "09506000134352", "Drill")],
        [],
        [UnitRecord(1, f"S{number}-{unit:04}", UnitState.ACTIVE) for unit in range(300)],
    )


def test_killed_while_a_generation_is_built_and_switched_to(tmp_path: Path) -> None:
    folder = RegistryFolder(tmp_path / "registry")

    def prepare() -> None:
        fresh(folder.folder)()
        for number in (1, 2):
            build_registry(folder.path(number), content(number))
        folder.switch(Stored(2))

    def work(report: Report) -> None:
        build_registry(folder.path(3), content(3))
        report("built")
        folder.switch(Stored(3))
        report("switched")
        folder.remove_old()
        report("removed")

    for killed in points_of(kill_points(prepare, work)):
        assert folder.current() in (
            {Stored(3)} if "switched" in killed.said else {Stored(2), Stored(3)}
        )
        registry = folder.open_current()
        number = registry.generation.number
        assert Stored(number) == folder.current()
        assert registry.unit(1, f"S{number}-0299") is not None
        registry.close()
        if "built" in killed.said:
            assert Stored(3) in folder.stored()
        for present in folder.stored():
            with closing(sqlite3.connect(folder.files(present).newest)) as connection:
                assert connection.execute("PRAGMA integrity_check").fetchall() == [("ok",)]
        if Stored(3) not in folder.stored():
            build_registry(folder.path(3), content(3))
        folder.switch(Stored(3))
        folder.remove_old()
        assert sorted(path.name for path in folder.folder.iterdir()) == [
            "current",
            "registry-2.db",
            "registry-3.db",
        ]


def test_killed_while_changes_are_laid_over_a_generation_and_made_one_with_it(
    tmp_path: Path,
) -> None:
    folder = RegistryFolder(tmp_path / "registry")
    first, second, third = (content(number) for number in (1, 2, 3))
    second.unit_records += first.unit_records
    third.unit_records += second.unit_records

    def prepare() -> None:
        fresh(folder.folder)()
        shelf = SiteRegistryShelf(folder)
        shelf.build(first)
        shelf.switch(1)
        shelf.apply(FakeChanges(first, second))
        shelf.switch(2)

    def work(report: Report) -> None:
        shelf = SiteRegistryShelf(folder)
        if folder.current() == Stored(1, 2):
            shelf.apply(FakeChanges(second, third))
            report("applied")
            shelf.switch(3)
            report("switched")
        if folder.current() == Stored(1, 3):
            shelf.rebase()
            report("re-based")
        shelf.tidy()

    def number_in_use() -> int:
        with closing(folder.open_current()) as registry:
            number = registry.generation.number
            for one in (first, second, third)[:number]:
                assert registry.unit(1, one.unit_records[299].serial) is not None
            assert (registry.unit(1, "S3-0299") is not None) == (number == 3)
        return number

    for killed in points_of(kill_points(prepare, work)):
        possible = {Stored(1, 2), Stored(1, 3), Stored(3)}
        if "switched" in killed.said:
            possible.discard(Stored(1, 2))
        if "re-based" in killed.said:
            possible = {Stored(3)}
        stored = folder.current()
        assert stored in possible, killed
        assert number_in_use() == stored.number
        work(lambda _said: None)
        assert folder.current() == Stored(3)
        assert number_in_use() == 3
        assert sorted(path.name for path in folder.folder.iterdir()) == [
            "current",
            "overlay-1+2.db",
            "registry-1.db",
            "registry-3.db",
        ], killed


def test_killed_in_an_upgrade(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    revisions = tmp_path / "revisions"
    shutil.copytree(schema._MIGRATIONS, revisions)
    (revisions / "station" / "r9000_later.py").write_text(
        'from alembic import op\nrevision = "station_9000"\n'
        f'down_revision = "{STATION.head}"\n'
        'def upgrade():\n    op.execute("CREATE TABLE later (id INTEGER)")\n'
        '    op.execute("INSERT INTO later VALUES (1)")\n'
    )
    monkeypatch.setattr(schema, "_MIGRATIONS", revisions)
    later = schema.Tree(
        "station",
        (*STATION.revisions, "station_9000"),
        STATION.application_id,
        STATION.metadata,
        STATION.triggers,
    )
    path = tmp_path / "site" / "station.db"
    prepare = begun(path)

    def work(report: Report) -> None:
        schema.upgrade(path, later)
        report("upgraded")

    for killed in points_of(kill_points(prepare, work)):
        with closing(sqlite3.connect(path)) as connection:
            revision = schema.revision_of(connection, later)
            tables = connection.execute("SELECT count(*) FROM sqlite_master WHERE name = 'later'")
            assert (revision == "station_9000") == (tables.fetchone() == (1,))
        assert revision == "station_9000" if killed.said else revision in later.revisions
        schema.upgrade(path, later)
        with closing(sqlite3.connect(path)) as connection:
            assert connection.execute("SELECT id FROM later").fetchall() == [(1,)]
            assert connection.execute("SELECT count(*) FROM journal").fetchone() == (2,)


SYNCS = {"fsync", "fdatasync"}


def test_a_commit_is_acknowledged_only_after_the_disk_has_it(tmp_path: Path) -> None:
    """What a power cut would lose shows in the order of calls: the last one is a sync."""
    path = tmp_path / "site" / "station.db"

    def prepare() -> None:
        fresh(path.parent)()
        station_db.create(path, "dock-1")
        store = station_db.open_store(path, KEY.sign)
        store.commit(BEFORE)
        store.close()

    def work(report: Report) -> None:
        store = station_db.open_store(path, KEY.sign)
        report("opened")
        for batch in BATCHES:
            store.commit(batch)
            report("committed")

    calls: dict[int, list[str]] = {}
    for killed in points_of(kill_points(prepare, work)):
        calls.setdefault(len(killed.said), []).append(killed.call)
    for number in range(1, 1 + len(BATCHES)):
        assert calls[number][-1] in SYNCS, f"commit {number}: {calls[number]}"


@pytest.mark.parametrize("what", ["database", "generation", "switch"])
def test_a_name_is_given_to_what_is_on_the_disk_and_is_itself_put_there(
    tmp_path: Path, what: str
) -> None:
    folder = RegistryFolder(tmp_path / "site")

    def prepare() -> None:
        fresh(folder.folder)()
        if what == "switch":
            build_registry(folder.path(1), content(1))

    def work(_report: Report) -> None:
        if what == "database":
            station_db.create(folder.folder / "station.db", "dock-1")
        elif what == "generation":
            build_registry(folder.path(1), content(1))
        else:
            folder.switch(Stored(1))

    calls = [killed.call for killed in points_of(kill_points(prepare, work))]
    renamed = next(number for number, call in enumerate(calls) if call.startswith("rename"))
    assert calls[renamed - 1] in SYNCS
    assert calls[renamed + 1] in SYNCS
