"""Gives up on a server that drips or never comes to the point, wherever in its answer it does so.

A limit on silence alone is kept by one byte now and then, and a library reads a line of a head or
the length of a chunk for as long as that takes. So the bytes are counted where they come out of the
connection, below the parser: in what a proxy says of a tunnel, in informational answers, heads,
chunks and bodies alike. Costs one call a read.

Source: TUF specification 1.0, section 1.5.2 (slow retrieval, endless data).
"""

import io
import time
from http.client import HTTPResponse
from socket import socket
from typing import Any, Final

from urllib3 import HTTPConnectionPool, HTTPSConnectionPool
from urllib3.connection import HTTPConnection, HTTPSConnection

GRACE_S: Final = 60.0
"""How long an answer may be slow before its rate counts."""

MIN_BYTES_PER_S: Final = 2000
"""Slower than this, after the grace, a server is taken to be stalling on purpose."""

MAX_HEAD_BYTES: Final = 1 << 18
"""Of everything before an answer's content."""


class TooSlowError(TimeoutError):
    """It arrives too slowly."""

    def __str__(self) -> str:
        return "it arrives too slowly"


class TooMuchHeadError(OSError):
    """Its head has no end."""

    def __str__(self) -> str:
        return f"it sends more than {MAX_HEAD_BYTES} bytes before it begins"


class _PacedBytes(io.RawIOBase):
    """What comes out of a connection during one answer."""

    def __init__(self, raw: io.RawIOBase, grace_s: float) -> None:
        super().__init__()
        self._raw: Final = raw
        self._grace_s: Final = grace_s
        self._started: Final = time.monotonic()
        self._received = 0
        self.is_head = True

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: Any) -> int | None:
        count = self._raw.readinto(buffer)
        self._received += count or 0
        spent_s = time.monotonic() - self._started
        if spent_s > self._grace_s and self._received < MIN_BYTES_PER_S * spent_s:
            raise TooSlowError
        if self.is_head and self._received > MAX_HEAD_BYTES:
            raise TooMuchHeadError
        return count

    def close(self) -> None:
        self._raw.close()
        super().close()


def paced_pools(grace_s: float) -> dict[str, type[HTTPConnectionPool]]:
    """Pools of connections, by scheme, whose answers must keep a pace.

    Whoever reads such an answer meets `TooSlowError` or `TooMuchHeadError`, or the library's own
    error raised from it.

    Args:
        grace_s: How long an answer may be slow before its rate counts.
    """

    class Answer(HTTPResponse):
        def __init__(self, sock: socket, *args: Any, **kwargs: Any) -> None:
            super().__init__(sock, *args, **kwargs)
            self._paced = _PacedBytes(self.fp.detach(), grace_s)
            self.fp = io.BufferedReader(self._paced)

        def begin(self) -> None:
            super().begin()
            self._paced.is_head = False

    class Plain(HTTPConnection):
        response_class = Answer

    class Secured(HTTPSConnection):
        response_class = Answer

    class PlainPool(HTTPConnectionPool):
        ConnectionCls = Plain

    class SecuredPool(HTTPSConnectionPool):
        ConnectionCls = Secured

    return {"http": PlainPool, "https": SecuredPool}
