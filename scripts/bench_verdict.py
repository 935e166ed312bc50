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
import itertools
import json
import random
import shutil
import sqlite3
import statistics
import sys
import tempfile
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import ExitStack, closing
from dataclasses import dataclass, field
from pathlib import Path
from time import perf_counter_ns

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))

from scripts.bench_verdict_load import (  # noqa: E402
    FloorLine,
    Line,
    StationLine,
    pace,
    saturate,
)
from scripts.bench_verdict_sides import KEY, ByHand, Ours, Scan  # noqa: E402
from scripts.bench_verdict_strain import SCENES, backing_up, decoding, views  # noqa: E402
from scripts.slow_disk import is_slowed, restart_with, sync_ms  # noqa: E402
from station.app.clock import SystemClock  # noqa: E402
from station.app.intake_session import favour_the_loop  # noqa: E402
from station.core.codes import Algorithm, UnitIdentity  # noqa: E402
from station.core.gs1.check_digit import check_digit  # noqa: E402
from station.core.registry import (  # noqa: E402
    BrandRecord,
    KeyRecord,
    KeyState,
    ProductRecord,
    RegistryGeneration,
    UnitRecord,
    UnitState,
)
from station.core.registry_digest import keys_digest  # noqa: E402
from station.core.registry_rows import (  # noqa: E402
    CodeRow,
    Holding,
    RowStream,
    StreamTally,
    UnitBlock,
    unit_blocks,
    unit_row,
)
from station.core.sellers import SellerRecord  # noqa: E402
from station.core.unit_code import SERIAL_ALPHABET, element_string, mint  # noqa: E402
from station.storage.journal_proof import prove  # noqa: E402
from station.storage.journal_reader import JournalReader  # noqa: E402
from station.storage.registry_file import build_registry  # noqa: E402

PRODUCTS = 10
LOTS = 200
GROUP = 10
UNITS_PER_ROUND = 100
MEMORY = Path("/dev/shm")  # noqa: S108 - a folder of our own is made in it

MAX_RATIO_EACH = 1.6
MAX_RATIO_GROUPED = 2.0
MAX_RATIO_WITHOUT_COMMIT = 3.0

SATURATED_PER_ROUND = 1000
SATURATED_ROUNDS = 4
"""For each round of the others: many short ones in turn, so that a busy moment meets all sides."""
PACE_PER_S = 50
PACED_PER_TAKE = 200
PACED_TAKES = 6
"""In a round: one for both sides, two beside decoding, two beside a backup, one to draw."""

MIN_SATURATED = 0.6
MIN_TO_EACH = 3.0
MIN_SYNC_MS = 1.0
MAX_PACED = 2.0
MAX_BESIDE_DECODING = 2.0

KEY_RECORD = KeyRecord(
    1,
    1,
    Algorithm.ED25519,
    KEY.public_key.raw,
    KeyState.ACTIVE,
    "2026-01-01T00:00:00.000Z",
)


@dataclass
class MadeUpRegistry:
    """A million units as a stream; a sample of them is kept to be scanned.

    Attributes:
        unit_count: How many.
        sample_size: How many to keep.
        sample: Those, once `units` has been read.
        tally: What `units` has given.
    """

    unit_count: int
    sample_size: int
    sample: list[UnitIdentity] = field(default_factory=list)
    tally: StreamTally = field(default_factory=StreamTally)

    generation = RegistryGeneration(
        1, SystemClock().now_utc(), "00" * 32, keys_digest([KEY_RECORD])
    )

    @property
    def holdings(self) -> list[Holding]:
        """What the units came to, once they have been read."""
        return [self.tally.holding(1, RowStream.LISTED)]

    @property
    def unit_streams(self) -> dict[int, RowStream]:
        """All are listed."""
        return dict.fromkeys(range(1, PRODUCTS + 1), RowStream.LISTED)

    def brands(self) -> Iterable[BrandRecord]:
        """One."""
        return [BrandRecord(1, "acme", "Acme")]

    def products(self) -> Iterable[ProductRecord]:
        """Ten."""
        return [ProductRecord(n, 1, _gtin(n), f"Product {n}") for n in range(1, PRODUCTS + 1)]

    def keys(self) -> Iterable[KeyRecord]:
        """One."""
        return [KEY_RECORD]

    def sellers(self) -> list[SellerRecord]:
        """Nobody is named."""
        return []

    def units(self) -> Iterator[UnitBlock]:
        """All of them, sorted; random serials, each product a tenth."""
        for product_id, units in itertools.groupby(self._records(), lambda unit: unit.product_id):
            for block in unit_blocks(product_id, map(unit_row, units)):
                self.tally.units(block)
                yield block

    def _records(self) -> Iterator[UnitRecord]:
        chance = random.Random(1)  # noqa: S311 - repeatable, not secret
        each = self.unit_count // PRODUCTS
        kept = set(chance.sample(range(each * PRODUCTS), self.sample_size))
        place = 0
        for product_id in range(1, PRODUCTS + 1):
            serials = {"".join(chance.choices(SERIAL_ALPHABET, k=13)) for _ in range(each)}
            for serial in sorted(serials):
                if place in kept:
                    self.sample.append(UnitIdentity(_gtin(product_id), serial))
                place += 1
                lot = chance.randrange(LOTS)
                yield UnitRecord(
                    product_id, serial, UnitState.ACTIVE, lot=f"L{lot:04}", expiry="491231"
                )

    def codes(self) -> Iterable[list[CodeRow]]:
        """None."""
        return []


def _gtin(product_id: int) -> str:
    item = b"0950600%06d" % product_id
    return f"{item.decode()}{check_digit(item)}"


def make_scans(sample: Sequence[UnitIdentity]) -> list[Scan]:
    """Signed codes of the sampled units, in random order."""
    payloads = [element_string(identity, mint(identity, 1, KEY)) for identity in sample]
    random.Random(2).shuffle(payloads)  # noqa: S311 - repeatable, not secret
    return [Scan(payload, f"{number:026}") for number, payload in enumerate(payloads)]


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


def same_work(ours: Path, floor: Path) -> bool:
    """Whether both are sound journals with the same rows, but for moments and durations."""
    for path in (ours, floor):
        with JournalReader(path) as journal:
            finding = prove(journal).finding
        if finding is not None:
            print(f"\n{path.name}: {finding.text}")
            return False
    our_tables, floor_tables = _rows(ours), _rows(floor)
    for table, our_rows in our_tables.items():
        for our_row, floor_row in itertools.zip_longest(our_rows, floor_tables[table]):
            if our_row != floor_row:
                print(f"\n{table}: different rows\n  {our_row}\n  {floor_row}")
                return False
    count = len(our_tables["journal"])
    print(f"\nboth sides wrote the same {count} entries, claims and outbox rows")
    return True


def _rows(path: Path) -> dict[str, list[tuple[object, ...]]]:
    connection = sqlite3.connect(path)
    journal = [
        (*columns, _timeless(body))
        for *columns, body in connection.execute(
            "SELECT seq, scan_id, verdict_class, reason, gtin, serial, body FROM journal"
            " ORDER BY seq"
        )
    ]
    claims = connection.execute("SELECT * FROM claim ORDER BY gtin, serial").fetchall()
    outbox = connection.execute("SELECT * FROM outbox ORDER BY seq").fetchall()
    connection.close()
    return {"journal": journal, "claim": claims, "outbox": outbox}


def _timeless(body: bytes) -> str:
    """A journal body without the moment and the durations; the order of its fields stays."""
    document = json.loads(body)
    entry = document["entry"]
    entry["time_utc"] = ""
    entry["timings"] = list(entry["timings"])
    return json.dumps(document)


def under_load(folder: Path, registry: Path, scans: list[Scan], rounds: int) -> bool:
    """Both sides on two threads: as fast as they go, paced, and beside other work."""
    bursts = rounds * SATURATED_ROUNDS
    saturated = _in_rounds(scans[: bursts * SATURATED_PER_ROUND], bursts)
    takes = iter(_in_rounds(scans[bursts * SATURATED_PER_ROUND :], rounds * PACED_TAKES))
    with ExitStack() as stack:
        ours = stack.enter_context(closing(StationLine(registry, folder / "ours.db")))
        floor = stack.enter_context(closing(FloorLine(registry, folder / "floor.db")))
        with closing(StationLine(registry, folder / "each.db", group=False)) as each:
            good = _saturated(ours, floor, each, saturated, sync_ms(folder))
        good = _paced(ours, floor, takes, rounds) and good
        good = _beside_decoding(ours, takes, rounds) and good
        return _beside_a_backup(ours, folder / "ours.db", takes, rounds) and good


def _in_rounds(scans: Sequence[Scan], rounds: int) -> list[Sequence[Scan]]:
    size = len(scans) // rounds
    return [scans[start : start + size] for start in range(0, size * rounds, size)]


def _saturated(
    ours: Line, floor: Line, each: Line, rounds: Sequence[Sequence[Scan]], disk_ms: float
) -> bool:
    rates: dict[str, list[float]] = {"station": [], "floor": [], "each": []}
    lines = {"station": ours, "floor": floor, "each": each}
    for number, scans in enumerate(rounds):
        # One commit each is the slowest by far: fewer reads take as long.
        for name in list(rates)[number % 3 :] + list(rates)[: number % 3]:
            some = scans[: len(scans) // 4] if name == "each" else scans
            rates[name].append(saturate(lines[name], some))
    print("\nsaturated: durable verdicts a second")
    for name, told in (
        ("station", "station, group commit"),
        ("floor", "floor, group commit"),
        ("each", "station, a commit each"),
    ):
        print(f"  {told:24} {statistics.median(rates[name]):8.0f}")
    good = _held("to the floor", _ratio(rates["station"], rates["floor"]), MIN_SATURATED)
    shared = _ratio(rates["station"], rates["each"])
    print(f"  the disk synchronises in {disk_ms:.2f} ms")
    if disk_ms < MIN_SYNC_MS:
        print(f"  ratio to a commit each   {shared:8.2f}, not held: see --sync-ms")
        return good
    return _held("to a commit each", shared, MIN_TO_EACH) and good


def _paced(ours: Line, floor: Line, takes: Iterator[Sequence[Scan]], rounds: int) -> bool:
    times: dict[str, list[list[float]]] = {"station": [], "floor": []}
    for number in range(rounds):
        scans = next(takes)
        for name in ("station", "floor") if number % 2 else ("floor", "station"):
            line = ours if name == "station" else floor
            times[name].append(pace(line, scans, PACE_PER_S))
    print(f"\npaced, {PACE_PER_S} a second: read to durable")
    return _tails(times, ("station", "floor"), MAX_PACED)


def _beside_decoding(ours: Line, takes: Iterator[Sequence[Scan]], rounds: int) -> bool:
    pictures = views([scan.payload for scan in next(takes)[:SCENES]])
    times: dict[str, list[list[float]]] = {"decoding": [], "idle": []}
    decoded = 0
    for _ in range(rounds):
        times["idle"].append(pace(ours, next(takes), PACE_PER_S))
        with decoding(pictures) as done:
            times["decoding"].append(pace(ours, next(takes), PACE_PER_S))
            decoded += len(done)
    print(f"\npaced, beside decoding threads on every core ({decoded} pictures decoded)")
    return _tails(times, ("decoding", "idle"), MAX_BESIDE_DECODING)


def _beside_a_backup(
    ours: Line, database: Path, takes: Iterator[Sequence[Scan]], rounds: int
) -> bool:
    times: dict[str, list[list[float]]] = {"backup": [], "idle": []}
    backups = 0
    for _ in range(rounds):
        times["idle"].append(pace(ours, next(takes), PACE_PER_S))
        with backing_up(database) as made:
            times["backup"].append(pace(ours, next(takes), PACE_PER_S))
            backups += len(made)
    print(f"\npaced, beside a backup after the other ({backups} made)")
    for name, told in times.items():
        print(f"  {name:10} worst {max(map(max, told)):8.2f} ms")
    return _tails(times, ("backup", "idle"), None)


def _tails(
    times: dict[str, list[list[float]]], names: tuple[str, str], at_most: float | None
) -> bool:
    """Print medians over rounds of p50 and p99; whether the ratio of the p99 holds."""
    p99 = {}
    for name in names:
        p50s = [_at(round_ms, 50) for round_ms in times[name]]
        p99[name] = [_at(round_ms, 99) for round_ms in times[name]]
        print(
            f"  {name:10} p50 {statistics.median(p50s):8.2f} ms"
            f"   p99 {statistics.median(p99[name]):8.2f} ms"
        )
    ratio = _ratio(p99[names[0]], p99[names[1]])
    if at_most is None:
        print(f"  ratio of p99 {ratio:.2f}")
        return True
    good = ratio <= at_most
    print(f"  ratio of p99 {ratio:.2f}, at most {at_most}: {'ok' if good else 'MISSED'}")
    return good


def _at(times: Sequence[float], percent: int) -> float:
    return sorted(times)[len(times) * percent // 100]


def _ratio(ours: Sequence[float], others: Sequence[float]) -> float:
    return statistics.median(mine / other for mine, other in zip(ours, others, strict=True))


def _held(what: str, ratio: float, at_least: float) -> bool:
    good = ratio >= at_least
    print(f"  ratio {what:18} {ratio:8.2f}, at least {at_least}: {'ok' if good else 'MISSED'}")
    return good


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
    saturated = SATURATED_ROUNDS * SATURATED_PER_ROUND
    loaded = load_rounds * (saturated + PACED_TAKES * PACED_PER_TAKE)
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
