"""An HTTP server on this machine for as long as a block lasts; what it answers is its handler's."""

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any


class _Quiet:
    def log_message(self, *args: Any) -> None:
        """Say nothing of requests on standard error."""


@contextmanager
def listening(
    handler: type[BaseHTTPRequestHandler],
    kind: type[ThreadingHTTPServer] = ThreadingHTTPServer,
) -> Iterator[int]:
    """Answer on a port of the loopback interface; the port."""
    quiet = type("QuietHandler", (_Quiet, handler), {})
    with kind(("127.0.0.1", 0), quiet) as server:
        server.daemon_threads = False
        thread = threading.Thread(target=server.serve_forever, args=(0.01,))
        thread.start()
        try:
            yield server.server_address[1]
        finally:
            server.shutdown()
            thread.join()
