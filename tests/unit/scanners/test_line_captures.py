"""What a line, whole or broken, says to the verdict loop and to the health strip."""

import pytest

from firmware_bridge.framing.lines import Breakage, BrokenLine, Line
from station.app.clock import SystemClock, UlidScanIds
from station.core.causes import Cause
from station.core.causes import told as told_of
from station.core.codes import ReadProblem
from station.core.parsing import parse
from station.core.reasons import Reason
from station.core.symbol import SymbolFormat
from station.ports.health import Health, HealthStatus
from station.scanners.line_captures import BREAKAGE_REMEDIES, LineCaptures, LineHealth
from tests.fakes.source import Collected


def captures() -> LineCaptures:
    return LineCaptures("serial:/dev/ttyTEST", UlidScanIds(), SystemClock())


def test_a_line_is_a_complete_symbol() -> None:
    capture = captures().of(Line(b"\x1d01", "]Q3"), 7)
    (read,) = capture.reads
    assert (read.symbol.payload, read.symbol.format) == (b"\x1d01", SymbolFormat.QR_CODE)
    assert read.symbol.symbology_identifier == "]Q3"
    assert read.symbol.complete
    assert read.symbol.corners is None
    assert (capture.source, capture.captured_mono_ns) == ("serial:/dev/ttyTEST", 7)


@pytest.mark.parametrize("reason", Breakage)
def test_a_broken_line_asks_for_a_rescan_whatever_it_holds(reason: Breakage) -> None:
    genuine_looking = b"]d2010950600013435221K7QZ4M2XW9TRB"
    (read,) = captures().of(BrokenLine(reason, genuine_looking), 0).reads
    assert not read.symbol.complete
    assert read.symbol.payload == genuine_looking
    code = parse(
        read.symbol.payload, read.symbol.symbology_identifier, complete=read.symbol.complete
    )
    assert isinstance(code, ReadProblem)
    assert code.reason is Reason.READ_TRUNCATED


def test_an_empty_line_with_identifier_is_an_empty_read() -> None:
    (read,) = captures().of(Line(b"", "]d2"), 0).reads
    code = parse(read.symbol.payload, read.symbol.symbology_identifier)
    assert isinstance(code, ReadProblem)
    assert code.reason is Reason.READ_EMPTY


def test_every_breakage_has_a_remedy_but_not_every_one_is_the_lines_own_news() -> None:
    for reason in Breakage:
        told: Collected[Health] = Collected()
        LineHealth("scanner", told).of_line(BrokenLine(reason, b"x"))
        if reason is Breakage.LOST:
            assert told.items == []
        else:
            text = f"{reason.value}; {BREAKAGE_REMEDIES[reason]}"
            assert told.items == [Health("scanner", HealthStatus.WARNING, text)]


def test_a_warning_is_told_once_and_taken_back_by_the_next_good_line() -> None:
    told: Collected[Health] = Collected()
    health = LineHealth("scanner:left", told)
    broken = BrokenLine(Breakage.GAP, b"x")
    health.of_line(Line(b"0"))
    health.tell(HealthStatus.OK, "connected", told_of(Cause.DEVICE_CONNECTED))
    for event in (broken, broken, Line(b"1"), Line(b"2"), broken):
        health.of_line(event)
    assert [health.status for health in told.items] == [
        HealthStatus.OK,
        HealthStatus.WARNING,
        HealthStatus.OK,
        HealthStatus.WARNING,
    ]
    assert {health.component for health in told.items} == {"scanner:left"}


def test_a_good_line_does_not_call_a_lost_port_well() -> None:
    told: Collected[Health] = Collected()
    health = LineHealth("scanner", told)
    health.tell(HealthStatus.FAILED, "unplugged", told_of(Cause.DEVICE_LOST))
    health.of_line(Line(b"1"))
    assert [health.status for health in told.items] == [HealthStatus.FAILED]
