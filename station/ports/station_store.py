"""What the intake loop asks of the station database: claims to read, verdicts to make durable."""

from collections.abc import Sequence
from typing import Protocol

from station.core.codes import UnitIdentity
from station.core.facts import Claim
from station.core.journal import JournalEntry
from station.core.tickets import Ticket


class Claims(Protocol):
    """Committed claims. Called from the verdict loop's thread only."""

    def find(self, identity: UnitIdentity) -> Claim | None:
        """What this site knows of the unit, or None.

        Raises:
            StorageError: The database cannot be read.
        """
        ...


class JournalWriter(Protocol):
    """Makes verdicts durable. Called from one thread only."""

    def commit(self, entries: Sequence[JournalEntry]) -> None:
        """Write journal, claims, outbox and ticket counts of all entries in one transaction.

        When this returns, every entry survives a power cut. When it raises, none was written.
        The claim is the verdict's `UnitChange`: RECEIVE inserts the unit's claim and must find
        none; QUARANTINE inserts it or moves an existing one to QUARANTINED.

        Args:
            entries: 1 to 50, in the order they were decided.

        Raises:
            StorageError: Nothing was written: the disk is full or read-only, or the database is
                damaged or locked, or a RECEIVE found the unit already claimed.
        """
        ...


class Tickets(Protocol):
    """What needs a hand, as the committed entries have shown it. Any thread."""

    def open_tickets(self) -> tuple[Ticket, ...]:
        """Every open ticket by number.

        Raises:
            StorageError: The database cannot be read.
        """
        ...
