"""How fast a registry is loaded and looked up, and how small it is, at 1, 10 and 100 million units.

For each size the product's own base file is built from made-up rows (random serials, 500 lots), an
overlay of 1 % changed units is laid over it, and the two are made one again. Units are looked up
through `SqliteRegistry`, with the overlay and without, and beside it by hand: one SELECT of the
same columns with raw sqlite3 on an ordinary read-only connection to the same base file. All take
turns in one process, a thousand units at a time, everything in the page cache. Then they are looked
up again while another process, at nice 19 as the nightly `station sync` is, applies changes and
re-bases; on a machine busy with other work that takes long, and a lower --nice helps.

    python scripts/bench_registry.py [--units N ...] [--large] [--looks N] [--nice N] [--folder DIR]
        [--check]

Bounds, held with --check: at least 0.5 million units a second loaded; at most 40 bytes a unit; a
look-up at most 1.2 times as long as by hand, at the median and at p99; the median of the largest
size at most 1.5 times that of the smallest; p99 while another process writes at most twice p99
while none does.
"""

import argparse
import itertools
import os
import resource
import sqlite3
import subprocess
import sys
import tempfile
from array import array
from collections.abc import Callable, Iterator
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path
from time import perf_counter, perf_counter_ns

import numpy as np

ROOT = Path(__file__).resolve().parents[1]
sys.path.insert(0, str(ROOT))

from scripts.made_up_units import PRODUCTS, MadeUpChanges, MadeUpUnits, Spent  # noqa: E402
from station.storage.registry_file import build_registry  # noqa: E402
from station.storage.registry_generations import RegistryFolder, Stored  # noqa: E402
from station.storage.registry_shelf import SiteRegistryShelf  # noqa: E402
from station.storage.sqlite_registry import SqliteRegistry  # noqa: E402

MIN_UNITS_PER_S = 500_000
MAX_BYTES = 40
MAX_RATIO = 1.2
MAX_GROWTH = 1.5
MAX_DISTURBED = 2.0
CHANGED_PART = 0.01
TURN = 1000
SAMPLE = 200_000

BY_HAND = (
    "SELECT s.state, s.overlays, s.lot, s.expiry, s.place FROM unit u"
    " JOIN standing s ON s.standing_id = u.standing_id WHERE u.product_id = ? AND u.serial = ?"
)

Find = Callable[[int, str], object]
Key = tuple[int, str]


@dataclass(frozen=True)
class Times:
    """How long look-ups took, in microseconds."""

    p50_us: float
    p99_us: float

    def over(self, other: "Times") -> "Times":
        """As a ratio to others."""
        return Times(self.p50_us / other.p50_us, self.p99_us / other.p99_us)

    def __str__(self) -> str:
        return f"{self.p50_us:6.2f} {self.p99_us:7.2f}"


@dataclass(frozen=True)
class Figures:
    """What was measured of one size.

    Attributes:
        units: How many.
        per_s: Loaded a second.
        bytes_each: On disk.
        plain: Look-ups through the product, no overlay.
        by_hand: The same by hand.
        overlaid: Through the product, with an overlay.
        disturbed: The same while another process writes.
    """

    units: int
    per_s: float
    bytes_each: float
    plain: Times
    by_hand: Times
    overlaid: Times
    disturbed: Times

    def missed(self) -> Iterator[str]:
        """Bounds that do not hold."""
        if self.per_s < MIN_UNITS_PER_S:
            yield f"loaded {self.per_s:.0f} units/s"
        if self.bytes_each > MAX_BYTES:
            yield f"{self.bytes_each:.1f} bytes a unit"
        ratio = self.plain.over(self.by_hand)
        if max(ratio.p50_us, ratio.p99_us) > MAX_RATIO:
            yield f"a look-up takes {ratio} times that by hand"
        if self.disturbed.p99_us > MAX_DISTURBED * self.overlaid.p99_us:
            yield f"p99 {self.disturbed.p99_us:.2f} us beside a writer"


def by_hand(path: Path) -> tuple[sqlite3.Connection, Find]:
    """The floor: one SELECT of the same columns on an ordinary connection."""
    connection = sqlite3.connect(f"file:{path}?mode=ro", uri=True)
    execute = connection.execute
    return connection, lambda product_id, serial: execute(BY_HAND, (product_id, serial)).fetchone()


def look_up(finds: dict[str, Find], keys: list[Key], looks: int) -> dict[str, Times]:
    """Look the same units up, the contestants in turn, `looks` times each; all must be found."""
    for name, find in finds.items():
        if any(find(*key) is None for key in keys[:TURN]):
            raise AssertionError(f"{name} does not find a unit")
    return look_up_all({name: (find, keys) for name, find in finds.items()}, looks)


def look_up_all(contestants: dict[str, tuple[Find, list[Key]]], looks: int) -> dict[str, Times]:
    """Look units up, the contestants in turn, `looks` times each."""
    took = {name: array("q") for name in contestants}
    endless = {name: itertools.cycle(keys) for name, (_, keys) in contestants.items()}
    for _ in range(max(1, looks // TURN)):
        for name, (find, _) in contestants.items():
            times = took[name]
            for product_id, serial in list(itertools.islice(endless[name], TURN)):
                started_ns = perf_counter_ns()
                find(product_id, serial)
                times.append(perf_counter_ns() - started_ns)
    return {name: _times(times) for name, times in took.items()}


def _times(took: "array[int]") -> Times:
    p50, p99 = np.percentile(np.frombuffer(took, dtype=np.int64), [50, 99])
    return Times(p50 / 1000, p99 / 1000)


def beside_a_writer(find: Find, keys: list[Key], writer: "subprocess.Popen[str]") -> Times:
    """Look units up until another process has ended its work."""
    took = array("q")
    for product_id, serial in itertools.cycle(keys):
        started_ns = perf_counter_ns()
        find(product_id, serial)
        took.append(perf_counter_ns() - started_ns)
        if len(took) % TURN == 0 and writer.poll() is not None:
            break
    if writer.returncode:
        raise AssertionError(f"the writer failed with exit code {writer.returncode}")
    return _times(took)


def memory_of_a_reader(folder: Path) -> float:
    """What opening the registry and looking units up adds to a fresh process, in MiB."""
    command = [sys.executable, __file__, "--read", str(folder)]
    run = subprocess.run(command, check=True, capture_output=True, text=True)
    return float(run.stdout)


def read(folder: Path) -> int:
    """The fresh process's work."""
    keys = list(changed_keys(folder))
    before_mib = memory_mib()
    with closing(RegistryFolder(folder).open_current()) as registry:
        for product_id, serial in keys:
            registry.unit(product_id, serial)
        print(memory_mib() - before_mib)
    return 0


def memory_mib() -> float:
    """What this process has in memory now."""
    pages = int(Path("/proc/self/statm").read_text("ascii").split()[1])
    return pages * resource.getpagesize() / (1 << 20)


def changed_keys(folder: Path) -> Iterator[Key]:
    """The units that the other processes are to read or change."""
    for line in (folder / "changed").read_text("ascii").splitlines():
        product_id, serial = line.split("\t")
        yield int(product_id), serial


def changes_of(shelf: SiteRegistryShelf, number: int, keys: list[Key]) -> MadeUpChanges:
    """The next generation, in which some units were received."""
    state = shelf.current()
    if state is None:
        raise AssertionError("no registry")
    return MadeUpChanges(
        number, state.holdings[0], keys, lambda: shelf.held_units(range(1, PRODUCTS + 1))
    )


def measure(folder: Path, count: int, looks: int, niceness: int) -> Figures:
    """Build one size, look its units up, and print what was seen."""
    generations = RegistryFolder(folder)
    shelf = SiteRegistryShelf(generations)
    content = MadeUpUnits(count, max(SAMPLE, int(count * CHANGED_PART)))
    started = Spent.now()
    build = build_registry(generations.path(1), content)
    load = Spent.now() - started - content.making
    generations.switch(Stored(1))
    per_s, bytes_each = build.rows / load.wall_s, build.size_bytes / build.rows
    print(f"{build.rows} units", flush=True)
    print(
        f"  loaded in {load.wall_s:.1f} s, {per_s:.0f} units/s ({build.rows / load.cpu_s:.0f} by "
        f"processor time), {bytes_each:.1f} bytes a unit, "
        f"peak memory {resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024:.0f} MiB"
    )
    keys = content.sample
    changed = keys[: max(1, int(count * CHANGED_PART))]
    changes = changes_of(shelf, 2, changed)
    started = Spent.now()
    applied = shelf.apply(changes)
    apply = Spent.now() - started
    shelf.switch(2)
    overlay = generations.files(Stored(1, 2)).newest
    print(
        f"  {applied} changes applied in {apply.wall_s:.1f} s, {applied / apply.wall_s:.0f} rows/s "
        f"({applied / apply.cpu_s:.0f} by processor time), overlay of "
        f"{overlay.stat().st_size / applied:.0f} bytes a change"
    )
    lines = "".join(f"{product_id}\t{serial}\n" for product_id, serial in changed[1::2])
    (folder / "changed").write_text(lines, "ascii")
    keys = keys[:SAMPLE]
    plain, overlaid = SqliteRegistry(generations.path(1)), generations.open_current()
    connection, hand = by_hand(generations.path(1))
    with closing(plain), closing(overlaid), closing(connection):
        look_up({"warm-up": plain.unit, "by hand": hand, "overlay": overlaid.unit}, keys, looks)
        found = look_up(
            {"product": plain.unit, "with overlay": overlaid.unit, "by hand": hand}, keys, looks
        )
        for name, times in found.items():
            ratio = times.over(found["by hand"])
            print(f"  {name:<16} p50, p99 {times} us, {ratio} times by hand")
        print(f"  a process that looks up has {memory_of_a_reader(folder):.0f} MiB for it")
        started_s = perf_counter()
        generations.open_current(warm=False).close()
        print(f"  a switch holds the verdict loop {1000 * (perf_counter() - started_s):.1f} ms")
        with writing(folder, niceness) as writer:
            disturbed = beside_a_writer(overlaid.unit, keys, writer)
        idle = look_up({"idle": overlaid.unit}, keys, looks)["idle"]
        print(f"  while another process applies and re-bases  {disturbed} us; idle {idle} us")
    return Figures(
        build.rows,
        per_s,
        bytes_each,
        found["product"],
        found["by hand"],
        idle,
        disturbed,
    )


def writing(folder: Path, niceness: int) -> "subprocess.Popen[str]":
    """Another process, out of the way of everything else, that applies changes and re-bases."""
    return subprocess.Popen(
        [sys.executable, __file__, "--write", str(folder)],
        text=True,
        preexec_fn=lambda: os.nice(niceness),  # noqa: PLW1509 - this process has no other threads
    )


def write(folder: Path) -> int:
    """The other process's work."""
    shelf = SiteRegistryShelf(RegistryFolder(folder))
    shelf.apply(changes_of(shelf, 3, list(changed_keys(folder))))
    shelf.switch(3)
    shelf.rebase()
    return 0


def main() -> int:
    """Run the bench; 1 with --check when a bound is missed."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--units", type=int, nargs="+", default=[1_000_000, 10_000_000])
    parser.add_argument("--large", action="store_true", help="100 million units besides")
    parser.add_argument("--looks", type=int, default=200_000, help="look-ups of each kind")
    parser.add_argument("--nice", type=int, default=19, help="of the process that writes")
    parser.add_argument("--folder", type=Path, help="on the disk to measure")
    parser.add_argument("--check", action="store_true", help="fail when a bound is missed")
    parser.add_argument("--write", type=Path, help=argparse.SUPPRESS)
    parser.add_argument("--read", type=Path, help=argparse.SUPPRESS)
    options = parser.parse_args()
    if options.write:
        return write(options.write)
    if options.read:
        return read(options.read)
    all_figures = []
    for count in sorted({*options.units, *([100_000_000] if options.large else [])}):
        where = options.folder or ROOT
        with tempfile.TemporaryDirectory(prefix="bench-registry-", dir=where) as folder:
            all_figures.append(measure(Path(folder), count, options.looks, options.nice))
    missed = [f"{one.units} units: {what}" for one in all_figures for what in one.missed()]
    growth = all_figures[-1].plain.p50_us / all_figures[0].plain.p50_us
    print(f"the median look-up of the largest takes {growth:.2f} times that of the smallest")
    if growth > MAX_GROWTH:
        missed.append(f"the median grows {growth:.2f} times")
    for what in missed:
        print(f"missed: {what}")
    return 1 if missed and options.check else 0


if __name__ == "__main__":
    sys.exit(main())
