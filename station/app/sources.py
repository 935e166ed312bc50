"""Source specifications: ``kind:value`` on the command line and in ``station.toml``.

Each kind's libraries are loaded only when a source of that kind is made.
"""

import os
import threading
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from station.core.errors import ConfigurationError
from station.ports.clock import Clock, ScanIds
from station.ports.health import HealthSink
from station.ports.sources import Source

KINDS: Final = {
    "images": "images:PATH, a picture, a folder or a pattern",
    "video": "video:PATH, a video file",
    "camera": "camera:URL-or-index",
    "serial": "serial:DEVICE, best a name below /dev/serial/by-id",
    "stdin": "stdin:, one code a line, GS as byte 0x1D",
}

_PICTURES: Final = frozenset({"images", "video", "camera"})
_DECODER_NICENESS: Final = 19


@dataclass(frozen=True, slots=True)
class SourceTools:
    """What every source is made with."""

    clock: Clock
    scan_ids: ScanIds
    health: HealthSink


def make_sources(specifications: Sequence[str], tools: SourceTools) -> list[Source]:
    """Make the sources of a station.

    Raises:
        ConfigurationError: A specification names no known kind, or the same source twice.
        DeviceError: A file or device is missing.
    """
    twice = {spec for spec in specifications if specifications.count(spec) > 1}
    if twice:
        raise ConfigurationError(f"source {min(twice)!r} is named twice", "name it once")
    return [make_source(specification, tools) for specification in specifications]


def make_source(specification: str, tools: SourceTools) -> Source:
    """Make one source.

    Raises:
        ConfigurationError: The specification is not of a known kind.
        DeviceError: The file or device is missing.
    """
    kind, colon, value = specification.partition(":")
    if not colon or kind not in KINDS:
        known = "; ".join(KINDS.values())
        raise ConfigurationError(f"{specification!r} is no source", f"write one of: {known}")
    if kind == "stdin":
        from station.scanners.stdin_source import StdinSource

        return StdinSource(clock=tools.clock, scan_ids=tools.scan_ids, health=tools.health)
    if not value:
        raise ConfigurationError(f"{specification!r} names nothing", f"write {KINDS[kind]}")
    if kind == "serial":
        from station.scanners.serial_source import SerialSource

        return SerialSource(value, clock=tools.clock, scan_ids=tools.scan_ids, health=tools.health)
    return _picture_source(kind, value, tools)


def _picture_source(kind: str, value: str, tools: SourceTools) -> Source:
    from station.cameras import open_source
    from station.decoders.pipeline import default_pipeline
    from station.intake.frame_reader import FrameReader

    component = "camera" if kind == "camera" else kind
    return FrameReader(
        f"{kind}:{value}",
        component,
        open_source(kind, value, clock=tools.clock, health=tools.health),
        default_pipeline(),
        clock=tools.clock,
        scan_ids=tools.scan_ids,
        health=tools.health,
        prepare_worker=_yield_to_the_loop,
    )


def _yield_to_the_loop() -> None:
    """Lower this thread's priority, so that decoding delays no commit (Linux: per thread)."""
    if hasattr(os, "setpriority"):
        os.setpriority(os.PRIO_PROCESS, threading.get_native_id(), _DECODER_NICENESS)
