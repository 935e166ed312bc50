"""What the first-run wizard finds plugged in: scanners and cameras, by their lasting names."""

from dataclasses import dataclass
from pathlib import Path
from typing import Final

from firmware_bridge.serial_devices import DEV_DIR, present_devices

MAX_FOUND: Final = 16
_KEYBOARDS: Final = "*-event-kbd"


@dataclass(frozen=True, slots=True)
class Device:
    """Something that could be a source.

    Attributes:
        use: Its source specification.
        kind: What it is, for people.
    """

    use: str
    kind: str


def scanners(dev_dir: Path = DEV_DIR) -> list[Device]:
    """Serial devices, then keyboards, which a keyboard scanner is too.

    Args:
        dev_dir: Where device nodes live.
    """
    found = [Device(f"serial:{name}", "serial device") for name in present_devices(dev_dir)]
    keyboards = sorted((dev_dir / "input" / "by-id").glob(_KEYBOARDS))
    found += [
        Device(f"evdev:{path}", "keyboard, or a scanner that types")
        for path in keyboards
        if str(path).isprintable()
    ]
    return found[:MAX_FOUND]


def cameras(dev_dir: Path = DEV_DIR) -> list[Device]:
    """Video devices by their number; of a camera that has several nodes only the first pictures.

    Args:
        dev_dir: Where device nodes live.
    """
    first = sorted((dev_dir / "v4l" / "by-id").glob("*-video-index0"))
    nodes = [path.resolve() for path in first] or sorted(dev_dir.glob("video[0-9]*"))
    numbers = [node.name.removeprefix("video") for node in nodes]
    return [Device(f"camera:{number}", "camera") for number in numbers if number.isdigit()][
        :MAX_FOUND
    ]
