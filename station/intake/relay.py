"""Passes outcomes on: the base of what stands between the committer and the screens."""

from station.core.advice import Advice
from station.core.causes import Told
from station.core.journal import JournalEntry
from station.ports.display import ActAnswer, Attendance, LatchState
from station.ports.health import Health
from station.ports.outcomes import Outcomes


class Relay:
    """Implements `station.ports.outcomes.Outcomes` in front of another one.

    Args:
        outcomes: Told everything.
    """

    def __init__(self, outcomes: Outcomes) -> None:
        self._outcomes = outcomes

    def durable(self, entry: JournalEntry, commit_ms: float) -> None:
        """Pass it on."""
        self._outcomes.durable(entry, commit_ms)

    def failed(self, entry: JournalEntry, reason: str, why: Told | None = None) -> None:
        """Pass it on."""
        self._outcomes.failed(entry, reason, why)

    def latched(self, state: LatchState) -> None:
        """Pass it on."""
        self._outcomes.latched(state)

    def attended(self, attendance: Attendance) -> None:
        """Pass it on."""
        self._outcomes.attended(attendance)

    def notice(self, said: str | Advice | Told) -> None:
        """Pass it on."""
        self._outcomes.notice(said)

    def answered(self, answer: ActAnswer) -> None:
        """Pass it on."""
        self._outcomes.answered(answer)

    def health(self, report: Health) -> None:
        """Pass it on."""
        self._outcomes.health(report)
