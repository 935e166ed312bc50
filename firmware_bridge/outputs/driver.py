"""Drives one output device: a thread that shows the newest panel, beats, and reconnects by itself.

What is to be shown is a state, not a queue: of two panels in quick succession a slow device shows
the newer one only. An open gate is a command of its own: asked for twice, it is opened twice, and
closed again when its time is over.
"""

import threading
import time
from collections.abc import Callable
from dataclasses import dataclass, replace
from enum import Enum
from typing import Final

from firmware_bridge.errors import OutputError, OutputFault
from firmware_bridge.outputs.panel import AT_REST, Lit, OutputDevice, Panel, Part

RECONNECT_S: Final = 0.5
"""How long to wait before trying a lost device again."""

LATE_S: Final = 0.3
"""A gate that could not be opened for this long is not opened: another unit stands before it."""

BUZZ_S: Final = 1.0
"""How long a buzzer sounds: a sound that does not end is switched off at the plug."""

_NS_PER_S: Final = 1_000_000_000


class OutputStatus(Enum):
    """What happened to an output."""

    CONNECTED = "connected"
    LOST = "lost"


@dataclass(frozen=True, slots=True)
class OutputReport:
    """How an output is, told when it changes.

    Attributes:
        status: What happened.
        text: How it is connected, or what is wrong.
        remedy: What to do; ``""`` when all is well.
        fault: Which of the known faults it is; None when all is well.
        device: Where it is, where that is told.
    """

    status: OutputStatus
    text: str
    remedy: str = ""
    fault: OutputFault | None = None
    device: str = ""


@dataclass(slots=True)
class _Wanted:
    """What is to be shown, guarded by the driver's lock.

    Attributes:
        panel: The newest one.
        is_new: Whether it was not handed to the device yet.
        asked_ns: When it was asked for.
    """

    panel: Panel = AT_REST
    is_new: bool = False
    asked_ns: int = 0


class OutputDriver:
    """One device's thread. `show`, `fault` and `close` may be called from any thread."""

    def __init__(
        self,
        device: OutputDevice,
        *,
        report: Callable[[OutputReport], None],
        dwell_s: float,
        mono_ns: Callable[[], int] = time.monotonic_ns,
    ) -> None:
        """Set up; nothing is opened yet.

        Args:
            device: What is driven; this driver's alone.
            report: Told of every change, in the driver's thread; returns at once.
            dwell_s: How long an opened gate stays open.
            mono_ns: The monotonic clock.
        """
        self._device = device
        self._report = report
        self._dwell_ns = int(dwell_s * _NS_PER_S)
        self._mono_ns = mono_ns
        self._changed = threading.Condition()
        self._wanted = _Wanted()
        self._ending = False
        self._fault: str | None = "it has not been connected yet"
        self._tried = threading.Event()
        self._told: OutputReport | None = None
        self._thread = threading.Thread(target=self._run, name="output")

    @property
    def has_gate(self) -> bool:
        """Whether the device holds a gate."""
        return Part.GATE in self._device.parts

    @property
    def fault(self) -> str | None:
        """Why the device does not work now, or None."""
        return self._fault

    def start(self) -> None:
        """Start the thread, which connects."""
        self._thread.start()

    def wait_until_tried(self, timeout_s: float) -> None:
        """Wait until it is known whether the device is there."""
        self._tried.wait(timeout_s)

    def show(self, panel: Panel) -> None:
        """Show a panel soon; never waits for the device.

        A gate is not opened by a panel that the device could not take at once: a gate that opens
        late opens for the wrong unit.
        """
        with self._changed:
            if panel.gate_open and self._fault is not None:
                panel = replace(panel, gate_open=False)
            self._wanted = _Wanted(panel, True, self._mono_ns())
            self._changed.notify()

    def close(self) -> None:
        """Set the device to rest and end; idempotent."""
        with self._changed:
            self._ending = True
            self._changed.notify()
        if self._thread.ident is not None:
            self._thread.join()

    def _run(self) -> None:
        while not self._ending:
            try:
                text = self._device.connect()
                self._begin(text)
                self._serve()
            except OutputError as error:
                self._lose(error)
            self._device.close()
        self._fault = "it has ended"

    def _begin(self, text: str) -> None:
        """Connected: show what is wanted now, but never open a gate for a unit of before."""
        with self._changed:
            panel = replace(self._wanted.panel, gate_open=False)
            self._wanted = _Wanted(panel, True)
            self._fault = None
        self._tried.set()
        self._tell(OutputReport(OutputStatus.CONNECTED, text))

    def _serve(self) -> None:
        beat_ns = int(self._device.beat_s * _NS_PER_S)
        next_beat_ns = self._mono_ns()
        while True:
            panel = self._next_panel(next_beat_ns)
            if self._ending:
                return
            if panel is not None:
                self._device.show(panel)
            now_ns = self._mono_ns()
            if now_ns >= next_beat_ns:
                self._device.beat()
                next_beat_ns = now_ns + beat_ns

    def _next_panel(self, until_ns: int) -> Panel | None:
        """Wait for a panel, the end of an open gate or a buzzer, or the next beat."""
        with self._changed:
            while not self._ending:
                wanted, now_ns = self._wanted, self._mono_ns()
                ends_ns = self._let_time_pass(wanted, now_ns)
                if wanted.is_new:
                    wanted.is_new = False
                    return wanted.panel
                if now_ns >= until_ns:
                    return None
                wake_ns = until_ns if ends_ns is None else min(until_ns, ends_ns)
                self._changed.wait((wake_ns - now_ns) / _NS_PER_S)
            return None

    def _let_time_pass(self, wanted: _Wanted, now_ns: int) -> int | None:
        """Close a gate and silence a buzzer whose time is over; when the next one's is."""
        open_ns = int(LATE_S * _NS_PER_S) if wanted.is_new else self._dwell_ns
        ends: list[int] = []
        if wanted.panel.gate_open:
            if now_ns >= wanted.asked_ns + open_ns:
                wanted.panel = replace(wanted.panel, gate_open=False)
                wanted.is_new = True
            else:
                ends.append(wanted.asked_ns + open_ns)
        if wanted.panel.buzzer is not Lit.OFF:
            buzzes_until_ns = wanted.asked_ns + int(BUZZ_S * _NS_PER_S)
            if now_ns >= buzzes_until_ns:
                wanted.panel = replace(wanted.panel, buzzer=Lit.OFF)
                wanted.is_new = True
            else:
                ends.append(buzzes_until_ns)
        return min(ends, default=None)

    def _lose(self, error: OutputError) -> None:
        with self._changed:
            self._fault = error.message
            self._wanted.panel = replace(self._wanted.panel, gate_open=False)
        self._tried.set()
        self._tell(
            OutputReport(OutputStatus.LOST, error.message, error.remedy, error.fault, error.device)
        )
        self._device.close()
        with self._changed:
            if not self._ending:
                self._changed.wait_for(lambda: self._ending, RECONNECT_S)

    def _tell(self, report: OutputReport) -> None:
        if report != self._told:
            self._told = report
            self._report(report)
