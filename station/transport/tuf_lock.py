"""One publisher at work in a brand folder: a lock that ends with its process, and names its holder.

A holder's words stand in the file while it is held; they only inform whoever is turned away.
"""

import contextlib
import fcntl
import os
import socket
from datetime import UTC, datetime
from pathlib import Path
from typing import Final

from station.core.errors import StorageError
from station.core.text import printable
from station.transport.tuf_root import faults_told


class PublisherLock:
    """The lock; `release` is idempotent."""

    def __init__(self, state: Path) -> None:
        """Name the publisher's own folder, which is made when the lock is taken."""
        self._path: Final = state / "lock"
        self._handle: int | None = None

    def acquire(self) -> None:
        """Take the lock.

        Raises:
            StorageError: Another publication is under way; the message says whose.
        """
        with faults_told(self._path):
            self._path.parent.mkdir(mode=0o700, exist_ok=True)
            handle = os.open(self._path, os.O_RDWR | os.O_CREAT, 0o600)
            try:
                fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
            except BlockingIOError:
                holder = printable(os.pread(handle, 200, 0).decode("utf-8", "replace"), 200)
                os.close(handle)
                raise StorageError(
                    "another publication from this brand folder is under way"
                    + (f" ({holder})" if holder else ""),
                    "wait until it has ended, then run this again",
                ) from None
        self._handle = handle
        since = datetime.now(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
        words = f"process {os.getpid()} on {socket.gethostname()}, since {since}"
        with contextlib.suppress(OSError):
            os.ftruncate(handle, 0)
            os.pwrite(handle, words.encode("utf-8"), 0)

    def release(self) -> None:
        """Give the lock up."""
        if self._handle is not None:
            handle, self._handle = self._handle, None
            with contextlib.suppress(OSError):
                os.ftruncate(handle, 0)
            os.close(handle)
