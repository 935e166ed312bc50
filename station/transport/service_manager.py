"""Tells the service manager that the engine is ready, alive or ending.

systemd starts a service of ``Type=notify`` with the address of a datagram socket; without one
nothing is sent, and every method does nothing. A service manager that does not listen costs the
engine nothing either.

Source: sd_notify(3) and sd_watchdog_enabled(3) of systemd.
"""

import contextlib
import socket
from collections.abc import Mapping
from typing import Final

_BEATS_A_PERIOD: Final = 3
"""One may be late and one lost."""


class ServiceManager:
    """The service manager that started this process, or nobody. Any thread."""

    def __init__(self, environment: Mapping[str, str], pid: int) -> None:
        """Find it.

        Args:
            environment: Of this process.
            pid: This process's number: what is meant for another one is left alone.
        """
        address = environment.get("NOTIFY_SOCKET", "")
        if not address.startswith(("/", "@")):
            address = ""
        self._address: Final = address.replace("@", "\0", 1) if address[:1] == "@" else address
        self.beat_every_s: Final = _beat_every_s(environment, pid) if address else None
        """How often `alive` is to be called, in seconds; None where nobody waits for it."""

    def ready(self) -> None:
        """The engine takes reads."""
        self._tell("READY=1")

    def alive(self) -> None:
        """The engine decides; where this stops, it is killed and started anew."""
        self._tell("WATCHDOG=1")

    def ending(self) -> None:
        """The engine keeps what was read, then ends."""
        self._tell("STOPPING=1")

    def _tell(self, message: str) -> None:
        if not self._address:
            return
        with (
            contextlib.suppress(OSError),
            socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM | socket.SOCK_CLOEXEC) as sock,
        ):
            sock.setblocking(False)
            sock.sendto(message.encode("ascii"), self._address)


def _beat_every_s(environment: Mapping[str, str], pid: int) -> float | None:
    period_us = environment.get("WATCHDOG_USEC", "")
    meant_for = environment.get("WATCHDOG_PID", str(pid))
    if not (period_us.isascii() and period_us.isdigit()) or meant_for != str(pid):
        return None
    return int(period_us[:18]) / 1e6 / _BEATS_A_PERIOD or None
