"""Figures that say whether a dock works: false alarms, rescans, and how long an item waits.

A fold over the journal's lines in their order, fed one by one, at start from the journal and then
live. An alarm is a HOLD or QUARANTINE. It is false when the item was good after all: a person
released it, or took the verdict back. The answer "same unit" to a repeat ends an alarm too, but it
is counted apart: the operator scanned an item twice, and no scanner or label was at fault.

What is known of a line is counted under its station, its source, its operator and its brand.
Memory is bounded: alarms that nobody ends, and names beyond a few hundred of a kind, do not add up
for ever. Pure, and for one thread at a time.
"""

from collections import OrderedDict
from dataclasses import dataclass
from datetime import datetime
from enum import Enum
from typing import Final

from station.core.acts import ActEntry, ActKind
from station.core.facts import Repeat
from station.core.journal import Entry, JournalEntry
from station.core.reasons import VerdictClass

MAX_FALSE_ALARMS: Final = 0.0005
"""The line: of all items decided, those put away for nothing. Above it people stop believing."""

MAX_OPEN: Final = 50_000
"""Alarms remembered until they are ended; the oldest is forgotten first and stays unresolved."""

MAX_ENDED: Final = 4096
"""Ends remembered, so that one that is undone can be taken out of the figures again."""

MAX_NAMES: Final = 500
"""Names of one kind counted by themselves; what comes beyond is counted together."""

OTHERS: Final = "(others)"
NOBODY: Final = "(nobody signed in)"
UNKNOWN: Final = "(unknown)"


class By(Enum):
    """What figures are told apart by."""

    STATION = "station"
    SOURCE = "source"
    OPERATOR = "operator"
    BRAND = "brand"


_RELEASES: Final = frozenset({ActKind.RELEASE, ActKind.UNDO})
_ENDS: Final = _RELEASES | {
    ActKind.SAME_UNIT,
    ActKind.CONFIRM_COUNTERFEIT,
    ActKind.RETURN_TO_SELLER,
    ActKind.RELABEL,
    ActKind.DESTROY,
}
_ALARMS: Final = frozenset({VerdictClass.HOLD, VerdictClass.QUARANTINE})


@dataclass(slots=True)
class Figures:
    """What was counted under one name.

    Attributes:
        reads: Verdicts, further reads of one presentation apart.
        rescans: Of these, RESCAN: the item was asked for again.
        decided: Of these, verdicts on an item: neither RESCAN nor STOP.
        alarms: Of these, HOLD or QUARANTINE.
        false_alarms: Alarms that were ended by a release or an undo.
        same_unit: Alarms that were ended by the answer "same unit".
        resolved: Alarms that were ended at all.
        resolution_s: Seconds from alarm to end, all together.
        longest_s: The longest of them.
    """

    reads: int = 0
    rescans: int = 0
    decided: int = 0
    alarms: int = 0
    false_alarms: int = 0
    same_unit: int = 0
    resolved: int = 0
    resolution_s: float = 0.0
    longest_s: float = 0.0

    @property
    def false_alarm_rate(self) -> float:
        """Of items decided, 0 to 1."""
        return self.false_alarms / self.decided if self.decided else 0.0

    @property
    def rescan_rate(self) -> float:
        """Of reads, 0 to 1."""
        return self.rescans / self.reads if self.reads else 0.0

    @property
    def mean_resolution_s(self) -> float | None:
        """Seconds from alarm to end; None where none has ended."""
        return self.resolution_s / self.resolved if self.resolved else None

    @property
    def above_the_line(self) -> bool:
        """Whether more were put away for nothing than may be."""
        return self.false_alarm_rate > MAX_FALSE_ALARMS


@dataclass(frozen=True, slots=True)
class _Alarm:
    """An alarm that stands, and what it is counted under."""

    time_utc: str
    counted: tuple[Figures, ...]


@dataclass(frozen=True, slots=True)
class _End:
    """An alarm that was ended, and by what."""

    scan_id: str
    alarm: _Alarm
    kind: ActKind
    seconds: float


class FigureKeeper:
    """Counts lines of the journal, each once, in their order."""

    def __init__(self) -> None:
        self.total: Final = Figures()
        self._by: dict[By, dict[str, Figures]] = {by: {} for by in By}
        self._open: OrderedDict[str, _Alarm] = OrderedDict()
        self._ended: OrderedDict[str, _End] = OrderedDict()
        self._forgotten = 0

    @property
    def unresolved(self) -> int:
        """Alarms that nobody has ended yet."""
        return len(self._open) + self._forgotten

    @property
    def oldest_open_utc(self) -> str | None:
        """Since when the alarm that has waited longest stands."""
        first = next(iter(self._open.values()), None)
        return None if first is None else first.time_utc

    def by(self, by: By) -> dict[str, Figures]:
        """Figures by name, the names that have most alarms first."""
        found = self._by[by].items()
        return dict(sorted(found, key=lambda pair: (-pair[1].alarms, -pair[1].reads, pair[0])))

    def note(self, entry: Entry, brand: str) -> None:
        """Count a line.

        Args:
            entry: The line.
            brand: The brand of its product, or ``""``.
        """
        if isinstance(entry, JournalEntry):
            self._note_verdict(entry, brand)
        else:
            self._note_act(entry)

    def _note_verdict(self, entry: JournalEntry, brand: str) -> None:
        if entry.facts.repeat is Repeat.SAME_PRESENTATION:
            return
        counted = (
            self.total,
            self._under(By.STATION, entry.station),
            self._under(By.SOURCE, entry.source),
            self._under(By.OPERATOR, entry.operator or NOBODY),
            self._under(By.BRAND, brand or UNKNOWN),
        )
        verdict_class = entry.verdict.verdict_class
        asks_again = verdict_class is VerdictClass.RESCAN
        for figures in counted:
            figures.reads += 1
            figures.rescans += asks_again
            figures.decided += not asks_again and verdict_class is not VerdictClass.STOP
            figures.alarms += verdict_class in _ALARMS
        if verdict_class in _ALARMS:
            self._open[entry.scan_id] = _Alarm(entry.time_utc, counted)
            if len(self._open) > MAX_OPEN:
                self._open.popitem(last=False)
                self._forgotten += 1

    def _note_act(self, act: ActEntry) -> None:
        ended = self._ended.pop(act.about, None) if act.kind is ActKind.UNDO else None
        if ended is not None:
            self._count_end(ended, -1)
            self._open[ended.scan_id] = ended.alarm
            return
        alarm = self._open.pop(act.about, None) if act.kind in _ENDS else None
        if alarm is None:
            return
        end = _End(act.about, alarm, act.kind, _seconds(alarm.time_utc, act.time_utc))
        self._count_end(end, 1)
        self._ended[act.scan_id] = end
        if len(self._ended) > MAX_ENDED:
            self._ended.popitem(last=False)

    def _count_end(self, end: _End, count: int) -> None:
        for figures in end.alarm.counted:
            figures.resolved += count
            figures.false_alarms += count * (end.kind in _RELEASES)
            figures.same_unit += count * (end.kind is ActKind.SAME_UNIT)
            figures.resolution_s += count * end.seconds
            # The longest stays, also where its end was undone: it has waited at least so long.
            figures.longest_s = max(figures.longest_s, end.seconds)

    def _under(self, by: By, name: str) -> Figures:
        known = self._by[by]
        found = known.get(name)
        if found is None:
            if len(known) >= MAX_NAMES:
                name = OTHERS
            found = known.setdefault(name, Figures())
        return found


def _seconds(begun_utc: str, ended_utc: str) -> float:
    """How long it took; 0 where the clock was set back or a moment is none."""
    try:
        took = datetime.fromisoformat(ended_utc) - datetime.fromisoformat(begun_utc)
    except (ValueError, TypeError):
        return 0.0
    return max(0.0, took.total_seconds())
