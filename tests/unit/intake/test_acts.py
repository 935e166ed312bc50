"""What people do with held and quarantined items, through the real loop: stories of a dock."""

import pytest

from station.core.act_request import NOT_FOUND
from station.core.acts import ActEntry, ActKind
from station.core.errors import StorageError
from station.core.operators import Actor, Role
from station.core.reasons import Reason, VerdictClass
from station.core.registry import KeyRecord, KeyState, Overlay, UnitRecord, UnitState
from station.core.review import ReviewItem
from station.ports.display import ActAnswer
from tests.fakes.intake import (
    GTIN,
    OPERATOR,
    SUPERVISOR,
    WITNESS,
    Dock,
    at,
    forged,
    genuine,
    identity,
    overlaid,
    registry,
    tote,
)
from tests.fakes.replacing import replace

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


class TestRelease:
    def test_of_a_unit_that_had_no_standing_counts_it_as_received(self) -> None:
        dock = recalled()
        item = last(dock)
        lift(dock)
        act(dock, ActKind.RELEASE, item)
        assert state(dock, "R1") is UnitState.RECEIVED
        assert open_items(dock) == ()
        assert scan(dock, genuine("R1")) == REPEAT

    def test_while_the_registry_speaks_against_the_unit_is_refused(self) -> None:
        dock = recalled()
        refusal = ask(dock, ActKind.RELEASE, last(dock))
        assert not refusal.done
        assert "UNIT_RECALLED" in refusal.text
        assert "station sync" in refusal.remedy
        assert state(dock, "R1") is UnitState.QUARANTINED

    @pytest.mark.parametrize("label", ["forged", "revoked", "not entitled"])
    def test_of_a_code_that_proves_nothing_is_refused_and_the_genuine_unit_untouched(
        self, label: str
    ) -> None:
        dock = Dock(registry("A1"))
        scan(dock, genuine("A1"))
        before = dict(dock.store.claims)
        payload = forged("A1")
        if label != "forged":
            payload = genuine("A1", key_id=2)
            state_of_key = KeyState.REVOKED if label == "revoked" else KeyState.ACTIVE
            gtins = frozenset({"09506000134369"}) if label == "not entitled" else frozenset()
            (key,) = dock.registry.key_records
            dock.registry.key_records.append(
                replace(key, key_id=2, state=state_of_key, gtins=gtins)
            )
        scan(dock, payload)
        item = scan_until_quarantined(dock, payload)
        refusal = ask(dock, ActKind.RELEASE, item)
        assert "does not prove" in refusal.text
        for kind, more in (
            (ActKind.CONFIRM_COUNTERFEIT, {"reference": "B-1"}),
            (ActKind.RETURN_TO_SELLER, {}),
            (ActKind.DESTROY, {"witness": WITNESS}),
        ):
            item = scan_until_quarantined(dock, payload)
            act(dock, kind, item, **more)
            assert dock.store.items[item].ended_by
        assert dock.store.claims == before

    def test_of_a_unit_held_for_a_missing_key_once_the_key_is_there(self) -> None:
        dock = Dock(registry("A1"))
        keys, dock.registry.key_records = dock.registry.key_records, []
        assert scan(dock, genuine("A1")) == (VerdictClass.HOLD, Reason.KEY_UNKNOWN)
        item = last(dock)
        assert "station sync" in ask(dock, ActKind.RELEASE, item).remedy
        dock.registry.key_records = keys
        act(dock, ActKind.RELEASE, item)
        assert state(dock, "A1") is UnitState.RECEIVED

    def test_of_an_item_whose_key_was_revoked_since_is_refused(self) -> None:
        dock = recalled()
        lift(dock)
        key: KeyRecord = dock.registry.key_records[0]
        dock.registry.key_records = [replace(key, state=KeyState.REVOKED)]
        assert "does not prove" in ask(dock, ActKind.RELEASE, last(dock)).text

    @pytest.mark.parametrize("reason", [Reason.UNREADABLE, Reason.NO_CODE, Reason.DAMAGED])
    def test_of_a_declared_item_moves_no_unit(self, reason: Reason) -> None:
        dock = Dock(registry("A1"))
        dock.declare(reason, GTIN)
        dock.run()
        act(dock, ActKind.RELEASE, last(dock))
        assert open_items(dock) == ()
        assert dock.store.claims == {}

    def test_gives_back_the_state_the_unit_had(self) -> None:
        dock = Dock(registry("A1"))
        scan(dock, genuine("A1"))
        dock.registry.unit_records[0] = overlaid("A1", Overlay.STOLEN)
        scan(dock, genuine("A1"))
        item = last(dock)
        assert dock.store.claims[identity("A1")].previous is UnitState.RECEIVED
        dock.registry.unit_records[0] = UnitRecord(1, "A1", UnitState.ACTIVE)
        act(dock, ActKind.RELEASE, item)
        assert state(dock, "A1") is UnitState.RECEIVED

    def test_a_second_time_is_refused(self) -> None:
        dock = recalled()
        lift(dock)
        item = last(dock)
        act(dock, ActKind.RELEASE, item)
        assert "was ended by" in ask(dock, ActKind.RELEASE, item).text

    def test_of_what_is_not_there_is_refused(self) -> None:
        dock = Dock(registry("A1"))
        assert "nothing under review" in ask(dock, ActKind.RELEASE, "\x1b[2J").text
        assert "\x1b" not in dock.told.answers[-1].text


def scan_until_quarantined(dock: Dock, payload: bytes) -> str:
    """Present it as often as it takes, within one run: a second read is remembered no longer."""
    for _ in range(2):
        dock.wait(10)
        dock.scan(payload)
    dock.run()
    assert dock.told.verdicts[-1].verdict.verdict_class is VerdictClass.QUARANTINE
    return last(dock)


class TestWhoMay:
    @pytest.mark.parametrize(
        ("actor", "why", "says"),
        [
            (OPERATOR, "good", "supervisor"),
            (replace(SUPERVISOR, proven=False), "good", "PIN"),
            (SUPERVISOR, "  ", "reason"),
        ],
    )
    def test_a_release_needs_a_proven_supervisor_and_a_reason(
        self, actor: Actor, why: str, says: str
    ) -> None:
        dock = recalled()
        lift(dock)
        dock.ask(ActKind.RELEASE, last(dock), actor, why=why)
        dock.run()
        assert says in dock.told.answers[-1].text
        assert state(dock, "R1") is UnitState.QUARANTINED

    @pytest.mark.parametrize(
        ("witness", "says"),
        [
            (None, "needs a witness"),
            (replace(SUPERVISOR, role=Role.WITNESS), "nobody witnesses"),
            (replace(WITNESS, proven=False), "witness's PIN"),
        ],
    )
    def test_destruction_needs_another_person(self, witness: Actor | None, says: str) -> None:
        dock = recalled()
        refusal = ask(dock, ActKind.DESTROY, last(dock), witness=witness)
        assert says in refusal.text
        assert state(dock, "R1") is UnitState.QUARANTINED

    def test_the_journal_names_everybody_and_why(self) -> None:
        dock = recalled()
        act(dock, ActKind.DESTROY, last(dock), witness=WITNESS, why="crushed\x1b[2J")
        entry = dock.store.entries[-1]
        assert isinstance(entry, ActEntry)
        assert (entry.operator, entry.role, entry.witness) == ("SVEN", Role.SUPERVISOR, "WIM")
        assert entry.reason_text == "crushed\N{REPLACEMENT CHARACTER}[2J"


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
        assert len(open_items(dock)) == 1
        (task,) = dock.store.open_tasks("", 9)
        assert task.reason is Reason.CODE_TWICE_IN_FRAME
        assert "beside it" in task.place

    def test_a_forged_code_sends_nobody_to_look(self) -> None:
        dock = Dock(registry())
        dock.registry.unit_records.append(UnitRecord(1, "E1", UnitState.RECEIVED, place="dock-7"))
        scan_until_quarantined(dock, forged("E1"))
        assert dock.store.open_tasks("", 9) == ()


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


class TestPuttingAway:
    def test_it_names_the_tote_and_stays_under_review(self) -> None:
        dock = Dock(registry("A1"))
        keys, dock.registry.key_records = dock.registry.key_records, []
        scan(dock, genuine("A1"))
        item = last(dock)
        dock.registry.key_records = keys
        act(dock, ActKind.QUARANTINE, item, OPERATOR, reference="Q7")
        (listed,) = open_items(dock)
        assert (listed.tote, listed.verdict_class) == ("Q7", VerdictClass.QUARANTINE)
        assert state(dock, "A1") is UnitState.QUARANTINED
        assert "needs" in ask(dock, ActKind.QUARANTINE, item, OPERATOR).text

    def test_a_tote_label_that_releases_the_latch_is_a_line_of_the_journal(self) -> None:
        dock = Dock(registry(), latches=True)
        dock.registry.unit_records.append(overlaid("R1", Overlay.RECALLED))
        dock.scan(genuine("R1"))
        dock.scan(tote("Q3"), identifier="]d1")
        dock.run()
        line = dock.store.entries[-1]
        assert isinstance(line, ActEntry)
        assert (line.kind, line.reference) == (ActKind.ACKNOWLEDGE, "Q3")
        assert line.about == dock.told.verdicts[0].scan_id
        (item,) = open_items(dock)
        assert item.tote == "Q3"
        assert [one.latched for one in dock.told.latches] == [False]

    def test_a_latch_whose_release_cannot_be_journalled_stays(self) -> None:
        dock = Dock(registry(), latches=True)
        dock.registry.unit_records.append(overlaid("R1", Overlay.RECALLED))
        dock.scan(genuine("R1"))
        dock.run()
        dock.store.fault = StorageError("the disk is full", "free some space")
        dock.scan(tote("Q3"), identifier="]d1")
        dock.run()
        assert dock.told.latches[-1].latched
        dock.store.fault = None
        dock.scan(tote("Q3"), identifier="]d1")
        dock.run()
        assert not dock.told.latches[-1].latched


class TestOrder:
    def test_an_act_sees_what_was_decided_just_before(self) -> None:
        dock = Dock(registry("A1"))
        dock.registry.unit_records.append(overlaid("R1", Overlay.RECALLED))
        dock.scan(genuine("R1"))
        (read,) = dock.arrived[-1].reads  # type: ignore[union-attr]
        dock.ask(ActKind.RETURN_TO_SELLER, read.scan_id, why="wrong goods")
        dock.wait(10)
        dock.scan(genuine("R1"))
        dock.run()
        assert dock.told.answers[-1].done
        assert dock.told.verdicts[-1].facts.claim_state is UnitState.RETURNED_TO_SELLER

    def test_an_act_that_cannot_be_journalled_is_not_done(self) -> None:
        dock = recalled()
        before = dict(dock.store.claims)
        commit = dock.store.commit

        def full(entries: object) -> None:
            raise StorageError("the disk is full", "free some space")

        dock.store.commit = full  # type: ignore[method-assign]
        refusal = ask(dock, ActKind.RETURN_TO_SELLER, last(dock))
        dock.store.commit = commit  # type: ignore[method-assign]
        assert not refusal.done
        assert "disk is full" in refusal.text
        assert dock.store.claims == before
        assert len(open_items(dock)) == 1

    def test_a_database_that_cannot_be_read_answers_and_the_dock_goes_on(self) -> None:
        dock = recalled()
        dock.store.fault = StorageError("the disk reports an error", "check the disk")
        refusal = ask(dock, ActKind.RETURN_TO_SELLER, last(dock))
        assert (refusal.text, refusal.remedy) == ("the disk reports an error", "check the disk")
