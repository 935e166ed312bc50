"""Shows from outside that verdicts are being decided: a pulse through the loop's own queue.

A thread that only says "I live" would go on saying so beside a loop that hangs. The pulse waits in
line with the reads, and the loop's thread itself answers it.
"""

import threading
from collections.abc import Callable
from typing import Final

from station.intake.loop import Pulse
from station.intake.worker import WorkerEndedError


class Heartbeat:
    """Sends pulses while the context is entered.

    Args:
        submit: The engine's; may wait while its queue is full.
        beat: Called on the loop's thread at each pulse; must return soon and never raise.
        every_s: Seconds between pulses, or None for none at all.
    """

    def __init__(
        self, submit: Callable[[Pulse], None], beat: Callable[[], None], every_s: float | None
    ) -> None:
        self._submit = submit
        self._pulse: Final = Pulse(beat)
        self._every_s = every_s
        self._ended = threading.Event()
        self._thread = threading.Thread(target=self._run, name="heartbeat", daemon=True)

    def __enter__(self) -> None:
        if self._every_s is not None:
            self._thread.start()

    def __exit__(self, *_: object) -> None:
        self._ended.set()
        if self._every_s is not None:
            self._thread.join()

    def _run(self) -> None:
        try:
            while not self._ended.wait(self._every_s):
                self._submit(self._pulse)
        except WorkerEndedError:
            return
