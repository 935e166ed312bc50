"""Our own board: the same panel, with a heartbeat that the gate depends on.

Where limit switches are wired, a gate that stands at the wrong end is a lost gate. Only a closed
switch says anything: one that is not wired, or whose wire broke, stays open and hinders nobody.

The registers are `firmware_bridge.outputs.board_map`, made from the same file as the board's
program.
"""

import math
from contextlib import suppress
from typing import Final

from firmware_bridge.errors import OutputError, OutputFault
from firmware_bridge.outputs import board_map
from firmware_bridge.outputs.board_map import Coil, DiscreteInput, HoldingRegister, InputRegister
from firmware_bridge.outputs.modbus_link import ModbusLink
from firmware_bridge.outputs.panel import AT_REST, Lit, Panel, Part

BEATS_IN_TIMEOUT: Final = 4
"""Heartbeats in the time after which the board trips: two may be lost."""

GATE_MOVES_S: Final = 1.0
"""How long a gate may take to leave the end it stood at."""

_COILS: Final = {
    Part.RED: Coil.RED,
    Part.AMBER: Coil.AMBER,
    Part.GREEN: Coil.GREEN,
    Part.BUZZER: Coil.BUZZER,
    Part.GATE: Coil.GATE,
}
_BLINKING: Final = (Part.RED, Part.AMBER, Part.GREEN, Part.BUZZER)


class Board:
    """The board. Implements `firmware_bridge.outputs.panel.OutputDevice`."""

    def __init__(
        self,
        link: ModbusLink,
        *,
        timeout_ms: int = board_map.DEFAULT_TIMEOUT_MS,
        dwell_ms: int = board_map.DEFAULT_DWELL_MS,
    ) -> None:
        """Set up; nothing is opened yet.

        Args:
            link: To the board.
            timeout_ms: Silence after which the board drops the gate by itself.
            dwell_ms: Longest time the gate stays open.

        Raises:
            ValueError: A time the board refuses.
        """
        for name, value, least, most in (
            ("timeout_ms", timeout_ms, board_map.MIN_TIMEOUT_MS, board_map.MAX_TIMEOUT_MS),
            ("dwell_ms", dwell_ms, board_map.MIN_DWELL_MS, board_map.MAX_DWELL_MS),
        ):
            if not least <= value <= most:
                raise ValueError(f"{name} is {least} to {most} on the board")
        self._link = link
        self._timeout_ms = timeout_ms
        self._dwell_ms = dwell_ms
        self._beats = 0
        self._blinks = 0
        self._gate_open = False
        self._beats_astray = 0

    @property
    def parts(self) -> frozenset[Part]:
        """All of them."""
        return frozenset(Part)

    @property
    def beat_s(self) -> float:
        """Several times in the board's timeout."""
        return self._timeout_ms / 1000 / BEATS_IN_TIMEOUT

    def connect(self) -> str:
        """Connect, see that it is our board and its gate closed, set its times, arm it."""
        link = self._link
        link.connect()
        known = link.read_input_registers(InputRegister.MAGIC, 2)
        if known[0] != board_map.MAGIC:
            raise OutputError(
                f"{link} is not the station's board",
                "name another device, or give it its coils as a modbus output",
                OutputFault.NO_BOARD,
            )
        if known[1] != board_map.VERSION:
            raise OutputError(
                f"the board's program has register map {known[1]}, this is {board_map.VERSION}",
                "burn the program that came with this release (make flash)",
                OutputFault.OTHER_PROGRAM,
            )
        link.write_registers(HoldingRegister.ARM, [0])
        link.write_registers(HoldingRegister.TIMEOUT_MS, [self._timeout_ms, self._dwell_ms, 0])
        self._blinks = 0
        self._gate_open, self._beats_astray = False, 0
        astray = self._astray(*link.read_discrete_inputs(DiscreteInput.GATE_OPEN_END, 2))
        if astray is not None:
            raise astray
        link.write_registers(HoldingRegister.ARM, [board_map.ARM_WORD])
        return f"{link}, board armed, gate drops {self._timeout_ms} ms after the last heartbeat"

    def show(self, panel: Panel) -> None:
        """Write lamps, buzzer and gate in one request, so that they never contradict each other."""
        blinks = sum(1 << _COILS[part] for part in _BLINKING if panel.lit(part) is Lit.BLINK)
        if blinks != self._blinks:
            self._link.write_registers(HoldingRegister.BLINK_MASK, [blinks])
            self._blinks = blinks
        if panel.gate_open != self._gate_open:
            self._gate_open, self._beats_astray = panel.gate_open, 0
        on = {coil: panel.lit(part) is not Lit.OFF for part, coil in _COILS.items()}
        self._link.write_coils(0, [on[coil] for coil in Coil])

    def beat(self) -> None:
        """Send another number than the last; see that the board trusts us and the gate follows."""
        self._beats = (self._beats + 1) & 0xFFFF
        self._link.write_registers(HoldingRegister.HEARTBEAT, [self._beats])
        open_end, closed_end, tripped, armed = self._link.read_discrete_inputs(
            DiscreteInput.GATE_OPEN_END, 4
        )
        if tripped or not armed:
            raise OutputError(
                "the board dropped the gate: it heard no heartbeat, or was reset",
                "it is armed again by itself; if this comes again, check its cable and power",
                OutputFault.GATE_DROPPED,
            )
        astray = self._astray(open_end, closed_end)
        if astray is None:
            self._beats_astray = 0
            return
        self._beats_astray += 1
        # From the first of these beats to the last the gate had its time.
        if self._beats_astray > math.ceil(GATE_MOVES_S / self.beat_s):
            raise astray

    def _astray(self, open_end: bool, closed_end: bool) -> OutputError | None:
        """What the limit switches say against the gate, or None."""
        if open_end and closed_end:
            return OutputError(
                "both limit switches of the gate are closed at once",
                "check them and their wires",
                OutputFault.LIMIT_SWITCHES,
            )
        at_wrong_end = closed_end if self._gate_open else open_end
        if not at_wrong_end:
            return None
        told, stands = ("open", "closed") if self._gate_open else ("close", "open")
        return OutputError(
            f"the gate was told to {told} and stands {stands}",
            "free it, check its drive and its limit switches; look where the last units went",
            OutputFault.GATE_ASTRAY,
        )

    def close(self) -> None:
        """Set to rest, disarm, disconnect."""
        with suppress(OutputError):
            self.show(AT_REST)
            self._link.write_registers(HoldingRegister.ARM, [0])
        self._link.close()
