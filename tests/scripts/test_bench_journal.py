"""The journal bench proves what it built and notices what it changed."""

import re
import subprocess
import sys
from pathlib import Path

import pytest


@pytest.mark.slow
def test_it_prints_both_rates_and_finds_the_changed_entry(root: Path, tmp_path: Path) -> None:
    run = subprocess.run(
        [
            sys.executable,
            root / "scripts" / "bench_journal.py",
            *("--entries", "3000", "--folder", str(tmp_path)),
        ],
        capture_output=True,
        text=True,
        check=False,
        timeout=60,
    )
    assert run.returncode == 0, run.stdout + run.stderr
    assert re.search(r"proved +[0-9.]+ s +[0-9]+ entries/s, [0-9.]+ times the floor", run.stdout)
    assert "sound: True; a changed entry 2251 is named: True" in run.stdout
    assert list(tmp_path.iterdir()) == []
