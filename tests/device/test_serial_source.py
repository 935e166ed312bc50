"""A serial scanner from its last byte to the capture, on real ptys, with the faults of a dock."""

import threading
import tracemalloc
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from firmware_bridge import serial_port
from firmware_bridge.framing.lines import LineFormat, Terminator
from firmware_bridge.line_conversation import LineConversation
from firmware_bridge.serial_port import Quiet, Received, SerialPort
from firmware_bridge.simulators.line_scanner import SimulatedLineScanner, TransmissionFaults
from firmware_bridge.waiting import Waiter
from station.app.clock import SystemClock, UlidScanIds
from station.core.errors import ConfigurationError, DeviceError
from station.core.reading import Capture
from station.core.symbol import SymbolFormat
from station.ports.clock import Clock
from station.ports.health import Health, HealthStatus
from station.scanners.serial_source import SerialSource
from tests.fakes.source import DEADLINE_S, Collected, open_descriptors, payloads, running

UNIT = (
    b"010950600013435221K7QZ4M2XW9TRB\x1d99EQABDVnDGeIQGTP4PVB06Co-HhaNhkdlhhDfD1nzMH6Uky4M_"
    b"mYfvKWe3unpP_u-hQOwMQEHSs4Im8g946lEvuOgBw"
)


class JumpingClock:
    """The machine's clock, which a test may move on."""

    def __init__(self) -> None:
        self._real = SystemClock()
        self.ahead_ns = 0

    def now_utc(self) -> str:
        return self._real.now_utc()

    def mono_ns(self) -> int:
        return self._real.mono_ns() + self.ahead_ns


class Dock:
    """A scanner, its source, and what came of both."""

    def __init__(self, scanner: SimulatedLineScanner) -> None:
        self.scanner = scanner
        self.captures: Collected[Capture] = Collected()
        self.health: Collected[Health] = Collected()

    def source(
        self,
        *,
        clock: Clock | None = None,
        line_format: LineFormat | None = None,
        required_at_start: bool = False,
    ) -> SerialSource:
        return SerialSource(
            str(self.scanner.path),
            scan_ids=UlidScanIds(),
            clock=clock or SystemClock(),
            health=self.health,
            conversation=LineConversation(line_format),
            required_at_start=required_at_start,
        )

    def wait_connected(self, times: int = 1) -> None:
        self.health.wait_for(
            lambda told: sum("is connected" in health.text for health in told) >= times,
            f"connection {times}",
        )

    def wait_failed(self) -> None:
        self.health.wait_for(
            lambda told: bool(told) and told[-1].status is HealthStatus.FAILED, "a failure"
        )

    def statuses(self) -> list[HealthStatus]:
        return [health.status for health in self.health.items]


@pytest.fixture
def dock(tmp_path: Path) -> Iterator[Dock]:
    with SimulatedLineScanner(tmp_path) as scanner:
        yield Dock(scanner)


@pytest.fixture
def quick_reopen(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(serial_port, "REOPEN_S", 0.01)


def test_a_scan_becomes_a_capture(dock: Dock) -> None:
    clock = SystemClock()
    with running(dock.source(), dock.captures):
        dock.wait_connected()
        sent_ns = clock.mono_ns()
        dock.scanner.scan(UNIT, "]d2")
        dock.captures.wait_for_count(1)
    (capture,) = dock.captures.items
    (read,) = capture.reads
    assert capture.source == f"serial:{dock.scanner.path}"
    assert capture.presentation == ""
    assert sent_ns <= capture.captured_mono_ns <= capture.decoded_mono_ns <= clock.mono_ns()
    assert len(read.scan_id) == 26
    assert read.symbol.payload == UNIT
    assert read.symbol.symbology_identifier == "]d2"
    assert read.symbol.format is SymbolFormat.DATA_MATRIX
    assert read.symbol.complete
    assert dock.statuses() == [HealthStatus.OK]


@pytest.mark.parametrize(
    "splits", [(), (50,), (1, 2, 3, 126), tuple(range(1, 200))], ids=["whole", "2", "5", "bytes"]
)
@pytest.mark.parametrize("terminator", [b"\r", b"\n", b"\r\n"])
def test_a_scan_in_pieces_is_one_scan(
    tmp_path: Path, terminator: bytes, splits: tuple[int, ...]
) -> None:
    with SimulatedLineScanner(tmp_path, terminator=terminator) as scanner:
        dock = Dock(scanner)
        with running(dock.source(), dock.captures):
            dock.wait_connected()
            for _ in range(3):
                scanner.scan(UNIT, "]d2", TransmissionFaults(split_at=splits))
            dock.captures.wait_for_count(3)
        assert payloads(dock.captures.items) == [UNIT] * 3


def test_prefix_suffix_and_terminator_are_taken_off(tmp_path: Path) -> None:
    with SimulatedLineScanner(tmp_path, prefix=b"\x02", suffix=b"#", terminator=b"\x03") as scanner:
        dock = Dock(scanner)
        line_format = LineFormat(Terminator.ETX, prefix=b"\x02", suffix=b"#")
        with running(dock.source(line_format=line_format), dock.captures):
            dock.wait_connected()
            scanner.scan(UNIT, "]Q3")
            dock.captures.wait_for_count(1)
        (symbol,) = [read.symbol for read in dock.captures.items[0].reads]
        assert (symbol.payload, symbol.format) == (UNIT, SymbolFormat.QR_CODE)


def test_noise_costs_at_most_the_scan_it_touched(dock: Dock) -> None:
    noise = bytes(byte for byte in range(256) if byte not in b"\r\n")
    with running(dock.source(), dock.captures):
        dock.wait_connected()
        dock.scanner.scan(UNIT, "]d2", TransmissionFaults(garbage_before=noise))
        dock.scanner.scan(UNIT, "]d2")
        dock.captures.wait_for_count(2)
    assert payloads(dock.captures.items) == [noise + b"]d2" + UNIT, UNIT]


def test_a_scan_that_breaks_off_is_reported_and_not_joined_to_the_next(dock: Dock) -> None:
    with running(dock.source(), dock.captures):
        dock.wait_connected()
        dock.scanner.send(b"]d2" + UNIT[:60])
        dock.captures.wait_for_count(1)
        dock.scanner.scan(UNIT, "]d2")
        dock.captures.wait_for_count(2)
    broken, good = [read.symbol for capture in dock.captures.items for read in capture.reads]
    assert (broken.payload, broken.complete) == (b"]d2" + UNIT[:60], False)
    assert (good.payload, good.complete) == (UNIT, True)
    assert dock.statuses() == [HealthStatus.OK, HealthStatus.WARNING, HealthStatus.OK]
    assert dock.health.items[1].text == (
        "the rest of the scan did not come; "
        "scan again; if every scan does this, set the scanner to send CR after each"
    )


def test_a_scan_that_came_while_the_station_was_busy_is_not_broken(
    dock: Dock, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The sink keeps the source for ten seconds; the second half comes after that."""
    clock = JumpingClock()
    read = SerialPort.read

    def busy_at_first(capture: Capture) -> None:
        if not dock.captures.items:
            clock.ahead_ns += 10_000_000_000
        dock.captures(capture)

    def read_again(self: SerialPort, until_ns: int | None = None) -> Received | Quiet:
        if len(dock.captures.items) == 1:
            assert until_ns is not None
            assert until_ns > clock.mono_ns()
            dock.scanner.send(UNIT[60:] + b"\r")
        return read(self, until_ns)

    monkeypatch.setattr(SerialPort, "read", read_again)
    with running(dock.source(clock=clock), busy_at_first):
        dock.wait_connected()
        dock.scanner.send(b"first\r" + UNIT[:60])
        dock.captures.wait_for_count(2)
    assert payloads(dock.captures.items) == [b"first", UNIT]


def test_a_scan_that_came_while_the_process_was_stopped_is_not_broken(
    dock: Dock, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Every wait ends ten seconds late, with bytes: nobody saw a silence."""
    clock = JumpingClock()
    wait = Waiter.wait
    halves: Collected[int] = Collected()

    def late_wait(self: Waiter, fd: int | None, timeout_s: float | None) -> bool:
        readable = wait(self, fd, None)
        clock.ahead_ns += 10_000_000_000
        halves(clock.ahead_ns)
        return readable

    monkeypatch.setattr(Waiter, "wait", late_wait)
    with running(dock.source(clock=clock), dock.captures):
        dock.wait_connected()
        dock.scanner.send(UNIT[:60])
        halves.wait_for_count(1)
        dock.scanner.send(UNIT[60:] + b"\r")
        dock.captures.wait_for_count(1)
    assert payloads(dock.captures.items) == [UNIT]


def test_ten_megabytes_without_a_terminator_are_one_report_in_little_memory(dock: Dock) -> None:
    megabyte = b"\xaa" * 1_000_000
    with running(dock.source(), dock.captures):
        dock.wait_connected()
        tracemalloc.start()
        try:
            for _ in range(10):
                dock.scanner.send(megabyte)
            dock.scanner.send(b"\r")
            dock.scanner.scan(UNIT, "]d2")
            dock.captures.wait_for_count(2)
            _, peak_bytes = tracemalloc.get_traced_memory()
        finally:
            tracemalloc.stop()
    endless, good = [read.symbol for capture in dock.captures.items for read in capture.reads]
    assert not endless.complete
    assert len(endless.payload) < 7_200
    assert good.payload == UNIT
    assert peak_bytes < 2_500_000, "a megabyte is ours; the rest must not grow with the noise"
    assert dock.statuses() == [HealthStatus.OK, HealthStatus.WARNING, HealthStatus.OK]


def test_two_scanners_at_once_do_not_mix(tmp_path: Path) -> None:
    docks = [Dock(SimulatedLineScanner(tmp_path, name=name)) for name in ("left", "right")]
    sent = {
        dock.scanner.path.name: [f"{dock.scanner.path.name}-{n}".encode() for n in range(200)]
        for dock in docks
    }

    def scan_all(dock: Dock) -> None:
        for payload in sent[dock.scanner.path.name]:
            dock.scanner.scan(payload, "]d2", TransmissionFaults(split_at=(4,)))

    with (
        running(docks[0].source(), docks[0].captures),
        running(docks[1].source(), docks[1].captures),
    ):
        for dock in docks:
            dock.wait_connected()
        operators = [threading.Thread(target=scan_all, args=(dock,)) for dock in docks]
        for operator in operators:
            operator.start()
        for dock in docks:
            dock.captures.wait_for_count(200)
        for operator in operators:
            operator.join(DEADLINE_S)
    for dock in docks:
        assert payloads(dock.captures.items) == sent[dock.scanner.path.name]
        assert {capture.source for capture in dock.captures.items} == {
            f"serial:{dock.scanner.path}"
        }
        dock.scanner.close()


def test_a_hundred_unplugs_under_load_lose_and_double_nothing(
    dock: Dock, quick_reopen: None
) -> None:
    """Every scan that arrived before the cable was pulled is delivered once, the torn as torn."""
    before = open_descriptors()
    whole: list[bytes] = []
    with running(dock.source(), dock.captures):
        for replug in range(100):
            dock.wait_connected(replug + 1)
            for number in range(10):
                whole.append(f"{replug}/{number} ".encode() + UNIT)
                dock.scanner.scan(whole[-1], "]d2", TransmissionFaults(split_at=(number,)))
            dock.captures.wait_for(
                lambda captures: sum(c.reads[0].symbol.complete for c in captures) == len(whole),
                "all scans before the unplug",
            )
            dock.scanner.scan(b"torn" + UNIT, "]d2", TransmissionFaults(unplug_at=40))
            dock.wait_failed()
            dock.scanner.plug()
        dock.wait_connected(101)
    symbols = [read.symbol for capture in dock.captures.items for read in capture.reads]
    assert [symbol.payload for symbol in symbols if symbol.complete] == whole
    assert all(b"]d2torn".startswith(s.payload[:7]) for s in symbols if not s.complete)
    assert open_descriptors() == before


def test_pulling_the_cable_at_any_moment_makes_no_false_scan(
    dock: Dock, quick_reopen: None
) -> None:
    """Nobody waits for delivery: what is on its way is lost, as on a cable, and only that."""
    sent: list[bytes] = []
    done = threading.Event()

    def scan_on() -> None:
        while not done.is_set():
            sent.append(f"{len(sent)} ".encode() + UNIT)
            dock.scanner.scan(sent[-1], "]d2", TransmissionFaults(split_at=(3, 70)))

    with running(dock.source(), dock.captures):
        operator = threading.Thread(target=scan_on)
        operator.start()
        for replug in range(20):
            dock.wait_connected(replug + 1)
            dock.captures.wait_for_count(len(dock.captures.items) + 1 + 7 * replug)
            dock.scanner.unplug()
            dock.wait_failed()
            dock.scanner.plug()
        dock.wait_connected(21)
        done.set()
        operator.join(DEADLINE_S)
        sent.append(b"the last")
        dock.scanner.scan(sent[-1], "]d2")
        dock.captures.wait_for(
            lambda captures: captures[-1].reads[0].symbol.payload == sent[-1], sent[-1].decode()
        )
    symbols = [read.symbol for capture in dock.captures.items for read in capture.reads]
    still_to_come = iter(sent)
    for symbol in symbols:
        if symbol.complete:
            assert symbol.payload in still_to_come, "whole, in order, and once"
        else:
            assert any((b"]d2" + whole).startswith(symbol.payload) for whole in sent)
    assert sum(symbol.complete for symbol in symbols) > 20 * 7


def test_a_scan_cut_off_by_an_unplug_is_reported_as_torn(dock: Dock) -> None:
    with running(dock.source(), dock.captures):
        dock.wait_connected()
        dock.scanner.send(b"first\r]d2" + UNIT[:60])
        dock.captures.wait_for_count(1)
        dock.scanner.unplug()
        dock.captures.wait_for_count(2)
    torn = dock.captures.items[1].reads[0].symbol
    assert (torn.payload, torn.complete) == (b"]d2" + UNIT[:60], False)
    assert dock.statuses() == [HealthStatus.OK, HealthStatus.FAILED]
    assert dock.health.items[1].text == (
        f"{dock.scanner.path} was unplugged or switched off; "
        "plug it in again; scanning goes on by itself"
    )


def _idle(dock: Dock) -> None:
    dock.wait_connected()


def _missing(dock: Dock) -> None:
    dock.scanner.unplug()
    dock.wait_failed()


def _in_a_scan(dock: Dock) -> None:
    dock.wait_connected()
    dock.scanner.send(b"done\r]d2" + UNIT[:60])
    dock.captures.wait_for_count(1)


@pytest.mark.parametrize("situation", [_idle, _missing, _in_a_scan])
def test_stop_is_prompt_and_leaves_nothing(
    dock: Dock, monkeypatch: pytest.MonkeyPatch, situation: Callable[[Dock], None]
) -> None:
    monkeypatch.setattr(serial_port, "REOPEN_S", 1_000.0)
    before = open_descriptors()
    with running(dock.source(line_format=LineFormat(gap_ms=1_000_000)), dock.captures) as run:
        situation(dock)
        run.stop()  # within the deadline, though every wait above is longer
        assert not dock.scanner.host_is_connected()
    assert open_descriptors() == before - (0 if dock.scanner.plugged else 1)


def test_a_scanner_that_never_stops_can_be_stopped(dock: Dock) -> None:
    flooding = threading.Event()
    flooding.set()

    def flood() -> None:
        dock.wait_connected()
        while flooding.is_set():
            dock.scanner.send((UNIT + b"\r") * 30)

    operator = threading.Thread(target=flood)
    with running(dock.source(), dock.captures) as run:
        operator.start()
        dock.captures.wait_for_count(100)
        run.stop()
        flooding.clear()
    operator.join(DEADLINE_S)
    assert set(payloads(dock.captures.items)) == {UNIT}


def test_a_device_that_must_be_there_and_is_not_ends_the_command(dock: Dock) -> None:
    dock.scanner.unplug()
    with pytest.raises(DeviceError) as caught:
        dock.source(required_at_start=True).run(dock.captures)
    assert caught.value.message == f"no serial device {dock.scanner.path}"
    assert "plugged in" in caught.value.remedy
    assert caught.value.exit_code == 5


def test_a_device_that_must_be_there_and_is_in_use_ends_the_command(dock: Dock) -> None:
    holder = SerialPort(str(dock.scanner.path), report=lambda _: None)
    holder.open()
    with pytest.raises(DeviceError, match="is in use by another program"):
        dock.source(required_at_start=True).run(dock.captures)
    holder.close()


def test_a_device_in_use_is_waited_for(dock: Dock, quick_reopen: None) -> None:
    holder = SerialPort(str(dock.scanner.path), report=lambda _: None)
    holder.open()
    with running(dock.source(), dock.captures):
        dock.health.wait_for_count(1)
        assert dock.health.items[0].status is HealthStatus.FAILED
        assert "is in use by another program" in dock.health.items[0].text
        holder.close()
        dock.wait_connected()
        dock.scanner.scan(UNIT)
        dock.captures.wait_for_count(1)


def test_a_source_without_a_device_is_refused() -> None:
    health: Collected[Health] = Collected()
    with pytest.raises(ConfigurationError, match="serial: names no device") as caught:
        SerialSource("", scan_ids=UlidScanIds(), clock=SystemClock(), health=health)
    assert "/dev/serial/by-id" in caught.value.remedy


def test_health_never_carries_control_characters(tmp_path: Path) -> None:
    health: Collected[Health] = Collected()
    source = SerialSource(
        f"{tmp_path}/\x1b]0;evil\x07\n",
        scan_ids=UlidScanIds(),
        clock=SystemClock(),
        health=health,
    )
    with running(source, lambda _: None):
        health.wait_for_count(1)
    assert health.items[0].text.isprintable()
