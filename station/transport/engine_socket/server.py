"""The engine's end: tells every connected screen, takes their requests.

`publish` only appends to a bounded queue and wakes this server's own thread, which encodes and
sends; so a frozen, slow or hostile screen costs the verdict loop nothing. A screen first gets a
hello and a `Snapshot`, then messages in order, and a fresh `Snapshot` every second: whatever it
lost, it is right again a second later.

The engine must change what `snapshot` returns *before* it publishes the change, so that a snapshot
is never older than a message sent before it.
"""

import contextlib
import logging
import selectors
import threading
import time
from collections import deque
from collections.abc import Callable, Iterable
from dataclasses import replace
from pathlib import Path
from types import TracebackType
from typing import Final

from station import __version__
from station.core.errors import StationError
from station.ports.display import EngineMessage, Goodbye, Notice, ScreenRequest, Snapshot
from station.transport.engine_socket.address import Waker, listen, may_connect, peer_of
from station.transport.engine_socket.backlog import replaces
from station.transport.engine_socket.codec import PROTOCOL_VERSION, Hello, WireError, encode
from station.transport.engine_socket.connection import Connection

log = logging.getLogger(__name__)

MAX_SCREENS: Final = 8
SNAPSHOT_EVERY_S: Final = 1.0
STUCK_AFTER_S: Final = 30.0
"""A screen that took nothing for so long is dropped; it may connect again."""

_HELLO_WITHIN_S: Final = 10.0
_FLUSH_S: Final = 0.25
_INBOX: Final = 4096
_WRITE_EVERY: Final = 64
_S: Final = 1_000_000_000


class EngineServer:
    """`station.ports.display.Display` over a Unix socket. Starts at once; `close` ends it.

    Args:
        path: Where the socket goes; its directory is made if need be.
        on_request: Takes a screen's request, already checked for form; called on the server's
            thread, must return soon. What it raises is logged and costs the engine nothing.
        snapshot: Gives the whole picture; called on the server's thread, at most once a second
            and for each new screen.
        stuck_after_s: See `STUCK_AFTER_S`.

    Raises:
        ConfigurationError: The socket cannot be made, or another engine listens on it.
    """

    def __init__(
        self,
        path: Path,
        on_request: Callable[[ScreenRequest], None],
        snapshot: Callable[[], Snapshot],
        stuck_after_s: float = STUCK_AFTER_S,
    ) -> None:
        self._path = path
        self._on_request = on_request
        self._snapshot = snapshot
        self._stuck_after_ns = int(stuck_after_s * _S)
        self._listener = listen(path)
        status = path.stat()
        self._inode = (status.st_dev, status.st_ino)
        self._owner = (status.st_uid, status.st_gid)
        # A deque with a bound appends and drops its oldest in one atomic step: no lock to wait for.
        self._inbox: deque[EngineMessage] = deque(maxlen=_INBOX)
        self._waker = Waker()
        self._closing = threading.Event()
        self._connections: set[Connection] = set()
        self._next_snapshot_ns = 0
        self._selector = selectors.DefaultSelector()
        self._selector.register(self._listener, selectors.EVENT_READ, self._listener)
        self._selector.register(self._waker, selectors.EVENT_READ, self._waker)
        self._thread = threading.Thread(target=self._run, name="engine-socket", daemon=True)
        self._thread.start()

    @property
    def path(self) -> Path:
        """Where screens connect."""
        return self._path

    def publish(self, message: EngineMessage) -> None:
        """Send to every connected screen; never blocks, never raises, any thread."""
        self._inbox.append(message)
        self._waker.wake()

    def close(self) -> None:
        """Send what waits for at most a quarter of a second, hang up, end the thread.

        Idempotent; publish a `Goodbye` first to say why.
        """
        self._closing.set()
        self._waker.wake()
        self._thread.join()

    def __enter__(self) -> "EngineServer":
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.close()

    # ------------------------------------------------- everything below: the server's thread

    def _run(self) -> None:
        try:
            while not self._closing.is_set():
                try:
                    self._turn()
                except Exception:
                    # A screen's server that dies would leave the engine mute: start afresh.
                    log.exception("engine socket: unexpected error, all screens are dropped")
                    for connection in tuple(self._connections):
                        self._drop(connection)
                    self._closing.wait(0.1)
            self._flush()
        finally:
            self._release()

    def _turn(self) -> None:
        timeout_s = max(0.0, (self._next_snapshot_ns - time.monotonic_ns()) / _S)
        events = self._selector.select(timeout_s)
        now_ns = time.monotonic_ns()
        for key, mask in events:
            if key.data is self._waker:
                self._waker.clear()
            elif isinstance(key.data, Connection):
                self._serve(key.data, mask, now_ns)
        self._forward(now_ns)
        if now_ns >= self._next_snapshot_ns:
            self._tick(now_ns)
        if any(key.data is self._listener for key, _ in events):
            self._accept(now_ns)
        self._write_all(now_ns)

    def _forward(self, now_ns: int) -> None:
        """Move what was published to every screen's queue, encoded once."""
        forwarded = 0
        while self._inbox:
            message = self._inbox.popleft()
            if self._connections:
                self._tell(self._connections, message, now_ns)
                forwarded += 1
                if forwarded % _WRITE_EVERY == 0:
                    self._write_all(now_ns)

    def _write_all(self, now_ns: int) -> None:
        for connection in tuple(self._connections):
            if connection.wants_to_write and not connection.blocked:
                self._write(connection, now_ns)

    def _tick(self, now_ns: int) -> None:
        """Once a second: a fresh picture, and screens that are stuck or silent are dropped."""
        self._next_snapshot_ns = now_ns + int(SNAPSHOT_EVERY_S * _S)
        self._listen_again()
        for connection in tuple(self._connections):
            if not connection.greeted and now_ns - connection.connected_ns > _HELLO_WITHIN_S * _S:
                self._drop(connection, "a client did not say hello")
            elif (
                connection.wants_to_write and now_ns - connection.progress_ns > self._stuck_after_ns
            ):
                self._drop(connection, "a screen does not take its messages")
        if self._connections and (picture := self._picture()) is not None:
            self._tell(self._connections, picture, now_ns)

    def _picture(self) -> Snapshot | None:
        try:
            return self._snapshot()
        except Exception:
            log.exception("engine socket: no snapshot could be taken")
            return None

    def _tell(self, screens: Iterable[Connection], message: EngineMessage, now_ns: int) -> None:
        """Queue a message; `_write_all` sends it."""
        frame = _frame_of(message)
        if frame is not None:
            key = replaces(message)
            for connection in screens:
                connection.put(frame, key, now_ns)

    def _accept(self, now_ns: int) -> None:
        try:
            sock, _ = self._listener.accept()
        except BlockingIOError:
            return
        except OSError as error:
            # Out of file descriptors: the waiting client would wake us for ever.
            log.warning("engine socket: a screen could not be accepted (%s)", error)
            self._selector.unregister(self._listener)
            return
        sock.setblocking(False)
        connection = Connection(sock, now_ns)
        self._connections.add(connection)
        self._selector.register(sock, selectors.EVENT_READ, connection)
        try:
            allowed = may_connect(peer_of(sock), *self._owner)
        except OSError:
            allowed = False
        if not allowed:
            self._drop(connection, "a client of a foreign user was refused")
            return
        if len(self._connections) > MAX_SCREENS:
            self._dismiss(connection, f"{MAX_SCREENS} screens are connected already: close one")
            return
        connection.put(encode(Hello(PROTOCOL_VERSION, __version__)), None, now_ns)
        if (picture := self._picture()) is not None:
            self._tell([connection], picture, now_ns)

    def _listen_again(self) -> None:
        if self._listener.fileno() not in self._selector.get_map():
            self._selector.register(self._listener, selectors.EVENT_READ, self._listener)

    def _serve(self, connection: Connection, mask: int, now_ns: int) -> None:
        if connection not in self._connections:
            return
        if mask & selectors.EVENT_READ:
            try:
                requests = connection.read()
            except WireError as error:
                self._dismiss(connection, error.message)
                return
            except (StationError, OSError):
                self._drop(connection)
                return
            for request in requests:
                self._ask(connection, request, now_ns)
        if mask & selectors.EVENT_WRITE:
            self._write(connection, now_ns)

    def _ask(self, connection: Connection, request: ScreenRequest, now_ns: int) -> None:
        if not connection.may_ask(now_ns):
            self._tell([connection], Notice("Too many requests: wait a second, try again"), now_ns)
            return
        try:
            self._on_request(request)
        except Exception:
            log.exception("engine socket: a request could not be carried out")
            self._tell([connection], Notice("That did not work: call the supervisor"), now_ns)

    def _write(self, connection: Connection, now_ns: int) -> None:
        try:
            connection.write(now_ns)
        except OSError:
            self._drop(connection)
            return
        events = selectors.EVENT_READ
        if connection.blocked:
            events |= selectors.EVENT_WRITE
        if self._selector.get_key(connection.sock).events != events:
            self._selector.modify(connection.sock, events, connection)

    def _dismiss(self, connection: Connection, why: str) -> None:
        """Drop, and say why if the screen still listens."""
        connection.put(encode(Goodbye(why[:200])), None, 0)
        with contextlib.suppress(OSError):
            connection.write(0)
        self._drop(connection, why)

    def _drop(self, connection: Connection, why: str = "") -> None:
        if connection not in self._connections:
            return
        if why:
            log.warning("engine socket: %s", why)
        self._connections.discard(connection)
        self._selector.unregister(connection.sock)
        connection.close()

    def _flush(self) -> None:
        deadline_ns = time.monotonic_ns() + int(_FLUSH_S * _S)
        self._forward(time.monotonic_ns())
        self._write_all(time.monotonic_ns())
        while any(connection.wants_to_write for connection in self._connections):
            now_ns = time.monotonic_ns()
            if now_ns >= deadline_ns:
                return
            for key, mask in self._selector.select((deadline_ns - now_ns) / _S):
                if isinstance(key.data, Connection) and mask & selectors.EVENT_WRITE:
                    self._write(key.data, now_ns)

    def _release(self) -> None:
        for connection in tuple(self._connections):
            self._drop(connection)
        self._selector.close()
        try:
            status = self._path.stat()
            if (status.st_dev, status.st_ino) == self._inode:
                self._path.unlink()
        except OSError as error:
            log.info("engine socket: %s was gone already (%s)", self._path, error.strerror)
        self._listener.close()
        self._waker.close()


def _frame_of(message: EngineMessage) -> bytes | None:
    """The frame, a snapshot's history shortened until it fits; None where nothing helps."""
    while True:
        try:
            return encode(message)
        except WireError as error:
            if not isinstance(message, Snapshot) or not message.recent:
                log.error("engine socket: a message was not sent: %s", error.message)  # noqa: TRY400
                return None
            message = replace(message, recent=message.recent[: len(message.recent) // 2])
        except Exception:
            log.exception("engine socket: a message was not sent")
            return None
