"""A thread that says once a second that time has passed."""

import threading
from collections.abc import Callable
from typing import Final

from station.intake.worker import OnCrash

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
        self._on_crash: OnCrash | None = None
        self._closing = threading.Event()
        self._thread = threading.Thread(target=self._run, name="ticker")

    def start(self, on_crash: OnCrash | None = None) -> None:
        """Start the thread.

        Args:
            on_crash: Told where a call raises after all; there are no more calls then.
        """
        self._on_crash = on_crash
        self._thread.start()

    def close(self) -> None:
        """End the thread; idempotent."""
        self._closing.set()
        if self._thread.is_alive():
            self._thread.join()

    def _run(self) -> None:
        try:
            while not self._closing.is_set():
                self._tick()
                self._closing.wait(self._period_s)
        except BaseException as error:
            if self._on_crash is None:
                raise
            self._on_crash(error)
