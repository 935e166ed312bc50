"""A scanner on a port: a source of captures, and an actuator that beeps for its own scans.

The port heals itself and the conversation turns bytes into scans (`firmware_bridge`); here each
scan becomes a capture, feedback what the scanner is told, and how the device is becomes health. One
thread, the one that calls `SerialSource.run`; signs come from any and wait for it.

What may be lost: bytes the device sent while it was unplugged or before the port was open, and at
`stop` lines not yet handed to the sink; nobody has seen a verdict for any of them. A line that was
cut off by an unplug or a gap is delivered as broken, so that the operator is told to scan again.
"""

from collections import deque
from contextlib import suppress
from typing import Final, assert_never

from firmware_bridge.conversation import Conversation, ConversationEvent, Feedback, Remark
from firmware_bridge.errors import PortError, PortFault
from firmware_bridge.framing.lines import Breakage
from firmware_bridge.line_conversation import LineConversation
from firmware_bridge.openers import Opener
from firmware_bridge.serial_port import PortReport, PortStatus, Quiet, Received, SerialPort
from station.core.causes import Cause, Told, told
from station.core.effects import Effect, Sign
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

_CAUSES: Final = {
    PortFault.MISSING: Cause.DEVICE_MISSING,
    PortFault.FORBIDDEN: Cause.DEVICE_FORBIDDEN,
    PortFault.IN_USE: Cause.DEVICE_IN_USE,
    PortFault.NOT_SERIAL: Cause.DEVICE_NO_SCANNER,
    PortFault.NOT_WORKING: Cause.DEVICE_FAILS,
}

_FEEDBACK: Final = {
    Sign.ACCEPT: Feedback.GOOD,
    Sign.NOTE: Feedback.GOOD,
    Sign.RESCAN: Feedback.BAD,
    Sign.HOLD: Feedback.BAD,
    Sign.QUARANTINE: Feedback.BAD,
    Sign.STOP: Feedback.BAD,
    Sign.REFUSED: Feedback.BAD,
}

MAX_FEEDBACK: Final = 16
"""Pieces of feedback that wait for the reading thread; the oldest is of no use any more."""


class SerialSource:
    """``serial:``, ``evdev:`` and ``tcp:``. Runs once: after `stop` it is done with.

    Implements `station.ports.sources.Source` and `station.ports.actuators.Actuator`.
    """

    def __init__(
        self,
        device: str,
        *,
        scan_ids: ScanIds,
        clock: Clock,
        health: HealthSink,
        conversation: Conversation | None = None,
        opener: Opener | None = None,
        kind: str = "serial",
        component: str = "scanner",
        disabled_by_quarantine: bool = False,
        required_at_start: bool = False,
    ) -> None:
        """Set up; nothing is opened yet.

        Args:
            device: A path, best one of ``/dev/serial/by-id``, or what else the opener takes.
            scan_ids: Names the reads.
            clock: Gives their times.
            health: Told how the scanner is.
            conversation: How the scanner speaks; plain lines by default.
            opener: How the device is opened; a serial line at its defaults otherwise.
            kind: The word before the device in the source's name.
            component: The scanner's name in health reports; where a station has several,
                ``scanner:`` and a name.
            disabled_by_quarantine: Whether the scanner reads nothing while a quarantine stands;
                only where another reader can release it.
            required_at_start: Whether `run` fails when the device cannot be opened at once, rather
                than wait for it.

        Raises:
            ConfigurationError: ``device`` is no path.
        """
        self._name = f"{kind}:{device}"
        self._health = LineHealth(component, health)
        self._conversation = conversation or LineConversation()
        self._feedback: deque[Feedback] = deque(maxlen=MAX_FEEDBACK)
        self._disabled_by_quarantine = disabled_by_quarantine
        self._captures = LineCaptures(self._name, scan_ids, clock)
        self._clock = clock
        self._required_at_start = required_at_start
        try:
            self._port = SerialPort(device, opener, report=self._report_port, mono_ns=clock.mono_ns)
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

    def start(self) -> None:
        """Begin to take signs; they are told once the scanner is there."""

    def perform(self, effect: Effect) -> None:
        """Beep for a scan of this scanner; disable it or let it read again; any thread."""
        is_ours = effect.source == self._name
        feedback = _FEEDBACK.get(effect.sign)
        if feedback is not None and (is_ours or not effect.source):
            self._feedback.append(feedback)
        if self._disabled_by_quarantine:
            if effect.sign is Sign.QUARANTINE:
                self._feedback.append(Feedback.DISABLE)
            elif effect.sign is Sign.READY:
                self._feedback.append(Feedback.ENABLE)
        if self._feedback:
            self._port.nudge()

    def hindrance(self) -> str | None:
        """A scanner that is lost reads nothing, so that nothing is accepted from it."""
        return None

    def close(self) -> None:
        """Nothing to set to rest: `run` lets go of the port."""

    def _open_now(self) -> None:
        try:
            self._port.open()
        except PortError as error:
            raise DeviceError(
                printable(error.message, 200), printable(error.remedy, 600)
            ) from error

    def _deliver_lines(self, sink: CaptureSink) -> None:
        conversation, clock = self._conversation, self._clock
        events: tuple[ConversationEvent, ...]
        while True:
            # The sink may have kept us; bytes that waited meanwhile are no gap.
            conversation.listen(clock.mono_ns())
            outcome = self._port.read(conversation.deadline_ns)
            match outcome:
                case Received(received=received, mono_ns=mono_ns):
                    conversation.listen(mono_ns)  # likewise: the wait ended with bytes
                    events = conversation.feed(received, mono_ns)
                case Quiet.TIMED_OUT | Quiet.NUDGED:
                    mono_ns = clock.mono_ns()
                    events = conversation.expire(mono_ns)
                case Quiet.LOST:
                    mono_ns = clock.mono_ns()
                    events = conversation.abandon(Breakage.LOST)
                case Quiet.CLOSED:
                    return
                case _:
                    assert_never(outcome)
            # First: an acknowledgement must not wait for the loop.
            self._tell_scanner(mono_ns)
            self._deliver(events, mono_ns, sink)

    def _tell_scanner(self, mono_ns: int) -> None:
        """Send what is to be said; what a scanner that has gone was to hear is lost."""
        while self._feedback:
            self._conversation.tell(self._feedback.popleft(), mono_ns)
        outgoing = self._conversation.take_outgoing()
        if outgoing and self._port.connected:
            with suppress(PortError):  # the next read tells of the loss
                self._port.write(outgoing)

    def _deliver(
        self, events: tuple[ConversationEvent, ...], mono_ns: int, sink: CaptureSink
    ) -> None:
        for event in events:
            if self._port.interrupted:
                return
            if isinstance(event, Remark):
                status = HealthStatus.OK if event.is_well else HealthStatus.FAILED
                said = f"{event.text}; {event.remedy}" if event.remedy else event.text
                cause = Cause.SCANNER_ANSWERS if event.is_well else Cause.SCANNER_SILENT
                self._health.tell(status, said, told(cause))
                continue
            self._health.of_line(event)
            sink(self._captures.of(event, mono_ns))

    def _report_port(self, report: PortReport) -> None:
        said = f"{report.text}; {report.remedy}" if report.remedy else report.text
        self._health.tell(_STATUS[report.status], said, _cause_of(report))
        if report.status in {PortStatus.CONNECTED, PortStatus.REOPENED}:
            mono_ns = self._clock.mono_ns()
            self._conversation.opened(mono_ns)
            self._tell_scanner(mono_ns)
            self._port.nudge()  # the wait it was opened in knows no deadline of the conversation's


def _cause_of(report: PortReport) -> Told:
    """The same by name, for screens."""
    if report.status is PortStatus.LOST:
        return told(Cause.DEVICE_LOST, device=report.device)
    if report.fault is not None:
        return told(_CAUSES[report.fault], device=report.device, why=report.detail)
    if report.detail:
        return told(Cause.DEVICE_NAME_IT, device=report.device, name=report.detail)
    return told(Cause.DEVICE_CONNECTED, device=report.device)
