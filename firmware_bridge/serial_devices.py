"""Names of serial devices, and what to tell a person whose device cannot be opened.

``/dev/ttyUSB0`` is whichever adapter was found first this time; the names under
``/dev/serial/by-id`` are made by udev from maker, product and serial number and stay with the
device. They are what a configuration should hold.
"""

import errno
import grp
from pathlib import Path
from typing import Final

from firmware_bridge.errors import PortError, PortFault

DEV_DIR: Final = Path("/dev")
DEBIAN_GROUP: Final = "dialout"
MAX_LISTED: Final = 8
"""Devices named in one message."""

_BY_ID: Final = "serial/by-id"
_PLAIN_PATTERNS: Final = ("ttyUSB*", "ttyACM*")

_MISSING: Final = frozenset({errno.ENOENT, errno.ENXIO, errno.ENODEV, errno.ENOTDIR})
_FORBIDDEN: Final = frozenset({errno.EACCES, errno.EPERM})
_IN_USE: Final = frozenset({errno.EBUSY, errno.EAGAIN})
_NOT_SERIAL: Final = frozenset({errno.ENOTTY, errno.EISDIR, errno.EINVAL, errno.EOPNOTSUPP})


def present_devices(dev_dir: Path = DEV_DIR) -> tuple[str, ...]:
    """The serial devices that are plugged in, by their lasting names where udev gives such.

    Args:
        dev_dir: Where device nodes live.

    Returns:
        Paths, sorted. Names with unprintable characters are left out: nobody could type them.
    """
    links = _listed(dev_dir / _BY_ID, ("*",))
    named = {link.resolve() for link in links}
    plain = [node for node in _listed(dev_dir, _PLAIN_PATTERNS) if node.resolve() not in named]
    return tuple(str(device) for device in [*links, *plain])


def lasting_name(device: str, dev_dir: Path = DEV_DIR) -> str | None:
    """The by-id name of a device that was named otherwise; None where there is none or it is one.

    Args:
        device: A path.
        dev_dir: Where device nodes live.
    """
    path = Path(device)
    links = _listed(dev_dir / _BY_ID, ("*",))
    if path in links:
        return None
    node = path.resolve()
    return next((str(link) for link in links if link.resolve() == node), None)


def open_fault(device: str, number: int | None, text: str, dev_dir: Path = DEV_DIR) -> PortError:
    """Say why a device cannot be used and what to do.

    Args:
        device: The path as configured.
        number: ``errno``, or None where the system gave none.
        text: The system's own words, for the cases not foreseen.
        dev_dir: Where device nodes live.
    """
    if number in _MISSING:
        return PortError(PortFault.MISSING, f"no serial device {device}", _what_is_there(dev_dir))
    if number in _FORBIDDEN:
        return PortError(
            PortFault.FORBIDDEN,
            f"no permission to open {device}",
            f"add the station's user to the group {_group_of(device)} "
            f"(sudo usermod -aG {_group_of(device)} USER) and log in again",
        )
    if number in _IN_USE:
        return PortError(
            PortFault.IN_USE,
            f"{device} is in use by another program",
            f"stop the other station or terminal program; `fuser -v {device}` names it",
        )
    if number in _NOT_SERIAL:
        return PortError(
            PortFault.NOT_SERIAL, f"{device} is not a serial device", _what_is_there(dev_dir)
        )
    return PortError(
        PortFault.NOT_WORKING,
        f"{device} does not work ({text})",
        "check cable and power, plug it in again",
        text,
    )


def _what_is_there(dev_dir: Path) -> str:
    devices = present_devices(dev_dir)
    if not devices:
        return (
            "no serial device is plugged in; check cable and power, and that the scanner is set "
            "to a serial interface (USB COM port), not to keyboard"
        )
    more = ", …" if len(devices) > MAX_LISTED else ""
    return f"plugged in: {', '.join(devices[:MAX_LISTED])}{more}"


def _group_of(device: str) -> str:
    """The group that may open a device.

    Debian's where that cannot be told, and where it is root's, into which nobody should be put:
    such a device awaits a udev rule.
    """
    try:
        group_id = Path(device).stat().st_gid
        return grp.getgrgid(group_id).gr_name if group_id != 0 else DEBIAN_GROUP
    except (OSError, KeyError):
        return DEBIAN_GROUP


def _listed(folder: Path, patterns: tuple[str, ...]) -> list[Path]:
    try:
        found = [path for pattern in patterns for path in folder.glob(pattern)]
    except OSError:
        return []
    return sorted(path for path in found if path.name.isprintable() and path.name.isascii())
