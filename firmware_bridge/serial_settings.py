"""How a serial line is set: speed, data bits, parity, stop bits."""

from dataclasses import dataclass
from enum import Enum

import serial


class Parity(Enum):
    """The parity bit; the value is pyserial's."""

    NONE = serial.PARITY_NONE
    EVEN = serial.PARITY_EVEN
    ODD = serial.PARITY_ODD


@dataclass(frozen=True, slots=True)
class SerialSettings:
    """How the line is set. A USB scanner ignores all of it.

    Attributes:
        baud: One of the standard rates.
        data_bits: 7 or 8.
        parity: The parity bit.
        stop_bits: 1 or 2.

    Raises:
        ValueError: A value no port has.
    """

    baud: int = 9600
    data_bits: int = 8
    parity: Parity = Parity.NONE
    stop_bits: int = 1

    def __post_init__(self) -> None:
        if self.baud not in serial.Serial.BAUDRATES:
            raise ValueError(f"{self.baud} is not a standard baud rate, such as 9600 or 115200")
        if self.data_bits not in {7, 8} or self.stop_bits not in {1, 2}:
            raise ValueError("a scanner sends 7 or 8 data bits and 1 or 2 stop bits")
