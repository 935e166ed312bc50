"""A network camera: Motion-JPEG over HTTP on loopback, with the faults real ones have."""

import io
import socket
import threading
from collections.abc import Iterator
from contextlib import contextmanager, suppress

from PIL import Image

from tests.fakes.decoder import Pixels
from tests.fakes.source import DEADLINE_S

_HEAD = (
    b"HTTP/1.0 200 OK\r\n"
    b"Content-Type: multipart/x-mixed-replace; boundary=frame\r\n"
    b"Cache-Control: no-store\r\n\r\n"
)


class CameraServer:
    """Sends a picture whenever it is told to, to whoever is connected.

    Args:
        port: 0 for any free one; a former one to come back under the same address.

    Attributes:
        port: Where it listens, or listened.
        connections: How many viewers there were in all.
    """

    def __init__(self, port: int = 0) -> None:
        self._socket = socket.create_server(("127.0.0.1", port))
        self.port: int = self._socket.getsockname()[1]
        self._changed = threading.Condition()
        self._viewers: list[socket.socket] = []
        self.connections = 0
        self._thread = threading.Thread(target=self._accept, name="camera server", daemon=True)
        self._thread.start()

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}/stream"

    def wait_for_viewer(self, connections: int = 1) -> None:
        """Wait until so many connections were made in all."""
        with self._changed:
            reached = self._changed.wait_for(lambda: self.connections >= connections, DEADLINE_S)
        assert reached, f"{self.connections} connections"

    def show(self, picture: Pixels) -> None:
        """Send one picture to every viewer."""
        out = io.BytesIO()
        Image.fromarray(picture).convert("RGB").save(out, "JPEG", quality=95)
        jpeg = out.getvalue()
        head = b"--frame\r\nContent-Type: image/jpeg\r\nContent-Length: %d\r\n\r\n" % len(jpeg)
        with self._changed:
            viewers = list(self._viewers)
        for viewer in viewers:
            with suppress(OSError):
                viewer.sendall(head + jpeg + b"\r\n")

    def hang_up(self) -> None:
        """End every connection, and go on listening."""
        with self._changed:
            viewers, self._viewers = self._viewers, []
        for viewer in viewers:
            with suppress(OSError):
                viewer.shutdown(socket.SHUT_RDWR)
            viewer.close()

    def close(self) -> None:
        """Go away: end every connection, refuse new ones."""
        with suppress(OSError):
            self._socket.shutdown(socket.SHUT_RDWR)
        self._socket.close()
        self._thread.join(DEADLINE_S)
        self.hang_up()

    def _accept(self) -> None:
        while True:
            try:
                viewer, _ = self._socket.accept()
                request = b""
                while b"\r\n\r\n" not in request:
                    piece = viewer.recv(4096)
                    if not piece:
                        break
                    request += piece
                viewer.sendall(_HEAD)
            except OSError:
                if self._socket.fileno() < 0:
                    return
                continue
            with self._changed:
                self._viewers.append(viewer)
                self.connections += 1
                self._changed.notify_all()


@contextmanager
def showing(picture: Pixels) -> Iterator[CameraServer]:
    """A network camera that shows one picture over and over."""
    camera, stop = CameraServer(), threading.Event()

    def show() -> None:
        while not stop.wait(0.02):
            camera.show(picture)

    thread = threading.Thread(target=show, name="showing")
    thread.start()
    try:
        yield camera
    finally:
        stop.set()
        thread.join(DEADLINE_S)
        camera.close()
