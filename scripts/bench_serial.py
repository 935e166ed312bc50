"""How long a scan takes from its last byte to the sink, beside a bare reader in the same run.

A unit code of 127 bytes and CR is written whole to a real pty; measured is the time from just
before that write until a whole line is known: as a capture in the sink of `SerialSource`, or as
bytes in a loop of ``select`` and ``os.read`` that looks for CR and does nothing else. Both sides
read ptys and take turns; what the simulated scanner does before it writes counts against the
source. Exits with 1 when the bound on the source is not met.

    python scripts/bench_serial.py [--scans N]
"""

import argparse
import os
import select
import sys
import threading
import time
import tty
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from queue import SimpleQueue

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))

from firmware_bridge.simulators.line_scanner import SimulatedLineScanner  # noqa: E402
from scripts.told_times import held  # noqa: E402
from station.app.clock import SystemClock, UlidScanIds  # noqa: E402
from station.scanners.serial_source import SerialSource  # noqa: E402

UNIT = (
    b"010950600013435221K7QZ4M2XW9TRB\x1d99EQABDVnDGeIQGTP4PVB06Co-HhaNhkdlhhDfD1nzMH6Uky4M_"
    b"mYfvKWe3unpP_u-hQOwMQEHSs4Im8g946lEvuOgBw"
)
IDENTIFIER = "]d2"
MAX_P50_MS = 0.2
MAX_P99_MS = 5.0
SCANS_A_TURN = 50
PAUSE_S = 0.002
"""Between scans, so that every one finds a sleeping reader, as at a dock."""

Arrivals = SimpleQueue[int]


@contextmanager
def bare_reader(arrivals: Arrivals) -> Iterator[Callable[[], None]]:
    """The floor: select, read, look for CR."""
    master_fd, slave_fd = os.openpty()
    tty.setraw(slave_fd)
    stop_read, stop_write = os.pipe()

    def read_lines() -> None:
        line = bytearray()
        while True:
            ready, _, _ = select.select([slave_fd, stop_read], [], [])
            if stop_read in ready:
                return
            line += os.read(slave_fd, 4096)
            if line.endswith(b"\r"):
                arrivals.put(time.monotonic_ns())
                line.clear()

    thread = threading.Thread(target=read_lines)
    thread.start()
    transmission = IDENTIFIER.encode() + UNIT + b"\r"
    yield lambda: _written(os.write(master_fd, transmission), len(transmission))
    os.write(stop_write, b"\0")
    thread.join()
    for fd in (master_fd, slave_fd, stop_read, stop_write):
        os.close(fd)


@contextmanager
def station_source(arrivals: Arrivals) -> Iterator[Callable[[], None]]:
    """The product: port, framing, capture, sink."""
    with SimulatedLineScanner() as scanner:
        source = SerialSource(
            str(scanner.path),
            scan_ids=UlidScanIds(),
            clock=SystemClock(),
            health=lambda _: None,
        )

        def sink(_: object) -> None:
            arrivals.put(time.monotonic_ns())

        thread = threading.Thread(target=source.run, args=(sink,))
        thread.start()
        scanner.wait_for_host()
        yield lambda: _written(scanner.scan(UNIT, IDENTIFIER), True)
        source.stop()
        thread.join()


def _written(outcome: int, expected: int) -> None:
    if outcome != expected:
        raise RuntimeError("the pty did not take a scan")


def measure(scan: Callable[[], None], arrivals: Arrivals, scans: int) -> list[int]:
    """Times of single scans, in nanoseconds."""
    times = []
    for _ in range(scans):
        time.sleep(PAUSE_S)
        begun_ns = time.monotonic_ns()
        scan()
        times.append(arrivals.get(timeout=10) - begun_ns)
    return times


def main() -> int:
    """Measure both in turns, print both and their ratio."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--scans", type=int, default=2_000)
    turns = max(2, parser.parse_args().scans // SCANS_A_TURN)
    floor_arrivals: Arrivals = SimpleQueue()
    arrivals: Arrivals = SimpleQueue()
    floor_times: list[int] = []
    times: list[int] = []
    with bare_reader(floor_arrivals) as bare_scan, station_source(arrivals) as scan:
        measure(bare_scan, floor_arrivals, SCANS_A_TURN)
        measure(scan, arrivals, SCANS_A_TURN)
        for _ in range(turns):
            floor_times += measure(bare_scan, floor_arrivals, SCANS_A_TURN)
            times += measure(scan, arrivals, SCANS_A_TURN)
    print(f"last scanner byte to a whole line, {len(times)} scans each")
    floor, ours = ("select + os.read", floor_times), ("SerialSource to the sink", times)
    met = held(floor, ours, MAX_P50_MS, MAX_P99_MS)
    return 0 if met else 1


if __name__ == "__main__":
    sys.exit(main())
