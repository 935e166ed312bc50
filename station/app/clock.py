"""The machine's clocks, and scan ids made from them."""

import secrets
import threading
import time
from contextlib import suppress
from datetime import UTC, datetime
from pathlib import Path
from typing import Final

from station.core.clock_check import ClockReading

_ALPHABET: Final = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"
_RANDOM_BITS: Final = 80
_ID_LENGTH: Final = 26


class SystemClock:
    """Implements `station.ports.clock.Clock` by the machine's clocks."""

    def now_utc(self) -> str:
        """Wall clock, milliseconds, ``Z``."""
        return datetime.now(UTC).isoformat(timespec="milliseconds")[:-6] + "Z"

    def mono_ns(self) -> int:
        """Monotonic nanoseconds."""
        return time.monotonic_ns()


_BOOT_ID: Final = Path("/proc/sys/kernel/random/boot_id")
_SYNCHRONISED: Final = Path("/run/systemd/timesync/synchronized")
"""There once systemd-timesyncd has set the clock since the machine was started. adjtimex(2) would
say more, but a service that may not set the clock may not ask it either (config/systemd)."""


class LinuxClock:
    """Implements `station.ports.clock.MachineClock`."""

    def __init__(self) -> None:
        # Where the system does not say, each process has a start of its own.
        self._boot_id = secrets.token_hex(16)
        with suppress(OSError, ValueError):
            self._boot_id = _BOOT_ID.read_text("ascii").strip() or self._boot_id

    def read(self) -> ClockReading:
        """``CLOCK_BOOTTIME``, which counts in suspend too, then the wall clock."""
        boot_ms = time.clock_gettime_ns(time.CLOCK_BOOTTIME) // 1_000_000
        return ClockReading(time.time_ns() // 1_000_000, boot_ms, self._boot_id)

    def is_synchronised(self) -> bool:
        """What systemd-timesyncd says; with any other, or where it may not be asked, not known."""
        try:
            return _SYNCHRONISED.exists()
        except OSError:
            return False


class UlidScanIds:
    """Implements `station.ports.clock.ScanIds` as ULIDs that rise within a process.

    48 bits of milliseconds, then 80 random bits; within one millisecond, or after the clock jumped
    back, the last id plus a random step, so that ids always sort in the order they were made.
    """

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._last = 0

    def next(self) -> str:
        """A new id of 26 characters."""
        fresh = (time.time_ns() // 1_000_000) << _RANDOM_BITS | secrets.randbits(_RANDOM_BITS)
        with self._lock:
            if fresh >> _RANDOM_BITS <= self._last >> _RANDOM_BITS:
                fresh = self._last + 1 + secrets.randbits(32)
            self._last = fresh
        return _crockford(fresh)


def is_scan_id(text: str) -> bool:
    """Whether a text can be an id made here."""
    return len(text) == _ID_LENGTH and all(char in _ALPHABET for char in text)


def _crockford(number: int) -> str:
    """128 bits as 26 characters of Crockford base 32."""
    return "".join(_ALPHABET[number >> shift & 31] for shift in range(5 * (_ID_LENGTH - 1), -1, -5))
