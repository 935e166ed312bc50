"""Time and names, so that the steps can be run against frozen ones."""

from typing import Protocol

from station.core.clock_check import ClockMark, ClockReading


class Clock(Protocol):
    """Two clocks that are never mixed."""

    def now_utc(self) -> str:
        """Wall clock: ISO 8601 with milliseconds and ``Z``, e.g. ``2026-01-31T12:00:00.000Z``."""
        ...

    def mono_ns(self) -> int:
        """Monotonic nanoseconds, for intervals only."""
        ...


class ScanIds(Protocol):
    """Makes scan ids."""

    def next(self) -> str:
        """A new id: 26 characters of Crockford base 32, sorting by time; safe from any thread."""
        ...


class MachineClock(Protocol):
    """What a machine knows of time, to be held against each other; any thread."""

    def read(self) -> ClockReading:
        """All clocks, the wall clock last: a jump between two of them is then seen."""
        ...

    def is_synchronised(self) -> bool:
        """Whether the system says that a time server holds the wall clock right."""
        ...


class ClockMemory(Protocol):
    """Remembers a clock that was right, over the end of the process and of the machine."""

    def recall(self) -> ClockMark | None:
        """What was kept last, or None where nothing is known or can be read."""
        ...

    def keep(self, mark: ClockMark) -> None:
        """Keep it, durably.

        Raises:
            StorageError: It is not kept; what was kept before is.
        """
        ...
