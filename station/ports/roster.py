"""Who is enrolled at a site, as the verdict loop asks for it."""

from collections.abc import Sequence
from typing import Protocol

from station.core.acts import ActEntry
from station.core.operators import Operator


class Roster(Protocol):
    """The enrolled operators; one thread at a time. Others may change them at any moment."""

    def find(self, name: str) -> Operator | None:
        """How an operator stands now; None for a name that never was one's.

        Raises:
            StorageError: The operators cannot be read.
        """
        ...

    def changes_to_journal(self) -> Sequence[ActEntry]:
        """Lines of changes that others made of operators and shipments, and the journal lacks.

        Each is to be journalled as it is, if its seal is the station's; the oldest first.

        Raises:
            StorageError: The operators cannot be read.
        """
        ...

    def locked_out(self) -> Sequence[str]:
        """Names of active operators with so many wrong PINs in a row that there is a wait.

        Raises:
            StorageError: The operators cannot be read.
        """
        ...
