"""The declared table: complete, within its bounds, and what the layouts are."""

from pathlib import Path

import pytest

from scripts.make_scanner_fault_docs import PAGE, page
from station.core.codes import UnitIdentity
from station.core.diagnosis.candidates import MAX_CANDIDATES, MAX_TEXT_BYTES, candidates
from station.core.diagnosis.faults import (
    FAULT_RULES,
    LAYOUT_NAMES,
    LAYOUT_SWAPS,
    SEPARATOR_SPELLINGS,
    ScannerFault,
    modifiers_of,
)
from station.core.diagnosis.keyboards import LAYOUTS, undo_caps_lock, undo_layout
from station.core.gs1.charset import SET_82
from station.core.reasons import RULES, Reason
from station.core.unit_code import element_string
from tests.fakes.keyboards import KEYS


def test_every_fault_has_a_rule_and_its_modifier_decides_nothing() -> None:
    assert set(FAULT_RULES) == set(ScannerFault)
    modifiers = {rule.reason for rule in FAULT_RULES.values()}
    assert modifiers == {reason for reason, rule in RULES.items() if rule.number == 7}


@pytest.mark.parametrize("fault", ScannerFault, ids=lambda fault: fault.value)
def test_words_fit_where_they_are_shown(fault: ScannerFault) -> None:
    rule = FAULT_RULES[fault]
    assert 0 < len(rule.text) <= 60
    assert 0 < len(rule.mend) <= 80
    assert not rule.text.endswith(".")
    assert not rule.mend.endswith(".")


def test_two_faults_of_one_kind_are_one_modifier() -> None:
    faults = (ScannerFault.PREFIX_ADDED, ScannerFault.SUFFIX_ADDED, ScannerFault.CAPS_LOCK)
    assert modifiers_of(faults) == (Reason.SCANNER_FAULT_PREFIX, Reason.SCANNER_FAULT_CASE)
    assert modifiers_of(()) == ()


def test_layout_faults_are_named_after_their_layouts() -> None:
    assert {fault.value for fault in LAYOUT_SWAPS} == {
        f"layout_{swap.scanner}_{swap.host}" for swap in LAYOUT_SWAPS.values()
    }
    assert set(LAYOUT_NAMES) == set(LAYOUTS)


@pytest.mark.parametrize("name", LAYOUTS)
def test_a_layout_is_what_the_second_model_of_it_says(name: str) -> None:
    """Key by key; both were written from the symbol files, in different shapes."""
    us = LAYOUTS["us"]
    for key, pair in KEYS[name].items():
        at = us.index(KEYS["us"][key][0])
        assert LAYOUTS[name][at] + LAYOUTS[name][at + len(us) // 2] == pair, key
    assert len(LAYOUTS[name]) == 2 * len(KEYS[name]) == 94


def test_a_us_scanner_can_type_every_character_of_a_code() -> None:
    assert set(SET_82.decode()) <= set(LAYOUTS["us"])


def test_no_spelling_of_a_separator_can_stand_in_a_code_that_verifies() -> None:
    """Each holds a character outside set 82, or leaves the serial too long with the tag."""
    outside = [spelling for spelling in SEPARATOR_SPELLINGS if set(spelling) - set(SET_82)]
    assert set(SEPARATOR_SPELLINGS) - set(outside) == {b"<GS>", b"<FNC1>"}


def test_caps_lock_leaves_what_has_no_other_case() -> None:
    assert undo_caps_lock("aB1ß") == "Ab1ß"
    assert undo_caps_lock("ẞÉ") == "ßé"
    for char in "ß²°1-":
        assert undo_caps_lock(char) == char


def test_a_dead_key_and_its_letter_are_taken_apart() -> None:
    assert undo_layout("É", "us", "de") == "=E"
    assert undo_layout("´9", "us", "de") == "=9"
    assert undo_layout("ö", "us", "de") == ";"


def test_what_is_on_no_key_is_not_undone() -> None:
    assert undo_layout("č", "us", "de") is None
    assert undo_layout("É", "us", "it") is None
    assert undo_layout("\N{PILE OF POO}", "us", "fr") is None


def test_a_long_text_is_not_looked_at() -> None:
    swapped = element_string(UnitIdentity("09506000134352", "a"), None).swapcase()
    padded = swapped + b"\x1d21" + b"A" * (MAX_TEXT_BYTES + 1 - len(swapped) - 3)
    assert list(candidates(swapped))
    assert len(padded) > MAX_TEXT_BYTES
    assert list(candidates(padded)) == []


def test_a_hostile_text_gives_few_candidates() -> None:
    text = b"01" + b"09506000134352" + b"21" + b"10a" * 6 + b"]| " * 8
    assert len(list(candidates(text))) <= MAX_CANDIDATES


def test_the_page_of_scanner_faults_is_up_to_date(root: Path) -> None:
    assert (root / PAGE).read_text("utf-8") == page(), (
        "the table changed: run scripts/make_scanner_fault_docs.py"
    )
