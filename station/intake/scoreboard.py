"""What the engine has done so far, for screens that connect late: counters, history, health, latch.

Sums are kept here and sent whole, so a message a slow screen lost loses no count. Any thread.
"""

import threading
from collections import deque
from dataclasses import dataclass, replace
from typing import Final

from station.core.journal import JournalEntry
from station.core.reasons import VerdictClass
from station.core.verdict import UnitChange
from station.ports.display import Attendance, Counters, LatchState, VerdictShown
from station.ports.health import Health

RECENT: Final = 50
"""Verdicts kept for the screen's list."""

MAX_COMPONENTS: Final = 64
"""Health reports kept; components beyond are not expected and not kept."""


@dataclass(frozen=True, slots=True)
class Standing:
    """The scoreboard at one moment."""

    counters: Counters
    latch: LatchState
    health: tuple[Health, ...]
    recent: tuple[VerdictShown, ...]
    attendance: Attendance


class Scoreboard:
    """Collects; never blocks for long."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._counters = Counters()
        self._latch = LatchState(latched=False)
        self._attendance = Attendance()
        self._health: dict[str, Health] = {}
        self._recent: deque[VerdictShown] = deque(maxlen=RECENT)

    def standing(self) -> Standing:
        """Everything, newest verdict first."""
        with self._lock:
            return Standing(
                self._counters,
                self._latch,
                tuple(self._health.values()),
                tuple(reversed(self._recent)),
                self._attendance,
            )

    def count(self, entry: JournalEntry, shown: VerdictShown) -> Counters:
        """Count a durable verdict; one that failed is counted by the class it is shown as."""
        with self._lock:
            self._counters = _counted(self._counters, shown.verdict_class, entry)
            self._recent.append(shown)
            if shown.latched:
                self._latch = LatchState(latched=True, scan_id=shown.scan_id)
            return self._counters

    def recall(self, shown: VerdictShown) -> None:
        """Put a verdict of an earlier run into the list, without counting it."""
        with self._lock:
            self._recent.append(shown)

    def latch(self, state: LatchState) -> None:
        """The latch refused a read or was released."""
        with self._lock:
            if state.latched and state.refused:
                refused = self._counters.refused_while_latched + 1
                self._counters = replace(self._counters, refused_while_latched=refused)
            self._latch = state

    def attended(self, attendance: Attendance) -> None:
        """Somebody signed in or out."""
        with self._lock:
            self._attendance = attendance

    def health(self, report: Health) -> bool:
        """Keep the newest report of a component; True when it says something new."""
        with self._lock:
            known = self._health.get(report.component)
            if known is None and len(self._health) >= MAX_COMPONENTS:
                return False
            self._health[report.component] = report
            return known != report


def _counted(counters: Counters, verdict_class: VerdictClass, entry: JournalEntry) -> Counters:
    scans = counters.scans + 1
    match verdict_class:
        case VerdictClass.ACCEPT | VerdictClass.ACCEPT_NOTE:
            received = entry.verdict.change is UnitChange.RECEIVE or entry.facts.enrolled is False
            accepted = counters.accepted + int(received)
            return replace(counters, scans=scans, accepted=accepted)
        case VerdictClass.RESCAN:
            return replace(counters, scans=scans, rescans=counters.rescans + 1)
        case VerdictClass.HOLD:
            return replace(counters, scans=scans, held=counters.held + 1)
        case VerdictClass.QUARANTINE:
            return replace(counters, scans=scans, quarantined=counters.quarantined + 1)
        case VerdictClass.STOP:
            return replace(counters, scans=scans, stops=counters.stops + 1)
