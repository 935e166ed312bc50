"""One output's thread: the newest panel, beats, reconnecting, and a gate that never opens late."""

import threading
from collections.abc import Iterator
from dataclasses import dataclass, field

import pytest

from firmware_bridge.outputs import driver as driver_module
from firmware_bridge.outputs.driver import LATE_S, OutputDriver, OutputReport, OutputStatus
from firmware_bridge.outputs.panel import AT_REST, Lit, Panel
from tests.fakes.output_device import FakeOutput

OPEN = Panel(green=Lit.ON, gate_open=True)
CLOSED_GREEN = Panel(green=Lit.ON)
RED = Panel(red=Lit.ON)


@dataclass
class Driven:
    """A driver at work on a fake."""

    device: FakeOutput
    driver: OutputDriver
    reports: list[OutputReport] = field(default_factory=list)


@pytest.fixture
def driven(monkeypatch: pytest.MonkeyPatch) -> Iterator[Driven]:
    monkeypatch.setattr(driver_module, "RECONNECT_S", 0.01)
    device = FakeOutput()
    reports: list[OutputReport] = []
    driver = OutputDriver(device, report=reports.append, dwell_s=30)
    made = Driven(device, driver, reports)
    yield made
    driver.close()


def started(driven: Driven) -> Driven:
    driven.driver.start()
    driven.device.wait_for(lambda device: AT_REST in device.shown)
    return driven


def test_it_connects_shows_rest_and_says_so(driven: Driven) -> None:
    assert "not been connected" in (driven.driver.fault or "")
    started(driven)
    assert driven.driver.fault is None
    assert driven.reports == [OutputReport(OutputStatus.CONNECTED, "a fake, connected")]


def test_it_shows_what_it_is_told(driven: Driven) -> None:
    started(driven)
    driven.driver.show(OPEN)
    driven.device.wait_for(lambda device: device.shown[-1] == OPEN)
    driven.driver.show(RED)
    driven.device.wait_for(lambda device: device.shown[-1] == RED)


def test_an_open_gate_is_opened_again_for_the_next_unit(driven: Driven) -> None:
    started(driven)
    driven.driver.show(OPEN)
    driven.device.wait_for(lambda device: device.shown.count(OPEN) == 1)
    driven.driver.show(OPEN)
    driven.device.wait_for(lambda device: device.shown.count(OPEN) == 2)


def test_an_open_gate_closes_after_its_dwell() -> None:
    device = FakeOutput()
    driver = OutputDriver(device, report=lambda _: None, dwell_s=0.02)
    driver.start()
    device.wait_for(lambda one: AT_REST in one.shown)
    driver.show(OPEN)
    device.wait_for(lambda one: one.shown[-1] == CLOSED_GREEN)
    driver.close()
    assert device.shown.count(OPEN) == 1


def test_it_beats_while_nothing_changes() -> None:
    device = FakeOutput(beat_s=0.001)
    driver = OutputDriver(device, report=lambda _: None, dwell_s=1)
    driver.start()
    device.wait_for(lambda one: one.beats > 5)
    driver.close()
    assert device.shown[-1] == AT_REST


def test_a_lost_device_is_told_once_and_comes_back_with_the_gate_closed(driven: Driven) -> None:
    started(driven)
    driven.driver.show(OPEN)
    driven.device.wait_for(lambda device: device.shown[-1] == OPEN)
    driven.device.failing = True
    driven.driver.show(OPEN)
    driven.device.wait_for(lambda device: device.closes > 2)
    assert "lost" in (driven.driver.fault or "")
    driven.device.failing = False
    driven.device.wait_for(lambda device: device.connects == 2)
    driven.device.wait_for(lambda device: device.shown[-1] == CLOSED_GREEN)
    assert driven.driver.fault is None
    assert [report.status for report in driven.reports] == [
        OutputStatus.CONNECTED,
        OutputStatus.LOST,
        OutputStatus.CONNECTED,
    ]
    assert driven.reports[1].remedy == "find it"


def test_a_gate_asked_for_while_the_device_was_away_is_never_opened(driven: Driven) -> None:
    driven.device.failing = True
    driven.driver.start()
    driven.device.wait_for(lambda device: device.closes > 1)
    driven.driver.show(OPEN)
    driven.device.failing = False
    driven.device.wait_for(lambda device: CLOSED_GREEN in device.shown)
    assert OPEN not in driven.device.shown


def test_a_gate_that_would_open_late_stays_closed() -> None:
    now_ns = [0]
    device = FakeOutput(held=threading.Event())
    driver = OutputDriver(device, report=lambda _: None, dwell_s=30, mono_ns=lambda: now_ns[0])
    driver.start()
    device.wait_for(lambda one: one.connects == 1)  # held in showing rest
    while driver.fault is not None:
        pass
    driver.show(OPEN)
    now_ns[0] += int(LATE_S * 1e9)
    assert device.held is not None
    device.held.set()
    device.wait_for(lambda one: CLOSED_GREEN in one.shown)
    driver.close()
    assert OPEN not in device.shown


def test_a_driver_that_was_never_started_can_be_closed() -> None:
    OutputDriver(FakeOutput(), report=lambda _: None, dwell_s=1).close()
