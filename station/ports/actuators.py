"""What moves, lights up or sounds at the dock."""

from typing import Protocol, runtime_checkable

from station.core.effects import Effect


@runtime_checkable
class Actuator(Protocol):
    """A stack light, a gate, a scanner's own beeper.

    `perform` and `hindrance` come from any thread, return at once and never raise: how an actuator
    is goes to health.
    """

    def start(self) -> None:
        """Begin to work; waits for a moment for the device, not for ever."""
        ...

    def perform(self, effect: Effect) -> None:
        """Do what follows from a durable verdict, soon."""
        ...

    def hindrance(self) -> str | None:
        """Why nothing may be accepted now (a gate that is lost), and what to do; else None."""
        ...

    def close(self) -> None:
        """Set the device to rest, the gate to quarantine; idempotent."""
        ...
