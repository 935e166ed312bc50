"""A dock with badges: its people, and what was told and journalled."""

from typing import Final, TypeVar

from station.core.acts import ActEntry, ActKind
from station.core.journal import JournalEntry
from station.core.operators import Operator, Role
from station.core.reading import Capture
from station.core.reasons import Reason, VerdictClass
from station.core.registry import Overlay
from station.core.symbol import Symbol
from station.ports.display import Attendance
from tests.fakes.intake import Dock, FakeRoster, at, genuine, overlaid, registry
from tests.fakes.replacing import replace

ANNA: Final = Operator("ANNA", Role.OPERATOR)
BELA: Final = Operator("BELA", Role.SUPERVISOR)
GONE: Final = Operator("GONE", Role.ADMIN, active=False)
CARL: Final = Operator("CARL", Role.WITNESS)
ACCEPT: Final = (VerdictClass.ACCEPT, Reason.OK)
HELD: Final = (VerdictClass.HOLD, Reason.REPEAT_SAME_STATION)
NO_UNIT: Final = (VerdictClass.RESCAN, Reason.WRONG_SYMBOL)
RECALLED: Final = (VerdictClass.QUARANTINE, Reason.UNIT_RECALLED)
NOBODY: Final = Attendance()

Line = TypeVar("Line", JournalEntry, ActEntry)


def a_dock(*, latches: bool = False, required: bool = False) -> Dock:
    found = registry("A1", "A2", "A3")
    found.unit_records.append(overlaid("R1", Overlay.RECALLED))
    roster = FakeRoster(ANNA, BELA, CARL, GONE)
    return Dock(found, latches=latches, roster=roster, required=required)


def show(dock: Dock, payload: bytes) -> None:
    """A scanner reads a control label."""
    dock.scan(payload, identifier="]d1")


def plain(payload: bytes, x: float) -> Symbol:
    """A Data Matrix that is not GS1's, at a place of a picture."""
    return replace(at(payload, x), symbology_identifier="]d1")


def held_again(dock: Dock) -> str:
    """A unit is received, and held when another scanner sees it; the scan that asks."""
    dock.scan(genuine("A1"))
    dock.scan(genuine("A1"), source="scanner 2")
    [*_, last] = [one for one in dock.arrived if isinstance(one, Capture)]
    return last.reads[0].scan_id


def lines(dock: Dock, kind: type[Line]) -> list[Line]:
    """The journal's lines of one kind."""
    return [line for line in dock.store.entries if isinstance(line, kind)]


def acts(dock: Dock) -> list[tuple[ActKind, str, str]]:
    return [(act.kind, act.operator, act.reason_text) for act in lines(dock, ActEntry)]


def roster(dock: Dock) -> FakeRoster:
    assert dock.roster is not None
    return dock.roster


def again(dock: Dock) -> Dock:
    """The same dock with nobody's ears full."""
    after = Dock(dock.registry, latches=dock.latches, roster=dock.roster)
    after.store, after.memory, after.ids = dock.store, dock.memory, dock.ids
    after.arrived = dock.arrived
    after.clock.ns = dock.clock.ns
    return after
