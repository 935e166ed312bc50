"""A local camera's settings: what drivers make of them, each time the camera is opened."""

from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from typing import Final

import cv2
import pytest

from station.cameras import open_source, stream
from station.cameras.condition import Told
from station.cameras.controls import apply_settings
from station.cameras.settings import CameraSettings, SettingAnswer
from station.cameras.stream import CameraStream
from station.core.errors import ConfigurationError
from station.ports.frames import Frame
from station.ports.health import Health, HealthStatus
from tests.fakes.capture import (
    AUTO_EXPOSURE,
    AUTOFOCUS,
    EXPOSURE,
    FOCUS,
    FOURCC,
    FPS,
    FULL,
    GAIN,
    HEIGHT,
    MJPG,
    PLAIN,
    VIVID,
    WIDTH,
    Driver,
    RecordedCapture,
)
from tests.fakes.decoder import Pixels
from tests.fakes.frames import CountingClock, shade
from tests.fakes.source import Collected

WISHES: Final = CameraSettings(1920, 1080, 30.0, "MJPG", 0.5, 40, 100)


def answers_of(driver: Driver, wishes: CameraSettings) -> dict[str, SettingAnswer]:
    return {one.name: one for one in apply_settings(RecordedCapture(driver), wishes)}


class TestDrivers:
    def test_format_first_and_automatic_modes_before_what_they_overwrite(self) -> None:
        capture = RecordedCapture(FULL)
        apply_settings(capture, WISHES)
        assert capture.asked == [
            (FOURCC, MJPG),
            (WIDTH, 1920),
            (HEIGHT, 1080),
            (FPS, 30),
            (AUTO_EXPOSURE, 1),
            (EXPOSURE, 5),
            (GAIN, 40),
            (AUTOFOCUS, 0),
            (FOCUS, 100),
        ]

    def test_what_is_not_asked_for_is_not_touched(self) -> None:
        capture = RecordedCapture(FULL)
        assert apply_settings(capture, CameraSettings()) == ()
        assert capture.asked == []
        assert CameraSettings().is_empty
        assert not CameraSettings(gain=0).is_empty

    def test_a_camera_that_has_everything_takes_everything(self) -> None:
        answers = answers_of(FULL, WISHES)
        assert set(answers) == set(CameraSettings.__slots__)
        assert all(answer.taken for answer in answers.values())
        assert answers["exposure_ms"] == SettingAnswer("exposure_ms", "0.5", "0.5", taken=True)
        assert answers["fourcc"].has == "MJPG"

    def test_a_value_between_a_drivers_steps_is_told_with_what_it_took(self) -> None:
        answers = answers_of(FULL, replace(WISHES, width=1600, exposure_ms=0.1, focus=251))
        assert answers["width"] == SettingAnswer("width", "1600", "1280", taken=False)
        assert answers["exposure_ms"] == SettingAnswer("exposure_ms", "0.1", "0.3", taken=False)
        assert answers["focus"].taken  # 250 is as good as 251

    def test_a_camera_without_controls_takes_none_and_says_so(self) -> None:
        answers = answers_of(PLAIN, WISHES)
        assert {name for name, answer in answers.items() if answer.taken} == {"frames_per_s"}
        assert (answers["gain"].has, answers["focus"].has) == ("", "")
        assert answers["fourcc"].has == "YUYV"

    def test_an_exposure_that_stays_automatic_is_not_taken(self) -> None:
        """The number may be right by chance; the next cloud changes it."""
        (answer,) = apply_settings(RecordedCapture(PLAIN), CameraSettings(exposure_ms=15.6))
        assert (answer.has, answer.taken) == ("15.6", False)

    def test_a_rate_as_television_counts_it_is_the_rate_asked_for(self) -> None:
        assert answers_of(VIVID, CameraSettings(frames_per_s=60))["frames_per_s"].taken
        assert not answers_of(VIVID, CameraSettings(frames_per_s=50))["frames_per_s"].taken


class Device:
    """A device that can be opened again and again; each opening is recorded."""

    def __init__(self, driver: Driver, openings: Sequence[int]) -> None:
        self._driver = driver
        self._openings = list(openings)
        self.captures: list[RecordedCapture] = []

    def __call__(self, target: object, api: int, *_: object) -> RecordedCapture:
        assert (target, api) == (0, cv2.CAP_V4L2)
        pictures: list[Pixels] = [shade(90)] * (self._openings.pop(0) if self._openings else 0)
        self.captures.append(RecordedCapture(self._driver, pictures))
        return self.captures[-1]


@pytest.fixture
def health() -> Collected[Health]:
    return Collected()


@pytest.fixture(autouse=True)
def _device_is_there(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(stream, "_require", lambda _path: None)


def read_up_to(
    number: int,
    monkeypatch: pytest.MonkeyPatch,
    device: Device,
    health: Collected[Health],
    settings: CameraSettings | None = None,
    answered: Collected[tuple[SettingAnswer, ...]] | None = None,
) -> list[Frame]:
    """Frames of a device up to its last one, whose number is given."""
    monkeypatch.setattr(cv2, "VideoCapture", device)
    source = CameraStream(
        "0",
        clock=CountingClock(),
        health=health,
        settings=settings,
        answered=answered,
        first_pause_s=0.001,
    )
    frames: list[Frame] = []
    for frame in source.frames():
        assert isinstance(frame, Frame)
        frames.append(frame)
        if frame.number == number:
            source.close()
    return frames


class TestStream:
    def test_it_is_set_after_each_opening(
        self, monkeypatch: pytest.MonkeyPatch, health: Collected[Health]
    ) -> None:
        device = Device(FULL, [3, 2])
        told: Collected[tuple[SettingAnswer, ...]] = Collected()
        read_up_to(5, monkeypatch, device, health, WISHES, told)
        first, second = device.captures[:2]
        assert first.asked == second.asked
        assert (EXPOSURE, 5.0) in second.asked
        assert first.released.is_set()
        assert len(told.items) >= 2
        assert [report.status for report in health.items[:3]] == [
            HealthStatus.OK,
            HealthStatus.FAILED,
            HealthStatus.OK,
        ]

    def test_frames_are_counted_through_all_openings(
        self, monkeypatch: pytest.MonkeyPatch, health: Collected[Health]
    ) -> None:
        frames = read_up_to(5, monkeypatch, Device(FULL, [3, 2]), health)
        assert frames[-1].name == "camera 0#5"
        assert len({frame.name for frame in frames}) == len(frames)

    def test_what_is_refused_is_a_warning_and_the_pictures_come_all_the_same(
        self, monkeypatch: pytest.MonkeyPatch, health: Collected[Health]
    ) -> None:
        wishes = CameraSettings(width=640, exposure_ms=0.5, gain=3)
        assert read_up_to(4, monkeypatch, Device(PLAIN, [4]), health, wishes)
        report = health.items[0]
        assert report.status is HealthStatus.WARNING
        assert report.text == (
            "camera 0 delivers 64 × 48 pixels and does not take gain = 3, exposure_ms = 0.5 "
            "(it has 15.6); choose what its driver has (v4l2-ctl -L), or take the key out of "
            "station.toml"
        )

    def test_a_picture_that_is_well_again_does_not_hide_what_is_refused(
        self, monkeypatch: pytest.MonkeyPatch, health: Collected[Health]
    ) -> None:
        class Recovering:
            """Has news with every frame: all is well again."""

            def see(self, pixels: object, mono_ns: int) -> Told:
                return Told(None)

        monkeypatch.setattr(stream, "ConditionWatch", Recovering)
        read_up_to(1, monkeypatch, Device(PLAIN, [1]), health, CameraSettings(gain=3))
        report = health.items[1]
        assert report.status is HealthStatus.WARNING
        assert "good picture again and does not take gain = 3; choose" in report.text


def test_a_camera_on_the_network_is_set_on_its_own_pages(health: Collected[Health]) -> None:
    with pytest.raises(ConfigurationError) as told:
        CameraStream(
            "rtsp://u:secret@127.0.0.1/x",
            clock=CountingClock(),
            health=health,
            settings=CameraSettings(gain=3),
        )
    assert told.value.message == (
        "rtsp://127.0.0.1/x is on the network and takes no settings from here"
    )
    assert "set them on the camera's own pages" in told.value.remedy


@pytest.mark.parametrize("kind", ["images", "video"])
def test_files_have_no_camera_to_set(kind: str, health: Collected[Health], tmp_path: Path) -> None:
    with pytest.raises(ConfigurationError, match="have no camera to set"):
        open_source(
            kind,
            str(tmp_path),
            clock=CountingClock(),
            health=health,
            settings=CameraSettings(gain=3),
        )


DEVICES: Final = sorted(Path("/dev").glob("video*"))


@pytest.mark.skipif(not DEVICES, reason="this machine has no camera: no /dev/video*")
def test_a_real_camera_gives_a_picture_and_answers(health: Collected[Health]) -> None:
    told: Collected[tuple[SettingAnswer, ...]] = Collected()
    source = CameraStream(
        str(DEVICES[0]),
        clock=CountingClock(),
        health=health,
        settings=CameraSettings(exposure_ms=10.0),
        answered=told,
        give_up_after_s=20.0,
    )
    try:
        assert isinstance(next(source.frames()), Frame)
    finally:
        source.close()
    (answers,) = told.items[:1]
    assert [answer.name for answer in answers] == ["exposure_ms"]
