"""How a local camera is to be set; see `controls` for how it is told.

Loads no picture library, so that configuration can be read without.
"""

from dataclasses import astuple, dataclass


@dataclass(frozen=True, slots=True)
class CameraSettings:
    """What a driver is asked for; None leaves a thing as the driver has it.

    Attributes:
        width: Of the picture, pixels.
        height: Of the picture, pixels.
        frames_per_s: Pictures a second.
        fourcc: Four characters that name the pixel format, such as ``MJPG`` or ``YUYV``.
        exposure_ms: How long the shutter is open; switches automatic exposure off.
        gain: In the driver's own steps.
        focus: In the driver's own steps; switches automatic focus off.
    """

    width: int | None = None
    height: int | None = None
    frames_per_s: float | None = None
    fourcc: str | None = None
    exposure_ms: float | None = None
    gain: int | None = None
    focus: int | None = None

    @property
    def is_empty(self) -> bool:
        """Whether nothing is asked for."""
        return all(value is None for value in astuple(self))


@dataclass(frozen=True, slots=True)
class SettingAnswer:
    """What a driver made of one setting.

    Attributes:
        name: As in `CameraSettings`.
        asked: What it was asked for, as written.
        has: What it has now, as it reads back; ``""`` where it does not tell.
        taken: Whether it has what it was asked for.
    """

    name: str
    asked: str
    has: str
    taken: bool
