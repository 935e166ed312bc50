"""Ways to open what a scanner hangs on: a serial line, an input device, a network address.

Each gives a handle whose descriptor `firmware_bridge.serial_port` waits for and reads, and words
for what can go wrong.
"""

import errno
import fcntl
import os
import socket
import termios
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Final, Protocol

import serial

from firmware_bridge.errors import PortError, PortFault
from firmware_bridge.serial_devices import open_fault
from firmware_bridge.serial_settings import SerialSettings

WRITE_TIMEOUT_S: Final = 1.0
"""A device that takes nothing for this long is at fault. (0 makes pyserial's ``write`` spin.)"""

CONNECT_S: Final = 1.0
"""How long a network scanner may take to answer."""

EVIOCGRAB: Final = 0x40044590
"""``_IOW('E', 0x90, int)``: give every event to this descriptor alone.
Source: Linux, include/uapi/linux/input.h."""


class Handle(Protocol):
    """Something open, whose reads never block and whose empty read means that it has gone."""

    def fileno(self) -> int:
        """The descriptor."""
        ...

    def write(self, sent: bytes, /) -> object:
        """Send all of it, within about a second."""
        ...

    def close(self) -> None:
        """Let go."""
        ...


@dataclass(frozen=True, slots=True)
class Opener:
    """One way of opening.

    Attributes:
        open: Opens by name; raises ``OSError``, ``termios.error`` or pyserial's exception.
        fault: The words for an error: name, ``errno`` or None, the system's own words.
        has_lasting_names: Whether udev gives its devices names that stay.
    """

    open: Callable[[str], Handle]
    fault: Callable[[str, int | None, str], PortError]
    has_lasting_names: bool = False


# ----------------------------------------------------------------- serial lines


class _PatientSerial(serial.Serial):
    """pyserial's port, without throwing away what came between opening and setting up.

    A terminal's input is empty when it is first opened, so whatever came since is a scan.
    """

    def _reset_input_buffer(self) -> None:
        """Keep the input."""


def serial_line(settings: SerialSettings) -> Opener:
    """Serial devices, opened exclusively.

    Args:
        settings: How the line is set.
    """

    def open_device(device: str) -> Handle:
        handle = _PatientSerial(
            device,
            baudrate=settings.baud,
            bytesize=settings.data_bits,
            parity=settings.parity.value,
            stopbits=settings.stop_bits,
            timeout=0,
            write_timeout=WRITE_TIMEOUT_S,
            exclusive=True,
        )
        try:
            _tell_end_from_nothing(handle.fileno())
        except BaseException:
            handle.close()
            raise
        return handle

    return Opener(open_device, open_fault, has_lasting_names=True)


def _tell_end_from_nothing(fd: int) -> None:
    """Make an empty read mean that the device has gone, and nothing else.

    pyserial sets VMIN to 0, where a read with nothing to read returns no bytes, too; with VMIN 1
    it is refused with EAGAIN (termios(3), non-canonical mode).
    """
    attributes = termios.tcgetattr(fd)
    attributes[6][termios.VMIN] = 1
    termios.tcsetattr(fd, termios.TCSANOW, attributes)


# --------------------------------------------------------------- input devices


@dataclass(frozen=True, slots=True)
class _Descriptor:
    fd: int

    def fileno(self) -> int:
        return self.fd

    def write(self, sent: bytes, /) -> object:  # noqa: ARG002 - the handle's signature
        raise OSError(errno.EPERM, "a keyboard takes nothing")

    def close(self) -> None:
        os.close(self.fd)


def _grab(fd: int) -> None:
    """Take the device away from everybody else: no scan types into a window any more."""
    fcntl.ioctl(fd, EVIOCGRAB, 1)


def input_device(grab: Callable[[int], None] = _grab) -> Opener:
    """Input devices (keyboard wedges), grabbed.

    Args:
        grab: Takes the opened device for this process alone.
    """

    def open_device(device: str) -> Handle:
        fd = os.open(device, os.O_RDONLY | os.O_NONBLOCK | os.O_CLOEXEC)
        try:
            grab(fd)
        except BaseException:
            os.close(fd)
            raise
        return _Descriptor(fd)

    return Opener(open_device, _input_fault)


def _input_fault(device: str, number: int | None, text: str) -> PortError:
    present = sorted(str(path) for path in Path("/dev/input/by-id").glob("*-event-kbd"))
    there = f"plugged in: {', '.join(present[:8])}" if present else "no keyboard is plugged in"
    match number:
        case errno.ENOENT | errno.ENXIO | errno.ENODEV | errno.ENOTDIR:
            return PortError(PortFault.MISSING, f"no input device {device}", there)
        case errno.EACCES | errno.EPERM:
            return PortError(
                PortFault.FORBIDDEN,
                f"no permission to open {device}",
                "add the station's user to the group input (sudo usermod -aG input USER) and log "
                "in again",
            )
        case errno.EBUSY:
            return PortError(
                PortFault.IN_USE,
                f"{device} is grabbed by another program",
                "stop the other station; `fuser -v` names it",
            )
        case errno.ENOTTY | errno.EINVAL | errno.EISDIR:
            return PortError(PortFault.NOT_SERIAL, f"{device} is not an input device", there)
        case _:
            return PortError(
                PortFault.NOT_WORKING, f"{device} does not work ({text})", "plug it in again", text
            )


# --------------------------------------------------------------------- network


class _Connection:
    """A connected socket that never blocks a read."""

    def __init__(self, connection: socket.socket) -> None:
        self._socket = connection
        connection.settimeout(0)

    def fileno(self) -> int:
        return self._socket.fileno()

    def write(self, sent: bytes, /) -> None:
        self._socket.sendall(sent)

    def close(self) -> None:
        self._socket.close()


def network_address() -> Opener:
    """Scanners on the network that send lines to whoever connects: ``HOST:PORT``."""

    def open_address(name: str) -> Handle:
        host, _, port = name.rpartition(":")
        connection = socket.create_connection((host.strip("[]"), int(port)), timeout=CONNECT_S)
        connection.setsockopt(socket.SOL_SOCKET, socket.SO_KEEPALIVE, 1)
        connection.setsockopt(socket.IPPROTO_TCP, socket.TCP_KEEPIDLE, 5)
        connection.setsockopt(socket.IPPROTO_TCP, socket.TCP_KEEPINTVL, 2)
        connection.setsockopt(socket.IPPROTO_TCP, socket.TCP_KEEPCNT, 3)
        return _Connection(connection)

    return Opener(open_address, _network_fault)


def _network_fault(name: str, _number: int | None, text: str) -> PortError:
    return PortError(
        PortFault.MISSING,
        f"no scanner answers at {name} ({text})",
        "check its power, its network cable and its address",
    )
