"""What tests of the whole engine share: one made-up site, and commands without their start-up."""

from collections.abc import Iterator

import pytest

from tests.fakes import made_site
from tests.fakes.warm_station import WarmStation


@pytest.fixture(scope="session")
def made() -> made_site.MadeSite:
    """The session's brand folder, publication and site; not to be written to."""
    return made_site.made_site()


@pytest.fixture(scope="session")
def warm() -> Iterator[WarmStation]:
    """Starts commands without their start-up."""
    with WarmStation() as station:
        yield station
