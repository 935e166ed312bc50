"""Keeps the frames behind quarantines and unread labels, and journals their digests.

Frames are remembered for a while by the scan ids read in them. When a verdict is durable and its
frame is evidence, the frame waits for this room's own thread, which encodes it, keeps it and then
puts a line into the journal: the line is true because the picture was on the disk before it. No
verdict waits for any of it, and none is changed by what goes wrong here: health says so.
"""

import math
import threading
from collections import OrderedDict, deque
from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import datetime
from typing import TYPE_CHECKING, Final

from station.core.acts import ActEntry, ActKind
from station.core.causes import Cause, Told, because, told
from station.core.errors import StationError
from station.core.evidence import Limits, clearance, is_kept
from station.core.journal import JournalEntry
from station.core.operators import THE_STATION, Role
from station.core.reading import Capture
from station.intake.relay import Relay
from station.intake.worker import OnCrash, WorkerEndedError
from station.ports.clock import Clock, ScanIds
from station.ports.evidence import PictureEncoder, PictureStore
from station.ports.health import Health, HealthStatus
from station.ports.outcomes import Outcomes

if TYPE_CHECKING:
    from station.ports.frames import GreyPixels

PICTURES: Final = "pictures"
"""The health component."""

MAX_HELD_BYTES: Final = 64 << 20
"""Pixels that wait for a verdict, and again those that wait to be written: 7 frames of 4K each."""

MAX_HELD: Final = 256
"""Frames that wait for a verdict, and verdicts whose picture waits to be written."""

CLEAR_EVERY_S: Final = 3600.0

Journal = Callable[[ActEntry, Callable[[str], None] | None], None]
"""Hands a line over to the journal's writer, as `station.intake.committer.Committer.put`."""


@dataclass(frozen=True, slots=True, eq=False)
class _Seen:
    """A frame with what was read in it.

    Attributes:
        pixels: 2-D uint8, grey.
        scan_ids: The reads of one capture.
        shows_unread: Whether it shows a label that could not be read.
    """

    pixels: "GreyPixels"
    scan_ids: tuple[str, ...]
    shows_unread: bool


class FrameMemory:
    """The newest frames by the scan ids read in them; bounded; any thread."""

    def __init__(self, max_bytes: int = MAX_HELD_BYTES) -> None:
        self._max_bytes = max_bytes
        self._lock = threading.Lock()
        self._seen: OrderedDict[str, _Seen] = OrderedDict()
        """By the first scan id of its capture."""
        self._first: dict[str, str] = {}
        self._bytes = 0

    def remember(self, capture: Capture, pixels: "GreyPixels") -> None:
        """Take a capture's frame; the oldest make room. The newest is always remembered.

        Implements `station.ports.evidence.FrameSink`.
        """
        scan_ids = tuple(read.scan_id for read in capture.reads)
        seen = _Seen(pixels, scan_ids, bool(capture.unread))
        with self._lock:
            self._seen[scan_ids[0]] = seen
            self._first.update(dict.fromkeys(scan_ids, scan_ids[0]))
            self._bytes += pixels.nbytes
            while len(self._seen) > 1 and (
                self._bytes > self._max_bytes or len(self._seen) > MAX_HELD
            ):
                self._drop(next(iter(self._seen)))

    def find(self, scan_id: str) -> _Seen | None:
        """The frame in which a scan was read, or None."""
        with self._lock:
            return self._seen.get(self._first.get(scan_id, ""))

    def _drop(self, first: str) -> None:
        seen = self._seen.pop(first)
        self._bytes -= seen.pixels.nbytes
        for scan_id in seen.scan_ids:
            self._first.pop(scan_id, None)


@dataclass(frozen=True, slots=True)
class Bureau:
    """What pictures are kept with.

    Attributes:
        station: The station's name, for the journal.
        version: Which release.
        pictures: Keeps them.
        encode: Makes files of frames.
        is_open: Whether the item of a scan id is under review; the keeper's thread only.
        limits: For how long and how much.
        clock: For the journal and for ages.
        scan_ids: Names the lines.
        clock_is_wrong: Whether the wall clock cannot be believed; no picture is too old meanwhile.
    """

    station: str
    version: str
    pictures: PictureStore
    encode: PictureEncoder
    is_open: Callable[[str], bool]
    limits: Limits
    clock: Clock
    scan_ids: ScanIds
    clock_is_wrong: Callable[[], bool] = lambda: False


class EvidenceKeeper(Relay):
    """Keeps pictures of what it passes on.

    Args:
        outcomes: Told everything, before a picture is thought of.
        memory: Where the sources put their frames.
        bureau: What pictures are kept with.
        max_waiting_bytes: Pixels that wait to be written.
    """

    def __init__(
        self,
        outcomes: Outcomes,
        memory: FrameMemory,
        bureau: Bureau,
        max_waiting_bytes: int = MAX_HELD_BYTES,
    ) -> None:
        super().__init__(outcomes)
        self._bureau = bureau
        self._memory = memory
        self._max_waiting_bytes = max_waiting_bytes
        self._changed = threading.Condition()
        self._waiting: deque[tuple[str, _Seen]] = deque()
        self._dropped = 0
        self._closing = False
        self._thread: threading.Thread | None = None
        self._warned = False
        self._unread_taken: _Seen | None = None
        self._encoded: tuple[_Seen, bytes] | None = None

    def start(self, journal: Journal, on_crash: OnCrash) -> None:
        """Start the thread that writes pictures."""
        self._thread = threading.Thread(target=self._run, args=(journal, on_crash), name=PICTURES)
        self._thread.start()

    def close(self) -> None:
        """Keep what waits, then end the thread; idempotent."""
        with self._changed:
            self._closing = True
            self._changed.notify_all()
        if self._thread is not None:
            self._thread.join()

    def durable(self, entry: JournalEntry, commit_ms: float) -> None:
        """Pass it on; then let its frame wait to be kept, if it is evidence."""
        super().durable(entry, commit_ms)
        seen = self._memory.find(entry.scan_id)
        if seen is None:
            # A frame that had to make room for newer ones before its verdict was durable.
            if entry.picture and is_kept(entry, shows_unread=False):
                with self._changed:
                    self._dropped += 1
                    self._changed.notify_all()
            return
        # One picture tells of all labels that could not be read in it.
        shows_unread = seen.shows_unread and seen is not self._unread_taken
        if not is_kept(entry, shows_unread=shows_unread):
            return
        if seen.shows_unread:
            self._unread_taken = seen
        with self._changed:
            self._waiting.append((entry.scan_id, seen))
            while len(self._waiting) > 1 and self._is_too_much():
                self._waiting.popleft()
                self._dropped += 1
            self._changed.notify_all()

    def _is_too_much(self) -> bool:
        frames = {id(seen): seen.pixels.nbytes for _, seen in self._waiting}
        return len(self._waiting) > MAX_HELD or sum(frames.values()) > self._max_waiting_bytes

    # ------------------------------------------------------------- the keeper's thread

    def _run(self, journal: Journal, on_crash: OnCrash) -> None:
        try:
            self._guarded(self._bureau.pictures.tidy)
            self._guarded(self._clear)
            while self._work(journal):
                pass
        except WorkerEndedError:
            return
        except BaseException as error:  # noqa: BLE001 - told to the owner, who stops everything
            on_crash(error)

    def _work(self, journal: Journal) -> bool:
        """Keep one picture, or clear away old ones when there was none for long."""
        with self._changed:
            self._changed.wait_for(
                lambda: self._waiting or self._dropped or self._closing, CLEAR_EVERY_S
            )
            dropped, self._dropped = self._dropped, 0
            job = self._waiting.popleft() if self._waiting else None
            closing = self._closing
        if dropped:
            self._warn(
                f"{dropped} not kept: the disk is too slow for so many; look at the disk",
                told(Cause.PICTURES_TOO_MANY, count=dropped),
            )
        if job is not None:
            self._guarded(lambda: self._keep(*job, journal))
        elif closing:
            return False
        self._guarded(self._clear)
        return True

    def _guarded(self, step: Callable[[], None]) -> None:
        try:
            step()
        except StationError as error:
            told_of = because(Cause.PICTURES_FAIL, error.told, error.message)
            self._warn(f"not kept or cleared away: {error}", told_of)

    def _keep(self, scan_id: str, seen: _Seen, journal: Journal) -> None:
        bureau = self._bureau
        if self._encoded is None or self._encoded[0] is not seen:
            try:
                self._encoded = (seen, bureau.encode(seen.pixels))
            except ValueError as error:
                told_of = told(Cause.PICTURE_NOT_KEPT, why=error)
                self._warn(f"not kept: {error}; keep the picture's own file", told_of)
                return
        digest = bureau.pictures.keep(scan_id, self._encoded[1])
        line = ActEntry(
            scan_id=bureau.scan_ids.next(),
            time_utc=bureau.clock.now_utc(),
            station=bureau.station,
            kind=ActKind.PICTURE_KEPT,
            operator=THE_STATION,
            role=Role.WITNESS,
            about=scan_id,
            reference=digest,
            software_version=bureau.version,
        )
        journal(line, self._told)
        if self._warned:
            self._warned = False
            self.health(
                Health(
                    PICTURES,
                    HealthStatus.OK,
                    "pictures are kept again",
                    told(Cause.PICTURES_KEPT_AGAIN),
                )
            )

    def _told(self, reason: str) -> None:
        """On the journal writer's thread."""
        if reason:
            told_of = told(Cause.PICTURE_NOT_JOURNALLED, why=reason)
            self._warn(f"kept, but not in the journal: {reason}", told_of)

    def _clear(self) -> None:
        bureau = self._bureau
        now_s = datetime.fromisoformat(bureau.clock.now_utc()).timestamp()
        limits = bureau.limits
        if bureau.clock_is_wrong():
            limits = replace(limits, keep_s=math.inf)
        cleared = clearance(bureau.pictures.kept(), limits, now_s, bureau.is_open)
        for picture in (*cleared.settled, *cleared.under_review):
            bureau.pictures.remove(picture)
        if cleared.under_review:
            self._warn(
                f"{len(cleared.under_review)} removed whose items are under review, for want of "
                "room: end reviews, or raise pictures.max_mb",
                told(Cause.PICTURES_REMOVED, count=len(cleared.under_review)),
            )

    def _warn(self, text: str, told_of: Told) -> None:
        self._warned = True
        self.health(Health(PICTURES, HealthStatus.WARNING, text, told_of))
