"""A dock that scans 50 units a second while its registry is brought up to date.

A real `station scan` reads codes from a pipe, one every 20 ms, and answers each with a verdict; for
a while alone, then beside a real `station sync` that applies changes to a sixth of all units and
makes base and changes one. Latency is from writing a code to reading its verdict.

    python scripts/bench_sync_dock.py [--units N] [--alone-s S] [--folder DIR] [--check]

The bounds, held with --check: every code is answered, with ACCEPT; the 99th percentile beside the
sync is at most 2 times that of before.
"""

import argparse
import json
import shutil
import subprocess
import sys
import tempfile
import threading
from collections.abc import Callable, Iterable, Sequence
from pathlib import Path
from time import perf_counter_ns, sleep

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))

from scripts.bench_sync import Desk, Samples, Sync, percentile  # noqa: E402
from scripts.bench_sync_store import KEY, MadeUpStore, gtin  # noqa: E402
from station.app.site_paths import SitePaths  # noqa: E402
from station.core.codes import UnitIdentity  # noqa: E402
from station.core.unit_code import element_string, mint  # noqa: E402

PACE_S = 0.02
ALONE_S = 20.0
CHANGED_PART = 1 / 6
MAX_SCANS = 20_000
MAX_RATIO = 2.0


class Lane:
    """`station scan`, and how long each code waited for its verdict."""

    def __init__(self, site: SitePaths, codes: Sequence[bytes]) -> None:
        self.samples = Samples()
        self.verdicts: list[str] = []
        self._codes = iter(codes)
        self._process = subprocess.Popen(
            [
                *(sys.executable, "-m", "station", "scan"),
                *("--site", site.root, "--source", "stdin:", "--json"),
            ],
            cwd=ROOT,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            bufsize=0,
        )
        self._reader = threading.Thread(target=self._read)
        self._reader.start()

    def _read(self) -> None:
        if self._process.stdout is None:
            return
        for line in self._process.stdout:
            now_ns = perf_counter_ns()
            verdict = json.loads(line).get("verdict")
            if verdict is not None:
                self.samples.took_ns.append(now_ns - self.samples.at_ns[len(self.verdicts)])
                self.verdicts.append(verdict)

    def scan(self) -> None:
        """Scan the next code, at its time."""
        if self._process.stdin is None:
            return
        code = next(self._codes)
        self.samples.at_ns.append(perf_counter_ns())
        self._process.stdin.write(code + b"\n")

    def scan_while(self, going_on: Callable[[], bool]) -> None:
        """Scan at the dock's pace as long as something goes on."""
        due_ns = perf_counter_ns()
        while going_on():
            self.scan()
            due_ns += int(PACE_S * 1e9)
            sleep(max(0.0, (due_ns - perf_counter_ns()) / 1e9))

    def close(self) -> None:
        """Let it end by itself: what it was given it answers."""
        if self._process.stdin is not None:
            self._process.stdin.close()
        self._process.wait()
        self._reader.join()


def signed_codes(units: Iterable[tuple[int, str]]) -> list[bytes]:
    """Codes of units, each once."""
    identities = {UnitIdentity(gtin(at), serial): None for at, serial in units}
    return [element_string(identity, mint(identity, 1, KEY)) for identity in identities]


def run(
    desk: Desk, units: int, alone_s: float
) -> tuple[Lane, tuple[int, int], tuple[int, int], str]:
    """Scan alone, then beside a sync; the lane, both spans, and how the registry came."""
    scanned = desk.store.some(min(MAX_SCANS, units // 20))
    codes = signed_codes(scanned)
    desk.publish()
    with desk.line() as origin:
        desk.make_site(origin)
        Sync(desk.site).summary()
        desk.store.spend_night(1, int(units * CHANGED_PART), spared=set(scanned))
        desk.publish()
        lane = Lane(desk.site, codes)
        lane.scan()
        while not lane.verdicts:
            sleep(PACE_S)
        alone_ns = perf_counter_ns()
        until_ns = alone_ns + int(alone_s * 1e9)
        lane.scan_while(lambda: perf_counter_ns() < until_ns)
        started_ns = perf_counter_ns()
        sync = Sync(desk.site)
        lane.scan_while(lambda: sync.is_running)
        ended_ns = perf_counter_ns()
        summary = sync.summary()
        lane.close()
    if not summary["rebased"]:
        raise SystemExit(f"the sync was to make base and changes one: {summary}")
    return lane, (alone_ns, until_ns), (started_ns, ended_ns), f"{summary['changes']} rows"


def main() -> int:
    """Run it; 1 where --check finds a bound broken."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("--units", type=int, default=300_000)
    parser.add_argument("--alone-s", type=float, default=ALONE_S, help="seconds without a sync")
    parser.add_argument("--folder", type=Path, help="where to work; the system's, when left out")
    parser.add_argument("--check", action="store_true", help="fail where a bound is broken")
    arguments = parser.parse_args()
    folder = Path(tempfile.mkdtemp(prefix="bench-sync-dock-", dir=arguments.folder))
    try:
        desk = Desk(folder, MadeUpStore(arguments.units))
        lane, alone, beside, changed = run(desk, arguments.units, arguments.alone_s)
    finally:
        shutil.rmtree(folder)
    figures = {}
    for name, (start_ns, end_ns) in {"alone": alone, "beside": beside}.items():
        took = lane.samples.between(start_ns, end_ns)
        figures[name] = percentile(took, 0.99)
        print(
            f"{name:7} {len(took)} codes in {(end_ns - start_ns) / 1e9:.1f} s: p50 "
            f"{percentile(took, 0.5) / 1000:.2f} ms, p99 {figures[name] / 1000:.2f} ms, worst "
            f"{max(took) / 1e6:.2f} ms"
        )
    scanned, answered = len(lane.samples.at_ns), len(lane.verdicts)
    accepted = lane.verdicts.count("ACCEPT")
    ratio = figures["beside"] / figures["alone"]
    print(f"the sync changed {changed}; {scanned} scanned, {answered} answered, {accepted} ACCEPT")
    print(f"p99 beside the sync {ratio:.2f} x alone")
    broken = not scanned == answered == accepted or ratio > MAX_RATIO
    return 1 if arguments.check and broken else 0


if __name__ == "__main__":
    sys.exit(main())
