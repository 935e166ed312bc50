"""The keeper: after the verdict, beside the loop, and true in the journal."""

import threading
from collections.abc import Callable

import numpy as np

from station.core.acts import ActEntry, ActKind
from station.core.causes import Cause, told
from station.core.errors import StorageError
from station.core.evidence import Limits
from station.core.operators import THE_STATION
from station.core.reading import Capture, Read
from station.core.symbol import Symbol
from station.core.verdict import Verdict
from station.intake import evidence
from station.intake.evidence import Bureau, EvidenceKeeper, FrameMemory
from station.intake.worker import WorkerEndedError
from station.ports.evidence import PictureState
from station.ports.health import HealthStatus
from tests.fakes.decoder import Pixels, box
from tests.fakes.entries import ACCEPTED, QUARANTINED, entry
from tests.fakes.frames import shade
from tests.fakes.intake import CountingIds, FrozenClock, Told
from tests.fakes.pictures import FakePictures
from tests.fakes.replacing import replace

FULL = StorageError("the disk is full", "free some room")
DAY_S = 24 * 3600.0


def scan(number: int) -> str:
    return entry(number).scan_id


def encode(pixels: Pixels) -> bytes:
    if not pixels.any():
        raise ValueError("a black picture")
    return pixels.tobytes()


class Kept:
    """A keeper over fakes; its thread runs inside `working`, which ends when all is kept."""

    def __init__(self, limits: Limits | None = None, max_waiting_bytes: int = 1 << 20) -> None:
        self.told = Told()
        self.clock_is_wrong = False
        self.memory = FrameMemory()
        self.pictures = FakePictures()
        self.open: set[str] = set()
        self.clock = FrozenClock(utc="2026-01-01T00:00:00.000Z")
        self.bureau = Bureau(
            station="dock-1",
            version="1.2.3",
            pictures=self.pictures,
            encode=encode,
            is_open=self.open.__contains__,
            limits=limits or Limits(1e12, 1 << 30),
            clock=self.clock,
            scan_ids=CountingIds(),
            clock_is_wrong=lambda: self.clock_is_wrong,
        )
        self.keeper = EvidenceKeeper(self.told, self.memory, self.bureau, max_waiting_bytes)
        self.lines: list[ActEntry] = []
        self.answer = ""
        self.crashes: list[BaseException] = []

    def see(self, pixels: Pixels, *numbers: int, unread: int = 0) -> None:
        reads = tuple(Read(scan(number), Symbol(b"x")) for number in numbers)
        outlines = (box(0, 0, 5, 5),) * unread
        self.memory.remember(Capture("camera:0", reads, "", 0, 0, unread=outlines), pixels)

    def decide(self, number: int, verdict: Verdict) -> None:
        self.keeper.durable(entry(number, verdict), 1.0)

    def journal(self, line: ActEntry, on_told: Callable[[str], None] | None) -> None:
        assert self.pictures.state(line.about, line.reference) is PictureState.SOUND
        self.lines.append(line)
        assert on_told is not None
        on_told(self.answer)

    def work(self) -> None:
        """Keep everything that waits."""
        self.keeper.start(self.journal, self.crashes.append)
        self.keeper.close()

    @property
    def warnings(self) -> list[str]:
        return [r.text for r in self.told.reports if r.status is HealthStatus.WARNING]


def test_the_line_in_the_journal_follows_the_picture_and_names_it() -> None:
    kept = Kept()
    kept.see(shade(7), 1)
    kept.decide(1, QUARANTINED)
    assert [one.scan_id for one in kept.told.verdicts] == [scan(1)], "told before it is kept"
    assert not kept.pictures.files
    kept.work()
    (line,) = kept.lines
    assert (line.kind, line.operator, line.about) == (ActKind.PICTURE_KEPT, THE_STATION, scan(1))
    assert (line.station, line.software_version) == ("dock-1", "1.2.3")
    assert kept.pictures.files[scan(1), line.reference] == shade(7).tobytes()
    assert (kept.told.reports, kept.crashes) == ([], [])


def test_what_is_accepted_or_came_from_no_camera_has_no_picture() -> None:
    kept = Kept()
    kept.see(shade(7), 1)
    kept.decide(1, ACCEPTED)
    kept.decide(2, QUARANTINED)
    kept.keeper.failed(entry(1, QUARANTINED), "disk full")
    kept.work()
    assert (kept.lines, dict(kept.pictures.files)) == ([], {})


def test_each_of_two_clones_in_a_frame_has_a_line_of_its_own() -> None:
    kept = Kept()
    kept.see(shade(7), 1, 2, 3)
    for number, verdict in ((1, QUARANTINED), (2, QUARANTINED), (3, ACCEPTED)):
        kept.decide(number, verdict)
    kept.work()
    assert [line.about for line in kept.lines] == [scan(1), scan(2)]
    assert len({line.reference for line in kept.lines}) == 1


def test_labels_that_could_not_be_read_have_one_picture() -> None:
    kept = Kept()
    kept.see(shade(7), 1, 2, unread=3)
    kept.see(shade(8), 3, unread=1)
    for number in (1, 2, 3):
        kept.decide(number, ACCEPTED)
    kept.work()
    assert [line.about for line in kept.lines] == [scan(1), scan(3)]


def test_a_full_disk_is_told_and_mended_by_itself() -> None:
    kept = Kept()
    kept.pictures.fault = FULL
    kept.see(shade(7), 1)
    kept.decide(1, QUARANTINED)
    kept.work()
    assert [one.scan_id for one in kept.told.verdicts] == [scan(1)]
    assert (kept.lines, kept.crashes) == ([], [])
    assert all("the disk is full: free some room" in text for text in kept.warnings)
    assert kept.warnings
    assert {report.told for report in kept.told.reports} == {
        told(Cause.PICTURES_FAIL, why="the disk is full")
    }
    kept.pictures.fault = None
    kept.see(shade(8), 2)
    kept.decide(2, QUARANTINED)
    kept.work()
    assert [line.about for line in kept.lines] == [scan(2)]
    assert kept.told.reports[-1].status is HealthStatus.OK


def test_a_frame_that_has_no_file_form_is_told() -> None:
    kept = Kept()
    kept.see(shade(0), 1)
    kept.see(shade(7), 2)
    kept.decide(1, QUARANTINED)
    kept.decide(2, QUARANTINED)
    kept.work()
    assert "a black picture" in kept.warnings[0]
    assert [line.about for line in kept.lines] == [scan(2)]


def test_too_many_at_once_lose_the_oldest_and_say_so() -> None:
    frame_bytes = shade(1).nbytes
    kept = Kept(max_waiting_bytes=2 * frame_bytes)
    for number in range(1, 6):
        kept.see(shade(number), number)
        kept.decide(number, QUARANTINED)
    kept.work()
    assert [line.about for line in kept.lines] == [scan(4), scan(5)]
    assert kept.warnings == ["3 not kept: the disk is too slow for so many; look at the disk"]
    assert len(kept.told.verdicts) == 5


def test_a_frame_that_was_gone_before_its_verdict_is_told() -> None:
    kept = Kept()
    kept.keeper.durable(replace(entry(1, QUARANTINED), picture="camera:0"), 1.0)
    kept.keeper.durable(replace(entry(2, ACCEPTED), picture="camera:0"), 1.0)
    kept.work()
    assert kept.warnings == ["1 not kept: the disk is too slow for so many; look at the disk"]


def test_many_items_of_one_frame_are_no_more_than_that_frame() -> None:
    kept = Kept(max_waiting_bytes=shade(1).nbytes)
    numbers = range(1, 51)
    kept.see(shade(7), *numbers)
    for number in numbers:
        kept.decide(number, QUARANTINED)
    kept.work()
    assert len(kept.lines) == 50
    assert kept.warnings == []


def test_a_line_that_could_not_be_journalled_is_told() -> None:
    kept = Kept()
    kept.answer = "the disk is full"
    kept.see(shade(7), 1)
    kept.decide(1, QUARANTINED)
    kept.work()
    assert kept.warnings == ["kept, but not in the journal: the disk is full"]


def test_a_journal_that_has_ended_ends_the_keeper_quietly() -> None:
    kept = Kept()

    def ended(line: ActEntry, on_told: Callable[[str], None] | None) -> None:
        raise WorkerEndedError

    kept.see(shade(7), 1)
    kept.decide(1, QUARANTINED)
    kept.keeper.start(ended, kept.crashes.append)
    kept.keeper.close()
    assert (kept.crashes, kept.warnings) == ([], [])
    assert len(kept.pictures.files) == 1


def test_what_nobody_foresaw_is_handed_on() -> None:
    kept = Kept()
    failure = RuntimeError("unforeseen")
    kept.pictures.tidy = lambda: (_ for _ in ()).throw(failure)  # type: ignore[method-assign]
    kept.work()
    assert kept.crashes == [failure]


def test_the_old_are_cleared_away_but_for_those_under_review() -> None:
    kept = Kept(Limits(30 * DAY_S, 1 << 30))
    for number in (1, 2):
        kept.pictures.keep(scan(number), bytes([number]))
    kept.open.add(scan(2))
    kept.work()
    assert [name for name, _ in kept.pictures.files] == [scan(2)]
    assert kept.warnings == []


def test_none_is_too_old_by_a_clock_that_cannot_be_believed() -> None:
    kept = Kept(Limits(30 * DAY_S, 1 << 30))
    kept.clock_is_wrong = True
    kept.pictures.keep(scan(1), b"1")
    kept.work()
    assert [name for name, _ in kept.pictures.files] == [scan(1)]


def test_want_of_room_takes_what_is_under_review_last_and_says_so() -> None:
    kept = Kept(Limits(1e12, shade(1).nbytes + 1))
    for number in (1, 2, 3):
        kept.pictures.now_s = number
        kept.pictures.keep(scan(number), bytes([number]) * 1000)
        kept.open.add(scan(number))
    kept.see(shade(7), 4)
    kept.open.add(scan(4))
    kept.pictures.now_s = 9
    kept.decide(4, QUARANTINED)
    kept.work()
    assert [name for name, _ in kept.pictures.files] == [scan(4)]
    (warning,) = kept.warnings
    assert warning.startswith("3 removed whose items are under review")
    assert "pictures.max_mb" in warning


def test_a_verdict_never_waits_for_the_disk() -> None:
    """The store is held up until every verdict was told."""
    kept = Kept()
    told_all = threading.Event()
    keep = kept.pictures.keep

    def slow(scan_id: str, jpeg: bytes) -> str:
        assert told_all.wait(60)
        return keep(scan_id, jpeg)

    kept.pictures.keep = slow  # type: ignore[method-assign]
    kept.keeper.start(kept.journal, kept.crashes.append)
    for number in range(1, 20):
        kept.see(shade(number), number)
        kept.decide(number, QUARANTINED)
    assert len(kept.told.verdicts) == 19
    told_all.set()
    kept.keeper.close()
    assert (len(kept.lines), kept.crashes) == (19, [])


class TestMemory:
    def remembered(self, memory: FrameMemory, *numbers: int) -> list[bool]:
        return [memory.find(scan(number)) is not None for number in numbers]

    def capture(self, *numbers: int) -> Capture:
        return Capture("", tuple(Read(scan(n), Symbol(b"")) for n in numbers), "", 0, 0)

    def test_the_oldest_frames_make_room(self) -> None:
        memory = FrameMemory(max_bytes=2 * shade(1).nbytes)
        memory.remember(self.capture(1, 2), shade(1))
        memory.remember(self.capture(3), shade(2))
        assert self.remembered(memory, 1, 2, 3) == [True, True, True]
        memory.remember(self.capture(4), shade(3))
        assert self.remembered(memory, 1, 2, 3, 4) == [False, False, True, True]

    def test_the_newest_is_remembered_however_large(self) -> None:
        memory = FrameMemory(max_bytes=10)
        memory.remember(self.capture(1), shade(1))
        memory.remember(self.capture(2), shade(2))
        assert self.remembered(memory, 1, 2) == [False, True]

    def test_small_frames_are_bounded_by_their_number(self) -> None:
        memory = FrameMemory()
        tiny = np.ones((1, 1), np.uint8)
        for number in range(1, evidence.MAX_HELD + 2):
            memory.remember(self.capture(number), tiny)
        assert self.remembered(memory, 1, 2) == [False, True]
