"""A site's people in memory, and a way to have a command's process know them."""

from typing import Final

from station.core.errors import ConfigurationError
from station.core.operators import Actor, Role

PEOPLE: Final[dict[str, tuple[Role, str]]] = {
    "ANNA": (Role.OPERATOR, "907162534411"),
    "SVEN": (Role.SUPERVISOR, "816253440722"),
    "WIM": (Role.WITNESS, "725344061833"),
}
"""Their roles and PINs, so long that nothing else holds them by chance."""
PIN_OF: Final = {name: pin for name, (_, pin) in PEOPLE.items()}


class FakePeople:
    """Implements `station.ports.identification.Identification`."""

    def identify(self, name: str, pin: str) -> Actor:
        if name not in PEOPLE:
            raise ConfigurationError(f"nobody is called {name[:20]!a}", "enrol them")
        role, known = PEOPLE[name]
        if pin and pin != known:
            raise ConfigurationError("the PIN is wrong", "give the right one")
        return Actor(name, role, proven=bool(pin))


def install() -> None:
    """Have this process's commands know these people."""
    from station.storage.operator_book import OperatorBook

    OperatorBook.identify = FakePeople.identify  # type: ignore[method-assign, assignment]


def install_and_kill(kill_at: int) -> None:
    """The same, and the process is killed at a durable step (`tests.fakes.kill_points`)."""
    from tests.fakes import kill_points

    install()
    kill_points.install(kill_at)


def install_impatient() -> None:
    """The same, and commands wait no time for an engine to come up."""
    from station.app import act_request

    install()
    act_request.START_S = 0.2  # type: ignore[misc]
