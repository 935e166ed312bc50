"""Whoever identifies people refuses strangers the same way, and never says a PIN again."""

from collections.abc import Callable
from pathlib import Path

import pytest

from station.app.people import people_of
from station.app.site_paths import SitePaths
from station.core.errors import StationError
from station.ports.identification import Identification
from tests.fakes.people import PEOPLE, PIN_OF, FakePeople

MAKERS: dict[str, Callable[[Path], Identification]] = {
    "fake": lambda _folder: FakePeople(),
    "site": lambda folder: people_of(SitePaths(folder)),
}


@pytest.fixture(params=MAKERS)
def identification(request: pytest.FixtureRequest, tmp_path: Path) -> Identification:
    return MAKERS[request.param](tmp_path)


@pytest.mark.parametrize("name", ["", "NOBODY", "\x1b[2J", "x" * 10_000, "\udcff"])
def test_a_stranger_is_refused_with_what_to_do(identification: Identification, name: str) -> None:
    with pytest.raises(StationError) as caught:
        identification.identify(name, "987654")
    assert caught.value.remedy
    assert "987654" not in str(caught.value)
    assert "\x1b" not in str(caught.value)


class TestTheFake:
    """What acts rely on; a site's own people are held to it where there are any."""

    @pytest.mark.parametrize("name", PEOPLE)
    def test_a_pin_proves(self, name: str) -> None:
        actor = FakePeople().identify(name, PIN_OF[name])
        assert (actor.name, actor.role, actor.proven) == (name, PEOPLE[name][0], True)

    def test_without_a_pin_nothing_is_proven(self) -> None:
        assert not FakePeople().identify("SVEN", "").proven

    def test_a_wrong_pin_is_refused(self) -> None:
        with pytest.raises(StationError, match="PIN"):
            FakePeople().identify("SVEN", "0000")
