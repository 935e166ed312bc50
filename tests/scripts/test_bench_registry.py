"""The registry bench runs through all its steps; how fast is for a quiet machine."""

import re
import subprocess
import sys
from collections.abc import Iterable
from pathlib import Path

import pytest

from scripts.bench_registry import Figures, Times
from scripts.made_up_units import MadeUpChanges, MadeUpUnits
from station.core.registry_rows import StreamTally, UnitBlock, merged_units


@pytest.mark.slow
def test_it_loads_lays_over_rebases_and_prints_all_figures(root: Path, tmp_path: Path) -> None:
    run = subprocess.run(
        [
            sys.executable,
            root / "scripts" / "bench_registry.py",
            *("--units", "20000", "30000", "--looks", "2000", "--nice", "0", "--folder", tmp_path),
        ],
        capture_output=True,
        text=True,
        check=False,
        timeout=100,
    )
    assert run.returncode == 0, run.stdout + run.stderr
    for units in (20_000, 30_000):
        assert f"{units} units" in run.stdout
    assert len(re.findall(r"[0-9.]+ bytes a unit", run.stdout)) == 2
    assert len(re.findall(r"(?:200|300) changes applied", run.stdout)) == 2
    assert len(re.findall(r"with overlay +p50, p99", run.stdout)) == 2
    assert len(re.findall(r"applies and re-bases +[0-9.]+ +[0-9.]+ us; idle", run.stdout)) == 2
    assert "the median look-up of the largest takes" in run.stdout
    assert list(tmp_path.iterdir()) == []


def test_made_up_units_are_what_they_say_and_always_the_same() -> None:
    made = MadeUpUnits(30_000, 100)
    blocks = list(made.units())
    assert len(made.sample) == 100
    (holding,) = made.holdings
    assert holding.rows == 30_000
    again = MadeUpUnits(30_000, 100)
    assert list(again.units()) == blocks
    assert (again.holdings, again.sample) == (made.holdings, made.sample)
    rows = [(block.product_id, row[0]) for block in blocks for row in block.rows]
    assert rows == sorted(set(rows))
    assert set(made.sample) < set(rows)


def test_made_up_changes_say_what_they_replace_and_lead_to() -> None:
    made = MadeUpUnits(1_000, 100)
    blocks = list(made.units())
    changes = MadeUpChanges(2, made.holdings[0], made.sample[:10], lambda: blocks)
    (segment,) = changes.segments()
    changed = [(block.product_id, row[0]) for block in segment.units for row in block.rows]
    assert changed == sorted(made.sample[:10])

    def digest(of: Iterable[UnitBlock]) -> str:
        tally = StreamTally()
        for block in of:
            tally.units(block)
        return tally.hexdigest()

    assert segment.after.digest == digest(merged_units(blocks, segment.units))
    assert segment.after.rows == 1_000
    assert changes.holdings == [segment.after]


def test_every_bound_is_held() -> None:
    good = Figures(1, 500_000, 40, Times(1.2, 1.2), Times(1, 1), Times(1, 1), disturbed=Times(9, 2))
    assert list(good.missed()) == []
    bad = Figures(
        1, 499_999, 40.1, Times(1.2, 1.3), Times(1, 1), Times(1, 1), disturbed=Times(1, 2.1)
    )
    assert len(list(bad.missed())) == 4
