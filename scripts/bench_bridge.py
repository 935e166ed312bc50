"""How long from a scan's last byte to the gate, beside a bare reader that opens a gate unasked.

Ours: a scanner on a pty, the serial source, the verdict loop with real signatures and look-ups, one
durable commit, the effects, the output driver and the board on another pty. The floor: ``select``,
``os.read``, and one Modbus request by the same library to a board of the same kind, with nothing
verified and nothing kept. Both in the same run, in turns; measured until the board holds the gate's
coil. What the commit takes depends on the disk of ``--folder``.

    python scripts/bench_bridge.py [--scans N] [--folder DIR] [--check]

With --check, exits with 1 unless p50 and p99 are within their bounds.
"""

import argparse
import os
import select
import shutil
import sys
import tempfile
import threading
import time
import tty
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path
from queue import SimpleQueue

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))

from firmware_bridge.outputs.board import Board  # noqa: E402
from firmware_bridge.outputs.board_map import ARM_WORD, BAUD, Coil, HoldingRegister  # noqa: E402
from firmware_bridge.outputs.modbus_link import ModbusAddress, ModbusLink, Wire  # noqa: E402
from firmware_bridge.serial_settings import SerialSettings  # noqa: E402
from firmware_bridge.simulators.board import SimulatedBoard  # noqa: E402
from firmware_bridge.simulators.line_scanner import SimulatedLineScanner  # noqa: E402
from scripts.bench_verdict_sides import KEY, STATION, Scan, Silent  # noqa: E402
from scripts.bench_verdict_units import MadeUpRegistry, make_scans  # noqa: E402
from scripts.told_times import held  # noqa: E402
from station import __version__  # noqa: E402
from station.actuators.output import OutputActuator  # noqa: E402
from station.app.clock import SystemClock, UlidScanIds  # noqa: E402
from station.core.policy import SitePolicy  # noqa: E402
from station.intake.asking import ActDesk  # noqa: E402
from station.intake.committer import Committer  # noqa: E402
from station.intake.effects import Effects  # noqa: E402
from station.intake.engine import Engine  # noqa: E402
from station.intake.judge import Bench, Judge  # noqa: E402
from station.intake.loop import VerdictLoop  # noqa: E402
from station.intake.policies import PolicyBook  # noqa: E402
from station.scanners.serial_source import SerialSource  # noqa: E402
from station.storage import station_db  # noqa: E402
from station.storage.registry_file import build_registry  # noqa: E402
from station.storage.review_reader import ReviewReader  # noqa: E402
from station.storage.sqlite_registry import SqliteRegistry  # noqa: E402

UNITS = 10_000
SCANS_A_TURN = 25
PAUSE_S = 0.005
DEADLINE_S = 30.0
MAX_P50_MS = 10.0
MAX_P99_MS = 50.0
OPEN = [False, False, True, False, True]
SHUT = [False] * 5

Openings = SimpleQueue[int]
"""Monotonic nanoseconds of every opening and, by turns, of every closing of a gate."""

OpenGate = Callable[[bytes], None]


@contextmanager
def board_with_gate(openings: Openings) -> Iterator[SimulatedBoard]:
    """A board that notes when its gate opens and closes."""
    was_open = False

    def note(coils: tuple[bool, ...]) -> None:
        nonlocal was_open
        if coils[Coil.GATE] != was_open:
            openings.put(time.monotonic_ns())
        was_open = coils[Coil.GATE]

    with SimulatedBoard(on_coils=note) as board:
        yield board


def link_to(board: SimulatedBoard) -> ModbusLink:
    """Modbus to a simulated board."""
    settings = SerialSettings(baud=BAUD)
    return ModbusLink(ModbusAddress(Wire.RTU, str(board.path), settings=settings))


@contextmanager
def floor(openings: Openings) -> Iterator[OpenGate]:
    """Read a line, open the gate, close it again."""
    master_fd, slave_fd = os.openpty()
    tty.setraw(slave_fd)
    stop_read, stop_write = os.pipe()
    with board_with_gate(openings) as board:
        link = link_to(board)
        link.connect()
        link.write_registers(HoldingRegister.TIMEOUT_MS, [5000, 10_000, 0])
        link.write_registers(HoldingRegister.ARM, [ARM_WORD])

        def read_lines() -> None:
            line = bytearray()
            beats = 0
            while True:
                ready, _, _ = select.select([slave_fd, stop_read], [], [], 1.0)
                if stop_read in ready:
                    return
                if slave_fd in ready:
                    line += os.read(slave_fd, 4096)
                    if not line.endswith(b"\r"):
                        continue
                    line.clear()
                    link.write_coils(0, OPEN)
                    link.write_coils(0, SHUT)
                beats += 1
                link.write_registers(HoldingRegister.HEARTBEAT, [beats & 0xFFFF])

        thread = threading.Thread(target=read_lines)
        thread.start()
        try:
            yield lambda payload: _written(os.write(master_fd, payload + b"\r"), len(payload) + 1)
        finally:
            os.write(stop_write, b"\0")
            thread.join()
            link.close()
    for fd in (master_fd, slave_fd, stop_read, stop_write):
        os.close(fd)


@contextmanager
def station(openings: Openings, registry: SqliteRegistry, database: Path) -> Iterator[OpenGate]:
    """The product, from scanner to board, without a screen."""
    station_db.create(database, STATION)
    store = station_db.open_store(database, signer=KEY.sign)
    clock = SystemClock()
    with ExitStack() as stack:
        stack.callback(store.close)
        scanner = stack.enter_context(SimulatedLineScanner())
        board = stack.enter_context(board_with_gate(openings))
        output = OutputActuator(
            Board(link_to(board), timeout_ms=5000, dwell_ms=50),
            component="output",
            health=lambda _: None,
            dwell_s=0.001,  # closed again before the next scan
        )
        output.start()
        stack.callback(output.close)
        source = SerialSource(
            str(scanner.path), scan_ids=UlidScanIds(), clock=clock, health=lambda _: None
        )
        effects = Effects(Silent(), [output, source])
        bench = Bench(STATION, PolicyBook(SitePolicy()), __version__)
        judge = Judge(bench, store, clock, hindrance=effects.hindrance)
        reviews = stack.enter_context(ReviewReader(database))
        committer = Committer(store, effects, clock, judge.settle)
        desk = ActDesk(bench, judge, store, reviews, committer, effects, clock, UlidScanIds())
        loop = VerdictLoop(
            judge,
            lambda: registry,
            committer,
            effects,
            clock,
            desk,
            came_together=effects.came_together,
        )
        engine = Engine([source], loop, committer, effects)
        engine.start()
        scanner.wait_for_host()
        try:
            yield lambda payload: _written(scanner.scan(payload, "]d2"), True)
        finally:
            engine.stop()
            engine.wait(until_sources_end=False)


def _written(outcome: int, expected: int) -> None:
    if outcome != expected:
        raise RuntimeError("the pty did not take a scan")


def measure(open_gate: OpenGate, openings: Openings, scans: list[Scan]) -> list[int]:
    """Times of single scans, in nanoseconds."""
    times = []
    for scan in scans:
        time.sleep(PAUSE_S)
        begun_ns = time.monotonic_ns()
        open_gate(scan.payload)
        times.append(openings.get(timeout=DEADLINE_S) - begun_ns)
        openings.get(timeout=DEADLINE_S)
    return times


def main() -> int:
    """Measure both in turns, print both and their ratio."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--scans", type=int, default=1_000)
    parser.add_argument("--folder", type=Path, default=None)
    parser.add_argument("--check", action="store_true")
    options = parser.parse_args()
    turns = max(2, options.scans // SCANS_A_TURN)
    folder = Path(tempfile.mkdtemp(prefix="bench-bridge-", dir=options.folder))
    try:
        made_up = MadeUpRegistry(UNITS, (turns + 1) * SCANS_A_TURN)
        build_registry(folder / "registry.db", made_up)
        scans = make_scans(made_up.sample)
        registry = SqliteRegistry(folder / "registry.db")
        floor_openings: Openings = SimpleQueue()
        openings: Openings = SimpleQueue()
        floor_times: list[int] = []
        times: list[int] = []
        with (
            floor(floor_openings) as bare,
            station(openings, registry, folder / "station.db") as ours,
        ):
            for turn in range(turns + 1):
                part = scans[turn * SCANS_A_TURN : (turn + 1) * SCANS_A_TURN]
                one, other = measure(bare, floor_openings, part), measure(ours, openings, part)
                if turn:  # the first warms up
                    floor_times += one
                    times += other
        registry.close()
    finally:
        shutil.rmtree(folder, ignore_errors=True)
    print(f"last scanner byte to the gate's coil, {len(times)} scans each")
    met = held(
        ("bare reader and request", floor_times),
        ("scanner to gate, journalled", times),
        MAX_P50_MS,
        MAX_P99_MS,
    )
    return 0 if met or not options.check else 1


if __name__ == "__main__":
    sys.exit(main())
