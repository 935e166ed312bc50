"""A made-up day at a dock: what the station says of 100,000 items, held against the truth.

Rates of every trouble are options. Codes, registry, engine, station database and scanner framing
are the product's own, on this disk; only the items, what scanners do to their codes, and the hands
that hold them are made up (`scripts/dock_day/`). The same seed gives the same day.

    python scripts/sim_dock_day.py [--units N] [--seed N] [--lanes N] [--RATE SHARE …]
                                   [--folder DIR] [--json] [--check]

Every item's truth is written to a file before the first one is scanned. With --check the exit code
is 1 where a promise is missed.
"""

import argparse
import dataclasses
import json
import shutil
import sys
import tempfile
from collections import deque
from collections.abc import Iterator
from pathlib import Path
from time import perf_counter

import msgspec

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))

from scripts.dock_day.dock import STATION_KEY, Dock  # noqa: E402
from scripts.dock_day.hands import NEXT_ITEM_MS, Deed, Handling, Scan, handle, handle_again  # noqa: E402
from scripts.dock_day.plan import TODAY, DayPlan, draw_day  # noqa: E402
from scripts.dock_day.tally import (  # noqa: E402
    Check,
    History,
    checks,
    confusion,
    rescans,
    table_lines,
)
from scripts.dock_day.truth import Item, Rates  # noqa: E402
from station.app.replay import Replay, Replayed  # noqa: E402
from station.core.journal import JournalEntry  # noqa: E402
from station.ports.display import ActAnswer  # noqa: E402
from station.storage.journal_proof import prove  # noqa: E402
from station.storage.journal_reader import JournalReader  # noqa: E402
from station.storage.sqlite_registry import SqliteRegistry  # noqa: E402

LATER_ITEMS = 20
"""How many items of a lane lie between an item and its being picked up again."""


class _Work:
    """A lane's items, and the one in hand."""

    def __init__(self, lane: int, items: list[Item], histories: dict[int, History]) -> None:
        self.lane = lane
        self._histories = histories
        self._history = histories[items[0].number] if items else next(iter(histories.values()))
        self._visits: deque[tuple[Item, bool]] = deque()
        again: deque[tuple[int, Item]] = deque()
        for place, item in enumerate(items):
            self._visits.append((item, False))
            if item.rescanned == "later":
                again.append((place + LATER_ITEMS, item))
            while again and (again[0][0] <= place or place == len(items) - 1):
                self._visits.append((again.popleft()[1], True))
        self._handling: Handling = _nothing()
        self._kept: list[JournalEntry] = []
        self.deed: Deed | None = None
        self._next_visit()

    def heard(self, said: JournalEntry | ActAnswer) -> None:
        """Take the station's word and turn to what is done next."""
        if isinstance(said, JournalEntry):
            self._kept.append(said)
        else:
            self._history.answers.append(said)
        try:
            self.deed = self._handling.send(self._kept[-1])
        except StopIteration:
            self._next_visit()

    def _next_visit(self) -> None:
        self.deed = None
        if not self._visits:
            return
        item, is_again = self._visits.popleft()
        self._history = self._histories[item.number]
        self._kept = self._history.again if is_again else self._history.first
        self._handling = handle_again(item) if is_again else handle(item)
        self.deed = next(self._handling)


def _nothing() -> Handling:
    """Before the first item."""
    yield from ()


def run_day(dock: Dock, plan: DayPlan, items: list[Item], lanes: int) -> list[History]:
    """Take everything in, wave by wave."""
    dock.refresh(plan.before)
    for start in range(0, len(plan.earlier), lanes):
        lines = plan.earlier[start : start + lanes]
        dock.wave([(lane, Scan(line, False, NEXT_ITEM_MS)) for lane, line in enumerate(lines)])
    dock.refresh(plan.today)
    histories = {item.number: History(item) for item in items}
    works = [_Work(lane, items[lane::lanes], histories) for lane in range(lanes)]
    while deeds := [(work, work.deed) for work in works if work.deed is not None]:
        said = dock.wave([(work.lane, deed) for work, deed in deeds])
        for (work, _), one in zip(deeds, said, strict=True):
            work.heard(one)
    return list(histories.values())


def write_truth(path: Path, items: list[Item]) -> None:
    """One item a line."""
    with path.open("wb") as file:
        file.writelines(msgspec.json.encode(item) + b"\n" for item in items)


def read_truth(path: Path) -> Iterator[Item]:
    """What was written before the day began."""
    with path.open("rb") as file:
        for line in file:
            yield msgspec.json.decode(line, type=Item)


def main() -> int:
    """Run the day; 1 with --check where a promise is missed."""
    options = _options()
    rates = Rates(**{name.name: getattr(options, name.name) for name in dataclasses.fields(Rates)})
    folder = Path(tempfile.mkdtemp(prefix="dock-day-", dir=options.folder or ROOT))
    try:
        begun_s = perf_counter()
        plan = draw_day(options.units, rates, options.seed)
        write_truth(folder / "truth.jsonl", plan.items)
        drawn_s = perf_counter()
        items = list(read_truth(folder / "truth.jsonl"))
        with Dock(folder, options.lanes) as dock:
            histories = run_day(dock, plan, items, options.lanes)
        with JournalReader(dock.database) as journal:
            proof = prove(journal, check_signature=STATION_KEY.public_key.verify)
            replayed = _replay(folder, journal)
        done_s = perf_counter()
    finally:
        shutil.rmtree(folder)
    finding = "sound" if proof.finding is None else proof.finding.text
    found = [
        *checks(histories),
        Check(f"journal of {proof.entries} entries", finding, "sound", proof.finding is None),
        Check(
            f"decided again: {replayed.entries} entries, {replayed.signatures} signatures",
            f"{replayed.differing} differ",
            "the same",
            replayed.same,
        ),
    ]
    table = confusion(histories)
    if options.json:
        record = {
            "table": table,
            "rescans": rescans(histories),
            "checks": [dataclasses.asdict(check) for check in found],
        }
        print(json.dumps(record))
    else:
        print("\n".join(table_lines(table)))
        print("\n" + rescans(histories) + "\n")
        for check in found:
            mark = "ok  " if check.good else "MISS"
            print(f"{mark} {check.name:58} {check.found:>18}   {check.bound}")
        print(
            f"\nseed {options.seed}; drawn and signed in {drawn_s - begun_s:.0f} s, "
            f"worked in {done_s - drawn_s:.0f} s"
        )
    return 0 if not options.check or all(check.good for check in found) else 1


def _replay(folder: Path, journal: JournalReader) -> Replayed:
    registry = SqliteRegistry(folder / f"registry-{TODAY}.db")
    try:
        return Replay(journal, journal.policies(), registry).run(journal.stored_since(""))
    finally:
        registry.close()


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--units", type=int, default=100_000)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--lanes", type=int, default=40)
    for rate in dataclasses.fields(Rates):
        option = "--" + rate.name.replace("_", "-")
        parser.add_argument(option, type=float, default=rate.default, metavar="SHARE")
    parser.add_argument("--folder", type=Path, help="where its databases are made meanwhile")
    parser.add_argument("--json", action="store_true", help="one JSON object")
    parser.add_argument("--check", action="store_true", help="fail when a promise is missed")
    return parser.parse_args()


if __name__ == "__main__":
    sys.exit(main())
