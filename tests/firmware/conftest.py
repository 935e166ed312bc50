"""The board's program and its runner, built once a session."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.firmware.simavr import Avr, Built, build, running


@pytest.fixture(scope="session")
def built(tmp_path_factory: pytest.TempPathFactory) -> Built:
    return build(tmp_path_factory.mktemp("firmware"))


@pytest.fixture
def avr(built: Built) -> Iterator[Avr]:
    with running(built) as board:
        yield board


@pytest.fixture
def link(tmp_path: Path) -> Path:
    return tmp_path / "usb-Board-if00"
