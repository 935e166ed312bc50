"""Registry age, waiting events, disk and a sync, told when they change."""

import shutil
from contextlib import closing
from pathlib import Path
from types import SimpleNamespace

import pytest

from station.app.house_watch import House, HouseWatch
from station.app.site_paths import SitePaths
from station.core.causes import Cause, because, told
from station.core.policy import SitePolicy
from station.ports.events import DeadLetter
from station.ports.health import Health, HealthStatus
from station.storage import station_db
from station.storage.journal_reader import JournalReader
from station.storage.site_lock import SiteLock, lock_holder
from station.storage.upload_store import UploadStore, outbox_state
from tests.fakes.entries import entry
from tests.fakes.replacing import replace

FRESH = "2026-03-02T06:00:00.000Z"
GB = 1_000_000_000


class Home:
    """A site folder with a journal, and a watch that a test lets look."""

    def __init__(self, folder: Path, *, sends: bool = True) -> None:
        self.paths = SitePaths(folder)
        self.published_utc = FRESH
        self.now_utc = "2026-03-02T12:00:00.000Z"
        self.clock_is_wrong = False
        self.told: list[Health] = []
        station_db.create(self.paths.station_db, "dock-1")
        house = House(
            self.paths,
            SitePolicy(),
            sends,
            lambda: self.published_utc,
            lambda: self.now_utc,
            lambda: self.clock_is_wrong,
        )
        self.kept: list[Health] = []
        self.watch = HouseWatch(house, self.told.append, self.kept.append)

    def look(self) -> dict[str, tuple[HealthStatus, str]]:
        """What one look told."""
        self.told.clear()
        self.watch.look()
        return {report.component: (report.status, report.text) for report in self.told}

    def commit(self, *numbers: int, time_utc: str = "2026-03-02T11:00:00.000Z") -> None:
        store = station_db.open_store(self.paths.station_db, signer=lambda _message: bytes(64))
        with closing(store):
            store.commit([replace(entry(number), time_utc=time_utc) for number in numbers])


@pytest.fixture
def home(tmp_path: Path) -> Home:
    return Home(tmp_path)


def test_what_is_well_at_the_first_look_is_kept_and_not_told(home: Home) -> None:
    assert home.look() == {}
    assert home.kept == [
        Health("outbox", HealthStatus.OK, "sent in time"),
        Health("disk", HealthStatus.OK, "room enough"),
    ]
    assert home.look() == {}
    assert len(home.kept) == 2


def test_what_is_not_well_at_the_first_look_is_told(home: Home) -> None:
    home.now_utc = "2026-03-09T09:00:00.000Z"
    assert home.look()["registry"][0] is HealthStatus.FAILED


def test_a_registry_grows_old_and_is_fetched_anew(home: Home) -> None:
    home.look()
    home.now_utc = "2026-03-03T09:00:00.000Z"
    assert home.look()["registry"] == (
        HealthStatus.WARNING,
        "older than 26 h: run 'station sync'",
    )
    home.now_utc = "2026-03-06T09:00:00.000Z"
    status, text = home.look()["registry"]
    assert status is HealthStatus.FAILED
    assert "older than 72 h, verdicts are provisional" in text
    home.published_utc = home.now_utc
    assert home.look() == {}, "its holder has told already"
    home.now_utc = "2026-03-09T09:00:01.000Z"
    assert home.look()["registry"][0] is HealthStatus.FAILED


def test_a_switch_to_a_registry_that_is_old_too_is_told_again(home: Home) -> None:
    home.now_utc = "2026-03-06T09:00:00.000Z"
    first = home.look()["registry"]
    home.published_utc = "2026-03-02T07:00:00.000Z"
    assert home.look()["registry"] == first


def test_events_that_wait_too_long_and_events_refused(home: Home) -> None:
    home.commit(1, 2)
    assert home.look() == {}
    home.now_utc = home.published_utc = "2026-03-03T14:00:00.000Z"
    assert home.look()["outbox"] == (
        HealthStatus.WARNING,
        "2 events wait: run 'station outbox send'",
    )
    with (
        JournalReader(home.paths.station_db) as journal,
        UploadStore(home.paths.upload_db, journal) as store,
    ):
        store.bury(DeadLetter(1, "urn:x", "no", home.now_utc, 3))
        store.sent(2)
    assert home.look()["outbox"] == (
        HealthStatus.WARNING,
        "1 events were refused: see 'station outbox list'",
    )


def test_a_journal_that_was_put_back_counts_from_its_beginning(home: Home) -> None:
    home.commit(1, 2)
    with (
        JournalReader(home.paths.station_db) as journal,
        UploadStore(home.paths.upload_db, journal) as store,
    ):
        store.bury(DeadLetter(1, "urn:x", "no", home.now_utc, 3))
        store.sent(2)
    home.paths.station_db.unlink()
    station_db.create(home.paths.station_db, "dock-1")
    home.commit(3)
    with JournalReader(home.paths.station_db) as journal:
        state = outbox_state(home.paths.upload_db, journal)
    assert (state.waiting, state.refused) == (1, 0)


def test_looking_makes_no_file(home: Home) -> None:
    home.commit(1)
    home.look()
    assert not home.paths.upload_db.exists()
    assert not home.paths.sync_lock.exists()


def test_without_a_receiver_nothing_waits(tmp_path: Path) -> None:
    home = Home(tmp_path, sends=False)
    home.commit(1, time_utc="2020-01-01T00:00:00.000Z")
    assert home.look() == {}
    assert "[upload] names no receiver" in home.kept[0].text


def test_a_disk_that_fills_up(home: Home, monkeypatch: pytest.MonkeyPatch) -> None:
    for free, status in ((GB // 2, HealthStatus.WARNING), (GB // 20, HealthStatus.FAILED)):
        usage = SimpleNamespace(free=free)
        monkeypatch.setattr(shutil, "disk_usage", lambda _folder, usage=usage: usage)
        told, text = home.look()["disk"]
        assert told is status
        assert "MB left: free some room" in text


def test_a_sync_is_told_of_while_it_is_under_way(home: Home) -> None:
    home.look()
    with SiteLock(home.paths.sync_lock, "station sync"):
        status, text = home.look()["sync"]
        assert status is HealthStatus.OK
        assert text.startswith("under way, 'station sync' (process ")
        assert home.look() == {}
    assert home.look() == {"sync": (HealthStatus.OK, "")}


def test_a_database_that_cannot_be_read_is_told_and_looked_at_again(home: Home) -> None:
    home.look()
    home.paths.station_db.unlink()
    status, text = home.look()["outbox"]
    assert status is HealthStatus.WARNING
    assert text.startswith("not known: ")
    assert "--site" in text
    missing = told(Cause.STORAGE_MISSING, path=home.paths.station_db)
    assert [report.told for report in home.told] == [because(Cause.NOT_KNOWN, missing, "")]
    station_db.create(home.paths.station_db, "dock-1")
    assert home.look()["outbox"] == (HealthStatus.OK, "sent in time")


@pytest.mark.parametrize(
    "content",
    [b"", b"\xff\x00", b"[" * 900, b'{"pid":0,"command":"x","host":"","started_utc":""}'],
)
def test_a_lock_file_without_a_living_holder(tmp_path: Path, content: bytes) -> None:
    path = tmp_path / "sync.lock"
    path.write_bytes(content)
    holder = lock_holder(path)
    assert holder == "" or content.startswith(b"{")


def test_a_lock_left_by_a_killed_process_is_nobodys(tmp_path: Path) -> None:
    path = tmp_path / "sync.lock"
    with SiteLock(path, "station sync"):
        content = path.read_text()
    dead = content.replace(f'"pid":{content.split(":")[1].split(",")[0]}', '"pid":999999999')
    assert dead != content
    path.write_text(dead)
    assert lock_holder(path) == ""


def test_while_the_clock_is_wrong_the_registry_is_neither_fresh_nor_old(home: Home) -> None:
    home.look()
    home.clock_is_wrong = True
    not_known = (HealthStatus.WARNING, "age not known: set the clock right")
    assert home.look() == {"registry": not_known}
    home.now_utc = "2026-04-02T12:00:00.000Z"
    assert home.look() == {}
    home.clock_is_wrong = False
    status, text = home.look()["registry"]
    assert (status, text[:15]) == (HealthStatus.FAILED, "older than 72 h")
