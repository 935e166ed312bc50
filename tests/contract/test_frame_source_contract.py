"""What every `station.ports.frames.FrameSource` does, shown on the fake and on the real ones.

A new kind joins by one `FrameCase`: how to make it over pictures of rising shades.
"""

import threading
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Final

import numpy as np
import pytest
from PIL import Image

from station.cameras.images import ImageFiles
from station.cameras.stream import CameraStream
from station.cameras.video import VideoFile
from station.ports.frames import Frame, FrameProblem, FrameSource
from station.ports.health import Health
from tests.fakes.camera_server import CameraServer
from tests.fakes.decoder import Pixels
from tests.fakes.frames import CountingClock, FakeFrameSource, shade, write_video
from tests.fakes.source import DEADLINE_S, open_descriptors

LEVELS: Final = (20, 70, 120, 170, 220)
PICTURES: Final[list[Pixels]] = [shade(level, 320, 240) for level in LEVELS]


@dataclass(slots=True)
class FrameCase:
    """A frame source ready to be read.

    Attributes:
        source: Not yet read.
        close: Releases what the case holds.
    """

    source: FrameSource
    close: Callable[[], None]


def _nothing() -> None:
    """What needs no doing."""


def fake_case(_: Path) -> FrameCase:
    script = [
        Frame(picture, number, f"fake#{number}", still=True)
        for number, picture in enumerate(PICTURES, 1)
    ]
    return FrameCase(FakeFrameSource(script), _nothing)


def images_case(folder: Path) -> FrameCase:
    for number, picture in enumerate(PICTURES):
        Image.fromarray(picture).save(folder / f"{number}.png")
    return FrameCase(ImageFiles(str(folder), clock=CountingClock()), _nothing)


def video_case(folder: Path) -> FrameCase:
    path = write_video(folder / "v.avi", PICTURES)
    return FrameCase(VideoFile(str(path), clock=CountingClock()), _nothing)


def camera_case(_: Path) -> FrameCase:
    server, stop = CameraServer(), threading.Event()

    def show() -> None:
        shown = 0
        while not stop.wait(0.02):
            server.show(PICTURES[min(shown // 4, len(PICTURES) - 1)])
            shown += bool(server.connections)

    def ignore(_: Health) -> None:
        """Health is not looked at here."""

    thread = threading.Thread(target=show, name="showing", daemon=True)
    thread.start()

    def close() -> None:
        stop.set()
        thread.join(DEADLINE_S)
        server.close()

    stream = CameraStream(server.url, clock=CountingClock(), health=ignore, read_timeout_ms=500)
    return FrameCase(stream, close)


CASES: Final[dict[str, Callable[[Path], FrameCase]]] = {
    "fake": fake_case,
    "images": images_case,
    "video": video_case,
    "camera": camera_case,
}


@pytest.fixture(params=CASES)
def case(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[FrameCase]:
    made = CASES[request.param](tmp_path)
    yield made
    made.source.close()
    made.close()


def read_until(source: FrameSource, level: int) -> list[Frame]:
    """Frames up to the first of a shade."""
    frames = []
    for frame in source.frames():
        assert isinstance(frame, Frame)
        frames.append(frame)
        if abs(float(frame.pixels.mean()) - level) < 4:
            break
    return frames


class TestFrameSource:
    def test_frames_are_grey_named_and_in_order(self, case: FrameCase) -> None:
        frames = read_until(case.source, LEVELS[-1])
        levels = [float(frame.pixels.mean()) for frame in frames]
        assert levels == pytest.approx(sorted(levels), abs=2)
        for frame in frames:
            assert frame.pixels.dtype == np.uint8
            assert frame.pixels.shape == (240, 320)
            assert frame.name.isprintable()
        assert len({frame.name for frame in frames}) == len(frames)
        times = [frame.captured_mono_ns for frame in frames]
        assert times == sorted(set(times))

    def test_closing_from_another_thread_ends_it(self, case: FrameCase) -> None:
        got_one = threading.Event()
        ended = threading.Event()

        def read() -> None:
            for _ in case.source.frames():
                got_one.set()
                closed.wait(DEADLINE_S)
            ended.set()

        closed = threading.Event()
        reader = threading.Thread(target=read, name="reader", daemon=True)
        reader.start()
        assert got_one.wait(DEADLINE_S)
        case.source.close()
        case.source.close()
        closed.set()
        assert ended.wait(DEADLINE_S)
        reader.join(DEADLINE_S)

    def test_closed_first_it_gives_nothing(self, case: FrameCase) -> None:
        case.source.close()
        assert list(case.source.frames()) == []

    def test_a_reader_may_stop_in_the_middle(self, case: FrameCase) -> None:
        frames = case.source.frames()
        assert isinstance(next(frames), Frame)
        frames.close()  # type: ignore[attr-defined]  # every source is a generator


@pytest.mark.parametrize("name", ["fake", "images", "video"])
def test_what_is_not_live_loses_no_frame(name: str, tmp_path: Path) -> None:
    frames = list(CASES[name](tmp_path).source.frames())
    assert not any(isinstance(frame, FrameProblem) for frame in frames)
    assert len(frames) == len(PICTURES)


@pytest.mark.parametrize("name", ["images", "video"])
def test_no_file_stays_open(name: str, tmp_path: Path) -> None:
    before = open_descriptors()
    case = CASES[name](tmp_path)
    list(case.source.frames())
    assert open_descriptors() == before
