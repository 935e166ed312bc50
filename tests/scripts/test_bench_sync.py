"""The sync benches run, and what does not depend on the machine holds."""

import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest


def run(root: Path, script: str, *arguments: str) -> str:
    done = subprocess.run(
        [sys.executable, root / "scripts" / script, *arguments],
        capture_output=True,
        text=True,
        check=False,
        timeout=100,
    )
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout


@pytest.mark.slow
@pytest.mark.skipif(
    not (shutil.which("rsync") and shutil.which("zstd")), reason="needs rsync and zstd"
)
def test_a_nights_changes_come_by_their_segment_and_nothing_is_sent_twice(
    root: Path, tmp_path: Path
) -> None:
    folder = ("--folder", str(tmp_path))
    told = run(
        root, "bench_sync.py", "--units", "20000", "--nights", "1", "--idle-s", "0.5", *folder
    )
    names = ["ours, by segments", "ours, snapshot", "zstd -3, whole", "rsync -z"]
    sent = {
        name: int(found[1].replace(",", ""))
        for name in names
        if (found := re.search(rf"^{re.escape(name)} +([0-9,]+) ", told, re.MULTILINE))
    }
    assert list(sent) == names
    assert sent["ours, snapshot"] < sent["zstd -3, whole"]
    assert re.search(r"\([0-9]+ rows\), segment [0-9]+ bytes", told), told
    assert "ok   0.00% sent again over a line that broke" in told
    assert list(tmp_path.iterdir()) == []


@pytest.mark.slow
def test_every_code_is_answered_beside_a_sync(root: Path, tmp_path: Path) -> None:
    folder = ("--folder", str(tmp_path))
    told = run(root, "bench_sync_dock.py", "--units", "20000", "--alone-s", "0.5", *folder)
    found = re.search(r"([0-9]+) scanned, ([0-9]+) answered, ([0-9]+) ACCEPT", told)
    assert found, told
    assert int(found[1]) > 20
    assert len(set(found.groups())) == 1, told
    assert list(tmp_path.iterdir()) == []
