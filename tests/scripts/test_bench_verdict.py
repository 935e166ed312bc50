"""The bench runs, and both of its sides do the same work; how fast is for a quiet machine."""

import re
import subprocess
import sys
from pathlib import Path

import pytest

from scripts.bench_verdict_same import same_work
from station.storage import station_db
from tests.fakes.entries import entry
from tests.fakes.replacing import replace


@pytest.mark.slow
def test_both_sides_do_the_same_work(root: Path, tmp_path: Path) -> None:
    run = subprocess.run(
        [
            sys.executable,
            root / "scripts" / "bench_verdict.py",
            *("--units", "20000", "--rounds", "3", "--load-rounds", "1", "--folder", tmp_path),
        ],
        capture_output=True,
        text=True,
        check=False,
        timeout=180,
    )
    assert run.returncode == 0, run.stderr
    assert "both sides wrote the same 600 entries, claims and outbox rows" in run.stdout
    assert len(re.findall(r"ratio +[0-9.]+, at most", run.stdout)) in {3, 4}
    assert len(re.findall(r"ratio to (?:the floor|a commit each) +[0-9.]+,", run.stdout)) == 2
    assert len(re.findall(r"ratio of p99 [0-9.]+", run.stdout)) == 3
    assert list(tmp_path.iterdir()) == []


def test_different_work_is_noticed(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    paths = tmp_path / "ours.db", tmp_path / "floor.db"
    for path, entries in zip(
        paths, ([entry(1)], [replace(entry(1), source="elsewhere")]), strict=True
    ):
        station_db.create(path, "dock-1")
        store = station_db.open_store(path, signer=lambda _message: bytes(64))
        store.commit(entries)
        store.close()
    assert not same_work(*paths)
    assert "journal: different rows" in capsys.readouterr().out
