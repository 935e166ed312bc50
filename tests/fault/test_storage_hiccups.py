"""A disk that fails at one call and is well again: what is refused is nowhere, and work goes on."""

import os
from pathlib import Path

import pytest

from station.core.errors import StorageError
from station.core.journal import Entry
from station.storage import station_db
from station.storage.journal_proof import prove
from station.storage.journal_reader import JournalReader
from station.storage.station_db import SqliteStationStore
from tests.fakes.begun_journal import BATCHES, BEFORE, KEY, begun
from tests.fakes.entries import entry
from tests.fakes.system_call_kills import Report, hiccup_points

pytestmark = pytest.mark.slow


@pytest.fixture(params=[1000, 1], ids=["log only", "log written back each time"])
def log_pages(request: pytest.FixtureRequest) -> int:
    """After so many pages the log is written back."""
    return int(request.param)


@pytest.fixture
def path(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setattr(station_db, "CHECKPOINT_ENTRIES", 4)
    return tmp_path / "site" / "station.db"


def opened(path: Path, log_pages: int) -> SqliteStationStore:
    """At the second try, where the disk fails at the first."""
    try:
        store = station_db.open_store(path, KEY.sign)
    except StorageError:
        store = station_db.open_store(path, KEY.sign)
    store._connection.execute(f"PRAGMA wal_autocheckpoint = {log_pages}")
    return store


def journalled(path: Path) -> list[Entry]:
    with JournalReader(path) as journal:
        assert prove(journal, check_signature=KEY.public_key.verify).finding is None
        return list(journal.entries())


def test_a_commit_that_is_refused_is_nowhere_and_is_made_at_the_next_try(
    path: Path, log_pages: int
) -> None:
    def work(report: Report) -> None:
        store = opened(path, log_pages)
        kept = list(BEFORE)
        for batch in BATCHES:
            try:
                store.commit(batch)
            except StorageError:
                report("refused")
                assert journalled(path) == kept
                store.commit(batch)
            kept += batch
            assert journalled(path) == kept
        store.close()

    refused = 0
    for ended in hiccup_points(begun(path), work):
        refused += len(ended.said)
        assert journalled(path) == sum(BATCHES, BEFORE), ended
    assert refused > len(BATCHES)


def test_a_power_cut_after_a_refusal_loses_nothing_that_was_acknowledged(
    path: Path, log_pages: int
) -> None:
    """What was refused may be found: it may have reached the disk before the disk failed."""

    def work(report: Report) -> None:
        store = opened(path, log_pages)
        for batch in BATCHES:
            try:
                store.commit(batch)
            except StorageError:
                os._exit(0)
            report("kept")

    for ended in hiccup_points(begun(path), work):
        kept = len(ended.said)
        found = journalled(path)
        assert found in [sum(BATCHES[:count], BEFORE) for count in (kept, kept + 1)], ended
        with_more = station_db.open_store(path, KEY.sign)
        with_more.commit([entry(99)])
        with_more.close()
        assert journalled(path) == [*found, entry(99)]
