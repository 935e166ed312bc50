"""A port that is read by events and heals by itself after an unplug: serial, input or network.

One thread calls `SerialPort.read`, which waits for bytes, sees an unplugged device at once, opens
it again every half second, and tells how it is through a callback. No thread of its own; every
wait ends promptly at `interrupt`, from any thread. Framing is left to `firmware_bridge.framing`.

`firmware_bridge.openers` open and set up the port; reading is ours, because pyserial's ``read``
waits for a count of bytes and its ``is_open`` stays true after the device has gone.
"""

import errno
import os
import termios
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from enum import Enum
from typing import Final

import serial

from firmware_bridge.errors import PortError, PortFault
from firmware_bridge.openers import Handle, Opener, serial_line
from firmware_bridge.serial_devices import lasting_name
from firmware_bridge.serial_settings import SerialSettings
from firmware_bridge.waiting import Waiter

REOPEN_S: Final = 0.5
"""How long to wait before trying a lost device again."""

READ_BYTES: Final = 4096
"""The most the kernel's terminal layer holds."""

_NS_PER_S: Final = 1_000_000_000


class PortStatus(Enum):
    """What happened to a port."""

    CONNECTED = "connected"
    """Open for the first time."""
    UNAVAILABLE = "unavailable"
    """Cannot be opened; tried again until it can."""
    LOST = "lost"
    """Was open and went away."""
    REOPENED = "reopened"
    """Open again after it was lost."""


@dataclass(frozen=True, slots=True)
class PortReport:
    """How a port is, told when it changes.

    Attributes:
        status: What happened.
        device: The path as configured.
        text: What is wrong, or how it is connected.
        remedy: What to do; ``""`` when all is well.
        fault: Which of the known faults it is; None when all is well.
        detail: The system's own words of it; or the name that lasts, where that is another.
    """

    status: PortStatus
    device: str
    text: str
    remedy: str = ""
    fault: PortFault | None = None
    detail: str = ""


PortReportSink = Callable[[PortReport], None]


@dataclass(frozen=True, slots=True)
class Received:
    """Bytes that arrived.

    Attributes:
        received: At least one byte.
        mono_ns: Monotonic clock, when they could be read.
    """

    received: bytes
    mono_ns: int


class Quiet(Enum):
    """Why `SerialPort.read` brings no bytes."""

    TIMED_OUT = "timed out"
    """The time given passed, and not one byte waits to be read."""
    NUDGED = "nudged"
    """`SerialPort.nudge` was called."""
    LOST = "lost"
    """The device went away; the next read waits for it to come back."""
    CLOSED = "closed"
    """The port was interrupted or closed, for good."""


class SerialPort:
    """One device, opened exclusively.

    `read` belongs to one thread at a time; `write` and `interrupt` may come from any.
    """

    def __init__(
        self,
        device: str,
        opener: Opener | None = None,
        *,
        report: PortReportSink,
        mono_ns: Callable[[], int] = time.monotonic_ns,
    ) -> None:
        """Set up; nothing is opened yet.

        Args:
            device: A path, best one of ``/dev/serial/by-id``, or what else the opener takes.
            opener: How it is opened; a serial line at its defaults otherwise.
            report: Told of every change, in the reading thread; returns at once.
            mono_ns: The monotonic clock.

        Raises:
            ValueError: The path is empty or holds a NUL.
        """
        if not device or "\0" in device:
            raise ValueError("a serial device is named by its path, e.g. /dev/serial/by-id/…")
        self._device = device
        self._opener = opener or serial_line(SerialSettings())
        self._report = report
        self._mono_ns = mono_ns
        self._waiter = Waiter()
        self._reading = threading.RLock()
        self._handle_lock = threading.Lock()
        self._handle: Handle | None = None
        self._fd = -1
        self._was_open = False
        self._tried = False
        self._told: PortReport | None = None

    @property
    def connected(self) -> bool:
        """Whether the device is open, as far as is known."""
        return self._fd >= 0

    @property
    def interrupted(self) -> bool:
        """Whether `interrupt` or `close` was called."""
        return self._waiter.woken

    def open(self) -> None:
        """Open now, or say why not, instead of leaving it to `read`.

        Raises:
            PortError: The device is missing, in use, forbidden, or no serial device.
        """
        with self._reading:
            if self._handle is None and not self._waiter.woken:
                self._open()

    def read(self, until_ns: int | None = None) -> Received | Quiet:
        """Wait for bytes; open the device first if it is not, trying until it can be opened.

        Args:
            until_ns: Monotonic clock, when to give up; None never does. Not looked at while the
                device is away.

        Returns:
            Up to 4096 bytes as soon as there are any, or why there are none. Never raises for
            what a device does.
        """
        with self._reading:
            while not self._waiter.woken:
                if self._handle is None and not self._opened_after_pause():
                    continue
                try:
                    received = self._received(until_ns)
                except PortError:
                    self._release()
                    self._tell(
                        PortReport(
                            PortStatus.LOST,
                            self._device,
                            f"{self._device} was unplugged or switched off",
                            "plug it in again; scanning goes on by itself",
                        )
                    )
                    return Quiet.LOST
                if received is not None:
                    return received
            return Quiet.CLOSED

    def write(self, sent: bytes) -> None:
        """Send bytes to the device.

        Raises:
            PortError: It is not connected, or did not take them within a second.
        """
        with self._handle_lock:
            if self._handle is None:
                raise PortError(PortFault.MISSING, f"{self._device} is not connected", "plug it in")
            with self._device_faults():
                self._handle.write(sent)

    def nudge(self) -> None:
        """Make the read under way, or the next one, return `Quiet.NUDGED`; from any thread."""
        self._waiter.nudge()

    def interrupt(self) -> None:
        """End the read under way and all later ones; from any thread or signal handler."""
        self._waiter.wake()

    def close(self) -> None:
        """Interrupt, wait for the reader to be out, and let go of the device; idempotent.

        Not from a signal handler, which might stand inside the read: `interrupt` is for those.
        """
        self._waiter.wake()
        with self._reading:
            self._release()
            self._waiter.close()

    def _opened_after_pause(self) -> bool:
        """Try to open, not too soon after a failure; tell how it went where that is news.

        The pause comes before the trial, so that a device which opens and fails at once, again
        and again, does not keep a processor busy.
        """
        if self._tried:
            self._waiter.wait(None, REOPEN_S)
            if self._waiter.woken:
                return False
        try:
            self._open()
        except PortError as error:
            still_lost = self._told is not None and self._told.status is PortStatus.LOST
            if not (still_lost and error.fault is PortFault.MISSING):
                self._tell_fault(PortStatus.UNAVAILABLE, error)
            return False
        return True

    def _open(self) -> None:
        self._tried = True
        with self._device_faults():
            handle = self._opener.open(self._device)
            fd = handle.fileno()
        with self._handle_lock:
            self._handle, self._fd = handle, fd
        lasting = lasting_name(self._device) if self._opener.has_lasting_names else None
        self._tell(
            PortReport(
                PortStatus.REOPENED if self._was_open else PortStatus.CONNECTED,
                self._device,
                f"{self._device} is connected",
                f"name it {lasting}, which stays the same after a replug" if lasting else "",
                detail=lasting or "",
            )
        )
        self._was_open = True

    def _received(self, until_ns: int | None) -> Received | Quiet | None:
        """Wait once.

        Returns:
            None when there was nothing after all.

        Raises:
            PortError: The device is gone.
        """
        timeout_s = None if until_ns is None else (until_ns - self._mono_ns()) / _NS_PER_S
        if not self._waiter.wait(self._fd, timeout_s):
            if self._waiter.woken:
                return Quiet.CLOSED
            is_over = until_ns is not None and self._mono_ns() >= until_ns
            return Quiet.TIMED_OUT if is_over else Quiet.NUDGED
        mono_ns = self._mono_ns()
        with self._device_faults():
            try:
                received = os.read(self._fd, READ_BYTES)
            except BlockingIOError:
                return None
            if not received:
                raise OSError(errno.ENODEV, os.strerror(errno.ENODEV))
        return Received(received, mono_ns)

    def _release(self) -> None:
        with self._handle_lock:
            handle, self._handle, self._fd = self._handle, None, -1
            if handle is not None:
                # Closing a device that has gone may fail; it is closed all the same.
                with suppress(PortError), self._device_faults():
                    handle.close()

    def _tell_fault(self, status: PortStatus, error: PortError) -> None:
        self._tell(
            PortReport(status, self._device, error.message, error.remedy, error.fault, error.detail)
        )

    def _tell(self, told: PortReport) -> None:
        if told != self._told:
            self._told = told
            self._report(told)

    @contextmanager
    def _device_faults(self) -> Iterator[None]:
        """The one place where the faults of three libraries become ours.

        ``termios.error`` is no ``OSError``, and pyserial hides it in an exception without a number.
        """
        try:
            yield
        except (OSError, termios.error, serial.SerialException) as error:
            numbers = [
                argument
                for each in (error, error.__context__)
                if each is not None
                for argument in each.args[:1]
                if isinstance(argument, int)
            ]
            number = numbers[0] if numbers else None
            text = os.strerror(number) if number is not None else str(error)
            raise self._opener.fault(self._device, number, text) from error
