"""Modbus over a serial line or a network: the one place where pymodbus's ways become ours.

pymodbus tells a refusal in a value that is easily taken for success (``isError``), raises for a
lost connection, returns None for others, and logs each of them; here all of it is an `OutputError`.
"""

import logging
import termios
from collections.abc import Callable, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from enum import Enum
from typing import Final, TypeVar

from pymodbus.client import ModbusSerialClient, ModbusTcpClient
from pymodbus.client.base import ModbusBaseSyncClient
from pymodbus.exceptions import ModbusException
from pymodbus.pdu import ModbusPDU

from firmware_bridge.errors import OutputError, OutputFault
from firmware_bridge.serial_settings import SerialSettings

ANSWER_S: Final = 0.5
"""How long a device may take to answer."""

RETRIES: Final = 1
"""Requests here set states: asking twice does what asking once does."""

TCP_PORT: Final = 502

_EXCEPTIONS: Final = {
    1: "it does not know this function",
    2: "it has no such address",
    3: "the value is out of its range",
    4: "it refuses now",
    6: "it is busy",
}
"""Source: Modbus Application Protocol V1.1b3, section 7."""


_LOST: Final = (OSError, termios.error, ModbusException)
"""What pymodbus, pyserial and sockets raise when a device is not there."""

_Value = TypeVar("_Value")


class _Quiet(logging.Filter):
    """Drops everything: what pymodbus logs is told as an error or a health report."""

    def filter(self, record: logging.LogRecord) -> bool:  # noqa: ARG002 - logging's signature
        """Nothing passes."""
        return False


_QUIET: Final = _Quiet()


class Wire(Enum):
    """How a Modbus device is reached."""

    RTU = "rtu"
    TCP = "tcp"


@dataclass(frozen=True, slots=True)
class ModbusAddress:
    """Where a Modbus device is.

    Attributes:
        wire: Serial line or network.
        place: A serial device's path, or a host's name or address.
        port: Of the network.
        unit: Unit (slave) identifier, 1 to 247.
        settings: Of the serial line.
    """

    wire: Wire
    place: str
    port: int = TCP_PORT
    unit: int = 1
    settings: SerialSettings = field(default_factory=SerialSettings)

    def __str__(self) -> str:
        """For people."""
        where = self.place if self.wire is Wire.RTU else f"{self.place}:{self.port}"
        return f"Modbus unit {self.unit} at {where}"


class ModbusLink:
    """Requests to one device; a single thread's. Connects by `connect` alone."""

    def __init__(self, address: ModbusAddress, answer_s: float = ANSWER_S) -> None:
        """Set up; nothing is opened yet."""
        logging.getLogger("pymodbus.logging").addFilter(_QUIET)
        self._address = address
        self._client = _client(address, answer_s)
        self._connected = False

    def __str__(self) -> str:
        """The device, for people."""
        return str(self._address)

    def connect(self) -> None:
        """Connect; does nothing when connected.

        Raises:
            OutputError: There is nothing to connect to.
        """
        if self._connected:
            return
        try:
            self._connected = bool(self._client.connect())
        except _LOST as error:
            raise self._fault(str(error)) from error
        if not self._connected:
            raise self._fault("it cannot be opened")

    def close(self) -> None:
        """Disconnect; idempotent."""
        self._connected = False
        with suppress(*_LOST):  # a device that has gone is closed all the same
            self._client.close()  # type: ignore[no-untyped-call]

    def write_coil(self, address: int, on: bool) -> None:
        """Write one coil.

        Raises:
            OutputError: It was not written.
        """
        unit = self._address.unit
        self._done(lambda: self._client.write_coil(address, on, device_id=unit))

    def write_coils(self, address: int, values: Sequence[bool]) -> None:
        """Write coils that follow each other.

        Raises:
            OutputError: They were not written.
        """
        unit = self._address.unit
        self._done(lambda: self._client.write_coils(address, list(values), device_id=unit))

    def write_registers(self, address: int, values: Sequence[int]) -> None:
        """Write holding registers that follow each other.

        Raises:
            OutputError: They were not written.
        """
        unit = self._address.unit
        self._done(lambda: self._client.write_registers(address, list(values), device_id=unit))

    def read_input_registers(self, address: int, count: int) -> list[int]:
        """Read input registers.

        Raises:
            OutputError: They could not be read.
        """
        unit = self._address.unit
        response = self._done(
            lambda: self._client.read_input_registers(address, count=count, device_id=unit)
        )
        return self._whole(response.registers, count)

    def read_discrete_inputs(self, address: int, count: int) -> list[bool]:
        """Read discrete inputs.

        Raises:
            OutputError: They could not be read.
        """
        unit = self._address.unit
        response = self._done(
            lambda: self._client.read_discrete_inputs(address, count=count, device_id=unit)
        )
        return self._whole(response.bits, count)

    def _done(self, ask: Callable[[], ModbusPDU | None]) -> ModbusPDU:
        """The one wrapper: the answer, if it is one."""
        if not self._connected:
            raise self._fault("it is not connected")
        try:
            response = ask()
        except _LOST as error:
            self.close()
            raise self._fault("it does not answer") from error
        if response is None:
            self.close()
            raise self._fault("it does not answer")
        if response.isError():
            code = getattr(response, "exception_code", 0)
            why = _EXCEPTIONS.get(code, f"it answers with exception {code}")
            raise OutputError(
                f"{self} refuses: {why}",
                "compare its coils and registers with the configuration",
                OutputFault.REFUSES,
                str(self),
            )
        return response

    def _whole(self, values: Sequence[_Value], count: int) -> list[_Value]:
        if len(values) < count:
            raise self._fault("its answer is too short")
        return list(values[:count])

    def _fault(self, why: str) -> OutputError:
        return OutputError(
            f"{self} is lost ({why})",
            "check its power, its cable, its address and its baud rate",
            device=str(self),
        )


def _client(address: ModbusAddress, answer_s: float) -> ModbusBaseSyncClient:
    if address.wire is Wire.TCP:
        return ModbusTcpClient(address.place, port=address.port, timeout=answer_s, retries=RETRIES)
    settings = address.settings
    return ModbusSerialClient(
        address.place,
        baudrate=settings.baud,
        bytesize=settings.data_bits,
        parity=settings.parity.value,
        stopbits=settings.stop_bits,
        timeout=answer_s,
        retries=RETRIES,
    )
