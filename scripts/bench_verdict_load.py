"""Both sides of `bench_verdict.py` under load: reads come in, verdicts are durable, on two threads.

The product's side is its own verdict loop and committer over its database; the floor is a thread
that decides and one that commits whatever waits, written by hand with two queues and `sqlite3`. The
product with one commit a verdict runs beside them, to show what sharing a commit is worth.

`saturate` feeds as fast as a side takes it; `pace` feeds at a steady rate and looks at each
verdict's way from its read to the disk.
"""

import queue
import sys
import threading
from collections.abc import Callable, Sequence
from pathlib import Path
from time import perf_counter_ns, sleep
from typing import Any, Protocol

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))

from scripts.bench_verdict_floor import Floor  # noqa: E402
from scripts.bench_verdict_sides import KEY, STATION, VERSIONS, Scan, Silent  # noqa: E402
from station import __version__  # noqa: E402
from station.app.clock import SystemClock, UlidScanIds  # noqa: E402
from station.core.journal import Entry, JournalEntry  # noqa: E402
from station.core.policy import SitePolicy  # noqa: E402
from station.core.reading import Capture, Read  # noqa: E402
from station.core.symbol import Symbol, SymbolFormat  # noqa: E402
from station.intake.asking import ActDesk  # noqa: E402
from station.intake.committer import MAX_BATCH, Committer  # noqa: E402
from station.intake.effects import Effects  # noqa: E402
from station.intake.judge import Bench, Judge  # noqa: E402
from station.intake.loop import VerdictLoop  # noqa: E402
from station.intake.policies import PolicyBook  # noqa: E402
from station.ports.station_store import JournalWriter  # noqa: E402
from station.storage import station_db  # noqa: E402
from station.storage.review_reader import ReviewReader  # noqa: E402
from station.storage.sqlite_registry import SqliteRegistry  # noqa: E402

NS_PER_S = 1_000_000_000


class Line(Protocol):
    """One side at work.

    Attributes:
        durable_ns: When each verdict was known to be on the disk, in the order of the reads.
    """

    durable_ns: list[int]

    def submit(self, scan: Scan) -> None:
        """A read comes in; may wait."""
        ...

    def wait(self) -> None:
        """Until everything submitted is durable."""
        ...

    def close(self) -> None:
        """End the threads, release the files."""
        ...


class _Durable(Silent):
    """Notes when a verdict was told to be durable."""

    def __init__(self, durable_ns: list[int]) -> None:
        self._durable_ns = durable_ns

    def durable(self, entry: JournalEntry, commit_ms: float) -> None:  # noqa: ARG002 - the port's
        """Note it."""
        self._durable_ns.append(perf_counter_ns())


class _OneByOne:
    """Implements `JournalWriter` with a commit for every line: what a group commit saves."""

    def __init__(self, writer: JournalWriter) -> None:
        self._writer = writer

    def commit(self, entries: Sequence[Entry]) -> None:
        """Each in a transaction of its own."""
        for entry in entries:
            self._writer.commit([entry])


class StationLine:
    """The product's own loop and committer."""

    def __init__(self, registry: Path, database: Path, *, group: bool = True) -> None:
        self.durable_ns: list[int] = []
        self._count = 0
        self._crash: list[BaseException] = []
        station_db.create(database, STATION)
        self._registry = SqliteRegistry(registry)
        self._store = station_db.open_store(database, signer=KEY.sign)
        self._reviews = ReviewReader(database)
        self._clock = SystemClock()
        bench = Bench(STATION, PolicyBook(SitePolicy()), __version__)
        effects = Effects(_Durable(self.durable_ns), ())
        judge = Judge(bench, self._store, self._clock, hindrance=effects.hindrance)
        writer = self._store if group else _OneByOne(self._store)
        self._committer = Committer(writer, effects, self._clock, judge.settle)
        desk = ActDesk(
            bench,
            judge,
            self._store,
            self._reviews,
            self._committer,
            effects,
            self._clock,
            UlidScanIds(),
        )
        self._loop = VerdictLoop(
            judge, lambda: self._registry, self._committer, effects, self._clock, desk
        )
        self._committer.start(self._crash.append)
        self._loop.start(self._crash.append)

    def submit(self, scan: Scan) -> None:
        """A read comes in."""
        now_ns = self._clock.mono_ns()
        read = Read(scan.scan_id, Symbol(scan.payload, "]d2", SymbolFormat.DATA_MATRIX))
        self._loop.submit(Capture("bench", (read,), "", now_ns, now_ns))
        self._count += 1

    def wait(self) -> None:
        """Until everything submitted is durable."""
        _until(self, self._count, self._crash)

    def close(self) -> None:
        """End the threads, release the files."""
        self._loop.close()
        self._committer.close()
        self._reviews.close()
        self._store.close()
        self._registry.close()


class FloorLine:
    """The floor on the same two threads: one decides, one commits what waits."""

    def __init__(self, registry: Path, database: Path) -> None:
        self.durable_ns: list[int] = []
        self._count = 0
        self._crash: list[BaseException] = []
        station_db.create(database, STATION)
        self._files = registry, database
        self._reads: queue.SimpleQueue[Scan | None] = queue.SimpleQueue()
        self._decided: queue.SimpleQueue[dict[str, Any] | None] = queue.SimpleQueue()
        self._pending: set[str] = set()
        self._threads = [
            threading.Thread(target=self._run, args=(work,)) for work in (self._decide, self._write)
        ]
        for thread in self._threads:
            thread.start()

    def submit(self, scan: Scan) -> None:
        """A read comes in."""
        self._reads.put(scan)
        self._count += 1

    def wait(self) -> None:
        """Until everything submitted is durable."""
        _until(self, self._count, self._crash)

    def close(self) -> None:
        """End the threads, release the files."""
        self._reads.put(None)
        for thread in self._threads:
            thread.join()

    def _run(self, work: Callable[[Floor], None]) -> None:
        registry, database = self._files
        try:
            floor = Floor(registry, database, STATION, VERSIONS, KEY.sign)
            work(floor)
            floor.close()
        except BaseException as error:  # noqa: BLE001 - told to the thread that waits
            self._crash.append(error)

    def _decide(self, floor: Floor) -> None:
        while (scan := self._reads.get()) is not None:
            entry = floor.decide(scan.payload, scan.scan_id)
            serial = entry["identity"]["serial"]
            if serial in self._pending:
                raise RuntimeError(f"unit {serial} twice")
            self._pending.add(serial)
            self._decided.put(entry)
        self._decided.put(None)

    def _write(self, floor: Floor) -> None:
        entry = self._decided.get()
        while entry is not None:
            batch = [entry]
            try:
                while len(batch) < MAX_BATCH and (entry := self._decided.get_nowait()) is not None:
                    batch.append(entry)
            except queue.Empty:
                pass
            floor.commit(batch)
            for done in batch:
                self._pending.discard(done["identity"]["serial"])
                self.durable_ns.append(perf_counter_ns())
            if entry is not None:
                entry = self._decided.get()


def _until(line: Line, count: int, crash: list[BaseException]) -> None:
    """Wait for so many durable verdicts; looks rarely, so that waiting costs a side nothing."""
    while len(line.durable_ns) < count:
        if crash:
            raise crash[0]
        sleep(0.002)


def saturate(line: Line, scans: Sequence[Scan]) -> float:
    """Durable verdicts a second while reads always wait."""
    begun_ns = perf_counter_ns()
    for scan in scans:
        line.submit(scan)
    line.wait()
    return len(scans) * NS_PER_S / (line.durable_ns[-1] - begun_ns)


def pace(line: Line, scans: Sequence[Scan], per_s: float) -> list[float]:
    """Milliseconds from each read to its durable verdict, reads coming at a steady rate."""
    due_ns, submitted = perf_counter_ns(), []
    first = len(line.durable_ns)
    for scan in scans:
        due_ns += int(NS_PER_S / per_s)
        sleep(max(0, due_ns - perf_counter_ns()) / NS_PER_S)
        submitted.append(perf_counter_ns())
        line.submit(scan)
    line.wait()
    return [
        (done - begun) / 1e6 for begun, done in zip(submitted, line.durable_ns[first:], strict=True)
    ]
