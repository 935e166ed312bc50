"""The simulated scanner keeps its promises, seen through pyserial as any program sees it."""

import os
import time
from collections.abc import Iterator
from pathlib import Path

import pytest
import serial

from firmware_bridge.simulators import device
from firmware_bridge.simulators.line_scanner import SimulatedLineScanner, TransmissionFaults
from tests.fakes.source import open_descriptors

HOST_READ_TIMEOUT_S = 10.0


def host(scanner: SimulatedLineScanner) -> serial.Serial:
    opened = serial.Serial(str(scanner.path), timeout=HOST_READ_TIMEOUT_S, exclusive=True)
    scanner.wait_for_host()
    return opened


@pytest.fixture
def scanner(tmp_path: Path) -> Iterator[SimulatedLineScanner]:
    with SimulatedLineScanner(tmp_path) as simulated:
        yield simulated


def test_a_scan_is_identifier_data_and_terminator(scanner: SimulatedLineScanner) -> None:
    with host(scanner) as opened:
        assert scanner.scan(b"01\x1d21", "]d2")
        assert opened.read_until(b"\r") == b"]d201\x1d21\r"


def test_prefix_suffix_and_terminator_are_as_set(tmp_path: Path) -> None:
    with (
        SimulatedLineScanner(
            tmp_path, prefix=b"\x02", suffix=b"\t", terminator=b"\x03", send_identifier=False
        ) as scanner,
        host(scanner) as opened,
    ):
        scanner.scan(b"0109", "]d2")
        assert opened.read_until(b"\x03") == b"\x020109\t\x03"


def test_faults_change_what_is_sent(scanner: SimulatedLineScanner) -> None:
    with host(scanner) as opened:
        assert scanner.scan(b"one", faults=TransmissionFaults(garbage_before=b"\xff\x00"))
        assert scanner.scan(b"two", faults=TransmissionFaults(drop_terminator=True))
        assert scanner.scan(b"three", faults=TransmissionFaults(split_at=(1, 2, 99)))
        assert opened.read(15) == b"\xff\x00one\rtwothree\r"


def test_pauses_fall_where_the_transmission_is_split(
    scanner: SimulatedLineScanner, monkeypatch: pytest.MonkeyPatch
) -> None:
    with host(scanner) as opened:
        arrived: list[bytes | float] = []

        def look(pause_s: float) -> None:
            arrived.extend((opened.read(2), pause_s))

        monkeypatch.setattr(time, "sleep", look)
        scanner.scan(b"abcdef", faults=TransmissionFaults(split_at=(2, 4), pause_s=0.5))
        arrived.append(opened.read(3))
    assert arrived == [b"ab", 0.5, b"cd", 0.5, b"ef\r"]


def test_nothing_is_sent_to_a_device_nobody_has_open(scanner: SimulatedLineScanner) -> None:
    assert not scanner.host_is_connected()
    assert not scanner.scan(b"lost")
    with host(scanner) as opened:
        assert scanner.host_is_connected()
        scanner.scan(b"seen")
        assert opened.read_until(b"\r") == b"seen\r"
    assert not scanner.scan(b"lost again")


def test_a_pulled_cable_takes_the_name_along_and_a_new_device_gets_it_back(
    scanner: SimulatedLineScanner,
) -> None:
    with host(scanner) as opened:
        first_node = os.fstat(opened.fileno()).st_rdev
        assert not scanner.scan(b"0123456", faults=TransmissionFaults(unplug_at=3))
        assert not scanner.path.is_symlink()
        assert not scanner.scan(b"unplugged")
        with pytest.raises(serial.SerialException):
            opened.read(99)
        scanner.plug()
        scanner.plug()
        assert scanner.path.stat().st_rdev != first_node
    with host(scanner) as opened:
        assert scanner.scan(b"back")
        assert opened.read_until(b"\r") == b"back\r"


def test_a_scan_under_way_does_not_go_on_after_a_replug(
    scanner: SimulatedLineScanner, monkeypatch: pytest.MonkeyPatch
) -> None:
    hosts = [host(scanner)]

    def replug(_: float) -> None:
        monkeypatch.undo()
        scanner.unplug()
        scanner.plug()
        hosts.append(host(scanner))

    monkeypatch.setattr(time, "sleep", replug)
    assert not scanner.scan(b"abcdef", faults=TransmissionFaults(split_at=(2,), pause_s=0.5))
    scanner.scan(b"next")
    assert hosts[1].read_until(b"\r") == b"next\r"
    for opened in hosts:
        opened.close()


def test_what_the_host_sends_can_be_looked_at(scanner: SimulatedLineScanner) -> None:
    assert scanner.received_from_host() == b""
    with host(scanner) as opened:
        opened.write(b"\x1b7")
        assert scanner.received_from_host(HOST_READ_TIMEOUT_S) == b"\x1b7"
        assert scanner.received_from_host(0.001) == b""
    scanner.unplug()
    assert scanner.received_from_host() == b""


def test_a_host_that_does_not_read_is_told_of(
    scanner: SimulatedLineScanner, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(device, "HOST_TIMEOUT_S", 0.01)
    with host(scanner), pytest.raises(TimeoutError, match="does not read"):
        scanner.send(b"x" * 1_000_000)


def test_a_host_that_does_not_come_is_told_of(scanner: SimulatedLineScanner) -> None:
    with pytest.raises(TimeoutError, match="no program opened"):
        scanner.wait_for_host(0.01)


def test_nothing_is_left_behind() -> None:
    before = open_descriptors()
    scanner = SimulatedLineScanner()
    folder = scanner.path.parent
    assert scanner.path.is_char_device()
    scanner.close()
    scanner.close()
    assert open_descriptors() == before
    assert not folder.exists()
