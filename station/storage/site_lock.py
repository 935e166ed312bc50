"""One writer per site.

An advisory lock on a file of the site folder: the operating system gives it up with the process
that holds it, however that ends, so a lock left behind heals by itself. The file's content only
names the holder for whoever is turned away; the file itself is never removed.
"""

import contextlib
import errno
import fcntl
import os
import socket
from datetime import UTC, datetime
from pathlib import Path
from types import TracebackType
from typing import Final, Self

import msgspec

from station.core.causes import Cause, told
from station.core.errors import StorageError

MAX_HOLDER_BYTES: Final = 1024
ONE_WRITER: Final = "end that program first; only one may take in units for a site at a time"

_MAX_FIELD_CHARS: Final = 80


class _Holder(msgspec.Struct, frozen=True):
    """What the file says of the process that holds the lock."""

    pid: int
    command: str
    host: str
    started_utc: str


class SiteInUseError(StorageError):
    """Another program holds the lock.

    Attributes:
        holder: Which, in words.
    """

    def __init__(self, site: Path, holder: str, remedy: str) -> None:
        why = told(Cause.SITE_IN_USE, who=holder)
        super().__init__(f"the site {site} is in use by {holder}", remedy, told=why)
        self.holder: Final = holder


class SiteLock:
    """The lock, as a context manager; held from entering to leaving."""

    def __init__(self, path: Path, command: str, remedy: str = ONE_WRITER) -> None:
        """Name the lock; takes nothing yet.

        Args:
            path: ``station.lock`` of the site.
            command: What will hold it, for whoever finds it held, e.g. ``station run``.
            remedy: What to do when it is held.
        """
        self._path: Final = path
        self._remedy: Final = remedy
        self._command: Final = command
        self._handle: int | None = None

    def __enter__(self) -> Self:
        """Take the lock.

        Raises:
            SiteInUseError: Another process holds it; the message names it.
            StorageError: The file cannot be made.
        """
        self.acquire()
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        """Give it up."""
        self.release()

    def acquire(self) -> None:
        """Take the lock, or raise as `__enter__` does."""
        try:
            handle = os.open(self._path, os.O_RDWR | os.O_CREAT, 0o640)
        except OSError as error:
            raise StorageError(
                f"cannot make {self._path}: {error.strerror}",
                "check that the site folder exists and may be written by this user",
            ) from error
        try:
            self._lock(handle)
            self._sign(handle)
        except BaseException:
            os.close(handle)
            raise
        self._handle = handle

    def release(self) -> None:
        """Give the lock up; idempotent."""
        if self._handle is not None:
            handle, self._handle = self._handle, None
            with contextlib.suppress(OSError):
                os.ftruncate(handle, 0)
            os.close(handle)

    def _lock(self, handle: int) -> None:
        try:
            fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError as error:
            if error.errno not in {errno.EWOULDBLOCK, errno.EACCES}:
                raise StorageError(
                    f"cannot lock {self._path}: {error.strerror}",
                    "keep the site folder on a local disk; some network disks cannot lock files",
                ) from error
            raise SiteInUseError(self._path.parent, _holder(handle), self._remedy) from None

    def _sign(self, handle: int) -> None:
        """Write down who holds it; a full disk is no reason to refuse."""
        holder = _Holder(
            pid=os.getpid(),
            command=_printable(self._command),
            host=_printable(socket.gethostname()),
            started_utc=datetime.now(UTC).strftime("%Y-%m-%dT%H:%M:%SZ"),
        )
        with contextlib.suppress(OSError):
            os.ftruncate(handle, 0)
            os.pwrite(handle, msgspec.json.encode(holder), 0)


def lock_holder(path: Path) -> str:
    """Who holds a lock, by the file's own words; ``""`` where nobody does.

    Never takes the lock, not even for a moment: whoever wants it would be turned away.
    """
    try:
        with path.open("rb") as file:
            content = file.read(MAX_HOLDER_BYTES)
        holder = msgspec.json.decode(content, type=_Holder)
    except (OSError, ValueError, RecursionError):
        return ""
    if _printable(socket.gethostname()) == holder.host and not _lives(holder.pid):
        return ""
    return _words(holder)


def _lives(pid: int) -> bool:
    """Whether there is such a process; a lock's file outlives one that was killed."""
    try:
        if pid > 0:
            os.kill(pid, 0)
    except (ProcessLookupError, OverflowError):
        return False
    except PermissionError:
        return True
    return pid > 0


def _holder(handle: int) -> str:
    """The holder's own words, which may be missing or anything at all."""
    try:
        holder = msgspec.json.decode(os.pread(handle, MAX_HOLDER_BYTES, 0), type=_Holder)
    except (OSError, ValueError, RecursionError):
        return "another program"
    return _words(holder)


def _words(holder: _Holder) -> str:
    return (
        f"'{_printable(holder.command)}' (process {holder.pid} on {_printable(holder.host)}, "
        f"since {_printable(holder.started_utc)})"
    )


def _printable(text: str) -> str:
    clean = "".join(char if char.isprintable() else "?" for char in text)
    return clean[:_MAX_FIELD_CHARS]
