"""An output device as an actuator: signs become panels, a lost gate becomes a hindrance."""

from typing import Final

from firmware_bridge.errors import OutputFault
from firmware_bridge.outputs.driver import OutputDriver, OutputReport, OutputStatus
from firmware_bridge.outputs.panel import Lit, OutputDevice, Panel
from station.core.causes import Cause, told
from station.core.effects import GATE_FAULT, Effect, Sign
from station.core.text import printable
from station.ports.health import Health, HealthSink, HealthStatus

CONNECT_S: Final = 2.0
"""How long a starting station waits for an output; one that is slower is waited for by STOP."""

TEXT_CHARS: Final = 300

PANELS: Final = {
    Sign.READY: Panel(),
    Sign.ACCEPT: Panel(green=Lit.ON),
    Sign.NOTE: Panel(green=Lit.ON, amber=Lit.ON),
    Sign.RESCAN: Panel(amber=Lit.BLINK),
    Sign.HOLD: Panel(amber=Lit.ON, buzzer=Lit.ON),
    Sign.QUARANTINE: Panel(red=Lit.ON, buzzer=Lit.ON),
    Sign.STOP: Panel(red=Lit.BLINK, buzzer=Lit.ON),
    Sign.REFUSED: Panel(red=Lit.ON, buzzer=Lit.ON),
}
"""What a stack light shows; the gate is the effect's own."""

_STATUS: Final = {
    OutputStatus.CONNECTED: HealthStatus.OK,
    OutputStatus.LOST: HealthStatus.FAILED,
}


_CAUSES: Final = {
    OutputFault.LOST: Cause.OUTPUT_LOST,
    OutputFault.REFUSES: Cause.OUTPUT_REFUSES,
    OutputFault.NO_BOARD: Cause.OUTPUT_NO_BOARD,
    OutputFault.OTHER_PROGRAM: Cause.OUTPUT_OTHER_PROGRAM,
    OutputFault.GATE_DROPPED: Cause.GATE_DROPPED,
    OutputFault.LIMIT_SWITCHES: Cause.GATE_SWITCHES,
    OutputFault.GATE_ASTRAY: Cause.GATE_ASTRAY,
}


class OutputActuator:
    """One output device. Implements `station.ports.actuators.Actuator`."""

    def __init__(
        self, device: OutputDevice, *, component: str, health: HealthSink, dwell_s: float
    ) -> None:
        """Set up; nothing is opened yet.

        Args:
            device: What is driven.
            component: Its name in health reports.
            health: Told how it is.
            dwell_s: How long an opened gate stays open.
        """
        self._component = component
        self._health = health
        self._driver = OutputDriver(device, report=self._report, dwell_s=dwell_s)

    def start(self) -> None:
        """Connect, for at most two seconds; then go on trying."""
        self._driver.start()
        self._driver.wait_until_tried(CONNECT_S)

    def perform(self, effect: Effect) -> None:
        """Show the sign; open the gate or close it."""
        panel = PANELS[effect.sign]
        if effect.opens_gate:
            panel = Panel(panel.red, panel.amber, panel.green, panel.buzzer, gate_open=True)
        self._driver.show(panel)

    def hindrance(self) -> str | None:
        """A gate that does not answer cannot be trusted to stand at quarantine."""
        fault = self._driver.fault
        if fault is None or not self._driver.has_gate:
            return None
        return f"{GATE_FAULT}: {printable(fault, TEXT_CHARS)}"

    def close(self) -> None:
        """Set to rest and end."""
        self._driver.close()

    def _report(self, report: OutputReport) -> None:
        said = f"{report.text}; {report.remedy}" if report.remedy else report.text
        cause = Cause.OUTPUT_WORKS if report.fault is None else _CAUSES[report.fault]
        self._health(
            Health(
                self._component,
                _STATUS[report.status],
                printable(said, TEXT_CHARS),
                told(cause, device=report.device or self._component),
            )
        )
