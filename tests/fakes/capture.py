"""A V4L2 camera at OpenCV's boundary: answers as `cv2.VideoCapture` does for real drivers.

The property tables follow what `v4l2-ctl -L` lists for `uvcvideo` with a camera that has every
control, `uvcvideo` with one of fixed focus and automatic exposure only, and `vivid`. OpenCV hands
V4L2's own units through; `set` is False where the driver refuses, `get` is -1 where there is no
such control (OpenCV `cap_v4l.cpp`).
"""

import threading
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Final

import cv2

from tests.fakes.decoder import Pixels

Answer = Callable[[float], float]
"""From what is asked for to what the driver then has."""

FPS, EXPOSURE, AUTO_EXPOSURE = cv2.CAP_PROP_FPS, cv2.CAP_PROP_EXPOSURE, cv2.CAP_PROP_AUTO_EXPOSURE
WIDTH, HEIGHT, FOURCC = (
    cv2.CAP_PROP_FRAME_WIDTH,
    cv2.CAP_PROP_FRAME_HEIGHT,
    cv2.CAP_PROP_FOURCC,
)
GAIN, FOCUS, AUTOFOCUS = cv2.CAP_PROP_GAIN, cv2.CAP_PROP_FOCUS, cv2.CAP_PROP_AUTOFOCUS
MJPG, YUYV = (float(cv2.VideoWriter.fourcc(*name)) for name in ("MJPG", "YUYV"))


def nearest(*values: float) -> Answer:
    """A driver that takes the nearest value it has."""
    return lambda asked: min(values, key=lambda value: abs(value - asked))


def between(least: float, most: float, step: float) -> Answer:
    """A driver that clamps, and rounds to its step."""
    return lambda asked: least + round((min(max(asked, least), most) - least) / step) * step


def always(value: float) -> Answer:
    """A driver that takes anything and changes nothing."""
    return lambda _asked: value


@dataclass(frozen=True, slots=True)
class Driver:
    """What a driver does.

    Attributes:
        has: Property to its value when the device is opened.
        takes: Property to what becomes of a value; others are refused.
        manual_only: Properties that are refused while their automatic mode is on: to the mode's
            property and the value it must have.
    """

    has: Mapping[int, float]
    takes: Mapping[int, Answer]
    manual_only: Mapping[int, tuple[int, float]] = field(default_factory=dict)


FULL: Final = Driver(
    has={
        FOURCC: YUYV, WIDTH: 640, HEIGHT: 480, FPS: 30, AUTO_EXPOSURE: 3, EXPOSURE: 250,
        GAIN: 0, AUTOFOCUS: 1, FOCUS: 0,
    },
    takes={
        FOURCC: nearest(MJPG, YUYV),
        WIDTH: nearest(640, 1280, 1920),
        HEIGHT: nearest(480, 720, 1080),
        FPS: nearest(5, 10, 15, 20, 24, 30),
        AUTO_EXPOSURE: nearest(1, 3),
        EXPOSURE: between(3, 2047, 1),
        GAIN: between(0, 255, 1),
        AUTOFOCUS: nearest(0, 1),
        FOCUS: between(0, 250, 5),
    },
    manual_only={EXPOSURE: (AUTO_EXPOSURE, 1), FOCUS: (AUTOFOCUS, 0)},
)  # fmt: skip
PLAIN: Final = Driver(
    has={
        FOURCC: YUYV, WIDTH: 640, HEIGHT: 480, FPS: 30, AUTO_EXPOSURE: 3, EXPOSURE: 156, GAIN: -1,
        AUTOFOCUS: -1, FOCUS: -1,
    },
    takes={
        FOURCC: always(YUYV),
        WIDTH: nearest(320, 640),
        HEIGHT: nearest(240, 480),
        FPS: always(30),
    },
)  # fmt: skip
VIVID: Final = Driver(
    has={FOURCC: YUYV, WIDTH: 1280, HEIGHT: 720, FPS: 59.94, GAIN: 100},
    takes={WIDTH: nearest(1280, 1920), HEIGHT: nearest(720, 1080), FPS: nearest(29.97, 59.94)},
)


class RecordedCapture:
    """One opening of a camera, in place of `cv2.VideoCapture`.

    Args:
        driver: What it does.
        pictures: Given in turn; then reading fails, as of an unplugged camera.

    Attributes:
        asked: What was set, in order.
    """

    def __init__(self, driver: Driver, pictures: Sequence[Pixels] = ()) -> None:
        self._driver = driver
        self._has = dict(driver.has)
        self._pictures = list(pictures)
        self.asked: list[tuple[int, float]] = []
        self.released = threading.Event()

    def isOpened(self) -> bool:  # noqa: N802 - OpenCV's name
        return True

    def set(self, property_id: int, value: float, /) -> bool:
        self.asked.append((property_id, value))
        mode, wanted = self._driver.manual_only.get(property_id, (None, 0.0))
        if mode is not None and self._has[mode] != wanted:
            return False
        if property_id not in self._driver.takes:
            return False
        self._has[property_id] = self._driver.takes[property_id](value)
        return True

    def get(self, property_id: int, /) -> float:
        return self._has.get(property_id, -1.0)

    def read(self) -> tuple[bool, Pixels | None]:
        if not self._pictures:
            return False, None
        return True, self._pictures.pop(0)

    def release(self) -> None:
        self.released.set()
