"""Reading the journal back, whole, in part, and from a copy nobody may write to."""

import shutil
import sqlite3
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest

from station.core.errors import StorageError
from station.core.reasons import VerdictClass
from station.storage import journal_reader, station_db
from station.storage.claim_reader import ClaimReader
from station.storage.journal_reader import JournalReader
from station.storage.station_db import SqliteStationStore
from tests.fakes.entries import QUARANTINED, entry, nameless, unit
from tests.fakes.privileges import reachable_folder, without_privileges

ENTRIES = [entry(1), nameless(2), entry(3, QUARANTINED), *(entry(n) for n in range(4, 24))]


@pytest.fixture
def store(tmp_path: Path) -> Iterator[SqliteStationStore]:
    path = tmp_path / "station.db"
    station_db.create(path, "dock-1")
    store = station_db.open_store(path, lambda _message: bytes(64))
    store.commit(ENTRIES)
    yield store
    store.close()


@pytest.fixture
def journal(store: SqliteStationStore, tmp_path: Path) -> Iterator[JournalReader]:
    with JournalReader(tmp_path / "station.db") as journal:
        yield journal


@pytest.mark.parametrize("chunk", [1, 2, 22, 23, 24, 500])
def test_gives_every_entry_once_whatever_the_pieces(
    journal: JournalReader, monkeypatch: pytest.MonkeyPatch, chunk: int
) -> None:
    monkeypatch.setattr(journal_reader, "CHUNK_ENTRIES", chunk)
    assert list(journal.entries()) == ENTRIES
    assert [stored.seq for stored in journal.stored()] == list(range(1, 24))


def test_leaves_out_what_came_before(journal: JournalReader) -> None:
    assert list(journal.entries(since_utc=entry(20).time_utc)) == ENTRIES[19:]
    assert list(journal.entries(since_utc="2027")) == []


def test_gives_the_newest_first(journal: JournalReader) -> None:
    assert journal.recent(3) == tuple(reversed(ENTRIES))[:3]
    assert journal.recent(1000) == tuple(reversed(ENTRIES))


def test_finds_an_entry_by_its_scan(journal: JournalReader) -> None:
    assert journal.find(entry(7).scan_id) == entry(7)
    assert journal.find("no such scan") is None


def test_counts_every_class(journal: JournalReader) -> None:
    assert journal.counts() == {
        VerdictClass.ACCEPT: 21,
        VerdictClass.ACCEPT_NOTE: 0,
        VerdictClass.RESCAN: 1,
        VerdictClass.HOLD: 0,
        VerdictClass.QUARANTINE: 1,
        VerdictClass.STOP: 0,
    }


def test_sees_what_is_written_while_it_reads(
    journal: JournalReader, store: SqliteStationStore, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(journal_reader, "CHUNK_ENTRIES", 5)
    entries = journal.entries()
    first = next(entries)
    store.commit([entry(100)])
    assert [first, *entries] == [*ENTRIES, entry(100)]


def test_does_not_keep_the_write_ahead_log_from_being_emptied(
    journal: JournalReader, store: SqliteStationStore
) -> None:
    entries = journal.entries()
    next(entries)
    blocked, *_ = store._connection.execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchone()
    assert not blocked
    assert len(list(entries)) == len(ENTRIES) - 1


def test_an_unreadable_entry_names_its_number(tmp_path: Path, store: SqliteStationStore) -> None:
    path = tmp_path / "station.db"
    store.close()
    with closing(sqlite3.connect(path)) as connection, connection:
        connection.execute("DROP TRIGGER journal_no_update")
        connection.execute("UPDATE journal SET body = x'7b' WHERE seq = 5")
    with JournalReader(path) as journal:
        entries = journal.entries()
        with pytest.raises(StorageError, match=r"entry 5 .* cannot be read.*journal verify"):
            list(entries)


def test_a_missing_file_is_not_made(tmp_path: Path) -> None:
    with pytest.raises(StorageError, match="there is no database"):
        JournalReader(tmp_path / "station.db")
    assert list(tmp_path.iterdir()) == []


def test_a_file_that_is_no_database(tmp_path: Path) -> None:
    path = tmp_path / "station.db"
    path.write_bytes(b"once upon a time " * 1000)
    with pytest.raises(StorageError, match="is not a database"):
        JournalReader(path)
    path.write_bytes(b"")
    with pytest.raises(StorageError, match="is no station database"):
        JournalReader(path)


def test_a_copy_on_read_only_media_is_read(store: SqliteStationStore, tmp_path: Path) -> None:
    store.close()
    with reachable_folder() as evidence:
        copy = Path(shutil.copy(tmp_path / "station.db", evidence))
        copy.chmod(0o444)
        evidence.chmod(0o555)
        with without_privileges(), JournalReader(copy) as journal:
            assert list(journal.entries()) == ENTRIES
            with closing(ClaimReader(copy)) as claims:
                assert claims.find(unit(1)) is not None
        assert list(evidence.iterdir()) == [copy]


def test_a_copy_cut_off_from_its_log_on_read_only_media_is_refused(
    store: SqliteStationStore, tmp_path: Path
) -> None:
    """With the log beside it unreadable there is no telling what is missing."""
    with reachable_folder() as evidence:
        copy = Path(shutil.copy(tmp_path / "station.db", evidence))
        shutil.copy(tmp_path / "station.db-wal", evidence)
        evidence.chmod(0o555)
        with (
            without_privileges(),
            pytest.raises(StorageError, match=r"cannot be opened.*read and written"),
        ):
            JournalReader(copy)
