"""An actuator that remembers what it was to do, and whose gate can be lost."""

from collections.abc import Callable
from dataclasses import dataclass, field

from station.core.effects import Effect


@dataclass
class FakeActuator:
    """Implements `station.ports.actuators.Actuator`.

    Attributes:
        fault: What `hindrance` says.
        performed: Every effect, in order.
        on_perform: Told of each, before it is remembered.
    """

    fault: str | None = None
    performed: list[Effect] = field(default_factory=list)
    on_perform: Callable[[Effect], None] | None = None
    started: bool = False
    closed: bool = False

    def start(self) -> None:
        self.started = True

    def perform(self, effect: Effect) -> None:
        if self.on_perform is not None:
            self.on_perform(effect)
        self.performed.append(effect)

    def hindrance(self) -> str | None:
        return self.fault

    def close(self) -> None:
        self.closed = True
