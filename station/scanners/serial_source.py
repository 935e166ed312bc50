"""A serial scanner in line mode as a source of captures.

The port heals itself and the framing cuts the lines (`firmware_bridge`); here each line becomes a
capture, and how the device is becomes health. One thread, the one that calls `SerialSource.run`.

What may be lost: bytes the device sent while it was unplugged or before the port was open, and at
`stop` lines not yet handed to the sink; nobody has seen a verdict for any of them. A line that was
cut off by an unplug or a gap is delivered as broken, so that the operator is told to scan again.
"""

from typing import Final, assert_never

from firmware_bridge.errors import PortError
from firmware_bridge.framing.lines import Breakage, LineEvent, LineFormat, LineFramer
from firmware_bridge.serial_port import PortReport, PortStatus, Quiet, Received, SerialPort
from firmware_bridge.serial_settings import SerialSettings
from station.core.errors import ConfigurationError, DeviceError
from station.core.text import printable
from station.ports.clock import Clock, ScanIds
from station.ports.health import HealthSink, HealthStatus
from station.ports.sources import CaptureSink
from station.scanners.line_captures import LineCaptures, LineHealth

_STATUS: Final = {
    PortStatus.CONNECTED: HealthStatus.OK,
    PortStatus.REOPENED: HealthStatus.OK,
    PortStatus.UNAVAILABLE: HealthStatus.FAILED,
    PortStatus.LOST: HealthStatus.FAILED,
}


class SerialSource:
    """``serial:DEVICE``. Runs once: after `stop` it is done with."""

    def __init__(
        self,
        device: str,
        *,
        scan_ids: ScanIds,
        clock: Clock,
        health: HealthSink,
        line_format: LineFormat | None = None,
        settings: SerialSettings | None = None,
        component: str = "scanner",
        required_at_start: bool = False,
    ) -> None:
        """Set up; nothing is opened yet.

        Args:
            device: A path, best one of ``/dev/serial/by-id``.
            scan_ids: Names the reads.
            clock: Gives their times.
            health: Told how the scanner is.
            line_format: How the scanner is set to send a scan.
            settings: How the serial line is set.
            component: The scanner's name in health reports; where a station has several,
                ``scanner:`` and a name.
            required_at_start: Whether `run` fails when the device cannot be opened at once, rather
                than wait for it.

        Raises:
            ConfigurationError: ``device`` is no path.
        """
        self._name = f"serial:{device}"
        self._health = LineHealth(component, health)
        self._framer = LineFramer(line_format)
        self._captures = LineCaptures(self._name, scan_ids, clock)
        self._clock = clock
        self._required_at_start = required_at_start
        try:
            self._port = SerialPort(
                device, settings, report=self._report_port, mono_ns=clock.mono_ns
            )
        except ValueError as error:
            raise ConfigurationError(
                f"{printable(self._name)} names no device", str(error)
            ) from error

    @property
    def name(self) -> str:
        """As configured."""
        return self._name

    def run(self, sink: CaptureSink) -> None:
        """Deliver every line until `stop`, through any number of unplugs.

        Raises:
            DeviceError: ``required_at_start`` was asked for and the device cannot be opened.
        """
        try:
            if self._required_at_start:
                self._open_now()
            self._deliver_lines(sink)
        finally:
            self._port.close()

    def stop(self) -> None:
        """Make `run` return soon; from any thread or signal handler; idempotent."""
        self._port.interrupt()

    def _open_now(self) -> None:
        try:
            self._port.open()
        except PortError as error:
            raise DeviceError(
                printable(error.message, 200), printable(error.remedy, 600)
            ) from error

    def _deliver_lines(self, sink: CaptureSink) -> None:
        framer, clock = self._framer, self._clock
        while True:
            # The sink may have kept us; bytes that waited meanwhile are no gap.
            framer.listen(clock.mono_ns())
            outcome = self._port.read(framer.deadline_ns)
            match outcome:
                case Received(received=received, mono_ns=mono_ns):
                    framer.listen(mono_ns)  # likewise: the wait ended with bytes, not in silence
                    events = framer.feed(received, mono_ns)
                case Quiet.TIMED_OUT:
                    mono_ns = clock.mono_ns()
                    events = framer.expire(mono_ns)
                case Quiet.LOST:
                    mono_ns = clock.mono_ns()
                    events = framer.abandon(Breakage.LOST)
                case Quiet.CLOSED:
                    return
                case _:
                    assert_never(outcome)
            self._deliver(events, mono_ns, sink)

    def _deliver(self, events: tuple[LineEvent, ...], mono_ns: int, sink: CaptureSink) -> None:
        for event in events:
            if self._port.interrupted:
                return
            self._health.of_line(event)
            sink(self._captures.of(event, mono_ns))

    def _report_port(self, report: PortReport) -> None:
        said = f"{report.text}; {report.remedy}" if report.remedy else report.text
        self._health.tell(_STATUS[report.status], said)
