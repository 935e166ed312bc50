"""From a line of a scanner or of standard input to what the verdict loop takes."""

from collections.abc import Mapping
from typing import Final

from firmware_bridge.framing.lines import Breakage, BrokenLine, Line, LineEvent
from station.core.causes import Cause, Told, told
from station.core.reading import Capture, Read
from station.core.symbol import Symbol
from station.core.symbology import format_of_identifier
from station.core.text import printable
from station.ports.clock import Clock, ScanIds
from station.ports.health import Health, HealthSink, HealthStatus

ENGINE: Final = "scanner"
"""`Symbol.engine` of what a device decoded before we saw it."""

BREAKAGE_REMEDIES: Final = {
    Breakage.GAP: "scan again; if every scan does this, set the scanner to send CR after each",
    Breakage.TOO_LONG: "set the scanner to send CR after each scan; over RS-232 compare baud rates",
    Breakage.LOST: "scan again once it is back",
    Breakage.KEYS_LOST: "scan again; if this comes often, the machine is too busy",
    Breakage.NO_PREFIX: "set the scanner's prefix as configured here",
    Breakage.NO_SUFFIX: "set the scanner's suffix as configured here",
}
"""What to do about each kind of broken line; said on the health strip."""

BREAKAGE_CAUSES: Final = {
    Breakage.GAP: Cause.SCAN_CUT_OFF,
    Breakage.TOO_LONG: Cause.SCAN_TOO_LONG,
    Breakage.LOST: Cause.SCAN_LEFT_OFF,
    Breakage.KEYS_LOST: Cause.SCAN_KEYS_LOST,
    Breakage.NO_PREFIX: Cause.SCAN_WITHOUT_PREFIX,
    Breakage.NO_SUFFIX: Cause.SCAN_WITHOUT_SUFFIX,
}
"""The same by name, for screens."""

HEALTH_TEXT_CHARS: Final = 300


class LineCaptures:
    """Makes a capture of each line, with its scan id and times."""

    def __init__(self, source: str, scan_ids: ScanIds, clock: Clock) -> None:
        self._source = source
        self._scan_ids = scan_ids
        self._clock = clock

    def of(self, event: LineEvent, captured_mono_ns: int) -> Capture:
        """The capture of one line.

        A broken one is marked incomplete, so that it asks for a rescan instead of being judged.

        Args:
            event: From the framing.
            captured_mono_ns: Monotonic clock, when its last byte arrived.
        """
        return Capture(
            source=self._source,
            reads=(Read(self._scan_ids.next(), _symbol(event)),),
            presentation="",
            captured_mono_ns=captured_mono_ns,
            decoded_mono_ns=self._clock.mono_ns(),
        )


def _symbol(event: LineEvent) -> Symbol:
    match event:
        case Line(payload=payload, symbology_identifier=identifier):
            return Symbol(payload, identifier, format_of_identifier(identifier), engine=ENGINE)
        case BrokenLine(received=received):
            return Symbol(received, engine=ENGINE, complete=False)


class LineHealth:
    """Says how a source is, each thing once; a good line ends the warning about a broken one."""

    def __init__(
        self,
        component: str,
        sink: HealthSink,
        remedies: Mapping[Breakage, str] = BREAKAGE_REMEDIES,
        causes: Mapping[Breakage, Cause] = BREAKAGE_CAUSES,
    ) -> None:
        self._component = component
        self._sink = sink
        self._remedies = remedies
        self._causes = causes
        self._told: Health | None = None

    def tell(self, status: HealthStatus, text: str, told_of: Told) -> None:
        """Report unless it is what was reported last."""
        report = Health(self._component, status, printable(text, HEALTH_TEXT_CHARS), told_of)
        if report != self._told:
            self._told = report
            self._sink(report)

    def of_line(self, event: LineEvent) -> None:
        """Report what a line says of its device."""
        match event:
            case Line():
                if self._told is not None and self._told.status is HealthStatus.WARNING:
                    text = "scans arrive whole again"
                    self.tell(HealthStatus.OK, text, told(Cause.SCANS_WHOLE_AGAIN))
            case BrokenLine(reason=Breakage.LOST):
                pass  # the port has told of the unplug, which is the greater trouble
            case BrokenLine(reason=reason):
                text = f"{reason.value}; {self._remedies[reason]}"
                self.tell(HealthStatus.WARNING, text, told(self._causes[reason]))
