"""How each product's print changes over time, from the estimates the journal keeps.

A fold over the journal's lines, in any order. Counted are accepted units only, since a copier's
print is not the brand's, and of these the labels seen large enough for a weakness to be the
print's. A letter alone jumps at its limits, so a fall counts when the median lost a letter and some
way besides. A worn lens looks like worn print: whether other cameras and other products saw the
same says which it is. Pure; memory is bounded, about 2 kB a product, source and day.
"""

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date
from enum import Enum
from typing import Final, TypeVar

from station.core.facts import Repeat
from station.core.journal import Entry, JournalEntry
from station.core.print_quality import Grade, Measure, PrintQuality, Standard, grade_of

WINDOW_DAYS: Final = 7
"""Days at the end that are compared with as many at the beginning."""

LOOK_BACK_DAYS: Final = 35
"""How far back the beginning may lie: slower wear shows from week to week."""

LEAST_LABELS: Final = 10
"""Labels that each end of a comparison needs."""

LEAST_FALL: Final = 0.05
"""By how much a median must have changed besides its letter."""

MAX_PRODUCTS: Final = 500
MAX_SOURCES: Final = 32
MAX_DAYS: Final = 400
"""Beyond these, labels of further products and sources are not counted, and old days forgotten."""

_Value = TypeVar("_Value")

_STEPS: Final = 100
"""Values are counted in hundredths."""


class Period(Enum):
    """What labels are counted by."""

    DAY = "day"
    WEEK = "week"

    def name_of(self, day: date) -> str:
        """The period a day is in: ``2026-01-31``, or ISO 8601's week, ``2026-W05``."""
        if self is Period.DAY:
            return day.isoformat()
        year, week, _ = day.isocalendar()
        return f"{year}-W{week:02}"


class Cause(Enum):
    """What a fall comes from, as far as other cameras and other products tell."""

    PRINT = "print"
    CAMERA = "camera"
    EITHER = "print or camera"


@dataclass(slots=True)
class PrintFigures:
    """What was counted of some labels.

    Attributes:
        labels: How many.
        grades: How many of each letter.
    """

    labels: int = 0
    grades: Counter[Grade] = field(default_factory=Counter)
    _values: dict[Measure, Counter[tuple[Standard, int]]] = field(default_factory=dict)

    def note(self, quality: PrintQuality) -> None:
        """Count a label."""
        self.labels += 1
        self.grades[quality.grade] += 1
        for measure in quality.grades:
            value = round(getattr(quality, measure.value) * _STEPS)
            self._values.setdefault(measure, Counter())[quality.standard, value] += 1

    def add(self, other: "PrintFigures") -> None:
        """Count all that another has counted."""
        self.labels += other.labels
        self.grades.update(other.grades)
        for measure, values in other._values.items():
            self._values.setdefault(measure, Counter()).update(values)

    @property
    def median_grade(self) -> Grade | None:
        """The letter in the middle; None without labels."""
        return _median(sorted(self.grades.items()))

    def median(self, measure: Measure) -> tuple[float, Grade] | None:
        """The middle value of a measure and its letter; None where no label has it."""
        found = _median(sorted(self._values.get(measure, Counter()).items(), key=_by_value))
        if found is None:
            return None
        standard, value = found
        return value / _STEPS, grade_of(standard, measure, value / _STEPS)


@dataclass(frozen=True, slots=True)
class Fading:
    """A product's print got worse as one source saw it.

    Attributes:
        source: Which source.
        measure: What got worse.
        before: The median at the beginning: value, letter.
        after: The median at the end.
        days: From the middle of the beginning to the middle of the end.
        cause: Whether it is the print.
    """

    source: str
    measure: Measure
    before: tuple[float, Grade]
    after: tuple[float, Grade]
    days: int
    cause: Cause


class PrintTrend:
    """Counts the labels of accepted units by product, source and day."""

    def __init__(self) -> None:
        self.too_small: int = 0
        """Labels that were seen too small for their print to be told from the camera."""
        self.not_counted: int = 0
        """Labels of products and sources beyond those that are counted."""
        self._days: dict[str, dict[str, dict[date, PrintFigures]]] = {}

    @property
    def products(self) -> tuple[str, ...]:
        """The GTINs counted, those with the most labels first."""
        return tuple(sorted(self._days, key=lambda gtin: (-self.total(gtin).labels, gtin)))

    def note(self, entry: Entry) -> None:
        """Count a line, where it is a verdict that accepts a unit whose print was looked at."""
        if not isinstance(entry, JournalEntry) or not entry.verdict.verdict_class.is_accept:
            return
        quality, gtin, day = entry.print_quality, entry.gtin, _day_of(entry.time_utc)
        again = entry.facts.repeat is Repeat.SAME_PRESENTATION
        if quality is None or gtin is None or day is None or again:
            return
        if not quality.shows_print:
            self.too_small += 1
            return
        days = self._bucket(gtin, entry.source)
        if days is None:
            self.not_counted += 1
            return
        days.setdefault(day, PrintFigures()).note(quality)
        if len(days) > MAX_DAYS:
            del days[min(days)]

    def total(self, gtin: str) -> PrintFigures:
        """All labels of a product."""
        return _sum(day for days in self._days[gtin].values() for day in days.values())

    def by(self, period: Period, gtin: str) -> dict[str, PrintFigures]:
        """A product's labels period by period, the oldest first."""
        found: dict[str, PrintFigures] = {}
        for days in self._days[gtin].values():
            for day, figures in days.items():
                found.setdefault(period.name_of(day), PrintFigures()).add(figures)
        return dict(sorted(found.items()))

    def fading(self, gtin: str) -> tuple[Fading, ...]:
        """Where a product's print got worse, one statement a source and measure."""
        found: list[Fading] = []
        for source in sorted(self._days[gtin]):
            falls = self._falls(gtin, source) or ()
            cause = self._cause(gtin, source) if falls else Cause.EITHER
            found += [Fading(source, *fall, cause) for fall in falls]
        return tuple(found)

    def _bucket(self, gtin: str, source: str) -> dict[date, PrintFigures] | None:
        sources = self._days.get(gtin)
        if sources is None:
            if len(self._days) >= MAX_PRODUCTS:
                return None
            sources = self._days[gtin] = {}
        if source not in sources and len(sources) >= MAX_SOURCES:
            return None
        return sources.setdefault(source, {})

    def _falls(
        self, gtin: str, source: str
    ) -> list[tuple[Measure, tuple[float, Grade], tuple[float, Grade], int]] | None:
        """What fell as a source saw it; None where there are too few labels to say."""
        days = self._days[gtin].get(source)
        if not days:
            return None
        last = max(days)
        first = min(day for day in days if (last - day).days <= LOOK_BACK_DAYS)
        if (last - first).days < 2 * WINDOW_DAYS - 1:
            return None
        before = _sum(days[day] for day in days if 0 <= (day - first).days < WINDOW_DAYS)
        after = _sum(days[day] for day in days if 0 <= (last - day).days < WINDOW_DAYS)
        if min(before.labels, after.labels) < LEAST_LABELS:
            return None
        falls = []
        for measure in Measure:
            then, now = before.median(measure), after.median(measure)
            if then is None or now is None:
                continue
            if now[1] < then[1] and abs(now[0] - then[0]) >= LEAST_FALL:
                falls.append((measure, then, now, (last - first).days + 1 - WINDOW_DAYS))
        return falls

    def _cause(self, gtin: str, source: str) -> Cause:
        """Whether others saw the same: the product's other cameras, the camera's other products."""
        elsewhere = [self._falls(gtin, other) for other in self._days[gtin] if other != source]
        beside = [self._falls(other, source) for other in self._days if other != gtin]
        seen_elsewhere = [bool(falls) for falls in elsewhere if falls is not None]
        seen_beside = [bool(falls) for falls in beside if falls is not None]
        says_print = any(seen_elsewhere) or (bool(seen_beside) and not all(seen_beside))
        says_camera = (bool(seen_elsewhere) and not any(seen_elsewhere)) or (
            bool(seen_beside) and all(seen_beside)
        )
        if says_print == says_camera:
            return Cause.EITHER
        return Cause.PRINT if says_print else Cause.CAMERA


def _sum(all_figures: Iterable[PrintFigures]) -> PrintFigures:
    total = PrintFigures()
    for figures in all_figures:
        total.add(figures)
    return total


def _by_value(counted: tuple[tuple[Standard, int], int]) -> int:
    (_, value), _ = counted
    return value


def _median(counted: list[tuple[_Value, int]]) -> _Value | None:
    """The middle of values in their order, each with how often it was seen; of two the lower."""
    middle = (sum(times for _, times in counted) + 1) // 2
    seen = 0
    for value, times in counted:
        seen += times
        if seen >= middle > 0:
            return value
    return None


def _day_of(time_utc: str) -> date | None:
    try:
        return date.fromisoformat(time_utc[:10])
    except ValueError:
        return None
