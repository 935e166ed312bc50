"""Real `station` processes without their start-up.

A process that has imported everything forks one for each command. A command gets descriptors,
environment, signals and an exit status of its own, as from a shell; so tests can run hundreds of
them. What start-up costs and loads is tested elsewhere.
"""

import array
import fcntl
import json
import os
import select
import selectors
import signal
import socket
import subprocess
import sys
import termios
import time
from collections.abc import Mapping
from contextlib import ExitStack, suppress
from dataclasses import dataclass
from pathlib import Path
from types import TracebackType
from typing import IO, Any, Final, Self

ROOT: Final = Path(__file__).resolve().parents[2]

DEADLINE_S: Final = 60.0
"""No command here takes a tenth of it; one that does has failed."""

_READ_BYTES: Final = 65_536
_LOOK_S: Final = 0.005
"""No event tells when a pipe was read from."""


@dataclass(frozen=True, slots=True)
class Done:
    """How a command ended.

    Attributes:
        code: Its exit code; minus the signal's number where one killed it.
        out: Standard output.
        err: Standard error.
    """

    code: int
    out: bytes
    err: str

    @property
    def json(self) -> list[dict[str, Any]]:
        """The objects on standard output, one a line; every line must be one."""
        return [json.loads(line) for line in self.out.splitlines()]

    @property
    def last_words(self) -> str:
        """Standard error's last line."""
        return self.err.rstrip("\n").rpartition("\n")[2]


@dataclass(frozen=True, slots=True)
class Hook:
    """What happens in the command's process before the command begins.

    Attributes:
        function: ``module:function``.
        args: Its arguments, as JSON can carry them.
    """

    function: str
    args: tuple[Any, ...] = ()


class Command:
    """A command at work; ended, whatever it is at, when the context is left."""

    def __init__(
        self, report: IO[bytes], stdin: IO[bytes], stdout: IO[bytes], stderr: IO[bytes]
    ) -> None:
        self._report = report
        self.stdin: Final = stdin
        self.stdout: Final = stdout
        self.stderr: Final = stderr
        self.pid: Final = int(report.readline())
        self._code: int | None = None

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        if self._code is None:
            self.signal(signal.SIGKILL)
            self.wait()
        for file in (self.stdin, self.stdout, self.stderr, self._report):
            with suppress(BrokenPipeError):
                file.close()

    def signal(self, number: int) -> None:
        """Send a signal to a command that has not been waited for."""
        with suppress(ProcessLookupError):
            os.kill(self.pid, number)

    def wait(self) -> int:
        """The exit code; minus the signal's number where one killed it."""
        if self._code is None:
            self._code = int(self._report.readline())
        return self._code

    def has_ended(self) -> bool:
        """Whether `wait` would answer at once."""
        return self._code is not None or bool(select.select([self._report], [], [], 0)[0])

    def feed(self, typed: bytes) -> bool:
        """Write to its standard input, which stays open; False when nobody reads any more."""
        try:
            self.stdin.write(typed)
            self.stdin.flush()
        except BrokenPipeError:
            return False
        return True

    def wait_until_read(self) -> None:
        """Wait until the command has read everything it was fed."""
        deadline_s = time.monotonic() + DEADLINE_S
        unread = array.array("i", [1])
        while unread[0]:
            assert time.monotonic() < deadline_s, "the command does not read its input"
            select.select([], [], [], _LOOK_S)
            fcntl.ioctl(self.stdin, termios.FIONREAD, unread)

    def finish(self, typed: bytes = b"") -> Done:
        """Give it the last of its input and take what it says until its end."""
        said: dict[IO[bytes], bytearray] = {self.stdout: bytearray(), self.stderr: bytearray()}
        rest = memoryview(typed)
        deadline_s = time.monotonic() + DEADLINE_S
        with selectors.DefaultSelector() as selector:
            for file in said:
                selector.register(file, selectors.EVENT_READ)
            os.set_blocking(self.stdin.fileno(), False)
            selector.register(self.stdin, selectors.EVENT_WRITE)
            while selector.get_map():
                assert time.monotonic() < deadline_s, "the command does not end"
                for key, _ in selector.select(1.0):
                    if key.fileobj is not self.stdin:
                        self._listen(selector, key, said)
                    elif rest := _send(self.stdin, rest):
                        continue
                    else:
                        selector.unregister(self.stdin)
                        self.stdin.close()
        out, err = said.values()
        return Done(self.wait(), bytes(out), err.decode("utf-8", "replace"))

    def _listen(
        self,
        selector: selectors.BaseSelector,
        key: selectors.SelectorKey,
        said: dict[IO[bytes], bytearray],
    ) -> None:
        read = os.read(key.fd, _READ_BYTES)
        for file in said:
            if file is key.fileobj:
                said[file] += read
        if not read:
            selector.unregister(key.fileobj)


def _send(file: IO[bytes], rest: memoryview) -> memoryview:
    """What is left after one write; nothing when nobody reads."""
    try:
        return rest[os.write(file.fileno(), rest[:_READ_BYTES]) :] if rest else rest
    except BrokenPipeError:
        return rest[:0]


class WarmStation:
    """Starts commands; a context manager."""

    def __init__(self) -> None:
        self._control, theirs = socket.socketpair(socket.AF_UNIX, socket.SOCK_SEQPACKET)
        script = Path(__file__).with_name("warm_station_process.py")
        with theirs:
            self._process = subprocess.Popen(
                [sys.executable, "-W", "error", script, str(theirs.fileno())],
                pass_fds=[theirs.fileno()],
                env={**os.environ, "PYTHONPATH": str(ROOT)},
                stdin=subprocess.DEVNULL,
                stdout=subprocess.DEVNULL,
            )
        assert self._control.recv(16) == b"ready", "the warm station did not start"

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self._control.close()
        self._process.wait(DEADLINE_S)

    def start(
        self,
        *argv: str | Path,
        cwd: Path | None = None,
        env: Mapping[str, str] | None = None,
        hook: Hook | None = None,
        stdout: int | None = None,
        stderr: int | None = None,
    ) -> Command:
        """Start ``station ARGV``.

        Args:
            argv: Command and arguments.
            cwd: Where it works; this process's own by default.
            env: Besides this process's own.
            hook: Happens first.
            stdout: A descriptor instead of a pipe.
            stderr: Likewise.
        """
        request = {
            "argv": [str(arg) for arg in argv],
            "cwd": str(cwd or Path.cwd()),
            "env": {**os.environ, **(env or {})},
            "hook": None if hook is None else hook.function,
            "hook_args": () if hook is None else hook.args,
        }
        with ExitStack() as stack:
            ends: list[int] = []
            theirs: list[int] = []
            for number, given in enumerate((None, stdout, stderr, None)):
                ours, their = os.pipe() if number else reversed(os.pipe())
                stack.callback(os.close, their)
                ends.append(ours)
                theirs.append(their if given is None else given)
            socket.send_fds(self._control, [json.dumps(request).encode()], theirs)
        stdin, out, err, report = ends
        return Command(
            os.fdopen(report, "rb", buffering=0),
            os.fdopen(stdin, "wb", buffering=0),
            os.fdopen(out, "rb"),
            os.fdopen(err, "rb"),
        )

    def run(
        self,
        *argv: str | Path,
        stdin: bytes = b"",
        cwd: Path | None = None,
        env: Mapping[str, str] | None = None,
        hook: Hook | None = None,
    ) -> Done:
        """Run ``station ARGV`` to its end."""
        with self.start(*argv, cwd=cwd, env=env, hook=hook) as command:
            return command.finish(stdin)
