"""Video files as frames: every one, as fast as the consumer takes them.

Frames are positions of a stream (`Frame.still` is false) and carry their place in the recording,
since a file is read faster than it was filmed. A file that ends before its own count of frames is
reported, so that nothing goes missing unsaid.
"""

from collections.abc import Iterator
from pathlib import Path
from threading import Event
from typing import Final

import cv2

from station.cameras.opencv import MAX_PIXELS, be_quiet, grey
from station.core.errors import DeviceError
from station.core.text import printable
from station.ports.clock import Clock
from station.ports.frames import Frame, FrameProblem

_NS_PER_MS: Final = 1_000_000
_MISSING_TOLERATED: Final = 0.02
"""Share of frames by which a container's count may be off without the file being cut short."""
_ADVICE: Final = "it must be a video file that FFmpeg can read, such as AVI, MP4 or MKV"


class VideoFile:
    """A video file as a frame source.

    Args:
        value: Path of the file.
        clock: Stamps frames.

    Raises:
        DeviceError: The file is missing or is no video.
    """

    def __init__(self, value: str, *, clock: Clock) -> None:
        self._path = value
        self._shown = printable(value, 300)
        self._clock = clock
        self._closed = Event()
        be_quiet()
        self._open().release()

    def frames(self) -> Iterator[Frame | FrameProblem]:
        """Every frame in order.

        Raises:
            DeviceError: The file went away meanwhile.
        """
        capture = self._open()
        try:
            announced = capture.get(cv2.CAP_PROP_FRAME_COUNT)
            count = 0
            while not self._closed.is_set():
                was_read, frame = capture.read()
                if not was_read:
                    break
                count += 1
                yield Frame(
                    pixels=grey(frame),
                    captured_mono_ns=self._clock.mono_ns(),
                    name=f"{self._shown}#{count}",
                    still=False,
                    media_ns=round(capture.get(cv2.CAP_PROP_POS_MSEC) * _NS_PER_MS),
                    number=count,
                )
        finally:
            capture.release()
        if not self._closed.is_set() and count < announced * (1 - _MISSING_TOLERATED) - 1:
            yield FrameProblem(
                self._shown,
                f"ended after {count} of {announced:.0f} frames; the file is cut short or damaged, "
                "copy it again",
            )

    def close(self) -> None:
        """End the iteration after the frame at hand."""
        self._closed.set()

    def _open(self) -> cv2.VideoCapture:
        if not Path(self._path).is_file():
            raise DeviceError(f"there is no video file {self._shown}", "check the path")
        capture = cv2.VideoCapture(self._path, cv2.CAP_FFMPEG)
        width = capture.get(cv2.CAP_PROP_FRAME_WIDTH)
        height = capture.get(cv2.CAP_PROP_FRAME_HEIGHT)
        if not capture.isOpened() or not 0 < width * height <= MAX_PIXELS:
            capture.release()
            raise DeviceError(f"cannot read {self._shown} as a video", _ADVICE)
        return capture
