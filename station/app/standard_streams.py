"""Standard streams as a command may find them: closed, full, or read by nobody any more.

None of that is an internal error, and none of it may cost a verdict.
"""

import contextlib
import errno
import os
import queue
import sys
import threading
from typing import Final, TextIO

from station.core.errors import DeviceError

MAX_WORDS_WAITING: Final = 256
LAST_WORDS_S: Final = 0.5
"""How long a process that ends waits for its last words to be said."""

_STDERR_FD: Final = 2
_LAST_STANDARD_FD: Final = _STDERR_FD
_OUTPUT_FAULTS: Final = frozenset({errno.ENOSPC, errno.EDQUOT, errno.EFBIG, errno.EIO})


def open_missing() -> None:
    """Open the null device for each standard stream that is closed.

    Otherwise the next file to be opened would get its number, and whatever prints to that number
    would write into the file.
    """
    handle = os.open(os.devnull, os.O_RDWR)
    while handle <= _LAST_STANDARD_FD:
        handle = os.dup(handle)
    os.close(handle)
    for fd, name, mode in ((0, "stdin", "r"), (1, "stdout", "w"), (2, "stderr", "w")):
        if getattr(sys, name) is None:
            setattr(sys, name, open(fd, mode, encoding="utf-8", closefd=False))  # noqa: SIM115


def say(text: str) -> None:
    """Write words for people to standard error; where nobody can read them, they are lost."""
    with contextlib.suppress(OSError, ValueError):
        sys.stderr.write(text)
        sys.stderr.flush()


class BackgroundWords:
    """Says things on standard error from a thread of its own; never blocks who says them.

    A terminal that is frozen, or a pipe that nobody empties, must not hold up a verdict: what does
    not fit into the queue is lost. Nothing is said before `start`.
    """

    def __init__(self) -> None:
        self._waiting: queue.Queue[str | None] = queue.Queue(MAX_WORDS_WAITING)
        # A daemon that writes past Python's own buffer: the process can end while it is stuck.
        self._thread = threading.Thread(target=self._run, name="words", daemon=True)

    def start(self) -> None:
        """Begin to speak."""
        self._thread.start()

    def say(self, text: str) -> None:
        """Have something said soon; any thread; returns at once."""
        with contextlib.suppress(queue.Full):
            self._waiting.put_nowait(text)

    def close(self) -> None:
        """Say what waits, within a moment, and end; call it when nobody else speaks any more."""
        with contextlib.suppress(queue.Empty):
            while self._waiting.full():
                self._waiting.get_nowait()
        with contextlib.suppress(queue.Full):
            self._waiting.put_nowait(None)
        self._thread.join(LAST_WORDS_S)

    def _run(self) -> None:
        while (text := self._waiting.get()) is not None:
            rest = text.encode("utf-8", "backslashreplace")
            with contextlib.suppress(OSError):
                while rest:
                    rest = rest[os.write(_STDERR_FD, rest) :]


def silence_stdout() -> None:
    """Point standard output at nothing, so that the interpreter's own last flush stays quiet."""
    _silence(sys.stdout)


def settle_streams() -> None:
    """Leave nothing that the interpreter's own last flush could fail on: it would exit with 120."""
    for stream in (sys.stdout, sys.stderr):
        try:
            stream.flush()
        except (OSError, ValueError):
            _silence(stream)


def _silence(stream: TextIO) -> None:
    with contextlib.suppress(OSError, ValueError):
        handle = os.open(os.devnull, os.O_WRONLY)
        os.dup2(handle, stream.fileno())
        os.close(handle)


def output_fault(error: OSError) -> DeviceError | None:
    """What to say of an error that came from writing to standard output; None for any other."""
    if error.filename is not None or error.errno not in _OUTPUT_FAULTS:
        return None
    return DeviceError(
        f"cannot write to standard output: {error.strerror}",
        "free some space, or send the output elsewhere, then run it again",
    )
