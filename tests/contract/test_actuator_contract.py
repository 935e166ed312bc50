"""What every `station.ports.actuators.Actuator` does, shown on the fake and on the real ones."""

import threading
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest

from firmware_bridge.feedback import DIALECTS
from firmware_bridge.line_conversation import LineConversation
from firmware_bridge.outputs.panel import Part
from firmware_bridge.simulators.line_scanner import SimulatedLineScanner
from station.actuators.output import OutputActuator
from station.app.clock import SystemClock, UlidScanIds
from station.core.effects import Effect, Sign
from station.ports.actuators import Actuator
from station.ports.health import Health
from station.scanners.serial_source import SerialSource
from tests.fakes.actuator import FakeActuator
from tests.fakes.output_device import FakeOutput
from tests.fakes.source import Collected

GATE = Effect(Sign.ACCEPT, opens_gate=True)


@dataclass
class Case:
    """An actuator, and what it does.

    Attributes:
        actuator: Started.
        did: Waits until it has done what follows from accepting.
        lose: Makes its device go away, and waits until it knows; None where it has none.
        holds_gate: Whether its loss must stop the dock.
        health: What it said.
    """

    actuator: Actuator
    did: Callable[[], None]
    lose: Callable[[], None] | None
    holds_gate: bool
    health: Collected[Health]


def fake_case(_: Path) -> Iterator[Case]:
    fake = FakeActuator()
    fake.start()

    def lose() -> None:
        fake.fault = "gone"

    def did() -> None:
        assert GATE in fake.performed

    yield Case(fake, did, lose, True, Collected())


def output_case(parts: frozenset[Part]) -> Callable[[Path], Iterator[Case]]:
    def make(_: Path) -> Iterator[Case]:
        device = FakeOutput(parts=parts, beat_s=0.005)
        health: Collected[Health] = Collected()
        actuator = OutputActuator(device, component="output", health=health, dwell_s=30)
        actuator.start()

        def lose() -> None:
            device.failing = True
            device.wait_for(lambda one: one.closes > 0)
            while Part.GATE in parts and actuator.hindrance() is None:
                pass

        yield Case(
            actuator,
            lambda: device.wait_for(lambda one: any(p.gate_open for p in one.shown)),
            lose,
            Part.GATE in parts,
            health,
        )
        actuator.close()

    return make


def scanner_case(folder: Path) -> Iterator[Case]:
    with SimulatedLineScanner(folder) as scanner:
        health: Collected[Health] = Collected()
        source = SerialSource(
            str(scanner.path),
            scan_ids=UlidScanIds(),
            clock=SystemClock(),
            health=health,
            conversation=LineConversation(dialect=DIALECTS["honeywell"]),
        )
        thread = threading.Thread(target=source.run, args=(lambda _: None,))
        thread.start()
        scanner.wait_for_host()
        source.start()

        def did() -> None:
            assert scanner.received_from_host(10) == b"\x1b7,"

        yield Case(source, did, None, False, health)
        source.stop()
        thread.join()


CASES: dict[str, Callable[[Path], Iterator[Case]]] = {
    "fake": fake_case,
    "gate": output_case(frozenset(Part)),
    "light tower": output_case(frozenset(Part) - {Part.GATE}),
    "scanner": scanner_case,
}


@pytest.fixture(params=CASES)
def case(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Case]:
    yield from CASES[request.param](tmp_path)


def test_it_is_an_actuator(case: Case) -> None:
    assert isinstance(case.actuator, Actuator)


def test_it_does_what_follows_from_a_verdict(case: Case) -> None:
    case.actuator.perform(GATE)
    case.did()


def test_while_it_works_it_hinders_nothing(case: Case) -> None:
    assert case.actuator.hindrance() is None


def test_only_a_lost_gate_stops_the_dock(case: Case) -> None:
    if case.lose is not None:
        case.lose()
    assert (case.actuator.hindrance() is not None) == case.holds_gate


def test_performing_never_raises_whatever_has_become_of_the_device(case: Case) -> None:
    if case.lose is not None:
        case.lose()
    for sign in Sign:
        case.actuator.perform(Effect(sign))
    case.actuator.close()
    case.actuator.close()
    for sign in Sign:
        case.actuator.perform(Effect(sign, opens_gate=True, source="elsewhere"))
