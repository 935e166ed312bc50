"""An output device that does as it is told and can be made to fail."""

import threading
from collections.abc import Callable
from dataclasses import dataclass, field

from firmware_bridge.errors import OutputError
from firmware_bridge.outputs.panel import AT_REST, Panel, Part

DEADLINE_S = 10.0


@dataclass
class FakeOutput:
    """Implements `firmware_bridge.outputs.panel.OutputDevice`.

    Attributes:
        parts: What it has.
        beat_s: How often it wants to be asked.
        failing: Set to make every call fail.
        shown: Every panel it took, rest at connecting not counted.
        beats: How often it was asked.
        connects: How often it was connected.
    """

    parts: frozenset[Part] = frozenset(Part)
    beat_s: float = 30.0
    failing: bool = False
    shown: list[Panel] = field(default_factory=list)
    beats: int = 0
    connects: int = 0
    closes: int = 0
    held: threading.Event | None = None
    _changed: threading.Condition = field(default_factory=threading.Condition)

    def connect(self) -> str:
        self._do()
        with self._changed:
            self.connects += 1
            self._changed.notify_all()
        return "a fake, connected"

    def show(self, panel: Panel) -> None:
        if self.held is not None:
            assert self.held.wait(DEADLINE_S)
        self._do()
        with self._changed:
            self.shown.append(panel)
            self._changed.notify_all()

    def beat(self) -> None:
        self._do()
        with self._changed:
            self.beats += 1
            self._changed.notify_all()

    def close(self) -> None:
        with self._changed:
            self.closes += 1
            if self.shown and self.shown[-1] != AT_REST:
                self.shown.append(AT_REST)
            self._changed.notify_all()

    def wait_for(self, what: Callable[["FakeOutput"], bool]) -> None:
        """Wait until something is so.

        Raises:
            AssertionError: It never was.
        """
        with self._changed:
            assert self._changed.wait_for(lambda: what(self), DEADLINE_S), self

    def _do(self) -> None:
        if self.failing:
            raise OutputError("the fake is lost", "find it")
