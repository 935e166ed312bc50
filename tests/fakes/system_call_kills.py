"""Kills a piece of work at every place where the disk may differ afterwards.

The work runs in a forked child under ptrace. A filter of the kernel's stops it at each system call
that changes a file (a write, a sync, a rename …) and at no other; at the n-th the child is killed
before the call happens, as ``kill -9`` would. `kill_points` does so for n = 1, 2, 3 … until the
work survives. The work has one thread: in another one such a call fails.

`full_disk_points` lets the work live instead, on a disk that is full from its n-th such call on;
`hiccup_points`, on a disk that fails at its n-th such call and never again.
"""

import ctypes
import errno
import os
import platform
import signal
import sys
import traceback
import warnings
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from typing import Final

import pytest

_TRACE_ME: Final = 0
_CONTINUE: Final = 7
_SET_OPTIONS: Final = 0x4200
_GET_SYSCALL_INFO: Final = 0x420E
_OPTIONS: Final = 0x80 | 0x100000  # TRACESECCOMP, EXITKILL
_FILTER_STOP: Final = signal.SIGTRAP | 7 << 8  # PTRACE_EVENT_SECCOMP

_NO_NEW_PRIVILEGES: Final = 38
_SET_SECCOMP: Final = 22
_FILTER_MODE: Final = 2
_ALLOW: Final = 0x7FFF0000
_TRACE: Final = 0x7FF00000
# Classic BPF: load a word, compare with a constant, return one. linux/filter.h
_LOAD: Final = 0x20
_IS: Final = 0x15
_RETURN: Final = 0x06

# Names by number, of the calls that change what is on the disk or the order in which it gets there.
_CALLS: Final[dict[str, dict[int, str]]] = {
    "x86_64": {
        1: "write",
        18: "pwrite64",
        20: "writev",
        40: "sendfile",
        74: "fsync",
        75: "fdatasync",
        76: "truncate",
        77: "ftruncate",
        82: "rename",
        83: "mkdir",
        84: "rmdir",
        86: "link",
        87: "unlink",
        88: "symlink",
        258: "mkdirat",
        263: "unlinkat",
        264: "renameat",
        265: "linkat",
        266: "symlinkat",
        285: "fallocate",
        316: "renameat2",
        326: "copy_file_range",
    },
    "aarch64": {
        34: "mkdirat",
        35: "unlinkat",
        36: "symlinkat",
        37: "linkat",
        38: "renameat",
        46: "ftruncate",
        47: "fallocate",
        64: "write",
        66: "writev",
        68: "pwrite64",
        71: "sendfile",
        82: "fsync",
        83: "fdatasync",
        276: "renameat2",
        285: "copy_file_range",
    },
}

_NEEDS_ROOM: Final = frozenset(
    {
        *("write", "pwrite64", "writev", "sendfile", "copy_file_range", "fallocate"),
        *("fsync", "fdatasync", "mkdir", "mkdirat", "symlink", "symlinkat", "link", "linkat"),
    }
)
"""Calls that a full disk answers with ENOSPC, syncs too: room may be given out as late as that."""

# Where x86-64 keeps a call's number and its answer in `struct user`.
_POKE_USER: Final = 6
_ORIG_RAX: Final = 15 * 8
_RAX: Final = 10 * 8

# Far more than any work here takes; an endless loop ends as a failure.
_MOST_POINTS: Final = 2_000


class _Instruction(ctypes.Structure):
    """``struct sock_filter``."""

    _fields_ = (
        ("code", ctypes.c_uint16),
        ("if_so", ctypes.c_uint8),
        ("if_not", ctypes.c_uint8),
        ("constant", ctypes.c_uint32),
    )


class _Program(ctypes.Structure):
    """``struct sock_fprog``."""

    _fields_ = (
        ("length", ctypes.c_ushort),
        ("instructions", ctypes.POINTER(_Instruction)),
    )


class _SyscallInfo(ctypes.Structure):
    """``struct ptrace_syscall_info``, where a filter stopped a call."""

    _fields_ = (
        ("op", ctypes.c_uint8),
        ("pad", ctypes.c_uint8 * 3),
        ("arch", ctypes.c_uint32),
        ("instruction_pointer", ctypes.c_uint64),
        ("stack_pointer", ctypes.c_uint64),
        ("number", ctypes.c_uint64),
        ("arguments", ctypes.c_uint64 * 6),
    )


_libc = ctypes.CDLL(None, use_errno=True)
_libc.ptrace.argtypes = (ctypes.c_long, ctypes.c_long, ctypes.c_void_p, ctypes.c_void_p)
_libc.ptrace.restype = ctypes.c_long
_libc.prctl.argtypes = (ctypes.c_int, *[ctypes.c_void_p] * 4)


def _ptrace(request: int, pid: int, address: int = 0, data: int = 0) -> None:
    if _libc.ptrace(request, pid, address, data) < 0:
        number = ctypes.get_errno()
        raise OSError(number, os.strerror(number))


def _stop_at(calls: Iterable[int]) -> None:
    """Have the kernel stop this process for its tracer at some calls, for good."""
    numbers = list(calls)
    to_trace = ((number, len(numbers) - place) for place, number in enumerate(numbers))
    lines = [
        _Instruction(_LOAD, 0, 0, 0),  # the call's number, the first word of `struct seccomp_data`
        *(_Instruction(_IS, ahead, 0, number) for number, ahead in to_trace),
        _Instruction(_RETURN, 0, 0, _ALLOW),
        _Instruction(_RETURN, 0, 0, _TRACE),
    ]
    program = _Program(len(lines), (_Instruction * len(lines))(*lines))
    for what, value, place in (
        (_NO_NEW_PRIVILEGES, 1, None),
        (_SET_SECCOMP, _FILTER_MODE, ctypes.addressof(program)),
    ):
        if _libc.prctl(what, value, place, None, None) != 0:
            number = ctypes.get_errno()
            raise OSError(number, os.strerror(number))


@dataclass(frozen=True)
class Killed:
    """One run of the work.

    Attributes:
        point: At which changing call it was killed, from 1.
        call: That call, or ``""`` when the work came to its end.
        said: What it had reported by then.
    """

    point: int
    call: str
    said: list[str]


Report = Callable[[str], None]
Work = Callable[[Report], None]


def kill_points(prepare: Callable[[], None], work: Work) -> Iterator[Killed]:
    """Run the work again and again, killed one call later each time.

    Args:
        prepare: Sets everything up afresh before each run.
        work: What to kill. It reports, through what it is given, each thing it has promised.

    Yields:
        Each run after its death; the last one was not killed.
    """
    if platform.machine() not in _CALLS or sys.platform != "linux":
        pytest.skip(f"system calls of {sys.platform} on {platform.machine()} are not known here")
    for point in range(1, _MOST_POINTS):
        prepare()
        killed = _run(work, point)
        yield killed
        if not killed.call:
            return
    pytest.fail(f"the work did not end within {_MOST_POINTS} calls")


def full_disk_points(prepare: Callable[[], None], work: Work) -> Iterator[Killed]:
    """Run the work again and again, on a disk that is full one call later each time.

    Yields:
        Each run after its end, with the first call that failed; in the last one none did.
    """
    yield from _failing_points(prepare, work, _fill_at)


def hiccup_points(prepare: Callable[[], None], work: Work) -> Iterator[Killed]:
    """Run the work again and again, on a disk that fails one call later each time, and only then.

    Yields:
        Each run after its end, with the call that failed; in the last one none did.
    """
    yield from _failing_points(prepare, work, _fail_at)


def _failing_points(
    prepare: Callable[[], None], work: Work, trace: Callable[..., str]
) -> Iterator[Killed]:
    if platform.machine() != "x86_64" or sys.platform != "linux":
        pytest.skip(f"a call's answer on {platform.machine()} cannot be changed here")
    for point in range(1, _MOST_POINTS):
        prepare()
        ended = _run(work, point, trace)
        yield ended
        if not ended.call:
            return
    pytest.fail(f"the work did not end within {_MOST_POINTS} calls")


def _run(work: Work, point: int, trace: Callable[..., str] | None = None) -> Killed:
    reading, writing = os.pipe()
    with warnings.catch_warnings():
        # The one other thread is the test's own watchdog; the child uses none of its locks.
        warnings.simplefilter("ignore", DeprecationWarning)
        child = os.fork()
    if child == 0:
        _be_killed(work, reading, writing)
    os.close(writing)
    try:
        call = (trace or _kill_at)(child, point, ignored_handle=writing)
        with os.fdopen(reading) as reports:
            return Killed(point, call, reports.read().splitlines())
    except BaseException:
        os.kill(child, signal.SIGKILL)
        os.waitpid(child, 0)
        raise


def _be_killed(work: Work, reading: int, writing: int) -> None:
    """In the child: never returns."""
    code = 1
    try:
        os.close(reading)
        _ptrace(_TRACE_ME, 0)
        os.kill(os.getpid(), signal.SIGSTOP)
        _stop_at(_CALLS[platform.machine()])

        def report(text: str) -> None:
            os.write(writing, f"{text}\n".encode())

        work(report)
        code = 0
    except Exception:  # noqa: BLE001 - a forked child must end here, whatever happens
        traceback.print_exc()
        sys.stderr.flush()
    finally:
        os._exit(code)


def _kill_at(child: int, point: int, ignored_handle: int) -> str:
    """Let the child go on until its n-th changing call; the call's name, or "" at its end."""
    calls = _CALLS[platform.machine()]
    for seen, call in enumerate(_entered(child, calls, ignored_handle), 1):
        if seen == point:
            os.kill(child, signal.SIGKILL)
            os.waitpid(child, 0)
            return call
    return ""


def _fill_at(child: int, point: int, ignored_handle: int) -> str:
    """From the child's n-th call that needs room on, let none have any; the first one's name."""
    calls = {
        number: name for number, name in _CALLS[platform.machine()].items() if name in _NEEDS_ROOM
    }
    first = ""
    for seen, call in enumerate(_entered(child, calls, ignored_handle), 1):
        if seen < point:
            continue
        first = first or call
        _answer(child, errno.ENOSPC)
    return first


def _fail_at(child: int, point: int, ignored_handle: int) -> str:
    """Let the child's n-th changing call fail, and all others be; its name, or "" for none."""
    failed = ""
    for seen, call in enumerate(_entered(child, _CALLS[platform.machine()], ignored_handle), 1):
        if seen == point:
            failed = call
            _answer(child, errno.EIO)
    return failed


def _answer(child: int, number: int) -> None:
    """Answer the call a child has entered with an error, in its stead."""
    _ptrace(_POKE_USER, child, _ORIG_RAX, -1)  # no call at all
    _ptrace(_POKE_USER, child, _RAX, -number)


def _entered(child: int, calls: dict[int, str], ignored_handle: int) -> Iterator[str]:
    """Let the child run to its end, stopping where it enters one of some calls; their names."""
    _, status = os.waitpid(child, 0)
    if not os.WIFSTOPPED(status):
        pytest.skip("this machine does not let a process trace its child")
    _ptrace(_SET_OPTIONS, child, 0, _OPTIONS)
    info = _SyscallInfo()
    deliver = 0
    while True:
        _ptrace(_CONTINUE, child, 0, deliver)
        _, status = os.waitpid(child, 0)
        if os.WIFEXITED(status):
            assert os.WEXITSTATUS(status) == 0, "the work failed by itself; see standard error"
            return
        assert os.WIFSTOPPED(status), f"the child died of signal {os.WTERMSIG(status)}"
        deliver = 0 if status >> 8 == _FILTER_STOP else os.WSTOPSIG(status)
        if deliver:
            continue
        _ptrace(_GET_SYSCALL_INFO, child, ctypes.sizeof(info), ctypes.addressof(info))
        if info.number in calls and info.arguments[0] != ignored_handle:
            yield calls[info.number]
