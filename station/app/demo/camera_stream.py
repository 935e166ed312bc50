"""The demo's camera: a Motion-JPEG stream over HTTP on loopback, showing one picture at a time.

The station reads it as it reads any network camera.
"""

import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from http import HTTPStatus
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Final

FRAME_INTERVAL_S: Final = 0.03
"""About 30 pictures a second, like a camera."""

_BOUNDARY: Final = "frame"


class CameraStream:
    """Shows a picture to whoever watches; from any thread."""

    def __init__(self, first_jpeg: bytes) -> None:
        self._changed = threading.Condition()
        self._jpeg = first_jpeg
        self._sent = 0
        self._closed = False
        stream = self

        class Handler(BaseHTTPRequestHandler):
            """Sends the stream until the viewer goes or the stream is closed."""

            def do_GET(self) -> None:
                """Answer any path with the stream."""
                self.send_response(HTTPStatus.OK)
                self.send_header("Content-Type", f"multipart/x-mixed-replace; boundary={_BOUNDARY}")
                self.end_headers()
                try:
                    for jpeg in stream._pictures():
                        head = (
                            f"--{_BOUNDARY}\r\nContent-Type: image/jpeg\r\n"
                            f"Content-Length: {len(jpeg)}\r\n\r\n"
                        )
                        self.wfile.write(head.encode("ascii") + jpeg + b"\r\n")
                except OSError:
                    return

            def log_message(self, format: str, *args: object) -> None:  # noqa: A002
                """Requests are not logged."""

        self._server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self._server.daemon_threads = True
        self._thread = threading.Thread(
            target=self._server.serve_forever, kwargs={"poll_interval": 0.1}, name="demo-camera"
        )

    @property
    def url(self) -> str:
        """Where the stream is."""
        return f"http://127.0.0.1:{self._server.server_port}/stream"

    def show(self, jpeg: bytes) -> None:
        """Change the picture."""
        with self._changed:
            self._jpeg = jpeg
            self._sent = 0
            self._changed.notify_all()

    def wait_shown(self, pictures: int, timeout_s: float) -> bool:
        """Wait until the present picture was sent a number of times."""
        with self._changed:
            return self._changed.wait_for(lambda: self._sent >= pictures, timeout_s)

    @contextmanager
    def running(self) -> Iterator["CameraStream"]:
        """Serve while the context lasts."""
        self._thread.start()
        try:
            yield self
        finally:
            with self._changed:
                self._closed = True
                self._changed.notify_all()
            self._server.shutdown()
            self._thread.join()
            self._server.server_close()

    def _pictures(self) -> Iterator[bytes]:
        while True:
            with self._changed:
                if self._closed:
                    return
                jpeg = self._jpeg
            yield jpeg
            with self._changed:
                if jpeg is self._jpeg:
                    self._sent += 1
                    self._changed.notify_all()
            time.sleep(FRAME_INTERVAL_S)
