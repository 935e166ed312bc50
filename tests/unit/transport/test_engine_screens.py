"""What screens may do to an engine: ask, and misbehave, at nobody's cost but their own."""

import logging
import struct

import pytest

from station.core.reasons import Reason
from station.ports.display import Declare, Goodbye, LatchState, Notice, ScreenRequest, Snapshot
from station.transport.engine_socket import EngineServer
from station.transport.engine_socket.codec import PROTOCOL_VERSION, Hello, encode
from station.transport.engine_socket.server import MAX_SCREENS
from tests.fakes.display import verdict
from tests.unit.transport.conftest import Dock, collect, until


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
