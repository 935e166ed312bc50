"""Clock watch: whether the wall clock can be believed, for every verdict and once a second.

`is_wrong` is asked for each verdict, on the verdict loop's thread: a clock that jumped a moment ago
makes nothing look fresh. `ClockReport` belongs to the ticker's thread: it tells health and the
journal when the clock goes wrong and when it is right again, and has the mark kept, which may wait
for the disk. A time server that puts the clock forward is believed: that makes a registry look
older, never fresher. One that puts it back is not.
"""

from collections.abc import Callable
from contextlib import suppress
from datetime import datetime
from typing import Final

from station.core.acts import ActEntry, ActKind
from station.core.causes import Cause, because, told
from station.core.clock_check import (
    ClockBounds,
    ClockFault,
    ClockFinding,
    ClockMark,
    ClockReading,
    check_clock,
    mark_after,
    mark_at_start,
    words_of,
)
from station.core.errors import StorageError
from station.core.operators import THE_STATION, Role
from station.intake.worker import WorkerEndedError
from station.ports.clock import Clock, ClockMemory, MachineClock, ScanIds
from station.ports.health import Health, HealthSink, HealthStatus

COMPONENT: Final = "clock"
"""The health component."""

KEEP_EVERY_MS: Final = 60_000
"""How often the mark is kept while the clock is right."""


class ClockJournal:
    """Writes down when the clock went wrong and when it was right again.

    Args:
        station: The station's name.
        version: The software's version.
        clock: For the lines' times, right or wrong.
        scan_ids: Names the lines.
        put: Hands a line to the journal.
    """

    def __init__(
        self,
        station: str,
        version: str,
        clock: Clock,
        scan_ids: ScanIds,
        put: Callable[[ActEntry], None],
    ) -> None:
        self._station = station
        self._version = version
        self._clock = clock
        self._scan_ids = scan_ids
        self._put = put

    def note(self, kind: ActKind, text: str) -> None:
        """Hand over a line; the journal that has ended takes none."""
        line = ActEntry(
            scan_id=self._scan_ids.next(),
            time_utc=self._clock.now_utc(),
            station=self._station,
            kind=kind,
            operator=THE_STATION,
            role=Role.WITNESS,
            reason_text=text,
            software_version=self._version,
        )
        try:
            self._put(line)
        except WorkerEndedError:
            return


class ClockWatch:
    """Watches one machine's clock.

    Args:
        machine: The clock.
        memory: Remembers it over a restart.
        published_utc: When the registry in use was signed; any thread.
        journal_end: Number and time of the newest line as the engine starts; 0 and ``""`` of none.
    """

    def __init__(
        self,
        machine: MachineClock,
        memory: ClockMemory,
        published_utc: Callable[[], str],
        journal_end: tuple[int, str],
    ) -> None:
        self._machine = machine
        self._memory = memory
        self._published_utc = published_utc
        self._published: tuple[str, int | None] = ("", None)
        self._journal_end = journal_end
        kept = memory.recall()
        counts_from = 0 if kept is None else kept.journal_seq
        self._mark = mark_at_start(machine.read(), kept, self._journal_ms(counts_from))
        self._kept_at_ms: int | None = None
        self._learnt = self._mark != kept
        self.is_kept = True
        """Whether what is remembered is on the disk."""

    def is_wrong(self) -> bool:
        """Whether the clock cannot be believed now; any thread, some microseconds."""
        return self.finding() is not None

    def finding(self) -> ClockFinding | None:
        """What is wrong with the clock now, or None; any thread, some microseconds."""
        return self._finding(self._machine.read(), self._mark)

    def follow(self) -> ClockFinding | None:
        """As `finding`, and remember a clock that is right; one thread, may wait for the disk.

        Raises:
            StorageError: It is right, and that cannot be remembered.
        """
        now = self._machine.read()
        finding = self._finding(now, self._mark)
        if finding is not None:
            finding = self._again(now, finding)
        if finding is None:
            self._mark = mark_after(now, self._mark)
            if self._kept_at_ms is None or now.boot_ms - self._kept_at_ms >= KEEP_EVERY_MS:
                self._kept_at_ms = now.boot_ms
                self._keep()
        elif self._learnt:
            with suppress(StorageError):  # tried again at the next look
                self._keep()
        return finding

    def _keep(self) -> None:
        self.is_kept = False
        self._memory.keep(self._mark)
        self.is_kept = True
        self._learnt = False

    def _finding(self, now: ClockReading, mark: ClockMark) -> ClockFinding | None:
        bounds = ClockBounds(self._published_ms(), self._journal_ms(mark.journal_seq))
        finding = check_clock(now, mark, bounds)
        if finding is None or finding.fault is not ClockFault.WENT_FORWARD:
            return finding
        return None if self._machine.is_synchronised() else finding

    def _journal_ms(self, counts_from: int) -> int | None:
        """When the newest line was written, where it is later than the one that counts from."""
        seq, time_utc = self._journal_end
        return moment_ms(time_utc) if seq > counts_from else None

    def _published_ms(self) -> int | None:
        """The registry's moment, worked out once for each generation."""
        published_utc = self._published_utc()
        known, moment = self._published
        if known != published_utc:
            moment = moment_ms(published_utc)
            self._published = (published_utc, moment)
        return moment

    def _again(self, now: ClockReading, finding: ClockFinding) -> ClockFinding | None:
        """Look once more where somebody has said meanwhile that the clock is right."""
        kept = self._memory.recall()
        if kept is None or kept.confirmed <= self._mark.confirmed:
            return finding
        self._mark = kept
        return self._finding(now, kept)


_CAUSES: Final = {
    ClockFault.BEFORE_REGISTRY: Cause.CLOCK_BEHIND_REGISTRY,
    ClockFault.BEFORE_JOURNAL: Cause.CLOCK_BEHIND_JOURNAL,
    ClockFault.WENT_BACK: Cause.CLOCK_PUT_BACK,
    ClockFault.WENT_FORWARD: Cause.CLOCK_PUT_FORWARD,
}


class ClockReport:
    """Tells health and the journal what became of the clock; the ticker's thread.

    Args:
        watch: The watch.
        health: Told when the clock goes wrong, and when it is right again.
        journal: Told likewise.
    """

    def __init__(self, watch: ClockWatch, health: HealthSink, journal: ClockJournal) -> None:
        self._watch = watch
        self._health = health
        self._journal = journal
        self._told: ClockFault | None = None
        self._told_unkept = False

    def look(self) -> None:
        """Follow the clock and tell what changed; never raises."""
        try:
            finding = self._watch.follow()
        except StorageError as error:
            finding = None
            self._told_unkept = True
            text = f"would not be missed if put back meanwhile: {error}"
            told_of = because(Cause.CLOCK_NOT_REMEMBERED, error.told, error.message)
            self._health(Health(COMPONENT, HealthStatus.WARNING, text, told_of))
        if self._told_unkept and self._watch.is_kept:
            self._told_unkept = False
            self._health(
                Health(
                    COMPONENT,
                    HealthStatus.OK,
                    "is watched again",
                    told(Cause.CLOCK_WATCHED_AGAIN),
                )
            )
        self._tell(finding)

    def _tell(self, finding: ClockFinding | None) -> None:
        """Tell what changed; that a wrong clock is wrong by another second is no news."""
        fault = None if finding is None else finding.fault
        if fault is self._told:
            return
        self._told = fault
        if finding is None:
            self._health(
                Health(COMPONENT, HealthStatus.OK, "is right again", told(Cause.CLOCK_RIGHT_AGAIN))
            )
        else:
            text = f"{words_of(finding)}; verdicts are provisional meanwhile"
            told_of = told(_CAUSES[finding.fault], span=finding.by_s)
            self._health(Health(COMPONENT, HealthStatus.WARNING, text, told_of))
        kind = ActKind.CLOCK_RIGHT if finding is None else ActKind.CLOCK_WRONG
        self._journal.note(kind, "" if finding is None else words_of(finding))


def moment_ms(time_utc: str) -> int | None:
    """A moment in milliseconds since 1970; None for what is none, or has no time zone."""
    try:
        moment = datetime.fromisoformat(time_utc)
    except ValueError:
        return None
    return None if moment.tzinfo is None else round(moment.timestamp() * 1000)
