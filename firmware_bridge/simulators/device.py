"""A serial device that is not there: a pty, at a path that outlives an unplug.

Whatever opens `SimulatedDevice.path` sees a serial device like any other, one that can be unplugged
and plugged in again. The path is a link that stays while the pty behind it changes, as a by-id name
does.

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
from pathlib import Path
from types import TracebackType
from typing import Final, Self

HOST_TIMEOUT_S: Final = 10.0
"""How long a host may leave bytes unread before a scan gives up."""

_POLL_S: Final = 0.005
"""How often the simulator looks for a change that no event announces (the host opening a pty)."""

_WAIT_S: Final = 0.05
"""The longest wait for the host in one go: the cable may be pulled meanwhile."""

_HOST_BYTES: Final = 4096


class SimulatedDevice:
    """A pluggable device; plugged in from the start.

    One thread sends and unplugs; another may receive. Use it as a context manager, or `close` it.
    """

    def __init__(self, directory: Path | None, name: str) -> None:
        """Make the device.

        Args:
            directory: Where the link is put; None makes a temporary directory of its own.
            name: The link's name.
        """
        self._own_directory = None if directory else tempfile.TemporaryDirectory(prefix="device-")
        folder = directory or Path(self._own_directory.name if self._own_directory else "")
        self.path: Final = folder / name
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
                fd = self._master_fd
                events = self._events() if fd >= 0 else 0
                if events & select.POLLIN:
                    return os.read(fd, _HOST_BYTES)
            left_s = deadline - time.monotonic()
            if left_s <= 0:
                return b""
            if fd < 0 or events & select.POLLHUP:
                time.sleep(_POLL_S)  # nobody is there, which poll would tell at once, for ever
                continue
            arrives = select.poll()
            arrives.register(fd, select.POLLIN)
            arrives.poll(min(left_s, _WAIT_S) * 1000)  # without the lock: others may send

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
