"""An engine's server on a socket of its own, and clients that behave and misbehave."""

import contextlib
import socket
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final

import pytest

from station.ports.display import EngineMessage, FeedEvent, ScreenRequest, Snapshot
from station.transport.engine_socket import EngineClient, EngineServer
from station.transport.engine_socket.codec import (
    MAX_FRAME_BYTES,
    PROTOCOL_VERSION,
    FrameReader,
    Hello,
    decode_from_engine,
    encode,
)
from tests.fakes.display import snapshot

DEADLINE_S: Final = 60.0


def until(condition: Callable[[], bool], what: str) -> None:
    """Wait for a condition, not for a time."""
    deadline_s = time.monotonic() + DEADLINE_S
    while not condition():
        if time.monotonic() > deadline_s:
            pytest.fail(f"not within {DEADLINE_S} s: {what}")
        time.sleep(0.002)


def collect(client: EngineClient, enough: Callable[[list[FeedEvent]], bool]) -> list[FeedEvent]:
    """What a client hears until it is enough."""
    heard: list[FeedEvent] = []
    deadline_s = time.monotonic() + DEADLINE_S
    while not enough(heard):
        if time.monotonic() > deadline_s:
            pytest.fail(f"not within {DEADLINE_S} s; heard {heard[-5:]}")
        heard += client.wait(0.2)
    return heard


class RawScreen:
    """A client by hand, on a blocking socket."""

    def __init__(self, path: Path, *, hello: bool = True) -> None:
        self.sock = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
        self.sock.connect(str(path))
        self.sock.settimeout(DEADLINE_S)
        self._reader = FrameReader(MAX_FRAME_BYTES)
        self._ready: list[bytes] = []
        if hello:
            with contextlib.suppress(BrokenPipeError):  # turned away already
                self.sock.sendall(encode(Hello(PROTOCOL_VERSION, "test")))

    def next(self) -> Hello | EngineMessage | None:
        """The next frame; None at the end of the connection."""
        while not self._ready:
            try:
                data = self.sock.recv(65536)
            except ConnectionResetError:
                return None
            if not data:
                return None
            self._ready = self._reader.feed(data)
        return decode_from_engine(self._ready.pop(0))

    def hear(self, wanted: EngineMessage) -> list[Hello | EngineMessage]:
        """What comes before a message; the message must come."""
        before = []
        while (frame := self.next()) != wanted:
            if frame is None:
                pytest.fail(f"the connection ended before {wanted}")
            before.append(frame)
        return before

    def rest(self) -> list[Hello | EngineMessage]:
        """Everything until the connection ends."""
        frames = []
        while (frame := self.next()) is not None:
            frames.append(frame)
        return frames

    def close(self) -> None:
        self.sock.close()


@dataclass
class Dock:
    """A server with what it was told and asked."""

    path: Path
    requests: list[ScreenRequest] = field(default_factory=list)
    picture: Snapshot = field(default_factory=snapshot)
    pictures_taken: int = 0
    server: EngineServer | None = None
    screens: list[RawScreen] = field(default_factory=list)
    clients: list[EngineClient] = field(default_factory=list)

    def start(self, stuck_after_s: float = 30.0) -> EngineServer:
        self.server = EngineServer(self.path, self.asked, self.snapshot, stuck_after_s)
        return self.server

    def asked(self, request: ScreenRequest) -> None:
        self.requests.append(request)

    def snapshot(self) -> Snapshot:
        self.pictures_taken += 1
        return self.picture

    def screen(self, *, hello: bool = True) -> RawScreen:
        screen = RawScreen(self.path, hello=hello)
        self.screens.append(screen)
        return screen

    def client(self, silence_s: float = 5.0) -> EngineClient:
        client = EngineClient(self.path, silence_s)
        self.clients.append(client)
        return client


@pytest.fixture
def dock(tmp_path: Path) -> Iterator[Dock]:
    made = Dock(tmp_path / "run" / "engine.sock")
    yield made
    for screen in made.screens:
        screen.close()
    for client in made.clients:
        client.close()
    if made.server is not None:
        made.server.close()
