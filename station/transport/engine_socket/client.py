"""A screen's end: connects, connects again, and keeps what the engine said until it is drained.

A thread of its own reads the socket, so that a screen stuck on its terminal still empties it, and
no event loop is needed: a Textual timer, a plain loop and a test all call `drain`. An engine that
falls silent (it sends something every second) counts as lost: an old verdict must not stand on a
screen that no longer knows.
"""

import contextlib
import logging
import selectors
import socket
import threading
import time
from collections import deque
from pathlib import Path
from types import TracebackType
from typing import Final

from station import __version__
from station.core.advice import Loss
from station.core.errors import StationError
from station.core.language import Language
from station.core.text import printable
from station.core.wording import TONGUES
from station.ports.display import (
    EngineFound,
    EngineLost,
    EngineMessage,
    FeedEvent,
    Goodbye,
    ScreenRequest,
)
from station.transport.engine_socket.address import Waker, socket_address
from station.transport.engine_socket.backlog import Backlog, replaces
from station.transport.engine_socket.codec import (
    MAX_FRAME_BYTES,
    PROTOCOL_VERSION,
    FrameReader,
    Hello,
    WireError,
    decode_from_engine,
    encode,
)

log = logging.getLogger(__name__)

SILENCE_S: Final = 5.0
"""Five snapshots missed: the engine hangs, or the machine does."""

_FIRST_RETRY_S: Final = 0.1
_LAST_RETRY_S: Final = 1.0
_MAX_WAITING_REQUESTS: Final = 8
_READ_BYTES: Final = 64 * 1024
_CONNECT_S: Final = 1.0
_PACE_S: Final = 0.01
"""What comes faster than this is taken together: waking for each of a thousand verdicts a second
would cost more than reading them."""

_CROWD: Final = 4
"""So many messages in one read are a crowd: more than anybody follows by eye."""

_CROWD_PACE_S: Final = 0.04
"""A crowd is read a little oftener than a screen draws (20 times a second), so that twenty times
the verdicts wake this thread half as often as a brisk dock does."""

_FEED_STATE: Final = "feed state"
_VERSIONS: Final = "Restart engine and screen from one version"
_LOSSES: Final = TONGUES[Language.ENGLISH].losses
_GONE: Final = frozenset({Loss.NOT_RUNNING, Loss.ENDED})
_REFUSALS: Final[tuple[tuple[type[OSError], Loss], ...]] = (
    (FileNotFoundError, Loss.NOT_RUNNING),
    (ConnectionRefusedError, Loss.ENDED),
    (PermissionError, Loss.FORBIDDEN),
    (TimeoutError, Loss.SILENT),
    (BlockingIOError, Loss.SILENT),  # its queue of callers is full
)


class EngineClient:
    """`station.ports.display.EngineFeed` over a Unix socket. Starts at once; `close` ends it.

    Args:
        path: The engine's socket; it need not exist yet.
        silence_s: See `SILENCE_S`.
    """

    def __init__(self, path: Path, silence_s: float = SILENCE_S) -> None:
        self._path = path
        self._silence_s = silence_s
        self._lock = threading.Lock()
        self._news = threading.Condition(self._lock)
        self._backlog: Backlog[FeedEvent] = Backlog()
        self._lost: EngineLost | None = None
        self._connected = False
        self._requests: deque[ScreenRequest] = deque()
        self._closing = threading.Event()
        self._waker = Waker()
        self._thread = threading.Thread(target=self._run, name="engine-client", daemon=True)
        self._thread.start()

    def drain(self) -> tuple[FeedEvent, ...]:
        """Everything since the last call, oldest first; never blocks for the engine."""
        with self._lock:
            return tuple(self._backlog.take_all())

    def wait(self, timeout_s: float) -> tuple[FeedEvent, ...]:
        """As `drain`, but wait until there is something.

        Returns:
            An empty tuple when nothing came in time or the client was closed.
        """
        with self._news:
            self._news.wait_for(lambda: len(self._backlog) or self._closing.is_set(), timeout_s)
            return tuple(self._backlog.take_all())

    def send(self, request: ScreenRequest) -> bool:
        """Ask the engine; False when none is connected or too much is waiting."""
        with self._lock:
            if not self._connected or len(self._requests) >= _MAX_WAITING_REQUESTS:
                return False
            self._requests.append(request)
        self._waker.wake()
        return True

    def close(self) -> None:
        """Disconnect, end the thread; idempotent."""
        self._closing.set()
        self._waker.wake()
        self._thread.join()
        with self._news:
            self._news.notify_all()

    def __enter__(self) -> "EngineClient":
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.close()

    # ------------------------------------------------- everything below: the client's thread

    def _run(self) -> None:
        retry_s = _FIRST_RETRY_S
        try:
            while not self._closing.is_set():
                started_s = time.monotonic()
                self._lose(self._attempt())
                lived_s = time.monotonic() - started_s
                retry_s = _FIRST_RETRY_S if lived_s > _LAST_RETRY_S else retry_s
                self._closing.wait(retry_s)
                retry_s = min(_LAST_RETRY_S, retry_s * 2)
        finally:
            self._waker.close()

    def _attempt(self) -> EngineLost | None:
        """One connection from beginning to end; why it ended, None when this client was closed."""
        try:
            with self._connect() as sock:
                self._follow(sock)
        except _LostError as lost:
            return EngineLost(
                printable(lost.message), printable(lost.remedy), lost.loss, printable(lost.farewell)
            )
        except OSError as error:
            what = f"The engine is not reachable ({error.strerror or error})"
            return EngineLost(printable(what), _LOSSES[Loss.NOT_RUNNING].next_action)
        except Exception:
            # A thread that dies here would leave the screen deaf with its last picture.
            log.exception("engine client: unexpected error")
            return EngineLost("The screen's connection failed", "Restart the screen")
        return None

    def _connect(self) -> socket.socket:
        sock = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
        try:
            sock.settimeout(_CONNECT_S)
            with socket_address(self._path) as address:
                sock.connect(address)
            with contextlib.suppress(BrokenPipeError):  # turned away: why is there to be read
                sock.sendall(encode(Hello(PROTOCOL_VERSION, __version__)))
        except OSError as error:
            sock.close()
            for kind, loss in _REFUSALS:
                if isinstance(error, kind):
                    raise _lost(loss) from error
            raise
        return sock

    def _follow(self, sock: socket.socket) -> None:
        """Read and write until the connection ends.

        Raises:
            _LostError: Why it ended; not raised when this client was closed.
            OSError: The connection broke.
        """
        reader = FrameReader(MAX_FRAME_BYTES)
        farewell: Goodbye | None = None
        heard_s = time.monotonic()
        pace_s = _PACE_S
        with selectors.DefaultSelector() as both, selectors.DefaultSelector() as requests:
            both.register(sock, selectors.EVENT_READ, sock)
            for selector in (both, requests):
                selector.register(self._waker, selectors.EVENT_READ, self._waker)
            while not self._closing.is_set():
                left_s = heard_s + self._silence_s - time.monotonic()
                ready = {key.data for key, _ in both.select(max(0.0, left_s))}
                if self._waker in ready:
                    self._waker.clear()
                    self._send_waiting(sock)
                if sock in ready:
                    rest_s = heard_s + pace_s - time.monotonic()
                    if rest_s > 0 and requests.select(rest_s):
                        continue  # what an operator asks does not wait for a crowd
                    data = _received(sock)
                    if not data:
                        raise _ended(farewell)
                    heard_s = time.monotonic()
                    heard = _messages(reader, data)
                    farewell = self._hear(heard) or farewell
                    pace_s = _CROWD_PACE_S if len(heard) >= _CROWD else _PACE_S
                elif left_s <= 0:
                    raise _lost(Loss.SILENT)

    def _hear(self, messages: list[Hello | EngineMessage]) -> Goodbye | None:
        """Keep what came; the engine's farewell, if it said one.

        Raises:
            _LostError: The engine does not begin with a hello of this protocol.
        """
        farewell: Goodbye | None = None
        with self._news:
            for message in messages:
                if isinstance(message, Hello):
                    self._found(message)
                    continue
                if isinstance(message, Goodbye):
                    farewell = message  # said without a hello to a screen that is turned away
                elif not self._connected:
                    raise _LostError("The engine did not say hello", _VERSIONS)
                self._backlog.put(message, replaces(message))
            self._news.notify_all()
        return farewell

    def _found(self, hello: Hello) -> None:
        """A new connection; with the lock held."""
        if hello.protocol != PROTOCOL_VERSION:
            raise _LostError(
                f"The engine speaks protocol {hello.protocol}, this screen {PROTOCOL_VERSION}",
                _VERSIONS,
            )
        self._lost = None
        self._connected = True
        self._backlog.put(EngineFound(printable(hello.software, 64)), _FEED_STATE)

    def _lose(self, lost: EngineLost | None) -> None:
        with self._news:
            self._connected = False
            self._requests.clear()
            if lost is None or lost == self._lost:
                return
            if self._lost is not None and lost.loss in _GONE and self._lost.loss is Loss.HUNG_UP:
                return  # why it ended says more than that it is gone
            self._lost = lost
            self._backlog.put(lost, _FEED_STATE)
            self._news.notify_all()

    def _send_waiting(self, sock: socket.socket) -> None:
        while True:
            with self._lock:
                if not self._requests:
                    return
                request = self._requests.popleft()
            sock.sendall(encode(request))


class _LostError(StationError):
    """Why there is no engine; becomes an `EngineLost`."""

    def __init__(
        self, message: str, remedy: str, loss: Loss = Loss.OTHER, farewell: str = ""
    ) -> None:
        super().__init__(message, remedy)
        self.loss: Final = loss
        self.farewell: Final = farewell


def _lost(loss: Loss, farewell: str = "") -> _LostError:
    """A loss that has words of its own."""
    words = _LOSSES[loss]
    why = f": {farewell}" if farewell else ""
    return _LostError(f"{words.message}{why}", words.next_action, loss, farewell)


def _messages(reader: FrameReader, data: bytes) -> list[Hello | EngineMessage]:
    try:
        return [decode_from_engine(body) for body in reader.feed(data)]
    except WireError as error:
        raise _LostError(f"The engine is not understood: {error.message}", _VERSIONS) from error


def _received(sock: socket.socket) -> bytes:
    """What came; nothing at the end, also at one without manners."""
    try:
        return sock.recv(_READ_BYTES)
    except ConnectionResetError:
        return b""


def _ended(farewell: Goodbye | None) -> _LostError:
    """The engine said that it ends, or why it ends or turned this screen away, or nothing."""
    if farewell is not None and not farewell.text:
        return _lost(Loss.ENDED)
    return _lost(Loss.HUNG_UP, "" if farewell is None else farewell.text)
