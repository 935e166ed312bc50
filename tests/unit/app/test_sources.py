"""Sources by their specification: what each word makes, and what of a wrong one is said."""

from pathlib import Path

import pytest

from station.app.clock import SystemClock, UlidScanIds
from station.app.config import SourceSection
from station.app.sources import KINDS, SourceTools, camera_component, make_sources
from station.cameras.stream import CameraStream
from station.core.errors import ConfigurationError, DeviceError
from station.intake.frame_reader import FrameReader
from station.ports.health import Health, HealthStatus
from station.ports.sources import Source
from station.scanners.serial_source import SerialSource
from station.scanners.stdin_source import StdinSource


def made(*specifications: str, dock: bool = True, disabled: tuple[str, ...] = ()) -> list[Source]:
    reports: list[Health] = []
    sections = {
        use: SourceSection(use, feedback="datalogic", quarantine_disables=True) for use in disabled
    }
    tools = SourceTools(
        SystemClock(), UlidScanIds(), reports.append, waits_for_devices=dock, sections=sections
    )
    return make_sources(specifications, tools)


def component_of(source: Source) -> str:
    assert isinstance(source, SerialSource)
    return source._health._component


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


def test_health_names_which_of_several_scanners() -> None:
    (alone,) = made("serial:/dev/left")
    assert component_of(alone) == "scanner"
    both = made("serial:/dev/left", "tcp:192.0.2.4:51236")
    assert [component_of(one) for one in both] == ["scanner:left", "scanner:192.0.2.4:51236"]


def test_health_names_which_of_several_cameras() -> None:
    addresses = ("http://eve:secret@192.0.2.4/1?token=x", "rtsp://192.0.2.5:554/1")
    alone = made("serial:/dev/left", f"camera:{addresses[0]}")[1]
    assert isinstance(alone, FrameReader)
    assert alone._component == "camera"
    both = made(*(f"camera:{address}" for address in addresses))
    assert [one._component for one in both if isinstance(one, FrameReader)] == [
        "camera:192.0.2.4/1",
        "camera:192.0.2.5:554/1",
    ]
    assert [camera_component(f"camera:{one}") for one in ("0", "/dev/v4l/by-id/x")] == [
        "camera:0",
        "camera:x",
    ]


def test_a_camera_that_is_lost_is_not_hidden_by_another_that_works() -> None:
    reports: list[Health] = []
    tools = SourceTools(SystemClock(), UlidScanIds(), reports.append, waits_for_devices=True)
    uses = ["camera:http://192.0.2.4/1", "camera:http://192.0.2.5/1"]
    for source in make_sources(uses, tools):
        assert isinstance(source, FrameReader)
        stream = source._frames
        assert isinstance(stream, CameraStream)
        stream._health(Health("camera", HealthStatus.OK, "delivers"))
    assert [report.component for report in reports] == ["camera:192.0.2.4/1", "camera:192.0.2.5/1"]


@pytest.mark.parametrize(
    ("others", "stays_shut"),
    [
        ((), True),
        (("serial:/dev/b",), True),
        (("images:/dev",), True),
        (("serial:/dev/c",), False),
        (("evdev:/dev/d",), False),
        (("camera:http://192.0.2.7/stream",), False),
        (("stdin:",), False),
    ],
)
def test_a_quarantine_disables_a_scanner_only_where_another_reads_the_tote(
    others: tuple[str, ...], stays_shut: bool
) -> None:
    disabled = ("serial:/dev/a", "serial:/dev/b")
    if not stays_shut:
        assert len(made("serial:/dev/a", *others, disabled=disabled)) == 2
        return
    with pytest.raises(ConfigurationError) as raised:
        made("serial:/dev/a", *others, disabled=disabled)
    assert "no reader is left to scan the tote's label" in raised.value.message
    assert "another reader" in raised.value.remedy


def test_a_single_scan_has_no_quarantine_to_release() -> None:
    assert len(made("serial:/dev/a", dock=False, disabled=("serial:/dev/a",))) == 1


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
