"""What videos and cameras share: OpenCV kept quiet, and its frames made grey."""

import os
from typing import TYPE_CHECKING, Final, cast

import cv2
from cv2.typing import MatLike

if TYPE_CHECKING:
    from station.ports.frames import GreyPixels

MAX_PIXELS: Final = 64_000_000
"""As for a picture file; a stream that announces more is refused."""

_FFMPEG_QUIET: Final = "-8"
"""AV_LOG_QUIET (libavutil/log.h); OpenCV reads the variable when it first opens a stream."""


def be_quiet() -> None:
    """Keep OpenCV's and FFmpeg's own messages off the terminal; faults are told by this package.

    A level that someone set from outside, to look for a fault, stays.
    """
    os.environ.setdefault("OPENCV_FFMPEG_LOGLEVEL", _FFMPEG_QUIET)
    if "OPENCV_LOG_LEVEL" not in os.environ:
        cv2.utils.logging.setLogLevel(cv2.utils.logging.LOG_LEVEL_SILENT)


def grey(frame: MatLike) -> "GreyPixels":
    """A frame as 2-D uint8 that nobody changes any more.

    Args:
        frame: As `cv2.VideoCapture.read` gives it: uint8, rows × columns, or × 3 in order BGR.
    """
    pixels = cast("GreyPixels", frame if frame.ndim == 2 else cv2.cvtColor(frame, _TO_GREY))
    pixels.flags.writeable = False
    return pixels


_TO_GREY: Final = cv2.COLOR_BGR2GRAY
