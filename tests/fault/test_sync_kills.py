"""A refresh and a publication killed before each of their file operations, all of them."""

import json
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]


@pytest.mark.slow
@pytest.mark.parametrize(
    ("scene", "least_kills"),
    [
        ("refresh-deltas", 40),
        ("refresh-snapshot", 40),
        ("refresh-rebase", 45),
        ("first-publication", 60),
        ("next-publication", 35),
    ],
)
def test_killed_anywhere_and_run_again_it_ends_in_the_same_state(
    scene: str, least_kills: int, tmp_path: Path
) -> None:
    done = subprocess.run(
        [sys.executable, "-m", "tests.fault.kill_driver", scene, str(tmp_path)],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    report = json.loads(done.stdout)
    assert report["problems"] == []
    # The number of operations; far fewer would mean that they are no longer counted.
    assert report["kills"] > least_kills
