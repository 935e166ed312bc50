"""Scanners and outputs as ``station.toml`` sets them: what is made, and what is refused."""

from pathlib import Path

import pytest

from firmware_bridge.gm65_conversation import Gm65Conversation
from firmware_bridge.line_conversation import LineConversation
from firmware_bridge.outputs.board import Board
from firmware_bridge.outputs.coils import ModbusCoils
from firmware_bridge.outputs.panel import Part
from firmware_bridge.outputs.patlite import Patlite
from firmware_bridge.outputs.usb_tower import UsbTower
from firmware_bridge.ssi_conversation import SsiConversation
from station.app import outputs
from station.app.clock import SystemClock, UlidScanIds
from station.app.config import CameraSection, OutputSection, Settings, SourceSection, load
from station.app.scanner_check import settings_digest
from station.app.serial_scanner import make_scanner_source
from station.app.sources import SourceTools, camera_settings, make_sources
from station.cameras.settings import CameraSettings
from station.core.errors import ConfigurationError
from station.scanners.serial_source import SerialSource

HEAD = '[site]\nname = "s"\n[station]\nname = "d"\n'


def settings(tmp_path: Path, text: str) -> Settings:
    path = tmp_path / "station.toml"
    path.write_text(HEAD + text, "utf-8")
    return load(path)


def refused(tmp_path: Path, text: str) -> str:
    with pytest.raises(ConfigurationError) as told:
        settings(tmp_path, text)
    return str(told.value)


def source_of(section: SourceSection) -> SerialSource:
    return make_scanner_source(
        "serial",
        "/dev/null",
        section,
        clock=SystemClock(),
        scan_ids=UlidScanIds(),
        health=lambda _: None,
        component="scanner",
        required_at_start=False,
    )


def device_of(section: OutputSection) -> object:
    return outputs._device(section)


def test_a_scanner_is_set_as_configured(tmp_path: Path) -> None:
    text = """
[[source]]
use = "serial:/dev/x"
terminator = "etx"
prefix = "\\u0002"
suffix = "!"
baud = 115200
data_bits = 7
parity = "even"
stop_bits = 2
feedback = "datalogic"
quarantine_disables = true
"""
    section = settings(tmp_path, text).source_sections["serial:/dev/x"]
    source = source_of(section)
    assert isinstance(source._conversation, LineConversation)
    (line,) = source._conversation.feed(b"\x02]d2code!\x03", 0)
    assert str(line) == "Line(payload=b'code', symbology_identifier=']d2')"
    assert source._port._opener.has_lasting_names


@pytest.mark.parametrize(
    ("framing", "kind"),
    [("lines", LineConversation), ("ssi", SsiConversation), ("gm65", Gm65Conversation)],
)
def test_each_framing_has_its_conversation(framing: str, kind: type) -> None:
    section = SourceSection(use="serial:/dev/x", framing=framing)  # type: ignore[arg-type]
    assert isinstance(source_of(section)._conversation, kind)


@pytest.mark.parametrize(
    ("section", "words"),
    [
        (SourceSection("serial:/dev/x", baud=9601), "9601 is not a standard baud rate"),
        (SourceSection("serial:/dev/x", prefix="\r"), "line prefix holds"),
        (SourceSection("serial:/dev/x", framing="ssi", feedback="zebra"), "SSI packets have no"),
        (SourceSection("serial:/dev/x", framing="ssi", suffix="!"), "SSI packets have no"),
        (SourceSection("serial:/dev/x", framing="gm65", feedback="zebra"), "no feedback"),
        (SourceSection("serial:/dev/x", quarantine_disables=True), "'ssi' or feedback 'datalogic'"),
        (SourceSection("serial:/dev/x", prefix="€"), "latin-1"),
    ],
)
def test_settings_that_contradict_each_other_are_refused(
    section: SourceSection, words: str
) -> None:
    with pytest.raises(ConfigurationError) as told:
        source_of(section)
    assert words in str(told.value)
    assert "mend its [[source]] section" in told.value.remedy


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ('[[source]]\nuse = "serial:x"\nbuad = 9600\n', "did you mean 'baud'"),
        ('[[source]]\nuse = "serial:x"\nparity = "mark"\n', "source"),
        (
            '[[source]]\nuse = "camera:0"\n[source.camera]\nexposur = 1\n',
            "did you mean 'exposure_ms'",
        ),
        ('[[source]]\nuse = "camera:0"\n[source.camera]\nfourcc = "JPEG2"\n', "fourcc"),
        ('[[source]]\nuse = "camera:0"\n[source.camera]\nexposure_ms = 0.05\n', "exposure_ms"),
        ('[[output]]\nuse = "tower:x"\ndwel_ms = 5\n', "did you mean 'dwell_ms'"),
        ('[[output]]\nuse = "modbus-tcp:x"\n[output.coils]\ngat = 4\n', "did you mean 'gate'"),
        ('[[output]]\nuse = "board:x"\nunit = 0\n', "unit"),
        ('[[outptu]]\nuse = "board:x"\n', "did you mean 'output'"),
    ],
)
def test_unknown_keys_are_refused_with_the_nearest(tmp_path: Path, text: str, words: str) -> None:
    said = refused(tmp_path, text)
    assert words in said
    assert "station.toml" in said


def test_a_camera_is_set_as_configured(tmp_path: Path) -> None:
    text = """
[[source]]
use = "camera:0"

[source.camera]
width = 1920
height = 1080
frames_per_s = 30
fourcc = "MJPG"
exposure_ms = 0.5
gain = 40
focus = 100

[[source]]
use = "camera:1"
"""
    sections = settings(tmp_path, text).source_sections
    assert camera_settings(sections["camera:0"]) == CameraSettings(
        1920, 1080, 30.0, "MJPG", 0.5, 40, 100
    )
    assert camera_settings(sections["camera:1"]).is_empty
    assert camera_settings(None).is_empty


@pytest.mark.parametrize(
    "use", ["serial:/dev/x", "evdev:/dev/x", "tcp:127.0.0.1:9", "stdin:", "images:.", "video:x"]
)
def test_what_is_no_camera_is_not_set_as_one(use: str) -> None:
    tools = SourceTools(
        SystemClock(),
        UlidScanIds(),
        lambda _: None,
        waits_for_devices=False,
        sections={use: SourceSection(use, camera=CameraSection(gain=3))},
    )
    with pytest.raises(ConfigurationError) as told:
        make_sources([use], tools)
    assert "have no camera to set" in told.value.message
    assert "take their [source.camera] section out" in told.value.remedy


def test_a_camera_section_leaves_a_scanners_certificate_as_it_is() -> None:
    section = SourceSection("serial:/dev/x")
    assert settings_digest(section) == "1059dbd5d9d8d0b6"
    assert settings_digest(SourceSection("serial:/dev/x", baud=19200)) != "1059dbd5d9d8d0b6"


def test_outputs_are_made_as_configured(tmp_path: Path) -> None:
    text = """
[[output]]
use = "modbus-tcp:192.0.2.7:1502"
unit = 3
[output.coils]
red = 16
green = 18
gate = 21

[[output]]
use = "board:/dev/board"
"""
    first, second = settings(tmp_path, text).outputs
    module = device_of(first)
    assert isinstance(module, ModbusCoils)
    assert module._coils == {Part.RED: 16, Part.GREEN: 18, Part.GATE: 21}
    assert str(module._link) == "Modbus unit 3 at 192.0.2.7:1502"
    assert isinstance(device_of(second), Board)
    assert isinstance(device_of(OutputSection("tower:/dev/x")), UsbTower)
    assert isinstance(device_of(OutputSection("patlite:[::1]:9999")), Patlite)


@pytest.mark.parametrize(
    ("section", "words"),
    [
        (OutputSection("board"), "is no output"),
        (OutputSection("bord:/dev/x"), "write board:DEVICE"),
        (OutputSection("modbus-tcp:"), "is no output"),
        (OutputSection("modbus-tcp:host"), "at least one coil"),
        (OutputSection("modbus-tcp:host:0"), "is no port"),
        (OutputSection("patlite:[::1"), "IPv6"),
        (OutputSection("modbus-rtu:/dev/x", baud=1234), "baud rate"),
    ],
)
def test_an_output_that_cannot_be_is_refused(section: OutputSection, words: str) -> None:
    with pytest.raises(ConfigurationError) as told:
        device_of(section)
    assert words in str(told.value)


def test_an_output_named_twice_is_refused() -> None:
    twice = [OutputSection("tower:/dev/x")] * 2
    with pytest.raises(ConfigurationError, match="named twice"):
        outputs.make_outputs(twice, lambda _: None)
    many = [OutputSection(f"tower:/dev/{n}") for n in range(9)]
    with pytest.raises(ConfigurationError, match="9 outputs"):
        outputs.make_outputs(many, lambda _: None)
