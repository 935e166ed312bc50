"""A plain file server on this machine, as any web server would hand out a publication."""

import threading
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from functools import partial
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from socket import SHUT_WR
from ssl import SSLContext
from typing import Any


class _Quiet(SimpleHTTPRequestHandler):
    def log_message(self, *args: Any) -> None:
        pass


@contextmanager
def serving_folder(folder: Path, tls: SSLContext | None = None) -> Iterator[str]:
    """Serve a folder; its address, with a slash at the end.

    Args:
        folder: What is served.
        tls: Serve it over TLS so.
    """
    handler = partial(_Quiet, directory=str(folder))
    with _Server(("127.0.0.1", 0), handler) as server:
        server.tls = tls
        thread = threading.Thread(target=server.serve_forever, args=(0.01,))
        thread.start()
        try:
            scheme = "http" if tls is None else "https"
            yield f"{scheme}://127.0.0.1:{server.server_address[1]}/"
        finally:
            server.shutdown()
            thread.join()


class _Server(ThreadingHTTPServer):
    daemon_threads = False
    tls: SSLContext | None = None

    def finish_request(self, request: Any, client_address: Any) -> None:
        if self.tls is None:
            super().finish_request(request, client_address)
            return
        with request.dup() as line:
            try:
                secure = self.tls.wrap_socket(request, server_side=True)
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
