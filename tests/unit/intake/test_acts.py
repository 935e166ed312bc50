"""People at a dock: who may do what, what is released, put away and journalled; real loop."""

import pytest

from station.core.acts import ActEntry, ActKind
from station.core.errors import StorageError
from station.core.operators import Actor, Role
from station.core.reasons import Reason, VerdictClass
from station.core.registry import KeyRecord, KeyState, Overlay, UnitRecord, UnitState
from tests.fakes.acting import (
    REPEAT,
    act,
    ask,
    last,
    lift,
    open_items,
    recalled,
    scan,
    scan_until_quarantined,
    state,
)
from tests.fakes.intake import (
    GTIN,
    OPERATOR,
    SUPERVISOR,
    WITNESS,
    Dock,
    forged,
    genuine,
    identity,
    overlaid,
    registry,
    tote,
)
from tests.fakes.replacing import replace


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
