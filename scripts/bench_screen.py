"""How fast a verdict is on the terminal, and what the dock screen costs, on a real pty.

An engine's socket in a process of its own says verdicts at a steady rate; `station dock` draws them
on a pty that this process reads; the moment a verdict's row is among what the terminal got is
compared with the moment it was said. Beside it, in the same run, the floor: a process that drains
the same feed at the same pace and writes the newest rows as plain text, without a screen library.

    python scripts/bench_screen.py [--scans N] [--rounds N] [--stop SECONDS] [--check]

Phases: 50 scans a second, every 50th a RESCAN whose banner is waited for; rounds of 50 and of 1,000
scans a second in turn, ten seconds each, whose processor times are compared; 50 scans a second
while nobody reads the terminal. With --check it exits with 1 where a bound is not met: row p50
40 ms and p99 100 ms, banner 400 ms, a quarter of a core, 5 MB more memory, no more of a core at
1,000 scans a second than at 50, and with a stuck terminal an engine that is late by 20 ms at p99.9
and a screen that catches up to the last verdict.
"""

import argparse
import fcntl
import multiprocessing
import os
import pty
import re
import signal
import struct
import subprocess
import sys
import tempfile
import termios
import threading
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from multiprocessing.connection import Connection
from pathlib import Path
from statistics import median
from typing import Final

ROOT: Final = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))

from station.core.reasons import Reason, VerdictClass  # noqa: E402
from station.core.wording import WORDS  # noqa: E402
from station.ports.display import Counters, LatchState, Snapshot, VerdictShown  # noqa: E402
from station.transport.engine_socket import EngineClient, EngineServer  # noqa: E402

SIZE: Final = (120, 40)
SLOW_PER_S: Final = 50
FAST_PER_S: Final = 1000
BANNER_EVERY: Final = 50
WARM_SCANS: Final = 150
DRAINS_PER_S: Final = 20
FLOOR_ROWS: Final = 10

MAX_ROW_P50_MS: Final = 40.0
MAX_ROW_P99_MS: Final = 100.0
MAX_BANNER_MS: Final = 400.0
MAX_CORE: Final = 0.25
MAX_GROWTH_MB: Final = 5.0
MAX_LATE_P999_MS: Final = 20.0
FAST_MAX_RATIO: Final = 1.0
"""Processor time at 1,000 scans a second over that at 50: medians of rounds in turn."""

ROUND_S: Final = 10

_ROW: Final = re.compile(rb"R([0-9]{7})")
_BANNER: Final = re.compile(rb"B([0-9]{7})")
_SCANS: Final = re.compile(rb"SCANS[^0-9]{1,40}?(?:\x1b\[[0-9;]*m)*([0-9]+)")
_PAGE_BYTES: Final = os.sysconf("SC_PAGE_SIZE")
_TICKS_PER_S: Final = os.sysconf("SC_CLK_TCK")
SETTLE_S: Final = 2.0


def verdict(number: int) -> VerdictShown:
    """One verdict; its row and its banner can be told in what a terminal gets."""
    rescan = number % BANNER_EVERY == 0
    reason = Reason.READ_EMPTY if rescan else Reason.OK
    return VerdictShown(
        scan_id=f"{number:026}",
        time_utc="2026-03-02T09:15:07.250Z",
        verdict_class=VerdictClass.RESCAN if rescan else VerdictClass.ACCEPT,
        reason=reason,
        also=(),
        modifiers=(),
        provisional=False,
        gtin="09506000134352",
        serial=f"K7QZ4M{number:07}",
        product=f"B{number:07}",
        source=f"R{number:07}",
        latched=False,
        commit_ms=1.2,
        total_ms=3.4,
    )


@dataclass(frozen=True, slots=True)
class Said:
    """What the engine did in one phase.

    Attributes:
        at_ns: When each verdict was said, by number.
        late_ms: How late the loop was at each.
    """

    at_ns: dict[int, int]
    late_ms: list[float]


def engine(path: Path, orders: Connection) -> None:
    """The engine's side: takes ``(first, count, per_s)``, answers with a `Said`."""
    recent: list[VerdictShown] = []
    total = 0

    def picture() -> Snapshot:
        return Snapshot(
            station="dock-1",
            site="berlin",
            engine_version="0",
            registry_generation=12,
            registry_published_utc="2026-03-02T06:00:00.000Z",
            counters=Counters(scans=total),
            latch=LatchState(latched=False),
            health=(),
            recent=tuple(recent),
        )

    with EngineServer(path, lambda _request: None, picture) as server:
        orders.send(None)
        while (order := orders.recv()) is not None:
            first, count, per_s = order
            said = Said({}, [])
            begun_ns = time.monotonic_ns()
            for step in range(count):
                due_ns = begun_ns + step * 1_000_000_000 // per_s
                time.sleep(max(0, due_ns - time.monotonic_ns()) / 1e9)
                one = verdict(first + step)
                now_ns = time.monotonic_ns()
                said.late_ms.append((now_ns - due_ns) / 1e6)
                said.at_ns[first + step] = now_ns
                recent = [one, *recent[:49]]
                total += 1
                server.publish(one)
            orders.send(said)


def floor(path: Path) -> None:
    """The floor's side: drains as the screen does, writes rows as plain text."""
    rows: list[VerdictShown] = []
    with EngineClient(path) as feed:
        while True:
            fresh = [event for event in feed.drain() if isinstance(event, VerdictShown)]
            if fresh:
                rows = [*reversed(fresh), *rows][:FLOOR_ROWS]
                said = ((WORDS[row.reason].message, row.serial, row.source) for row in rows)
                text = "".join(f"{' '.join(one)}\r\n" for one in said)
                os.write(1, b"\x1b[H" + text.encode())
            time.sleep(1 / DRAINS_PER_S)


@dataclass
class Seen:
    """What came to the terminal, and when: row and banner numbers, each the first time."""

    rows: dict[int, int] = field(default_factory=dict)
    banners: dict[int, int] = field(default_factory=dict)
    scans: int = 0


class Terminal:
    """A process on a pty, read by a thread of its own."""

    def __init__(self, argv: Sequence[str]) -> None:
        self._master, slave = pty.openpty()
        fcntl.ioctl(slave, termios.TIOCSWINSZ, struct.pack("4H", SIZE[1], SIZE[0], 0, 0))
        environment = {
            **os.environ,
            "TERM": "xterm-256color",
            "LC_ALL": "C.UTF-8",
            "PYTHONPATH": str(ROOT),
        }
        self._process = subprocess.Popen(
            argv, stdin=slave, stdout=slave, stderr=slave, env=environment, start_new_session=True
        )
        os.close(slave)
        self.seen = Seen()
        self.reading = threading.Event()
        self.reading.set()
        self._thread = threading.Thread(target=self._read, daemon=True)
        self._thread.start()

    def _read(self) -> None:
        kept = b""
        while True:
            self.reading.wait()
            try:
                data = os.read(self._master, 1 << 16)
            except OSError:
                return
            now_ns = time.monotonic_ns()
            kept += data
            for number in _ROW.findall(kept):
                self.seen.rows.setdefault(int(number), now_ns)
            for number in _BANNER.findall(kept):
                self.seen.banners.setdefault(int(number), now_ns)
            for scans in _SCANS.findall(kept):
                self.seen.scans = max(self.seen.scans, int(scans))
            kept = kept[-64:]

    def cpu_s(self) -> float:
        """Processor time so far, all threads."""
        fields = Path(f"/proc/{self._process.pid}/stat").read_text("ascii").rpartition(")")[2]
        user, system = fields.split()[11:13]
        return (int(user) + int(system)) / _TICKS_PER_S

    def memory_mb(self) -> float:
        """Resident memory."""
        pages = Path(f"/proc/{self._process.pid}/statm").read_text("ascii").split()[1]
        return int(pages) * _PAGE_BYTES / 1e6

    def end(self) -> None:
        """End the process."""
        self.reading.set()
        self._process.send_signal(signal.SIGKILL)
        self._process.wait()
        self._thread.join()
        os.close(self._master)


@dataclass(frozen=True, slots=True)
class Phase:
    """What one phase showed.

    Attributes:
        row_ms: From said to on the terminal, of rows that were drawn.
        drawn: The share of verdicts whose row was drawn.
        banner_ms: The same of banners that were waited for.
        core: Share of one core.
        growth_mb: Memory after it less before.
        late_ms: How late the engine was.
    """

    row_ms: list[float]
    drawn: float
    banner_ms: list[float]
    core: float
    growth_mb: float
    late_ms: list[float]


class Bench:
    """An engine and something that draws, phase by phase."""

    def __init__(self, orders: Connection, terminal: Terminal) -> None:
        self._orders = orders
        self._next = 1
        self.terminal = terminal

    def run(self, count: int, per_s: int, stopped_s: float = 0.0) -> Phase:
        """Say so many verdicts; with a stop, nobody reads the terminal for that long first."""
        first, self._next = self._next, self._next + count
        terminal = self.terminal
        before_s, before_mb = terminal.cpu_s(), terminal.memory_mb()
        begun_s = time.monotonic()
        if stopped_s:
            terminal.reading.clear()
        self._orders.send((first, count, per_s))
        if stopped_s:
            time.sleep(stopped_s)
            terminal.reading.set()
        said: Said = self._orders.recv()
        spent_s = terminal.cpu_s() - before_s
        took_s = time.monotonic() - begun_s
        time.sleep(SETTLE_S)
        rows = terminal.seen.rows
        late = [(rows[number] - at) / 1e6 for number, at in said.at_ns.items() if number in rows]
        banners = [
            (terminal.seen.banners[number] - at) / 1e6
            for number, at in said.at_ns.items()
            if number % BANNER_EVERY == 0 and number in terminal.seen.banners
        ]
        return Phase(
            late,
            len(late) / count,
            banners,
            spent_s / took_s,
            terminal.memory_mb() - before_mb,
            said.late_ms,
        )

    @property
    def last(self) -> int:
        """The number of the last verdict said."""
        return self._next - 1


@contextmanager
def bench(*argv: str) -> Iterator[Bench]:
    """An engine of its own and a process that draws what it says."""
    with tempfile.TemporaryDirectory(prefix="bench-screen-") as folder:
        path = Path(folder) / "run" / "engine.sock"
        ours, theirs = multiprocessing.Pipe()
        process = multiprocessing.get_context("spawn").Process(target=engine, args=(path, theirs))
        process.start()
        ours.recv()
        terminal = Terminal([word.replace("SOCKET", str(path)) for word in argv])
        try:
            made = Bench(ours, terminal)
            time.sleep(SETTLE_S)
            made.run(WARM_SCANS, SLOW_PER_S)
            yield made
        finally:
            terminal.end()
            ours.send(None)
            process.join()


def quantile(values: Sequence[float], share: float) -> float:
    """The value below which so much of them is; NaN of none."""
    ordered = sorted(values)
    return ordered[min(len(ordered) - 1, int(share * len(ordered)))] if ordered else float("nan")


def words_of(name: str, phase: Phase) -> str:
    """One line."""
    return (
        f"{name:<26} row p50 {quantile(phase.row_ms, 0.5):6.1f} p99 "
        f"{quantile(phase.row_ms, 0.99):6.1f} ms ({phase.drawn:4.0%} drawn)  core "
        f"{phase.core:6.1%}  memory {phase.growth_mb:+5.1f} MB  engine late p99.9 "
        f"{quantile(phase.late_ms, 0.999):5.1f} ms"
    )


@dataclass(frozen=True, slots=True)
class Found:
    """Everything a run showed.

    Attributes:
        slow: 50 scans a second.
        rounds: 50 and 1,000 scans a second, in turn.
        stopped: While nobody reads the terminal.
        caught_up: Whether the last verdict and the right sum were drawn after that.
        floor: The floor at 50 scans a second.
    """

    slow: Phase
    rounds: list[tuple[Phase, Phase]]
    stopped: Phase
    caught_up: bool
    floor: Phase

    @property
    def fast_ratio(self) -> float:
        """Processor time at 1,000 scans a second over that at 50."""
        slow = median(slow.core for slow, _ in self.rounds)
        return median(fast.core for _, fast in self.rounds) / slow


def measured(scans: int, rounds: int, stop_s: float) -> Found:
    """Run every phase."""
    dock = (sys.executable, "-m", "station", "dock", "--socket", "SOCKET")
    with bench(*dock) as screen:
        slow = screen.run(scans, SLOW_PER_S)
        in_turn = [
            (
                screen.run(ROUND_S * SLOW_PER_S, SLOW_PER_S),
                screen.run(ROUND_S * FAST_PER_S, FAST_PER_S),
            )
            for _ in range(rounds)
        ]
        # So many scans that the terminal's buffer is full long before the end.
        stopped = screen.run(int(stop_s * SLOW_PER_S), SLOW_PER_S, stopped_s=stop_s)
        seen = screen.terminal.seen
        caught_up = screen.last in seen.rows and seen.scans == screen.last
    with bench(sys.executable, __file__, "--floor", "SOCKET") as plain:
        at_least = plain.run(max(WARM_SCANS, min(scans, 1000)), SLOW_PER_S)
    return Found(slow, in_turn, stopped, caught_up, at_least)


def faults_of(found: Found) -> list[str]:
    """The bounds that are not met."""
    slow = found.slow
    checks = {
        "row p50": quantile(slow.row_ms, 0.5) <= MAX_ROW_P50_MS,
        "row p99": quantile(slow.row_ms, 0.99) <= MAX_ROW_P99_MS,
        "banner": max(slow.banner_ms, default=float("nan")) <= MAX_BANNER_MS,
        "core": slow.core <= MAX_CORE,
        "memory": slow.growth_mb <= MAX_GROWTH_MB,
        "core at 1,000 scans/s": found.fast_ratio <= FAST_MAX_RATIO,
        "engine late": quantile(found.stopped.late_ms, 0.999) <= MAX_LATE_P999_MS,
        "caught up": found.caught_up,
    }
    return [name for name, is_met in checks.items() if not is_met]


def main(arguments: Sequence[str] | None = None) -> int:
    """Print the figures; the exit code."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("--scans", type=int, default=10_000, help="at 50 a second")
    parser.add_argument("--rounds", type=int, default=5, help="of 50 and 1,000 a second")
    parser.add_argument("--stop", type=float, default=8.0, help="seconds nobody reads the terminal")
    parser.add_argument("--check", action="store_true", help="exit with 1 where a bound is missed")
    parser.add_argument("--floor", type=Path, help=argparse.SUPPRESS)
    options = parser.parse_args(arguments)
    if options.floor is not None:
        floor(options.floor)
    found = measured(options.scans, options.rounds, options.stop)
    print(words_of("screen, 50 scans/s", found.slow))
    for slow, fast in found.rounds:
        print(words_of("in turn, 50 scans/s", slow))
        print(words_of("in turn, 1,000 scans/s", fast))
    print(words_of(f"screen, stopped {options.stop:.0f} s", found.stopped))
    print(words_of("floor, 50 scans/s", replace(found.floor, banner_ms=[])))
    ratio = quantile(found.slow.row_ms, 0.5) / quantile(found.floor.row_ms, 0.5)
    banner_ms = max(found.slow.banner_ms, default=float("nan"))
    print(f"banner at most {banner_ms:.0f} ms of {len(found.slow.banner_ms)} waited for")
    print(f"core at 1,000 scans/s {found.fast_ratio:.2f} × that at 50")
    print(f"row p50 {ratio:.2f} × floor; caught up: {'yes' if found.caught_up else 'NO'}")
    faults = faults_of(found)
    for fault in faults:
        print(f"not met: {fault}")
    return 1 if options.check and faults else 0


if __name__ == "__main__":
    sys.exit(main())
