"""Whether the wall clock can be believed: by signed moments, the own record, and time that passed.

A registry is as old as the clock says, so a clock that was put back makes an old one look fresh.
What cannot be put back with it: the moment a publisher signed, the station's own journal, and the
clock that counts from the machine's start, in suspend too. Pure; all times are milliseconds.

What it cannot see: a clock that was wrong from the first moment on and contradicts nothing; one
that was put forward, or stood still, while the machine was off.
"""

from dataclasses import dataclass, replace
from enum import Enum
from typing import Final

MAX_PUBLISHER_AHEAD_MS: Final = 3_600_000
"""A publisher's clock may go that much before this one's."""

MAX_STEP_MS: Final = 30_000
"""A difference nobody is told of: leap seconds, a time server's small steps, a slow look."""

SLEW_PART: Final = 1000
"""By one part in so many of the time that passed a clock may be off: a time server slews it by half
of that at most (Linux, adjtimex(2): 500 parts in a million)."""


@dataclass(frozen=True, slots=True)
class ClockReading:
    """The machine's clocks at one moment.

    Attributes:
        utc_ms: Wall clock, since 1970.
        boot_ms: Since the machine was started, suspend included.
        boot_id: Names that start; ``""`` names none, and is no start's.
    """

    utc_ms: int
    boot_ms: int
    boot_id: str


@dataclass(frozen=True, slots=True)
class ClockMark:
    """What is remembered of a clock that was right.

    Attributes:
        anchor: The reading that time is counted from; stays as long as the machine runs, so that
            many small steps are one large one.
        latest_utc_ms: The latest moment at which it was right.
        confirmed: How often somebody has said that the clock is right, whatever speaks against it.
        journal_seq: Lines of the journal up to this number prove nothing: they were there when
            somebody said so last.
    """

    anchor: ClockReading
    latest_utc_ms: int
    confirmed: int = 0
    journal_seq: int = 0


@dataclass(frozen=True, slots=True)
class ClockBounds:
    """Moments that have passed for certain; None where none is known.

    Attributes:
        published_ms: When the registry in use was signed.
        journal_ms: When the newest line of the journal was written that counts.
    """

    published_ms: int | None = None
    journal_ms: int | None = None


class ClockFault(Enum):
    """How a clock is wrong."""

    BEFORE_REGISTRY = "before_registry"
    """It is earlier than what the publisher signed."""
    BEFORE_JOURNAL = "before_journal"
    """It is earlier than what this station wrote."""
    WENT_BACK = "went_back"
    WENT_FORWARD = "went_forward"


@dataclass(frozen=True, slots=True)
class ClockFinding:
    """What is wrong with a clock.

    Attributes:
        fault: How it shows.
        by_ms: By how much, at least.
    """

    fault: ClockFault
    by_ms: int

    @property
    def by_s(self) -> int:
        """The same in whole seconds, to the nearest: what is said of it."""
        return (self.by_ms + 500) // 1000


def first_mark(now: ClockReading) -> ClockMark:
    """The mark of a station that remembers nothing."""
    return ClockMark(now, now.utc_ms)


def mark_at_start(now: ClockReading, kept: ClockMark | None, journal_ms: int | None) -> ClockMark:
    """The mark an engine starts from: what the journal knows better is remembered with it.

    Its newest line says so only this once: the next is written by a clock that may be wrong.

    Args:
        now: The clock, right or wrong.
        kept: What was remembered, or None.
        journal_ms: When the newest line was written that counts, or None.
    """
    if kept is None and (journal_ms is None or journal_ms <= now.utc_ms):
        return first_mark(now)
    if kept is None:
        kept = ClockMark(ClockReading(now.utc_ms, now.boot_ms, ""), now.utc_ms)
    if journal_ms is None or journal_ms <= kept.latest_utc_ms or _is_same_start(now, kept.anchor):
        return kept
    return replace(kept, latest_utc_ms=journal_ms)


def confirmed_mark(now: ClockReading, mark: ClockMark | None, journal_seq: int) -> ClockMark:
    """The mark once somebody has said that the clock is right.

    Args:
        now: The clock that is right.
        mark: What was remembered.
        journal_seq: The newest line of the journal.
    """
    before = 0 if mark is None else mark.confirmed
    return ClockMark(now, now.utc_ms, before + 1, journal_seq)


def check_clock(now: ClockReading, mark: ClockMark, bounds: ClockBounds) -> ClockFinding | None:
    """What is wrong with the clock, or None.

    Total for all values; a reading that goes back on the machine's own clock counts as no time.
    """
    published, journal = bounds.published_ms, bounds.journal_ms
    if published is not None and now.utc_ms < published - MAX_PUBLISHER_AHEAD_MS:
        return ClockFinding(ClockFault.BEFORE_REGISTRY, published - now.utc_ms)
    if journal is not None and now.utc_ms < journal - MAX_STEP_MS:
        return ClockFinding(ClockFault.BEFORE_JOURNAL, journal - now.utc_ms)
    if not _is_same_start(now, mark.anchor):
        behind_ms = mark.latest_utc_ms - now.utc_ms
        return ClockFinding(ClockFault.WENT_BACK, behind_ms) if behind_ms > MAX_STEP_MS else None
    off_ms, allowed_ms = _off(now, mark.anchor)
    if off_ms < -allowed_ms:
        return ClockFinding(ClockFault.WENT_BACK, -off_ms)
    if off_ms <= allowed_ms:
        return None
    if published is not None and published > now.utc_ms - off_ms + MAX_PUBLISHER_AHEAD_MS:
        return None  # signed later than the old clock says: it was the old one that was behind
    return ClockFinding(ClockFault.WENT_FORWARD, off_ms)


def mark_after(now: ClockReading, mark: ClockMark) -> ClockMark:
    """What to remember once the clock was found right.

    A machine that was started anew, and a clock that was rightly put forward, count from here.
    """
    off_ms, allowed_ms = _off(now, mark.anchor)
    anew = not _is_same_start(now, mark.anchor) or abs(off_ms) > allowed_ms
    return replace(
        mark,
        anchor=now if anew else mark.anchor,
        latest_utc_ms=now.utc_ms if anew else max(mark.latest_utc_ms, now.utc_ms),
    )


def _is_same_start(one: ClockReading, other: ClockReading) -> bool:
    return one.boot_id == other.boot_id != ""


def _off(now: ClockReading, anchor: ClockReading) -> tuple[int, int]:
    """By how much more time went by on the wall clock than passed, and how much may be."""
    passed_ms = max(0, now.boot_ms - anchor.boot_ms)
    allowed_ms = MAX_STEP_MS + passed_ms // SLEW_PART
    return now.utc_ms - anchor.utc_ms - passed_ms, allowed_ms


_WORDS: Final = {
    ClockFault.BEFORE_REGISTRY: "is {by} behind the publisher's signature",
    ClockFault.BEFORE_JOURNAL: "is {by} behind the journal",
    ClockFault.WENT_BACK: "was put back by {by}",
    ClockFault.WENT_FORWARD: "was put forward by {by}",
}


def what_is_wrong(finding: ClockFinding) -> str:
    """What is wrong, to be said of the clock."""
    return _WORDS[finding.fault].format(by=_span(finding.by_s))


def words_of(finding: ClockFinding) -> str:
    """What is wrong and what to do, for the health strip and for commands."""
    return f"{what_is_wrong(finding)}: set it right; if it is right, 'station clock --confirm'"


def _span(seconds: int) -> str:
    """A length of time in the largest unit that says enough."""
    if seconds < 120:
        return f"{seconds} s"
    minutes = seconds // 60
    if minutes < 120:
        return f"{minutes} min"
    hours = minutes // 60
    return f"{hours} h" if hours < 72 else f"{hours // 24} days"
