"""A scanner in line mode that is not there: scans on a pty (`firmware_bridge.simulators.device`).

Faults of cables and scanners are arguments of `SimulatedLineScanner.scan`.
"""

import time
from dataclasses import dataclass
from itertools import pairwise
from pathlib import Path
from typing import Final

from firmware_bridge.conversation import Feedback
from firmware_bridge.feedback import NO_FEEDBACK, Dialect
from firmware_bridge.simulators.device import SimulatedDevice


@dataclass(frozen=True, slots=True)
class TransmissionFaults:
    """What goes wrong with one scan on its way to the host.

    Attributes:
        garbage_before: Bytes of noise in front of it.
        drop_terminator: The terminator does not come.
        split_at: Offsets, ascending, at which the transmission pauses.
        pause_s: How long each of those pauses lasts.
        unplug_at: Offset at which the cable is pulled; None sends everything.
    """

    garbage_before: bytes = b""
    drop_terminator: bool = False
    split_at: tuple[int, ...] = ()
    pause_s: float = 0.0
    unplug_at: int | None = None


NO_FAULTS: Final = TransmissionFaults()


class SimulatedLineScanner(SimulatedDevice):
    """A pluggable scanner; plugged in from the start.

    One thread scans and unplugs; another may receive. Use it as a context manager, or `close` it.
    """

    def __init__(
        self,
        directory: Path | None = None,
        *,
        name: str = "usb-Simulated_Line_Scanner-if00",
        terminator: bytes = b"\r",
        prefix: bytes = b"",
        suffix: bytes = b"",
        send_identifier: bool = True,
        dialect: Dialect = NO_FEEDBACK,
    ) -> None:
        """Make the device.

        Args:
            directory: Where the link is put; a temporary directory of its own by default.
            name: The link's name.
            terminator: Bytes after every scan.
            prefix: Bytes before every scan.
            suffix: Bytes after every scan, before the terminator.
            send_identifier: Whether the AIM symbology identifier goes in front of the data.
            dialect: What it understands of the host.
        """
        super().__init__(directory, name)
        self._terminator = terminator
        self._prefix = prefix
        self._suffix = suffix
        self._send_identifier = send_identifier
        self._tokens = {
            token: feedback for feedback in Feedback if (token := dialect.bytes_of(feedback))
        }
        self._unheard = b""
        self.heard: Final[list[Feedback]] = []
        """What the host told it, in order, as far as `listen` has looked."""

    @property
    def enabled(self) -> bool:
        """Whether it reads: not after it was told to read nothing more."""
        switched = [one for one in self.heard if one in {Feedback.DISABLE, Feedback.ENABLE}]
        return not switched or switched[-1] is Feedback.ENABLE

    def listen(self, timeout_s: float = 0.0) -> None:
        """Take what the host has sent and do as it says.

        Args:
            timeout_s: How long to wait for the first byte.
        """
        self._unheard += self.received_from_host(timeout_s)
        longest_first = sorted(self._tokens, key=len, reverse=True)
        while self._unheard:
            token = next((one for one in longest_first if self._unheard.startswith(one)), None)
            if token is None:
                if any(one.startswith(self._unheard) for one in longest_first):
                    return  # half a command
                self._unheard = self._unheard[1:]
                continue
            self.heard.append(self._tokens[token])
            self._unheard = self._unheard[len(token) :]

    def transmission(self, payload: bytes, symbology_identifier: str = "") -> bytes:
        """What the scanner sends for a symbol, terminator included."""
        identifier = symbology_identifier.encode("ascii") if self._send_identifier else b""
        return b"".join((self._prefix, identifier, payload, self._suffix, self._terminator))

    def scan(
        self,
        payload: bytes,
        symbology_identifier: str = "",
        faults: TransmissionFaults = NO_FAULTS,
    ) -> bool:
        """Read a symbol and send it.

        Args:
            payload: The symbol's data bytes, GS as 0x1D.
            symbology_identifier: What the scanner would say of it, e.g. ``]d2``.
            faults: What goes wrong.

        Returns:
            Whether all of it was sent: it reads, a host had the device open, and it stayed
            plugged in.

        Raises:
            TimeoutError: The host does not read.
        """
        if not self.enabled:
            return False
        sent = self.transmission(payload, symbology_identifier)
        if faults.drop_terminator:
            sent = sent.removesuffix(self._terminator)
        sent = faults.garbage_before + sent
        end = len(sent) if faults.unplug_at is None else min(faults.unplug_at, len(sent))
        cuts = sorted({0, *(cut for cut in faults.split_at if 0 < cut < end), end})
        plugging = self._plugging
        for start, stop in pairwise(cuts):
            if start and faults.pause_s:
                time.sleep(faults.pause_s)
            if not self._send(sent[start:stop], plugging):
                return False
        if faults.unplug_at is not None:
            self.unplug()
        return faults.unplug_at is None
