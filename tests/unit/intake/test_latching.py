"""A quarantine holds the dock until its tote is scanned, by the loop with everything behind it."""

import threading
from collections.abc import Callable, Sequence

import pytest

from station.core.errors import StorageError
from station.core.journal import Entry
from station.core.reasons import Reason, VerdictClass
from station.core.registry import Overlay
from station.core.symbol import Symbol, SymbolFormat
from tests.fakes.intake import (
    FORGER,
    Dock,
    at,
    forged,
    genuine,
    overlaid,
    registry,
    tote,
)

ACCEPT = (VerdictClass.ACCEPT, Reason.OK)
HOLD_REPEAT = (VerdictClass.HOLD, Reason.REPEAT_SAME_STATION)


def latched_dock() -> Dock:
    dock = Dock(registry("A1", "A2"), latches=True)
    dock.registry.unit_records.append(overlaid("S1", Overlay.STOLEN))
    dock.scan(genuine("S1"))
    return dock


def test_a_quarantine_latches_until_the_tote_is_scanned() -> None:
    dock = latched_dock()
    dock.scan(genuine("A1"))
    dock.declare(Reason.NO_CODE)
    dock.scan(tote("Q1"), identifier="]d1")
    dock.scan(genuine("A1"))
    assert dock.run() == [(VerdictClass.QUARANTINE, Reason.UNIT_STOLEN), ACCEPT]
    assert [(state.latched, state.refused) for state in dock.told.latches] == [
        (True, 1),
        (True, 2),
        (False, 2),
    ]
    assert dock.told.latches[-1].tote == "Q1"
    assert dock.told.latches[-1].scan_id == dock.told.verdicts[0].scan_id


def test_a_restart_is_no_acknowledgement() -> None:
    dock = latched_dock()
    dock.run()
    (quarantine,) = dock.told.verdicts
    dock.scan(genuine("A1"))
    assert len(dock.run()) == 1, "a new engine on the same site refuses the next unit"
    assert [(state.scan_id, state.refused) for state in dock.told.latches] == [
        (quarantine.scan_id, 0),
        (quarantine.scan_id, 1),
    ]
    dock.scan(tote("Q1"), identifier="]d1")
    dock.scan(genuine("A1"))
    assert dock.run()[-1] == ACCEPT
    assert dock.memory.standing() == ()


def test_a_tote_label_of_another_site_does_not_release() -> None:
    dock = latched_dock()
    dock.scan(tote("Q1", FORGER), identifier="]d1")
    dock.run()
    assert [state.latched for state in dock.told.latches] == [True]


def test_a_tote_label_beside_anything_else_does_not_release() -> None:
    dock = latched_dock()
    label = Symbol(tote(), "]d1", SymbolFormat.DATA_MATRIX)
    dock.capture([at(genuine("A1"), 0), label], source="camera", presentation="1")
    dock.capture([label], source="camera", presentation="2", others_in_view=1)
    dock.run()
    assert [state.latched for state in dock.told.latches] == [True, True]


def test_what_is_read_while_latched_still_lies_between_two_units() -> None:
    dock = Dock(registry("A1"), latches=True)
    dock.registry.unit_records.append(overlaid("S1", Overlay.STOLEN))
    dock.scan(genuine("A1"))
    dock.scan(genuine("S1"), source="camera")
    dock.scan(tote(), identifier="]d1")
    dock.scan(genuine("A1"))
    assert dock.run() == [ACCEPT, (VerdictClass.QUARANTINE, Reason.UNIT_STOLEN), HOLD_REPEAT]


def test_a_tote_label_without_a_quarantine_is_a_wrong_symbol() -> None:
    dock = Dock(registry(), latches=True)
    dock.scan(tote(), identifier="]d1")
    assert dock.run() == [(VerdictClass.RESCAN, Reason.WRONG_SYMBOL)]


def test_a_rescan_and_a_hold_do_not_latch() -> None:
    dock = Dock(registry("A1"), latches=True)
    dock.scan(forged("A2"))
    dock.scan(genuine("A1", key_id=9))
    dock.scan(genuine("A1"))
    assert dock.run()[-1] == ACCEPT
    assert not dock.told.latches


class OneByOne:
    """Presents items at a dock one by one, each when the last one's fate is known."""

    def __init__(self, dock: Dock) -> None:
        self.dock = dock
        self.engine = dock.engine()
        self.changed = threading.Condition()
        told = dock.told
        for name in ("durable", "failed", "latched"):
            setattr(told, name, self._noticed(getattr(told, name)))

    def _noticed(self, tell: Callable[..., None]) -> Callable[..., None]:
        def noticed(*args: object) -> None:
            with self.changed:
                tell(*args)
                self.changed.notify_all()

        return noticed

    def read(self, payload: bytes, told: int) -> None:
        """Present one item and wait until so many things were told in all."""
        self.dock.scan(payload)
        self.engine.submit(self.dock.arrived.pop())
        outcomes = self.dock.told
        with self.changed:
            done = self.changed.wait_for(
                lambda: (
                    len(outcomes.verdicts) + len(outcomes.failures) + len(outcomes.latches) >= told
                ),
                60.0,
            )
        assert done


def test_a_quarantine_that_could_not_be_journalled_does_not_latch_the_dock() -> None:
    """Else the unit would be put into the tote without an entry."""
    dock = Dock(registry("A1"), latches=True)
    dock.registry.unit_records.append(overlaid("R1", Overlay.RECALLED))
    at_dock = OneByOne(dock)
    commit = dock.store.commit

    def full(entries: object) -> None:
        dock.store.commit = commit  # type: ignore[method-assign]
        raise StorageError("the disk is full", "free some space")

    dock.store.commit = full  # type: ignore[method-assign]
    at_dock.engine.start()
    at_dock.read(genuine("R1"), 1)
    assert [entry.verdict.verdict_class for entry, _ in dock.told.failures] == [
        VerdictClass.QUARANTINE
    ]
    at_dock.read(genuine("R1"), 3)
    at_dock.read(genuine("A1"), 4)
    at_dock.engine.stop()
    assert at_dock.engine.wait().crash is None
    assert [entry.verdict.reason for entry in dock.told.verdicts] == [Reason.UNIT_RECALLED]
    assert [state.latched for state in dock.told.latches] == [False, True]


@pytest.mark.parametrize("fault", [None, StorageError("the disk is full", "free some space")])
def test_a_tote_label_is_not_answered_before_the_quarantine_was_told(
    fault: StorageError | None,
) -> None:
    """Else a slow disk would have the screen hold a quarantine that the dock has let go."""
    dock = Dock(registry("A1"), latches=True)
    dock.registry.unit_records.append(overlaid("R1", Overlay.RECALLED))
    answered = threading.Event()
    order: list[str] = []
    commit, told = dock.store.commit, dock.told

    def slow(entries: Sequence[Entry]) -> None:
        dock.store.commit = commit  # type: ignore[method-assign]
        answered.wait(0.2)
        if fault is not None:
            raise fault
        commit(entries)

    def note(name: str, what: str, tell: Callable[..., None]) -> None:
        def noted(*args: object) -> None:
            order.append(what)
            answered.set()
            tell(*args)

        setattr(told, name, noted)

    dock.store.commit = slow  # type: ignore[method-assign]
    note("durable", "verdict", told.durable)
    note("failed", "STOP", told.failed)
    note("latched", "latch", told.latched)
    dock.scan(genuine("R1"))
    dock.scan(tote(), identifier="]d1")
    dock.scan(genuine("A1"))
    dock.run()
    if fault is None:
        assert order == ["verdict", "latch", "verdict"]
        assert [state.tote for state in told.latches] == ["Q1"]
    else:
        assert order == ["STOP", "latch", "verdict", "verdict"]
        assert [state.tote for state in told.latches] == [""]
    assert [state.latched for state in told.latches] == [False]
