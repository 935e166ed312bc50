"""Pictures: files, videos and cameras as frame sources.

Importing this package loads neither OpenCV nor Pillow; `open_source` loads what its kind needs.
"""

from collections.abc import Callable

from station.cameras.settings import CameraSettings, SettingAnswer
from station.core.errors import ConfigurationError
from station.ports.clock import Clock
from station.ports.frames import FrameSource
from station.ports.health import HealthSink


def open_source(
    kind: str,
    value: str,
    *,
    clock: Clock,
    health: HealthSink,
    settings: CameraSettings | None = None,
    answered: Callable[[tuple[SettingAnswer, ...]], None] | None = None,
    prepare_grabber: Callable[[], None] | None = None,
    give_up_after_s: float | None = None,
) -> FrameSource:
    """Make the frame source that a specification ``kind:value`` names.

    Args:
        kind: ``images``, ``video`` or ``camera``.
        value: A file, folder or pattern; a video file; a camera's address or index.
        clock: Stamps frames.
        health: Told when a camera is lost and when it is back.
        settings: How a local camera is set.
        answered: Told what its driver made of that.
        prepare_grabber: Called first in the thread that reads a camera.
        give_up_after_s: How long a camera may be away before it counts as gone for good; None
            waits for ever.

    Raises:
        ConfigurationError: The value is no name of that kind, or settings are given for what is no
            local camera.
        DeviceError: The file, folder or local device is missing, or cannot be opened.
        ValueError: No such kind.
    """
    if kind != "camera" and settings is not None and not settings.is_empty:
        raise ConfigurationError(
            f"{kind}: sources have no camera to set", "take their [source.camera] section out"
        )
    match kind:
        case "images":
            from station.cameras.images import ImageFiles

            return ImageFiles(value, clock=clock)
        case "video":
            from station.cameras.video import VideoFile

            return VideoFile(value, clock=clock)
        case "camera":
            from station.cameras.stream import CameraStream

            return CameraStream(
                value,
                clock=clock,
                health=health,
                settings=settings,
                answered=answered,
                prepare_grabber=prepare_grabber,
                give_up_after_s=give_up_after_s,
            )
        case _:
            raise ValueError(f"no kind of picture source: {kind!r}")
