"""The one journal writer: makes decided verdicts and acts durable, then tells the effects' side.

A thread of its own with a bounded queue. One commit a verdict when idle; under load everything
that waits, up to `MAX_BATCH`, shares one commit, so a verdict waits for at most one other write.
Nothing is dropped: a full queue makes the loop wait.
"""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Final

from station.core.acts import ActEntry
from station.core.causes import Told
from station.core.errors import StationError
from station.core.journal import Entry, JournalEntry
from station.intake.worker import OnCrash, Worker
from station.ports.clock import Clock
from station.ports.outcomes import Outcomes
from station.ports.station_store import JournalWriter

MAX_BATCH: Final = 50
MAX_WAITING: Final = 256

MAX_NEVER_KEPT: Final = MAX_WAITING + 2 * MAX_BATCH
"""Lines that could not be kept and are remembered. What was decided by one of them waits in the
queue or is being decided, so it comes before so many others have failed."""

_RESTS_ON_NOTHING: Final = (
    "what it was decided by could not be journalled: do it again once the journal works"
)

OnTold = Callable[[str], None]
"""Told what became of an act: ``""`` when it is durable, else why it is not."""


@dataclass(frozen=True, slots=True)
class _Decided:
    entry: Entry
    decided_mono_ns: int
    on_told: OnTold | None


class Committer:
    """Commits in the order of `put`."""

    def __init__(
        self,
        writer: JournalWriter,
        outcomes: Outcomes,
        clock: Clock,
        settle: Callable[[Entry], None],
        never_kept: Callable[[str], None] | None = None,
    ) -> None:
        """Make a committer; starts nothing.

        Args:
            writer: The station database.
            outcomes: Told what became of every verdict.
            clock: For commit times.
            settle: Told, before the outcomes, that a line is committed or never will be.
            never_kept: Told, before the outcomes, the scan id of a line that failed.
        """
        self._writer = writer
        self._settle = settle
        self._never_kept = never_kept
        self._outcomes = outcomes
        self._clock = clock
        self._worker = Worker("journal-writer", self._commit, MAX_WAITING, MAX_BATCH)
        self._never_made: dict[str, None] = {}

    def start(self, on_crash: OnCrash) -> None:
        """Start the writer's thread."""
        self._worker.start(on_crash)

    def put(self, entry: Entry, on_told: OnTold | None = None) -> None:
        """Hand over a decided line; waits while the queue is full.

        Args:
            entry: The verdict or act.
            on_told: Told of an act, on the writer's thread; must return soon and never raise.

        Raises:
            WorkerEndedError: The writer died; the entry is not kept.
        """
        self._worker.put(_Decided(entry, self._clock.mono_ns(), on_told))

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
            if self._rests_on_what_is(decided.entry):
                sound.append(decided)
            else:
                self._remember(decided.entry)
                orphans.append(decided)
        if sound:
            self._commit_sound(sound)
        for decided in orphans:
            self._fail(decided, _RESTS_ON_NOTHING)

    def _commit_sound(self, batch: list[_Decided]) -> None:
        try:
            self._writer.commit([decided.entry for decided in batch])
        except StationError as error:
            for decided in batch:
                self._remember(decided.entry)
            for decided in batch:
                self._fail(decided, str(error), error.told)
            return
        now_ns = self._clock.mono_ns()
        for decided in batch:
            self._settle(decided.entry)
            if isinstance(decided.entry, JournalEntry):
                commit_ms = (now_ns - decided.decided_mono_ns) / 1e6
                self._outcomes.durable(decided.entry, commit_ms)
            if decided.on_told is not None:
                decided.on_told("")

    def _fail(self, decided: _Decided, reason: str, why: Told | None = None) -> None:
        entry = decided.entry
        self._settle(entry)
        if self._never_kept is not None:
            self._never_kept(entry.scan_id)
        if isinstance(entry, JournalEntry):
            self._outcomes.failed(entry, reason, why)
        if decided.on_told is not None:
            decided.on_told(reason)

    def _remember(self, entry: Entry) -> None:
        self._never_made[entry.scan_id] = None
        if len(self._never_made) > MAX_NEVER_KEPT:
            del self._never_made[next(iter(self._never_made))]

    def _rests_on_what_is(self, entry: Entry) -> bool:
        """Whether the lines an entry was decided by are in the journal.

        The loop decides ahead of the journal. When a line could not be kept, what was decided by
        it meanwhile (the same unit, still before the reader) must not stand: it would accept a unit
        that was never received, or tell of a standing the journal knows nothing of.
        """
        if not self._never_made:
            return True
        return self._never_made.keys().isdisjoint(_rests_on(entry))


def _rests_on(entry: Entry) -> set[str]:
    """Scan ids of the lines an entry was decided by."""
    if isinstance(entry, ActEntry):
        before = "" if entry.before is None else entry.before.scan_id
        return {entry.about, before} - {""}
    return set() if entry.facts.claim_scan is None else {entry.facts.claim_scan}
