"""A network camera on loopback: stalled, hung up, killed, restarted, slow to be read, closed."""

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Final

import pytest

from station.app.clock import SystemClock
from station.cameras.condition import Condition
from station.cameras.stream import CameraStream
from station.core.errors import DeviceError
from station.labels.scene import draw_scene
from station.ports.frames import Frame
from station.ports.health import Health, HealthStatus
from tests.fakes.camera_server import CameraServer
from tests.fakes.frames import shade
from tests.fakes.source import DEADLINE_S, Collected

TIMEOUT_MS: Final = 400
NEVER_MS: Final = 600_000
"""A timeout beyond every deadline: what ends before it did not wait for it."""


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
    url: str,
    health: Collected[Health],
    give_up_after_s: float | None = None,
    timeout_ms: int = NEVER_MS,
) -> CameraStream:
    """A stream that no slow machine makes lose its camera, unless a timeout is asked for."""
    return CameraStream(
        url,
        clock=SystemClock(),
        health=health,
        give_up_after_s=give_up_after_s,
        open_timeout_ms=timeout_ms,
        read_timeout_ms=timeout_ms,
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


def comings_of(reports: list[Health]) -> list[str]:
    """When the camera was there and when it was lost, in order.

    What is said of its pictures beside that depends on how long the test takes: they are of one
    grey, and always the same.
    """
    words = {"delivers": "there", "gives no picture, trying again; check its power": "lost"}
    return [coming for report in reports for text, coming in words.items() if text in report.text]


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
        assert comings_of(health.items) == ["there"]
        report = health.items[0]
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
        with watched(stream_of(camera.url, health, timeout_ms=TIMEOUT_MS)) as watching:
            with Showing(camera, 60):
                watching.wait_for_shade(60)
            # It stays connected and silent until the read times out; then it is opened anew.
            camera.wait_for_viewer(2)
            with Showing(camera, 180):
                watching.wait_for_shade(180)
        assert comings_of(health.items)[:3] == ["there", "lost", "there"]
        assert {report.status for report in health.items if "no picture" in report.text} == {
            HealthStatus.FAILED
        }

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
            health.wait_for(lambda reports: comings_of(reports)[-1:] == ["lost"])
            again = CameraServer(camera.port)
            try:
                with Showing(again, 180):
                    watching.wait_for_shade(180)
            finally:
                watching.stream.close()
                watching.join()
                again.close()
        assert comings_of(health.items)[:3] == ["there", "lost", "there"]

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
        assert comings_of(health.items)[:2] == ["lost", "there"]

    def test_its_thread_is_prepared_before_it_opens_anything(
        self, camera: CameraServer, health: Collected[Health]
    ) -> None:
        """A thread takes its priority with it, and so do those that the library starts."""
        prepared: list[tuple[str, int]] = []

        def prepare() -> None:
            prepared.append((threading.current_thread().name, camera.connections))

        stream = CameraStream(
            camera.url, clock=SystemClock(), health=health, prepare_grabber=prepare
        )
        with watched(stream) as watching, Showing(camera, 90):
            watching.frames.wait_for_count(1)
        assert prepared == [(f"camera {camera.url}", 0)]


class HurryingClock(SystemClock):
    """Half a second passes from frame to frame."""

    def __init__(self) -> None:
        super().__init__()
        self._now_ns = 0

    def mono_ns(self) -> int:
        self._now_ns += 500_000_000
        return self._now_ns


class TestPictureHealth:
    """What is told of pictures (tests/unit/cameras/test_condition.py) reaches health."""

    @pytest.mark.parametrize(
        ("level", "words"),
        [
            (128, Condition.COVERED.value),
            (255, Condition.BRIGHT.value),
        ],
    )
    def test_a_bad_picture_is_a_warning_and_a_good_one_ends_it(
        self, level: int, words: str, camera: CameraServer, health: Collected[Health]
    ) -> None:
        def one(status: HealthStatus, text: str) -> Health:
            return Health("camera", status, f"{camera.url} {text}")

        good = draw_scene([], 3)
        showing = [shade(level, *good.shape[::-1])]
        stop = threading.Event()

        def show() -> None:
            while not stop.wait(0.01):
                camera.show(showing[0])

        thread = threading.Thread(target=show, name="showing")
        stream = CameraStream(camera.url, clock=HurryingClock(), health=health)
        thread.start()
        try:
            with watched(stream):
                health.wait_for(lambda told: told[-1:] == [one(HealthStatus.WARNING, words)])
                showing[0] = good
                again = "gives a good picture again"
                health.wait_for(lambda told: told[-1:] == [one(HealthStatus.OK, again)])
        finally:
            stop.set()
            thread.join(DEADLINE_S)

    def test_the_same_picture_for_half_a_minute_is_frozen(
        self, camera: CameraServer, health: Collected[Health]
    ) -> None:
        stream = CameraStream(camera.url, clock=HurryingClock(), health=health)
        with watched(stream), Showing(camera, 90):
            frozen = f"{camera.url} {Condition.FROZEN.value}"
            health.wait_for(lambda told: Health("camera", HealthStatus.WARNING, frozen) in told)


class TestEndings:
    def test_closing_ends_a_stalled_stream_without_waiting_for_its_timeouts(
        self, camera: CameraServer, health: Collected[Health]
    ) -> None:
        stream = stream_of(camera.url, health)
        watching = Watching(stream)
        camera.wait_for_viewer()
        stream.close()
        stream.close()
        watching.join()
        assert watching.failure is None
        camera.hang_up()

    def test_closing_ends_the_wait_between_two_attempts(self, health: Collected[Health]) -> None:
        stream = CameraStream(
            "http://127.0.0.1:1/x",
            clock=SystemClock(),
            health=health,
            first_pause_s=NEVER_MS / 1_000,
        )
        watching = Watching(stream)
        health.wait_for_count(1)
        stream.close()
        watching.join()

    def test_the_pauses_between_attempts_grow_to_a_limit(
        self, monkeypatch: pytest.MonkeyPatch, health: Collected[Health]
    ) -> None:
        stream = CameraStream("http://127.0.0.1:1/x", clock=SystemClock(), health=health)
        pauses: list[float | None] = []

        def wait(timeout: float | None = None) -> bool:
            pauses.append(timeout)
            if len(pauses) == 7:
                stream.close()
            return False

        monkeypatch.setattr(stream._closed, "wait", wait)
        assert list(stream.frames()) == []
        assert pauses == [0.5, 1.0, 2.0, 4.0, 8.0, 10.0, 10.0]
        assert comings_of(health.items) == ["lost"]

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
        assert [report.status for report in health.items] == [HealthStatus.FAILED]

    def test_what_is_no_stream_is_gone_for_good_too(
        self, camera: CameraServer, health: Collected[Health]
    ) -> None:
        """A web page, say: connected, and never a picture."""
        with pytest.raises(DeviceError, match="gives no picture"):
            list(stream_of(camera.url, health, 0.0, TIMEOUT_MS).frames())

    def test_a_fault_nobody_foresaw_reaches_the_reader(self, camera: CameraServer) -> None:
        def broken(_: Health) -> None:
            raise RuntimeError("sink")

        stream = CameraStream(
            camera.url,
            clock=SystemClock(),
            health=broken,
            open_timeout_ms=TIMEOUT_MS,
            read_timeout_ms=TIMEOUT_MS,
        )
        with pytest.raises(RuntimeError, match="sink"):
            list(stream.frames())

    def test_a_device_that_is_no_camera_is_given_up(self, health: Collected[Health]) -> None:
        stream = CameraStream(
            "/dev/null", clock=SystemClock(), health=health, give_up_after_s=0.0, first_pause_s=0.02
        )
        with pytest.raises(DeviceError, match="camera /dev/null gives no picture"):
            list(stream.frames())
