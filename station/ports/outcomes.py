"""Who is told what became of a read: the effects' side of the loop."""

from typing import Protocol

from station.core.advice import Advice
from station.core.causes import Told
from station.core.journal import JournalEntry
from station.ports.display import ActAnswer, Attendance, LatchState
from station.ports.health import Health


class Outcomes(Protocol):
    """Told by the loop and the committer, from their threads; must return soon and never raise."""

    def durable(self, entry: JournalEntry, commit_ms: float) -> None:
        """The entry survives a power cut: now it may be shown and acted on.

        Args:
            entry: What was decided.
            commit_ms: From decided to durable.
        """
        ...

    def failed(self, entry: JournalEntry, reason: str, why: Told | None = None) -> None:
        """The entry could not be made durable: it must be shown as STOP, whatever it says.

        Args:
            entry: What would have been decided.
            reason: What is wrong and what to do.
            why: The same by name, or None where it has none.
        """
        ...

    def latched(self, state: LatchState) -> None:
        """The quarantine latch refused a read, or was released."""
        ...

    def attended(self, attendance: Attendance) -> None:
        """Somebody signed in or out, or gave their PIN."""
        ...

    def notice(self, said: str | Advice | Told) -> None:
        """Tell the operator what is no verdict: what was done, or not and what to do; any thread.

        Args:
            said: A sentence of at most 80 characters, or one that screens know by name.
        """
        ...

    def answered(self, answer: ActAnswer) -> None:
        """What became of a request for an act: it is durable, or it was refused, and why."""
        ...

    def health(self, report: Health) -> None:
        """A part of the station changed its state; any thread."""
        ...
