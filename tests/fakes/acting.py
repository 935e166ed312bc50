"""A dock at which people act on items, and what became of it; through the real loop."""

from station.core.acts import ActKind
from station.core.operators import Actor, Role
from station.core.reasons import Reason, VerdictClass
from station.core.registry import Overlay, UnitRecord, UnitState
from station.core.review import ReviewItem
from station.ports.display import ActAnswer
from tests.fakes.intake import SUPERVISOR, Dock, genuine, identity, overlaid, registry

ACCEPT = (VerdictClass.ACCEPT, Reason.OK)
REPEAT = (VerdictClass.HOLD, Reason.REPEAT_SAME_STATION)
RETURNED = (VerdictClass.ACCEPT_NOTE, Reason.RETURN_EXPECTED)


def scan(dock: Dock, payload: bytes) -> tuple[VerdictClass, Reason]:
    """The verdict of a presentation of its own."""
    dock.wait(10)
    dock.scan(payload)
    return dock.run()[-1]


def last(dock: Dock) -> str:
    return dock.told.verdicts[-1].scan_id


def act(dock: Dock, kind: ActKind, about: str, actor: Actor = SUPERVISOR, **more: object) -> str:
    """Do it; the act's id."""
    answered = ask(dock, kind, about, actor, **more)
    assert answered.done, answered
    return answered.scan_id


def ask(
    dock: Dock, kind: ActKind, about: str, actor: Actor = SUPERVISOR, **more: object
) -> ActAnswer:
    if kind is not ActKind.UNDO and actor.role >= Role.SUPERVISOR:
        more = {"why": "looked at it", **more}
    dock.ask(kind, about, actor, **more)  # type: ignore[arg-type]
    dock.run()
    return dock.told.answers[-1]


def state(dock: Dock, serial: str) -> UnitState | None:
    standing = dock.store.claims.get(identity(serial))
    return None if standing is None else standing.state


def open_items(dock: Dock) -> tuple[ReviewItem, ...]:
    return dock.store.open_items("", 99)


def recalled() -> Dock:
    """A dock at which a recalled unit was quarantined."""
    dock = Dock(registry("A1", "A2", "A3"))
    dock.registry.unit_records.append(overlaid("R1", Overlay.RECALLED))
    assert scan(dock, genuine("R1")) == (VerdictClass.QUARANTINE, Reason.UNIT_RECALLED)
    return dock


def lift(dock: Dock) -> None:
    """The publisher takes the recall back."""
    dock.registry.unit_records[-1] = UnitRecord(1, "R1", UnitState.ACTIVE)


def repeated() -> Dock:
    """A dock at which a received unit's code was presented a second time."""
    dock = Dock(registry("A1", "A2"))
    assert scan(dock, genuine("A1")) == ACCEPT
    assert scan(dock, genuine("A1")) == REPEAT
    return dock


def scan_until_quarantined(dock: Dock, payload: bytes) -> str:
    """Present it as often as it takes, within one run: a second read is remembered no longer."""
    for _ in range(2):
        dock.wait(10)
        dock.scan(payload)
    dock.run()
    assert dock.told.verdicts[-1].verdict.verdict_class is VerdictClass.QUARANTINE
    return last(dock)
