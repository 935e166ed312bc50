"""Where the engine's socket lies, with which rights, and who may connect."""

import logging
import os
import socket
import stat
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from station.core.errors import ConfigurationError
from station.transport.engine_socket import EngineServer
from station.transport.engine_socket.address import Peer, may_connect
from station.transport.engine_socket.codec import Hello
from tests.fakes.display import verdict
from tests.fakes.privileges import reachable_folder
from tests.unit.transport.conftest import Dock, until


def mode_of(path: Path) -> int:
    return stat.S_IMODE(path.stat().st_mode)


class TestThePlace:
    def test_modes_whatever_the_umask(self, dock: Dock) -> None:
        for mask in (0o000, 0o077):
            before = os.umask(mask)
            try:
                dock.start().close()
                server = dock.start()
            finally:
                os.umask(before)
            assert mode_of(dock.path) == 0o660
            assert mode_of(dock.path.parent) == 0o750
            server.close()

    def test_an_empty_folder_of_ours_is_put_right_a_used_one_is_left(
        self, tmp_path: Path, dock: Dock
    ) -> None:
        empty = tmp_path / "empty"
        empty.mkdir(mode=0o755)
        EngineServer(empty / "engine.sock", dock.asked, dock.snapshot).close()
        assert mode_of(empty) == 0o750

        used = tmp_path / "used"
        used.mkdir(mode=0o755)
        (used / "other").touch()
        EngineServer(used / "engine.sock", dock.asked, dock.snapshot).close()
        assert mode_of(used) == 0o755

    def test_a_folder_everybody_may_write_to_is_refused(self, tmp_path: Path, dock: Dock) -> None:
        folder = tmp_path / "open"
        folder.mkdir()
        (folder / "other").touch()
        folder.chmod(0o777)

        with pytest.raises(ConfigurationError) as error:
            EngineServer(folder / "engine.sock", dock.asked, dock.snapshot)

        assert str(error.value) == (
            f"everybody may write to {folder}, where the engine's socket goes: chmod 750 {folder}"
        )
        folder.chmod(0o1777)
        EngineServer(folder / "engine.sock", dock.asked, dock.snapshot).close()

    def test_a_socket_left_by_a_killed_engine_is_replaced(self, dock: Dock) -> None:
        dock.path.parent.mkdir()
        left = socket.socket(socket.AF_UNIX)
        left.bind(str(dock.path))
        left.close()

        dock.start()

        assert isinstance(dock.screen().next(), Hello)

    def test_a_second_engine_is_refused_and_the_first_goes_on(self, dock: Dock) -> None:
        dock.start()

        with pytest.raises(ConfigurationError, match="another engine listens on") as error:
            EngineServer(dock.path, dock.asked, dock.snapshot)

        assert "stop it first" in error.value.remedy
        assert isinstance(dock.screen().next(), Hello)

    def test_a_file_in_the_way_is_never_removed(self, dock: Dock) -> None:
        dock.path.parent.mkdir()
        dock.path.write_text("precious")

        with pytest.raises(ConfigurationError, match="is in the way"):
            dock.start()

        assert dock.path.read_text() == "precious"

    def test_a_folder_that_cannot_be_made(self, tmp_path: Path, dock: Dock) -> None:
        (tmp_path / "file").touch()

        with pytest.raises(ConfigurationError, match="cannot be made"):
            EngineServer(tmp_path / "file" / "engine.sock", dock.asked, dock.snapshot)

    def test_a_path_longer_than_an_address(self, tmp_path: Path) -> None:
        deep = tmp_path / ("d" * 120)
        dock = Dock(deep / "engine.sock")
        server = dock.start()
        client = dock.client()
        until(lambda: bool(client.drain()), "a message over a long path")
        client.close()
        server.close()
        assert not dock.path.exists()

    def test_closing_removes_the_socket_but_not_a_successors(self, dock: Dock) -> None:
        first = dock.start()
        dock.path.unlink()
        second = dock.start()
        first.close()

        assert isinstance(dock.screen().next(), Hello)
        second.close()
        assert not dock.path.exists()

    def test_closing_twice_and_closing_with_a_stuck_screen(self, dock: Dock) -> None:
        server = dock.start()
        dock.screen()
        for _ in range(500):
            server.publish(verdict(product="x" * 50_000))

        server.close()
        server.close()


class TestPeers:
    @pytest.mark.parametrize(
        ("peer", "allowed"),
        [
            (Peer(1000, frozenset({1000})), True),
            (Peer(0, frozenset({0})), True),
            (Peer(1001, frozenset({1001, 50})), True),
            (Peer(1001, frozenset({1001, 51})), False),
            (Peer(1001, frozenset({0})), False),
        ],
    )
    def test_same_user_root_or_same_group(self, peer: Peer, allowed: bool) -> None:
        assert may_connect(peer, uid=1000, gid=50) is allowed

    @pytest.mark.skipif(os.geteuid() != 0, reason="only root can become somebody else")
    def test_a_stranger_is_refused_even_where_the_files_let_it_in(
        self, dock: Dock, caplog: pytest.LogCaptureFixture, as_nobody: "AsNobody", reachable: Path
    ) -> None:
        dock.path = reachable / "run" / "engine.sock"
        dock.start()
        dock.path.parent.chmod(0o755)
        dock.path.chmod(0o666)
        with caplog.at_level(logging.WARNING):
            assert as_nobody(dock.path) == b""
        assert "foreign user" in caplog.text
        assert isinstance(dock.screen().next(), Hello)


AsNobody = Callable[[Path], bytes]


@pytest.fixture
def reachable() -> Iterator[Path]:
    """A folder that any user can reach; pytest's own are closed to others than their owner."""
    with reachable_folder() as folder:
        yield folder


@pytest.fixture
def as_nobody() -> AsNobody:
    """Connects as the user ``nobody`` and gives what it heard."""

    def heard(path: Path) -> bytes:
        reader, writer = os.pipe()
        child = os.fork()
        if child == 0:
            try:
                os.setgroups([])
                os.setgid(65534)
                os.setuid(65534)
                with socket.socket(socket.AF_UNIX) as sock:
                    sock.settimeout(60)
                    sock.connect(str(path))
                    try:
                        data = sock.recv(100)
                    except ConnectionResetError:
                        data = b""
                    os.write(writer, data)
            except OSError as error:
                os.write(writer, f"failed: {error}".encode())
            finally:
                os._exit(0)
        os.close(writer)
        data = b""
        while chunk := os.read(reader, 1000):
            data += chunk
        os.close(reader)
        os.waitpid(child, 0)
        return data

    return heard
