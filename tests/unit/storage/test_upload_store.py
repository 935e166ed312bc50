"""What was sent is remembered in a file of its own, and only of the journal it was sent from."""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

import pytest

from station.core.errors import StorageError
from station.core.journal import JournalEntry
from station.ports.events import DeadLetter
from station.storage import station_db
from station.storage.journal_reader import JournalReader
from station.storage.station_db import SqliteStationStore
from station.storage.upload_store import UploadStore
from tests.fakes.entries import entry


def journal_of(path: Path, entries: Sequence[JournalEntry]) -> None:
    path.unlink(missing_ok=True)
    station_db.create(path, "dock-1")
    with opened_writer(path) as store:
        store.commit(entries)


@contextmanager
def opened_writer(path: Path) -> Iterator[SqliteStationStore]:
    store = station_db.open_store(path, signer=lambda _message: bytes(64))
    try:
        yield store
    finally:
        store.close()


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    journal_of(tmp_path / "station.db", [entry(number) for number in range(1, 5)])
    return tmp_path


@contextmanager
def opened(folder: Path) -> Iterator[UploadStore]:
    with (
        JournalReader(folder / "station.db") as journal,
        UploadStore(folder / "upload.db", journal) as store,
    ):
        yield store


def test_it_is_remembered_over_a_restart(folder: Path) -> None:
    with opened(folder) as store:
        store.sent(3)
        store.bury(DeadLetter(2, "id", "why", "2026-02-01T00:00:00.000Z", 1))
    with opened(folder) as store:
        assert [one.seq for one in store.waiting(10)] == [4]
        assert [letter.seq for letter in store.dead()] == [2]


def test_sending_goes_on_beside_a_writer(folder: Path) -> None:
    with opened_writer(folder / "station.db") as writer, opened(folder) as store:
        store.sent(4)
        writer.commit([entry(5)])
        assert [one.seq for one in store.waiting(10)] == [5]
        store.sent(5)
        writer.commit([entry(6)])
        assert store.waiting_count() == 1


@pytest.mark.parametrize("kept", [2, 6])
def test_another_journal_is_sent_from_its_beginning(folder: Path, kept: int) -> None:
    """A backup was put back and other units came in since: the numbers are given again."""
    with opened(folder) as store:
        store.sent(4)
        store.bury(DeadLetter(2, "id", "why", "2026-02-01T00:00:00.000Z", 1))
    journal_of(folder / "station.db", [entry(number) for number in range(11, 11 + kept)])
    with opened(folder) as store:
        assert store.waiting_count() == kept
        assert store.dead() == []


def test_a_file_of_another_kind_is_left_alone(folder: Path) -> None:
    (folder / "upload.db").write_bytes(b"once upon a time " * 1000)
    with pytest.raises(StorageError, match="is not a database"), opened(folder):
        pass
    assert (folder / "upload.db").read_bytes().startswith(b"once")


def test_a_folder_that_is_full_or_closed_is_told(folder: Path) -> None:
    (folder / ".upload.db.tmp").mkdir()
    with (
        JournalReader(folder / "station.db") as journal,
        pytest.raises(StorageError, match="nowhere"),
    ):
        UploadStore(folder / "nowhere" / "upload.db", journal)
