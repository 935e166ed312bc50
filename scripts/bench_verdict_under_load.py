"""The bounds of `bench_verdict.py` under load: as fast as it goes, paced, and beside other work."""

import statistics
from collections.abc import Iterator, Sequence
from contextlib import ExitStack, closing
from pathlib import Path

from scripts.bench_verdict_load import FloorLine, Line, StationLine, pace, saturate
from scripts.bench_verdict_sides import Scan
from scripts.bench_verdict_strain import SCENES, backing_up, decoding, views
from scripts.slow_disk import sync_ms

SATURATED_PER_ROUND = 1000
SATURATED_ROUNDS = 4
"""For each round of the others: many short ones in turn, so that a busy moment meets all sides."""
PACE_PER_S = 50
PACED_PER_TAKE = 200
PACED_TAKES = 6
"""In a round: one for both sides, two beside decoding, two beside a backup, one to draw."""
SCANS_PER_ROUND = SATURATED_ROUNDS * SATURATED_PER_ROUND + PACED_TAKES * PACED_PER_TAKE

MIN_SATURATED = 0.6
MIN_TO_EACH = 3.0
MIN_SYNC_MS = 1.0
MAX_PACED = 2.0
MAX_BESIDE_DECODING = 2.0


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
