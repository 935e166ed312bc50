"""Devices on a network that is this machine: an output module over Modbus TCP, a PATLITE tower."""

import socket
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress

from firmware_bridge.simulators.modbus_slave import ModbusSlave

WAIT_S = 0.02
_HEADER_BYTES = 7


@contextmanager
def listening(serve: Callable[[socket.socket], None]) -> Iterator[int]:
    """Serve one connection after the other on a port of its own.

    Args:
        serve: Answers what has arrived; raises OSError when the client hung up.
    """
    ending = threading.Event()
    with socket.create_server(("127.0.0.1", 0)) as server:
        server.settimeout(WAIT_S)

        def accept() -> None:
            while not ending.is_set():
                with suppress(OSError):
                    client, _ = server.accept()
                    with client:
                        client.settimeout(WAIT_S)
                        while not ending.is_set():
                            with suppress(TimeoutError):
                                serve(client)

        thread = threading.Thread(target=accept, name="network device")
        thread.start()
        try:
            yield server.getsockname()[1]
        finally:
            ending.set()
            thread.join()


def _exactly(client: socket.socket, count: int) -> bytes:
    received = b""
    while len(received) < count:
        more = client.recv(count - len(received))
        if not more:
            raise ConnectionResetError
        received += more
    return received


def modbus_module(slave: ModbusSlave) -> Callable[[socket.socket], None]:
    """Serve a slave's tables with the header of Modbus TCP."""

    def serve(client: socket.socket) -> None:
        header = _exactly(client, _HEADER_BYTES)
        request = _exactly(client, int.from_bytes(header[4:6], "big") - 1)
        answer = slave.answer(request)
        client.sendall(header[:4] + (len(answer) + 1).to_bytes(2, "big") + header[6:7] + answer)

    return serve


class PatliteTower:
    """A tower that takes the PNS command ``S``.

    Attributes:
        product_class: What it answers to.
        patterns: The six bytes of every command it took.
    """

    def __init__(self, product_class: bytes = b"AB") -> None:
        self.product_class = product_class
        self.patterns: list[bytes] = []

    def serve(self, client: socket.socket) -> None:
        header = _exactly(client, 6)
        pattern = _exactly(client, int.from_bytes(header[4:6], "big"))
        if header[:4] == self.product_class + b"S\0" and len(pattern) == 6:
            self.patterns.append(pattern)
            client.sendall(b"\x06")
        else:
            client.sendall(b"\x15")
