"""A frame source that plays a script."""

import threading
from collections.abc import Iterator, Sequence
from pathlib import Path

import cv2
import numpy as np

from station.ports.frames import Frame, FrameProblem
from tests.fakes.decoder import Pixels


class FakeFrameSource:
    """Plays frames, then ends, or waits to be closed.

    Attributes:
        failure: Raised after the last frame, if given.
    """

    def __init__(
        self,
        script: Sequence[Frame | FrameProblem],
        *,
        ends: bool = True,
        failure: Exception | None = None,
    ) -> None:
        self._script = tuple(script)
        self._ends = ends
        self._closed = threading.Event()
        self.failure = failure

    def frames(self) -> Iterator[Frame | FrameProblem]:
        for step in self._script:
            if self._closed.is_set():
                return
            yield step
        if self.failure is not None:
            raise self.failure
        if not self._ends:
            self._closed.wait()

    def close(self) -> None:
        self._closed.set()


class CountingClock:
    """A monotonic clock that rises by a millisecond a look."""

    def __init__(self) -> None:
        self._now_ns = 0

    def mono_ns(self) -> int:
        self._now_ns += 1_000_000
        return self._now_ns

    def now_utc(self) -> str:
        return "2026-01-31T12:00:00.000Z"


def shade(level: int, width: int = 64, height: int = 48) -> Pixels:
    """A picture of one grey, by which it is known again."""
    return np.full((height, width), level, np.uint8)


def write_video(path: Path, pictures: Sequence[Pixels], frames_per_s: float = 10.0) -> Path:
    """A Motion-JPEG file as an ordinary camera writes it."""
    height, width = pictures[0].shape
    codec = cv2.VideoWriter.fourcc(*"MJPG")
    writer = cv2.VideoWriter(str(path), codec, frames_per_s, (width, height))
    assert writer.isOpened()
    for picture in pictures:
        writer.write(cv2.cvtColor(picture, cv2.COLOR_GRAY2BGR))
    writer.release()
    return path
