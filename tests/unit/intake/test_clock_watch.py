"""The clock watch: what it tells, what it keeps, and what ends a wrong clock."""

from collections.abc import Callable
from dataclasses import dataclass, field

import pytest

from station.core.acts import ActEntry, ActKind
from station.core.clock_check import ClockFault, confirmed_mark
from station.core.errors import StorageError
from station.core.operators import THE_STATION
from station.core.reasons import Reason, VerdictClass
from station.intake.clock_watch import ClockJournal, ClockReport, ClockWatch
from station.intake.worker import WorkerEndedError
from station.ports.health import Health, HealthStatus
from tests.fakes.clocks import DAY_S, HOUR_S, START_UTC, FakeClockMemory, FakeMachineClock
from tests.fakes.intake import CountingIds, Dock, FrozenClock, genuine, registry


@dataclass
class Station:
    """One machine with a clock; its engine can be started anew."""

    machine: FakeMachineClock = field(default_factory=FakeMachineClock)
    memory: FakeClockMemory = field(default_factory=FakeClockMemory)
    published_utc: str = START_UTC
    journal_end: tuple[int, str] = (0, "")
    reports: list[Health] = field(default_factory=list)
    lines: list[ActEntry] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.start()

    def start(self) -> None:
        """The engine starts."""
        self.watch = ClockWatch(
            self.machine, self.memory, lambda: self.published_utc, self.journal_end
        )
        self.report = self.reporter(self.lines.append)
        self.look()

    def reporter(self, put: Callable[[ActEntry], None]) -> ClockReport:
        journal = ClockJournal("dock-1", "1.2.3", FrozenClock(), CountingIds(), put)
        return ClockReport(self.watch, self.reports.append, journal)

    def look(self) -> ClockFault | None:
        """A second's look, and what a verdict would go by."""
        finding = self.watch.finding()
        self.report.look()
        assert self.watch.is_wrong() == (self.watch.finding() is not None)
        return None if finding is None else finding.fault

    def told(self) -> list[tuple[HealthStatus, str]]:
        """What health was told since the last call."""
        told = [(report.status, report.text) for report in self.reports]
        assert {report.component for report in self.reports} <= {"clock"}
        self.reports.clear()
        return told


@pytest.fixture
def station() -> Station:
    return Station()


def test_a_clock_that_goes_right_is_no_news(station: Station) -> None:
    for _ in range(100):
        station.machine.passes(HOUR_S)
        assert station.look() is None
    assert station.told() == []
    assert station.lines == []


def test_one_that_was_put_back_is_told_journalled_and_ends_when_it_is_right(
    station: Station,
) -> None:
    station.machine.passes(HOUR_S)
    station.machine.jumps(-3 * HOUR_S)
    station.published_utc = "2025-12-01T00:00:00Z"
    assert station.look() is ClockFault.WENT_BACK
    station.machine.passes(10)
    assert station.look() is ClockFault.WENT_BACK
    [(status, text)] = station.told()
    assert status is HealthStatus.WARNING
    assert text == (
        "was put back by 3 h: set it right; if it is right, 'station clock --confirm';"
        " verdicts are provisional meanwhile"
    )
    station.machine.jumps(3 * HOUR_S)
    assert station.look() is None
    assert station.told() == [(HealthStatus.OK, "is right again")]
    assert [(line.kind, line.operator, line.reason_text[:20]) for line in station.lines] == [
        (ActKind.CLOCK_WRONG, THE_STATION, "was put back by 3 h:"),
        (ActKind.CLOCK_RIGHT, THE_STATION, ""),
    ]


def test_a_jump_forward_is_named_as_the_clock_s(station: Station) -> None:
    station.machine.jumps(9 * DAY_S)
    assert station.look() is ClockFault.WENT_FORWARD
    assert "was put forward by 9 days" in station.told()[0][1]


def test_another_way_of_being_wrong_is_told_anew(station: Station) -> None:
    station.machine.jumps(9 * DAY_S)
    station.look()
    station.machine.jumps(-20 * DAY_S)
    assert station.look() is ClockFault.BEFORE_REGISTRY
    assert len(station.told()) == 2


def test_it_is_held_against_the_start_not_the_last_look(station: Station) -> None:
    """Steps nobody is told of one by one are still one large step."""
    station.published_utc = "2025-12-01T00:00:00Z"
    for _ in range(4):
        station.machine.passes(60)
        station.machine.jumps(-20)
        station.look()
    assert station.look() is ClockFault.WENT_BACK


def test_a_restart_of_the_engine_does_not_make_it_right(station: Station) -> None:
    station.published_utc = "2025-12-01T00:00:00Z"
    station.machine.jumps(-2 * HOUR_S)
    station.look()
    station.start()
    assert station.look() is ClockFault.WENT_BACK


def test_nor_does_a_restart_of_the_machine(station: Station) -> None:
    station.machine.passes(DAY_S)
    station.look()
    station.published_utc = "2025-12-01T00:00:00Z"
    station.machine.starts_anew(off_s=-2 * HOUR_S)
    station.start()
    assert station.look() is ClockFault.WENT_BACK
    station.machine.jumps(2 * HOUR_S)
    assert station.look() is None
    station.machine.passes(60)
    assert station.look() is None


def test_nor_does_a_restart_where_the_journal_alone_knew(station: Station) -> None:
    """The line that says it is wrong is written by the wrong clock, and is then the newest."""
    station.published_utc = ""
    station.memory.kept.clear()
    station.journal_end = (41, "2026-01-05T00:00:00.000Z")
    station.memory.fault = StorageError("the disk is full", "free some space")
    station.start()
    assert station.look() is ClockFault.BEFORE_JOURNAL
    station.memory.fault = None
    station.machine.passes(1)
    assert station.look() is ClockFault.BEFORE_JOURNAL
    station.journal_end = (42, START_UTC)
    station.start()
    assert station.look() is ClockFault.WENT_BACK
    station.machine.starts_anew()
    station.start()
    assert station.look() is ClockFault.WENT_BACK
    station.machine.passes(5 * DAY_S)
    assert station.look() is None
    station.machine.jumps(-DAY_S)
    assert station.look() is ClockFault.WENT_BACK


def test_nor_does_one_where_the_journal_knew_better_than_what_is_remembered(
    station: Station,
) -> None:
    station.published_utc = ""
    station.machine.starts_anew()
    station.journal_end = (41, "2026-01-05T00:00:00.000Z")
    station.start()
    assert station.look() is ClockFault.BEFORE_JOURNAL
    station.journal_end = (42, START_UTC)
    station.start()
    assert station.look() is ClockFault.WENT_BACK
    station.memory.keep(confirmed_mark(station.machine.read(), station.memory.recall(), 42))
    station.look()
    assert station.look() is None


def test_a_machine_that_names_no_start_may_be_started_anew(station: Station) -> None:
    station.machine.boot_id = ""
    station.memory.kept.clear()
    station.start()
    station.machine.boot_ms = 3_000
    station.machine.utc_ms += DAY_S * 1000
    station.start()
    assert station.look() is None


def test_the_mark_goes_along_while_the_clock_is_right_and_stands_while_it_is_wrong(
    station: Station,
) -> None:
    station.machine.passes(61)
    station.look()
    kept = len(station.memory.kept)
    assert station.memory.kept[-1].latest_utc_ms == station.machine.utc_ms
    station.machine.passes(30)
    station.look()
    station.machine.passes(31)
    station.machine.jumps(DAY_S)
    station.look()
    assert len(station.memory.kept) == kept


def test_a_time_server_that_puts_it_forward_is_believed(station: Station) -> None:
    station.machine.synchronised = True
    station.machine.jumps(HOUR_S)
    assert station.look() is None
    station.machine.synchronised = False
    assert station.look() is None
    assert station.told() == []


def test_one_that_puts_it_back_is_not(station: Station) -> None:
    station.published_utc = "2025-12-01T00:00:00Z"
    station.machine.synchronised = True
    station.machine.jumps(-HOUR_S)
    assert station.look() is ClockFault.WENT_BACK


def test_a_refresh_signed_later_than_the_old_clock_ends_it(station: Station) -> None:
    station.machine.jumps(2 * DAY_S)
    assert station.look() is ClockFault.WENT_FORWARD
    station.published_utc = "2026-01-03T00:30:00.000Z"
    assert station.look() is None
    station.published_utc = START_UTC
    assert station.look() is None


@pytest.mark.parametrize("published", ["", "yesterday", "2026-01-01", "2026-13-01T00:00:00Z"])
def test_a_registry_that_says_no_moment_bears_no_witness(published: str, station: Station) -> None:
    station.published_utc = published
    assert station.look() is None


def test_the_journal_bears_witness_until_somebody_says_otherwise(station: Station) -> None:
    station.published_utc = ""
    station.journal_end = (41, "2026-01-05T00:00:00.000Z")
    station.start()
    assert station.look() is ClockFault.BEFORE_JOURNAL
    station.memory.keep(confirmed_mark(station.machine.read(), station.memory.recall(), 41))
    station.look()
    assert station.look() is None
    assert station.told()[-1] == (HealthStatus.OK, "is right again")
    station.start()
    assert station.look() is None
    station.journal_end = (42, "2026-01-05T00:00:00.000Z")
    station.start()
    assert station.look() is ClockFault.BEFORE_JOURNAL


def test_somebody_s_word_ends_a_jump_but_no_signature(station: Station) -> None:
    station.machine.jumps(-20 * DAY_S)
    station.look()
    station.memory.keep(confirmed_mark(station.machine.read(), station.memory.recall(), 0))
    station.look()
    assert station.look() is ClockFault.BEFORE_REGISTRY
    station.published_utc = "2025-12-01T00:00:00Z"
    assert station.look() is None


def test_a_mark_that_cannot_be_kept_is_told_until_it_can(station: Station) -> None:
    station.memory.fault = StorageError("the disk is full", "free some space")
    for _ in range(3):
        station.machine.passes(61)
        station.look()
    assert {status for status, _ in station.told()} == {HealthStatus.WARNING}
    station.memory.fault = None
    station.machine.passes(61)
    station.look()
    assert station.told() == [(HealthStatus.OK, "is watched again")]
    assert not station.watch.is_wrong()


def test_a_journal_that_has_ended_stops_nothing(station: Station) -> None:
    def ended(_line: ActEntry) -> None:
        raise WorkerEndedError("journal-writer")

    station.machine.jumps(DAY_S)
    station.reporter(ended).look()
    assert len(station.told()) == 1


def test_a_verdict_by_a_wrong_clock_is_provisional_and_says_why() -> None:
    machine = FakeMachineClock()
    dock = Dock(registry("A1", "A2", "A3"))
    dock.watch_clock(machine, dock.registry.generation.published_utc)
    dock.scan(genuine("A1"))
    assert dock.run() == [(VerdictClass.ACCEPT, Reason.OK)]
    machine.jumps(DAY_S)
    dock.scan(genuine("A2"))
    dock.run()
    machine.jumps(-DAY_S)
    dock.scan(genuine("A3"))
    dock.run()
    verdicts = [entry.verdict for entry in dock.told.verdicts]
    assert [verdict.provisional for verdict in verdicts] == [False, True, False]
    assert [verdict.modifiers for verdict in verdicts] == [(), (Reason.CLOCK_WRONG,), ()]
