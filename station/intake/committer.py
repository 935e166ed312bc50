"""The one journal writer: makes decided entries durable, then tells the effects' side.

A thread of its own with a bounded queue. One commit a verdict when idle; under load everything
that waits, up to `MAX_BATCH`, shares one commit, so a verdict waits for at most one other write.
Nothing is dropped: a full queue makes the loop wait.
"""

import queue
import threading
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Final

from station.core.errors import StationError
from station.core.journal import JournalEntry
from station.ports.clock import Clock
from station.ports.outcomes import Outcomes
from station.ports.station_store import JournalWriter

MAX_BATCH: Final = 50
MAX_WAITING: Final = 256
PUT_RETRY_S: Final = 0.2
"""How often a waiting loop looks whether the writer still lives."""

OnCrash = Callable[[BaseException], None]
"""Told of a thread's unforeseen end."""


class CommitterEndedError(Exception):
    """The journal writer ended while the loop still had entries."""


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
        self._waiting: queue.Queue[_Decided | None] = queue.Queue(MAX_WAITING)
        self._thread: threading.Thread | None = None

    def start(self, on_crash: OnCrash) -> None:
        """Start the thread.

        Args:
            on_crash: Told when the thread dies of something unforeseen.
        """
        self._thread = threading.Thread(target=self._run, args=(on_crash,), name="journal-writer")
        self._thread.start()

    def put(self, entry: JournalEntry) -> None:
        """Hand over a decided entry; waits while the queue is full.

        Raises:
            CommitterEndedError: The writer died; the entry is not kept.
        """
        decided = _Decided(entry, self._clock.mono_ns())
        while self._thread is not None and self._thread.is_alive():
            try:
                self._waiting.put(decided, timeout=PUT_RETRY_S)
            except queue.Full:
                continue
            return
        raise CommitterEndedError

    def close(self) -> None:
        """Commit what waits, then end the thread."""
        thread = self._thread
        while thread is not None and thread.is_alive():
            try:
                self._waiting.put(None, timeout=PUT_RETRY_S)
            except queue.Full:
                continue
            thread.join()

    def _run(self, on_crash: OnCrash) -> None:
        try:
            ended = False
            while not ended:
                batch, ended = self._next_batch()
                if batch:
                    self._commit(batch)
        except BaseException as error:  # noqa: BLE001 - told to the engine, which stops
            on_crash(error)

    def _next_batch(self) -> tuple[list[_Decided], bool]:
        """Everything that waits now, one to `MAX_BATCH`, and whether it is the end."""
        batch: list[_Decided] = []
        decided = self._waiting.get()
        while decided is not None:
            batch.append(decided)
            if len(batch) == MAX_BATCH:
                return batch, False
            try:
                decided = self._waiting.get_nowait()
            except queue.Empty:
                return batch, False
        return batch, True

    def _commit(self, batch: Sequence[_Decided]) -> None:
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
