"""PINs on their way to the verdict loop."""

from dataclasses import replace
from typing import Final

from station.core.advice import Advice
from station.core.causes import Cause, told
from station.core.operators import Actor, Operator, Role
from station.intake.badge_desk import PinProven
from station.intake.pin_desk import PinDesk
from station.intake.session import SignedIn
from station.ports.display import GivePin
from tests.fakes.identification import FakeIdentification
from tests.fakes.intake import FrozenClock, Told

ANNA: Final = Operator("ANNA", Role.OPERATOR)
BELA: Final = Operator("BELA", Role.SUPERVISOR)
SIGNED_IN: Final = SignedIn(Actor("BELA", Role.SUPERVISOR), badge=1, number=7)


class Desk:
    def __init__(self, signed_in: SignedIn | None) -> None:
        self.people = FakeIdentification()
        self.people.enrol(BELA, "4711")
        self.told = Told()
        self.delivered: list[PinProven] = []
        self.desk = PinDesk(
            self.people, lambda: signed_in, self.delivered.append, self.told, FrozenClock(ns=5)
        )


def test_a_right_pin_goes_to_the_loop_with_what_the_screen_showed() -> None:
    desk = Desk(SIGNED_IN)
    desk.desk.take(GivePin("4711", "SCAN"))
    assert desk.delivered == [PinProven(7, "SCAN", 5)]
    assert desk.told.notices == []


def test_a_wrong_pin_is_told_and_goes_nowhere() -> None:
    desk = Desk(SIGNED_IN)
    desk.desk.take(GivePin("9517"))
    assert desk.delivered == []
    (notice,) = desk.told.notices
    assert isinstance(notice, str)
    assert "not BELA's PIN" in notice
    assert "9517" not in notice


def test_nobody_s_pin_is_not_even_looked_at() -> None:
    desk = Desk(None)
    desk.desk.take(GivePin("4711"))
    assert desk.told.notices == [Advice.BADGE_TO_GIVE_PIN]
    assert desk.people.wrong == {"BELA": 0}


def test_no_pin_proves_nothing() -> None:
    desk = Desk(SIGNED_IN)
    desk.desk.take(GivePin(""))
    assert desk.delivered == []
    assert desk.told.notices == [told(Cause.PIN_NOT_GIVEN, name="BELA")]
    desk = Desk(replace(SIGNED_IN, actor=Actor("ANNA", Role.OPERATOR)))
    desk.people.enrol(ANNA)
    desk.desk.take(GivePin(""))
    assert desk.delivered == []
    assert desk.told.notices == [Advice.NO_PIN]


def test_a_removed_person_s_pin_proves_nothing() -> None:
    desk = Desk(SIGNED_IN)
    desk.people.remove("BELA")
    desk.desk.take(GivePin("4711"))
    assert desk.delivered == []


def test_a_request_shows_no_pin() -> None:
    assert "4711" not in repr(GivePin("4711"))
