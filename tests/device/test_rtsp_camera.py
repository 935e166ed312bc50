"""A camera that speaks RTSP with H.264: read, stalled, killed, restarted."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from station.ports.health import Health, HealthStatus
from tests.device.test_camera_stream import TIMEOUT_MS, comings_of, stream_of, watched
from tests.fakes.frames import shade
from tests.fakes.rtsp_server import RtspServer
from tests.fakes.source import Collected

pytestmark = pytest.mark.rtsp

SIZE = (160, 120)


@pytest.fixture
def camera(tmp_path: Path) -> Iterator[RtspServer]:
    server = RtspServer(tmp_path, SIZE)
    server.show(shade(60, *SIZE))
    yield server
    server.kill()


@pytest.fixture
def health() -> Collected[Health]:
    return Collected()


def test_pictures_arrive_and_it_says_that_it_works(
    camera: RtspServer, health: Collected[Health]
) -> None:
    with watched(stream_of(camera.url, health)) as watching:
        watching.wait_for_shade(60)
        camera.show(shade(180, *SIZE))
        watching.wait_for_shade(180)
    assert watching.failure is None
    assert health.items[0].status is HealthStatus.OK
    assert "160 × 120" in health.items[0].text


def test_a_camera_that_hangs_is_noticed_and_opened_again_when_it_works(
    camera: RtspServer, health: Collected[Health]
) -> None:
    with watched(stream_of(camera.url, health, timeout_ms=TIMEOUT_MS)) as watching:
        watching.wait_for_shade(60)
        camera.stall()
        # Its connection stays open and its port answers: only the timeouts tell.
        health.wait_for(lambda told: comings_of(told)[-1:] == ["lost"], "that it is lost")
        camera.show(shade(180, *SIZE))
        camera.go_on()
        watching.wait_for_shade(180)
    assert comings_of(health.items)[:3] == ["there", "lost", "there"]
    camera.wait_for_viewers(2)


def test_a_camera_killed_and_restarted_is_found_again(
    camera: RtspServer, health: Collected[Health], tmp_path: Path
) -> None:
    with watched(stream_of(camera.url, health)) as watching:
        watching.wait_for_shade(60)
        camera.kill()
        health.wait_for(lambda told: comings_of(told)[-1:] == ["lost"], "that it is lost")
        again = RtspServer(tmp_path, SIZE, camera.port)
        try:
            again.show(shade(180, *SIZE))
            watching.wait_for_shade(180)
        finally:
            watching.stream.close()
            watching.join()
            again.kill()
    assert watching.failure is None
    assert comings_of(health.items)[:3] == ["there", "lost", "there"]


def test_one_that_hangs_from_the_start_is_given_up(
    camera: RtspServer, health: Collected[Health]
) -> None:
    camera.stall()
    with watched(stream_of(camera.url, health, 0.0, TIMEOUT_MS)) as watching:
        watching.join()
    assert [report.status for report in health.items] == [HealthStatus.FAILED]
    assert "gives no picture" in str(watching.failure)
