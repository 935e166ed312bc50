"""A source that plays a script, and what every test of a source needs to run one."""

import os
import threading
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Generic, TypeVar

from station.core.reading import Capture
from station.ports.sources import CaptureSink, Source

T = TypeVar("T")

DEADLINE_S = 60.0
"""The longest any test waits for something that must happen; never reached when all is well."""


class FakeSource:
    """Plays captures, then ends, or waits to be stopped.

    Attributes:
        failure: Raised after the last capture, if given.
    """

    def __init__(
        self,
        captures: Sequence[Capture],
        *,
        name: str = "fake:",
        ends: bool = True,
        failure: Exception | None = None,
    ) -> None:
        self._name = name
        self._captures = tuple(captures)
        self._ends = ends
        self._stop = threading.Event()
        self.failure = failure

    @property
    def name(self) -> str:
        return self._name

    def run(self, sink: CaptureSink) -> None:
        for capture in self._captures:
            if self._stop.is_set():
                return
            sink(capture)
        if self.failure is not None:
            raise self.failure
        if not self._ends:
            self._stop.wait()

    def stop(self) -> None:
        self._stop.set()


@dataclass(slots=True)
class Collected(Generic[T]):
    """A sink that keeps what it gets and can be waited on."""

    items: list[T] = field(default_factory=list)
    _changed: threading.Condition = field(default_factory=threading.Condition)

    def __call__(self, item: T) -> None:
        with self._changed:
            self.items.append(item)
            self._changed.notify_all()

    def wait_for(self, reached: Callable[[list[T]], bool], what: str = "it") -> None:
        with self._changed:
            if not self._changed.wait_for(lambda: reached(self.items), DEADLINE_S):
                have = f"{len(self.items)}, the last: {self.items[-3:]}"
                raise AssertionError(f"waited for {what} in vain; have {have}")

    def wait_for_count(self, count: int) -> None:
        self.wait_for(lambda items: len(items) >= count, f"{count} items")


class SourceRun:
    """A source running in a thread of its own."""

    def __init__(self, source: Source, sink: CaptureSink) -> None:
        self._source = source
        self._sink = sink
        self._failure: Exception | None = None
        self._thread = threading.Thread(target=self._run, name=f"run {source.name}", daemon=True)
        self._thread.start()

    def _run(self) -> None:
        try:
            self._source.run(self._sink)
        except Exception as failure:  # noqa: BLE001 - raised again by join
            self._failure = failure

    @property
    def running(self) -> bool:
        return self._thread.is_alive()

    def join(self) -> None:
        """Wait for the end; raise what `run` raised."""
        self._thread.join(DEADLINE_S)
        assert not self._thread.is_alive(), f"{self._source.name} did not end"
        failure, self._failure = self._failure, None
        if failure is not None:
            raise failure

    def stop(self) -> None:
        self._source.stop()
        self.join()


@contextmanager
def running(source: Source, sink: CaptureSink) -> Iterator[SourceRun]:
    """Run a source in a thread, and stop it in the end."""
    run = SourceRun(source, sink)
    try:
        yield run
    finally:
        run.stop()


def payloads(captures: Sequence[Capture]) -> list[bytes]:
    """What the captures read."""
    return [read.symbol.payload for capture in captures for read in capture.reads]


def open_descriptors() -> int:
    """How many file descriptors this process holds."""
    return len(os.listdir("/proc/self/fd"))  # noqa: PTH208 - a Path would hold one more
