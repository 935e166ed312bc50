"""A bounded queue that drops the oldest and lets a newer state replace an older one.

Not safe across threads by itself: its owner keeps it on one thread or behind a lock.
"""

from collections import OrderedDict
from collections.abc import Hashable
from typing import Final, Generic, TypeVar

from station.ports.display import (
    ActAnswer,
    Attendance,
    Counters,
    EngineMessage,
    Goodbye,
    LatchState,
    Notice,
    Snapshot,
    VerdictShown,
)
from station.ports.health import Health

MAX_MESSAGES: Final = 256
"""Verdicts of five seconds at 50 scans a second; more than any screen can show."""

MAX_BACKLOG_BYTES: Final = 1024 * 1024
"""What one stuck screen may cost the engine."""

_Item = TypeVar("_Item")


def replaces(message: EngineMessage) -> str | None:
    """What a message is the newest state of; None where each one counts for itself."""
    match message:
        case VerdictShown() | Notice() | ActAnswer() | Goodbye():
            return None
        case Snapshot() | Counters() | LatchState() | Attendance():
            return type(message).__name__
        case Health():
            return f"{Health.__name__} {message.component}"


class Backlog(Generic[_Item]):
    """Messages waiting for one reader.

    Args:
        max_items: Most messages held.
        max_bytes: Most bytes held, as told to `put`.
    """

    def __init__(self, max_items: int = MAX_MESSAGES, max_bytes: int = MAX_BACKLOG_BYTES) -> None:
        self._max_items = max_items
        self._max_bytes = max_bytes
        self._waiting: OrderedDict[Hashable, tuple[_Item, int]] = OrderedDict()
        self._bytes = 0
        self._next_key = 0
        self.dropped = 0

    def __len__(self) -> int:
        return len(self._waiting)

    def put(self, item: _Item, key: Hashable | None, size_bytes: int = 0) -> None:
        """Append; an older item of the same key goes, and the oldest where the bound is met.

        Args:
            item: What waits.
            key: See `replaces`.
            size_bytes: What it costs.
        """
        if key is None:
            key = self._next_key
            self._next_key += 1
        elif (older := self._waiting.pop(key, None)) is not None:
            self._bytes -= older[1]
        self._waiting[key] = (item, size_bytes)
        self._bytes += size_bytes
        while len(self._waiting) > self._max_items or (
            self._bytes > self._max_bytes and len(self._waiting) > 1
        ):
            self.take()
            self.dropped += 1

    def take(self) -> _Item:
        """Remove and return the oldest.

        Raises:
            KeyError: Nothing waits.
        """
        _, (item, size_bytes) = self._waiting.popitem(last=False)
        self._bytes -= size_bytes
        return item

    def take_all(self) -> list[_Item]:
        """Remove and return everything, oldest first."""
        items = [item for item, _ in self._waiting.values()]
        self._waiting.clear()
        self._bytes = 0
        return items
