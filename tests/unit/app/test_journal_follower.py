"""The journal followed: what was in it, what comes, and a database that cannot be read."""

import threading
from collections.abc import Iterator, Sequence
from contextlib import closing, contextmanager
from pathlib import Path

import pytest

from station.app import journal_follower
from station.app.journal_follower import JournalFollower
from station.core.journal import Entry
from station.intake.figure_watch import FigureWatch
from station.ports.health import Health, HealthStatus
from station.storage import station_db
from station.storage.journal_codec import UnreadableEntryError
from station.storage.journal_reader import StoredEntry
from tests.fakes.entries import QUARANTINED, entry

NOW = "2026-02-01T00:00:00.000Z"
PATIENCE_S = 20.0


class Site:
    """A station's database, followed."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self.reports: list[Health] = []
        self.watch = FigureWatch(self._hear)
        self._told = threading.Condition()
        self._tell = self.watch.tell

    def create(self) -> None:
        station_db.create(self.path, "dock-1")

    def commit(self, lines: Sequence[Entry]) -> None:
        signer = lambda _message: bytes(64)  # noqa: E731
        with closing(station_db.open_store(self.path, signer=signer)) as store:
            store.commit(lines)

    @contextmanager
    def followed(self, now_utc: str = NOW) -> Iterator[None]:
        follower = JournalFollower(self.path, self.watch, now_utc, self._hear, period_s=0.01)
        follower.start()
        try:
            yield
        finally:
            follower.close()

    def until_decided(self, count: int) -> str:
        """Wait for the figures of so many items; since when the oldest open one waits."""
        with self._told:
            assert self._told.wait_for(lambda: self._decided() == count, PATIENCE_S), self.reports
        figures = self.watch.figures
        assert figures is not None
        return figures.oldest_open_utc

    def until_heard(self, status: HealthStatus) -> Health:
        with self._told:
            assert self._told.wait_for(
                lambda: bool(self.reports) and self.reports[-1].status is status, PATIENCE_S
            )
            return self.reports[-1]

    def tell(self, oldest_open_utc: str) -> None:
        """In place of the watch's own: the test is woken."""
        self._tell(oldest_open_utc)
        with self._told:
            self._told.notify_all()

    def _decided(self) -> int | None:
        figures = self.watch.figures
        return None if figures is None else figures.decided

    def _hear(self, report: Health) -> None:
        with self._told:
            self.reports.append(report)
            self._told.notify_all()


@pytest.fixture
def site(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Site:
    made = Site(tmp_path / "station.db")
    monkeypatch.setattr(made.watch, "tell", made.tell)
    monkeypatch.setattr(journal_follower, "PIECE", 2)
    monkeypatch.setattr(journal_follower, "PAUSE_S", 0.001)
    monkeypatch.setattr(journal_follower, "RETRY_S", 0.01)
    return made


def test_what_was_there_and_what_comes(site: Site) -> None:
    site.create()
    held = entry(2, QUARANTINED)
    site.commit([entry(1), held, entry(3), entry(4), entry(5)])
    with site.followed():
        assert site.until_decided(5) == held.time_utc
        site.commit([entry(6), entry(7)])
        site.until_decided(7)
    assert site.reports == []


def test_nothing_of_long_ago(site: Site) -> None:
    site.create()
    held = entry(1, QUARANTINED)
    site.commit([held, entry(2), entry(3)])
    with site.followed("2026-03-15T00:00:00.000Z"):
        assert site.until_decided(0) == held.time_utc, "but what waits is told of"


def test_no_more_than_so_many_lines(site: Site, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(journal_follower, "MAX_BACK", 3)
    site.create()
    site.commit([entry(number) for number in range(1, 8)])
    with site.followed():
        site.until_decided(3)


def test_a_line_that_cannot_be_read_counts_nothing(
    site: Site, monkeypatch: pytest.MonkeyPatch
) -> None:
    readable = StoredEntry.entry

    def entry_of(stored: StoredEntry) -> Entry:
        if stored.seq == 2:
            raise UnreadableEntryError("damaged")
        return readable(stored)

    monkeypatch.setattr(StoredEntry, "entry", entry_of)
    site.create()
    site.commit([entry(number) for number in range(1, 5)])
    with site.followed():
        site.until_decided(3)


def test_a_database_that_cannot_be_read_is_told_and_tried_again(site: Site) -> None:
    with site.followed():
        told = site.until_heard(HealthStatus.WARNING)
        assert told.component == "figures"
        assert "they stand still" in told.text
        site.create()
        site.commit([entry(1)])
        site.until_decided(1)
        site.until_heard(HealthStatus.OK)


def test_closed_before_its_first_look(site: Site) -> None:
    follower = JournalFollower(site.path, site.watch, NOW, site.reports.append)
    follower.close()
    follower.start()
    follower.close()
    assert site.watch.figures is None
