"""Tells a V4L2 driver how the camera is to be set, and reads back what it made of it.

A driver may refuse a setting, take it and ignore it, or take the nearest value it has; only what
reads back counts. The pixel format comes first, since another one changes which sizes and rates
there are, and automatic modes go off before the value they would overwrite.

Source: OpenCV `cap_v4l.cpp`, which hands values on in the driver's units (Linux, `V4L2_CID_*`):
exposure in steps of 0.1 ms, 1 for manual exposure.
"""

from collections.abc import Iterator
from typing import Final, Protocol

import cv2

from station.cameras.settings import CameraSettings, SettingAnswer

_EXPOSURE_STEPS_A_MS: Final = 10.0
_MANUAL_EXPOSURE: Final = 1.0
_TOLERANCE: Final = 0.05
"""A driver's own steps are not what was written; this much off is what was asked for."""
_EXPOSURE_TOLERANCE: Final = 0.5
"""Steps of 0.1 ms: rounded to the nearest."""
_UNSUPPORTED: Final = -1.0
"""What `get` gives for a property the driver does not have."""


class Capture(Protocol):
    """The part of `cv2.VideoCapture` that sets and reads properties."""

    def set(self, property_id: int, value: float, /) -> bool:
        """Ask for a value; False where the driver refuses it."""
        ...

    def get(self, property_id: int, /) -> float:
        """The value as it is now."""
        ...


def apply_settings(capture: Capture, settings: CameraSettings) -> tuple[SettingAnswer, ...]:
    """Set what is asked for, in an order that drivers can follow.

    Args:
        capture: Open, on a V4L2 device.
        settings: What to ask for.

    Returns:
        One answer for each setting that was asked for, read back after all were set.
    """
    for property_id, value in _steps(settings):
        capture.set(property_id, value)
    return tuple(_answers(capture, settings))


def _steps(settings: CameraSettings) -> Iterator[tuple[int, float]]:
    if settings.fourcc is not None:
        yield cv2.CAP_PROP_FOURCC, float(cv2.VideoWriter.fourcc(*settings.fourcc))
    if settings.width is not None:
        yield cv2.CAP_PROP_FRAME_WIDTH, float(settings.width)
    if settings.height is not None:
        yield cv2.CAP_PROP_FRAME_HEIGHT, float(settings.height)
    if settings.frames_per_s is not None:
        yield cv2.CAP_PROP_FPS, settings.frames_per_s
    if settings.exposure_ms is not None:
        yield cv2.CAP_PROP_AUTO_EXPOSURE, _MANUAL_EXPOSURE
        yield cv2.CAP_PROP_EXPOSURE, float(_exposure_steps(settings.exposure_ms))
    if settings.gain is not None:
        yield cv2.CAP_PROP_GAIN, float(settings.gain)
    if settings.focus is not None:
        yield cv2.CAP_PROP_AUTOFOCUS, 0.0
        yield cv2.CAP_PROP_FOCUS, float(settings.focus)


def _answers(capture: Capture, settings: CameraSettings) -> Iterator[SettingAnswer]:
    if settings.fourcc is not None:
        yield _format_answer(capture, settings.fourcc)
    plain = (
        ("width", settings.width, cv2.CAP_PROP_FRAME_WIDTH, 0.0),
        ("height", settings.height, cv2.CAP_PROP_FRAME_HEIGHT, 0.0),
        ("frames_per_s", settings.frames_per_s, cv2.CAP_PROP_FPS, _TOLERANCE),
        ("gain", settings.gain, cv2.CAP_PROP_GAIN, _TOLERANCE),
        ("focus", settings.focus, cv2.CAP_PROP_FOCUS, _TOLERANCE),
    )
    for name, asked, property_id, tolerance in plain:
        if asked is not None:
            has = capture.get(property_id)
            taken = abs(has - asked) <= tolerance * abs(asked)
            yield SettingAnswer(name, f"{asked:g}", _shown(has), taken)
    if settings.exposure_ms is not None:
        has = capture.get(cv2.CAP_PROP_EXPOSURE)
        steps = _exposure_steps(settings.exposure_ms)
        is_manual = capture.get(cv2.CAP_PROP_AUTO_EXPOSURE) == _MANUAL_EXPOSURE
        taken = is_manual and abs(has - steps) <= max(_EXPOSURE_TOLERANCE, _TOLERANCE * steps)
        shown = _shown(has / _EXPOSURE_STEPS_A_MS) if has > 0 else ""
        yield SettingAnswer("exposure_ms", f"{settings.exposure_ms:g}", shown, taken)


def _exposure_steps(exposure_ms: float) -> int:
    return max(1, round(exposure_ms * _EXPOSURE_STEPS_A_MS))


def _format_answer(capture: Capture, asked: str) -> SettingAnswer:
    code = int(capture.get(cv2.CAP_PROP_FOURCC))
    has = "".join(chr(code >> shift & 0xFF) for shift in (0, 8, 16, 24)) if code > 0 else ""
    shown = has if has.isascii() and has.isprintable() else ""
    return SettingAnswer("fourcc", asked, shown, shown == asked)


def _shown(value: float) -> str:
    return "" if value == _UNSUPPORTED else f"{value:g}"
