"""Undo: who may, until when, and that it restores exactly what stood before."""

import pytest

from station.core.acts import ActEntry, ActKind
from station.core.operators import Actor, Role
from station.core.reasons import Reason, VerdictClass
from station.core.registry import Overlay, UnitRecord, UnitState
from tests.fakes.acting import ACCEPT, act, ask, last, lift, recalled, repeated, scan, state
from tests.fakes.intake import OPERATOR, SUPERVISOR, Dock, genuine, identity, overlaid, registry
from tests.fakes.replacing import replace

OTHER = Actor("BERT", Role.OPERATOR)
AT = "2026-01-01T01:{:02}:{:02}.000Z"


def signed_in(dock: Dock, number: int, operator: str = OPERATOR.name) -> str:
    """Give a verdict an operator, as if one had been signed in; its scan id."""
    entry = dock.told.verdicts[number]
    place = dock.store.entries.index(entry)
    dock.store.entries[place] = replace(entry, operator=operator)
    return entry.scan_id


def accepted() -> tuple[Dock, str]:
    dock = Dock(registry("A1"))
    assert scan(dock, genuine("A1")) == ACCEPT
    return dock, signed_in(dock, 0)


class TestWho:
    def test_whoever_did_it_needs_no_reason(self) -> None:
        dock, scanned = accepted()
        act(dock, ActKind.UNDO, scanned, OPERATOR)
        assert dock.store.claims == {}
        assert scan(dock, genuine("A1")) == ACCEPT

    @pytest.mark.parametrize(
        ("minutes", "seconds", "done"), [(0, 0, True), (15, 0, True), (15, 1, False)]
    )
    def test_within_fifteen_minutes(self, minutes: int, seconds: int, done: bool) -> None:
        dock, scanned = accepted()
        dock.clock.utc = AT.format(minutes, seconds)
        assert ask(dock, ActKind.UNDO, scanned, OPERATOR).done is done

    def test_a_clock_that_went_back_is_not_just_now(self) -> None:
        dock, scanned = accepted()
        dock.clock.utc = "2026-01-01T00:59:59.999Z"
        assert not ask(dock, ActKind.UNDO, scanned, OPERATOR).done

    def test_somebody_else_may_not(self) -> None:
        dock, scanned = accepted()
        assert "supervisor" in ask(dock, ActKind.UNDO, scanned, OTHER, why="mistake").remedy
        assert state(dock, "A1") is UnitState.RECEIVED

    def test_a_scan_by_nobody_is_nobodys_own(self) -> None:
        dock = Dock(registry("A1"))
        scan(dock, genuine("A1"))
        nobody = Actor("", Role.OPERATOR)
        assert not ask(dock, ActKind.UNDO, last(dock), nobody, why="mistake").done

    def test_later_a_supervisor_with_a_reason(self) -> None:
        dock, scanned = accepted()
        dock.clock.utc = "2026-03-01T00:00:00.000Z"
        assert "reason" in ask(dock, ActKind.UNDO, scanned).text
        unproven = replace(SUPERVISOR, proven=False)
        assert "PIN" in ask(dock, ActKind.UNDO, scanned, unproven, why="mistake").text
        act(dock, ActKind.UNDO, scanned, why="wrong pallet")
        assert dock.store.claims == {}

    def test_a_quarantine_by_the_station_is_never_an_operators_to_undo(self) -> None:
        dock = recalled()
        scanned = signed_in(dock, 0)
        assert not ask(dock, ActKind.UNDO, scanned, OPERATOR).done
        act(dock, ActKind.UNDO, scanned, why="training label")
        assert dock.store.claims == {}
        assert dock.store.open_items("", 9) == ()


class TestWhat:
    def test_once_the_unit_has_moved_it_is_refused(self) -> None:
        dock, scanned = accepted()
        scan(dock, genuine("A1"))
        act(dock, ActKind.SECOND_UNIT, last(dock), OPERATOR)
        assert "moved since" in ask(dock, ActKind.UNDO, scanned, OPERATOR).text

    def test_a_release_is_taken_back_with_everything_it_changed(self) -> None:
        dock = recalled()
        item = dock.store.items[last(dock)]
        before = dict(dock.store.claims)
        lift(dock)
        done = act(dock, ActKind.RELEASE, item.scan_id)
        act(dock, ActKind.UNDO, done)
        assert dock.store.claims == before
        assert dock.store.open_items("", 9) == (item,)

    def test_a_second_unit_is_taken_back_with_its_task(self) -> None:
        dock = repeated()
        item, before = dock.store.items[last(dock)], dict(dock.store.claims)
        done = act(dock, ActKind.SECOND_UNIT, item.scan_id, OPERATOR)
        act(dock, ActKind.UNDO, done, OPERATOR)
        assert dock.store.claims == before
        assert dock.store.open_items("", 9) == (item,)
        assert dock.store.open_tasks("", 9) == ()

    def test_but_not_once_the_earlier_unit_was_fetched(self) -> None:
        dock = repeated()
        done = act(dock, ActKind.SECOND_UNIT, last(dock), OPERATOR)
        act(dock, ActKind.FETCHED, done, OPERATOR)
        assert "moved since" in ask(dock, ActKind.UNDO, done, OPERATOR).text

    def test_an_undo_is_not_undone(self) -> None:
        dock, scanned = accepted()
        done = act(dock, ActKind.UNDO, scanned, OPERATOR)
        assert "an undo is not undone" in ask(dock, ActKind.UNDO, done, OPERATOR).text
        assert "moved since" in ask(dock, ActKind.UNDO, scanned, OPERATOR).text

    def test_an_answer_that_moved_nothing_is_taken_back_once(self) -> None:
        dock = repeated()
        item = dock.store.items[last(dock)]
        done = act(dock, ActKind.SAME_UNIT, item.scan_id, OPERATOR)
        act(dock, ActKind.UNDO, done, OPERATOR)
        assert dock.store.open_items("", 9) == (item,)
        assert "moved since" in ask(dock, ActKind.UNDO, done, OPERATOR).text
        act(dock, ActKind.SAME_UNIT, item.scan_id, OPERATOR)
        assert "moved since" in ask(dock, ActKind.UNDO, done, OPERATOR).text

    def test_what_is_older_can_be_undone_in_its_turn(self) -> None:
        dock, scanned = accepted()
        scan(dock, genuine("A1"))
        second = act(dock, ActKind.SECOND_UNIT, last(dock), OPERATOR)
        act(dock, ActKind.UNDO, second, OPERATOR)
        act(dock, ActKind.UNDO, scanned, OPERATOR)
        assert dock.store.claims == {}

    def test_a_return_received_and_undone_is_away_again(self) -> None:
        dock = recalled()
        act(dock, ActKind.RETURN_TO_SELLER, last(dock))
        before = dict(dock.store.claims)
        lift(dock)
        scan(dock, genuine("R1"))
        act(dock, ActKind.UNDO, signed_in(dock, -1), OPERATOR)
        assert dock.store.claims == before

    @pytest.mark.parametrize("kind", ["rescan", "nothing", "fetched"])
    def test_what_changed_nothing_cannot_be_undone(self, kind: str) -> None:
        dock = repeated()
        if kind == "nothing":
            about = "no such scan"
        elif kind == "rescan":
            dock.scan(b"\x01")
            dock.run()
            about = last(dock)
        else:
            task = act(dock, ActKind.SECOND_UNIT, last(dock), OPERATOR)
            about = act(dock, ActKind.FETCHED, task, OPERATOR)
        assert not ask(dock, ActKind.UNDO, about, why="mistake").done

    def test_nothing_is_deleted(self) -> None:
        dock, scanned = accepted()
        act(dock, ActKind.UNDO, scanned, OPERATOR)
        entry, undo = dock.store.entries
        assert isinstance(undo, ActEntry)
        assert (undo.about, undo.identity) == (entry.scan_id, identity("A1"))
        assert undo.before is not None
        assert undo.after is None


def test_an_overlay_lifted_restores_the_truth() -> None:
    """It is laid over the state: what the unit was under it, it is again."""
    dock = Dock(registry("A1"))
    dock.registry.unit_records[0] = overlaid("A1", Overlay.BLOCKED)
    assert scan(dock, genuine("A1"))[1] is Reason.UNIT_BLOCKED
    item = last(dock)
    dock.registry.unit_records[0] = UnitRecord(1, "A1", UnitState.ACTIVE)
    act(dock, ActKind.RELEASE, item)
    assert dock.store.claims[identity("A1")].verdict_class is VerdictClass.ACCEPT
