"""A thread fed by a bounded queue that drops nothing: the shape of the loop and of the committer.

Order of `put` is order of handling. A worker that dies of something unforeseen says so once and
takes nothing more, so that whoever feeds it never waits for ever.
"""

import queue
import threading
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
        self._max_batch = max_batch
        self._waiting: queue.Queue[Work | None] = queue.Queue(max_waiting)
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
        if not self._put(work):
            raise WorkerEndedError(self._name)

    def offer(self, work: Work) -> bool:
        """Hand over work unless the queue is full; any thread; never waits."""
        try:
            self._waiting.put_nowait(work)
        except queue.Full:
            return False
        return True

    def wait_until_handled(self) -> None:
        """Wait until everything put so far has been handled, or the worker has ended."""
        all_done = self._waiting.all_tasks_done
        with all_done:
            while self._waiting.unfinished_tasks and self._is_alive():
                all_done.wait(RETRY_S)

    def close(self) -> None:
        """Handle what waits, then end the thread; idempotent."""
        self._put(None)
        if self._thread is not None:
            self._thread.join()

    def _put(self, work: Work | None) -> bool:
        while self._is_alive():
            try:
                self._waiting.put(work, timeout=RETRY_S)
            except queue.Full:
                continue
            return True
        return False

    def _is_alive(self) -> bool:
        return self._thread is not None and self._thread.is_alive()

    def _run(self, on_crash: OnCrash) -> None:
        try:
            ended = False
            while not ended:
                batch, ended = self._next_batch()
                if batch:
                    self._handle(batch)
                for _ in batch:
                    self._waiting.task_done()
        except BaseException as error:  # noqa: BLE001 - told to the owner, who stops everything
            on_crash(error)

    def _next_batch(self) -> tuple[list[Work], bool]:
        """What waits now, one to `max_batch`, and whether it is the end."""
        batch: list[Work] = []
        work = self._waiting.get()
        while work is not None:
            batch.append(work)
            if len(batch) == self._max_batch:
                return batch, False
            try:
                work = self._waiting.get_nowait()
            except queue.Empty:
                return batch, False
        return batch, True
