"""Lamps, buzzer and gate on any Modbus device with coils, by a map given in the configuration."""

from collections.abc import Mapping
from contextlib import suppress
from typing import Final

from firmware_bridge.errors import OutputError
from firmware_bridge.outputs.modbus_link import ModbusLink
from firmware_bridge.outputs.panel import AT_REST, Lit, Panel, Part

BEAT_S: Final = 0.25
"""How often the coils are written again: a module that was reset, or whose own watchdog waits for
a host, shows the truth again within this time."""

MAX_ADDRESS: Final = 0xFFFF


class ModbusCoils:
    """A relay or output module. Implements `firmware_bridge.outputs.panel.OutputDevice`.

    It cannot blink. A gate on it is only as safe as the module: set the module's own watchdog to
    switch its outputs off when the host falls silent.
    """

    def __init__(self, link: ModbusLink, coils: Mapping[Part, int]) -> None:
        """Set up; nothing is opened yet.

        Args:
            link: To the device.
            coils: The address of each part's coil, counted from 0.

        Raises:
            ValueError: There is no coil, one is none, or two parts share one.
        """
        if not coils:
            raise ValueError("an output needs at least one coil, e.g. red = 0")
        if any(not 0 <= address <= MAX_ADDRESS for address in coils.values()):
            raise ValueError(f"a coil's address is 0 to {MAX_ADDRESS}")
        if len(set(coils.values())) < len(coils):
            raise ValueError("two parts share one coil")
        self._link = link
        self._coils = dict(coils)
        self._shown = AT_REST
        addresses = sorted(coils.values())
        self._block = addresses if addresses == list(range(addresses[0], addresses[-1] + 1)) else []

    @property
    def parts(self) -> frozenset[Part]:
        """What is mapped."""
        return frozenset(self._coils)

    @property
    def beat_s(self) -> float:
        """Four times a second."""
        return BEAT_S

    def connect(self) -> str:
        """Connect and set to rest."""
        self._link.connect()
        self.show(AT_REST)
        return f"{self._link}, {len(self._coils)} coils"

    def show(self, panel: Panel) -> None:
        """Write every coil; the gate's is first to close and last to open."""
        on = {address: panel.lit(part) is not Lit.OFF for part, address in self._coils.items()}
        if self._block:
            self._link.write_coils(self._block[0], [on[address] for address in self._block])
        else:
            gate = self._coils.get(Part.GATE)
            for address in sorted(on, key=lambda one: (one == gate) == panel.gate_open):
                self._link.write_coil(address, on[address])
        self._shown = panel

    def beat(self) -> None:
        """Write the coils again."""
        self.show(self._shown)

    def close(self) -> None:
        """Set to rest and disconnect."""
        with suppress(OutputError):
            self.show(AT_REST)
        self._link.close()
