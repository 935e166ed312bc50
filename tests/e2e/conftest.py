"""What the whole product's tests share: one made-up site, and commands without their start-up."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.fakes.desk import Desk
from tests.fakes.made_site import MadeSite, made_site
from tests.fakes.office import Office
from tests.fakes.signing_machines import World, made_world
from tests.fakes.warm_station import WarmStation


@pytest.fixture(scope="session")
def made() -> MadeSite:
    """The session's brand folder, publication and site; not to be written to."""
    return made_site()


@pytest.fixture(scope="session")
def warm() -> Iterator[WarmStation]:
    """Starts commands without their start-up."""
    with WarmStation() as station:
        yield station


@pytest.fixture
def desk(warm: WarmStation, made: MadeSite, tmp_path: Path) -> Desk:
    """Where commands are typed."""
    return Desk(warm, made, tmp_path)


@pytest.fixture(scope="session")
def offline_template(tmp_path_factory: pytest.TempPathFactory) -> World:
    """Machines with keys, made once; not to be written to."""
    return made_world(tmp_path_factory.mktemp("machines"))


@pytest.fixture
def office(warm: WarmStation, made: MadeSite, tmp_path: Path) -> Office:
    """A site of the test's own, with people, and its desk."""
    return Office(warm, made, tmp_path / "own")
