"""Standard input as a source of captures: one code a line, GS as byte 0x1D.

For a pipe, a file, a terminal, or a keyboard-wedge scanner typing into one. Lines end with LF or
CR LF; the last one need not. Bytes are read from the descriptor itself, so that a wait can be
ended from another thread and no text layer touches the payload.
"""

import io
import os
import sys
from typing import BinaryIO, Final

from firmware_bridge.framing.lines import Breakage, LineEvent, LineFormat, LineFramer, Terminator
from firmware_bridge.waiting import Waiter
from station.core.causes import Cause
from station.core.errors import DeviceError
from station.ports.clock import Clock, ScanIds
from station.ports.health import HealthSink
from station.ports.sources import CaptureSink
from station.scanners.line_captures import (
    BREAKAGE_CAUSES,
    BREAKAGE_REMEDIES,
    LineCaptures,
    LineHealth,
)

READ_BYTES: Final = 65_536

STDIN_FORMAT: Final = LineFormat(terminator=Terminator.LF, gap_ms=None)
"""No gap rule: a person types slowly, and a pipe may pause anywhere."""


_REMEDIES: Final = {**BREAKAGE_REMEDIES, Breakage.TOO_LONG: "put one code on each line"}
_CAUSES: Final = {**BREAKAGE_CAUSES, Breakage.TOO_LONG: Cause.LINE_TOO_LONG}


class StdinSource:
    """``stdin:``. Runs once, to the end of the stream or to `stop`."""

    def __init__(
        self,
        *,
        scan_ids: ScanIds,
        clock: Clock,
        health: HealthSink,
        stream: BinaryIO | None = None,
        component: str = "scanner",
    ) -> None:
        """Set up; nothing is read yet.

        Args:
            scan_ids: Names the reads.
            clock: Gives their times.
            health: Told of lines that are too long.
            stream: A binary stream, from which nothing was read yet; standard input by default.
            component: The source's name in health reports.
        """
        self._stream = stream
        self._framer = LineFramer(STDIN_FORMAT)
        self._captures = LineCaptures(self.name, scan_ids, clock)
        self._health = LineHealth(component, health, _REMEDIES, _CAUSES)
        self._clock = clock
        self._waiter = Waiter()

    @property
    def name(self) -> str:
        """``stdin:``."""
        return "stdin:"

    def run(self, sink: CaptureSink) -> None:
        """Deliver every line until the end of the stream or `stop`.

        Raises:
            DeviceError: Standard input is closed or cannot be read.
        """
        try:
            while not self._waiter.woken:
                received = self._read()
                if received is None:
                    continue
                mono_ns = self._clock.mono_ns()
                if not received:
                    self._deliver(self._framer.finish(), mono_ns, sink)
                    return
                self._deliver(self._framer.feed(received, mono_ns), mono_ns, sink)
        finally:
            self._waiter.close()

    def stop(self) -> None:
        """Make `run` return soon; from any thread or signal handler; idempotent."""
        self._waiter.wake()

    def _read(self) -> bytes | None:
        """The next bytes; none at the end; None when there is nothing to read after all."""
        stream = self._stream
        if stream is None:
            if sys.stdin is None:
                raise _unreadable("it is closed")
            stream = sys.stdin.buffer
        try:
            try:
                fd = stream.fileno()
            except io.UnsupportedOperation:
                return stream.read(READ_BYTES)  # in memory: never waits
            return os.read(fd, READ_BYTES) if self._waiter.wait(fd, None) else None
        except BlockingIOError:
            return None
        except (OSError, ValueError) as error:
            raise _unreadable(str(error)) from error

    def _deliver(self, events: tuple[LineEvent, ...], mono_ns: int, sink: CaptureSink) -> None:
        for event in events:
            if self._waiter.woken:
                return
            self._health.of_line(event)
            sink(self._captures.of(event, mono_ns))


def _unreadable(why: str) -> DeviceError:
    return DeviceError(
        f"standard input cannot be read ({why})",
        "pipe codes into the command, one a line, or choose another source",
    )
