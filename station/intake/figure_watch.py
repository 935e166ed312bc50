"""Figure watch: whether the dock works, from the journal's lines as they come.

Keeps the sums of `station.core.figures` for screens, and tells health of a reader that stands out:
one that asks for its items again and again, or that had many put away for nothing. A few are no
news: below `MIN_READS` and `MIN_FALSE_ALARMS` nothing is said.
"""

import threading
from collections import deque
from collections.abc import Iterable
from typing import Final

from station.core.causes import Cause, told
from station.core.facts import Repeat
from station.core.figures import MAX_FALSE_ALARMS, MAX_NAMES, By, FigureKeeper, Figures
from station.core.journal import Entry, JournalEntry
from station.core.reasons import VerdictClass
from station.intake.announcing import reader_name
from station.ports.display import StationFigures
from station.ports.health import Health, HealthSink, HealthStatus

COMPONENT: Final = "figures"
"""The health component; the reader's name follows after a colon."""

LAST_READS: Final = 500
"""Of these of a reader its RESCAN rate is told, so that a mended one is soon a good one."""

MIN_READS: Final = 100
MAX_RESCANS: Final = 0.05
"""A reader above it stands out: of a good one some 1 % of reads are asked for again."""

MIN_FALSE_ALARMS: Final = 3
"""So many at least before a rate of false alarms says anything."""

RESCANS_TEXT: Final = (
    "asks for more than 5 % of its items again: clean it, check the labels, see 'station figures'"
)
FALSE_ALARMS_TEXT: Final = (
    "more than 0.05 % of its items were put away for nothing: see 'station scanner tickets' and "
    "'station figures'"
)
_CAUSES: Final = {RESCANS_TEXT: Cause.READER_RESCANS, FALSE_ALARMS_TEXT: Cause.READER_ALARMS}


class FigureWatch:
    """Counts lines of the journal; one thread, though any may read `figures`.

    Args:
        health: Told of readers that stand out, and when they no longer do.
    """

    def __init__(self, health: HealthSink) -> None:
        self._health = health
        self._keeper = FigureKeeper()
        self._last: dict[str, deque[bool]] = {}
        self._told: dict[str, str] = {}
        self._lock = threading.Lock()
        self._figures: StationFigures | None = None

    @property
    def figures(self) -> StationFigures | None:
        """The sums as of the last `tell`; None before the first."""
        with self._lock:
            return self._figures

    def count(self, entries: Iterable[Entry]) -> None:
        """Count the next lines, each once and in their order."""
        for entry in entries:
            self._keeper.note(entry, "")
            if isinstance(entry, JournalEntry):
                self._note_read(entry)

    def tell(self, oldest_open_utc: str) -> None:
        """Tell how things stand, once every line there is was counted.

        Args:
            oldest_open_utc: Since when the item that has waited longest is under review, or ``""``.
        """
        total = self._keeper.total
        figures = StationFigures(
            decided=total.decided,
            false_alarm_rate=total.false_alarm_rate,
            false_alarm_line=MAX_FALSE_ALARMS,
            above_line=_is_above_line(total),
            rescan_rate=total.rescan_rate,
            oldest_open_utc=oldest_open_utc,
        )
        with self._lock:
            self._figures = figures
        self._tell_of_readers()

    def _note_read(self, entry: JournalEntry) -> None:
        if entry.facts.repeat is Repeat.SAME_PRESENTATION:
            return
        last = self._last.get(entry.source)
        if last is None:
            if len(self._last) >= MAX_NAMES:
                return
            last = self._last[entry.source] = deque(maxlen=LAST_READS)
        last.append(entry.verdict.verdict_class is VerdictClass.RESCAN)

    def _tell_of_readers(self) -> None:
        """Say what changed; a report each for those that stand out and those that no longer do."""
        counted = self._keeper.by(By.SOURCE)
        for source, last in self._last.items():
            text = _what_stands_out(last, counted.get(source))
            if text != self._told.get(source, ""):
                self._told[source] = text
                status = HealthStatus.WARNING if text else HealthStatus.OK
                cause = _CAUSES.get(text)
                self._health(
                    Health(
                        f"{COMPONENT}:{reader_name(source)}",
                        status,
                        text,
                        None if cause is None else told(cause),
                    )
                )


def _what_stands_out(last: deque[bool], counted: Figures | None) -> str:
    if len(last) >= MIN_READS and sum(last) > MAX_RESCANS * len(last):
        return RESCANS_TEXT
    if counted is not None and _is_above_line(counted):
        return FALSE_ALARMS_TEXT
    return ""


def _is_above_line(figures: Figures) -> bool:
    return figures.above_the_line and figures.false_alarms >= MIN_FALSE_ALARMS
