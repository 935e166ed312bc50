"""Codes seen twice, here or elsewhere: what is asked, and what becomes of both units."""

from station.core.act_request import NOT_FOUND
from station.core.acts import ActKind
from station.core.changes import changes_of
from station.core.reasons import Reason, VerdictClass
from station.core.registry import UnitRecord, UnitState
from tests.fakes.acting import (
    act,
    ask,
    last,
    lift,
    open_items,
    recalled,
    repeated,
    scan,
    scan_until_quarantined,
    state,
)
from tests.fakes.intake import OPERATOR, WITNESS, Dock, at, forged, genuine, identity, registry
from tests.fakes.replacing import replace


class TestRepeats:
    def test_the_same_unit_changes_nothing(self) -> None:
        dock = repeated()
        before = dict(dock.store.claims)
        act(dock, ActKind.SAME_UNIT, last(dock), OPERATOR)
        assert dock.store.claims == before
        assert open_items(dock) == ()

    def test_of_a_second_unit_both_are_suspect_and_the_earlier_is_fetched(self) -> None:
        dock = repeated()
        first, item = dock.told.verdicts[0].scan_id, last(dock)
        act(dock, ActKind.SECOND_UNIT, item, OPERATOR)
        standing = dock.store.claims[identity("A1")]
        assert (standing.state, standing.previous) == (UnitState.QUARANTINED, UnitState.RECEIVED)
        (task,) = dock.store.open_tasks("", 9)
        assert (task.place, task.earlier) == ("dock-1", first)
        assert dock.store.items[item].verdict_class is VerdictClass.QUARANTINE
        assert scan(dock, genuine("A1")) == (VerdictClass.QUARANTINE, Reason.UNIT_QUARANTINED)

    def test_before_the_answer_nothing_else_is_done(self) -> None:
        dock = repeated()
        item = last(dock)
        for kind in (ActKind.RELEASE, ActKind.RETURN_TO_SELLER, ActKind.QUARANTINE):
            refusal = ask(dock, kind, item, reference="Q1")
            assert "same one or a second" in refusal.text
        assert state(dock, "A1") is UnitState.RECEIVED

    def test_one_of_two_is_released_only_when_the_other_is_settled(self) -> None:
        dock = repeated()
        item = last(dock)
        task = act(dock, ActKind.SECOND_UNIT, item, OPERATOR)
        assert task in ask(dock, ActKind.RELEASE, item).text
        earlier = act(dock, ActKind.FETCHED, task, OPERATOR)
        assert {one.scan_id for one in open_items(dock)} == {item, earlier}
        assert earlier in ask(dock, ActKind.RELEASE, item).text
        act(dock, ActKind.DESTROY, item, witness=WITNESS)
        assert state(dock, "A1") is UnitState.QUARANTINED, "the copy alone was destroyed"
        act(dock, ActKind.RELEASE, earlier)
        assert state(dock, "A1") is UnitState.RECEIVED
        assert open_items(dock) == ()

    def test_none_gets_another_code_before_both_can_be_looked_at(self) -> None:
        dock = repeated()
        dock.registry.unit_records.append(UnitRecord(1, "A3", UnitState.ACTIVE))
        second = last(dock)
        task = act(dock, ActKind.SECOND_UNIT, second, OPERATOR)
        refusal = ask(dock, ActKind.RELABEL, second, new_label=genuine("A2"))
        assert "still to be fetched" in refusal.text
        assert state(dock, "A2") is None
        earlier = act(dock, ActKind.FETCHED, task, OPERATOR)
        act(dock, ActKind.RELABEL, second, new_label=genuine("A2"))
        assert "relabel it" in ask(dock, ActKind.RELEASE, earlier).remedy
        act(dock, ActKind.RELABEL, earlier, new_label=genuine("A3"))
        assert open_items(dock) == (), "a code printed twice: both went in under codes of their own"

    def test_with_the_last_of_them_the_unit_itself_ends(self) -> None:
        dock = repeated()
        item = last(dock)
        task = act(dock, ActKind.SECOND_UNIT, item, OPERATOR)
        act(dock, ActKind.FETCHED, task, OPERATOR, reference=NOT_FOUND)
        assert [one.scan_id for one in open_items(dock)] == [item]
        act(dock, ActKind.CONFIRM_COUNTERFEIT, item, reference="B-1")
        assert state(dock, "A1") is UnitState.COUNTERFEIT

    def test_a_task_is_closed_once(self) -> None:
        dock = repeated()
        task = act(dock, ActKind.SECOND_UNIT, last(dock), OPERATOR)
        act(dock, ActKind.FETCHED, task, OPERATOR)
        assert "was closed by" in ask(dock, ActKind.FETCHED, task, OPERATOR).text
        assert "no fetch task" in ask(dock, ActKind.FETCHED, "nothing", OPERATOR).text

    def test_an_answer_needs_a_question(self) -> None:
        dock = recalled()
        assert "received here" in ask(dock, ActKind.SECOND_UNIT, last(dock), OPERATOR).text
        dock.declare(Reason.DAMAGED)
        dock.run()
        assert "no unit of this code" in ask(dock, ActKind.SAME_UNIT, last(dock), OPERATOR).text

    def test_a_quarantined_unit_scanned_again_is_the_same_unit(self) -> None:
        dock = recalled()
        first = last(dock)
        lift(dock)
        assert scan(dock, genuine("R1"))[1] is Reason.UNIT_QUARANTINED
        again = last(dock)
        assert again in ask(dock, ActKind.RELEASE, first).text
        act(dock, ActKind.SAME_UNIT, again, OPERATOR)
        act(dock, ActKind.RELEASE, first)
        assert state(dock, "R1") is UnitState.RECEIVED

    def test_the_last_item_of_a_quarantined_unit_is_not_answered_away(self) -> None:
        dock = recalled()
        refusal = ask(dock, ActKind.SAME_UNIT, last(dock), OPERATOR)
        assert not refusal.done
        assert [one.scan_id for one in open_items(dock)] == [last(dock)]

    def test_a_destroyed_unit_is_not_in_anybodys_hand(self) -> None:
        dock = recalled()
        act(dock, ActKind.DESTROY, last(dock), witness=WITNESS)
        lift(dock)
        assert scan(dock, genuine("R1")) == (VerdictClass.QUARANTINE, Reason.UNIT_DESTROYED)
        assert not ask(dock, ActKind.SAME_UNIT, last(dock), OPERATOR).done
        assert len(open_items(dock)) == 1

    def test_a_held_unit_scanned_again_is_the_same_unit(self) -> None:
        dock = Dock(registry("A1"))
        no_date = UnitRecord(1, "N1", UnitState.ACTIVE, expiry="999999")
        dock.registry.unit_records.append(no_date)
        held = (VerdictClass.HOLD, Reason.DATA_MISMATCH)
        assert scan(dock, genuine("N1")) == held
        first = last(dock)
        assert scan(dock, genuine("N1")) == held
        again = last(dock)
        refusal = ask(dock, ActKind.RELEASE, first)
        assert again in refusal.text
        assert "answer SCAN same" in refusal.remedy
        act(dock, ActKind.SAME_UNIT, again, OPERATOR)
        assert not ask(dock, ActKind.SAME_UNIT, first, OPERATOR).done, "one of them stays"
        act(dock, ActKind.RELEASE, first)
        assert state(dock, "N1") is UnitState.RECEIVED


class TestDuplicates:
    def test_a_unit_received_elsewhere_names_where_the_earlier_lies(self) -> None:
        dock = Dock(registry())
        dock.registry.unit_records.append(UnitRecord(1, "E1", UnitState.RECEIVED, place="dock-7"))
        scan(dock, genuine("E1"))
        (task,) = dock.store.open_tasks("", 9)
        assert (task.place, task.reason) == ("dock-7", Reason.DUPLICATE_OTHER_STATION)
        scan(dock, genuine("E1"))
        assert len(dock.store.open_tasks("", 9)) == 1, "it is looked for once"

    def test_nobody_releases_it_before_the_earlier_was_looked_for(self) -> None:
        dock = Dock(registry())
        dock.registry.unit_records.append(UnitRecord(1, "E1", UnitState.SHIPPED, place="dock-7"))
        scan(dock, genuine("E1"))
        item = last(dock)
        assert "to be fetched" in ask(dock, ActKind.RELEASE, item).text
        act(dock, ActKind.FETCHED, item, OPERATOR, reference=NOT_FOUND)
        act(dock, ActKind.RELEASE, item)
        assert state(dock, "E1") is UnitState.RECEIVED

    def test_a_code_at_two_places_of_one_picture(self) -> None:
        dock = Dock(registry("A1"))
        dock.picture(at(genuine("A1"), 0), at(genuine("A1"), 900), name="p1")
        dock.run()
        assert len(open_items(dock)) == 2
        assert dock.store.open_tasks("", 9) == ()

    def test_lines_of_before_each_place_was_an_item_say_what_they_said(self) -> None:
        dock = Dock(registry("A1"))
        dock.picture(at(genuine("A1"), 0), at(genuine("A1"), 900), name="p1")
        dock.run()
        first, second = (
            replace(entry, facts=replace(entry.facts, place_in_frame=0, presented_class=before))
            for entry, before in zip(
                dock.told.verdicts, (None, VerdictClass.QUARANTINE), strict=True
            )
        )
        task = changes_of(first).task
        assert task is not None
        assert task.after.reason is Reason.CODE_TWICE_IN_FRAME
        assert "beside it" in task.after.place
        assert changes_of(first).item is not None
        assert changes_of(second).item is None

    def test_a_forged_code_sends_nobody_to_look(self) -> None:
        dock = Dock(registry())
        dock.registry.unit_records.append(UnitRecord(1, "E1", UnitState.RECEIVED, place="dock-7"))
        scan_until_quarantined(dock, forged("E1"))
        assert dock.store.open_tasks("", 9) == ()
