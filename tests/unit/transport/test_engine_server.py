"""The engine's end of the socket: first a snapshot, never a wait, and no way to hurt the engine."""

import logging
import os
import socket
import stat
import struct
import threading
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from station.core.errors import ConfigurationError
from station.core.reasons import Reason
from station.ports.display import (
    Counters,
    Declare,
    Goodbye,
    LatchState,
    Notice,
    ScreenRequest,
    Snapshot,
)
from station.transport.engine_socket import EngineServer
from station.transport.engine_socket.address import Peer, may_connect
from station.transport.engine_socket.codec import PROTOCOL_VERSION, Hello, encode
from station.transport.engine_socket.server import MAX_SCREENS
from tests.fakes.display import snapshot, verdict
from tests.fakes.privileges import reachable_folder
from tests.unit.transport.conftest import Dock, collect, until


def mode_of(path: Path) -> int:
    return stat.S_IMODE(path.stat().st_mode)


class TestWhatAScreenHears:
    def test_hello_then_the_snapshot_then_messages_in_order(self, dock: Dock) -> None:
        dock.picture = snapshot([verdict(scan_id="before")])
        server = dock.start()
        screen = dock.screen()

        assert isinstance(screen.next(), Hello)
        assert screen.next() == dock.picture

        told = [verdict(scan_id=str(n)) for n in range(5)] + [LatchState(latched=False)]
        for message in told:
            server.publish(message)
        assert [screen.next() for _ in told] == told

    def test_a_fresh_snapshot_about_once_a_second(self, dock: Dock) -> None:
        dock.start()
        screen = dock.screen()
        screen.next(), screen.next()

        started_s = time.monotonic()
        assert screen.next() == dock.picture
        assert time.monotonic() - started_s < 5

    def test_two_screens_hear_the_same(self, dock: Dock) -> None:
        server = dock.start()
        screens = [dock.screen(), dock.screen()]
        for screen in screens:
            assert isinstance(screen.next(), Hello)
            assert isinstance(screen.next(), Snapshot)

        server.publish(verdict(scan_id="X"))

        assert [screen.next() for screen in screens] == [verdict(scan_id="X")] * 2

    def test_no_snapshot_is_taken_for_nobody(self, dock: Dock) -> None:
        server = dock.start()
        server.publish(verdict())
        dock.screen().next()

        assert dock.pictures_taken <= 1

    def test_a_snapshot_is_taken_after_what_was_published_before_it(self, dock: Dock) -> None:
        """A screen must not see a state return to what it was."""
        published_before: list[int] = []
        server: EngineServer

        def picture() -> Snapshot:
            count = len(published_before)
            return snapshot(counters=Counters(scans=count))

        server = EngineServer(dock.path, dock.asked, picture)
        dock.server = server
        screen = dock.screen()
        screen.next(), screen.next()
        for number in range(200):
            published_before.append(number)
            server.publish(Counters(scans=number + 1))

        seen = [
            message.counters.scans if isinstance(message, Snapshot) else message.scans
            for message in screen.hear(Counters(scans=200))
            if isinstance(message, (Snapshot, Counters))
        ]
        assert seen == sorted(seen)

    def test_a_snapshot_too_large_loses_its_oldest_rows(self, dock: Dock) -> None:
        rows = [verdict(scan_id=str(n), product="é" * 4000) for n in range(50)]
        dock.picture = snapshot(rows)
        dock.start()
        screen = dock.screen()
        screen.next()

        picture = screen.next()

        assert isinstance(picture, Snapshot)
        assert 0 < len(picture.recent) < 50
        assert picture.recent == tuple(rows[: len(picture.recent)])

    def test_goodbye_is_the_last_word(self, dock: Dock) -> None:
        server = dock.start()
        screen = dock.screen()
        screen.next(), screen.next()

        server.publish(Goodbye("the supervisor stopped it"))
        server.close()

        assert screen.rest() == [Goodbye("the supervisor stopped it")]


class TestPublishing:
    def test_a_screen_that_does_not_read_costs_the_publisher_nothing(self, dock: Dock) -> None:
        """Counted, not timed: far more is published than queue and socket hold."""
        server = dock.start()
        frozen = dock.screen()
        reading = dock.screen()
        reading.next(), reading.next()
        message = verdict(product="x" * 500)

        for number in range(20_000):
            server.publish(message)
            if number % 100 == 0:
                server.publish(Counters(scans=number))
        server.publish(LatchState(latched=True, scan_id="LAST"))

        last = LatchState(latched=True, scan_id="LAST")
        reading.hear(last)
        assert len(frozen.hear(last)) < 10_000, "a frozen screen's backlog is bounded"

    def test_newer_states_replace_older_ones_for_a_slow_screen(self, dock: Dock) -> None:
        server = dock.start()
        slow = dock.screen()
        slow.next(), slow.next()
        filler = verdict(product="x" * 50_000)
        for _ in range(40):
            server.publish(filler)
        for number in range(1000):
            server.publish(Counters(scans=number))
        server.publish(Notice("end"))

        heard = slow.hear(Notice("end"))
        counts = [message.scans for message in heard if isinstance(message, Counters)]
        assert counts[-1] == 999
        assert len(counts) < 1000
        assert counts == sorted(counts)

    def test_publishing_never_raises(self, dock: Dock, caplog: pytest.LogCaptureFixture) -> None:
        server = dock.start()
        screen = dock.screen()
        screen.next(), screen.next()

        with caplog.at_level(logging.ERROR):
            server.publish(Goodbye("x" * 300_000))
            server.publish(object())  # type: ignore[arg-type]
            server.publish(Notice("still here"))
            assert screen.next() == Notice("still here")
        assert "a message was not sent" in caplog.text

        server.close()
        server.publish(Notice("too late"))

    def test_from_many_threads(self, dock: Dock) -> None:
        server = dock.start()
        screen = dock.screen()
        screen.next(), screen.next()

        def publish(me: int) -> None:
            for number in range(50):
                server.publish(Notice(f"{me}:{number}"))

        threads = [threading.Thread(target=publish, args=(me,)) for me in range(4)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()

        server.publish(Notice("end"))
        said = [one.text for one in screen.hear(Notice("end")) if isinstance(one, Notice)]
        for me in range(4):
            mine = [text for text in said if text.startswith(f"{me}:")]
            assert mine == [f"{me}:{number}" for number in range(50)]


class TestScreensThatMisbehave:
    @pytest.mark.parametrize(
        "bad",
        [
            b"GET / HTTP/1.1\r\n\r\n",
            b"\x00\x00\x00\x00",
            b"\xff\xff\xff\xff",
            b"\x00\x00\x00\x05hello",
            b"\x00\x00\x10\x01",
            encode(LatchState(latched=False)),
            encode(Hello(PROTOCOL_VERSION, "twice")),
            struct.pack(">I", 53) + b'{"type":"declare","body":{"reason":"OK","gtin":""}}  ',
        ],
        ids=lambda bad: repr(bad[:12]),
    )
    def test_nonsense_ends_that_connection_and_no_other(self, dock: Dock, bad: bytes) -> None:
        server = dock.start()
        good = dock.screen()
        good.next(), good.next()
        wrong = dock.screen()
        wrong.next(), wrong.next()

        wrong.sock.sendall(bad)

        last = wrong.rest()
        assert isinstance(last[-1], Goodbye)
        assert dock.requests == []
        server.publish(Notice("alive"))
        assert good.next() == Notice("alive")

    def test_another_protocol_is_told_so(self, dock: Dock) -> None:
        dock.start()
        screen = dock.screen(hello=False)
        screen.sock.sendall(encode(Hello(PROTOCOL_VERSION + 1, "9.9")))

        assert screen.rest()[-1] == Goodbye("the screen speaks protocol 3, this engine 2")

    def test_a_request_before_the_hello_is_refused(self, dock: Dock) -> None:
        dock.start()
        screen = dock.screen(hello=False)
        screen.sock.sendall(encode(Declare(Reason.DAMAGED)))

        assert screen.rest()[-1] == Goodbye("a screen asked before it said hello")
        assert dock.requests == []

    def test_a_stuck_screen_is_dropped_in_the_end(
        self, dock: Dock, caplog: pytest.LogCaptureFixture
    ) -> None:
        server = dock.start(stuck_after_s=0.05)
        stuck = dock.screen()
        alive = dock.client()
        collect(alive, lambda heard: any(isinstance(one, Snapshot) for one in heard))
        for _ in range(200):
            server.publish(verdict(product="x" * 50_000))

        with caplog.at_level(logging.WARNING):
            until(lambda: "does not take its messages" in caplog.text, "the stuck screen's end")
        # What was in the socket is still there to be read; then the connection ends.
        assert len(stuck.rest()) < 200
        server.publish(Notice("alive"))
        collect(alive, lambda heard: Notice("alive") in heard)

    def test_one_screen_too_many_is_told_why(self, dock: Dock) -> None:
        dock.start()
        screens = [dock.screen() for _ in range(MAX_SCREENS)]
        for screen in screens:
            assert isinstance(screen.next(), Hello)

        assert dock.screen().rest() == [Goodbye("8 screens are connected already: close one")]

        screens[0].close()
        until(lambda: isinstance(dock.screen().next(), Hello), "a place is free again")

    def test_hanging_up_at_any_moment_is_no_matter(self, dock: Dock) -> None:
        server = dock.start()
        for _ in range(50):
            screen = dock.screen(hello=False)
            screen.close()
            server.publish(verdict())
        screen = dock.screen()
        assert isinstance(screen.next(), Hello)


class TestRequests:
    def test_a_declaration_reaches_the_engine(self, dock: Dock) -> None:
        dock.start()
        screen = dock.screen()
        screen.sock.sendall(encode(Declare(Reason.NO_CODE, "09506000134352")))

        until(lambda: bool(dock.requests), "the request")
        assert dock.requests == [Declare(Reason.NO_CODE, "09506000134352")]

    def test_in_pieces_and_together(self, dock: Dock) -> None:
        dock.start()
        screen = dock.screen()
        stream = encode(Declare(Reason.DAMAGED)) + encode(Declare(Reason.UNREADABLE))
        for byte in stream[:-5]:
            screen.sock.sendall(bytes([byte]))
        screen.sock.sendall(stream[-5:])

        until(lambda: len(dock.requests) == 2, "both requests")
        assert dock.requests == [Declare(Reason.DAMAGED), Declare(Reason.UNREADABLE)]

    def test_a_flood_is_cut_and_told(self, dock: Dock) -> None:
        dock.start()
        screen = dock.screen()
        screen.next(), screen.next()
        screen.sock.sendall(encode(Declare(Reason.DAMAGED)) * 30)

        screen.hear(Notice("Too many requests: wait a second, try again"))
        assert len(dock.requests) < 30

    def test_a_request_that_fails_is_told_and_costs_the_engine_nothing(
        self, dock: Dock, caplog: pytest.LogCaptureFixture
    ) -> None:
        def fails(_request: ScreenRequest) -> None:
            raise RuntimeError("planted")

        server = EngineServer(dock.path, fails, dock.snapshot)
        dock.server = server
        screen = dock.screen()
        screen.next(), screen.next()

        with caplog.at_level(logging.ERROR):
            screen.sock.sendall(encode(Declare(Reason.DAMAGED)))
            assert screen.next() == Notice("That did not work: call the supervisor")
        assert "could not be carried out" in caplog.text
        server.publish(Notice("alive"))
        assert screen.next() == Notice("alive")

    def test_a_snapshot_that_fails_costs_the_engine_nothing(
        self, dock: Dock, caplog: pytest.LogCaptureFixture
    ) -> None:
        def fails() -> Snapshot:
            raise RuntimeError("planted")

        server = EngineServer(dock.path, dock.asked, fails)
        dock.server = server
        screen = dock.screen()
        with caplog.at_level(logging.ERROR):
            assert isinstance(screen.next(), Hello)
            server.publish(Notice("alive"))
            assert screen.next() == Notice("alive")
        assert "no snapshot could be taken" in caplog.text


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
