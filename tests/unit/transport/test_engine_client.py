"""A screen's end: finds the engine, finds it again, and never lets old news stand."""

import os
import signal
import socket
import subprocess
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Final

import pytest

from station import __version__
from station.core.advice import Loss
from station.core.reasons import Reason
from station.ports.display import (
    Counters,
    Declare,
    EngineFound,
    EngineLost,
    FeedEvent,
    Goodbye,
    Notice,
    Snapshot,
)
from station.transport.engine_socket import EngineClient
from station.transport.engine_socket import client as client_module
from station.transport.engine_socket.client import _CROWD
from station.transport.engine_socket.codec import PROTOCOL_VERSION, Hello, encode
from station.transport.engine_socket.server import MAX_SCREENS
from tests.fakes.display import verdict
from tests.unit.transport.conftest import DEADLINE_S, Dock, collect, until

HOSTILE_HELLO: Final = encode(Hello(PROTOCOL_VERSION, "\x1b[31m"))
START: Final = "Start it: station run"
NOT_RUNNING: Final = EngineLost("The engine is not running", START, Loss.NOT_RUNNING)


def lost(heard: list[FeedEvent]) -> list[EngineLost]:
    return [event for event in heard if isinstance(event, EngineLost)]


def has_picture(heard: list[FeedEvent]) -> bool:
    return any(isinstance(event, Snapshot) for event in heard)


def listening_by_hand(path: Path) -> socket.socket:
    path.parent.mkdir(parents=True, exist_ok=True)
    listener = socket.socket(socket.AF_UNIX)
    listener.bind(str(path))
    listener.listen(1)
    return listener


class TestFinding:
    def test_found_then_the_picture_then_messages(self, dock: Dock) -> None:
        server = dock.start()
        client = dock.client()
        heard = collect(client, has_picture)

        assert isinstance(heard[0], EngineFound)
        assert heard[1] == dock.picture
        server.publish(verdict(scan_id="X"))
        collect(client, lambda heard: verdict(scan_id="X") in heard)

    def test_an_engine_that_comes_later_is_found(self, dock: Dock) -> None:
        client = dock.client()
        heard = collect(client, lambda heard: bool(lost(heard)))
        assert heard == [NOT_RUNNING]

        dock.start()

        assert isinstance(collect(client, has_picture)[0], EngineFound)

    def test_the_same_trouble_is_told_once(self, dock: Dock) -> None:
        client = dock.client()
        collect(client, lambda heard: bool(lost(heard)))

        assert client.wait(1.5) == ()

    def test_an_engine_started_anew_is_found_again(self, dock: Dock) -> None:
        server = dock.start()
        client = dock.client()
        collect(client, has_picture)
        server.close()
        collect(client, lambda heard: bool(lost(heard)))

        dock.start()

        heard = collect(client, has_picture)
        assert isinstance(heard[0], EngineFound)

    def test_why_the_engine_ended_is_kept_while_it_is_away(self, dock: Dock) -> None:
        server = dock.start()
        client = dock.client()
        collect(client, has_picture)

        server.publish(verdict(scan_id="LAST"))
        server.publish(Goodbye("stopped for the night"))
        server.close()

        heard = collect(client, lambda heard: bool(lost(heard)))
        heard += client.wait(0.5)
        assert verdict(scan_id="LAST") in heard
        assert lost(heard) == [
            EngineLost(
                *("The engine hung up: stopped for the night", START),
                *(Loss.HUNG_UP, "stopped for the night"),
            )
        ]

    def test_an_engine_that_was_told_to_end_has_ended_in_every_language(self, dock: Dock) -> None:
        server = dock.start()
        client = dock.client()
        collect(client, has_picture)

        server.publish(Goodbye(""))
        server.close()

        assert lost(collect(client, lambda heard: bool(lost(heard))))[0].loss is Loss.ENDED


class TestLosing:
    def serve_once(self, path: Path, *frames: bytes) -> socket.socket:
        """A server by hand that says what it is told and then keeps still."""
        listener = listening_by_hand(path)

        def serve() -> None:
            connection, _ = listener.accept()
            listener.close()
            path.unlink()
            for frame in frames:
                connection.sendall(frame)
            connection.settimeout(20)
            while connection.recv(1000):
                pass
            connection.close()

        threading.Thread(target=serve, name="by hand").start()
        return listener

    def test_silence_is_a_loss(self, dock: Dock) -> None:
        """A hung engine keeps its connection: what it said last must not stand for ever."""
        self.serve_once(dock.path, encode(Hello(PROTOCOL_VERSION, "0.1.0")), encode(dock.picture))
        client = dock.client(silence_s=0.2)

        heard = collect(client, lambda heard: bool(lost(heard)))

        assert has_picture(heard)
        assert lost(heard)[0] == EngineLost(
            *("The engine does not answer", "Stop it and start it again: station run", Loss.SILENT)
        )

    @pytest.mark.parametrize(
        ("frames", "text"),
        [
            ([b"HTTP/1.1 400 Bad Request\r\n"], "The engine is not understood: a frame of"),
            ([b"\x00\x00\x00\x03abc"], "The engine is not understood: not a message of this"),
            (
                [encode(Hello(PROTOCOL_VERSION + 1, "9.9"))],
                "The engine speaks protocol 3, this screen 2",
            ),
            ([encode(Counters())], "The engine did not say hello"),
        ],
    )
    def test_an_engine_that_is_none(self, dock: Dock, frames: list[bytes], text: str) -> None:
        self.serve_once(dock.path, *frames)
        client = dock.client()

        heard = collect(client, lambda heard: bool(lost(heard)))

        assert lost(heard)[0].text.startswith(text)
        assert not has_picture(heard)

    def test_hostile_words_of_an_engine_are_harmless(self, dock: Dock) -> None:
        self.serve_once(dock.path, HOSTILE_HELLO, encode(Goodbye("\x1b]0;owned\x07" + "x" * 500)))
        client = dock.client(silence_s=0.2)

        heard = collect(client, lambda heard: bool(lost(heard)))

        found = heard[0]
        assert isinstance(found, EngineFound)
        assert found.engine_version.isprintable()
        assert lost(heard)[0].text.isprintable()
        assert len(lost(heard)[0].text) <= 80

    def test_a_killed_engine_is_noticed(self, tmp_path: Path) -> None:
        path = tmp_path / "run" / "engine.sock"
        with engine_process(path) as engine, EngineClient(path) as client:
            collect(client, has_picture)
            engine.kill()
            heard = collect(client, lambda heard: bool(lost(heard)))
            assert lost(heard)[0].text.startswith("The engine ")

    def test_a_frozen_engine_is_noticed_and_found_again(self, tmp_path: Path) -> None:
        path = tmp_path / "run" / "engine.sock"
        with engine_process(path) as engine, EngineClient(path, silence_s=1.5) as client:
            collect(client, has_picture)
            os.kill(engine.pid, signal.SIGSTOP)
            heard = collect(client, lambda heard: bool(lost(heard)))
            assert lost(heard)[0].text == "The engine does not answer"
            os.kill(engine.pid, signal.SIGCONT)
            assert isinstance(collect(client, has_picture)[0], EngineFound)


ENGINE: Final = """
import sys, time
from pathlib import Path
from station.core.advice import Loss
from station.ports.display import Counters, LatchState, Snapshot
from station.transport.engine_socket import EngineServer
picture = Snapshot("Dock 3", "Lyon", "0.1.0", 1, "", Counters(), LatchState(False), (), ())
with EngineServer(Path(sys.argv[1]), lambda request: None, lambda: picture):
    print("ready", flush=True)
    time.sleep(60)
"""


@contextmanager
def engine_process(path: Path) -> Iterator["subprocess.Popen[str]"]:
    """An engine in a process of its own; killed in the end, whatever state it is in."""
    argv = [sys.executable, "-c", ENGINE, str(path)]
    with subprocess.Popen(argv, stdout=subprocess.PIPE, text=True) as engine:
        try:
            assert engine.stdout is not None
            assert engine.stdout.readline() == "ready\n"
            yield engine
        finally:
            engine.kill()


class TestAsking:
    def test_a_request_arrives(self, dock: Dock) -> None:
        dock.start()
        client = dock.client()
        collect(client, has_picture)

        assert client.send(Declare(Reason.DAMAGED))

        until(lambda: bool(dock.requests), "the request")
        assert dock.requests == [Declare(Reason.DAMAGED)]

    def test_a_request_does_not_wait_for_a_crowd(
        self, dock: Dock, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setattr(client_module, "_CROWD_PACE_S", 3600.0)
        with listening_by_hand(dock.path) as listener:
            client = dock.client()
            engine, _ = listener.accept()
        with engine:
            crowd = [verdict(scan_id=f"{number}") for number in range(_CROWD)]
            greeting = encode(Hello(PROTOCOL_VERSION, "0.1.0")) + encode(dock.picture)
            engine.sendall(greeting + b"".join(map(encode, crowd)))
            collect(client, lambda heard: crowd[-1] in heard)

            engine.sendall(encode(verdict(scan_id="LATER")))
            assert client.send(Declare(Reason.DAMAGED))

            engine.settimeout(DEADLINE_S)
            asked = encode(Hello(PROTOCOL_VERSION, __version__)) + encode(Declare(Reason.DAMAGED))
            with engine.makefile("rb") as heard:
                assert heard.read(len(asked)) == asked
            assert client.drain() == ()

    def test_without_an_engine_nothing_is_asked_nor_kept_for_later(self, dock: Dock) -> None:
        client = dock.client()
        collect(client, lambda heard: bool(lost(heard)))

        assert not client.send(Declare(Reason.DAMAGED))

        dock.start()
        collect(client, has_picture)
        assert client.send(Declare(Reason.NO_CODE))
        until(lambda: bool(dock.requests), "the second request")
        assert dock.requests == [Declare(Reason.NO_CODE)]


class TestKeeping:
    def test_a_screen_that_does_not_drain_costs_the_engine_nothing(self, dock: Dock) -> None:
        """The client's thread reads on; what it keeps is bounded."""
        server = dock.start()
        client = dock.client()
        collect(client, has_picture)
        watcher = dock.screen()
        watcher.hear(dock.picture)
        for number in range(5000):
            server.publish(verdict(scan_id=str(number)))
        server.publish(Notice("end"))
        watcher.hear(Notice("end"))

        heard = collect(client, lambda heard: Notice("end") in heard)

        assert len(heard) < 2000

    def test_draining_never_waits(self, dock: Dock) -> None:
        assert dock.client().drain() in {(), (NOT_RUNNING,)}

    def test_closing_ends_waiting_and_is_idempotent(self, dock: Dock) -> None:
        client = dock.client()
        collect(client, lambda heard: bool(lost(heard)))
        waiter = threading.Thread(target=client.wait, args=(60,))
        waiter.start()
        client.close()
        client.close()
        waiter.join(30)
        assert not waiter.is_alive()
        assert not client.send(Declare(Reason.DAMAGED))


def test_one_screen_too_many_is_told_why(dock: Dock) -> None:
    dock.start()
    for _ in range(MAX_SCREENS):
        dock.screen().next()

    heard = collect(dock.client(), lambda heard: bool(lost(heard)))

    assert lost(heard)[0].text == ("The engine hung up: 8 screens are connected already: close one")
