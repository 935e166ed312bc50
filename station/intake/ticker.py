"""A thread that says once a second that time has passed."""

import threading
from collections.abc import Callable
from typing import Final

PERIOD_S: Final = 1.0


class Ticker:
    """Calls until it is closed.

    Args:
        tick: Must return soon and never raise.
        period_s: Seconds between two calls; the first comes at once.
    """

    def __init__(self, tick: Callable[[], object], period_s: float = PERIOD_S) -> None:
        self._tick = tick
        self._period_s = period_s
        self._closing = threading.Event()
        self._thread = threading.Thread(target=self._run, name="ticker")

    def start(self) -> None:
        """Start the thread."""
        self._thread.start()

    def close(self) -> None:
        """End the thread; idempotent."""
        self._closing.set()
        if self._thread.is_alive():
            self._thread.join()

    def _run(self) -> None:
        while not self._closing.is_set():
            self._tick()
            self._closing.wait(self._period_s)
