"""Who is enrolled at a site, as the verdict loop asks for it."""

from collections.abc import Sequence
from typing import Protocol

from station.core.operators import Operator, OperatorChange


class Roster(Protocol):
    """The enrolled operators; one thread at a time. Others may change them at any moment."""

    def find(self, name: str) -> Operator | None:
        """How an operator stands now; None for a name that never was one's.

        Raises:
            StorageError: The operators cannot be read.
        """
        ...

    def changes_to_journal(self) -> Sequence[OperatorChange]:
        """Changes the journal does not hold yet, oldest first.

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
