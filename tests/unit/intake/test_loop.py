"""The loop with everything behind it: repeats, second reads, surroundings, and faults."""

import pytest

from station.core.errors import StorageError
from station.core.reasons import Reason, VerdictClass
from station.core.registry import Overlay, UnitState
from station.core.symbol import Symbol, SymbolFormat
from station.core.verdict import UnitChange
from station.intake.presentations import SCANNER_WINDOW_NS, SECOND_READ_NS
from tests.fakes.intake import (
    GTIN,
    SECOND_NS,
    Dock,
    at,
    forged,
    genuine,
    identity,
    overlaid,
    registry,
    unsigned,
)

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
