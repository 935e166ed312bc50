"""People and their PINs in memory."""

from dataclasses import dataclass, field, replace

from station.core.causes import Cause, told
from station.core.errors import NotIdentifiedError
from station.core.operators import FREE_TRIES, Actor, Operator


@dataclass
class FakeIdentification:
    """Implements `Identification`; its wait after wrong PINs has no end."""

    people: dict[str, Operator] = field(default_factory=dict)
    pins: dict[str, str] = field(default_factory=dict)
    wrong: dict[str, int] = field(default_factory=dict)

    def enrol(self, operator: Operator, pin: str = "") -> None:
        self.people[operator.name] = operator
        if pin:
            self.pins[operator.name] = pin
            self.wrong[operator.name] = 0

    def remove(self, name: str) -> None:
        self.people[name] = replace(self.people[name], active=False)

    def identify(self, name: str, pin: str) -> Actor:
        operator = self.people.get(name)
        if operator is None or not operator.active:
            raise NotIdentifiedError(f"nobody of the name {name!r} is enrolled", "enrol them")
        if not pin:
            if name in self.pins:
                raise NotIdentifiedError(
                    f"no PIN was given for {name}",
                    "give it",
                    told=told(Cause.PIN_NOT_GIVEN, name=name),
                )
            return Actor(name, operator.role)
        if name not in self.pins:
            raise NotIdentifiedError(f"{name} has no PIN", "set one")
        if self.wrong[name] >= FREE_TRIES:
            raise NotIdentifiedError(f"too many wrong PINs for {name}", "wait")
        if self.pins[name] != pin:
            self.wrong[name] += 1
            raise NotIdentifiedError(f"that is not {name}'s PIN", "try again")
        self.wrong[name] = 0
        return Actor(name, operator.role, proven=True)

    def has_people(self) -> bool:
        return any(operator.active for operator in self.people.values())
