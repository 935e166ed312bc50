"""A thread fed by a bounded queue that drops nothing: the shape of the loop and of the committer.

Order of `put` is order of handling. A worker that dies of something unforeseen says so once and
takes nothing more, so that whoever feeds it never waits for ever.
"""

import threading
from collections import deque
from collections.abc import Callable
from typing import Final, Generic, TypeVar

RETRY_S: Final = 0.2
"""How often a waiting feeder looks whether the worker still lives."""

OnCrash = Callable[[BaseException], None]
"""Told of a worker's unforeseen end, on its thread."""

Work = TypeVar("Work")


class WorkerEndedError(Exception):
    """The worker has ended; what was to be put was not taken."""


class Worker(Generic[Work]):
    """Handles work in batches on a thread of its own.

    Args:
        name: The thread's name.
        handle: Called with what waits, at least one, in order.
        max_waiting: Size of the queue; `put` waits while it is full.
        max_batch: Most that is handled at once.
    """

    def __init__(
        self, name: str, handle: Callable[[list[Work]], None], max_waiting: int, max_batch: int = 1
    ) -> None:
        self._name = name
        self._handle = handle
        self._max_waiting = max_waiting
        self._max_batch = max_batch
        self._waiting: deque[Work] = deque()
        self._closing = False
        self._idle = False
        self._taken = 0
        self._handled = 0
        lock = threading.Lock()
        self._arrived = threading.Condition(lock)
        self._room = threading.Condition(lock)
        self._done = threading.Condition(lock)
        self._thread: threading.Thread | None = None

    def start(self, on_crash: OnCrash) -> None:
        """Start the thread."""
        self._thread = threading.Thread(target=self._run, args=(on_crash,), name=self._name)
        self._thread.start()

    def put(self, work: Work) -> None:
        """Hand over work; waits while the queue is full; any thread.

        Raises:
            WorkerEndedError: The worker has ended or was never started.
        """
        with self._room:
            while self._takes_more() and len(self._waiting) >= self._max_waiting:
                self._room.wait(RETRY_S)
            if not self._takes_more():
                raise WorkerEndedError(self._name)
            self._append(work)

    def offer(self, work: Work) -> bool:
        """Hand over work unless the queue is full or nobody will take it; any thread; never waits.

        What is offered before the start waits for it.
        """
        with self._arrived:
            ended = self._closing or (self._thread is not None and not self._thread.is_alive())
            if ended or len(self._waiting) >= self._max_waiting:
                return False
            self._append(work)
            return True

    def wait_until_handled(self) -> None:
        """Wait until everything put so far has been handled, or the worker has ended."""
        with self._done:
            taken = self._taken
            while self._handled < taken and self._is_alive():
                self._done.wait(RETRY_S)

    def close(self) -> None:
        """Handle what waits, then end the thread; idempotent."""
        with self._arrived:
            self._closing = True
            self._arrived.notify()
            self._room.notify_all()
        if self._thread is not None:
            self._thread.join()

    def _append(self, work: Work) -> None:
        """Add work, the lock held. A worker that is busy looks by itself: waking it costs."""
        self._waiting.append(work)
        self._taken += 1
        if self._idle:
            self._idle = False
            self._arrived.notify()

    def _takes_more(self) -> bool:
        return self._is_alive() and not self._closing

    def _is_alive(self) -> bool:
        return self._thread is not None and self._thread.is_alive()

    def _run(self, on_crash: OnCrash) -> None:
        try:
            batch = self._next_batch(0)
            while batch:
                self._handle(batch)
                batch = self._next_batch(len(batch))
        except BaseException as error:  # noqa: BLE001 - told to the owner, who stops everything
            on_crash(error)

    def _next_batch(self, handled: int) -> list[Work]:
        """What waits now, one to `max_batch`; nothing at the end.

        Feeders that wait for room are woken when half of the queue is free, not one for each place:
        a thread switch costs as much as the work itself.

        Args:
            handled: How much was handled since the last call.
        """
        with self._arrived:
            self._handled += handled
            self._done.notify_all()
            while not self._waiting and not self._closing:
                self._idle = True
                self._arrived.wait()
            self._idle = False
            count = min(len(self._waiting), self._max_batch)
            batch = [self._waiting.popleft() for _ in range(count)]
            if len(self._waiting) <= self._max_waiting // 2:
                self._room.notify_all()
            return batch
