"""A PATLITE signal tower on the network, by its PNS command over TCP.

Source: PATLITE, "PNS command": two letters of the product class, the command, an empty byte, the
data's size in two bytes (high first), the data. Command ``S`` takes six bytes: red, amber, green,
blue, white, buzzer. Answered by ACK (06) or NAK (15).
"""

import socket
from contextlib import suppress
from typing import Final

from firmware_bridge.errors import OutputError, OutputFault
from firmware_bridge.outputs.panel import AT_REST, Lit, Panel, Part

PORT: Final = 10_000
ANSWER_S: Final = 1.0
BEAT_S: Final = 1.0
ACK: Final = 0x06

PRODUCT_CLASSES: Final = ("AB", "XX")
"""``AB`` on LA6, LR5 and later towers, ``XX`` on NHL and its kin."""

_LED: Final = {Lit.OFF: 0x00, Lit.ON: 0x01, Lit.BLINK: 0x02}
_BUZZER: Final = {Lit.OFF: 0x00, Lit.ON: 0x01, Lit.BLINK: 0x02}


def command(panel: Panel, product_class: str) -> bytes:
    """The command that shows a panel."""
    pattern = bytes(
        [
            _LED[panel.red],
            _LED[panel.amber],
            _LED[panel.green],
            0,
            0,
            _BUZZER[panel.buzzer],
        ]
    )
    return product_class.encode("ascii") + b"S\0" + len(pattern).to_bytes(2, "big") + pattern


class Patlite:
    """The tower. Implements `firmware_bridge.outputs.panel.OutputDevice`."""

    def __init__(self, host: str, port: int = PORT, product_class: str = "AB") -> None:
        """Set up; nothing is opened yet.

        Args:
            host: Name or address.
            port: As set on the tower.
            product_class: One of `PRODUCT_CLASSES`.

        Raises:
            ValueError: It is none of them.
        """
        if product_class not in PRODUCT_CLASSES:
            raise ValueError(f"a PATLITE product class is one of {', '.join(PRODUCT_CLASSES)}")
        self._where = (host, port)
        self._product_class = product_class
        self._socket: socket.socket | None = None
        self._shown = AT_REST

    @property
    def parts(self) -> frozenset[Part]:
        """Lamps and buzzer."""
        return frozenset(Part) - {Part.GATE}

    @property
    def beat_s(self) -> float:
        """Once a second."""
        return BEAT_S

    def connect(self) -> str:
        """Connect and set to rest."""
        try:
            self._socket = socket.create_connection(self._where, timeout=ANSWER_S)
        except OSError as error:
            raise self._fault(error.strerror or "no answer") from error
        self.show(AT_REST)
        return f"PATLITE tower at {self._where[0]}:{self._where[1]}"

    def show(self, panel: Panel) -> None:
        """Send the command and wait for its ACK."""
        connection = self._socket
        if connection is None:
            raise self._fault("it is not connected")
        try:
            connection.sendall(command(panel, self._product_class))
            answer = connection.recv(1)
        except OSError as error:
            raise self._fault(error.strerror or "no answer") from error
        if not answer:
            raise self._fault("it hung up")
        if answer[0] != ACK:
            raise OutputError(
                f"the PATLITE tower at {self._where[0]} refuses the command",
                "set its product class (AB or XX) and switch its PNS command reception on",
                OutputFault.REFUSES,
                self._where[0],
            )
        self._shown = panel

    def beat(self) -> None:
        """Send the same again."""
        self.show(self._shown)

    def close(self) -> None:
        """Set to rest and disconnect."""
        with suppress(OutputError):
            self.show(AT_REST)
        connection, self._socket = self._socket, None
        if connection is not None:
            connection.close()

    def _fault(self, why: str) -> OutputError:
        return OutputError(
            f"the PATLITE tower at {self._where[0]}:{self._where[1]} is lost ({why})",
            "check its power, network cable and address",
            device=f"{self._where[0]}:{self._where[1]}",
        )
