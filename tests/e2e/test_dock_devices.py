"""The engine with a scanner it speaks to and a board it holds a gate with, both on real ptys."""

import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final

import pytest

from firmware_bridge.outputs.board_map import Coil, DiscreteInput
from firmware_bridge.simulators.board import SimulatedBoard
from firmware_bridge.simulators.ssi_scanner import SimulatedSsiScanner
from station.core.reasons import Reason, VerdictClass
from station.ports.health import Health, HealthStatus
from tests.fakes.made_site import MadeSite
from tests.fakes.running_engine import RunningEngine, running_engine
from tests.fakes.site_records import records

DEADLINE_S: Final = 20.0
BEEP_GOOD: Final = 0x00
BEEP_BAD: Final = 0x12


def until(what: str, is_so: Callable[[], bool]) -> None:
    deadline_s = time.monotonic() + DEADLINE_S
    while not is_so():
        assert time.monotonic() < deadline_s, f"never: {what}"
        time.sleep(0.005)


@dataclass
class EquippedDock:
    """A running engine, its scanner and its board.

    Attributes:
        site: Its folder.
        scanner: In SSI packet mode.
        board: Armed.
        engine: Running.
        openings: How many journal entries there were each time the gate stood open.
    """

    site: Path
    scanner: SimulatedSsiScanner
    board: SimulatedBoard
    engine: RunningEngine
    openings: list[int] = field(default_factory=list)

    def scan(self, payload: bytes) -> None:
        assert self.scanner.scan(payload)
        assert self.scanner.wait_until_acknowledged()


@pytest.fixture
def dock(made: MadeSite, tmp_path: Path) -> Iterator[EquippedDock]:
    site = made.copy_site(tmp_path)
    openings: list[int] = []

    def note(coils: tuple[bool, ...]) -> None:
        if coils[Coil.GATE]:
            openings.append(len(records(site).entries))

    with (
        SimulatedSsiScanner(tmp_path) as scanner,
        SimulatedBoard(tmp_path, on_coils=note) as board,
    ):
        with (site / "station.toml").open("a", encoding="utf-8") as config:
            config.write(
                f'\n[[source]]\nuse = "serial:{scanner.path}"\nframing = "ssi"\n'
                f'\n[[output]]\nuse = "board:{board.path}"\ndwell_ms = 10000\n'
                f"timeout_ms = 5000\n"
            )
        with running_engine(site) as engine:
            until("the scanner sends packets", lambda: scanner.decoder.packeted)
            until("the board is armed", lambda: board.rules.armed)
            yield EquippedDock(site, scanner, board, engine, openings)


def is_output(report: Health, status: HealthStatus) -> bool:
    return report.component == "output" and report.status is status


def test_an_accepted_unit_opens_the_gate_and_beeps_after_the_journal(
    dock: EquippedDock, made: MadeSite
) -> None:
    dock.scan(made.genuine[0].payload)
    until("the gate opens", lambda: dock.board.lit(Coil.GATE))
    until("it beeps", lambda: dock.scanner.decoder.beeps == [BEEP_GOOD])
    assert dock.board.lit(Coil.GREEN)
    until("the journal was looked at when it opened", lambda: bool(dock.openings))
    assert min(dock.openings) >= 1
    assert dock.engine.end() == 0
    assert not dock.board.lit(Coil.GATE)
    assert not dock.board.rules.armed


def test_a_forgery_leaves_the_gate_closed_and_lights_red(
    dock: EquippedDock, made: MadeSite
) -> None:
    forgery = made.genuine[1].forged()
    dock.scan(forgery)
    until("amber", lambda: dock.board.lit(Coil.AMBER))
    dock.scan(made.recalled[0].payload)
    until("red", lambda: dock.board.lit(Coil.RED))
    until("two beeps", lambda: dock.scanner.decoder.beeps == [BEEP_BAD, BEEP_BAD])
    assert dock.scanner.decoder.led_on
    assert dock.openings == []


def test_a_lost_board_stops_the_dock_and_a_returned_one_lets_it_go_on(
    dock: EquippedDock, made: MadeSite
) -> None:
    dock.board.unplug()
    dock.engine.feed.health(lambda report: is_output(report, HealthStatus.FAILED))
    mark = len(dock.engine.feed.heard)
    dock.scan(made.genuine[2].payload)
    dock.engine.feed.wait_verdicts(1)
    (stop,) = dock.engine.feed.verdicts.values()
    assert (stop.verdict_class, stop.reason) == (VerdictClass.STOP, Reason.STATION_FAULT)
    dock.board.plug()
    until("the board is armed again", lambda: dock.board.rules.armed and dock.board.plugged)
    dock.engine.feed.health(lambda report: is_output(report, HealthStatus.OK), mark)
    dock.scan(made.genuine[3].payload)
    until("the gate opens", lambda: dock.board.lit(Coil.GATE))


def test_a_gate_that_is_stuck_open_stops_the_dock_until_it_is_free(
    dock: EquippedDock, made: MadeSite
) -> None:
    dock.board.rules.inputs[DiscreteInput.GATE_OPEN_END] = True
    dock.engine.feed.health(
        lambda report: is_output(report, HealthStatus.FAILED) and "stands open" in report.text
    )
    mark = len(dock.engine.feed.heard)
    dock.scan(made.genuine[4].payload)
    dock.engine.feed.wait_verdicts(1)
    (stop,) = dock.engine.feed.verdicts.values()
    assert (stop.verdict_class, stop.reason) == (VerdictClass.STOP, Reason.STATION_FAULT)
    until("the board is disarmed", lambda: not dock.board.rules.armed)
    dock.board.rules.inputs[DiscreteInput.GATE_OPEN_END] = False
    dock.engine.feed.health(lambda report: is_output(report, HealthStatus.OK), mark)
    dock.scan(made.genuine[5].payload)
    until("the gate opens", lambda: dock.board.lit(Coil.GATE))
