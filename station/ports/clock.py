"""Time and names, so that the steps can be run against frozen ones."""

from typing import Protocol


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
