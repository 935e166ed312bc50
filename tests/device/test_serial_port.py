"""The serial port on real ptys: opening, reading, losing, finding again, letting go."""

import grp
import os
import termios
import threading
import time
import tty
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import serial

from firmware_bridge import openers, serial_port
from firmware_bridge.errors import PortError, PortFault
from firmware_bridge.openers import serial_line
from firmware_bridge.serial_port import PortReport, PortStatus, Quiet, Received, SerialPort
from firmware_bridge.serial_settings import Parity, SerialSettings
from firmware_bridge.simulators.line_scanner import SimulatedLineScanner
from firmware_bridge.waiting import Waiter
from tests.fakes.privileges import without_privileges
from tests.fakes.source import DEADLINE_S, Collected, open_descriptors

MS = 1_000_000


@pytest.fixture
def scanner(tmp_path: Path) -> Iterator[SimulatedLineScanner]:
    with SimulatedLineScanner(tmp_path) as simulated:
        yield simulated


@pytest.fixture
def reports() -> Collected[PortReport]:
    return Collected()


@pytest.fixture
def port(scanner: SimulatedLineScanner, reports: Collected[PortReport]) -> Iterator[SerialPort]:
    made = SerialPort(str(scanner.path), report=reports)
    yield made
    made.close()


def statuses(reports: Collected[PortReport]) -> list[PortStatus]:
    return [report.status for report in reports.items]


def test_bytes_come_as_they_were_sent(port: SerialPort, scanner: SimulatedLineScanner) -> None:
    port.open()
    sent = bytes(range(256))
    assert scanner.send(sent)
    received = b""
    while len(received) < len(sent):
        outcome = port.read()
        assert isinstance(outcome, Received)
        received += outcome.received
    assert received == sent


def test_a_scan_made_while_the_port_was_being_opened_is_kept() -> None:
    master_fd, slave_fd = os.openpty()
    tty.setraw(slave_fd)
    port = SerialPort(os.ttyname(slave_fd), report=lambda _: None)
    try:
        os.write(master_fd, b"early\r")
        outcome = port.read()
    finally:
        port.close()
        os.close(master_fd)
        os.close(slave_fd)
    assert isinstance(outcome, Received)
    assert outcome.received == b"early\r"


def test_the_line_is_raw_and_as_fast_as_asked(
    scanner: SimulatedLineScanner, reports: Collected[PortReport]
) -> None:
    port = SerialPort(str(scanner.path), serial_line(SerialSettings(baud=115_200)), report=reports)
    port.open()
    with scanner.path.open("rb", buffering=0) as other:
        iflag, oflag, _, lflag, ispeed, ospeed, _ = termios.tcgetattr(other.fileno())
    port.close()
    assert (ispeed, ospeed) == (termios.B115200, termios.B115200)
    assert not iflag & (termios.ICRNL | termios.IGNCR | termios.INLCR | termios.IXON)
    assert not lflag & (termios.ICANON | termios.ECHO | termios.ISIG)
    assert not oflag & termios.OPOST


def test_a_read_gives_up_at_its_deadline(port: SerialPort) -> None:
    port.open()
    begun_ns = time.monotonic_ns()
    assert port.read(begun_ns + 20 * MS) is Quiet.TIMED_OUT
    assert time.monotonic_ns() >= begun_ns + 20 * MS


def test_bytes_that_wait_come_before_a_deadline_that_has_passed(
    port: SerialPort, scanner: SimulatedLineScanner
) -> None:
    port.open()
    scanner.send(b"1")
    assert isinstance(port.read(), Received)
    scanner.send(b"2")
    second: Received | Quiet = Quiet.TIMED_OUT
    while second is Quiet.TIMED_OUT:  # the kernel hands the byte over in its own time
        second = port.read(0)
    assert isinstance(second, Received)
    assert second.received == b"2"


def test_a_wait_that_ends_for_nothing_is_no_unplug(
    port: SerialPort, scanner: SimulatedLineScanner, monkeypatch: pytest.MonkeyPatch
) -> None:
    port.open()
    wait = Waiter.wait
    spurious = iter([True])

    def hasty_wait(self: Waiter, fd: int | None, timeout_s: float | None) -> bool:
        return next(spurious, False) or wait(self, fd, timeout_s)

    monkeypatch.setattr(Waiter, "wait", hasty_wait)
    assert port.read(time.monotonic_ns() + MS) is Quiet.TIMED_OUT


def test_an_unplugged_device_is_noticed_at_once_and_found_again(
    port: SerialPort,
    scanner: SimulatedLineScanner,
    reports: Collected[PortReport],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(serial_port, "REOPEN_S", 0.01)
    port.open()
    outcomes: Collected[Received | Quiet] = Collected()

    def read_until_closed() -> None:
        while (outcome := port.read()) is not Quiet.CLOSED:
            outcomes(outcome)

    thread = threading.Thread(target=read_until_closed)
    thread.start()
    scanner.unplug()
    outcomes.wait_for_count(1)
    assert outcomes.items == [Quiet.LOST]
    scanner.plug()
    reports.wait_for_count(3)
    scanner.send(b"back\r")
    outcomes.wait_for_count(2)
    port.interrupt()
    thread.join(DEADLINE_S)
    found = outcomes.items[1]
    assert isinstance(found, Received)
    assert found.received == b"back\r"
    assert statuses(reports) == [PortStatus.CONNECTED, PortStatus.LOST, PortStatus.REOPENED]
    assert reports.items[1].text == f"{scanner.path} was unplugged or switched off"
    assert reports.items[1].remedy == "plug it in again; scanning goes on by itself"


def test_a_device_that_is_not_there_is_waited_for(
    port: SerialPort,
    scanner: SimulatedLineScanner,
    reports: Collected[PortReport],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(serial_port, "REOPEN_S", 0.01)
    scanner.unplug()
    outcomes: Collected[Received | Quiet] = Collected()
    thread = threading.Thread(target=lambda: outcomes(port.read()))
    thread.start()
    reports.wait_for_count(1)
    scanner.plug()
    reports.wait_for_count(2)
    scanner.send(b"first\r")
    thread.join(DEADLINE_S)
    assert statuses(reports) == [PortStatus.UNAVAILABLE, PortStatus.CONNECTED]
    assert reports.items[0].text == f"no serial device {scanner.path}"
    assert [outcome.received for outcome in outcomes.items if isinstance(outcome, Received)] == [
        b"first\r"
    ]


def test_a_device_that_stays_away_is_told_of_once(
    port: SerialPort,
    scanner: SimulatedLineScanner,
    reports: Collected[PortReport],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    retries: Collected[float] = Collected()

    def short_wait(self: Waiter, fd: int | None, timeout_s: float | None) -> bool:
        assert fd is None
        retries(timeout_s or 0.0)
        return False

    monkeypatch.setattr(Waiter, "wait", short_wait)
    scanner.unplug()
    thread = threading.Thread(target=port.read)
    thread.start()
    retries.wait_for_count(5)
    port.interrupt()
    thread.join(DEADLINE_S)
    assert set(retries.items) == {0.5}
    assert statuses(reports) == [PortStatus.UNAVAILABLE]


def test_a_device_that_comes_and_goes_does_not_keep_a_processor_busy(
    port: SerialPort, scanner: SimulatedLineScanner, monkeypatch: pytest.MonkeyPatch
) -> None:
    pauses: list[float | None] = []
    wait = Waiter.wait

    def counted_wait(self: Waiter, fd: int | None, timeout_s: float | None) -> bool:
        if fd is not None:
            return wait(self, fd, timeout_s)
        pauses.append(timeout_s)
        return False

    monkeypatch.setattr(Waiter, "wait", counted_wait)
    port.open()
    for _ in range(3):
        scanner.unplug()
        assert port.read() is Quiet.LOST
        scanner.plug()
        assert port.read(0) is Quiet.TIMED_OUT, "open again"
    assert pauses == [0.5, 0.5, 0.5]


def test_a_missing_device_is_refused_with_the_way_out(
    port: SerialPort, scanner: SimulatedLineScanner
) -> None:
    scanner.unplug()
    with pytest.raises(PortError) as caught:
        port.open()
    assert caught.value.fault is PortFault.MISSING
    assert "plugged in" in caught.value.remedy


def test_a_device_is_opened_by_one_program_only(
    port: SerialPort, scanner: SimulatedLineScanner, reports: Collected[PortReport]
) -> None:
    port.open()
    second = SerialPort(str(scanner.path), report=reports)
    with pytest.raises(PortError) as caught:
        second.open()
    assert caught.value.fault is PortFault.IN_USE
    assert caught.value.message == f"{scanner.path} is in use by another program"
    with pytest.raises(serial.SerialException):
        serial.Serial(str(scanner.path), exclusive=True)
    port.close()
    second.open()
    second.close()


def test_a_forbidden_device_names_the_group_that_may_open_it(
    scanner: SimulatedLineScanner, reports: Collected[PortReport]
) -> None:
    node = scanner.path.resolve()
    if os.geteuid() == 0:
        os.chown(node, 0, grp.getgrnam("tty").gr_gid)
    node.chmod(0)
    port = SerialPort(str(node), report=reports)
    with without_privileges(), pytest.raises(PortError) as caught:
        port.open()
    port.close()
    assert caught.value.fault is PortFault.FORBIDDEN
    assert f"usermod -aG {node.group()} USER" in caught.value.remedy


@pytest.mark.parametrize("kind", ["file", "folder", "null"])
def test_what_is_no_serial_device_is_refused(tmp_path: Path, kind: str) -> None:
    path = {"file": tmp_path / "file", "folder": tmp_path, "null": Path("/dev/null")}[kind]
    if kind == "file":
        path.touch()
    port = SerialPort(str(path), report=lambda _: None)
    before = open_descriptors()
    with pytest.raises(PortError) as caught:
        port.open()
    assert open_descriptors() == before
    port.close()
    assert caught.value.fault is PortFault.NOT_SERIAL
    assert caught.value.message == f"{path} is not a serial device"


@pytest.mark.parametrize("plugged", [True, False])
def test_an_interrupt_ends_a_read_for_good(
    port: SerialPort,
    scanner: SimulatedLineScanner,
    reports: Collected[PortReport],
    monkeypatch: pytest.MonkeyPatch,
    plugged: bool,
) -> None:
    monkeypatch.setattr(serial_port, "REOPEN_S", 1_000.0)  # the interrupt ends this wait, too
    if not plugged:
        scanner.unplug()
    outcomes: Collected[Received | Quiet] = Collected()
    thread = threading.Thread(target=lambda: outcomes(port.read()))
    thread.start()
    reports.wait_for_count(1)
    port.interrupt()
    thread.join(DEADLINE_S)
    assert outcomes.items == [Quiet.CLOSED]
    assert port.interrupted
    assert port.read() is Quiet.CLOSED


def test_closing_waits_for_the_reader_and_leaves_nothing_open(
    scanner: SimulatedLineScanner, reports: Collected[PortReport]
) -> None:
    before = open_descriptors()
    port = SerialPort(str(scanner.path), report=reports)
    outcomes: Collected[Received | Quiet] = Collected()
    thread = threading.Thread(target=lambda: outcomes(port.read()))
    thread.start()
    reports.wait_for_count(1)
    port.close()
    port.close()
    assert open_descriptors() == before
    thread.join(DEADLINE_S)
    assert outcomes.items == [Quiet.CLOSED]
    assert not scanner.host_is_connected()
    port.open()
    assert not scanner.host_is_connected(), "a closed port stays closed"


def test_the_host_can_answer_the_scanner(port: SerialPort, scanner: SimulatedLineScanner) -> None:
    port.open()
    port.write(b"\x1b7\r\n\x00")
    assert scanner.received_from_host(DEADLINE_S) == b"\x1b7\r\n\x00"


def test_writing_to_a_device_that_is_away_says_so(
    port: SerialPort, scanner: SimulatedLineScanner
) -> None:
    with pytest.raises(PortError, match="is not connected"):
        port.write(b"B")
    port.open()
    scanner.unplug()
    with pytest.raises(PortError, match="does not work"):
        port.write(b"B")


def test_a_device_that_takes_nothing_does_not_hold_the_writer_for_ever(
    scanner: SimulatedLineScanner,
    reports: Collected[PortReport],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(openers, "WRITE_TIMEOUT_S", 0.05)
    port = SerialPort(str(scanner.path), report=reports)
    port.open()
    with pytest.raises(PortError, match="Write timeout"):
        port.write(b"B" * 1_000_000)
    port.close()


def test_a_name_that_changes_at_replug_is_told_with_the_lasting_one(
    port: SerialPort, reports: Collected[PortReport], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(serial_port, "lasting_name", lambda _: "/dev/serial/by-id/usb-X")
    port.open()
    (report,) = reports.items
    assert report.status is PortStatus.CONNECTED
    assert report.remedy == "name it /dev/serial/by-id/usb-X, which stays the same after a replug"


@pytest.mark.parametrize("device", ["", "/dev/tty\0USB0"])
def test_what_cannot_be_a_path_is_refused(device: str) -> None:
    with pytest.raises(ValueError, match="named by its path"):
        SerialPort(device, report=lambda _: None)


@pytest.mark.parametrize("settings", [{"baud": 9601}, {"data_bits": 9}, {"stop_bits": 0}])
def test_settings_no_port_has_are_refused(settings: dict[str, Any]) -> None:
    with pytest.raises(ValueError, match=r"baud|bits"):
        SerialSettings(**settings)


def test_settings_reach_the_port(
    scanner: SimulatedLineScanner, reports: Collected[PortReport]
) -> None:
    """A pty has eight data bits and no parity whatever one asks; it takes the wish."""
    settings = SerialSettings(baud=19_200, data_bits=7, parity=Parity.EVEN, stop_bits=2)
    port = SerialPort(str(scanner.path), serial_line(settings), report=reports)
    port.open()
    assert statuses(reports) == [PortStatus.CONNECTED]
    port.close()
