"""Sources by their specification: what each word makes, and what of a wrong one is said."""

from pathlib import Path

import pytest

from station.app.clock import SystemClock, UlidScanIds
from station.app.sources import KINDS, SourceTools, make_sources
from station.core.errors import ConfigurationError, DeviceError
from station.intake.frame_reader import FrameReader
from station.ports.health import Health
from station.ports.sources import Source
from station.scanners.serial_source import SerialSource
from station.scanners.stdin_source import StdinSource


def made(*specifications: str, dock: bool = True) -> list[Source]:
    reports: list[Health] = []
    tools = SourceTools(SystemClock(), UlidScanIds(), reports.append, waits_for_devices=dock)
    return make_sources(specifications, tools)


def test_each_kind_makes_its_source_under_its_own_name(tmp_path: Path) -> None:
    (tmp_path / "a.png").write_bytes(b"")
    specifications = ("stdin:", "serial:/dev/nothing", f"images:{tmp_path}")
    sources = made(*specifications)
    assert [type(source) for source in sources] == [StdinSource, SerialSource, FrameReader]
    assert tuple(source.name for source in sources) == specifications


@pytest.mark.parametrize(
    ("specification", "wrong", "remedy"),
    [
        ("", "is no source", "images:PATH"),
        ("stdin", "is no source", "stdin:"),
        ("serail:/dev/x", "is no source", "did you mean serial:DEVICE"),
        ("/dev/ttyUSB0", "is no source", "serial:DEVICE"),
        ("serial:", "names nothing", "serial:DEVICE"),
        ("images:", "names nothing", "images:PATH"),
        ("camera:", "names nothing", "camera:URL"),
        ("\x1b[2J:x", "\N{REPLACEMENT CHARACTER}[2J:x", "images:PATH"),
    ],
)
def test_a_wrong_one_is_told_with_the_right_form(
    specification: str, wrong: str, remedy: str
) -> None:
    with pytest.raises(ConfigurationError) as raised:
        made(specification)
    assert wrong in raised.value.message
    assert remedy in raised.value.remedy
    assert raised.value.message.isprintable()


def test_the_same_source_twice_is_a_mistake() -> None:
    with pytest.raises(ConfigurationError) as raised:
        made("stdin:", "serial:/dev/x", "stdin:")
    assert "'stdin:' is named twice" in raised.value.message


@pytest.mark.parametrize("kind", ["images", "video"])
def test_a_file_that_is_missing_is_a_missing_device(kind: str, tmp_path: Path) -> None:
    with pytest.raises(DeviceError):
        made(f"{kind}:{tmp_path / 'none'}")


def test_a_camera_is_named_without_what_lets_others_in() -> None:
    """The name goes into every journal entry and onto every screen."""
    (source,) = made("camera:http://user:secret@127.0.0.1:1/stream?token=secret")
    assert "secret" not in source.name
    assert "user" not in source.name
    assert "127.0.0.1:1/stream" in source.name


def test_every_kind_is_described() -> None:
    assert set(KINDS) == {"images", "video", "camera", "serial", "evdev", "tcp", "stdin"}
    assert all(text.startswith(f"{kind}:") for kind, text in KINDS.items())
