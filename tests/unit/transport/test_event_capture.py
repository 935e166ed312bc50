"""Sending over HTTP: what is sent, what a strange server cannot do, and what is never said."""

import socket
import threading
from collections.abc import Callable, Iterator
from http.server import BaseHTTPRequestHandler

import pytest

from station.core.errors import ConfigurationError
from station.ports.events import Answer
from station.transport.event_capture import MAX_ANSWER_BYTES, EventCapture
from tests.fakes.event_receiver import Served, served


@pytest.fixture
def it() -> Iterator[Served]:
    with served() as server:
        yield server


def answer(status: int, body: bytes = b"", **headers: str) -> Callable[..., None]:
    def give(request: BaseHTTPRequestHandler) -> None:
        request.send_response(status)
        for name, value in headers.items():
            request.send_header(name.replace("_", "-"), value)
        request.send_header("Content-Length", str(len(body)))
        request.end_headers()
        request.wfile.write(body)

    return give


def test_it_speaks_epcis(it: Served) -> None:
    EventCapture(it.address, "", allow_http=True).send(
        b'{"epcisBody": {"eventList": [{"eventID": "1"}]}}'
    )
    (headers,) = it.requests
    assert headers["Content-Type"] == "application/json"
    assert headers["GS1-EPCIS-Version"] == "2.0.0"
    assert headers["GS1-Capture-Error-Behaviour"] == "rollback"
    assert "Authorization" not in headers


@pytest.mark.parametrize(
    ("status", "expected"),
    [
        (200, Answer.TAKEN),
        (201, Answer.TAKEN),
        (202, Answer.TAKEN),
        (301, Answer.NOT_ALLOWED),
        (400, Answer.REFUSED),
        (401, Answer.NOT_ALLOWED),
        (403, Answer.NOT_ALLOWED),
        (404, Answer.NOT_ALLOWED),
        (408, Answer.LATER),
        (409, Answer.REFUSED),
        (413, Answer.REFUSED),
        (422, Answer.REFUSED),
        (425, Answer.LATER),
        (429, Answer.LATER),
        (500, Answer.LATER),
        (503, Answer.LATER),
    ],
)
def test_what_a_status_means(it: Served, status: int, expected: Answer) -> None:
    it.answer = answer(status, b"because")
    delivery = EventCapture(it.address, "", allow_http=True).send(b"{}")
    assert delivery.answer is expected
    assert delivery.text == ("" if expected is Answer.TAKEN else f"it answers {status}: because")


@pytest.mark.parametrize(
    ("value", "wait_s"),
    [("120", 120.0), ("999999999999", 3600.0), ("soon", None), ("-1", None), ("", None)],
)
def test_how_long_it_asks_to_be_left_alone(it: Served, value: str, wait_s: float | None) -> None:
    it.answer = answer(503, Retry_After=value)
    assert EventCapture(it.address, "", allow_http=True).send(b"{}").wait_s == wait_s


def test_a_redirect_is_not_followed(it: Served) -> None:
    it.answer = answer(307, Location=it.address)
    assert EventCapture(it.address, "", allow_http=True).send(b"{}").answer is Answer.NOT_ALLOWED
    assert len(it.requests) == 1


def test_a_servers_words_are_bounded_and_harmless(it: Served) -> None:
    it.answer = answer(400, b"\x1b[2J\xff" + "\N{RIGHT-TO-LEFT OVERRIDE}".encode() + b"A" * 100_000)
    text = EventCapture(it.address, "", allow_http=True).send(b"{}").text
    assert text.isprintable()
    assert len(text) <= 200


def test_an_endless_answer_is_not_read_to_its_end(it: Served) -> None:
    written: list[int] = []

    def endless(request: BaseHTTPRequestHandler) -> None:
        request.send_response(202)
        request.end_headers()
        try:
            for _ in range(10_000):
                request.wfile.write(bytes(MAX_ANSWER_BYTES))
                written.append(1)
        except OSError:
            pass

    it.answer = endless
    assert EventCapture(it.address, "", allow_http=True).send(b"{}").answer is Answer.TAKEN
    assert len(written) < 10_000


def test_nobody_there_is_later() -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        address = f"http://127.0.0.1:{taken.getsockname()[1]}/"
        delivery = EventCapture(address, "", allow_http=True).send(b"{}")
    assert delivery.answer is Answer.LATER
    assert "cannot reach it" in delivery.text


def test_a_silent_server_is_given_up_on(it: Served) -> None:
    let_go = threading.Event()

    def silent(_: BaseHTTPRequestHandler) -> None:
        let_go.wait(10)

    it.answer = silent
    sending = EventCapture(it.address, "", allow_http=True, silence_s=0.05)
    try:
        assert sending.send(b"{}").answer is Answer.LATER
    finally:
        let_go.set()


@pytest.mark.parametrize(
    ("address", "token", "allow_http", "wrong"),
    [
        ("ftp://x/", "", True, "cannot send events to"),
        ("here", "", True, "cannot send events to"),
        ("https:///x", "", True, "cannot send events to"),
        ("https://x/#y", "", True, "cannot send events to"),
        ("http://x/", "", False, "is not encrypted"),
        ("http://x/", "secret", True, "is not encrypted"),
        ("https://x/", "two\nlines", True, "token"),
        ("https://x/", "schl\N{LATIN SMALL LETTER U WITH DIAERESIS}ssel", True, "token"),
    ],
)
def test_what_cannot_be_right_is_refused_before_anything_is_sent(
    address: str, token: str, allow_http: bool, wrong: str
) -> None:
    with pytest.raises(ConfigurationError, match=wrong) as caught:
        EventCapture(address, token, allow_http=allow_http)
    assert caught.value.remedy
    assert token not in str(caught.value) or not token


def test_a_token_is_sent_and_never_shown(monkeypatch: pytest.MonkeyPatch) -> None:
    capture = EventCapture("https://127.0.0.1:1/", "s3cret-token")
    assert capture._headers["Authorization"] == "Bearer s3cret-token"
    assert "s3cret" not in capture.send(b"{}").text
