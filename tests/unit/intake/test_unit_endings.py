"""Units that end, and units that come back: stories of a dock."""

import pytest

from station.core.act_request import NOT_FOUND
from station.core.acts import ActEntry, ActKind
from station.core.reasons import Reason, VerdictClass
from station.core.registry import Overlay, UnitRecord, UnitState
from tests.fakes.acting import ACCEPT, REPEAT, RETURNED, act, ask, last, lift, recalled, scan, state
from tests.fakes.intake import (
    GTIN,
    OPERATOR,
    WITNESS,
    Dock,
    forged,
    genuine,
    identity,
    overlaid,
    registry,
)


class TestFinalStates:
    def test_a_destroyed_unit_stays_destroyed(self) -> None:
        dock = recalled()
        item = last(dock)
        done = act(dock, ActKind.DESTROY, item, witness=WITNESS)
        assert state(dock, "R1") is UnitState.DESTROYED
        assert "final" in ask(dock, ActKind.UNDO, done, why="x").text
        lift(dock)
        assert scan(dock, genuine("R1")) == (VerdictClass.QUARANTINE, Reason.UNIT_DESTROYED)
        assert state(dock, "R1") is UnitState.DESTROYED
        assert "DESTROYED" in ask(dock, ActKind.RELEASE, last(dock)).text

    def test_a_confirmed_counterfeit_is_called_so_ever_after(self) -> None:
        dock = recalled()
        act(dock, ActKind.CONFIRM_COUNTERFEIT, last(dock), reference="B-1")
        lift(dock)
        assert scan(dock, genuine("R1")) == (VerdictClass.QUARANTINE, Reason.UNIT_COUNTERFEIT)
        assert not ask(dock, ActKind.RELEASE, last(dock)).done
        relabelled = ask(dock, ActKind.RELABEL, last(dock), new_label=genuine("A2"))
        assert "keeps its code" in relabelled.text
        assert "needs the brand's" in ask(dock, ActKind.CONFIRM_COUNTERFEIT, last(dock)).text

    def test_a_relabelled_unit_is_replaced_and_linked_both_ways(self) -> None:
        dock = recalled()
        item = last(dock)
        assert "UNIT_RECALLED" in ask(dock, ActKind.RELABEL, item, new_label=genuine("A2")).text
        lift(dock)
        done = act(dock, ActKind.RELABEL, item, new_label=genuine("A2"))
        old, new = (dock.store.claims[identity(serial)] for serial in ("R1", "A2"))
        assert (old.state, new.state) == (UnitState.REPLACED, UnitState.RECEIVED)
        assert old.scan_id == new.scan_id == done
        entry = dock.store.line(done)
        assert isinstance(entry, ActEntry)
        assert (entry.identity, entry.replaced_by) == (identity("R1"), identity("A2"))
        assert scan(dock, genuine("R1")) == (VerdictClass.QUARANTINE, Reason.UNIT_REPLACED)
        assert scan(dock, genuine("A2")) == REPEAT
        assert "final" in ask(dock, ActKind.UNDO, done, why="x").text

    @pytest.mark.parametrize(
        ("label", "says"),
        [
            (forged("A2"), "proves no unit"),
            (b"", "proves no unit"),
            (genuine("A1"), "not free"),
            (genuine("R1"), "not free"),
            (genuine("R2"), "not free"),
        ],
        ids=["forged", "none", "received", "itself", "recalled"],
    )
    def test_a_label_that_cannot_take_its_place(self, label: bytes, says: str) -> None:
        dock = Dock(registry("A1", "A2"))
        dock.registry.unit_records += [
            overlaid("R1", Overlay.RECALLED),
            overlaid("R2", Overlay.STOLEN),
        ]
        scan(dock, genuine("A1"))
        scan(dock, genuine("R1"))
        dock.registry.unit_records[-2] = UnitRecord(1, "R1", UnitState.ACTIVE)
        refusal = ask(dock, ActKind.RELABEL, last(dock), new_label=label)
        assert says in refusal.text
        assert state(dock, "R1") is UnitState.QUARANTINED

    def test_a_declared_item_gets_a_code_of_its_product(self) -> None:
        dock = Dock(registry("A2"))
        dock.declare(Reason.UNREADABLE, "09506000134369")
        dock.declare(Reason.NO_CODE, GTIN)
        dock.run()
        wrong, right = (entry.scan_id for entry in dock.told.verdicts)
        refusal = ask(dock, ActKind.RELABEL, wrong, new_label=genuine("A2"))
        assert "same product" in refusal.remedy
        act(dock, ActKind.RELABEL, right, new_label=genuine("A2"))
        assert state(dock, "A2") is UnitState.RECEIVED


class TestReturns:
    def test_a_unit_given_back_to_its_seller_may_come_in_again(self) -> None:
        dock = recalled()
        act(dock, ActKind.RETURN_TO_SELLER, last(dock))
        assert state(dock, "R1") is UnitState.RETURNED_TO_SELLER
        lift(dock)
        assert scan(dock, genuine("R1")) == RETURNED
        assert state(dock, "R1") is UnitState.RECEIVED
        assert scan(dock, genuine("R1")) == REPEAT

    def test_a_unit_the_registry_knows_as_returned_is_received_once_more(self) -> None:
        dock = Dock(registry("A1"))
        assert scan(dock, genuine("A1")) == ACCEPT
        dock.registry.unit_records[0] = UnitRecord(1, "A1", UnitState.RETURNED)
        assert scan(dock, genuine("A1")) == RETURNED
        assert scan(dock, genuine("A1")) == REPEAT
        assert state(dock, "A1") is UnitState.RECEIVED

    def test_a_released_copy_does_not_use_the_return_again(self) -> None:
        dock = Dock(registry("A1"))
        dock.registry.unit_records[0] = UnitRecord(1, "A1", UnitState.RETURNED)
        assert scan(dock, genuine("A1")) == RETURNED
        assert scan(dock, genuine("A1")) == REPEAT
        item = last(dock)
        task = act(dock, ActKind.SECOND_UNIT, item, OPERATOR)
        act(dock, ActKind.FETCHED, task, OPERATOR, reference=NOT_FOUND)
        act(dock, ActKind.RELEASE, item)
        assert scan(dock, genuine("A1")) == REPEAT
