"""A stack light on USB that takes one byte a command (Adafruit 5125 and its kin).

Source: Adafruit, "USB Controlled Tri-Color LED and Buzzer Tower Light", 9600 baud: the low half of
a command names the part (1 red, 2 amber, 4 green, 8 buzzer), the high half what it does (1 on,
2 off, 4 blink). Nothing is answered: a lost light shows only as a lost port.
"""

import os
import termios
from contextlib import suppress
from pathlib import Path
from typing import Final

import serial

from firmware_bridge.errors import OutputError
from firmware_bridge.outputs.panel import AT_REST, Lit, Panel, Part

BAUD: Final = 9600
BEAT_S: Final = 1.0
WRITE_TIMEOUT_S: Final = 1.0

_PARTS: Final = {Part.RED: 0x01, Part.AMBER: 0x02, Part.GREEN: 0x04, Part.BUZZER: 0x08}
_DOES: Final = {Lit.ON: 0x10, Lit.OFF: 0x20, Lit.BLINK: 0x40}


def commands(panel: Panel) -> bytes:
    """The bytes that bring the light from whatever it shows to a panel.

    Everything is switched off first: a blinking part ignores "on".
    """
    off = bytes(part | _DOES[Lit.OFF] for part in _PARTS.values())
    lit = bytes(
        code | _DOES[panel.lit(part)]
        for part, code in _PARTS.items()
        if panel.lit(part) is not Lit.OFF
    )
    return off + lit


class UsbTower:
    """The light. Implements `firmware_bridge.outputs.panel.OutputDevice`."""

    def __init__(self, device: str) -> None:
        """Set up; nothing is opened yet.

        Args:
            device: A path, best one of ``/dev/serial/by-id``.
        """
        self._device = device
        self._port: serial.Serial | None = None

    @property
    def parts(self) -> frozenset[Part]:
        """No gate: nothing that is not answered may hold one."""
        return frozenset(_PARTS)

    @property
    def beat_s(self) -> float:
        """Once a second."""
        return BEAT_S

    def connect(self) -> str:
        """Open the port and set to rest."""
        try:
            self._port = serial.Serial(
                self._device, BAUD, write_timeout=WRITE_TIMEOUT_S, timeout=0, exclusive=True
            )
        except (OSError, termios.error, ValueError) as error:
            raise self._fault() from error
        self.show(AT_REST)
        return f"light tower at {self._device}"

    def show(self, panel: Panel) -> None:
        """Send the commands."""
        port = self._open_port()
        try:
            port.write(commands(panel))
        except (OSError, termios.error) as error:
            raise self._fault() from error

    def beat(self) -> None:
        """See that the port is still there; a write to one that has gone may seem to succeed."""
        port = self._open_port()
        try:
            termios.tcgetattr(port.fileno())
            there = os.fstat(port.fileno()).st_rdev == Path(self._device).stat().st_rdev
        except (OSError, termios.error) as error:
            raise self._fault() from error
        if not there:
            raise self._fault()

    def close(self) -> None:
        """Set to rest and close."""
        with suppress(OutputError):
            self.show(AT_REST)
        port, self._port = self._port, None
        if port is not None:
            with suppress(OSError, termios.error):
                port.close()

    def _open_port(self) -> serial.Serial:
        if self._port is None:
            raise self._fault()
        return self._port

    def _fault(self) -> OutputError:
        return OutputError(
            f"the light tower {self._device} is lost",
            "plug it in again; `ls /dev/serial/by-id` shows what is there",
            device=self._device,
        )
