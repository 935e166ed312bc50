"""From a specification to a source: which kind, and what is wrong with it."""

import io
import subprocess
import sys
from pathlib import Path

import pytest
from PIL import Image

from station.cameras import open_source
from station.cameras.images import ImageFiles
from station.cameras.stream import CameraStream, shown
from station.cameras.video import VideoFile
from station.core.errors import ConfigurationError, DeviceError, StationError
from station.ports.frames import FrameSource
from station.ports.health import Health
from tests.fakes.frames import CountingClock, shade, write_video


def ignore(_: Health) -> None:
    """A health sink nobody reads."""


def opened(kind: str, value: str) -> FrameSource:
    return open_source(kind, value, clock=CountingClock(), health=ignore)


def test_each_kind_has_its_source(tmp_path: Path) -> None:
    Image.fromarray(shade(9)).save(tmp_path / "a.png")
    video = write_video(tmp_path / "v.avi", [shade(9, 320, 240)])
    assert isinstance(opened("images", str(tmp_path)), ImageFiles)
    assert isinstance(opened("video", str(video)), VideoFile)
    assert isinstance(opened("camera", "http://127.0.0.1:9/stream"), CameraStream)


def test_another_kind_is_the_callers_mistake() -> None:
    with pytest.raises(ValueError, match="'film'"):
        opened("film", "x")


@pytest.mark.parametrize(
    ("kind", "value"), [("images", "/no/such"), ("video", "/no/such.avi"), ("camera", "997")]
)
def test_what_is_missing_is_told_at_once(kind: str, value: str) -> None:
    with pytest.raises(DeviceError) as caught:
        opened(kind, value)
    assert caught.value.exit_code == 5
    assert caught.value.remedy


class TestCameraNames:
    @pytest.mark.parametrize("value", ["997", "/dev/video997", "/dev/v4l/by-id/usb-none"])
    def test_a_missing_device_is_named_with_what_there_is(self, value: str) -> None:
        with pytest.raises(DeviceError) as caught:
            opened("camera", value)
        assert "there is no camera device /dev/" in caught.value.message
        assert caught.value.remedy.startswith("connect it")

    @pytest.mark.parametrize(
        "value",
        [
            "front door",
            "-1",
            "1000",
            "٣",
            "file:///etc/passwd",
            "ftp://127.0.0.1/x",
            "http://",
            "http:///stream",
            "http://[::1/stream",
            "http://127.0.0.1:99999/x",
            "http://127.0.0.1/\x1b[31m",
            "concat:a|b",
            "/etc/passwd",
            "/dev/../etc passwd",
        ],
    )
    def test_what_is_no_camera_says_how_to_write_one(self, value: str) -> None:
        with pytest.raises(StationError) as caught:
            opened("camera", value)
        assert isinstance(caught.value, ConfigurationError)
        assert caught.value.exit_code == 2
        assert caught.value.remedy.startswith("write camera:0")
        assert caught.value.message.isprintable()

    @pytest.mark.parametrize(
        ("value", "name"),
        [
            ("rtsp://user:secret@cam.example/live?token=secret", "rtsp://cam.example/live"),
            ("http://cam.example:8080/a", "http://cam.example:8080/a"),
            ("http://a:secret@b@cam.example/a#secret", "http://cam.example/a"),
            ("0", "camera 0"),
        ],
    )
    def test_a_password_is_never_shown(self, value: str, name: str) -> None:
        assert shown(value) == name


def test_the_package_loads_no_picture_library() -> None:
    program = (
        "import station.cameras, sys\n"
        "assert not {'cv2', 'PIL', 'numpy'} & set(sys.modules), sorted(sys.modules)"
    )
    subprocess.run([sys.executable, "-c", program], check=True)


def test_no_library_writes_to_the_terminal(tmp_path: Path) -> None:
    """FFmpeg and OpenCV write past Python, so a process of its own is looked at."""
    video = write_video(tmp_path / "v.avi", [shade(n, 320, 240) for n in range(0, 200, 5)])
    whole = video.read_bytes()
    half = len(whole) // 2
    (tmp_path / "cut.avi").write_bytes(whole[:half])
    (tmp_path / "hurt.avi").write_bytes(whole[:half] + bytes(900) + whole[half + 900 :])
    tiff = io.BytesIO()
    Image.fromarray(shade(9)).save(tiff, "TIFF")
    (tmp_path / "cut.tif").write_bytes(tiff.getvalue()[:40])
    (tmp_path / "none.avi").write_bytes(b"RIFF" + bytes(500))
    program = f"""
from station.cameras import open_source
from station.core.errors import StationError
from tests.fakes.frames import CountingClock
for kind, value in [
    ("video", "{tmp_path}/cut.avi"), ("video", "{tmp_path}/hurt.avi"),
    ("video", "{tmp_path}/none.avi"), ("images", "{tmp_path}/cut.tif"),
    ("camera", "http://127.0.0.1:1/x"), ("camera", "/dev/null"),
]:
    try:
        source = open_source(
            kind, value, clock=CountingClock(), health=lambda _: None, give_up_after_s=0.0
        )
        list(source.frames())
    except StationError:
        pass
"""
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, check=False)
    assert (done.returncode, done.stdout, done.stderr) == (0, b"", b"")
