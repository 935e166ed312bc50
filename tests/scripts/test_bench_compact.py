"""The bench of the compact profile runs through and prints its figures."""

import subprocess
import sys
from pathlib import Path


def test_it_builds_both_and_looks_units_up(root: Path, tmp_path: Path) -> None:
    run = subprocess.run(
        [
            sys.executable,
            root / "scripts" / "bench_compact.py",
            *("--units", "20000", "--looks", "1000", "--folder", tmp_path),
        ],
        capture_output=True,
        text=True,
        check=False,
        timeout=100,
    )
    assert run.returncode == 0, run.stdout + run.stderr
    assert "20000 units" in run.stdout
    assert "50 exceptions" in run.stdout
    assert "compact is 1/" in run.stdout
    assert run.stdout.count("p50, p99") == 3
    assert list(tmp_path.iterdir()) == []
