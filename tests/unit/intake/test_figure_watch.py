"""What the engine tells of its figures: sums for screens, and readers that stand out."""

from collections.abc import Iterable

import pytest

from station.core.acts import ActKind
from station.core.facts import Repeat
from station.core.figures import MAX_FALSE_ALARMS
from station.core.journal import Entry, JournalEntry
from station.intake.figure_watch import (
    FALSE_ALARMS_TEXT,
    LAST_READS,
    MIN_READS,
    RESCANS_TEXT,
    FigureWatch,
)
from station.ports.display import StationFigures
from station.ports.health import Health, HealthStatus
from tests.fakes.acts import act
from tests.fakes.entries import QUARANTINED, entry, nameless
from tests.fakes.replacing import replace

SCANNER = "serial:/dev/serial/by-id/usb-Maker_7"
STANDS_OUT = HealthStatus.WARNING


def good(count: int, first: int = 1, source: str = SCANNER) -> list[JournalEntry]:
    return [replace(entry(number), source=source) for number in range(first, first + count)]


def rescans(count: int, source: str = SCANNER) -> list[JournalEntry]:
    return [replace(nameless(900_000 + number), source=source) for number in range(count)]


def false_alarms(count: int) -> list[Entry]:
    lines: list[Entry] = []
    for number in range(100_000, 100_000 + count):
        alarm = replace(entry(number, QUARANTINED), source=SCANNER)
        lines += [alarm, act(number + 100_000, ActKind.RELEASE, alarm)]
    return lines


class Watched:
    """A watch, and what health heard of it."""

    def __init__(self) -> None:
        self.reports: list[Health] = []
        self.watch = FigureWatch(self.reports.append)

    def hear(self, *pieces: Iterable[Entry]) -> list[tuple[HealthStatus, str]]:
        """Count lines, tell, and give the reports that made."""
        for piece in pieces:
            self.watch.count(piece)
        self.reports.clear()
        self.watch.tell("")
        return [(report.status, report.text) for report in self.reports]


def test_the_sums_are_there_once_all_was_counted() -> None:
    watch = FigureWatch(lambda _report: None)
    assert watch.figures is None
    watch.count([*good(7), *rescans(2), entry(50, QUARANTINED)])
    assert watch.figures is None, "there may be more"
    watch.tell("2026-01-02T03:04:05.000Z")
    assert watch.figures == StationFigures(
        decided=8,
        false_alarm_rate=0.0,
        false_alarm_line=MAX_FALSE_ALARMS,
        above_line=False,
        rescan_rate=0.2,
        oldest_open_utc="2026-01-02T03:04:05.000Z",
    )


@pytest.mark.parametrize(("alarms", "above"), [(0, False), (2, False), (3, True)])
def test_a_few_false_alarms_are_no_news(alarms: int, above: bool) -> None:
    watched = Watched()
    reports = watched.hear(good(1000), false_alarms(alarms))
    figures = watched.watch.figures
    assert figures is not None
    assert figures.false_alarm_rate == alarms / (1000 + alarms)
    assert figures.above_line is above
    assert reports == ([(STANDS_OUT, FALSE_ALARMS_TEXT)] if above else [])


def test_many_among_very_many_are_below_the_line() -> None:
    watched = Watched()
    assert watched.hear(good(6000), false_alarms(3)) == []
    figures = watched.watch.figures
    assert figures is not None
    assert not figures.above_line


def test_a_reader_that_asks_again_and_again_is_named_once() -> None:
    watched = Watched()
    assert watched.hear(good(MIN_READS - 6), rescans(5)) == [], "too few to tell"
    assert watched.hear(rescans(1)) == [(STANDS_OUT, RESCANS_TEXT)]
    assert watched.hear(rescans(1)) == []
    assert watched.reports == []


def test_the_report_names_the_reader() -> None:
    watched = Watched()
    watched.hear(good(200, source="stdin:"), rescans(100))
    assert [report.component for report in watched.reports] == ["figures:scanner usb-Maker_7"]


def test_five_of_a_hundred_do_not_stand_out() -> None:
    assert Watched().hear(good(95), rescans(5)) == []
    assert Watched().hear(good(94), rescans(6)) == [(STANDS_OUT, RESCANS_TEXT)]


def test_a_mended_reader_is_soon_a_good_one() -> None:
    watched = Watched()
    watched.hear(good(100), rescans(100))
    assert watched.hear(good(LAST_READS - 30, 200)) == [], "30 of 500"
    assert watched.hear(good(10, 1000)) == [(HealthStatus.OK, "")]


def test_reads_of_one_presentation_are_one() -> None:
    again = [
        replace(read, facts=replace(read.facts, repeat=Repeat.SAME_PRESENTATION))
        for read in rescans(100)
    ]
    watched = Watched()
    assert watched.hear(good(100), again) == []


def test_sources_beyond_some_hundred_take_no_more_memory(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("station.intake.figure_watch.MAX_NAMES", 1)
    watched = Watched()
    assert watched.hear(good(1), rescans(200, "stdin:")) == []
