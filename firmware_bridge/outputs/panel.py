"""What an output shows: three lamps, a buzzer and a gate, as one value."""

from dataclasses import dataclass
from enum import Enum
from typing import Final, Protocol


class Lit(Enum):
    """How a lamp burns or a buzzer sounds."""

    OFF = "off"
    ON = "on"
    BLINK = "blink"
    """On and off by turns where the device can do so by itself; elsewhere on."""


class Part(Enum):
    """What an output may have."""

    RED = "red"
    AMBER = "amber"
    GREEN = "green"
    BUZZER = "buzzer"
    GATE = "gate"


@dataclass(frozen=True, slots=True)
class Panel:
    """The whole state of an output; a device shows of it what it has.

    Attributes:
        red: The red lamp.
        amber: The amber lamp.
        green: The green lamp.
        buzzer: The buzzer.
        gate_open: Whether the diverter lets the unit pass; at rest it leads to quarantine.
    """

    red: Lit = Lit.OFF
    amber: Lit = Lit.OFF
    green: Lit = Lit.OFF
    buzzer: Lit = Lit.OFF
    gate_open: bool = False

    def lit(self, part: Part) -> Lit:
        """One part; an open gate is on."""
        match part:
            case Part.RED:
                return self.red
            case Part.AMBER:
                return self.amber
            case Part.GREEN:
                return self.green
            case Part.BUZZER:
                return self.buzzer
            case Part.GATE:
                return Lit.ON if self.gate_open else Lit.OFF


AT_REST: Final = Panel()
"""Everything off, the gate at quarantine."""


class OutputDevice(Protocol):
    """One device; a single thread calls all of it.

    Every method may raise `firmware_bridge.errors.OutputError`, after which the device counts as
    lost and is connected anew. None waits for much longer than a second.
    """

    @property
    def parts(self) -> frozenset[Part]:
        """What it has."""
        ...

    @property
    def beat_s(self) -> float:
        """How often `beat` must be called while nothing changes."""
        ...

    def connect(self) -> str:
        """Connect and set to rest.

        Returns:
            How it is connected, for people.
        """
        ...

    def show(self, panel: Panel) -> None:
        """Show a panel; when this returns, the device has taken it.

        Each call with an open gate opens it anew, also where it is open.
        """
        ...

    def beat(self) -> None:
        """Say that the host lives, and see that the device does."""
        ...

    def close(self) -> None:
        """Set to rest where that can be done, and disconnect; idempotent; never raises."""
        ...
