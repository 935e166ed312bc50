"""What a verdict costs beside the floor: parse, verify, look up, claim and journal one unit.

Against a registry of a million units, in one process and on one disk, in turn: this product
(`parse`, `Judge`, `SqliteStationStore`) and the same four steps written by hand
(`bench_verdict_floor.py`). Afterwards both databases are compared row by row.

    python scripts/bench_verdict.py [--units N] [--rounds N] [--folder DIR] [--sync-ms MS] [--check]

The bounds, held with --check: one commit a verdict at most 1.6 times the floor, ten verdicts a
commit at most 2 times, and without the commit at most 3 times, because a commit waits for the disk,
which would hide the rest. That last bound is held twice: with nothing written at all, and with
everything written to databases in memory. Each ratio is the median over rounds of the ratio of the
rounds' medians.

Then both on two threads, one that decides and one that commits whatever waits: with reads always
waiting, at least 0.6 times the floor's verdicts a second and 3 times those of one commit each; at
50 reads a second, a p99 from read to disk of at most 2 times the floor's; and beside threads that
decode pictures on every core, of at most 2 times what it is without them. Beside a backup it is
only printed. Ratios are medians over rounds of the ratio in one round.

What sharing a commit is worth depends on what a commit waits for. A virtual disk may synchronise in
less than a tenth of a millisecond, where those of docks take 1 to 10: there is nothing to share
then, so the bound of 3 is held from 1 ms on. With --sync-ms every synchronising takes so much
longer, on both sides.
"""

import argparse
import shutil
import statistics
import sys
import tempfile
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from time import perf_counter_ns

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))

from scripts.bench_verdict_same import same_work  # noqa: E402
from scripts.bench_verdict_sides import ByHand, Ours, Scan  # noqa: E402
from scripts.bench_verdict_under_load import SCANS_PER_ROUND, under_load  # noqa: E402
from scripts.bench_verdict_units import MadeUpRegistry, make_scans  # noqa: E402
from scripts.slow_disk import is_slowed, restart_with  # noqa: E402
from station.app.intake_session import favour_the_loop  # noqa: E402
from station.storage.registry_file import build_registry  # noqa: E402

GROUP = 10
UNITS_PER_ROUND = 100
MEMORY = Path("/dev/shm")  # noqa: S108 - a folder of our own is made in it

MAX_RATIO_EACH = 1.6
MAX_RATIO_GROUPED = 2.0
MAX_RATIO_WITHOUT_COMMIT = 3.0


Side = Ours | ByHand
Run = Callable[[Side, Sequence[Scan]], list[float]]
"""Takes a round's scans through one side; microseconds of each unit."""


def one_commit_each(side: Side, scans: Sequence[Scan]) -> list[float]:
    """Each unit decided and made durable by itself."""
    times = []
    for scan in scans:
        begun_ns = perf_counter_ns()
        side.commit([side.decide(scan)])  # type: ignore[list-item]
        times.append((perf_counter_ns() - begun_ns) / 1000)
    return times


def group_commits(side: Side, scans: Sequence[Scan]) -> list[float]:
    """Ten units decided, then made durable together; each counts a tenth."""
    times = []
    for start in range(0, len(scans), GROUP):
        group = scans[start : start + GROUP]
        begun_ns = perf_counter_ns()
        side.commit([side.decide(scan) for scan in group])  # type: ignore[misc]
        times.append((perf_counter_ns() - begun_ns) / 1000 / len(group))
    return times


def without_commit(side: Side, scans: Sequence[Scan]) -> list[float]:
    """Each unit decided, with look-ups in registry and claims, and nothing written."""
    times = []
    for scan in scans:
        begun_ns = perf_counter_ns()
        entry = side.decide(scan)
        times.append((perf_counter_ns() - begun_ns) / 1000)
        side.forget([entry])  # type: ignore[list-item]
    return times


@dataclass(frozen=True)
class Plan:
    """One way of running, and its bound."""

    name: str
    run: Run
    max_ratio: float


@dataclass
class Result:
    """What a plan gave on both sides, and round by round."""

    ours: list[float] = field(default_factory=list)
    floor: list[float] = field(default_factory=list)
    ratios: list[float] = field(default_factory=list)

    @property
    def ratio(self) -> float:
        """The median of the rounds' ratios."""
        return statistics.median(self.ratios)

    def add(self, ours: list[float], floor: list[float]) -> None:
        """A round."""
        self.ours += ours
        self.floor += floor
        self.ratios.append(statistics.median(ours) / statistics.median(floor))

    def show(self, plan: Plan) -> bool:
        """Print; whether the bound holds."""
        print(f"\n{plan.name}")
        for side, times in (("station", self.ours), ("floor", self.floor)):
            ordered = sorted(times)
            p50, p99 = ordered[len(ordered) // 2], ordered[len(ordered) * 99 // 100]
            print(
                f"  {side:8} p50 {p50:8.1f} µs   p99 {p99:8.1f} µs"
                f"   {1e6 / statistics.mean(ordered):8.0f} units/s"
            )
        good = self.ratio <= plan.max_ratio
        verdict = "ok" if good else "MISSED"
        print(f"  ratio    {self.ratio:.2f}, at most {plan.max_ratio}: {verdict}")
        return good


def measure(plan: Plan, ours: Ours, floor: ByHand, rounds: Sequence[Sequence[Scan]]) -> Result:
    """Both sides in turn, each first in every other round."""
    result, run = Result(), plan.run
    for number, scans in enumerate(rounds):
        if number % 2:
            floor_times, our_times = run(floor, scans), run(ours, scans)
        else:
            our_times, floor_times = run(ours, scans), run(floor, scans)
        if number:  # the first round warms both sides up
            result.add(our_times, floor_times)
    return result


def main() -> int:
    """Run the bench; 1 when a bound is missed or the sides did different work."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--units", type=int, default=1_000_000)
    parser.add_argument("--rounds", type=int, default=31)
    parser.add_argument("--load-rounds", type=int, default=5, help="0 leaves the load out")
    parser.add_argument("--folder", type=Path, help="on the disk to measure")
    parser.add_argument("--sync-ms", type=float, help="a disk that takes so much longer")
    parser.add_argument("--check", action="store_true", help="fail when a bound is missed")
    options = parser.parse_args()
    if options.sync_ms:
        restart_with(options.sync_ms)
    folder = Path(tempfile.mkdtemp(prefix="bench-verdict-", dir=options.folder or ROOT))
    try:
        good = _bench(folder, options.units, options.rounds, options.load_rounds)
    finally:
        shutil.rmtree(folder)
    return 1 if options.check and not good else 0


def _bench(folder: Path, units: int, rounds: int, load_rounds: int) -> bool:
    plans = [
        Plan("one commit a verdict", one_commit_each, MAX_RATIO_EACH),
        Plan(f"one commit for {GROUP} verdicts", group_commits, MAX_RATIO_GROUPED),
        Plan("without the commit: nothing written", without_commit, MAX_RATIO_WITHOUT_COMMIT),
    ]
    in_memory = Plan(
        "without the commit: no disk to wait for", one_commit_each, MAX_RATIO_WITHOUT_COMMIT
    )
    share = rounds * UNITS_PER_ROUND
    stepped = share * (len(plans) + 1)
    loaded = load_rounds * SCANS_PER_ROUND
    if units < stepped + loaded:
        raise SystemExit(f"each unit is scanned once: --units {stepped + loaded} at the least")
    content = MadeUpRegistry(units, stepped + loaded)
    begun_ns = perf_counter_ns()
    built = build_registry(folder / "registry-1.db", content)
    print(
        f"registry of {built.rows} units: {built.size_bytes / built.rows:.1f} bytes a unit,"
        f" built in {(perf_counter_ns() - begun_ns) / 1e9:.1f} s"
    )
    scans = make_scans(content.sample)
    favour_the_loop()
    good = compare(folder, built.path, plans, scans[share:stepped], rounds)
    if load_rounds:
        load = folder / "load"
        load.mkdir()
        good = under_load(load, built.path, scans[stepped:], load_rounds) and good
    if is_slowed() or not MEMORY.is_dir():
        print(f"\n{in_memory.name}: left out, for want of a {MEMORY} as fast as memory")
        return good
    with tempfile.TemporaryDirectory(prefix="bench-verdict-", dir=MEMORY) as memory:
        return compare(Path(memory), built.path, [in_memory], scans[:share], rounds) and good


def compare(
    folder: Path, registry: Path, plans: Sequence[Plan], scans: Sequence[Scan], rounds: int
) -> bool:
    """Run plans on two fresh station databases in a folder; whether all bounds hold."""
    batches = [
        scans[start : start + UNITS_PER_ROUND] for start in range(0, len(scans), UNITS_PER_ROUND)
    ]
    ours = Ours(registry, folder / "ours.db")
    floor = ByHand(registry, folder / "floor.db")
    good = True
    for number, plan in enumerate(plans):
        result = measure(plan, ours, floor, batches[number * rounds : (number + 1) * rounds])
        good = result.show(plan) and good
    ours.close()
    floor.close()
    return same_work(folder / "ours.db", folder / "floor.db") and good


if __name__ == "__main__":
    sys.exit(main())
