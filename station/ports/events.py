"""What sending a site's events asks of the receiver and of the site's own memory of it."""

from collections.abc import Sequence
from dataclasses import dataclass
from enum import Enum
from typing import Protocol

from station.core.journal import Entry


class Answer(Enum):
    """What became of a document that was sent."""

    TAKEN = "taken"
    """The receiver has it; sending it again would be harmless."""
    REFUSED = "refused"
    """The receiver will never take it as it is."""
    LATER = "later"
    """The receiver cannot be reached, or cannot take anything now."""
    NOT_ALLOWED = "not_allowed"
    """Receiver and station do not accept each other: address, token or a certificate is wrong."""


@dataclass(frozen=True, slots=True)
class Delivery:
    """How sending one document went.

    Attributes:
        answer: What became of it.
        text: Why, for people; printable, at most 300 characters; ``""`` when it was taken.
        wait_s: How long the receiver asks to be left alone, or None where it does not say.
    """

    answer: Answer
    text: str = ""
    wait_s: float | None = None


class EventSink(Protocol):
    """A receiver of EPCIS documents."""

    def send(self, document: bytes) -> Delivery:
        """Send a document; what goes wrong is a value, and nothing is raised for it."""
        ...


@dataclass(frozen=True, slots=True)
class Waiting:
    """A journal entry whose events have not been taken yet."""

    seq: int
    entry: Entry


@dataclass(frozen=True, slots=True)
class DeadLetter:
    """An event the receiver refused for good.

    Attributes:
        seq: The journal entry's number.
        event_id: The event's id.
        text: Why.
        time_utc: When it was refused last.
        attempts: How often.
    """

    seq: int
    event_id: str
    text: str
    time_utc: str
    attempts: int


class Outbox(Protocol):
    """What is still to be sent. Every method may raise `station.core.errors.StorageError`."""

    def waiting(self, count: int) -> Sequence[Waiting]:
        """The next entries to send, oldest first, at most `count`."""
        ...

    def waiting_count(self) -> int:
        """How many there are in all."""
        ...

    def sent(self, seq: int) -> None:
        """Everything up to an entry has been taken or put aside; durable when this returns."""
        ...

    def bury(self, letter: DeadLetter) -> None:
        """Put an event aside that was refused; durable when this returns."""
        ...

    def dead(self) -> Sequence[DeadLetter]:
        """What was put aside, oldest first."""
        ...

    def entry(self, seq: int) -> Entry | None:
        """The journal entry of a dead letter, or None."""
        ...

    def find(self, scan_id: str) -> Entry | None:
        """The journal entry an act is about, or None."""
        ...

    def revive(self, seq: int) -> None:
        """A dead letter has been taken after all; durable when this returns."""
        ...
