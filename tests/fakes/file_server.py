"""A plain file server on this machine, as any web server would hand out a publication."""

from collections.abc import Iterator
from contextlib import contextmanager, suppress
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from socket import SHUT_WR
from ssl import SSLContext
from typing import Any

from tests.fakes.loopback_server import listening


@contextmanager
def serving_folder(folder: Path, tls: SSLContext | None = None) -> Iterator[str]:
    """Serve a folder; its address, with a slash at the end.

    Args:
        folder: What is served.
        tls: Serve it over TLS so.
    """

    class Handler(SimpleHTTPRequestHandler):
        def __init__(self, *args: Any) -> None:
            super().__init__(*args, directory=str(folder))

    class Server(_Server):
        secured = tls

    with listening(Handler, Server) as port:
        yield f"{'http' if tls is None else 'https'}://127.0.0.1:{port}/"


class _Server(ThreadingHTTPServer):
    secured: SSLContext | None = None

    def finish_request(self, request: Any, client_address: Any) -> None:
        if self.secured is None:
            super().finish_request(request, client_address)
            return
        with request.dup() as line:
            try:
                secure = self.secured.wrap_socket(request, server_side=True)
            except OSError:
                # Closing at once could reset the line before the client has read why.
                with suppress(OSError):
                    line.shutdown(SHUT_WR)
                    while line.recv(65_536):
                        pass
                return
            with secure:
                super().finish_request(secure, client_address)

    def handle_error(self, *args: Any) -> None:
        """A client that goes away is what some tests are about."""
