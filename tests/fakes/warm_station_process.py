"""The other end of `tests.fakes.warm_station`: imports the product, then forks for each command.

Run as a script with one argument, the descriptor of a socket. Every request on it is one packet of
JSON with four descriptors: the command's standard input, output and error, and a pipe on which the
command's process id and wait status are reported. It ends when the socket's other end is closed.

One thread, and no library that starts any is called before the fork.
"""

import array
import atexit
import gc
import importlib
import json
import os
import signal
import socket
import sys
import threading
import traceback
from typing import Any, Final, NoReturn

from station.app.main import COMMANDS
from station.app.main import main as station

MAX_REQUEST_BYTES: Final = 1 << 20
FDS: Final = 4
EXIT_FLUSH_FAILED: Final = 120
"""What Python returns when its last flush fails."""


def main() -> int:
    for name in COMMANDS:
        importlib.import_module(f"station.app.commands.{name}")
    for name in ("station.cameras.images", "station.cameras.stream", "station.decoders.pipeline"):
        importlib.import_module(name)
    signal.signal(signal.SIGCHLD, signal.SIG_IGN)
    control = socket.socket(fileno=int(sys.argv[1]))
    gc.collect()
    gc.freeze()
    control.send(b"ready")
    while True:
        packet, fds = receive(control)
        if not packet:
            control.close()
            return 0
        if os.fork() == 0:
            control.close()
            become(json.loads(packet), fds)
        for fd in fds:
            os.close(fd)


def receive(control: socket.socket) -> tuple[bytes, list[int]]:
    room = socket.CMSG_LEN(FDS * array.array("i").itemsize)
    packet, ancillary, _, _ = control.recvmsg(MAX_REQUEST_BYTES, room)
    fds = array.array("i")
    for level, kind, content in ancillary:
        if (level, kind) == (socket.SOL_SOCKET, socket.SCM_RIGHTS):
            fds.frombytes(content)
    return packet, list(fds)


def become(request: dict[str, Any], fds: list[int]) -> NoReturn:
    """Fork once more: the parent waits for the command and reports, the child becomes it."""
    signal.signal(signal.SIGCHLD, signal.SIG_DFL)
    report = fds.pop()
    child = os.fork()
    if child:
        wait_and_report(child, report, fds)
    os.close(report)
    for number, fd in enumerate(fds):
        os.dup2(fd, number)
        os.close(fd)
    os.setsid()
    os.chdir(request["cwd"])
    os.environ.clear()
    os.environ.update(request["env"])
    sys.argv = ["station", *request["argv"]]
    code = 1
    try:
        if request["hook"] is not None:
            module, _, function = request["hook"].partition(":")
            getattr(importlib.import_module(module), function)(*request["hook_args"])
        code = station(request["argv"])
    except SystemExit as end:
        code = end.code if isinstance(end.code, int) else 1
    except BaseException:  # noqa: BLE001 - as an interpreter does
        traceback.print_exc()
    end_process(int(code))


def end_process(code: int) -> NoReturn:
    """End as an interpreter does, without taking a hundred modules apart."""
    threading._shutdown()  # type: ignore[attr-defined]  # waits for threads, as every end does
    atexit._run_exitfuncs()
    for stream in (sys.stdout, sys.stderr):
        try:
            stream.flush()
        except OSError:
            traceback.print_exc()
            code = EXIT_FLUSH_FAILED
    os._exit(code)


def wait_and_report(child: int, report: int, fds: list[int]) -> NoReturn:
    for fd in fds:
        os.close(fd)
    os.write(report, f"{child}\n".encode())
    _, status = os.waitpid(child, 0)
    os.write(report, f"{os.waitstatus_to_exitcode(status)}\n".encode())
    os._exit(0)


if __name__ == "__main__":
    sys.exit(main())
