"""Sources as they are named in the journal, on screens and in what commands print."""

import pytest

from station.app.sources import SourceTools, make_sources
from station.core.errors import ConfigurationError
from station.ports.health import Health
from tests.fakes.intake import CountingIds, FrozenClock


def names(*specifications: str) -> list[str]:
    told: list[Health] = []
    tools = SourceTools(FrozenClock(), CountingIds(), told.append, waits_for_devices=True)
    return [source.name for source in make_sources(specifications, tools)]


def test_a_source_is_named_as_it_is_configured() -> None:
    assert names("stdin:", "serial:/dev/scanner", "camera:http://192.0.2.7:8080/video") == [
        "stdin:",
        "serial:/dev/scanner",
        "camera:http://192.0.2.7:8080/video",
    ]


def test_no_secret_of_a_cameras_address_is_in_its_name() -> None:
    (name,) = names("camera:rtsp://admin:s3cret@192.0.2.7:554/stream?password=s3cret#s3cret")
    assert name == "camera:rtsp://192.0.2.7:554/stream"


def test_two_cameras_that_differ_in_what_is_left_out_keep_two_names() -> None:
    first, second, third = names(
        "camera:rtsp://192.0.2.7/stream?channel=1",
        "camera:rtsp://192.0.2.7/stream?channel=2",
        "camera:rtsp://192.0.2.7/stream?channel=3",
    )
    assert first == "camera:rtsp://192.0.2.7/stream"
    assert len({first, second, third}) == 3


def test_a_source_named_twice_is_refused_without_telling_its_secret() -> None:
    camera = "camera:rtsp://admin:s3cret@192.0.2.7/stream"
    with pytest.raises(ConfigurationError) as caught:
        names(camera, camera)
    assert "'camera:rtsp://192.0.2.7/stream' is named twice" in str(caught.value)
    assert "s3cret" not in str(caught.value)
