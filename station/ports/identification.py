"""Who somebody is: a name and a PIN in, a person with a role out."""

from typing import Protocol

from station.core.operators import Actor


class Identification(Protocol):
    """Knows the site's people. Called from a thread of its own: checking a PIN takes its time."""

    def identify(self, name: str, pin: str) -> Actor:
        """Make sure who somebody is; who has a PIN must give it.

        Args:
            name: The operator's name as enrolled; anything at all may come.
            pin: The PIN, or ``""`` where none was given; never kept, logged or journalled.

        Returns:
            The person; `Actor.proven` says whether a PIN was given and is right.

        Raises:
            StationError: There is no such operator, or their PIN is wrong or missing.
        """
        ...

    def has_people(self) -> bool:
        """Whether anybody is enrolled who was not removed.

        Raises:
            StationError: It cannot be read.
        """
        ...
