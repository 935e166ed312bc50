"""Waiting for a file descriptor in such a way that another thread or a signal can end the wait.

`select.poll` rather than epoll, which refuses regular files (a redirected standard input), and
rather than select, which refuses descriptors above 1023.
"""

import os
import select
import threading
from contextlib import suppress
from typing import Final

_NUDGES: Final = 4096
"""Nudges taken at once."""


class Waiter:
    """Waits for input until woken; once woken it never waits again.

    `wake` may be called from any thread and from a signal handler, any number of times, before,
    during and after the wait. The two descriptors it holds live until `close`.
    """

    def __init__(self) -> None:
        self._woken = False
        self._read_fd = self._write_fd = -1
        self._lock = threading.RLock()  # reentrant: a signal handler may interrupt its holder
        self._read_fd, self._write_fd = os.pipe()
        os.set_blocking(self._write_fd, False)

    def __del__(self) -> None:
        """Release the descriptors of a waiter that was never closed."""
        self.close()

    @property
    def woken(self) -> bool:
        """Whether `wake` was called."""
        return self._woken

    def wake(self) -> None:
        """End the present wait and every later one."""
        with self._lock:
            if not self._woken:
                self._woken = True
                if self._write_fd >= 0:
                    os.write(self._write_fd, b"\0")

    def nudge(self) -> None:
        """End the present wait, or the next one, once; any thread, any number of times."""
        with self._lock:
            if self._write_fd >= 0:
                with suppress(BlockingIOError):  # nudges enough are waiting
                    os.write(self._write_fd, b"\0")

    def wait(self, fd: int | None, timeout_s: float | None) -> bool:
        """Wait until a descriptor has something to say.

        Args:
            fd: What to read from next; None only waits for the time to pass.
            timeout_s: The longest wait; None has no end. Rounded up to whole milliseconds.

        Returns:
            True when reading ``fd`` will not block: there are bytes, or an end, or an error to
            be read. False when the time is over, or `wake` or `nudge` was called.
        """
        if self._read_fd < 0:
            return False
        poll = select.poll()
        poll.register(self._read_fd, select.POLLIN)
        if fd is not None:
            poll.register(fd, select.POLLIN)
        timeout_ms = None if timeout_s is None else max(0.0, timeout_s * 1000)
        ready = {ready_fd for ready_fd, _ in poll.poll(timeout_ms)}
        if self._read_fd in ready:
            if not self._woken:
                os.read(self._read_fd, _NUDGES)
            return False
        return fd in ready

    def close(self) -> None:
        """Release the descriptors; idempotent. Only while nobody waits."""
        with self._lock:
            self._woken = True
            read_fd, write_fd = self._read_fd, self._write_fd
            self._read_fd = self._write_fd = -1
            if read_fd >= 0:
                os.close(read_fd)
                os.close(write_fd)
