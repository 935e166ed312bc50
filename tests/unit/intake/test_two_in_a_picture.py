"""One code at two places of a picture: two items lie there, and each is dealt with."""

import pytest

from station.core.acts import ActEntry, ActKind
from station.core.operators import Actor
from station.core.reasons import Reason, VerdictClass
from station.core.registry import UnitState
from station.intake.presentations import SCANNER_WINDOW_NS
from tests.fakes.intake import (
    OPERATOR,
    SECOND_NS,
    SUPERVISOR,
    WITNESS,
    Dock,
    at,
    forged,
    genuine,
    identity,
    registry,
    tote,
)
from tests.fakes.replacing import replace

AGAIN_S = SCANNER_WINDOW_NS / SECOND_NS + 0.001


def test_one_code_at_two_places_quarantines_both() -> None:
    dock = Dock(registry("A1"))
    dock.picture(at(genuine("A1"), 0), at(genuine("A1"), 300), name="1")
    assert dock.run() == [(VerdictClass.QUARANTINE, Reason.CODE_TWICE_IN_FRAME)] * 2
    assert dock.store.claims[identity("A1")].state is UnitState.QUARANTINED


def test_each_of_two_in_one_picture_is_an_item_and_none_is_to_be_fetched() -> None:
    dock = Dock(registry("A1"))
    dock.picture(at(genuine("A1"), 0), at(genuine("A1"), 300), name="1")
    dock.run()
    assert [one.scan_id for one in dock.store.open_items("", 9)] == [
        entry.scan_id for entry in dock.told.verdicts
    ]
    assert dock.store.open_tasks("", 9) == ()


def test_seen_again_and_again_they_are_as_many_items_as_ever_were_seen_at_once() -> None:
    dock = Dock(registry("A1"))
    one, other, third = (at(genuine("A1"), x) for x in (0, 300, 600))
    for shown in ((one,), (one, other), (other, one), (other,), (one, other), (third, one, other)):
        dock.capture(list(shown), source="camera", presentation="track 1")
    dock.run()
    items = dock.store.open_items("", 9)
    assert [one.reason for one in items] == [Reason.CODE_TWICE_IN_FRAME] * 3
    assert dock.store.open_tasks("", 9) == ()


def test_two_in_a_picture_of_a_unit_that_was_received_before_leave_a_third_to_fetch() -> None:
    dock = Dock(registry("A1"))
    dock.scan(genuine("A1"))
    dock.wait(AGAIN_S)
    dock.picture(at(genuine("A1"), 0), at(genuine("A1"), 300), name="1")
    dock.run()
    assert len(dock.store.open_items("", 9)) == 2
    (task,) = dock.store.open_tasks("", 9)
    assert task.place == "dock-1"


def test_two_forgeries_in_a_picture_are_two_items() -> None:
    dock = Dock(registry("A1"))
    dock.picture(at(forged("A1"), 0), at(forged("A1"), 300), name="1")
    dock.run()
    assert [one.of_unit for one in dock.store.open_items("", 9)] == [False, False]


def test_a_tote_holds_all_that_were_quarantined_together() -> None:
    dock = Dock(registry("A1"), latches=True)
    dock.picture(at(genuine("A1"), 0), at(genuine("A1"), 300), name="1")
    dock.wait(AGAIN_S)
    dock.scan(tote("Q7"), identifier="]d1")
    dock.run()
    assert [one.tote for one in dock.store.open_items("", 9)] == ["Q7", "Q7"]
    assert not dock.told.latches[-1].latched
    put_away = [one for one in dock.store.entries if isinstance(one, ActEntry)]
    assert [one.about for one in put_away] == [one.scan_id for one in dock.told.verdicts]
    assert len({one.scan_id for one in put_away}) == 2


class TestTwoInOnePicture:
    """Each of the two physical items is dealt with; the unit moves with the last."""

    def dock(self) -> tuple[Dock, str, str]:
        dock = Dock(registry("A1"))
        dock.picture(at(genuine("A1"), 0), at(genuine("A1"), 300), name="1")
        dock.run()
        first, second = (entry.scan_id for entry in dock.told.verdicts)
        return dock, first, second

    def done(self, dock: Dock, kind: ActKind, about: str, by: Actor = SUPERVISOR) -> bool:
        dock.ask(kind, about, by, why="looked at", reference="B-1", witness=WITNESS)
        dock.run()
        return dock.told.answers[-1].done

    def state(self, dock: Dock) -> UnitState | None:
        standing = dock.store.find(identity("A1"))
        return None if standing is None else standing.state

    @pytest.mark.parametrize("begins_with_second", [False, True])
    def test_one_ends_the_other_still_lies_there(self, begins_with_second: bool) -> None:
        dock, *items = self.dock()
        one, other = reversed(items) if begins_with_second else items
        assert not self.done(dock, ActKind.RELEASE, one), "nobody knows which is the unit"
        assert self.done(dock, ActKind.DESTROY, one)
        assert [item.scan_id for item in dock.store.open_items("", 9)] == [other]
        assert self.state(dock) is UnitState.QUARANTINED
        assert self.done(dock, ActKind.RELEASE, other)
        assert self.state(dock) is UnitState.RECEIVED
        assert dock.store.open_items("", 9) == ()

    def test_both_destroyed_the_unit_is(self) -> None:
        dock, first, second = self.dock()
        assert self.done(dock, ActKind.DESTROY, second)
        assert self.state(dock) is UnitState.QUARANTINED
        assert self.done(dock, ActKind.DESTROY, first)
        assert self.state(dock) is UnitState.DESTROYED

    def test_that_they_are_one_item_only_a_supervisor_says_with_the_pin(self) -> None:
        dock, first, second = self.dock()
        unproven = replace(SUPERVISOR, proven=False)
        for by in (OPERATOR, unproven):
            assert not self.done(dock, ActKind.SAME_UNIT, second, by)
        assert self.done(dock, ActKind.SAME_UNIT, second)
        assert not self.done(dock, ActKind.SAME_UNIT, first), "the last stays"
        assert self.done(dock, ActKind.RELEASE, first)
