"""How small a compact registry is, and how fast, beside the full registry of the same units.

Both base files are built from made-up rows (random serials): one holds every unit, the other the
exceptions alone, one unit in 400. Look-ups go through `SqliteRegistry`, in turns in one process,
everything in the page cache; of the compact one also those of plain units, which it does not hold
and which are nearly all there are.

    python scripts/bench_compact.py [--units N] [--looks N] [--folder DIR] [--check]

Bounds, held with --check: at most 1/300 of the full file once that is 100 MB; a look-up at the
median at most as long as in the full one.
"""

import argparse
import sys
import tempfile
from contextlib import closing
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
sys.path.insert(0, str(ROOT))

from scripts.bench_registry import Times, look_up_all  # noqa: E402
from scripts.made_up_units import PRODUCTS, MadeUpUnits  # noqa: E402
from station.core.registry_rows import Holding, RowStream  # noqa: E402
from station.storage.registry_file import build_registry  # noqa: E402
from station.storage.sqlite_registry import SqliteRegistry  # noqa: E402

ONE_IN = 400
MIN_SMALLER = 300
COUNTS_FROM_BYTES = 100_000_000
SAMPLE = 100_000


class MadeUpExceptions(MadeUpUnits):
    """The same products, their exceptions alone."""

    @property
    def unit_streams(self) -> dict[int, RowStream]:
        """All held by exceptions."""
        return dict.fromkeys(range(1, PRODUCTS + 1), RowStream.EXCEPTIONS)

    @property
    def holdings(self) -> list[Holding]:
        """What `units` has come to."""
        return [self._tally.holding(1, RowStream.EXCEPTIONS)]


def measure(folder: Path, count: int, looks: int) -> tuple[float, dict[str, Times]]:
    """Build both, look units up in both; how many times smaller one is, and the times."""
    everything = MadeUpUnits(count, min(SAMPLE, count))
    exceptions = MadeUpExceptions(max(PRODUCTS, count // ONE_IN), SAMPLE)
    full = build_registry(folder / "full.db", everything)
    compact = build_registry(folder / "compact.db", exceptions)
    print(f"{full.rows} units, {full.size_bytes / 1e6:.2f} MB in full")
    print(f"{compact.rows} exceptions, {compact.size_bytes / 1e6:.2f} MB compact")
    with closing(SqliteRegistry(full.path)) as whole, closing(SqliteRegistry(compact.path)) as few:
        times = look_up_all(
            {
                "full": (whole.unit, everything.sample),
                "compact, an exception": (few.unit, exceptions.sample),
                "compact, a plain unit": (few.unit, everything.sample),
            },
            looks,
        )
    return full.size_bytes / compact.size_bytes, times


def main() -> int:
    """Run the bench."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("--units", type=int, default=1_000_000)
    parser.add_argument("--looks", type=int, default=100_000)
    parser.add_argument("--folder", type=Path, help="where to build; room for 30 bytes a unit")
    parser.add_argument("--check", action="store_true", help="fail where a bound does not hold")
    options = parser.parse_args()
    with tempfile.TemporaryDirectory(dir=options.folder) as folder:
        smaller, times = measure(Path(folder), options.units, options.looks)
    print(f"compact is 1/{smaller:.0f} of full")
    for name, took in times.items():
        print(f"{name:22} p50, p99 {took} us")
    missed = []
    if smaller < MIN_SMALLER and options.units * 25 >= COUNTS_FROM_BYTES:
        missed.append(f"only 1/{smaller:.0f} of full")
    if times["compact, a plain unit"].p50_us > times["full"].p50_us:
        missed.append("a look-up takes longer than in full")
    for what in missed:
        print(f"missed: {what}", file=sys.stderr)
    return 1 if missed and options.check else 0


if __name__ == "__main__":
    sys.exit(main())
