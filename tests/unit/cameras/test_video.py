"""Video files: every frame, with its place in the recording."""

from pathlib import Path

import pytest

from station.cameras.video import VideoFile
from station.core.errors import DeviceError
from station.ports.frames import Frame, FrameProblem
from tests.fakes.frames import CountingClock, shade, write_video

LEVELS = list(range(10, 250, 10))


@pytest.fixture
def recording(tmp_path: Path) -> Path:
    return write_video(tmp_path / "recording.avi", [shade(level, 320, 240) for level in LEVELS])


def test_every_frame_comes_in_order_with_its_place(recording: Path) -> None:
    frames = list(VideoFile(str(recording), clock=CountingClock()).frames())
    assert all(isinstance(frame, Frame) for frame in frames)
    seen = [frame for frame in frames if isinstance(frame, Frame)]
    assert [round(float(frame.pixels.mean()), -1) for frame in seen] == LEVELS
    assert [frame.media_ns for frame in seen] == [n * 100_000_000 for n in range(len(LEVELS))]
    assert [frame.name for frame in seen[:2]] == [f"{recording}#1", f"{recording}#2"]
    assert not any(frame.still for frame in seen)
    assert {frame.pixels.shape for frame in seen} == {(240, 320)}


def test_frames_stay_as_they_were_when_the_next_is_read(recording: Path) -> None:
    frames = VideoFile(str(recording), clock=CountingClock()).frames()
    first = next(frames)
    assert isinstance(first, Frame)
    before = first.pixels.copy()
    next(frames)
    assert (first.pixels == before).all()
    assert not first.pixels.flags.writeable


def test_a_file_cut_short_says_so_after_its_last_frame(recording: Path) -> None:
    recording.write_bytes(recording.read_bytes()[: recording.stat().st_size // 2])
    *frames, last = VideoFile(str(recording), clock=CountingClock()).frames()
    assert frames
    assert isinstance(last, FrameProblem)
    assert f"ended after {len(frames)} of {len(LEVELS)} frames" in last.detail
    assert last.detail.endswith("copy it again")


def test_closing_ends_it_without_calling_it_cut_short(recording: Path) -> None:
    source = VideoFile(str(recording), clock=CountingClock())
    frames = source.frames()
    next(frames)
    source.close()
    source.close()
    assert list(frames) == []


@pytest.mark.parametrize(
    ("name", "content", "message"),
    [
        ("missing.avi", None, "there is no video file"),
        ("empty.avi", b"", "cannot read"),
        ("words.avi", b"this is no video " * 99, "cannot read"),
        ("head.avi", b"RIFF\x00\x10\x00\x00AVI LIST", "cannot read"),
    ],
)
def test_what_is_no_video_says_so(
    name: str, content: bytes | None, message: str, tmp_path: Path
) -> None:
    if content is not None:
        (tmp_path / name).write_bytes(content)
    with pytest.raises(DeviceError) as caught:
        VideoFile(str(tmp_path / name), clock=CountingClock())
    assert caught.value.message.startswith(message)
    assert caught.value.remedy


def test_a_folder_is_no_video(tmp_path: Path) -> None:
    with pytest.raises(DeviceError, match="there is no video file"):
        VideoFile(str(tmp_path), clock=CountingClock())


def test_a_file_that_went_away_meanwhile_is_a_device_error(recording: Path) -> None:
    source = VideoFile(str(recording), clock=CountingClock())
    recording.unlink()
    with pytest.raises(DeviceError, match="there is no video file"):
        list(source.frames())


def test_an_address_is_not_followed() -> None:
    with pytest.raises(DeviceError, match="there is no video file"):
        VideoFile("http://127.0.0.1:1/video.avi", clock=CountingClock())
