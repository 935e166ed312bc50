"""Acts on verdicts: only after the journal, the gate before the screen.

Between the committer and whoever shows the verdicts. Of units that came in one capture, none passes
the gate when one of them does not.
"""

import threading
from collections.abc import Collection, Sequence
from typing import Final

from station.core.causes import Told
from station.core.effects import Effect, Sign, effect_of
from station.core.journal import JournalEntry
from station.intake.relay import Relay
from station.ports.actuators import Actuator
from station.ports.display import LatchState
from station.ports.outcomes import Outcomes

MAX_TOGETHER: Final = 4096
"""Scans remembered as having come with a unit that is not accepted; each is told once, soon."""


class Effects(Relay):
    """Acts, then passes everything on.

    Args:
        outcomes: Told after the actuators.
        actuators: What moves, lights up or sounds.
    """

    def __init__(self, outcomes: Outcomes, actuators: Sequence[Actuator]) -> None:
        super().__init__(outcomes)
        self._actuators = tuple(actuators)
        self._lock = threading.Lock()
        self._together: dict[str, None] = {}

    def hindrance(self) -> str | None:
        """Why nothing may be accepted now, or None; any thread."""
        for actuator in self._actuators:
            reason = actuator.hindrance()
            if reason is not None:
                return reason
        return None

    def came_together(self, scan_ids: Collection[str]) -> None:
        """Scans that are accepted and came in one capture with one that is not; the loop's thread.

        Told before their entries are handed to the journal.
        """
        with self._lock:
            self._together.update(dict.fromkeys(scan_ids))
            while len(self._together) > MAX_TOGETHER:
                del self._together[next(iter(self._together))]

    def durable(self, entry: JournalEntry, commit_ms: float) -> None:
        """Act, then tell."""
        alone = not self._forget(entry.scan_id)
        self._perform(effect_of(entry.verdict.verdict_class, entry.source, alone=alone))
        super().durable(entry, commit_ms)

    def failed(self, entry: JournalEntry, reason: str, why: Told | None = None) -> None:
        """Nothing was decided: stop."""
        self._forget(entry.scan_id)
        self._perform(Effect(Sign.STOP, source=entry.source))
        super().failed(entry, reason, why)

    def latched(self, state: LatchState) -> None:
        """A quarantine stands, was answered wrongly, or was acknowledged."""
        if not state.latched:
            sign = Sign.READY
        else:
            sign = Sign.REFUSED if state.refused else Sign.QUARANTINE
        self._perform(Effect(sign))
        super().latched(state)

    def _forget(self, scan_id: str) -> bool:
        """Whether the scan came together with one that is not accepted."""
        with self._lock:
            if scan_id not in self._together:
                return False
            del self._together[scan_id]
            return True

    def _perform(self, effect: Effect) -> None:
        for actuator in self._actuators:
            actuator.perform(effect)
