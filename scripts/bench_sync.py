"""What a night's changes cost between publisher and station, beside rsync and zstd.

Publishes millions of made-up units by the product's own publisher, makes a site of the first
publication, and then, for each night, changes some units, publishes, and runs `station sync` as a
process of its own over a loopback line that counts its bytes, while this process looks units up in
the registry in use and another commits verdicts to the site's journal. The first night's line
breaks half way through. In the same run the same two states as plain text go through `rsync -z`,
`zstd` and `zstd --patch-from`.

    python scripts/bench_sync.py [--units N] [--nights N] [--idle-s S] [--folder DIR] [--check]

The bounds, held with --check: a change costs at most 10 bytes, signatures and documents included; a
night at most 1/100 of a snapshot; segments are applied at 100,000 rows a second or more; the 99th
percentile of a look-up during the apply is at most 2 times that of before, and the worst commit at
most 10 ms beyond; a line that broke sends less than 1 % again. Rows a second count the sync's own
processor time, because others may be at work on this machine; by the clock they are printed too.
"""

import argparse
import gc
import itertools
import json
import multiprocessing
import os
import re
import shutil
import statistics
import subprocess
import sys
import tempfile
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path
from time import perf_counter, perf_counter_ns, sleep
from typing import Any

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))

from scripts.bench_journal import KEY, made_up_entries  # noqa: E402
from scripts.bench_sync_store import PRODUCTS, MadeUpStore  # noqa: E402
from station.app.site_maker import make_site  # noqa: E402
from station.app.site_paths import SitePaths  # noqa: E402
from station.core.registry_rows import unit_blocks, unit_row  # noqa: E402
from station.storage import durable, station_db  # noqa: E402
from station.storage.key_files import EncryptedKeyFolder  # noqa: E402
from station.storage.registry_generations import RegistryFolder  # noqa: E402
from station.sync.publish import Publication, publish  # noqa: E402
from station.transport.tuf_publisher import TufPublisher  # noqa: E402

CHANGED_PART = 0.005
LOOKED_UP = 20_000
LOOKUPS_AT_ONCE = 20
PAUSE_S = 0.001
COMMIT_PAUSE_S = 0.02
IDLE_S = 10.0
MAX_COMMITS = 50_000

MAX_BYTES_A_CHANGE = 10.0
MAX_PART_OF_SNAPSHOT = 1 / 100
MIN_APPLIED_ROWS_PER_S = 100_000
MAX_LOOKUP_RATIO = 2.0
MAX_COMMIT_BEYOND_MS = 10.0
MAX_SENT_AGAIN = 0.01

APPLY = "applying changes"
SWITCH = "switching to"


@dataclass
class Samples:
    """When something was done, and how long it took, both in nanoseconds of one clock."""

    at_ns: list[int] = field(default_factory=list)
    took_ns: list[int] = field(default_factory=list)

    def between(self, start_ns: int, end_ns: int) -> list[int]:
        """How long those took that overlap a span."""
        return [
            took
            for at, took in zip(self.at_ns, self.took_ns, strict=True)
            if at + took >= start_ns and at <= end_ns
        ]


@dataclass
class Night:
    """What one night came to."""

    publication: Publication
    published_s: float
    sync_s: float = 0.0
    apply_s: float = 0.0
    apply_cpu_s: float = 0.0
    sent_bytes: int = 0
    sent_again: float = 0.0
    summary: dict[str, Any] = field(default_factory=dict)
    lookups_ns: list[int] = field(default_factory=list)
    commits_ns: list[int] = field(default_factory=list)


class Desk:
    """The publisher, its line and a site."""

    def __init__(self, folder: Path, store: MadeUpStore) -> None:
        self.store = store
        self.published = folder / "published"
        self.site = SitePaths(folder / "site")
        self.notes = folder / "sent"
        self.days = 0
        self._keys = EncryptedKeyFolder(folder / "publisher", lambda: b"bench")
        self._state = folder / "publisher"
        self._state.mkdir()

    def publish(self) -> tuple[Publication, float]:
        """Publish what the store has, a day after the last time."""
        started = perf_counter()
        self.days += 1
        moment = datetime.now(UTC) - timedelta(days=6 - self.days * 0.5)
        now_utc = moment.isoformat(timespec="milliseconds")[:-6] + "Z"
        with TufPublisher(self._state, self._keys, self.published, durable, 30) as publisher:
            publication = publish(self.store, publisher, now_utc)  # type: ignore[arg-type]
        return publication, perf_counter() - started

    def make_site(self, origin: str) -> None:
        """Make the site, its registry still empty."""
        root = (self._state / "root_history" / "1.root.json").read_bytes()
        make_site(self.site, "bench", "dock-1", origin, root)

    @contextmanager
    def line(self) -> Iterator[str]:
        """The published folder's address."""
        server = subprocess.Popen(
            [sys.executable, ROOT / "scripts" / "bench_sync_line.py", self.published, self.notes],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
        )
        with server:
            if server.stdin is None or server.stdout is None:
                raise SystemExit("the line has no ends")
            yield f"http://127.0.0.1:{server.stdout.readline().strip()}/"
            server.stdin.close()

    def sent(self) -> dict[str, int]:
        """Bytes sent since the last time, by file."""
        sent: dict[str, int] = {}
        for line in self.notes.read_text().splitlines():
            count, path = line.split("\t")
            sent[path] = sent.get(path, 0) + int(count)
        self.notes.write_text("")
        return sent


class Sync:
    """`station sync` as its own process; it tells when each of its steps began."""

    def __init__(self, site: SitePaths) -> None:
        self.started_ns = perf_counter_ns()
        self._process = subprocess.Popen(
            [
                *(sys.executable, ROOT / "scripts" / "bench_sync_run.py"),
                *("--site", site.root, "--allow-http", "--json"),
            ],
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
        )
        self._steps: list[dict[str, Any]] = []

    @property
    def is_running(self) -> bool:
        """Whether it has not ended yet."""
        return self._process.poll() is None

    def summary(self) -> dict[str, Any]:
        """What it says at its end."""
        told, steps = self._process.communicate()
        if self._process.returncode:
            raise SystemExit(f"station sync failed: {steps}")
        self._steps = [json.loads(line) for line in steps.splitlines()]
        fields: dict[str, Any] = json.loads(told)
        return fields

    def at(self, step: str) -> tuple[int, float]:
        """When a step began, and the processor time spent before it."""
        found = next(one for one in self._steps if one["step"].startswith(step))
        return found["at_ns"], found["cpu_s"]


def commit_until(path: str, night: int, ready: Any, end: Any, results: Any) -> None:
    """Commit a verdict every 20 ms, as a dock does; its own process."""
    store = station_db.open_store(Path(path), signer=KEY.sign)
    samples = Samples()
    first = night * MAX_COMMITS
    for entry in itertools.islice(made_up_entries(first + MAX_COMMITS), first, None):
        started = perf_counter_ns()
        store.commit([entry])
        samples.at_ns.append(started)
        samples.took_ns.append(perf_counter_ns() - started)
        ready.set()
        if end.wait(COMMIT_PAUSE_S):
            break
    store.close()
    results.put(samples)


class Dock:
    """Looks units up here and commits verdicts in another process, all the time."""

    def __init__(self, site: SitePaths, night: int, units: Sequence[tuple[int, str]]) -> None:
        self._site = site
        self._units = units
        self._lookups = Samples()
        context = multiprocessing.get_context("spawn")
        self._ready, self._end = context.Event(), context.Event()
        self._results = context.Queue()
        self._committer = context.Process(
            target=commit_until,
            args=(str(site.station_db), night, self._ready, self._end, self._results),
        )

    def __enter__(self) -> "Dock":
        self._registry = RegistryFolder(self._site.registry).open_current()
        self._committer.start()
        self._ready.wait()
        return self

    def __exit__(self, *failed: object) -> None:
        self._registry.close()
        self._end.set()
        self._commits: Samples = self._results.get()
        self._committer.join()

    def work(self, going_on: Any) -> None:
        """Look units up at a dock's pace as long as something goes on."""
        unit = self._registry.unit
        at_ns, took_ns = self._lookups.at_ns, self._lookups.took_ns
        at = 0
        while going_on():
            for product_id, serial in self._units[at : at + LOOKUPS_AT_ONCE]:
                started = perf_counter_ns()
                unit(product_id, serial)
                took_ns.append(perf_counter_ns() - started)
                at_ns.append(started)
            at = (at + LOOKUPS_AT_ONCE) % len(self._units)
            sleep(PAUSE_S)

    def lookups(self, start_ns: int, end_ns: int) -> list[int]:
        """How long look-ups took in a span."""
        return self._lookups.between(start_ns, end_ns)

    def commits(self, start_ns: int, end_ns: int) -> list[int]:
        """How long commits took in a span; once all is over."""
        return self._commits.between(start_ns, end_ns)


def spend_night(
    desk: Desk, night: int, changes: int, units: Sequence[tuple[int, str]], idle_s: float
) -> Night:
    """Change, publish and sync, with a dock at work."""
    desk.store.spend_night(night, changes)
    result = Night(*desk.publish())
    breaking = Path(f"{desk.notes}.break")
    if night == 1:
        breaking.touch()
    gc.collect()
    gc.freeze()
    gc.disable()
    with Dock(desk.site, night, units) as dock:
        idle_ns = perf_counter_ns()
        until_ns = idle_ns + int(idle_s * 1e9)
        dock.work(lambda: perf_counter_ns() < until_ns)
        sync = Sync(desk.site)
        dock.work(lambda: sync.is_running)
        result.summary = sync.summary()
        ended_ns = perf_counter_ns()
    gc.enable()
    gc.unfreeze()
    breaking.unlink(missing_ok=True)
    if (result.summary["how"], result.summary["changes"]) != ("deltas", result.publication.changes):
        raise SystemExit(f"the night was not brought by its segment: {result.summary}")
    (applied_ns, before_s), (switched_ns, after_s) = sync.at(APPLY), sync.at(SWITCH)
    result.sync_s = (ended_ns - sync.started_ns) / 1e9
    result.apply_s = (switched_ns - applied_ns) / 1e9
    result.apply_cpu_s = after_s - before_s
    result.lookups_ns = dock.lookups(applied_ns, switched_ns)
    result.commits_ns = dock.commits(applied_ns, switched_ns)
    result.summary["idle_lookups_ns"] = dock.lookups(idle_ns, until_ns)
    result.summary["idle_commits_ns"] = dock.commits(idle_ns, until_ns)
    sent = desk.sent()
    result.sent_bytes = sum(sent.values())
    segments = {path: count for path, count in sent.items() if path.endswith(".delta")}
    whole = sum((desk.published / path.lstrip("/")).stat().st_size for path in segments)
    result.sent_again = sum(segments.values()) / whole - 1
    return result


def write_text(store: MadeUpStore, path: Path) -> int:
    """All rows as plain text, as a file that other tools would carry."""
    with path.open("w", encoding="ascii") as file:
        for product_id in range(1, PRODUCTS + 1):
            rows = (unit_row(unit.record) for unit in store.units(product_id))
            for block in unit_blocks(product_id, rows):
                file.write(block.text)
    return path.stat().st_size


def others(old: Path, new: Path) -> dict[str, tuple[int, float]]:
    """What other tools would send to bring one text to the other: bytes and seconds."""
    figures = {}
    packed = new.with_suffix(".zst")
    started = perf_counter()
    subprocess.run(["zstd", "-q", "-f", "-3", "-T2", new, "-o", packed], check=True)
    figures["zstd -3, whole"] = (packed.stat().st_size, perf_counter() - started)
    started = perf_counter()
    subprocess.run(
        ["zstd", "-q", "-f", "-3", "--long=31", f"--patch-from={old}", new, "-o", packed],
        check=True,
    )
    figures["zstd -3 --patch-from"] = (packed.stat().st_size, perf_counter() - started)
    started = perf_counter()
    told = subprocess.run(
        ["rsync", "-z", "--no-whole-file", "--stats", "--ignore-times", new, old],
        check=True,
        capture_output=True,
        text=True,
        env={**os.environ, "LC_ALL": "C"},
    ).stdout
    both = re.findall(r"^Total bytes (?:sent|received): ([0-9,.]+)$", told, re.MULTILINE)
    count = sum(int(re.sub(r"[,.]", "", figure)) for figure in both)
    figures["rsync -z"] = (count, perf_counter() - started)
    return figures


def percentile(samples: Sequence[int], part: float) -> float:
    """A percentile in microseconds."""
    return sorted(samples)[int((len(samples) - 1) * part)] / 1000


def report(
    nights: list[Night], first: Publication, texts: dict[str, tuple[int, float]], check: bool
) -> int:
    """Print every figure; how many bounds are broken, where they count."""
    failed = 0

    def bound(holds: bool, what: str) -> None:
        nonlocal failed
        failed += check and not holds
        print(f"  {'ok  ' if holds else 'OVER'} {what}")

    changes = statistics.median(night.publication.changes for night in nights)
    sent = statistics.median(night.sent_bytes for night in nights)
    applied = sum(night.publication.changes for night in nights) / max(
        sum(night.apply_cpu_s for night in nights), 1e-9
    )
    print(f"{'sent to the station':24} {'bytes':>13} {'a change':>9} {'times ours':>11}")
    rows = {
        "ours, by segments": (sent, 0.0),
        "ours, snapshot": (first.snapshot_bytes, 0.0),
        **texts,
    }
    for name, (count, seconds) in rows.items():
        took = f"  {seconds:.1f} s" if seconds else ""
        print(f"{name:24} {count:13,.0f} {count / changes:9.2f} {count / sent:11.1f}{took}")
    for number, night in enumerate(nights, 1):
        print(
            f"night {number}: published in {night.published_s:.1f} s, synced in "
            f"{night.sync_s:.2f} s of which applied in {night.apply_s:.3f} s, "
            f"{night.apply_cpu_s:.2f} s on the processor "
            f"({night.publication.changes} rows), segment {night.publication.delta_bytes} bytes, "
            f"sent {night.sent_bytes} bytes, {night.sent_again:.2%} of segments again"
        )
    busy = [one for night in nights for one in night.lookups_ns]
    idle = [one for night in nights for one in night.summary["idle_lookups_ns"]]
    ratio = percentile(busy, 0.99) / percentile(idle, 0.99)
    print(
        f"look-up p50/p99: idle {percentile(idle, 0.5):.1f}/{percentile(idle, 0.99):.1f} us "
        f"({len(idle)}), during apply {percentile(busy, 0.5):.1f}/{percentile(busy, 0.99):.1f} us "
        f"({len(busy)})"
    )
    # A short apply may see no commit at all.
    commits = [one for night in nights for one in night.commits_ns] or [0]
    idle_commits = [one for night in nights for one in night.summary["idle_commits_ns"]]
    beyond_ms = (max(commits) - max(idle_commits)) / 1e6
    print(
        f"commit p50/p99/worst: idle {percentile(idle_commits, 0.5) / 1000:.2f}/"
        f"{percentile(idle_commits, 0.99) / 1000:.2f}/{max(idle_commits) / 1e6:.2f} ms "
        f"({len(idle_commits)}), during apply {percentile(commits, 0.5) / 1000:.2f}/"
        f"{percentile(commits, 0.99) / 1000:.2f}/{max(commits) / 1e6:.2f} ms ({len(commits)})"
    )
    again = max(night.sent_again for night in nights)
    bound(sent / changes <= MAX_BYTES_A_CHANGE, f"{sent / changes:.2f} bytes a change")
    part = first.snapshot_bytes / sent
    bound(part >= 1 / MAX_PART_OF_SNAPSHOT, f"1/{part:.0f} of a snapshot")
    bound(applied >= MIN_APPLIED_ROWS_PER_S, f"{applied:,.0f} rows/s applied, on the processor")
    bound(ratio <= MAX_LOOKUP_RATIO, f"look-up p99 during apply {ratio:.2f} x idle")
    bound(beyond_ms <= MAX_COMMIT_BEYOND_MS, f"worst commit {beyond_ms:+.2f} ms beyond idle's")
    bound(again < MAX_SENT_AGAIN, f"{again:.2%} sent again over a line that broke")
    return failed


def main() -> int:
    """Run everything; 1 where --check finds a bound broken."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("--units", type=int, default=200_000)
    parser.add_argument("--nights", type=int, default=3)
    parser.add_argument("--idle-s", type=float, default=IDLE_S, help="seconds without a sync")
    parser.add_argument("--folder", type=Path, help="where to work; the system's, when left out")
    parser.add_argument("--check", action="store_true", help="fail where a bound is broken")
    arguments = parser.parse_args()
    folder = Path(tempfile.mkdtemp(prefix="bench-sync-", dir=arguments.folder))
    try:
        started = perf_counter()
        desk = Desk(folder, MadeUpStore(arguments.units))
        changes = int(desk.store.count * CHANGED_PART)
        print(f"{desk.store.count} units made up in {perf_counter() - started:.1f} s")
        old, new = folder / "old.txt", folder / "new.txt"
        print(f"as text {write_text(desk.store, old):,} bytes")
        first, published_s = desk.publish()
        print(f"first publication in {published_s:.1f} s, {first.snapshot_bytes:,} bytes of rows")
        units = desk.store.some(LOOKED_UP)
        with desk.line() as origin:
            desk.make_site(origin)
            summary = Sync(desk.site).summary()
            print(f"first sync in {summary['duration_ms'] / 1000:.1f} s")
            desk.sent()
            nights = []
            for night in range(1, arguments.nights + 1):
                nights.append(spend_night(desk, night, changes, units, arguments.idle_s))
                if night == 1:
                    write_text(desk.store, new)
        texts = others(old, new)
        return 1 if report(nights, first, texts, arguments.check) else 0
    finally:
        shutil.rmtree(folder)


if __name__ == "__main__":
    sys.exit(main())
