"""Doctor says that an engine runs only while one listens."""

import socket
from pathlib import Path

import pytest

from tests.fakes.command_line import station


@pytest.fixture
def site(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    assert station("init", "--name", "berlin", "--station", "dock-1").code == 0
    return tmp_path / "site"


def engine_status() -> str:
    (finding,) = station("doctor", "--only", "engine", "--json").json
    status = finding["status"]
    assert isinstance(status, str)
    return status


def test_an_engine_that_listens_is_found(site: Path) -> None:
    with socket.socket(socket.AF_UNIX) as listener:
        listener.bind("site/run/engine.sock")
        listener.listen()

        assert engine_status() == "ok"


def test_a_socket_left_from_a_killed_engine_is_none(site: Path) -> None:
    with socket.socket(socket.AF_UNIX) as listener:
        listener.bind("site/run/engine.sock")
        listener.listen()

    assert (site / "run" / "engine.sock").exists()
    assert engine_status() == "skipped"


def test_no_socket_is_none(site: Path) -> None:
    assert engine_status() == "skipped"
