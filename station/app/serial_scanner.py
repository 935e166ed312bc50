"""Makes a scanner's source as it is set in ``station.toml``."""

from typing import Final

from firmware_bridge.conversation import Conversation
from firmware_bridge.feedback import DIALECTS
from firmware_bridge.framing.lines import LineFormat, Terminator
from firmware_bridge.gm65_conversation import Gm65Conversation
from firmware_bridge.input_events import InputConversation
from firmware_bridge.line_conversation import LineConversation
from firmware_bridge.openers import Opener, input_device, network_address, serial_line
from firmware_bridge.serial_settings import Parity, SerialSettings
from firmware_bridge.ssi_conversation import SsiConversation
from station.app.config import SourceSection
from station.core.errors import ConfigurationError
from station.core.text import printable
from station.ports.clock import Clock, ScanIds
from station.ports.health import HealthSink
from station.scanners.serial_source import SerialSource

MAX_PORT: Final = 65_535

PARITIES: Final = {"none": Parity.NONE, "even": Parity.EVEN, "odd": Parity.ODD}


def make_scanner_source(
    kind: str,
    value: str,
    section: SourceSection,
    *,
    clock: Clock,
    scan_ids: ScanIds,
    health: HealthSink,
    component: str,
    required_at_start: bool,
) -> SerialSource:
    """Make the source; opens nothing.

    Args:
        kind: ``serial``, ``evdev`` or ``tcp``.
        value: A path, or ``HOST:PORT``.
        section: How the scanner is set.
        clock: For stage times.
        scan_ids: Names reads.
        health: Told how the scanner is.
        component: Its name in health reports.
        required_at_start: Whether it must be there at once.

    Raises:
        ConfigurationError: The settings contradict each other, or no port has them.
    """
    try:
        return SerialSource(
            value,
            clock=clock,
            scan_ids=scan_ids,
            health=health,
            conversation=InputConversation() if kind == "evdev" else _conversation(section),
            opener=_opener(kind, value, section),
            kind=kind,
            component=component,
            disabled_by_quarantine=section.quarantine_disables,
            required_at_start=required_at_start,
        )
    except ValueError as error:
        raise ConfigurationError(
            f"source {printable(section.use)}: {error}",
            "mend its [[source]] section; docs/reference/configuration.md lists what it takes",
        ) from error


def _opener(kind: str, value: str, section: SourceSection) -> Opener:
    """How the device is opened.

    Raises:
        ValueError: No port has these settings, or the address is none.
    """
    settings = SerialSettings(
        baud=section.baud,
        data_bits=section.data_bits,
        parity=PARITIES[section.parity],
        stop_bits=section.stop_bits,
    )
    if kind == "serial":
        return serial_line(settings)
    if (settings, section.feedback) != (SerialSettings(), "none"):
        raise ValueError(f"baud, parity and feedback belong to serial: sources, not to {kind}:")
    if kind == "evdev":
        if section != SourceSection(use=section.use):
            raise ValueError("an evdev: source types its scans: it has no serial settings")
        return input_device()
    host, _, port = value.rpartition(":")
    if not host or not (port.isascii() and port.isdigit() and 1 <= int(port) <= MAX_PORT):
        raise ValueError("write tcp:HOST:PORT, a port from 1 to 65535")
    return network_address()


def _conversation(section: SourceSection) -> Conversation:
    """How the scanner speaks.

    Raises:
        ValueError: A key that the framing has no use for is set.
    """
    plain = (section.terminator, section.prefix, section.suffix) == ("any", "", "")
    if section.framing == "ssi":
        if not plain or section.feedback != "none":
            raise ValueError("SSI packets have no terminator, prefix, suffix or feedback dialect")
        return SsiConversation()
    line_format = LineFormat(
        Terminator(section.terminator),
        prefix=section.prefix.encode("latin-1", "strict"),
        suffix=section.suffix.encode("latin-1", "strict"),
    )
    if section.framing == "gm65":
        if section.feedback != "none" or section.quarantine_disables:
            raise ValueError("a GM65 module takes no feedback")
        return Gm65Conversation(line_format)
    dialect = DIALECTS[section.feedback]
    if section.quarantine_disables and not dialect.disable:
        able = ", ".join(repr(name) for name, one in DIALECTS.items() if one.disable)
        raise ValueError(f"quarantine_disables needs framing 'ssi' or feedback {able}")
    return LineConversation(line_format, dialect)
