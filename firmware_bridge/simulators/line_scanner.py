"""A scanner in line mode that is not there: a pty whose other end sends scans.

Whatever opens `SimulatedLineScanner.path` sees a serial device like any other, one that can be
unplugged and plugged in again. The path is a link that stays while the pty behind it changes, as a
by-id name does. Faults of cables and scanners are arguments of `SimulatedLineScanner.scan`.

A pty has no baud rate: bytes arrive as fast as they are written. What is on its way when the
device is unplugged is lost, as on a real cable.
"""

import os
import select
import tempfile
import termios
import threading
import time
import tty
from dataclasses import dataclass
from itertools import pairwise
from pathlib import Path
from types import TracebackType
from typing import Final, Self

HOST_TIMEOUT_S: Final = 10.0
"""How long a host may leave bytes unread before a scan gives up."""

_POLL_S: Final = 0.005
"""How often the simulator looks for a change that no event announces (the host opening a pty)."""

_HOST_BYTES: Final = 4096


@dataclass(frozen=True, slots=True)
class TransmissionFaults:
    """What goes wrong with one scan on its way to the host.

    Attributes:
        garbage_before: Bytes of noise in front of it.
        drop_terminator: The terminator does not come.
        split_at: Offsets, ascending, at which the transmission pauses.
        pause_s: How long each of those pauses lasts.
        unplug_at: Offset at which the cable is pulled; None sends everything.
    """

    garbage_before: bytes = b""
    drop_terminator: bool = False
    split_at: tuple[int, ...] = ()
    pause_s: float = 0.0
    unplug_at: int | None = None


NO_FAULTS: Final = TransmissionFaults()


class SimulatedLineScanner:
    """A pluggable scanner; plugged in from the start.

    One thread scans and unplugs; another may receive. Use it as a context manager, or `close` it.
    """

    def __init__(
        self,
        directory: Path | None = None,
        *,
        name: str = "usb-Simulated_Line_Scanner-if00",
        terminator: bytes = b"\r",
        prefix: bytes = b"",
        suffix: bytes = b"",
        send_identifier: bool = True,
    ) -> None:
        """Make the device.

        Args:
            directory: Where the link is put; a temporary directory of its own by default.
            name: The link's name.
            terminator: Bytes after every scan.
            prefix: Bytes before every scan.
            suffix: Bytes after every scan, before the terminator.
            send_identifier: Whether the AIM symbology identifier goes in front of the data.
        """
        self._own_directory = None if directory else tempfile.TemporaryDirectory(prefix="scanner-")
        folder = directory or Path(self._own_directory.name if self._own_directory else "")
        self.path: Final = folder / name
        self._terminator = terminator
        self._prefix = prefix
        self._suffix = suffix
        self._send_identifier = send_identifier
        self._lock = threading.Lock()
        self._master_fd = -1
        self._plugging = 0
        self.plug()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        self.close()

    @property
    def plugged(self) -> bool:
        """Whether the device is there."""
        return self._master_fd >= 0

    def plug(self) -> None:
        """Plug in; does nothing when plugged in."""
        with self._lock:
            if self._master_fd >= 0:
                return
            self._plugging += 1
            self._master_fd, slave_fd = os.openpty()
            tty.setraw(slave_fd, termios.TCSANOW)
            os.set_blocking(self._master_fd, False)
            # The link appears as a whole, whatever stood there before.
            fresh = self.path.with_name(f".{self.path.name}.new")
            fresh.unlink(missing_ok=True)
            fresh.symlink_to(os.ttyname(slave_fd))
            fresh.replace(self.path)
            # Not kept open: the pty then tells whether a host has it open.
            os.close(slave_fd)

    def unplug(self) -> None:
        """Pull the cable; does nothing when unplugged."""
        with self._lock:
            if self._master_fd >= 0:
                self.path.unlink(missing_ok=True)
                os.close(self._master_fd)
                self._master_fd = -1

    def close(self) -> None:
        """Unplug and clean up; idempotent."""
        self.unplug()
        if self._own_directory is not None:
            self._own_directory.cleanup()

    def host_is_connected(self) -> bool:
        """Whether some program has the device open."""
        with self._lock:
            return self._master_fd >= 0 and not self._events() & select.POLLHUP

    def wait_for_host(self, timeout_s: float = HOST_TIMEOUT_S) -> None:
        """Wait until some program has opened the device.

        Raises:
            TimeoutError: None did.
        """
        deadline = time.monotonic() + timeout_s
        while not self.host_is_connected():
            if time.monotonic() > deadline:
                raise TimeoutError(f"no program opened {self.path} within {timeout_s} s")
            time.sleep(_POLL_S)

    def transmission(self, payload: bytes, symbology_identifier: str = "") -> bytes:
        """What the scanner sends for a symbol, terminator included."""
        identifier = symbology_identifier.encode("ascii") if self._send_identifier else b""
        return b"".join((self._prefix, identifier, payload, self._suffix, self._terminator))

    def scan(
        self,
        payload: bytes,
        symbology_identifier: str = "",
        faults: TransmissionFaults = NO_FAULTS,
    ) -> bool:
        """Read a symbol and send it.

        Args:
            payload: The symbol's data bytes, GS as 0x1D.
            symbology_identifier: What the scanner would say of it, e.g. ``]d2``.
            faults: What goes wrong.

        Returns:
            Whether all of it was sent: a host had the device open, and it stayed plugged in.

        Raises:
            TimeoutError: The host does not read.
        """
        sent = self.transmission(payload, symbology_identifier)
        if faults.drop_terminator:
            sent = sent.removesuffix(self._terminator)
        sent = faults.garbage_before + sent
        end = len(sent) if faults.unplug_at is None else min(faults.unplug_at, len(sent))
        cuts = sorted({0, *(cut for cut in faults.split_at if 0 < cut < end), end})
        plugging = self._plugging
        for start, stop in pairwise(cuts):
            if start and faults.pause_s:
                time.sleep(faults.pause_s)
            if not self._send(sent[start:stop], plugging):
                return False
        if faults.unplug_at is not None:
            self.unplug()
        return faults.unplug_at is None

    def send(self, sent: bytes) -> bool:
        """Send bytes as they are.

        Returns:
            Whether all were taken by an open device.

        Raises:
            TimeoutError: The host does not read.
        """
        return self._send(sent, self._plugging)

    def received_from_host(self, timeout_s: float = 0.0) -> bytes:
        """Take what the host has sent, such as feedback commands.

        Args:
            timeout_s: How long to wait for the first byte.

        Returns:
            At most 4096 bytes; none when none came.
        """
        deadline = time.monotonic() + timeout_s
        while True:
            with self._lock:
                if self._master_fd >= 0 and self._events() & select.POLLIN:
                    return os.read(self._master_fd, _HOST_BYTES)
            if time.monotonic() >= deadline:
                return b""
            time.sleep(_POLL_S)

    def _send(self, sent: bytes, plugging: int) -> bool:
        """Send while the device is plugged in as it was: nothing of a scan survives an unplug."""
        deadline = time.monotonic() + HOST_TIMEOUT_S
        while sent:
            with self._lock:
                gone = self._master_fd < 0 or self._plugging != plugging
                if gone or self._events() & select.POLLHUP:
                    return False
                try:
                    sent = sent[os.write(self._master_fd, sent) :]
                    continue
                except BlockingIOError:
                    room = select.poll()
                    room.register(self._master_fd, select.POLLOUT)
            room.poll(_POLL_S * 1000)  # without the lock: the cable may be pulled meanwhile
            if time.monotonic() > deadline:
                raise TimeoutError(f"the program that opened {self.path} does not read")
        return True

    def _events(self) -> int:
        """What the pty has to tell now: POLLIN for host bytes, POLLHUP when no host has it open."""
        poll = select.poll()
        poll.register(self._master_fd, select.POLLIN)
        return next((events for _, events in poll.poll(0)), 0)
