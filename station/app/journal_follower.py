"""Follows the journal for the engine's figures: what is in it already, then each line as it comes.

A thread of its own that reads what is durable, a small piece at a time with a pause between, so
that neither the loop nor the journal's writer ever waits for it. It begins a month back at most.
"""

import threading
from collections.abc import Iterator
from datetime import datetime, timedelta
from pathlib import Path
from typing import Final

from station.core.causes import Cause, because
from station.core.errors import StorageError
from station.core.journal import Entry
from station.intake.figure_watch import COMPONENT, FigureWatch
from station.ports.health import Health, HealthSink, HealthStatus
from station.storage.journal_codec import UnreadableEntryError
from station.storage.journal_reader import JournalReader, StoredEntry
from station.storage.review_reader import ReviewReader

MAX_BACK: Final = 50_000
"""Lines of before that are counted at most."""
MAX_BACK_DAYS: Final = 30
PIECE: Final = 100
"""Lines read at once: some ten milliseconds of work."""
PAUSE_S: Final = 0.05
"""Between two pieces while there is more."""
PERIOD_S: Final = 1.0
"""Between two looks once there is not."""
RETRY_S: Final = 30.0
"""After the database could not be read."""


class JournalFollower:
    """Feeds a `FigureWatch` until it is closed.

    Args:
        path: The station's database.
        watch: Counts the lines.
        now_utc: Wall clock, ISO 8601 with ``Z``.
        health: Told when the figures stand still, and when they go on.
        period_s: Seconds between two looks.
    """

    def __init__(
        self,
        path: Path,
        watch: FigureWatch,
        now_utc: str,
        health: HealthSink,
        period_s: float = PERIOD_S,
    ) -> None:
        self._path = path
        self._watch = watch
        self._health = health
        self._period_s = period_s
        self._since_utc = _days_before(now_utc)
        self._after: int | None = None
        self._stands_still = False
        self._closing = threading.Event()
        self._thread = threading.Thread(target=self._run, name="journal-follower", daemon=True)

    def start(self) -> None:
        """Start the thread; the first look comes after a while, when the engine is up."""
        self._thread.start()

    def close(self) -> None:
        """End the thread; idempotent."""
        self._closing.set()
        if self._thread.is_alive():
            self._thread.join()

    def _run(self) -> None:
        pause_s = self._period_s
        while not self._closing.wait(pause_s):
            try:
                self._follow()
            except StorageError as error:
                self._stands_still = True
                text = f"they stand still: {error}"
                told_of = because(Cause.FIGURES_STAND_STILL, error.told, error.message)
                self._health(Health(COMPONENT, HealthStatus.WARNING, text, told_of))
                pause_s = RETRY_S

    def _follow(self) -> None:
        """Read on until closed, or until the database cannot be read."""
        with JournalReader(self._path) as journal, ReviewReader(self._path) as reviews:
            if self._after is None:
                self._after = max(0, journal.head()[0] - MAX_BACK)
            while True:
                piece = journal.after(self._after, PIECE)
                oldest = reviews.open_items("", 1)
                self._watch.count(self._entries(piece))
                if piece:
                    self._after = piece[-1].seq
                is_all = len(piece) < PIECE
                if is_all:
                    self._watch.tell(oldest[0].time_utc if oldest else "")
                if self._stands_still:
                    self._stands_still = False
                    self._health(Health(COMPONENT, HealthStatus.OK, ""))
                if self._closing.wait(self._period_s if is_all else PAUSE_S):
                    return

    def _entries(self, piece: list[StoredEntry]) -> Iterator[Entry]:
        for stored in piece:
            try:
                entry = stored.entry()
            except UnreadableEntryError:
                continue  # its damage is for `station journal verify` to name
            if entry.time_utc >= self._since_utc:
                yield entry


def _days_before(now_utc: str) -> str:
    return (datetime.fromisoformat(now_utc) - timedelta(days=MAX_BACK_DAYS)).isoformat()
