"""Who is signed in, how far the shipment has come, and the sums, on the screen."""

import pytest

from station.core.operators import Role
from station.core.shipments import ShipmentKind
from station.ports.display import (
    Attendance,
    ShipmentProgress,
    StationFigures,
)
from station.tui.model import DockView
from tests.fakes.painted import QUARANTINE, SIZES, painted, view_of
from tests.fakes.replacing import replace


class TestAttendance:
    @pytest.mark.parametrize("size", SIZES)
    def test_the_first_line_names_who_is_signed_in(self, size: tuple[int, int]) -> None:
        view = view_of(Attendance("ANNA-2", Role.OPERATOR))
        assert "ANNA-2" in painted(view, size).split("\n")[0]

    def test_and_that_the_pin_was_given(self) -> None:
        view = view_of(Attendance("BELA", Role.SUPERVISOR, proven=True))
        assert "BELA (supervisor, PIN given)" in painted(view)

    def test_an_operator_is_not_told_of_a_pin_that_would_not_help(self) -> None:
        for role, said in ((Role.OPERATOR, False), (Role.SUPERVISOR, True)):
            view = view_of(QUARANTINE, Attendance("ANNA", role))
            assert ("PIN" in painted(view).split("\n")[-1]) is said


class TestShipment:
    def view(self, kind: ShipmentKind = ShipmentKind.ASN) -> DockView:
        progress = ShipmentProgress("ASN-4711", kind, 40, 12, 3, 1)
        return replace(view_of(), shipment=progress)

    @pytest.mark.parametrize("size", SIZES, ids=lambda size: f"{size[0]}x{size[1]}")
    def test_how_far_it_has_come_stands_in_place_of_the_sums(self, size: tuple[int, int]) -> None:
        screen = painted(self.view(), size)
        assert "ASN-4711" in screen
        assert "12/40" in screen
        assert "431" not in screen
        assert "431" in painted(view_of(), size)

    def test_a_blind_one_expects_nothing(self) -> None:
        screen = painted(self.view(ShipmentKind.BLIND))
        assert "ACCEPTED 12 " in screen
        assert "12/" not in screen


class TestFigures:
    def view(self, *, above: bool, shipment: ShipmentProgress | None = None) -> DockView:
        figures = StationFigures(9000, 0.00123, 0.0005, above, 0.01)
        return replace(view_of(), figures=figures, shipment=shipment)

    @pytest.mark.parametrize("size", SIZES, ids=lambda size: f"{size[0]}x{size[1]}")
    def test_false_alarms_are_shown_above_the_line_alone(self, size: tuple[int, int]) -> None:
        screen = painted(self.view(above=True), size)
        assert "FALSE" in screen
        assert "0.12%" in screen
        assert "431" in screen, "beside the sums"
        assert "FALSE" not in painted(self.view(above=False), size)
        assert "FALSE" not in painted(view_of(), size)

    def test_also_beside_a_shipment(self) -> None:
        progress = ShipmentProgress("ASN-4711", ShipmentKind.ASN, 40, 12, 3, 1)
        screen = painted(self.view(above=True, shipment=progress))
        assert "FALSE ALARMS 0.12%" in screen
        assert "12/40" in screen
