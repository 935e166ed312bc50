"""The journal's writer: what was decided by a claim that could not be kept does not stand."""

import threading
from collections.abc import Iterator
from contextlib import contextmanager

import pytest

from station.core import causes
from station.core.acts import ActEntry, ActKind
from station.core.errors import StorageError
from station.core.facts import Repeat
from station.core.journal import JournalEntry
from station.core.reasons import Reason, VerdictClass
from station.core.registry import UnitState
from station.core.verdict import Verdict
from station.intake.committer import MAX_NEVER_KEPT, Committer
from tests.fakes.entries import QUARANTINED, act, entry, standing
from tests.fakes.intake import FrozenClock, Told
from tests.fakes.replacing import replace
from tests.fakes.station_store import FakeStationStore

DEADLINE_S = 60.0
FULL = StorageError("the disk is full", "free some space")
AGAIN = Verdict(VerdictClass.ACCEPT, Reason.OK, also=(Reason.REPEAT_SAME_STATION,))
SECOND = Verdict(VerdictClass.HOLD, Reason.REPEAT_SAME_STATION)


class Awaited(Told):
    """Lets a test wait until an entry's fate is known."""

    def __init__(self) -> None:
        super().__init__()
        self.changed = threading.Condition()

    def durable(self, entry: JournalEntry, commit_ms: float) -> None:
        with self.changed:
            super().durable(entry, commit_ms)
            self.changed.notify_all()

    def failed(self, entry: JournalEntry, reason: str, why: causes.Told | None = None) -> None:
        with self.changed:
            super().failed(entry, reason, why)
            self.changed.notify_all()

    def settled(self, count: int) -> None:
        with self.changed:
            done = self.changed.wait_for(
                lambda: len(self.verdicts) + len(self.failures) >= count, DEADLINE_S
            )
        assert done


class Desk:
    """A committer that is given entries one by one."""

    def __init__(self) -> None:
        self.store = FakeStationStore()
        self.told = Awaited()
        self.committer = Committer(self.store, self.told, FrozenClock(), lambda _: None)
        self.given = 0

    def commit(self, one: JournalEntry, fault: StorageError | None = None) -> None:
        self.store.fault = fault
        self.given += 1
        self.committer.put(one)
        self.told.settled(self.given)

    @property
    def kept(self) -> list[str]:
        return [entry.scan_id for entry in self.store.entries]


@pytest.fixture
def desk() -> Iterator[Desk]:
    with working() as desk:
        yield desk


@contextmanager
def working() -> Iterator[Desk]:
    desk = Desk()
    crashes: list[BaseException] = []
    desk.committer.start(crashes.append)
    try:
        yield desk
    finally:
        desk.committer.close()
    assert not crashes


def by_claim(
    number: int, verdict: Verdict, *, of: int, state: UnitState, by: int | None = None
) -> JournalEntry:
    """An entry that was decided by an earlier claim of the unit, entry `by`'s or the first's."""
    made = entry(number, verdict, of=of)
    facts = replace(
        made.facts,
        claim_state=state,
        claim_scan=entry(of if by is None else by).scan_id,
        claim_station="dock-1",
        repeat=Repeat.SAME_PRESENTATION,
    )
    return replace(made, facts=facts)


@pytest.mark.parametrize("verdict", [AGAIN, SECOND])
def test_what_was_decided_by_a_claim_that_failed_fails_too(desk: Desk, verdict: Verdict) -> None:
    desk.commit(entry(1), FULL)
    desk.commit(by_claim(2, verdict, of=1, state=UnitState.RECEIVED))
    assert desk.kept == []
    assert [reason for _, reason in desk.told.failures] == [
        "the disk is full: free some space",
        "what it was decided by could not be journalled: do it again once the journal works",
    ]


def test_why_it_failed_goes_along_by_name(desk: Desk) -> None:
    why = causes.told(causes.Cause.STORAGE_FULL, path="station.db")
    desk.commit(entry(1), StorageError("the disk is full", "free some space", told=why))
    desk.commit(entry(2), FULL)
    assert desk.told.whys == [why, None]


def test_nor_does_a_quarantine_stand_on_what_never_was(desk: Desk) -> None:
    """It is shown as STOP, and the unit is judged anew: the journal tells of no such standing."""
    desk.commit(entry(1), FULL)
    desk.commit(by_claim(2, QUARANTINED, of=1, state=UnitState.RECEIVED))
    repeat = Verdict(VerdictClass.QUARANTINE, Reason.UNIT_QUARANTINED)
    desk.commit(by_claim(3, repeat, of=1, state=UnitState.QUARANTINED, by=2))
    desk.commit(entry(4, QUARANTINED, of=1))
    assert desk.kept == [entry(4).scan_id]


def test_other_units_and_units_not_claimed_yet_are_not_held_up(desk: Desk) -> None:
    desk.commit(entry(1), FULL)
    desk.commit(entry(2))
    desk.commit(by_claim(3, AGAIN, of=2, state=UnitState.RECEIVED))
    desk.commit(entry(4, of=1))
    desk.commit(by_claim(5, AGAIN, of=1, state=UnitState.RECEIVED, by=4))
    assert desk.kept == [entry(number).scan_id for number in (2, 3, 4, 5)]


def test_a_claim_made_before_holds_when_its_change_failed(desk: Desk) -> None:
    desk.commit(entry(1))
    desk.commit(by_claim(2, QUARANTINED, of=1, state=UnitState.RECEIVED), FULL)
    desk.commit(by_claim(3, SECOND, of=1, state=UnitState.RECEIVED))
    assert desk.kept == [entry(1).scan_id, entry(3).scan_id]


def test_a_verdict_that_changed_nothing_leaves_no_trace_when_it_fails(desk: Desk) -> None:
    desk.commit(entry(1))
    desk.commit(by_claim(2, AGAIN, of=1, state=UnitState.RECEIVED), FULL)
    desk.commit(by_claim(3, AGAIN, of=1, state=UnitState.RECEIVED))
    assert desk.kept == [entry(1).scan_id, entry(3).scan_id]


def returned(number: int, on: JournalEntry) -> ActEntry:
    """An act on the unit of an entry."""
    leaves = standing(number, UnitState.RETURNED_TO_SELLER)
    return act(number, ActKind.RETURN_TO_SELLER, on, leaves=leaves)


def test_an_act_is_told_of_and_no_verdict(desk: Desk) -> None:
    desk.commit(entry(1))
    told: list[str] = []
    desk.committer.put(returned(9, entry(1)), told.append)
    desk.committer.wait_until_told()
    assert told == [""]
    assert desk.kept == [entry(1).scan_id, f"{9:026}"]
    assert len(desk.told.verdicts) == 1


def test_an_act_on_what_could_not_be_kept_fails_and_what_was_decided_by_it_too(desk: Desk) -> None:
    desk.commit(entry(1), FULL)
    told: list[str] = []
    desk.store.fault = None
    desk.committer.put(returned(9, entry(1)), told.append)
    desk.committer.wait_until_told()
    by_the_act = entry(2, of=1, after=returned(9, entry(1)))
    desk.commit(by_the_act)
    assert told == [
        "what it was decided by could not be journalled: do it again once the journal works"
    ]
    assert desk.kept == []
    desk.commit(entry(3, of=1))
    assert desk.kept == [entry(3).scan_id]


def test_in_one_commit_the_sound_are_kept_and_the_others_fail() -> None:
    """They wait while the attempt before them fails."""
    desk = Desk()
    commit = desk.store.commit
    begun, waiting, failing = threading.Event(), threading.Event(), [FULL]

    def first_fails(entries: list[JournalEntry]) -> None:
        if failing:
            begun.set()
            assert waiting.wait(DEADLINE_S)
            raise failing.pop()
        commit(entries)

    desk.store.commit = first_fails  # type: ignore[method-assign, assignment]
    desk.committer.start(lambda error: None)
    desk.committer.put(entry(1))
    assert begun.wait(DEADLINE_S)
    for one in (entry(2), by_claim(3, AGAIN, of=1, state=UnitState.RECEIVED), entry(4)):
        desk.committer.put(one)
    waiting.set()
    desk.committer.close()
    assert desk.kept == [entry(2).scan_id, entry(4).scan_id]
    assert desk.store.commits == [2]
    assert [failed.scan_id for failed, _ in desk.told.failures] == [
        entry(1).scan_id,
        entry(3).scan_id,
    ]


def test_what_is_remembered_of_failures_is_bounded(desk: Desk) -> None:
    for number in range(1, MAX_NEVER_KEPT + 20):
        desk.commit(entry(number), FULL)
    assert len(desk.committer._never_made) == MAX_NEVER_KEPT
    newest = MAX_NEVER_KEPT + 19
    desk.commit(by_claim(newest + 1, AGAIN, of=newest, state=UnitState.RECEIVED))
    assert desk.kept == []
