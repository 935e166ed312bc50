"""Makes the outputs of a dock as they are set in ``station.toml``: ``kind:value`` as for sources.

The Modbus library is loaded only when an output needs it.
"""

import difflib
from collections.abc import Sequence
from typing import TYPE_CHECKING, Final

from station.actuators.output import OutputActuator
from station.app.config import OutputSection
from station.core.errors import ConfigurationError
from station.core.text import printable
from station.ports.actuators import Actuator
from station.ports.health import HealthSink

if TYPE_CHECKING:
    from firmware_bridge.outputs.panel import OutputDevice

OUTPUT_KINDS: Final = {
    "board": "board:DEVICE, the station's own board",
    "modbus-rtu": "modbus-rtu:DEVICE with [output.coils]",
    "modbus-tcp": "modbus-tcp:HOST or HOST:PORT with [output.coils]",
    "tower": "tower:DEVICE, a light tower on USB",
    "patlite": "patlite:HOST or HOST:PORT",
}
"""What each kind is written like."""

MAX_OUTPUTS: Final = 8
_MS: Final = 1000
_MAX_PORT: Final = 65_535


def make_outputs(sections: Sequence[OutputSection], health: HealthSink) -> list[Actuator]:
    """Make the outputs; opens nothing.

    Args:
        sections: As configured.
        health: Told how the outputs are.

    Raises:
        ConfigurationError: An output is of no known kind, named twice, or set in a way it cannot
            be.
    """
    if len(sections) > MAX_OUTPUTS:
        raise ConfigurationError(
            f"{len(sections)} outputs are configured", f"a dock has at most {MAX_OUTPUTS}"
        )
    uses = [section.use for section in sections]
    for use in uses:
        if uses.count(use) > 1:
            raise ConfigurationError(f"output {printable(use)!r} is named twice", "name it once")
    made: list[Actuator] = []
    for section in sections:
        component = "output" if len(sections) == 1 else f"output:{printable(section.use, 60)}"
        made.append(
            OutputActuator(
                _device(section),
                component=component,
                health=health,
                dwell_s=section.dwell_ms / _MS,
            )
        )
    return made


def _device(section: OutputSection) -> "OutputDevice":
    kind, colon, value = section.use.partition(":")
    shown = printable(section.use)
    if not colon or kind not in OUTPUT_KINDS or not value:
        near = difflib.get_close_matches(kind, OUTPUT_KINDS, n=1)
        known = OUTPUT_KINDS[near[0]] if near else "; ".join(OUTPUT_KINDS.values())
        raise ConfigurationError(f"{shown!r} is no output", f"write {known}")
    try:
        return _made(kind, value, section)
    except ValueError as error:
        raise ConfigurationError(
            f"output {shown}: {error}",
            "mend its [[output]] section; docs/reference/outputs.md lists what it takes",
        ) from error


def _made(kind: str, value: str, section: OutputSection) -> "OutputDevice":
    """One device.

    Raises:
        ValueError: It cannot be set like this.
    """
    if section.coils is not None and not kind.startswith("modbus-"):
        raise ValueError("coils belong to modbus-rtu: and modbus-tcp: outputs")
    if kind == "tower":
        from firmware_bridge.outputs.usb_tower import UsbTower

        return UsbTower(value)
    if kind == "patlite":
        from firmware_bridge.outputs.patlite import PORT, Patlite

        host, port = _host_and_port(value, PORT)
        return Patlite(host, port, section.product_class)
    from firmware_bridge.outputs.modbus_link import TCP_PORT, ModbusAddress, ModbusLink, Wire
    from firmware_bridge.serial_settings import SerialSettings
    from station.app.serial_scanner import PARITIES

    if kind == "board":
        from firmware_bridge.outputs import board_map
        from firmware_bridge.outputs.board import BEATS_IN_TIMEOUT, Board

        at_board = ModbusAddress(
            Wire.RTU, value, unit=board_map.UNIT, settings=SerialSettings(baud=board_map.BAUD)
        )
        # An answer that is missed twice still leaves half of the board's patience.
        link = ModbusLink(at_board, answer_s=section.timeout_ms / _MS / BEATS_IN_TIMEOUT)
        return Board(link, timeout_ms=section.timeout_ms, dwell_ms=section.dwell_ms)
    from firmware_bridge.outputs.coils import ModbusCoils
    from firmware_bridge.outputs.panel import Part

    if kind == "modbus-tcp":
        host, port = _host_and_port(value, TCP_PORT)
        address = ModbusAddress(Wire.TCP, host, port, section.unit)
    else:
        settings = SerialSettings(
            baud=section.baud, parity=PARITIES[section.parity], stop_bits=section.stop_bits
        )
        address = ModbusAddress(Wire.RTU, value, unit=section.unit, settings=settings)
    coils = {
        part: coil
        for part in Part
        if section.coils is not None and (coil := getattr(section.coils, part.value)) is not None
    }
    return ModbusCoils(ModbusLink(address), coils)


def _host_and_port(value: str, default: int) -> tuple[str, int]:
    """Split ``HOST:PORT``; an IPv6 address with a port stands in brackets."""
    host, port = value, str(default)
    if value.startswith("["):
        host, bracket, after = value[1:].partition("]")
        if not bracket or (after and not after.startswith(":")):
            raise ValueError("an IPv6 address is written [ADDRESS]:PORT")
        port = after[1:] or port
    elif value.count(":") == 1:
        host, _, port = value.partition(":")
    if not (port.isascii() and port.isdigit() and 1 <= int(port) <= _MAX_PORT):
        raise ValueError(f"{port!r} is no port: 1 to {_MAX_PORT}")
    return host, int(port)
