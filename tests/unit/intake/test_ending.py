"""Told to end at the worst moment, the engine ends, and what it took is decided and told.

The writer is held inside a commit while whoever may wait for it waits; pulses and ticks go on.
"""

import threading
from collections.abc import Callable, Sequence

import pytest

from station.core.acts import ActKind
from station.core.errors import StorageError
from station.core.journal import Entry
from station.core.operators import Actor, Operator, Role
from station.core.reading import Capture, Read
from station.core.registry import Overlay
from station.core.symbol import Symbol
from station.intake.engine import EngineEnd
from station.intake.heartbeat import Heartbeat
from station.intake.loop import MAX_WAITING
from station.intake.pin_desk import PinDesk
from station.intake.session import SignedIn
from station.intake.ticker import Ticker
from station.intake.worker import WorkerEndedError
from station.ports.display import GivePin
from tests.fakes.identification import FakeIdentification
from tests.fakes.intake import (
    Dock,
    FakeRoster,
    ScriptedSource,
    genuine,
    overlaid,
    registry,
    tote,
)

DEADLINE_S = 60.0
SOON_S = 0.001
FLOOD = 2 * MAX_WAITING
FULL = StorageError("the disk is full", "free some space")


class Held:
    """A dock whose journal writer is held in its first commit, and may fail ever after."""

    def __init__(self, fault: StorageError | None) -> None:
        self.dock = Dock(registry("A1"), latches=True, roster=FakeRoster())
        self.dock.registry.unit_records.append(overlaid("R1", Overlay.RECALLED))
        self.fault = fault
        self.let_go, self._held = threading.Event(), threading.Event()
        self._commit = self.dock.store.commit
        self.dock.store.commit = self._hold  # type: ignore[method-assign]

    def _hold(self, entries: Sequence[Entry]) -> None:
        self._held.set()
        assert self.let_go.wait(DEADLINE_S)
        if self.fault is not None:
            raise self.fault
        self._commit(entries)

    def end(
        self, *sources: ScriptedSource, waits: Callable[[Dock], bool] = lambda _: True
    ) -> EngineEnd:
        """Start, present everything, and tell it to end while the writer is held."""
        engine = self.dock.engine(*sources)
        engine._ticker = Ticker(self.dock.loop.tick, SOON_S)
        ends: list[EngineEnd] = []

        def run() -> None:
            with Heartbeat(engine.submit, lambda: None, SOON_S):
                ends.append(engine.wait(until_sources_end=False))

        engine.start()
        for arrived in self.dock.arrived:
            engine.submit(arrived)
        assert self._held.wait(DEADLINE_S)
        waiting = threading.Thread(target=run, daemon=True)
        waiting.start()
        while not waits(self.dock):
            pass
        engine.stop()
        self.let_go.set()
        waiting.join(DEADLINE_S)
        assert ends, "it does not end"
        with pytest.raises(WorkerEndedError):
            self.dock.loop.submit(flood(1)[0])
        return ends[0]


@pytest.fixture(params=[None, FULL], ids=["the journal works", "the journal fails for ever"])
def held(request: pytest.FixtureRequest) -> Held:
    return Held(request.param)


def flood(count: int) -> list[Capture]:
    """Reads of one unit, one after another."""
    symbol = Symbol(genuine("A1"))
    return [Capture("flood:", (Read(f"F{n}", symbol),), "", 0, 0) for n in range(count)]


def is_full(dock: Dock) -> bool:
    """Whether the loop has no room."""
    return len(dock.loop._worker._waiting) >= MAX_WAITING


def test_while_the_latch_waits_for_its_quarantine_to_be_told(held: Held) -> None:
    held.dock.scan(genuine("R1"))
    held.dock.scan(tote(), identifier="]d1")
    held.dock.scan(genuine("A1"))
    assert held.end().crash is None
    told = held.dock.told
    if held.fault is None:
        assert [entry.identity and entry.identity.serial for entry in told.verdicts] == ["R1", "A1"]
        assert held.dock.memory.standing() == ()
    else:
        # No quarantine, no latch: the tote's label is judged as any other symbol is.
        assert (len(told.verdicts), len(told.failures)) == (0, 3)
        assert held.dock.memory.standing() == ()


def test_while_an_act_waits_for_the_journal(held: Held) -> None:
    held.dock.scan(genuine("A1"))
    held.dock.ask(ActKind.UNDO, f"{1:026}", why="it fell off the belt")
    assert held.end().crash is None
    (answer,) = held.dock.told.answers
    assert answer.done is (held.fault is None)


def test_while_a_source_waits_for_room_in_the_full_queues(held: Held) -> None:
    source = ScriptedSource(flood(FLOOD), name="flood:")
    assert held.end(source, waits=is_full).crash is None
    told = held.dock.told
    assert len(told.verdicts) + len(told.failures) == FLOOD
    assert bool(told.verdicts) is (held.fault is None)


def test_while_a_pin_is_being_checked() -> None:
    """Whoever checks it finds the loop gone; nobody waits for anybody."""
    dock = Dock(registry())
    engine = dock.engine()
    asked, ended = threading.Event(), threading.Event()
    refused: list[WorkerEndedError] = []

    class Slow(FakeIdentification):
        def identify(self, name: str, pin: str) -> Actor:
            asked.set()
            assert ended.wait(DEADLINE_S)
            return super().identify(name, pin)

    people = Slow()
    people.enrol(Operator("SVEN", Role.SUPERVISOR), "4711")
    signed_in = SignedIn(Actor("SVEN", Role.SUPERVISOR), badge=1, number=1)
    engine._pins = PinDesk(people, lambda: signed_in, dock.loop.submit, dock.told, dock.clock)

    def give() -> None:
        try:
            engine.submit(GivePin("4711"))
        except WorkerEndedError as error:
            refused.append(error)

    engine.start()
    giving = threading.Thread(target=give)
    giving.start()
    assert asked.wait(DEADLINE_S)
    engine.stop()
    assert engine.wait(until_sources_end=False).crash is None
    ended.set()
    giving.join(DEADLINE_S)
    assert len(refused) == 1
