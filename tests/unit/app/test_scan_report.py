"""What a headless scan prints and returns, by what became of its reads."""

import json
from collections.abc import Callable

import pytest

from station.app.scan_report import ScanReport
from station.core.errors import ExitCode
from station.core.journal import JournalEntry
from station.core.registry import Overlay
from station.core.symbol import Symbol
from station.intake.engine import EngineEnd
from station.ports.health import Health, HealthStatus
from tests.fakes.intake import Dock, genuine, overlaid, registry, unsigned

WELL = EngineEnd((), None)


def decided(present: Callable[[Dock], None]) -> list[JournalEntry]:
    """Journal entries of what is presented at a dock that knows A1, and recalled R1."""
    dock = Dock(registry("A1"))
    dock.registry.unit_records.append(overlaid("R1", Overlay.RECALLED))
    present(dock)
    dock.run()
    return dock.told.verdicts


GOOD = lambda dock: dock.scan(genuine("A1"))  # noqa: E731
RECALLED = lambda dock: dock.scan(genuine("R1"))  # noqa: E731
RESCAN = lambda dock: dock.scan(unsigned("A1"))  # noqa: E731
EMPTY = lambda dock: dock.picture(Symbol(b""), name="1")  # noqa: E731
MISREAD = lambda dock: dock.scan(b"?")  # noqa: E731


@pytest.mark.parametrize(
    ("present", "code"),
    [
        ([], ExitCode.NOTHING_DECODABLE),
        ([GOOD], ExitCode.DONE),
        ([RECALLED], ExitCode.NOT_ALL_ACCEPTED),
        ([GOOD, RESCAN], ExitCode.NOT_ALL_ACCEPTED),
        ([EMPTY], ExitCode.NOTHING_DECODABLE),
        ([EMPTY, GOOD], ExitCode.NOT_ALL_ACCEPTED),
        ([MISREAD], ExitCode.NOT_ALL_ACCEPTED),
    ],
)
def test_the_exit_code_tells_how_it_went(
    capsys: pytest.CaptureFixture[str], present: list[Callable[[Dock], None]], code: ExitCode
) -> None:
    report = ScanReport(as_json=True)
    for show in present:
        for entry in decided(show):
            report.durable(entry, 0.5)
    assert report.exit_code(WELL) is code
    assert len(capsys.readouterr().out.splitlines()) == len(present)


def test_a_lost_device_and_a_crash_weigh_more_than_verdicts() -> None:
    report = ScanReport(as_json=True)
    assert report.exit_code(EngineEnd(("it is gone",), None)) is ExitCode.DEVICE_OR_STOP
    assert report.exit_code(EngineEnd((), RuntimeError())) is ExitCode.INTERNAL


def test_what_was_not_journalled_is_a_stop_that_ends_the_scan(
    capsys: pytest.CaptureFixture[str],
) -> None:
    report = ScanReport(as_json=True)
    stops: list[bool] = []
    report.on_stop = lambda: stops.append(True)
    (entry,) = decided(GOOD)
    report.failed(entry, "the disk is full: free some space")
    said = capsys.readouterr()
    verdict = json.loads(said.out)
    assert (verdict["verdict"], verdict["reason"]) == ("STOP", "STATION_FAULT")
    assert said.err == "journal: failed: the disk is full: free some space\n"
    assert stops == [True]
    assert report.exit_code(WELL) is ExitCode.DEVICE_OR_STOP


def test_health_is_said_when_it_is_bad_and_when_it_is_mended_once_each(
    capsys: pytest.CaptureFixture[str],
) -> None:
    report = ScanReport(as_json=False)
    fine = Health("scanner", HealthStatus.OK, "connected")
    gone = Health("scanner", HealthStatus.FAILED, "unplugged; plug it in")
    for told in (fine, fine, gone, gone, fine, fine):
        report.health(told)
    assert capsys.readouterr().err.splitlines() == [
        "scanner: failed: unplugged; plug it in",
        "scanner: ok: connected",
    ]


def test_in_words_a_verdict_is_one_line(capsys: pytest.CaptureFixture[str]) -> None:
    report = ScanReport(as_json=False)
    (entry,) = decided(RECALLED)
    report.durable(entry, 0.5)
    (line,) = capsys.readouterr().out.splitlines()
    assert line.split()[:2] == ["QUARANTINE", "UNIT_RECALLED"]
    assert "This unit is recalled. Put it in the tote" in line
