"""One screen's connection as the server keeps it: what it may still ask, what waits for it."""

import socket
from collections.abc import Hashable
from typing import Final

from station.core.errors import StationError
from station.ports.display import ScreenRequest
from station.transport.engine_socket.backlog import Backlog
from station.transport.engine_socket.codec import (
    MAX_REQUEST_BYTES,
    PROTOCOL_VERSION,
    FrameReader,
    Hello,
    WireError,
    decode_from_screen,
)

REQUESTS_PER_S: Final = 4
"""More than a person declares; `_BURST` at once."""

_BURST: Final = 4
_WRITE_BYTES: Final = 64 * 1024
_S: Final = 1_000_000_000


class ScreenGoneError(StationError):
    """A screen hung up."""

    def __init__(self) -> None:
        super().__init__("the screen hung up", "start it again: station dock")


class Connection:
    """Non-blocking; the server's thread only.

    Args:
        sock: Connected, non-blocking; closed by `close`.
        now_ns: Monotonic.
    """

    def __init__(self, sock: socket.socket, now_ns: int) -> None:
        self.sock = sock
        self.backlog: Backlog[bytes] = Backlog()
        self.greeted = False
        self.connected_ns = now_ns
        self.progress_ns = now_ns
        self.blocked = False
        self._reader = FrameReader(MAX_REQUEST_BYTES)
        self._writing = b""
        self._allowance = float(_BURST)
        self._allowance_ns = now_ns

    @property
    def wants_to_write(self) -> bool:
        """Whether anything waits for the screen."""
        return bool(self._writing) or len(self.backlog) > 0

    def put(self, frame: bytes, key: Hashable | None, now_ns: int) -> None:
        """Queue one frame; the oldest go where it is too much."""
        if not self.wants_to_write:
            self.progress_ns = now_ns
        self.backlog.put(frame, key, len(frame))

    def write(self, now_ns: int) -> None:
        """Send what the socket takes; `blocked` says whether it took all.

        Raises:
            OSError: The screen is gone.
        """
        while self.wants_to_write:
            if not self._writing:
                self._writing = self._next_block()
            try:
                sent = self.sock.send(self._writing)
            except BlockingIOError:
                self.blocked = True
                return
            self._writing = self._writing[sent:]
            self.progress_ns = now_ns
        self.blocked = False

    def read(self) -> list[ScreenRequest]:
        """What the screen asks; one read a call, so that no screen keeps the thread.

        Raises:
            WireError: What came is not the protocol.
            ScreenGoneError: The screen hung up.
            OSError: The screen is gone.
        """
        try:
            data = self.sock.recv(MAX_REQUEST_BYTES)
        except BlockingIOError:
            return []
        if not data:
            raise ScreenGoneError
        requests: list[ScreenRequest] = []
        for body in self._reader.feed(data):
            value = decode_from_screen(body)
            if isinstance(value, Hello):
                self._greet(value)
            elif not self.greeted:
                raise WireError("a screen asked before it said hello")
            else:
                requests.append(value)
        return requests

    def may_ask(self, now_ns: int) -> bool:
        """Take one request from the allowance (`REQUESTS_PER_S`); False when it is used up."""
        earned = (now_ns - self._allowance_ns) / _S * REQUESTS_PER_S
        self._allowance = min(float(_BURST), self._allowance + earned)
        self._allowance_ns = now_ns
        if self._allowance < 1:
            return False
        self._allowance -= 1
        return True

    def close(self) -> None:
        """Hang up."""
        self.sock.close()

    def _greet(self, hello: Hello) -> None:
        if self.greeted:
            raise WireError("a screen said hello twice")
        if hello.protocol != PROTOCOL_VERSION:
            raise WireError(
                f"the screen speaks protocol {hello.protocol}, this engine {PROTOCOL_VERSION}"
            )
        self.greeted = True

    def _next_block(self) -> bytes:
        """Small frames together, so that a burst costs few system calls."""
        block = bytearray()
        while len(self.backlog) and len(block) < _WRITE_BYTES:
            block += self.backlog.take()
        return bytes(block)
