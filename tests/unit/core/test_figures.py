"""Figures from the journal: what counts as false, under which names, and what an undo undoes."""

from typing import Any

import pytest

from station.core import figures
from station.core.acts import ActKind
from station.core.facts import Repeat
from station.core.figures import NOBODY, OTHERS, UNKNOWN, By, FigureKeeper
from station.core.journal import Entry, JournalEntry
from station.core.reasons import Reason, VerdictClass
from station.core.verdict import Verdict
from tests.fakes.acts import act
from tests.fakes.entries import QUARANTINED, RESCAN, entry
from tests.fakes.replacing import replace

HOLD = Verdict(VerdictClass.HOLD, Reason.REPEAT_SAME_STATION)
STOP = Verdict(VerdictClass.STOP, Reason.STATION_FAULT)


def kept(*lines: Entry, brand: str = "aurora") -> FigureKeeper:
    keeper = FigureKeeper()
    for line in lines:
        keeper.note(line, brand)
    return keeper


def at(number: int, verdict: Verdict = QUARANTINED, **more: Any) -> JournalEntry:
    return replace(entry(number, verdict), **more)


def test_reads_are_told_apart_by_what_they_came_to() -> None:
    total = kept(at(1), at(2, RESCAN), at(3, STOP), entry(4), at(5, HOLD)).total
    assert (total.reads, total.rescans, total.decided, total.alarms) == (5, 1, 3, 2)
    assert total.rescan_rate == 1 / 5
    assert total.false_alarms == 0


def test_further_reads_of_one_presentation_do_not_count() -> None:
    first = at(1)
    again = replace(first, facts=replace(first.facts, repeat=Repeat.SAME_PRESENTATION))
    assert kept(first, again).total.alarms == 1


@pytest.mark.parametrize("verdict", [QUARANTINED, HOLD])
@pytest.mark.parametrize("kind", [ActKind.RELEASE, ActKind.UNDO])
def test_an_alarm_that_is_released_or_taken_back_was_false(verdict: Verdict, kind: ActKind) -> None:
    alarm = at(1, verdict)
    keeper = kept(alarm, entry(2), act(3, kind, alarm))
    assert (keeper.total.false_alarms, keeper.total.same_unit) == (1, 0)
    assert keeper.total.false_alarm_rate == 1 / 2
    assert keeper.total.above_the_line
    assert keeper.unresolved == 0


@pytest.mark.parametrize(
    "kind",
    [
        ActKind.CONFIRM_COUNTERFEIT,
        ActKind.RETURN_TO_SELLER,
        ActKind.RELABEL,
        ActKind.DESTROY,
    ],
)
def test_an_alarm_that_ends_otherwise_was_none(kind: ActKind) -> None:
    alarm = at(1)
    total = kept(alarm, act(2, kind, alarm)).total
    assert (total.false_alarms, total.resolved) == (0, 1)
    assert not total.above_the_line


def test_a_unit_scanned_twice_by_mistake_counts_apart() -> None:
    alarm = at(1, HOLD)
    total = kept(alarm, act(2, ActKind.SAME_UNIT, alarm)).total
    assert (total.false_alarms, total.same_unit, total.resolved) == (0, 1, 1)


@pytest.mark.parametrize("kind", [ActKind.QUARANTINE, ActKind.SECOND_UNIT, ActKind.ACKNOWLEDGE])
def test_what_ends_nothing_leaves_it_open(kind: ActKind) -> None:
    alarm = at(1, HOLD)
    keeper = kept(alarm, act(2, kind, alarm))
    assert (keeper.total.resolved, keeper.unresolved) == (0, 1)
    assert keeper.oldest_open_utc == alarm.time_utc


def test_a_release_that_is_undone_was_no_false_alarm() -> None:
    alarm = at(1)
    release = act(2, ActKind.RELEASE, alarm)
    undo = act(3, ActKind.UNDO, release)
    keeper = kept(alarm, release, undo)
    assert (keeper.total.false_alarms, keeper.total.resolved) == (0, 0)
    assert keeper.total.mean_resolution_s is None
    assert keeper.unresolved == 1
    keeper.note(act(4, ActKind.RELEASE, alarm), "aurora")
    assert keeper.total.false_alarms == 1


def test_an_accept_that_is_taken_back_is_no_alarm() -> None:
    accepted = entry(1)
    total = kept(accepted, act(2, ActKind.UNDO, accepted)).total
    assert (total.alarms, total.false_alarms, total.resolved) == (0, 0, 0)


def test_an_alarm_ends_once() -> None:
    alarm = at(1)
    total = kept(alarm, act(2, ActKind.RELEASE, alarm), act(3, ActKind.RELEASE, alarm)).total
    assert (total.false_alarms, total.resolved) == (1, 1)


def test_how_long_items_wait() -> None:
    one = at(1, time_utc="2026-01-31T12:00:00.000Z")
    other = at(2, time_utc="2026-01-31T12:30:00.000Z")
    ended = "2026-01-31T13:00:00.000Z"
    total = kept(
        one,
        other,
        act(3, ActKind.RELEASE, one, time_utc=ended),
        act(4, ActKind.DESTROY, other, time_utc=ended),
    ).total
    assert (total.mean_resolution_s, total.longest_s) == (2700.0, 3600.0)


@pytest.mark.parametrize("ended", ["2026-01-31T11:00:00.000Z", "nonsense", ""])
def test_a_clock_that_is_wrong_counts_no_time(ended: str) -> None:
    one = at(1, time_utc="2026-01-31T12:00:00.000Z")
    total = kept(one, act(3, ActKind.RELEASE, one, time_utc=ended)).total
    assert (total.resolved, total.mean_resolution_s) == (1, 0.0)


class TestUnderWhichNames:
    def test_each_line_counts_under_all_four(self) -> None:
        alarm = at(1, operator="ANNA")
        keeper = kept(alarm, entry(2), act(3, ActKind.RELEASE, alarm))
        found = {by: {n: (f.reads, f.false_alarms) for n, f in keeper.by(by).items()} for by in By}
        assert found == {
            By.STATION: {"dock-1": (2, 1)},
            By.SOURCE: {"serial:/dev/ttyTEST": (2, 1)},
            By.OPERATOR: {"ANNA": (1, 1), NOBODY: (1, 0)},
            By.BRAND: {"aurora": (2, 1)},
        }

    def test_a_product_of_nobody(self) -> None:
        assert list(kept(entry(1), brand="").by(By.BRAND)) == [UNKNOWN]

    def test_those_with_most_alarms_come_first(self) -> None:
        keeper = kept(entry(1), entry(2), at(3, source="b:"), at(4, source="a:"))
        assert list(keeper.by(By.SOURCE)) == ["a:", "b:", "serial:/dev/ttyTEST"]


class TestMemoryIsBounded:
    def test_names(self, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setattr(figures, "MAX_NAMES", 3)
        keeper = kept(*(at(number, source=f"images:{number}") for number in range(10)))
        reads = {name: f.reads for name, f in keeper.by(By.SOURCE).items()}
        assert reads == {OTHERS: 7, "images:0": 1, "images:1": 1, "images:2": 1}

    def test_open_alarms(self, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setattr(figures, "MAX_OPEN", 2)
        alarms = [at(number) for number in range(4)]
        keeper = kept(*alarms, act(9, ActKind.RELEASE, alarms[0]))
        assert (keeper.total.false_alarms, keeper.unresolved) == (0, 4)
        keeper.note(act(10, ActKind.RELEASE, alarms[3]), "aurora")
        assert (keeper.total.false_alarms, keeper.unresolved) == (1, 3)

    def test_ends(self, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setattr(figures, "MAX_ENDED", 1)
        alarms = [at(number) for number in range(2)]
        releases = [act(9 + n, ActKind.RELEASE, alarm) for n, alarm in enumerate(alarms)]
        keeper = kept(*alarms, *releases, act(20, ActKind.UNDO, releases[0]))
        assert keeper.total.false_alarms == 2
        keeper.note(act(21, ActKind.UNDO, releases[1]), "aurora")
        assert keeper.total.false_alarms == 1
