"""The station of the day: the product's engine, registry file and station database, on this disk.

Scanners are lines of bytes through the product's own framing. Operators work at as many lanes as
they like, each with a scanner; a wave is one deed of each, after which the clock moves. So the day
is the same on every machine, and entries share commits as they do under load.
"""

import threading
from collections.abc import Sequence
from datetime import datetime, timedelta
from pathlib import Path
from typing import Final

from firmware_bridge.framing.lines import Breakage, LineFormat, LineFramer
from scripts.dock_day.hands import Answer, Deed, Scan
from scripts.dock_day.plan import DAY, MadeUpContent
from station import __version__
from station.core.act_request import ActRequest
from station.core.advice import Advice
from station.core.causes import Told
from station.core.codes import Algorithm
from station.core.crypto import PrivateKey
from station.core.journal import JournalEntry
from station.core.operators import Actor, Role
from station.core.policy import SitePolicy
from station.core.reading import Capture, Declaration
from station.intake.asking import ActDesk, Asked
from station.intake.committer import Committer
from station.intake.engine import Engine
from station.intake.judge import Bench, Judge
from station.intake.loop import VerdictLoop
from station.intake.policies import PolicyBook
from station.ports.display import ActAnswer, Attendance, LatchState
from station.ports.health import Health
from station.scanners.line_captures import LineCaptures
from station.storage import station_db
from station.storage.registry_file import build_registry
from station.storage.review_reader import ReviewReader
from station.storage.sqlite_registry import SqliteRegistry

STATION: Final = "dock-1"
OPERATOR: Final = Actor("ANNA", Role.OPERATOR)
STATION_KEY: Final = PrivateKey.from_seed(Algorithm.ED25519, bytes([9] * 32))

_NS_PER_MS: Final = 1_000_000
_WAVE_DEADLINE_S: Final = 60.0
_START: Final = datetime.fromisoformat(f"{DAY}T06:00:00.000+00:00")


class DayClock:
    """Implements `Clock`; moves between waves only."""

    def __init__(self) -> None:
        self.ns = 0

    def mono_ns(self) -> int:
        """Nanoseconds since the day began."""
        return self.ns

    def now_utc(self) -> str:
        """The day's date and time."""
        moment = _START + timedelta(microseconds=self.ns // 1000)
        return moment.isoformat(timespec="milliseconds")[:-6] + "Z"


class CountingIds:
    """Implements `ScanIds`."""

    def __init__(self) -> None:
        self._last = 0

    def next(self) -> str:
        """The next number."""
        self._last += 1
        return f"{self._last:026d}"


class _Heard:
    """Implements `Outcomes`: keeps what was made durable until the wave is complete."""

    def __init__(self) -> None:
        self._told = threading.Condition()
        self._entries: dict[str, JournalEntry | ActAnswer] = {}
        self._failure = ""

    def durable(self, entry: JournalEntry, commit_ms: float) -> None:
        """An entry is kept."""
        del commit_ms  # the day's clock stands still meanwhile
        with self._told:
            self._entries[entry.scan_id] = entry
            self._told.notify()

    def failed(
        self,
        entry: JournalEntry,
        reason: str,
        why: Told | None = None,  # noqa: ARG002 - the port's
    ) -> None:
        """An entry is not kept: the day cannot go on."""
        with self._told:
            self._failure = f"{entry.scan_id}: {reason}"
            self._told.notify()

    def answered(self, answer: ActAnswer) -> None:
        """An operator's answer was taken, or refused."""
        with self._told:
            self._entries[answer.request_id] = answer
            self._told.notify()

    def latched(self, state: LatchState) -> None:
        """Lanes without a latch."""

    def attended(self, attendance: Attendance) -> None:
        """Lanes without badges."""

    def notice(self, said: str | Advice | Told) -> None:
        """Lanes without a screen."""

    def health(self, report: Health) -> None:
        """The engine stopped, or something else is to be looked at."""
        with self._told:
            self._failure = report.text
            self._told.notify()

    def take(self, scan_ids: Sequence[str]) -> list[JournalEntry | ActAnswer]:
        """Wait for a wave's entries and answers.

        Raises:
            RuntimeError: One could not be kept, or does not come.
        """
        with self._told:
            complete = self._told.wait_for(
                lambda: self._failure or self._entries.keys() >= set(scan_ids), _WAVE_DEADLINE_S
            )
            if self._failure or not complete:
                raise RuntimeError(self._failure or "the station does not answer")
            return [self._entries.pop(scan_id) for scan_id in scan_ids]


class _Lane:
    """A scanner and the hands that hold it, with a time of their own."""

    def __init__(self, number: int, scan_ids: CountingIds, clock: DayClock) -> None:
        self.ns = 0
        self._source = f"serial:/dev/lane-{number:02}"
        self._framer = LineFramer(LineFormat())
        self._captures = LineCaptures(self._source, scan_ids, clock)
        self._scan_ids = scan_ids

    def arrived(self, deed: Deed) -> Capture | Declaration | Asked:
        """What a deed brings to the loop."""
        self.ns += deed.after_ms * _NS_PER_MS
        if isinstance(deed, Answer):
            scan_id = self._scan_ids.next()
            request = ActRequest(scan_id, deed.kind, deed.about)
            return Asked(scan_id, request, OPERATOR, None)
        if not isinstance(deed, Scan):
            return Declaration(
                self._scan_ids.next(), "operator:dock", deed.reason, deed.gtin, self.ns
            )
        sent = deed.line if deed.cut else deed.line + b"\r"
        events = self._framer.feed(sent, self.ns)
        (event,) = self._framer.abandon(Breakage.GAP) if deed.cut else events
        return self._captures.of(event, self.ns)


class Dock:
    """An engine at work; a context manager.

    Args:
        folder: Where its databases are.
        lanes: How many scanners there are.
    """

    def __init__(self, folder: Path, lanes: int) -> None:
        self.database: Final = folder / "station.db"
        self.clock: Final = DayClock()
        self._folder = folder
        self._heard = _Heard()
        scan_ids = CountingIds()
        self._lanes = [_Lane(number, scan_ids, self.clock) for number in range(lanes)]
        station_db.create(self.database, STATION)
        policies = PolicyBook(SitePolicy())
        self._store = station_db.open_store(
            self.database, signer=STATION_KEY.sign, policy_text=policies.text
        )
        self._registry: SqliteRegistry | None = None
        self._reviews = ReviewReader(self.database)
        bench = Bench(STATION, policies, __version__)
        judge = Judge(bench, self._store, self.clock)
        committer = Committer(self._store, self._heard, self.clock, judge.settle)
        desk = ActDesk(
            bench, judge, self._store, self._reviews, committer, self._heard, self.clock, scan_ids
        )
        loop = VerdictLoop(judge, self._in_use, committer, self._heard, self.clock, desk)
        self._engine = Engine((), loop, committer, self._heard)

    def __enter__(self) -> "Dock":
        """Start the engine."""
        self._engine.start()
        return self

    def __exit__(self, *_: object) -> None:
        """End the engine and release the files."""
        self._engine.stop()
        self._engine.wait()
        self._reviews.close()
        self._store.close()
        if self._registry is not None:
            self._registry.close()

    def refresh(self, content: MadeUpContent) -> None:
        """Build a generation and use it; between waves."""
        path = self._folder / f"registry-{content.generation.number}.db"
        build_registry(path, content)
        self._registry = SqliteRegistry(path)

    def wave(self, deeds: Sequence[tuple[int, Deed]]) -> list[JournalEntry | ActAnswer]:
        """One deed of each of some lanes; what the station said of each.

        Args:
            deeds: Lane and deed; each lane once.
        """
        arrived = [self._lanes[lane].arrived(deed) for lane, deed in deeds]
        self.clock.ns = max(lane.ns for lane in self._lanes)
        for one in arrived:
            self._engine.submit(one)
        return self._heard.take([_name_of(one) for one in arrived])

    def _in_use(self) -> SqliteRegistry:
        if self._registry is None:
            raise RuntimeError("no registry yet")
        return self._registry


def _name_of(arrived: Capture | Declaration | Asked) -> str:
    """By which name the station's word on it comes."""
    match arrived:
        case Capture(reads=(read, *_)):
            return read.scan_id
        case Declaration(scan_id=scan_id):
            return scan_id
        case Asked(request_id=request_id):
            return request_id
        case _:
            raise ValueError("nothing was read")
