"""An HTTP proxy on this machine: forwards plain requests, tunnels others (CONNECT).

Source: RFC 9110, sections 7.6 and 9.3.6; RFC 9112, section 3.2.2.
"""

import socket
import threading
from base64 import b64encode
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from http.client import HTTPConnection
from http.server import BaseHTTPRequestHandler
from urllib.parse import urlsplit

from tests.fakes.loopback_server import listening

_SILENCE_S = 20.0


@dataclass
class Proxy:
    """A running proxy.

    Attributes:
        address: Its own.
        login: ``NAME:PASSWORD`` it demands, or ``""``.
        asked: Each request's first line, as it came.
    """

    address: str = ""
    login: str = ""
    asked: list[str] = field(default_factory=list)

    def admits(self, request: BaseHTTPRequestHandler) -> bool:
        self.asked.append(request.requestline)
        wanted = f"Basic {b64encode(self.login.encode()).decode()}"
        if self.login and request.headers.get("Proxy-Authorization") != wanted:
            request.send_error(407)
            return False
        return True


@contextmanager
def proxying(login: str = "") -> Iterator[Proxy]:
    """Run a proxy."""
    proxy = Proxy(login=login)

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            if proxy.admits(self):
                _forward(self)

        def do_POST(self) -> None:
            if proxy.admits(self):
                _forward(self)

        def do_CONNECT(self) -> None:
            if proxy.admits(self):
                _tunnel(self)

    with listening(Handler) as port:
        proxy.address = f"http://127.0.0.1:{port}"
        yield proxy


def _forward(request: BaseHTTPRequestHandler) -> None:
    parts = urlsplit(request.path)
    connection = HTTPConnection(parts.hostname or "", parts.port or 80, timeout=_SILENCE_S)
    try:
        document = request.rfile.read(int(request.headers.get("Content-Length", "0")))
        connection.request(request.command, parts.path, document, _end_to_end(request))
        answer = connection.getresponse()
        content = answer.read()
    finally:
        connection.close()
    request.send_response(answer.status)
    request.send_header("Content-Length", str(len(content)))
    request.end_headers()
    request.wfile.write(content)


def _end_to_end(request: BaseHTTPRequestHandler) -> dict[str, str]:
    """The headers that are not the proxy's own."""
    own = {"host", "content-length", "proxy-authorization", "connection"}
    return {name: text for name, text in request.headers.items() if name.lower() not in own}


def _tunnel(request: BaseHTTPRequestHandler) -> None:
    host, _, port = request.path.rpartition(":")
    with socket.create_connection((host, int(port)), timeout=_SILENCE_S) as there:
        request.send_response(200)
        request.end_headers()
        back = threading.Thread(target=_pour, args=(there, request.connection))
        back.start()
        _pour(request.connection, there)
        back.join()
    request.close_connection = True


def _pour(source: socket.socket, sink: socket.socket) -> None:
    """Pass bytes on until one side ends."""
    with suppress(OSError):
        while piece := source.recv(65_536):
            sink.sendall(piece)
    for end, how in ((sink, socket.SHUT_WR), (source, socket.SHUT_RD)):
        with suppress(OSError):
            end.shutdown(how)
