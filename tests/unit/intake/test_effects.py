"""Gates and lamps follow the journal: never before it, never against it, never late."""

import pytest

from station.core.effects import GATE_FAULT, Effect, Sign, effect_of
from station.core.errors import StorageError
from station.core.reasons import Reason, VerdictClass
from station.core.verdict import UnitChange
from station.intake.announcing import LOOK_UPS, Announcer
from station.intake.effects import MAX_TOGETHER, Effects
from station.intake.scoreboard import Scoreboard
from station.ports.health import Health
from tests.fakes.actuator import FakeActuator
from tests.fakes.display import FakeDisplay
from tests.fakes.intake import Dock, Told, at, forged, genuine, registry, tote

ACCEPTED = Effect(Sign.ACCEPT, opens_gate=True, source="scanner")


@pytest.mark.parametrize("verdict_class", VerdictClass)
def test_the_gate_opens_for_accepted_units_and_for_nothing_else(
    verdict_class: VerdictClass,
) -> None:
    effect = effect_of(verdict_class, "scanner")
    assert effect.opens_gate == verdict_class.is_accept
    assert not effect_of(verdict_class, "scanner", alone=False).opens_gate


def test_nothing_moves_before_the_entry_is_durable() -> None:
    gate = FakeActuator()
    dock = Dock(registry("A1"), actuators=[gate])
    durable: list[int] = []
    gate.on_perform = lambda _: durable.append(len(dock.store.entries))
    dock.scan(genuine("A1"))
    dock.run()
    assert gate.performed == [ACCEPTED]
    assert durable == [1]


def test_the_gate_moves_before_the_screen_is_told() -> None:
    order: list[str] = []
    gate = FakeActuator(on_perform=lambda _: order.append("gate"))
    dock = Dock(registry("A1"), actuators=[gate])
    dock.told.on_durable = lambda _: order.append("screen")
    dock.scan(genuine("A1"))
    dock.run()
    assert order == ["gate", "screen"]


def test_an_accepted_unit_that_could_not_be_journalled_stops_the_gate() -> None:
    gate = FakeActuator()
    dock = Dock(registry("A1"), actuators=[gate])
    dock.store.fault = StorageError("the disk is full", "free some room")
    dock.scan(genuine("A1"))
    dock.run()
    assert gate.performed == [Effect(Sign.STOP, source="scanner")]


def test_what_is_not_accepted_closes_the_gate() -> None:
    gate = FakeActuator()
    dock = Dock(registry("A1"), actuators=[gate])
    dock.scan(genuine("A1"))
    dock.wait(10)
    dock.scan(forged("A2"))
    dock.run()
    assert gate.performed == [ACCEPTED, Effect(Sign.RESCAN, source="scanner")]


def test_of_two_units_in_one_picture_none_passes_when_one_does_not() -> None:
    gate = FakeActuator()
    dock = Dock(registry("A1", "A2"), actuators=[gate])
    dock.picture(at(forged("A2"), 500), at(genuine("A1"), 0), name="both")
    dock.picture(at(genuine("A1"), 0), at(forged("A2"), 500), name="the other way round")
    dock.run()
    assert len(gate.performed) == 4
    assert not any(effect.opens_gate for effect in gate.performed)
    # The genuine one is received all the same: it waits in the quarantine lane.
    accepted = [e for e in dock.told.verdicts if e.verdict.change is UnitChange.RECEIVE]
    assert [e.identity.serial for e in accepted if e.identity] == ["A1"]


def test_two_good_units_in_one_picture_pass() -> None:
    gate = FakeActuator()
    dock = Dock(registry("A1", "A2"), actuators=[gate])
    dock.picture(at(genuine("A1"), 0), at(genuine("A2"), 500), name="both")
    dock.run()
    assert [effect.opens_gate for effect in gate.performed] == [True, True]


def test_what_came_together_is_forgotten_in_bounds() -> None:
    gate = FakeActuator()
    effects = Effects(Told(), [gate])
    effects.came_together([str(number) for number in range(MAX_TOGETHER + 10)])
    assert len(effects._together) == MAX_TOGETHER


def test_a_lost_gate_stops_the_dock_until_it_is_back() -> None:
    gate = FakeActuator(fault=f"{GATE_FAULT}: it was unplugged")
    dock = Dock(registry("A1"), actuators=[FakeActuator(), gate])
    dock.scan(genuine("A1"))
    assert dock.run() == [(VerdictClass.STOP, Reason.STATION_FAULT)]
    assert gate.performed == [Effect(Sign.STOP, source="scanner")]
    gate.fault = None
    dock.wait(10)
    dock.scan(genuine("A1"))
    assert dock.run()[-1] == (VerdictClass.ACCEPT, Reason.OK)


def test_a_lost_gate_is_not_told_as_a_registry_to_be_synced() -> None:
    gate = FakeActuator(fault=f"{GATE_FAULT}: it was unplugged")
    display = FakeDisplay()
    announcer = Announcer(display, Scoreboard(), lambda _: "", latches=False)
    dock = Dock(registry("A1"), actuators=[gate])
    dock.scan(genuine("A1"))
    dock.run()
    announcer.durable(dock.told.verdicts[0], 0.0)
    reports = [message for message in display.published if isinstance(message, Health)]
    assert all(report.component != LOOK_UPS for report in reports)


def test_a_latch_is_shown_by_lamps_and_ends_ready() -> None:
    gate = FakeActuator()
    dock = Dock(registry("A1"), latches=True, actuators=[gate])
    dock.scan(forged("A2"))
    dock.wait(10)
    dock.scan(forged("A2"))
    dock.wait(10)
    dock.scan(genuine("A1"))
    dock.scan(tote(), identifier="]d1")
    dock.run()
    assert [effect.sign for effect in gate.performed] == [
        Sign.RESCAN,
        Sign.QUARANTINE,
        Sign.REFUSED,
        Sign.READY,
    ]
    assert not any(effect.opens_gate for effect in gate.performed)
