"""A receiver of EPCIS documents: in memory, and behind a real HTTP server."""

import json
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler
from ssl import SSLContext
from typing import Any

from station.ports.events import Answer, Delivery
from tests.fakes.loopback_server import listening


@dataclass
class Receiver:
    """Keeps each event once, by its id. Implements `EventSink`.

    Attributes:
        events: What it has, in the order it came.
        documents: How many documents it was sent.
        refuses: Tells which events it will not take; a document with one is refused whole.
        moods: Answers it gives before it takes anything again, first to last.
        lost_answers: How many documents it still takes without its answer arriving.
    """

    events: dict[str, dict[str, Any]] = field(default_factory=dict)
    documents: int = 0
    refuses: Callable[[dict[str, Any]], bool] = lambda event: False
    moods: list[Delivery] = field(default_factory=list)
    lost_answers: int = 0

    def send(self, document: bytes) -> Delivery:
        self.documents += 1
        if self.moods:
            return self.moods.pop(0)
        events = json.loads(document)["epcisBody"]["eventList"]
        assert events, "an empty document"
        if any(map(self.refuses, events)):
            return Delivery(Answer.REFUSED, "it answers 400: not this one")
        for event in events:
            self.events[event["eventID"]] = event
        if self.lost_answers:
            self.lost_answers -= 1
            return Delivery(Answer.LATER, "cannot reach it (ReadTimeoutError)")
        return Delivery(Answer.TAKEN)


@dataclass
class Served:
    """A receiver that listens.

    Attributes:
        receiver: What it does with documents.
        address: Its capture interface.
        requests: The headers of each request.
        answer: Answers instead of the receiver.
    """

    receiver: Receiver
    address: str = ""
    requests: list[dict[str, str]] = field(default_factory=list)
    answer: Callable[[BaseHTTPRequestHandler], None] | None = None


_STATUS = {Answer.TAKEN: 202, Answer.REFUSED: 400, Answer.LATER: 503, Answer.NOT_ALLOWED: 401}


@contextmanager
def served(receiver: Receiver | None = None, tls: SSLContext | None = None) -> Iterator[Served]:
    """Listen on loopback, over TLS where it is said how."""
    it = Served(receiver or Receiver())

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            it.requests.append(dict(self.headers))
            document = self.rfile.read(int(self.headers["Content-Length"]))
            if it.answer is not None:
                it.answer(self)
                return
            delivery = it.receiver.send(document)
            self.send_response(_STATUS[delivery.answer])
            if delivery.wait_s is not None:
                self.send_header("Retry-After", str(int(delivery.wait_s)))
            self.send_header("Content-Length", "0")
            self.end_headers()

    with listening(Handler, tls) as port:
        it.address = f"{'http' if tls is None else 'https'}://127.0.0.1:{port}/capture"
        yield it
