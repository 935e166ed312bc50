"""An HTTP server on this machine for as long as a block lasts; what it answers is its handler's."""

import threading
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from socket import SHUT_WR
from ssl import SSLContext
from typing import Any


class _Quiet:
    def log_message(self, *args: Any) -> None:
        """Say nothing of requests on standard error."""


class _SecuredServer(ThreadingHTTPServer):
    secured: SSLContext

    def finish_request(self, request: Any, client_address: Any) -> None:
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


@contextmanager
def listening(
    handler: type[BaseHTTPRequestHandler], tls: SSLContext | None = None
) -> Iterator[int]:
    """Answer on a port of the loopback interface; the port.

    Args:
        handler: Answers one connection's requests.
        tls: Speak TLS so.
    """
    quiet = type("QuietHandler", (_Quiet, handler), {})
    kind = type("Server", (_SecuredServer,), {"secured": tls}) if tls else ThreadingHTTPServer
    with kind(("127.0.0.1", 0), quiet) as server:
        server.daemon_threads = False
        thread = threading.Thread(target=server.serve_forever, args=(0.01,))
        thread.start()
        try:
            yield server.server_address[1]
        finally:
            server.shutdown()
            thread.join()
