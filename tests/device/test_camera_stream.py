"""A network camera on loopback: stalled, hung up, killed, restarted, slow to be read, closed."""

import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Final

import pytest

from station.app.clock import SystemClock
from station.cameras.stream import CameraStream
from station.core.errors import DeviceError
from station.ports.frames import Frame
from station.ports.health import Health, HealthStatus
from tests.fakes.camera_server import CameraServer
from tests.fakes.frames import shade
from tests.fakes.source import DEADLINE_S, Collected

READ_TIMEOUT_MS: Final = 400
PROMPT_S: Final = 2.0
"""Far below the deadline, far above what a loaded machine needs."""


class TickingClock(SystemClock):
    """Tells how many frames were grabbed: each is stamped once."""

    def __init__(self) -> None:
        super().__init__()
        self.ticks: Collected[int] = Collected()

    def mono_ns(self) -> int:
        now_ns = super().mono_ns()
        self.ticks(now_ns)
        return now_ns


class Watching:
    """A stream read in a thread of its own, one frame after another."""

    def __init__(self, stream: CameraStream) -> None:
        self.stream = stream
        self.frames: Collected[Frame] = Collected()
        self.failure: Exception | None = None
        self._thread = threading.Thread(target=self._run, name="watching", daemon=True)
        self._thread.start()

    def _run(self) -> None:
        try:
            for frame in self.stream.frames():
                assert isinstance(frame, Frame)
                self.frames(frame)
        except Exception as failure:  # noqa: BLE001 - looked at by the test
            self.failure = failure

    def wait_for_shade(self, level: int) -> None:
        self.frames.wait_for(
            lambda frames: any(abs(float(f.pixels.mean()) - level) < 4 for f in frames),
            f"a picture of shade {level}",
        )

    def join(self) -> None:
        self._thread.join(DEADLINE_S)
        assert not self._thread.is_alive()


@pytest.fixture
def health() -> Collected[Health]:
    return Collected()


@pytest.fixture
def camera() -> Iterator[CameraServer]:
    server = CameraServer()
    yield server
    server.close()


def stream_of(
    url: str, health: Collected[Health], give_up_after_s: float | None = None
) -> CameraStream:
    return CameraStream(
        url,
        clock=SystemClock(),
        health=health,
        give_up_after_s=give_up_after_s,
        open_timeout_ms=READ_TIMEOUT_MS,
        read_timeout_ms=READ_TIMEOUT_MS,
        first_pause_s=0.02,
    )


@contextmanager
def watched(stream: CameraStream) -> Iterator[Watching]:
    watching = Watching(stream)
    try:
        yield watching
    finally:
        stream.close()
        watching.join()


class Showing:
    """A camera that goes on sending the same picture until told otherwise."""

    def __init__(self, camera: CameraServer, level: int) -> None:
        self._camera = camera
        self.level = level
        self._stop = threading.Event()
        self._thread = threading.Thread(target=self._run, name="showing", daemon=True)

    def _run(self) -> None:
        while not self._stop.wait(0.02):
            self._camera.show(shade(self.level, 160, 120))

    def __enter__(self) -> "Showing":
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._stop.set()
        self._thread.join(DEADLINE_S)


def statuses(health: Collected[Health]) -> list[HealthStatus]:
    return [report.status for report in health.items]


class TestCamera:
    def test_frames_arrive_as_a_stream(
        self, camera: CameraServer, health: Collected[Health]
    ) -> None:
        with watched(stream_of(camera.url, health)) as watching, Showing(camera, 90):
            watching.frames.wait_for_count(5)
        frames = watching.frames.items
        assert {frame.pixels.shape for frame in frames} == {(120, 160)}
        assert not any(frame.still or frame.media_ns for frame in frames)
        assert frames[0].name.startswith(camera.url)
        times = [frame.captured_mono_ns for frame in frames]
        assert times == sorted(times)
        assert len({frame.name for frame in frames}) == len(frames)

    def test_it_says_once_that_it_works(
        self, camera: CameraServer, health: Collected[Health]
    ) -> None:
        with watched(stream_of(camera.url, health)) as watching, Showing(camera, 90):
            watching.frames.wait_for_count(5)
        (report,) = health.items
        assert report.component == "camera"
        assert report.status is HealthStatus.OK
        assert "160 × 120" in report.text

    def test_a_slow_reader_gets_the_newest_frame_not_the_oldest(
        self, camera: CameraServer, health: Collected[Health]
    ) -> None:
        clock = TickingClock()
        stream = CameraStream(camera.url, clock=clock, health=health)
        frames = stream.frames()
        with Showing(camera, 40) as showing:
            first = next(frames)
            assert isinstance(first, Frame)
            assert abs(float(first.pixels.mean()) - 40) < 4
            # The reader is busy; meanwhile the camera shows something else for a long while.
            showing.level = 200
            clock.ticks.wait_for_count(len(clock.ticks.items) + 12)
            second = next(frames)
            assert isinstance(second, Frame)
            assert abs(float(second.pixels.mean()) - 200) < 4
        stream.close()
        assert list(frames) == []

    def test_a_stalled_camera_is_noticed_and_comes_back(
        self, camera: CameraServer, health: Collected[Health]
    ) -> None:
        with watched(stream_of(camera.url, health)) as watching:
            with Showing(camera, 60):
                watching.wait_for_shade(60)
            # It stays connected and silent until the read times out; then it is opened anew.
            camera.wait_for_viewer(2)
            with Showing(camera, 180):
                watching.wait_for_shade(180)
                health.wait_for_count(3)
        assert statuses(health) == [HealthStatus.OK, HealthStatus.FAILED, HealthStatus.OK]
        assert "trying again" in health.items[1].text
        assert "check its power" in health.items[1].text

    def test_a_camera_that_hangs_up_is_opened_again(
        self, camera: CameraServer, health: Collected[Health]
    ) -> None:
        with watched(stream_of(camera.url, health)) as watching, Showing(camera, 60) as showing:
            watching.wait_for_shade(60)
            showing.level = 180
            camera.hang_up()
            camera.wait_for_viewer(2)
            watching.wait_for_shade(180)

    def test_a_camera_killed_and_restarted_is_found_again(self, health: Collected[Health]) -> None:
        camera = CameraServer()
        with watched(stream_of(camera.url, health)) as watching:
            with Showing(camera, 60):
                watching.wait_for_shade(60)
            camera.close()
            health.wait_for(lambda reports: reports[-1].status is HealthStatus.FAILED)
            again = CameraServer(camera.port)
            try:
                with Showing(again, 180):
                    watching.wait_for_shade(180)
                health.wait_for(lambda reports: reports[-1].status is HealthStatus.OK)
            finally:
                watching.stream.close()
                watching.join()
                again.close()

    def test_one_that_is_away_is_told_once_and_waited_for(
        self, camera: CameraServer, health: Collected[Health]
    ) -> None:
        camera.close()
        with watched(stream_of(camera.url, health)) as watching:
            health.wait_for_count(1)
            again = CameraServer(camera.port)
            try:
                with Showing(again, 120):
                    watching.wait_for_shade(120)
            finally:
                watching.stream.close()
                watching.join()
                again.close()
        assert statuses(health) == [HealthStatus.FAILED, HealthStatus.OK]


class TestEndings:
    def test_closing_ends_a_stalled_stream_promptly(
        self, camera: CameraServer, health: Collected[Health]
    ) -> None:
        stream = stream_of(camera.url, health)
        watching = Watching(stream)
        camera.wait_for_viewer()
        began = time.monotonic()
        stream.close()
        stream.close()
        watching.join()
        assert time.monotonic() - began < PROMPT_S
        assert watching.failure is None

    def test_closing_ends_the_wait_between_two_attempts(self, health: Collected[Health]) -> None:
        stream = CameraStream(
            "http://127.0.0.1:1/x", clock=SystemClock(), health=health, first_pause_s=600
        )
        watching = Watching(stream)
        health.wait_for_count(1)
        began = time.monotonic()
        stream.close()
        watching.join()
        assert time.monotonic() - began < PROMPT_S

    def test_closed_before_it_is_read_it_gives_nothing(
        self, camera: CameraServer, health: Collected[Health]
    ) -> None:
        stream = stream_of(camera.url, health)
        stream.close()
        assert list(stream.frames()) == []

    def test_away_for_too_long_is_gone_for_good(self, health: Collected[Health]) -> None:
        with pytest.raises(DeviceError) as caught:
            list(stream_of("http://127.0.0.1:1/x", health, give_up_after_s=0.05).frames())
        assert caught.value.message == "http://127.0.0.1:1/x gives no picture"
        assert "start again" in caught.value.remedy
        assert statuses(health) == [HealthStatus.FAILED]

    def test_what_is_no_stream_is_gone_for_good_too(
        self, camera: CameraServer, health: Collected[Health]
    ) -> None:
        """A web page, say: connected, and never a picture."""
        with pytest.raises(DeviceError, match="gives no picture"):
            list(stream_of(camera.url, health, give_up_after_s=0.0).frames())

    def test_a_fault_nobody_foresaw_reaches_the_reader(self, camera: CameraServer) -> None:
        def broken(_: Health) -> None:
            raise RuntimeError("sink")

        stream = CameraStream(
            camera.url,
            clock=SystemClock(),
            health=broken,
            open_timeout_ms=READ_TIMEOUT_MS,
            read_timeout_ms=READ_TIMEOUT_MS,
        )
        with pytest.raises(RuntimeError, match="sink"):
            list(stream.frames())

    def test_a_device_that_is_no_camera_is_given_up(self, health: Collected[Health]) -> None:
        stream = CameraStream(
            "/dev/null", clock=SystemClock(), health=health, give_up_after_s=0.0, first_pause_s=0.02
        )
        with pytest.raises(DeviceError, match="camera /dev/null gives no picture"):
            list(stream.frames())
