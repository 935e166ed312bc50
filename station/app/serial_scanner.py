"""Makes a serial scanner's source as it is set in ``station.toml``."""

from typing import Final

from firmware_bridge.conversation import Conversation
from firmware_bridge.feedback import DIALECTS
from firmware_bridge.framing.lines import LineFormat, Terminator
from firmware_bridge.gm65_conversation import Gm65Conversation
from firmware_bridge.line_conversation import LineConversation
from firmware_bridge.serial_settings import Parity, SerialSettings
from firmware_bridge.ssi_conversation import SsiConversation
from station.app.config import SourceSection
from station.core.errors import ConfigurationError
from station.core.text import printable
from station.ports.clock import Clock, ScanIds
from station.ports.health import HealthSink
from station.scanners.serial_source import SerialSource

PARITIES: Final = {"none": Parity.NONE, "even": Parity.EVEN, "odd": Parity.ODD}


def make_serial_source(
    device: str,
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
        device: A path.
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
            device,
            clock=clock,
            scan_ids=scan_ids,
            health=health,
            conversation=_conversation(section),
            settings=SerialSettings(
                baud=section.baud,
                data_bits=section.data_bits,
                parity=PARITIES[section.parity],
                stop_bits=section.stop_bits,
            ),
            component=component,
            disabled_by_quarantine=section.quarantine_disables,
            required_at_start=required_at_start,
        )
    except ValueError as error:
        raise ConfigurationError(
            f"source {printable(section.use)}: {error}",
            "mend its [[source]] section; docs/reference/configuration.md lists what it takes",
        ) from error


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
