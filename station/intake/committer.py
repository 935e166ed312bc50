"""The one journal writer: makes decided entries durable, then tells the effects' side.

A thread of its own with a bounded queue. One commit a verdict when idle; under load everything
that waits, up to `MAX_BATCH`, shares one commit, so a verdict waits for at most one other write.
Nothing is dropped: a full queue makes the loop wait.
"""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Final

from station.core.errors import StationError
from station.core.journal import JournalEntry
from station.intake.worker import OnCrash, Worker
from station.ports.clock import Clock
from station.ports.outcomes import Outcomes
from station.ports.station_store import JournalWriter

MAX_BATCH: Final = 50
MAX_WAITING: Final = 256


@dataclass(frozen=True, slots=True)
class _Decided:
    entry: JournalEntry
    decided_mono_ns: int


class Committer:
    """Commits in the order of `put`."""

    def __init__(
        self,
        writer: JournalWriter,
        outcomes: Outcomes,
        clock: Clock,
        settle: Callable[[JournalEntry], None],
    ) -> None:
        """Make a committer; starts nothing.

        Args:
            writer: The station database.
            outcomes: Told what became of every entry.
            clock: For commit times.
            settle: Told, before the outcomes, that an entry's claim is committed or never will be.
        """
        self._writer = writer
        self._settle = settle
        self._outcomes = outcomes
        self._clock = clock
        self._worker = Worker("journal-writer", self._commit, MAX_WAITING, MAX_BATCH)

    def start(self, on_crash: OnCrash) -> None:
        """Start the writer's thread."""
        self._worker.start(on_crash)

    def put(self, entry: JournalEntry) -> None:
        """Hand over a decided entry; waits while the queue is full.

        Raises:
            WorkerEndedError: The writer died; the entry is not kept.
        """
        self._worker.put(_Decided(entry, self._clock.mono_ns()))

    def close(self) -> None:
        """Commit what waits, then end the thread."""
        self._worker.close()

    def _commit(self, batch: list[_Decided]) -> None:
        try:
            self._writer.commit([decided.entry for decided in batch])
        except StationError as error:
            for decided in batch:
                self._settle(decided.entry)
                self._outcomes.failed(decided.entry, str(error))
            return
        now_ns = self._clock.mono_ns()
        for decided in batch:
            self._settle(decided.entry)
            self._outcomes.durable(decided.entry, (now_ns - decided.decided_mono_ns) / 1e6)
