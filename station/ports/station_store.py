"""What intake asks of the station database: how things stand, and to make lines durable."""

from collections.abc import Sequence
from typing import Protocol

from station.core.acts import Standing
from station.core.codes import UnitIdentity
from station.core.journal import Entry
from station.core.review import FetchTask, ReviewItem
from station.core.tickets import Ticket


class Claims(Protocol):
    """Committed standings of units. Called from the verdict loop's thread only."""

    def find(self, identity: UnitIdentity) -> Standing | None:
        """How the unit stands at this site, or None.

        Raises:
            StorageError: The database cannot be read.
        """
        ...


class ReviewList(Protocol):
    """Committed items under review and fetch tasks, and the lines they came from.

    Every method may raise `station.core.errors.StorageError`; nothing else escapes.
    """

    def item(self, scan_id: str) -> ReviewItem | None:
        """An item, also one whose review has ended, or None."""
        ...

    def task(self, scan_id: str) -> FetchTask | None:
        """A fetch task, also a closed one, or None."""
        ...

    def open_items(self, after: str, count: int) -> tuple[ReviewItem, ...]:
        """Items under review in the order of their scan ids.

        Args:
            after: Leaves out this scan id and all before; ``""`` for none.
            count: How many at most.
        """
        ...

    def open_tasks(self, after: str, count: int) -> tuple[FetchTask, ...]:
        """Open fetch tasks, likewise."""
        ...

    def open_items_of(self, identity: UnitIdentity) -> tuple[str, ...]:
        """Scan ids of a unit's items under review, of those alone whose code was proven."""
        ...

    def open_tasks_of(self, identity: UnitIdentity) -> tuple[str, ...]:
        """Scan ids of a unit's open fetch tasks."""
        ...

    def line(self, scan_id: str) -> Entry | None:
        """A verdict or act of the journal, or None."""
        ...


class JournalWriter(Protocol):
    """Makes verdicts and acts durable. Called from one thread only."""

    def commit(self, entries: Sequence[Entry]) -> None:
        """Write lines and all they change (`station.core.changes`) in one transaction.

        When this returns, every line survives a power cut. When it raises, none was written.
        Each change is compare-and-set: it is made only if it finds what its line expects.

        Args:
            entries: 1 to 50, in the order they were decided.

        Raises:
            StorageError: Nothing was written: the disk is full or read-only, or the database is
                damaged or locked, or something was not found as expected.
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
