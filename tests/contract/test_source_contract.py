"""What every `station.ports.sources.Source` does, shown on the fake and on the real ones.

A new kind of source joins by one `SourceCase`: how to make it over given payloads, and what has to
be done for it to read them once it runs.
"""

import os
import threading
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest

from firmware_bridge.simulators.line_scanner import SimulatedLineScanner
from station.app.clock import SystemClock, UlidScanIds
from station.core.reading import Capture, Read
from station.core.symbol import Symbol
from station.ports.health import Health
from station.ports.sources import Source
from station.scanners.serial_source import SerialSource
from station.scanners.stdin_source import StdinSource
from tests.fakes.source import (
    DEADLINE_S,
    Collected,
    FakeSource,
    open_descriptors,
    payloads,
    running,
)

PAYLOADS = [f"0109506000134352210{number}\x1d99TAG".encode() for number in range(40)]
"""With GS inside, which must arrive."""


@dataclass(slots=True)
class SourceCase:
    """A source ready to run.

    Attributes:
        source: Not yet run.
        present: Called once the source runs; presents every payload, in order. Returns when all
            are on their way.
        ends: Whether the source ends by itself after the last payload.
        close: Releases what the case holds.
    """

    source: Source
    present: Callable[[], None]
    ends: bool
    close: Callable[[], None]


CaseMaker = Callable[[Path], SourceCase]


def _nothing() -> None:
    """What needs no doing."""


def fake_case(_: Path) -> SourceCase:
    scan_ids, clock = UlidScanIds(), SystemClock()
    captures = [
        Capture("fake:", (Read(scan_ids.next(), Symbol(payload)),), "", now_ns, now_ns)
        for payload in PAYLOADS
        for now_ns in [clock.mono_ns()]
    ]
    return SourceCase(FakeSource(captures), _nothing, ends=True, close=_nothing)


def serial_case(folder: Path) -> SourceCase:
    scanner = SimulatedLineScanner(folder)
    health: Collected[Health] = Collected()
    source = SerialSource(
        str(scanner.path), scan_ids=UlidScanIds(), clock=SystemClock(), health=health
    )

    def present() -> None:
        scanner.wait_for_host()
        for payload in PAYLOADS:
            scanner.scan(payload, "]d2")

    return SourceCase(source, present, ends=False, close=scanner.close)


def stdin_case(_: Path) -> SourceCase:
    read_fd, write_fd = os.pipe()
    stream = os.fdopen(read_fd, "rb")
    writer = os.fdopen(write_fd, "wb")
    health: Collected[Health] = Collected()
    source = StdinSource(scan_ids=UlidScanIds(), clock=SystemClock(), health=health, stream=stream)

    def present() -> None:
        writer.write(b"\n".join(PAYLOADS))
        writer.close()

    def close() -> None:
        writer.close()
        stream.close()

    return SourceCase(source, present, ends=True, close=close)


CASES: dict[str, CaseMaker] = {"fake": fake_case, "serial": serial_case, "stdin": stdin_case}


@pytest.fixture(params=CASES)
def case(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[SourceCase]:
    made = CASES[request.param](tmp_path)
    yield made
    made.close()


def test_every_payload_is_delivered_once_in_order_and_unchanged(case: SourceCase) -> None:
    captures: Collected[Capture] = Collected()
    with running(case.source, captures) as run:
        case.present()
        captures.wait_for_count(len(PAYLOADS))
        if case.ends:
            run.join()
    assert payloads(captures.items) == PAYLOADS


def test_every_capture_is_named_and_timed(case: SourceCase) -> None:
    captures: Collected[Capture] = Collected()
    begun_ns = SystemClock().mono_ns()
    name = case.source.name
    with running(case.source, captures):
        case.present()
        captures.wait_for_count(len(PAYLOADS))
    ended_ns = SystemClock().mono_ns()
    scan_ids = [read.scan_id for capture in captures.items for read in capture.reads]
    assert len(set(scan_ids)) == len(PAYLOADS)
    assert scan_ids == sorted(scan_ids)
    assert {len(scan_id) for scan_id in scan_ids} == {26}
    times = [
        mono_ns
        for capture in captures.items
        for mono_ns in (capture.captured_mono_ns, capture.decoded_mono_ns)
    ]
    assert max(times) <= ended_ns
    if not isinstance(case.source, FakeSource):
        assert begun_ns <= min(times)
    for capture in captures.items:
        assert capture.source == case.source.name == name
        assert capture.captured_mono_ns <= capture.decoded_mono_ns
        assert len(capture.reads) >= 1


def test_a_sink_that_keeps_the_source_waiting_loses_nothing(case: SourceCase) -> None:
    captures: Collected[Capture] = Collected()
    go_on = threading.Event()

    def full_at_first(capture: Capture) -> None:
        captures(capture)
        assert go_on.wait(DEADLINE_S)

    with running(case.source, full_at_first):
        case.present()
        captures.wait_for_count(1)
        assert len(captures.items) == 1
        go_on.set()
        captures.wait_for_count(len(PAYLOADS))
    assert payloads(captures.items) == PAYLOADS


def test_stop_before_the_start_ends_the_run_at_once(case: SourceCase) -> None:
    case.source.stop()
    case.source.stop()
    captures: list[Capture] = []
    case.source.run(captures.append)
    assert captures == []


def test_stop_ends_a_run_that_waits(case: SourceCase, tmp_path: Path) -> None:
    captures: Collected[Capture] = Collected()
    with running(case.source, captures) as run:
        run.stop()
        case.source.stop()
    assert not run.running


def test_stop_while_the_sink_is_full_ends_the_run_after_that_capture(case: SourceCase) -> None:
    captures: Collected[Capture] = Collected()
    go_on = threading.Event()

    def full(capture: Capture) -> None:
        captures(capture)
        assert go_on.wait(DEADLINE_S)

    with running(case.source, full) as run:
        case.present()
        captures.wait_for_count(1)
        case.source.stop()
        go_on.set()
        run.join()
    assert payloads(captures.items) == PAYLOADS[:1]


def test_what_the_sink_raises_ends_the_run_and_reaches_the_caller(case: SourceCase) -> None:
    def broken(capture: Capture) -> None:
        raise RuntimeError("the loop is gone")

    with running(case.source, broken) as run:
        case.present()
        with pytest.raises(RuntimeError, match="the loop is gone"):
            run.join()


@pytest.mark.parametrize("make", CASES.values(), ids=CASES)
def test_nothing_stays_open_after_a_run(make: CaseMaker, tmp_path: Path) -> None:
    before = open_descriptors()
    case = make(tmp_path)
    captures: Collected[Capture] = Collected()
    with running(case.source, captures):
        case.present()
        captures.wait_for_count(len(PAYLOADS))
    case.close()
    assert open_descriptors() == before
