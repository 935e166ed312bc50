"""A plain file server on this machine, as any web server would hand out a publication."""

from collections.abc import Iterator
from contextlib import contextmanager
from http.server import SimpleHTTPRequestHandler
from pathlib import Path
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

    with listening(Handler, tls) as port:
        yield f"{'http' if tls is None else 'https'}://127.0.0.1:{port}/"
