"""The loop with everything behind it: repeats, second reads, twins, the latch, and faults."""

import threading
from collections.abc import Callable, Sequence

import pytest

from station.core.acts import ActEntry, ActKind
from station.core.errors import StorageError
from station.core.journal import Entry
from station.core.operators import Actor
from station.core.reasons import Reason, VerdictClass
from station.core.registry import Overlay, UnitState
from station.core.symbol import Symbol, SymbolFormat
from station.core.verdict import UnitChange
from station.intake.presentations import SCANNER_WINDOW_NS, SECOND_READ_NS
from tests.fakes.intake import (
    FORGER,
    GTIN,
    OPERATOR,
    SECOND_NS,
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
    unsigned,
)
from tests.fakes.replacing import replace

ACCEPT = (VerdictClass.ACCEPT, Reason.OK)
HOLD_REPEAT = (VerdictClass.HOLD, Reason.REPEAT_SAME_STATION)
RESCAN_SIGNATURE = (VerdictClass.RESCAN, Reason.SIGNATURE_INVALID)
QUARANTINE_SIGNATURE = (VerdictClass.QUARANTINE, Reason.SIGNATURE_INVALID)
AGAIN_S = SCANNER_WINDOW_NS / SECOND_NS + 0.001


def test_a_genuine_unit_is_accepted_claimed_and_journalled() -> None:
    dock = Dock(registry("A1"))
    dock.scan(genuine("A1"))
    assert dock.run() == [ACCEPT]
    assert dock.store.claims[identity("A1")].state is UnitState.RECEIVED
    assert [entry.scan_id for entry in dock.store.entries] == [
        entry.scan_id for entry in dock.told.verdicts
    ]


def test_the_same_payload_at_once_is_the_same_presentation_and_counts_once() -> None:
    dock = Dock(registry("A1"))
    dock.scan(genuine("A1"))
    dock.wait(1)
    dock.scan(genuine("A1"))
    assert dock.run() == [ACCEPT, ACCEPT]
    first, second = dock.told.verdicts
    assert first.verdict.change is UnitChange.RECEIVE
    assert second.verdict.change is UnitChange.NONE
    assert second.verdict.also == (Reason.REPEAT_SAME_STATION,)


@pytest.mark.parametrize("between", ["time", "payload", "source"])
def test_the_same_payload_in_a_new_presentation_asks_for_a_second_unit(between: str) -> None:
    dock = Dock(registry("A1", "A2"))
    dock.scan(genuine("A1"))
    match between:
        case "time":
            dock.wait(AGAIN_S)
            dock.scan(genuine("A1"))
        case "payload":
            dock.scan(genuine("A2"))
            dock.scan(genuine("A1"))
        case _:
            dock.scan(genuine("A1"), source="scanner 2")
    verdicts = dock.run()
    assert (verdicts[0], verdicts[-1]) == (ACCEPT, HOLD_REPEAT)
    assert dock.told.verdicts[-1].verdict.change is UnitChange.NONE


def test_a_window_begins_at_the_first_read_so_that_a_second_read_comes_in_the_end() -> None:
    dock = Dock(registry())
    for _ in range(5):
        dock.scan(forged("A1"))
        dock.wait(0.8)
    assert dock.run() == [RESCAN_SIGNATURE] * 4 + [QUARANTINE_SIGNATURE]


def test_two_copies_in_quick_succession_never_both_count() -> None:
    dock = Dock(registry(*[f"A{n}" for n in range(40)]))
    for n in range(40):
        dock.scan(genuine(f"A{n}"))
        dock.scan(genuine(f"A{n}"), source="scanner 2")
    verdicts = dock.run()
    assert verdicts.count(ACCEPT) == 40
    assert verdicts.count(HOLD_REPEAT) == 40


def test_a_failing_signature_asks_once_and_then_quarantines_the_item_not_the_unit() -> None:
    dock = Dock(registry("A1"))
    dock.scan(forged("A1"))
    dock.wait(AGAIN_S)
    dock.scan(forged("A1"))
    dock.scan(genuine("A1"))
    assert dock.run() == [RESCAN_SIGNATURE, QUARANTINE_SIGNATURE, ACCEPT]
    assert dock.store.claims[identity("A1")].state is UnitState.RECEIVED


def test_a_forged_label_of_the_morning_condemns_no_misread_of_the_evening() -> None:
    dock = Dock(registry("A1"))
    dock.scan(forged("A1"))
    dock.wait(SECOND_READ_NS / SECOND_NS + 1)
    dock.scan(forged("A1"))
    dock.wait(AGAIN_S)
    dock.scan(forged("A1"))
    assert dock.run() == [RESCAN_SIGNATURE, RESCAN_SIGNATURE, QUARANTINE_SIGNATURE]


def test_a_misread_signature_is_forgiven_by_a_good_second_read() -> None:
    dock = Dock(registry("A1"))
    dock.scan(forged("A1"))
    dock.scan(genuine("A1"))
    dock.wait(AGAIN_S)
    dock.scan(forged("A1"))
    assert dock.run() == [RESCAN_SIGNATURE, ACCEPT, RESCAN_SIGNATURE]


def test_the_same_misread_twice_is_unreadable() -> None:
    broken = genuine("A1")[:-1] + b"!"
    dock = Dock(registry("A1"))
    dock.scan(broken)
    dock.wait(AGAIN_S)
    dock.scan(broken)
    assert dock.run() == [
        (VerdictClass.RESCAN, Reason.PARSE_ERROR),
        (VerdictClass.QUARANTINE, Reason.UNREADABLE),
    ]


def test_different_misreads_in_a_row_condemn_nothing() -> None:
    dock = Dock(registry("A1", "A2"))
    dock.scan(genuine("A1")[:-1] + b"!")
    dock.scan(genuine("A2")[:-1] + b"?")
    assert dock.run() == [(VerdictClass.RESCAN, Reason.PARSE_ERROR)] * 2


def test_an_unsigned_code_of_a_signed_product_is_asked_for_again_first() -> None:
    dock = Dock(registry("A1"))
    dock.scan(unsigned("A1"))
    dock.wait(AGAIN_S)
    dock.scan(unsigned("A1"))
    assert dock.run() == [
        (VerdictClass.RESCAN, Reason.SIGNATURE_MISSING),
        (VerdictClass.QUARANTINE, Reason.SIGNATURE_MISSING),
    ]


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


def test_one_symbol_found_twice_at_one_place_is_one_unit() -> None:
    dock = Dock(registry("A1"))
    dock.picture(at(genuine("A1"), 0), at(genuine("A1"), 8), name="1")
    assert dock.run() == [ACCEPT]


def test_an_accepted_unit_whose_copy_appears_beside_it_is_quarantined_after_all() -> None:
    dock = Dock(registry("A1"))
    dock.picture(at(genuine("A1"), 0), name="1")
    dock.picture(at(genuine("A1"), 0), at(genuine("A1"), 300), name="2")
    assert dock.run()[1:] == [(VerdictClass.QUARANTINE, Reason.CODE_TWICE_IN_FRAME)] * 2
    assert dock.store.claims[identity("A1")].state is UnitState.QUARANTINED


def test_symbols_beside_a_unit_code_are_its_surroundings() -> None:
    ean = Symbol(b"4006381333931", "]E0", SymbolFormat.EAN_13)
    dock = Dock(registry("A1"))
    dock.picture(ean, at(genuine("A1"), 0), name="1")
    dock.picture(ean, name="2")
    assert dock.run() == [ACCEPT, (VerdictClass.RESCAN, Reason.WRONG_SYMBOL)]


def test_an_empty_picture_is_an_empty_read() -> None:
    dock = Dock(registry())
    dock.picture(Symbol(b""), name="1")
    assert dock.run() == [(VerdictClass.RESCAN, Reason.READ_EMPTY)]


def test_declarations_are_journalled_without_claiming_anything() -> None:
    dock = Dock(registry("A1"))
    for reason in (Reason.UNREADABLE, Reason.NO_CODE, Reason.DAMAGED):
        dock.declare(reason, GTIN)
    assert dock.run() == [
        (VerdictClass.QUARANTINE, Reason.UNREADABLE),
        (VerdictClass.QUARANTINE, Reason.NO_CODE),
        (VerdictClass.QUARANTINE, Reason.DAMAGED),
    ]
    assert not dock.store.claims
    assert {entry.gtin for entry in dock.store.entries} == {GTIN}


def test_what_is_quarantined_is_quarantined_again() -> None:
    dock = Dock(registry())
    dock.registry.unit_records.append(overlaid("A1", Overlay.RECALLED))
    dock.scan(genuine("A1"))
    dock.wait(AGAIN_S)
    dock.scan(genuine("A1"))
    verdicts = dock.run()
    assert verdicts[0] == (VerdictClass.QUARANTINE, Reason.UNIT_RECALLED)
    assert verdicts[1] == (VerdictClass.QUARANTINE, Reason.UNIT_QUARANTINED)


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


def test_a_failing_registry_stops_the_line_and_is_journalled() -> None:
    dock = Dock(registry("A1"))
    dock.registry.fault = StorageError("the disk reports an error", "check the disk")
    dock.scan(genuine("A1"))
    assert dock.run() == [(VerdictClass.STOP, Reason.STATION_FAULT)]
    assert dock.told.verdicts[0].facts.fault == "the disk reports an error"
    assert not dock.store.claims


def test_what_cannot_be_journalled_is_never_said_to_be_accepted() -> None:
    dock = Dock(registry("A1"))
    full = StorageError("the disk is full", "free some space")
    dock.scan(genuine("A1"))

    class FullStore(type(dock.store)):  # type: ignore[misc]
        """Reads, but cannot write."""

        def commit(self, entries: object) -> None:
            raise full

    dock.store = FullStore()
    assert dock.run() == []
    (entry, reason) = dock.told.failures[0]
    assert entry.verdict.verdict_class is VerdictClass.ACCEPT
    assert reason == "the disk is full: free some space"


def test_a_unit_whose_commit_failed_may_be_received_later() -> None:
    dock = Dock(registry("A1"))
    engine = dock.engine()
    engine.start()
    commit = dock.store.commit
    failures = [StorageError("the disk is full", "free some space")]

    def failing_once(entries: object) -> None:
        if failures:
            raise failures.pop()
        commit(entries)  # type: ignore[arg-type]

    dock.store.commit = failing_once  # type: ignore[method-assign]
    dock.scan(genuine("A1"))
    engine.submit(dock.arrived[0])
    end = engine.wait()
    assert end.crash is None
    assert len(dock.told.failures) == 1
    dock.arrived = []
    dock.wait(AGAIN_S)
    dock.scan(genuine("A1"))
    assert dock.run() == [ACCEPT]
