"""Real terminals for tests: a tmux pane that can be read, and a bare pty that need not be."""

import fcntl
import os
import pty
import select
import struct
import subprocess
import sys
import termios
import time
from collections.abc import Callable, Sequence
from pathlib import Path
from types import TracebackType
from typing import Final

import pytest

ROOT: Final = Path(__file__).resolve().parents[2]
DEADLINE_S: Final = 60.0
_SENT_BYTES: Final = 1000
"""Of one call of tmux, whose command line is bounded."""

STATION: Final = (sys.executable, "-m", "station")


def until(condition: Callable[[], bool], what: Callable[[], str] | str) -> None:
    """Wait for a condition; fail with what was there instead."""
    deadline_s = time.monotonic() + DEADLINE_S
    while not condition():
        if time.monotonic() > deadline_s:
            pytest.fail(f"not within {DEADLINE_S} s: {what if isinstance(what, str) else what()}")
        time.sleep(0.02)


class Tmux:
    """One command in a tmux of its own.

    Args:
        folder: For tmux's socket and the exit code.
        argv: The command.
        size: Columns and lines.
        environment: Set for the command.
    """

    def __init__(
        self,
        folder: Path,
        argv: Sequence[str],
        size: tuple[int, int] = (80, 24),
        environment: dict[str, str] | None = None,
    ) -> None:
        self._folder = folder
        self._status = folder / "status"
        settings = {"PYTHONPATH": str(ROOT), "LC_ALL": "C.UTF-8", **(environment or {})}
        words = ["env", *(f"{name}={value}" for name, value in settings.items()), *argv]
        line = " ".join(f"'{word}'" for word in words)
        self._run(
            *("-f", "/dev/null", "new-session", "-d", "-x", str(size[0]), "-y", str(size[1])),
            f"{line}; echo $? > '{self._status}'; sleep 60",
        )

    def _run(self, *argv: str) -> str:
        environment = {
            **{name: value for name, value in os.environ.items() if name != "TMUX"},
            "TMUX_TMPDIR": str(self._folder),
            "LC_ALL": "C.UTF-8",
        }
        return subprocess.run(
            ["tmux", "-u", "-L", "dock", *argv],
            env=environment,
            capture_output=True,
            check=True,
            text=True,
            encoding="utf-8",
        ).stdout

    @property
    def text(self) -> str:
        """What stands in the pane."""
        return self._run("capture-pane", "-p")

    @property
    def styled(self) -> str:
        """The same with its control sequences."""
        return self._run("capture-pane", "-p", "-e")

    def see(self, *texts: str) -> str:
        """Wait until all texts stand in the pane."""
        until(lambda: all(text in self.text for text in texts), lambda: f"{texts} in\n{self.text}")
        return self.text

    def press(self, key: str) -> None:
        """One key, by tmux's name."""
        self._run("send-keys", key)

    def scan(self, text: str) -> None:
        """Characters all at once, as a keyboard scanner sends them."""
        self._run("send-keys", "-l", text)

    def send(self, data: bytes) -> None:
        """Bytes all at once, whatever they are, as a keyboard scanner can be made to send them."""
        for start in range(0, len(data), _SENT_BYTES):
            part = data[start : start + _SENT_BYTES]
            self._run("send-keys", "-H", *(f"{byte:02x}" for byte in part))

    def paste(self, text: str) -> None:
        """As from a clipboard, bracketed where the application asked for it."""
        self._run("set-buffer", "--", text)
        self._run("paste-buffer", "-p")

    def resize(self, columns: int, lines: int) -> None:
        self._run("resize-window", "-x", str(columns), "-y", str(lines))

    def exit_code(self) -> int:
        """Wait for the command's end."""
        until(lambda: self._status.exists() and self._status.read_text() != "", lambda: self.text)
        return int(self._status.read_text())

    @property
    def ended(self) -> bool:
        return self._status.exists()

    def __enter__(self) -> "Tmux":
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self._run("kill-server")


class Pty:
    """A process on a pty; what it writes is kept only when asked for.

    Args:
        argv: The command.
        size: Columns and lines.
    """

    def __init__(self, argv: Sequence[str], size: tuple[int, int] = (80, 24)) -> None:
        self._master, slave = pty.openpty()
        fcntl.ioctl(slave, termios.TIOCSWINSZ, struct.pack("4H", size[1], size[0], 0, 0))
        environment = {**os.environ, "TERM": "xterm-256color", "LC_ALL": "C.UTF-8"}
        environment["PYTHONPATH"] = str(ROOT)
        self.process = subprocess.Popen(
            argv, stdin=slave, stdout=slave, stderr=slave, env=environment, start_new_session=True
        )
        os.close(slave)
        self.output = b""

    def read(self) -> bytes:
        """Everything so far."""
        while select.select([self._master], [], [], 0)[0]:
            try:
                data = os.read(self._master, 65536)
            except OSError:
                break
            if not data:
                break
            self.output += data
        return self.output

    def vanish(self) -> None:
        """Close the terminal under the process, as a dropped connection does."""
        os.close(self._master)
        self._master = os.open(os.devnull, os.O_RDWR)

    def send(self, data: bytes) -> None:
        """Bytes as a keyboard sends them."""
        while data:
            data = data[os.write(self._master, data) :]

    def see(self, text: str) -> None:
        """Wait until the process wrote a text."""
        until(lambda: text.encode() in self.read(), lambda: f"{text!r} in {self.output[-2000:]!r}")

    def __enter__(self) -> "Pty":
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.process.kill()
        self.process.wait()
        os.close(self._master)
