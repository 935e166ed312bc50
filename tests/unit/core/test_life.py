"""The table of a unit's life against the promises made of it, and the page drawn from it."""

from pathlib import Path

import pytest

from scripts.make_state_docs import PAGE, page
from station.core.acts import ActKind
from station.core.life import CAME_BACK, FINAL, HERE, LIFE, Happening, remembered, state_after
from station.core.registry import UnitState
from station.core.verdict import UnitChange

S = UnitState
HAPPENINGS: tuple[Happening, ...] = (*UnitChange, *ActKind)
STATES: tuple[UnitState | None, ...] = (None, *UnitState)


@pytest.mark.parametrize("state", sorted(FINAL))
def test_nothing_leads_out_of_a_final_state(state: UnitState) -> None:
    assert {state_after(state, happening) for happening in HAPPENINGS} == {None}


def test_final_states_are_the_published_ones() -> None:
    assert {state.name for state in FINAL} == {"DESTROYED", "VOID", "REPLACED"}


def test_a_suspect_unit_is_received_by_a_release_alone() -> None:
    suspect = (S.QUARANTINED, S.COUNTERFEIT)
    found = {
        (state, happening)
        for state in suspect
        for happening in HAPPENINGS
        if state_after(state, happening) in HERE
    }
    assert found == {(S.QUARANTINED, ActKind.RELEASE)}


@pytest.mark.parametrize("previous", STATES)
def test_a_release_gives_back_the_state_in_the_house_or_receives(
    previous: UnitState | None,
) -> None:
    given = state_after(S.QUARANTINED, ActKind.RELEASE, previous)
    assert given is (previous if previous in HERE else S.RECEIVED)


def test_only_a_quarantine_remembers() -> None:
    for state in STATES:
        assert remembered(state, S.QUARANTINED) is state
        assert remembered(state, S.RECEIVED) is None


def test_only_a_unit_that_may_come_in_is_received_by_a_verdict() -> None:
    """One that is here needs the registry's word that it went and came back (`decision`)."""
    received = {state for state in STATES if state_after(state, UnitChange.RECEIVE)}
    assert received == {None, *HERE, *CAME_BACK}


def test_a_state_no_claim_is_ever_in_moves_nowhere() -> None:
    for state in set(UnitState) - set(LIFE):
        assert {state_after(state, happening) for happening in HAPPENINGS} == {None}


def test_states_that_are_reached_are_in_the_table() -> None:
    assert {after for moves in LIFE.values() for after in moves.values()} <= set(LIFE)


def test_the_page_of_states_is_up_to_date(root: Path) -> None:
    assert (root / PAGE).read_text("utf-8") == page(), (
        "the table changed: run scripts/make_state_docs.py"
    )


def test_the_page_draws_every_move() -> None:
    text = page()
    for state, moves in LIFE.items():
        for happening, after in moves.items():
            start = "[*]" if state is None else state.name
            line = next(
                line
                for line in text.splitlines()
                if line.startswith(f"    {start} --> {after.name}:")
            )
            assert happening.value in line
