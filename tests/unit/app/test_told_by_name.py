"""What does not work is told by a name that says the same as its English text: none is mixed up.

Reports are compared by their text, so a wrong name beside it would be noticed by nobody else.
"""

import ast
import errno
import re
from collections.abc import Iterable
from pathlib import Path

import pytest

from firmware_bridge import outputs
from firmware_bridge.errors import OutputFault, PortFault
from firmware_bridge.framing.lines import Breakage, BrokenLine
from firmware_bridge.serial_devices import open_fault
from firmware_bridge.serial_port import PortReport, PortStatus
from station.actuators import output
from station.actuators.output import OutputActuator
from station.cameras import stream
from station.cameras.condition import Condition
from station.core.causes import Cause, Told, told
from station.core.clock_check import ClockFault, ClockFinding, words_of
from station.core.language import Language
from station.core.wording.causes import sentence_told
from station.intake import clock_watch
from station.ports.health import Health
from station.scanners import serial_source
from station.scanners.line_captures import BREAKAGE_CAUSES, LineHealth
from tests.fakes.output_device import FakeOutput


def nearest(text: str, causes: Iterable[Cause] = Cause) -> Cause:
    """Of what could be told, that which shares most words with a text."""
    said = words(text)

    def likeness(cause: Cause) -> float:
        ours = words(sentence_told(Told(cause), Language.ENGLISH))
        return len(ours & said) / len(ours | said)

    return max(causes, key=likeness)


def words(text: str) -> set[str]:
    return set(re.findall(r"[a-z]{3,}", text.lower()))


@pytest.mark.parametrize("condition", Condition)
def test_of_a_camera(condition: Condition) -> None:
    assert stream._CAUSES[condition] is nearest(condition.value)


@pytest.mark.parametrize("reason", [one for one in Breakage if one is not Breakage.LOST])
def test_of_a_broken_scan(reason: Breakage) -> None:
    reports: list[Health] = []
    LineHealth("scanner", reports.append).of_line(BrokenLine(reason, b"x"))
    (report,) = reports
    assert report.told == Told(nearest(report.text))


def test_of_a_scan_that_the_port_tells_of() -> None:
    assert BREAKAGE_CAUSES[Breakage.LOST] is nearest(Breakage.LOST.value)


@pytest.mark.parametrize("fault", ClockFault)
def test_of_the_clock(fault: ClockFault) -> None:
    assert clock_watch._CAUSES[fault] is nearest(words_of(ClockFinding(fault, 5000)))


@pytest.mark.parametrize(
    ("number", "cause", "why"),
    [
        (errno.ENOENT, Cause.DEVICE_MISSING, ""),
        (errno.EACCES, Cause.DEVICE_FORBIDDEN, ""),
        (errno.EBUSY, Cause.DEVICE_IN_USE, ""),
        (errno.ENOTTY, Cause.DEVICE_NO_SCANNER, ""),
        (errno.EIO, Cause.DEVICE_FAILS, "it is broken"),
    ],
)
def test_of_a_scanners_port(number: int, cause: Cause, why: str) -> None:
    error = open_fault("/dev/x", number, "it is broken")
    report = PortReport(PortStatus.UNAVAILABLE, "/dev/x", "", "", error.fault, error.detail)
    assert serial_source._cause_of(report) == told(cause, device="/dev/x", why=why)


def test_every_fault_of_a_port_has_a_name() -> None:
    assert set(serial_source._CAUSES) == set(PortFault)


@pytest.mark.parametrize(
    ("status", "detail", "cause"),
    [
        (PortStatus.LOST, "", told(Cause.DEVICE_LOST, device="/dev/x")),
        (PortStatus.CONNECTED, "", told(Cause.DEVICE_CONNECTED, device="/dev/x")),
        (PortStatus.REOPENED, "/dev/y", told(Cause.DEVICE_NAME_IT, device="/dev/x", name="/dev/y")),
    ],
)
def test_of_a_port_without_a_fault(status: PortStatus, detail: str, cause: Told) -> None:
    assert serial_source._cause_of(PortReport(status, "/dev/x", "", detail=detail)) == cause


def output_errors() -> list[tuple[OutputFault, str]]:
    """Every fault the output devices raise, with the words of it that stand in the source."""
    found = []
    for path in Path(outputs.__file__).parent.glob("*.py"):
        for node in ast.walk(ast.parse(path.read_text("utf-8"))):
            match node:
                case ast.Call(func=ast.Name(id="OutputError"), args=[message, remedy, *more]):
                    constants = [*ast.walk(message), *ast.walk(remedy)]
                    text = " ".join(
                        one.value
                        for one in constants
                        if isinstance(one, ast.Constant) and isinstance(one.value, str)
                    )
                    named = more[0] if more else None
                    fault = named.attr if isinstance(named, ast.Attribute) else "LOST"
                    found.append((OutputFault[fault], text))
                case _:
                    pass  # raises none of them
    return found


def test_of_outputs() -> None:
    of_outputs = [cause for cause in Cause if cause.value.startswith(("output-", "gate-"))]
    assert {fault for fault, _ in output_errors()} == set(OutputFault)
    for fault, text in output_errors():
        if fault is not OutputFault.LOST:
            assert output._CAUSES[fault] is nearest(text, of_outputs), text


def test_of_an_output_that_is_lost_and_comes_back() -> None:
    device, reports = FakeOutput(failing=True), list[Health]()
    actuator = OutputActuator(device, component="gate", health=reports.append, dwell_s=1.0)
    actuator.start()
    device.failing = False
    device.wait_for(lambda fake: fake.connects == 1)
    actuator.close()
    assert [report.told for report in reports[:2]] == [
        told(Cause.OUTPUT_LOST, device="gate"),
        told(Cause.OUTPUT_WORKS, device="gate"),
    ]
