"""Where a unit was met before: places, claims and repeats as facts."""

import pytest

from station.core.acts import Standing
from station.core.facts import Repeat
from station.core.reasons import Reason
from station.core.registry import UnitState
from station.core.verification import verify
from tests.fakes.replacing import replace
from tests.fakes.worked_example import CODE, DOCK, KNOWN, UNIT, claimed


class TestPlace:
    """Received elsewhere, repeated, or neither: by registry row and by this site's own claim."""

    def placed(
        self, state: UnitState, place: str | None, claim: Standing | None, *, same: bool = False
    ) -> tuple[str | None, Repeat]:
        knowledge = replace(KNOWN, unit=replace(UNIT, state=state, place=place), claim=claim)
        facts = verify(CODE, knowledge, replace(DOCK, same_presentation=same))
        return facts.received_elsewhere, facts.repeat

    def test_never_met(self) -> None:
        assert self.placed(UnitState.ACTIVE, None, None) == (None, Repeat.NONE)
        assert self.placed(UnitState.EXPECTED, "dock-9", None) == (None, Repeat.NONE)
        assert self.placed(UnitState.EXPECTED, "dock-1", None) == (None, Repeat.NONE)

    def test_shipped_from_here(self) -> None:
        """The state says it all: DUPLICATE_SHIPPED, not a repeat."""
        assert self.placed(UnitState.SHIPPED, "dock-1", None) == (None, Repeat.NONE)

    @pytest.mark.parametrize("state", [UnitState.RECEIVED, UnitState.SHIPPED])
    def test_by_the_registry(self, state: UnitState) -> None:
        assert self.placed(state, "dock-9", None) == ("dock-9", Repeat.NONE)
        assert self.placed(state, None, None) == ("another station", Repeat.NONE)

    def test_by_another_station_of_the_site(self) -> None:
        claim = claimed(station="dock-2")
        assert self.placed(UnitState.ACTIVE, None, claim) == ("dock-2", Repeat.NONE)
        assert self.placed(UnitState.RECEIVED, "dock-2", claim) == ("dock-2", Repeat.NONE)

    def test_by_another_station_of_the_site_when_the_registry_says_here(self) -> None:
        claim = claimed(station="dock-2")
        assert self.placed(UnitState.RECEIVED, "dock-1", claim) == ("dock-2", Repeat.NONE)

    def test_own_receipt_comes_back(self) -> None:
        assert self.placed(UnitState.RECEIVED, "dock-1", claimed()) == (
            None,
            Repeat.NEW_PRESENTATION,
        )
        assert self.placed(UnitState.RECEIVED, "dock-1", claimed(), same=True) == (
            None,
            Repeat.SAME_PRESENTATION,
        )

    def test_own_receipt_comes_back_after_the_database_was_lost(self) -> None:
        """Not received twice, and nobody accused either."""
        expected = (None, Repeat.NEW_PRESENTATION)
        assert self.placed(UnitState.RECEIVED, "dock-1", None) == expected
        assert self.placed(UnitState.RECEIVED, "dock-1", None, same=True) == expected

    def test_received_here_and_then_elsewhere(self) -> None:
        assert self.placed(UnitState.RECEIVED, "dock-9", claimed()) == (
            "dock-9",
            Repeat.NEW_PRESENTATION,
        )

    def test_repeats(self) -> None:
        assert self.placed(UnitState.ACTIVE, None, claimed()) == (None, Repeat.NEW_PRESENTATION)
        assert self.placed(UnitState.ACTIVE, None, claimed(), same=True) == (
            None,
            Repeat.SAME_PRESENTATION,
        )

    def test_a_presentation_without_a_claim_repeats_nothing(self) -> None:
        """Otherwise a unit would be accepted and never counted."""
        assert self.placed(UnitState.ACTIVE, None, None, same=True) == (None, Repeat.NONE)

    @pytest.mark.parametrize("state", [UnitState.RETURNED, UnitState.RETURNED_TO_SELLER])
    def test_a_unit_that_came_back_is_no_duplicate(self, state: UnitState) -> None:
        assert self.placed(state, "dock-9", None) == (None, Repeat.NONE)
        for station in ("dock-1", "dock-2"):
            claim = claimed(station=station)
            assert self.placed(state, None, claim) == (None, Repeat.NONE)

    @pytest.mark.parametrize("state", [UnitState.RETURNED, UnitState.RETURNED_TO_SELLER])
    def test_its_second_presentation_after_that_repeats(self, state: UnitState) -> None:
        claim = claimed(reason=Reason.RETURN_EXPECTED)
        assert self.placed(state, None, claim) == (None, Repeat.NEW_PRESENTATION)

    def test_a_unit_this_site_returned_and_the_registry_still_has_here_is_none(self) -> None:
        claim = claimed(state=UnitState.RETURNED_TO_SELLER)
        for unit_state in (UnitState.ACTIVE, UnitState.RECEIVED, UnitState.SHIPPED):
            assert self.placed(unit_state, "dock-1", claim) == (None, Repeat.NONE)
        assert self.placed(UnitState.RECEIVED, "dock-9", claim) == ("dock-9", Repeat.NONE)

    def test_a_quarantined_unit_at_another_dock_of_the_site_is_no_duplicate(self) -> None:
        claim = claimed(state=UnitState.QUARANTINED, station="dock-2")
        assert self.placed(UnitState.ACTIVE, None, claim) == (None, Repeat.NONE)

    def test_a_second_copy_of_a_unit_that_came_back_is(self) -> None:
        claim = claimed(station="dock-2", reason=Reason.RETURN_EXPECTED)
        assert self.placed(UnitState.RETURNED, None, claim) == ("dock-2", Repeat.NONE)
