"""A server that drips, or never comes to the point, is given up wherever in its answer it does."""

import threading
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from http.server import BaseHTTPRequestHandler

import pytest
from tuf.api.exceptions import DownloadError, SlowRetrievalError

from station.ports.events import Answer
from station.transport.event_capture import EventCapture
from station.transport.http_access import HttpAccess, HttpPools
from station.transport.http_pace import MAX_HEAD_BYTES
from station.transport.tuf_fetch import HttpFetcher
from tests.fakes.loopback_server import listening

DRIPS = 300
"""A client that is taken in by a server of these tests is let go at last, and its test fails."""

OK = b"HTTP/1.1 200 OK\r\n"
CHUNKED = OK + b"Transfer-Encoding: chunked\r\n\r\n"

PLACES = {
    "status line": (b"", b"H"),
    "head": (OK + b"X: ", b"a"),
    "informational answers": (b"", b"HTTP/1.1 100 Continue\r\n\r\n"),
    "content": (OK + b"\r\n", b"a"),
    "length of a chunk": (CHUNKED, b"0"),
    "extension of a chunk": (CHUNKED + b"1;", b"a"),
}
"""What is sent at once, and what drips in behind it."""


@contextmanager
def answering(first: bytes, again: bytes, pause_s: float) -> Iterator[str]:
    """A server that sends something, and then something else again and again."""
    ended = threading.Event()

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            with suppress(OSError):
                self.wfile.write(first)
                for _ in range(DRIPS):
                    self.wfile.write(again)
                    if ended.wait(pause_s):
                        break
            self.close_connection = True

        def do_POST(self) -> None:
            self.rfile.read(int(self.headers["Content-Length"]))
            self.do_GET()

        do_CONNECT = do_GET  # noqa: N815 -- the server's own naming

    with listening(Handler) as port:
        try:
            yield f"http://127.0.0.1:{port}"
        finally:
            ended.set()


def pools(proxy: str = "none", grace_s: float = 0.1) -> HttpPools:
    return HttpPools(HttpAccess(proxy=proxy), "", grace_s=grace_s)


def fetched(address: str, of: HttpPools) -> bytes:
    return b"".join(HttpFetcher(allow_http=True, pools=of).fetch(f"{address}/a"))


def test_an_answer_that_takes_its_time_within_the_grace_is_taken() -> None:
    with answering(OK + b"\r\n", b"a", 0) as address:
        assert fetched(address, pools(grace_s=60.0)) == b"a" * DRIPS


@pytest.mark.parametrize("place", PLACES)
def test_a_file_that_drips(place: str) -> None:
    with (
        answering(*PLACES[place], pause_s=0.02) as address,
        pytest.raises(SlowRetrievalError, match="arrives too slowly"),
    ):
        fetched(address, pools())


def test_a_proxy_that_drips_before_its_tunnel_stands() -> None:
    with (
        answering(*PLACES["head"], pause_s=0.02) as address,
        pytest.raises(SlowRetrievalError, match="arrives too slowly"),
    ):
        fetched("https://registry.example", pools(address))


def test_a_head_without_end() -> None:
    """Fast enough, and never an answer."""
    piece = b"HTTP/1.1 100 Continue\r\n\r\n" * (MAX_HEAD_BYTES // 1000)
    with (
        answering(b"", piece, pause_s=0) as address,
        pytest.raises(DownloadError, match="before it begins"),
    ):
        fetched(address, pools(grace_s=60.0))


@pytest.mark.parametrize("place", ["status line", "head", "informational answers"])
def test_a_receiver_that_drips_is_tried_later(place: str, monkeypatch: pytest.MonkeyPatch) -> None:
    limits = HttpPools.__init__.__kwdefaults__
    assert limits is not None
    monkeypatch.setitem(limits, "grace_s", 0.1)
    with answering(*PLACES[place], pause_s=0.02) as address:
        sending = EventCapture(
            address, "", allow_http=True, access=HttpAccess(proxy="none", section="upload")
        )
        delivery = sending.send(b"{}")
    assert (delivery.answer, delivery.text) == (
        Answer.LATER,
        "cannot reach it: it arrives too slowly",
    )


def test_words_that_drip_behind_a_status_are_not_waited_for(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    limits = HttpPools.__init__.__kwdefaults__
    assert limits is not None
    monkeypatch.setitem(limits, "grace_s", 0.1)
    refused = b"HTTP/1.1 400 no\r\nContent-Length: 4000\r\n\r\n"
    with answering(refused, b"a", 0.02) as address:
        sending = EventCapture(address, "", allow_http=True)
        assert sending.send(b"{}").text == "it answers 400:"
