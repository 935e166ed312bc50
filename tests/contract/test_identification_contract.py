"""People are identified alike in memory and from a station's database."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Final

import pytest

from station.core.causes import Cause, told
from station.core.errors import ConfigurationError, NotIdentifiedError
from station.core.operators import FREE_TRIES, Actor, Operator, Role
from station.ports.identification import Identification
from station.storage import station_db
from station.storage.operator_book import OperatorBook
from tests.fakes.identification import FakeIdentification
from tests.fakes.intake import FrozenClock
from tests.fakes.notary import NOTARY
from tests.fakes.operators import change

BELA: Final = Operator("BELA", Role.SUPERVISOR)


@dataclass
class People:
    """Somebody to ask, and a way to enrol and remove."""

    asked: Identification
    enrol: Callable[[Operator, str], None]
    remove: Callable[[Operator], None]


@pytest.fixture(params=["fake", "sqlite"])
def people(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[People]:
    if request.param == "fake":
        fake = FakeIdentification()
        yield People(fake, fake.enrol, lambda operator: fake.remove(operator.name))
        return
    path = tmp_path / "station.db"
    station_db.create(path, "dock-1")
    book = OperatorBook(path, FrozenClock(), NOTARY)
    yield People(
        book,
        lambda operator, pin: book.record(change(operator), None, pin),
        lambda operator: book.record(change(replace(operator, active=False)), operator),
    )
    book.close()


class TestIdentification:
    def test_a_right_pin_proves(self, people: People) -> None:
        people.enrol(BELA, "4711")
        assert people.asked.identify("BELA", "4711") == Actor("BELA", Role.SUPERVISOR, proven=True)

    def test_who_has_no_pin_is_known_by_name_and_proves_nothing(self, people: People) -> None:
        people.enrol(BELA, "")
        assert people.asked.identify("BELA", "") == Actor("BELA", Role.SUPERVISOR)

    def test_who_has_a_pin_must_give_it_and_that_was_no_try(self, people: People) -> None:
        people.enrol(BELA, "4711")
        for _ in range(FREE_TRIES + 1):
            with pytest.raises(NotIdentifiedError, match="no PIN was given for BELA") as caught:
                people.asked.identify("BELA", "")
            assert caught.value.told == told(Cause.PIN_NOT_GIVEN, name="BELA")
        assert people.asked.identify("BELA", "4711").proven

    @pytest.mark.parametrize("pin", ["4712", "471", "47110", " 4711", "\ud800", "x" * 5000])
    def test_a_wrong_pin_is_refused_and_not_repeated(self, people: People, pin: str) -> None:
        people.enrol(BELA, "4711")
        with pytest.raises(NotIdentifiedError, match="that is not BELA's PIN") as caught:
            people.asked.identify("BELA", pin)
        assert pin not in str(caught.value)
        assert "4711" not in str(caught.value)
        assert people.asked.identify("BELA", "4711").proven

    @pytest.mark.parametrize("name", ["", "NOBODY", "bela", "BELA ", "\x1b[2J", "x" * 5000])
    def test_nobody_of_that_name(self, people: People, name: str) -> None:
        people.enrol(BELA, "4711")
        for pin in ("", "4711"):
            with pytest.raises(NotIdentifiedError, match="nobody of the name"):
                people.asked.identify(name, pin)

    def test_somebody_without_a_pin(self, people: People) -> None:
        people.enrol(BELA, "")
        with pytest.raises(NotIdentifiedError, match="BELA has no PIN"):
            people.asked.identify("BELA", "4711")

    def test_somebody_removed(self, people: People) -> None:
        people.enrol(BELA, "4711")
        people.remove(BELA)
        for pin in ("", "4711"):
            with pytest.raises(NotIdentifiedError, match="nobody of the name"):
                people.asked.identify("BELA", pin)

    def test_whether_anybody_is_enrolled(self, people: People) -> None:
        assert not people.asked.has_people()
        people.enrol(BELA, "")
        assert people.asked.has_people()
        people.remove(BELA)
        assert not people.asked.has_people()

    def test_after_too_many_wrong_pins_the_right_one_has_to_wait(self, people: People) -> None:
        people.enrol(BELA, "4711")
        for _ in range(FREE_TRIES):
            with pytest.raises(NotIdentifiedError, match="that is not BELA's PIN"):
                people.asked.identify("BELA", "9517")
        with pytest.raises(NotIdentifiedError, match="too many wrong PINs for BELA"):
            people.asked.identify("BELA", "4711")

    def test_a_right_pin_forgives_the_wrong_ones_before_it(self, people: People) -> None:
        people.enrol(BELA, "4711")
        for _ in range(3):
            for _ in range(FREE_TRIES - 1):
                with pytest.raises(NotIdentifiedError):
                    people.asked.identify("BELA", "9517")
            assert people.asked.identify("BELA", "4711").proven


@pytest.mark.parametrize("pin", ["1234", "0000", "47", "letters"])
def test_no_bad_pin_is_kept(tmp_path: Path, pin: str) -> None:
    path = tmp_path / "station.db"
    station_db.create(path, "dock-1")
    book = OperatorBook(path, FrozenClock(), NOTARY)
    with pytest.raises(ConfigurationError, match="choose another") as caught:
        book.record(change(BELA), None, pin)
    assert pin not in str(caught.value)
    with pytest.raises(NotIdentifiedError, match="nobody of the name"):
        book.identify("BELA", "")
    book.close()
