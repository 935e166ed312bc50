"""Source specifications: ``kind:value`` on the command line and in ``station.toml``.

Each kind's libraries are loaded only when a source of that kind is made.
"""

import difflib
import os
import re
import threading
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import PurePath
from typing import Final

import msgspec

from station.app.clock import SystemClock, UlidScanIds
from station.app.config import SourceSection
from station.cameras.settings import CameraSettings
from station.core.errors import ConfigurationError
from station.core.reading import Capture
from station.core.text import printable
from station.ports.clock import Clock, ScanIds
from station.ports.evidence import FrameSink
from station.ports.health import Health, HealthSink
from station.ports.sources import CaptureSink, Source

KINDS: Final = {
    "images": "images:PATH, a picture, a folder or a pattern",
    "video": "video:PATH, a video file",
    "camera": "camera:URL-or-index",
    "serial": "serial:DEVICE, best a name below /dev/serial/by-id",
    "evdev": "evdev:DEVICE, a keyboard scanner, best a name below /dev/input/by-id",
    "tcp": "tcp:HOST:PORT, a network scanner that sends lines",
    "stdin": "stdin:, one code a line, GS as byte 0x1D",
}

SCREEN: Final = "screen:"
"""What keyboard scanners type at a dock screen; `station run` alone has screens."""

SCANNERS: Final = frozenset({"serial", "evdev", "tcp"})
_READERS: Final = SCANNERS | {"camera", "stdin"}
"""What a person can show a tote's label to."""
PICTURES: Final = frozenset({"images", "video", "camera"})
"""What gives frames."""
_DECODER_NICENESS: Final = 19


CAMERA_ABSENT_S: Final = 15.0
"""How long a command that does not wait for devices gives a camera to deliver."""


@dataclass(frozen=True, slots=True)
class SourceTools:
    """What every source is made with.

    Attributes:
        clock: For stage times.
        scan_ids: Names reads.
        health: Told how the devices are.
        waits_for_devices: A dock waits for a device that is absent; a single scan says so and ends.
        seen: Told of every capture before the loop is.
        sections: How the sources are set, by specification; the defaults for others.
        frame_sink: Told of every capture of a picture source with its frame, before the loop is.
    """

    clock: Clock
    scan_ids: ScanIds
    health: HealthSink
    waits_for_devices: bool
    seen: CaptureSink | None = None
    sections: Mapping[str, SourceSection] = field(default_factory=dict)
    frame_sink: FrameSink | None = None


def make_sources(specifications: Sequence[str], tools: SourceTools) -> list[Source]:
    """Make the sources of a station.

    Raises:
        ConfigurationError: A specification names no known kind, or the same source twice.
        DeviceError: A file or device is missing.
    """
    parsed = _read_all(specifications)
    scanners = sum(kind in SCANNERS for kind, _ in parsed)
    cameras = sum(kind == "camera" for kind, _ in parsed)
    if tools.waits_for_devices:
        _refuse_a_dock_that_stays_shut(specifications, tools.sections)
    names: list[str] = []
    sources: list[Source] = []
    for kind, value in parsed:
        names.append(_name_beside(names, kind, value))
        alone = (cameras if kind == "camera" else scanners) == 1
        source = _make_source(kind, value, names[-1], tools, alone=alone)
        sources.append(source if tools.seen is None else _Observed(source, tools.seen))
    return sources


def check_sources(specifications: Sequence[str], sections: Mapping[str, SourceSection]) -> None:
    """See that a dock could be started with these sources; opens nothing, asks for no device.

    Raises:
        ConfigurationError: It could not.
    """
    parsed = _read_all(specifications)
    _refuse_a_dock_that_stays_shut(specifications, sections)
    tools = SourceTools(
        SystemClock(),
        UlidScanIds(),
        health=lambda _report: None,
        waits_for_devices=True,
        sections=sections,
    )
    for kind, value in parsed:
        if kind in SCANNERS:
            _make_source(kind, value, name_of(kind, value), tools, alone=True)
        elif kind not in PICTURES:
            _refuse_camera_settings(kind, sections.get(f"{kind}:{value}"))


def _read_all(specifications: Sequence[str]) -> list[tuple[str, str]]:
    """Kinds and values, each named once.

    Raises:
        ConfigurationError: A specification names no known kind, or the same source twice.
    """
    twice = {spec for spec in specifications if specifications.count(spec) > 1}
    if twice:
        kind, _, value = min(twice).partition(":")
        shown = printable(name_of(kind, value))
        raise ConfigurationError(f"source {shown!r} is named twice", "name it once")
    return [kind_and_value(specification) for specification in specifications]


def _refuse_a_dock_that_stays_shut(
    specifications: Sequence[str], sections: Mapping[str, SourceSection]
) -> None:
    """See that a reader is left to scan the tote's label when a quarantine disables the others.

    Raises:
        ConfigurationError: None is.
    """
    disabled = [
        specification
        for specification in specifications
        if specification in sections and sections[specification].quarantine_disables
    ]
    others = [
        specification
        for specification in specifications
        if specification not in disabled and specification.partition(":")[0] in _READERS
    ]
    if disabled and not others:
        raise ConfigurationError(
            f"a quarantine would disable {printable(', '.join(disabled), 200)}, "
            "and no reader is left to scan the tote's label",
            "take quarantine_disables from one of them, or add another reader",
        )


class _Observed:
    """A source whose captures are shown to somebody else on their way.

    Args:
        source: The source.
        seen: Told first.
    """

    def __init__(self, source: Source, seen: CaptureSink) -> None:
        self._source = source
        self._seen = seen

    @property
    def name(self) -> str:
        """As configured."""
        return self._source.name

    def run(self, sink: CaptureSink) -> None:
        """As the source's own."""

        def both(capture: Capture) -> None:
            self._seen(capture)
            sink(capture)

        self._source.run(both)

    def stop(self) -> None:
        """As the source's own."""
        self._source.stop()


def name_of(kind: str, value: str) -> str:
    """A source's specification as it may be shown.

    Of a camera's address the parts that may hold a password stay out: user, query, fragment.
    """
    if kind != "camera" or "://" not in value:
        return f"{kind}:{value}"
    address = re.split("[?#]", value, maxsplit=1)[0]
    scheme, _, rest = address.partition("://")
    host, slash, path = rest.partition("/")
    return f"{kind}:{scheme}://{host.rpartition('@')[2]}{slash}{path}"


def _name_beside(taken: Sequence[str], kind: str, value: str) -> str:
    """The name a source goes by in the journal and on screens, unlike every other's."""
    name = name_of(kind, value)
    unlike, number = name, 1
    while unlike in taken:
        number += 1
        unlike = f"{name} ({number})"
    return unlike


def kind_and_value(specification: str) -> tuple[str, str]:
    """Take a specification apart.

    Raises:
        ConfigurationError: It names no known kind, or nothing of its kind.
    """
    kind, colon, value = specification.partition(":")
    shown = printable(specification)
    if not colon or kind not in KINDS:
        near = difflib.get_close_matches(kind, KINDS, n=1)
        known = f"did you mean {KINDS[near[0]]}?" if near else f"write {'; '.join(KINDS.values())}"
        raise ConfigurationError(f"{shown!r} is no source", known)
    if not value and kind != "stdin":
        raise ConfigurationError(f"{shown!r} names nothing", f"write {KINDS[kind]}")
    return kind, value


def _make_source(kind: str, value: str, name: str, tools: SourceTools, *, alone: bool) -> Source:
    """Make one source; where a station has several of its kind, health names which."""
    clock, scan_ids, health = tools.clock, tools.scan_ids, tools.health
    if kind not in PICTURES:
        _refuse_camera_settings(kind, tools.sections.get(f"{kind}:{value}"))
    if kind == "stdin":
        from station.scanners.stdin_source import StdinSource

        return StdinSource(clock=clock, scan_ids=scan_ids, health=health)
    if kind in SCANNERS:
        from station.app.serial_scanner import make_scanner_source

        section = tools.sections.get(f"{kind}:{value}", SourceSection(use=f"{kind}:{value}"))
        return make_scanner_source(
            kind,
            value,
            section,
            clock=clock,
            scan_ids=scan_ids,
            health=health,
            component="scanner" if alone else f"scanner:{PurePath(value).name}",
            required_at_start=not tools.waits_for_devices,
        )
    component = kind if alone or kind != "camera" else camera_component(name)
    return _picture_source(kind, value, name, component, tools)


def camera_component(name: str) -> str:
    """What health calls one of several cameras: its number, device or address.

    Args:
        name: As the source may be shown.
    """
    value = name.partition(":")[2]
    return f"camera:{PurePath(value).name if value.startswith('/') else value.rpartition('//')[2]}"


def camera_settings(section: SourceSection | None) -> CameraSettings:
    """How a source's camera is to be set; nothing where its section does not say."""
    if section is None or section.camera is None:
        return CameraSettings()
    return CameraSettings(**msgspec.structs.asdict(section.camera))


def _refuse_camera_settings(kind: str, section: SourceSection | None) -> None:
    """See that no scanner is set as a camera.

    Raises:
        ConfigurationError: It is.
    """
    if section is not None and section.camera is not None:
        raise ConfigurationError(
            f"{kind}: sources have no camera to set", "take their [source.camera] section out"
        )


def _picture_source(kind: str, value: str, name: str, component: str, tools: SourceTools) -> Source:
    from station.cameras import open_source
    from station.decoders.pipeline import default_pipeline
    from station.decoders.print_grading import PictureGrader
    from station.decoders.watching import default_watcher
    from station.intake.frame_reader import FrameReader, Readers

    def health(report: Health) -> None:
        """A camera speaks of itself as of the only one."""
        tools.health(replace(report, component=component))

    return FrameReader(
        name,
        component,
        open_source(
            kind,
            value,
            clock=tools.clock,
            health=health,
            settings=camera_settings(tools.sections.get(f"{kind}:{value}")),
            prepare_grabber=yield_to_the_loop,
            give_up_after_s=None if tools.waits_for_devices else CAMERA_ABSENT_S,
        ),
        Readers(
            default_pipeline(),
            None if kind == "images" else default_watcher(),
            PictureGrader(),
        ),
        clock=tools.clock,
        scan_ids=tools.scan_ids,
        health=tools.health,
        prepare_worker=yield_to_the_loop,
        frame_sink=tools.frame_sink,
    )


def yield_to_the_loop() -> None:
    """Lower this thread's priority, so that decoding delays no commit (Linux: per thread)."""
    if hasattr(os, "setpriority"):
        os.setpriority(os.PRIO_PROCESS, threading.get_native_id(), _DECODER_NICENESS)
