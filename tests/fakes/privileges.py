"""Tests of file permissions, which root overrides unless it gives that power up.

Nobody else is become: another user might not reach the checkout, and so not import the product.
"""

import ctypes
import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Final

_VERSION: Final = 0x20080522
"""``_LINUX_CAPABILITY_VERSION_3``, linux/capability.h."""

_OVERRIDES: Final = (1 << 1) | (1 << 2)
"""``CAP_DAC_OVERRIDE`` and ``CAP_DAC_READ_SEARCH``, the same header."""


class _Header(ctypes.Structure):
    _fields_ = (("version", ctypes.c_uint32), ("pid", ctypes.c_int))


class _Sets(ctypes.Structure):
    _fields_ = tuple((name, ctypes.c_uint32) for name in ("effective", "permitted", "inheritable"))


_LIBC: Final = ctypes.CDLL(None, use_errno=True)


def _call(name: str, sets: ctypes.Array[_Sets]) -> None:
    if getattr(_LIBC, name)(ctypes.byref(_Header(_VERSION, 0)), sets):
        raise OSError(ctypes.get_errno(), name)


def drop_file_privileges() -> int:
    """Open files as an ordinary user from here on, in this thread and those it starts.

    Returns:
        The effective capabilities there were, the low 32.
    """
    sets = (_Sets * 2)()
    _call("capget", sets)
    before = int(sets[0].effective)
    sets[0].effective = before & ~_OVERRIDES
    _call("capset", sets)
    return before


@contextmanager
def without_privileges() -> Iterator[None]:
    """Inside, this thread opens files as an ordinary user, also when the tests run as root."""
    before = drop_file_privileges()
    try:
        yield
    finally:
        sets = (_Sets * 2)()
        _call("capget", sets)
        sets[0].effective = before
        _call("capset", sets)


@contextmanager
def reachable_folder() -> Iterator[Path]:
    """A folder that every user can reach, removed whatever rights it is left with.

    Pytest's own are closed to others than their owner.
    """
    folder = Path(tempfile.mkdtemp(prefix="station-test-"))
    try:
        folder.chmod(0o755)
        yield folder
    finally:
        folder.chmod(0o755)
        shutil.rmtree(folder)
