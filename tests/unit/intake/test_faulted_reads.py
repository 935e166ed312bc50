"""Reads under a scanner's faults, through the loop: judged as the code they repair to."""

import pytest

from station.core.codes import Attributes, CodeKind
from station.core.diagnosis.faults import ScannerFault
from station.core.reasons import Reason, VerdictClass
from station.core.registry import Overlay, UnitState
from station.core.unit_code import element_string, mint
from station.core.verdict import UnitChange
from tests.fakes.intake import (
    BRAND_KEY,
    Dock,
    at,
    forged,
    genuine,
    identity,
    overlaid,
    registry,
    unsigned,
)
from tests.fakes.registry import FakeRegistry
from tests.fakes.replacing import replace

ACCEPT = (VerdictClass.ACCEPT, Reason.OK)
HOLD_REPEAT = (VerdictClass.HOLD, Reason.REPEAT_SAME_STATION)
MISREAD = (VerdictClass.RESCAN, Reason.PARSE_ERROR)
CASE, SEPARATOR = Reason.SCANNER_FAULT_CASE, Reason.SCANNER_FAULT_SEPARATOR


def lost(payload: bytes) -> bytes:
    return payload.replace(b"\x1d", b"")


def test_a_genuine_unit_under_a_fault_is_accepted_with_the_fault_named() -> None:
    dock = Dock(registry("A1"))
    dock.scan(genuine("A1").swapcase())
    assert dock.run() == [ACCEPT]
    (entry,) = dock.told.verdicts
    assert entry.verdict.modifiers == (CASE,)
    assert entry.facts.scanner_faults == (ScannerFault.CAPS_LOCK,)
    assert entry.payload == genuine("A1").swapcase(), "the journal keeps what was read"
    assert entry.identity == identity("A1")
    assert dock.store.claims[identity("A1")].state is UnitState.RECEIVED


def test_a_recalled_unit_under_a_fault_is_quarantined_like_any_other() -> None:
    known = registry()
    known.unit_records = [overlaid("R1", Overlay.RECALLED)]
    dock = Dock(known)
    dock.scan(lost(genuine("R1")))
    assert dock.run() == [(VerdictClass.QUARANTINE, Reason.UNIT_RECALLED)]
    (entry,) = dock.told.verdicts
    assert entry.verdict.modifiers == (SEPARATOR,)
    assert entry.verdict.change is UnitChange.QUARANTINE


@pytest.mark.parametrize("first_is_whole", [True, False])
def test_whole_and_faulted_reads_of_one_label_are_one_presentation(first_is_whole: bool) -> None:
    """A scanner that loses a separator now and then must not ask "second unit?"."""
    payloads = [genuine("A1"), lost(genuine("A1"))]
    dock = Dock(registry("A1"))
    for payload in payloads if first_is_whole else reversed(payloads):
        dock.scan(payload)
        dock.wait(1)
    assert dock.run() == [ACCEPT, ACCEPT]
    assert [entry.verdict.change for entry in dock.told.verdicts] == [
        UnitChange.RECEIVE,
        UnitChange.NONE,
    ]


def test_a_faulted_repeat_later_is_a_repeat_of_the_same_unit() -> None:
    dock = Dock(registry("A1"))
    dock.scan(genuine("A1"))
    dock.wait(60)
    dock.scan(genuine("A1").swapcase())
    assert dock.run() == [ACCEPT, HOLD_REPEAT]
    assert dock.told.verdicts[1].verdict.modifiers == (CASE,)


def test_another_label_of_the_same_unit_is_no_read_of_the_first() -> None:
    """Repaired or not, different bytes are another label: a copy with another lot, say."""
    tag = mint(identity("A1"), 1, BRAND_KEY)
    dock = Dock(registry("A1"))
    dock.scan(genuine("A1"))
    dock.wait(1)
    dock.scan(lost(element_string(identity("A1"), tag, Attributes("LOT"))))
    assert dock.run() == [ACCEPT, HOLD_REPEAT]


def test_a_forged_label_under_a_fault_is_judged_as_read() -> None:
    """Nothing verifies, so it is a misread, which may not become a unit."""
    dock = Dock(registry("A1"))
    dock.scan(lost(forged("A1")))
    assert dock.run() == [MISREAD]
    assert dock.told.verdicts[0].verdict.modifiers == ()
    assert dock.store.claims == {}


def test_two_labels_with_the_same_maimed_code_in_one_frame_are_clones() -> None:
    """Printing the code wrongly must not hide that it shows twice."""
    maimed = genuine("A1").replace(b"\x1d", b"]")
    dock = Dock(registry("A1"))
    dock.picture(at(maimed, 0), at(genuine("A1"), 500), name="both.jpg")
    assert dock.run() == [(VerdictClass.QUARANTINE, Reason.CODE_TWICE_IN_FRAME)] * 2


def test_a_second_read_that_is_repaired_settles_the_first() -> None:
    dock = Dock(registry("A1"))
    dock.scan(forged("A1"))
    dock.wait(5)
    dock.scan(lost(genuine("A1")))
    dock.wait(60)
    dock.scan(forged("A1"))
    assert dock.run() == [
        (VerdictClass.RESCAN, Reason.SIGNATURE_INVALID),
        ACCEPT,
        (VerdictClass.RESCAN, Reason.SIGNATURE_INVALID),
    ]


class TestWithoutSignature:
    """The registry's row alone speaks for the repair: a person decides."""

    def unsigned_registry(self, overlay: Overlay = Overlay.NONE) -> FakeRegistry:
        known = registry()
        known.unit_records = [overlaid("Ab1", overlay)]
        known.product_records = [
            replace(known.product_records[0], accepted_kinds=frozenset({CodeKind.SGTIN}))
        ]
        return known

    def test_as_read_it_is_accepted(self) -> None:
        dock = Dock(self.unsigned_registry())
        dock.scan(unsigned("Ab1"))
        assert dock.run() == [ACCEPT]

    def test_a_repaired_one_is_held_at_every_read(self) -> None:
        dock = Dock(self.unsigned_registry())
        for _ in range(3):
            dock.scan(unsigned("Ab1").swapcase())
            dock.wait(60)
        held = (VerdictClass.HOLD, Reason.UNIT_UNKNOWN_UNSIGNED)
        assert dock.run() == [held] * 3
        assert {entry.verdict.modifiers for entry in dock.told.verdicts} == {(CASE,)}
        assert {entry.identity for entry in dock.told.verdicts} == {identity("Ab1")}
        assert dock.store.claims == {}

    def test_a_repaired_one_that_is_stolen_is_quarantined_without_changing_the_unit(self) -> None:
        dock = Dock(self.unsigned_registry(Overlay.STOLEN))
        dock.scan(unsigned("Ab1").swapcase())
        assert dock.run() == [(VerdictClass.QUARANTINE, Reason.UNIT_STOLEN)]
        assert dock.store.claims == {}

    def test_one_that_no_repair_finds_is_judged_as_before(self) -> None:
        dock = Dock(self.unsigned_registry())
        dock.scan(unsigned("nowhere"))
        assert dock.run() == [(VerdictClass.HOLD, Reason.UNIT_UNKNOWN_UNSIGNED)]
        assert dock.told.verdicts[0].verdict.modifiers == ()
