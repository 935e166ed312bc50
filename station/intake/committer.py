"""The one journal writer: makes decided entries durable, then tells the effects' side.

A thread of its own with a bounded queue. One commit a verdict when idle; under load everything
that waits, up to `MAX_BATCH`, shares one commit, so a verdict waits for at most one other write.
Nothing is dropped: a full queue makes the loop wait.
"""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Final

from station.core.codes import UnitIdentity
from station.core.errors import StationError
from station.core.journal import JournalEntry
from station.core.reasons import VerdictClass
from station.core.registry import UnitState
from station.core.verdict import UnitChange
from station.intake.judge import STATE_AFTER
from station.intake.worker import OnCrash, Worker
from station.ports.clock import Clock
from station.ports.outcomes import Outcomes
from station.ports.station_store import JournalWriter

MAX_BATCH: Final = 50
MAX_WAITING: Final = 256

MAX_NEVER_MADE: Final = MAX_WAITING + 2 * MAX_BATCH
"""Claims that could not be kept and are remembered. What was decided by one of them waits in the
queue or is being decided, so it comes before so many others have failed."""

_NEVER_RECEIVED: Final = (
    "the unit's first verdict could not be journalled: scan it again once the journal works"
)


@dataclass(frozen=True, slots=True)
class _Decided:
    entry: JournalEntry
    decided_mono_ns: int


class Committer:
    """Commits in the order of `put`."""

    def __init__(
        self,
        writer: JournalWriter,
        outcomes: Outcomes,
        clock: Clock,
        settle: Callable[[JournalEntry], None],
        never_kept: Callable[[str], None] | None = None,
    ) -> None:
        """Make a committer; starts nothing.

        Args:
            writer: The station database.
            outcomes: Told what became of every entry.
            clock: For commit times.
            settle: Told, before the outcomes, that an entry's claim is committed or never will be.
            never_kept: Told, before the outcomes, the scan id of an entry that failed.
        """
        self._writer = writer
        self._settle = settle
        self._never_kept = never_kept
        self._outcomes = outcomes
        self._clock = clock
        self._worker = Worker("journal-writer", self._commit, MAX_WAITING, MAX_BATCH)
        self._never_made: dict[UnitIdentity, UnitState] = {}

    def start(self, on_crash: OnCrash) -> None:
        """Start the writer's thread."""
        self._worker.start(on_crash)

    def put(self, entry: JournalEntry) -> None:
        """Hand over a decided entry; waits while the queue is full.

        Raises:
            WorkerEndedError: The writer died; the entry is not kept.
        """
        self._worker.put(_Decided(entry, self._clock.mono_ns()))

    def wait_until_told(self) -> None:
        """Wait until the outcomes know of everything put so far, or the writer has died."""
        self._worker.wait_until_handled()

    def close(self) -> None:
        """Commit what waits, then end the thread."""
        self._worker.close()

    def _commit(self, batch: list[_Decided]) -> None:
        sound: list[_Decided] = []
        orphans: list[_Decided] = []
        for decided in batch:
            (sound if self._rests_on_what_is(decided.entry) else orphans).append(decided)
        if sound:
            self._commit_sound(sound)
        for decided in orphans:
            self._fail(decided.entry, _NEVER_RECEIVED)

    def _commit_sound(self, batch: list[_Decided]) -> None:
        try:
            self._writer.commit([decided.entry for decided in batch])
        except StationError as error:
            for decided in batch:
                self._fail(decided.entry, str(error))
            return
        now_ns = self._clock.mono_ns()
        for decided in batch:
            self._settle(decided.entry)
            self._outcomes.durable(decided.entry, (now_ns - decided.decided_mono_ns) / 1e6)

    def _fail(self, entry: JournalEntry, reason: str) -> None:
        change, identity = entry.verdict.change, entry.identity
        if identity is not None and change is not UnitChange.NONE:
            self._never_made[identity] = STATE_AFTER[change]
            if len(self._never_made) > MAX_NEVER_MADE:
                del self._never_made[next(iter(self._never_made))]
        self._settle(entry)
        if self._never_kept is not None:
            self._never_kept(entry.scan_id)
        self._outcomes.failed(entry, reason)

    def _rests_on_what_is(self, entry: JournalEntry) -> bool:
        """Whether the claim an entry was decided by has been made.

        The loop decides ahead of the journal. When a claim could not be kept, what was decided by
        it meanwhile (the same unit, still before the reader) must not stand: it would accept a unit
        that was never received. A quarantine stands by itself.
        """
        if not self._never_made or entry.identity is None:
            return True
        verdict = entry.verdict
        seen = entry.facts.claim_state
        rests = (
            seen is None
            or seen is not self._never_made.get(entry.identity)
            or verdict.verdict_class is VerdictClass.QUARANTINE
        )
        if rests and verdict.change is not UnitChange.NONE:
            self._never_made.pop(entry.identity, None)
        return rests
