"""The parsing benchmark runs and tells both sides; its bounds are for a quiet machine."""

import re
import subprocess
import sys
from pathlib import Path


def test_it_prints_both_sides_and_the_ratio(root: Path, tmp_path: Path) -> None:
    done = subprocess.run(
        [sys.executable, str(root / "scripts" / "bench_parse.py"), "--rounds", "1"],
        cwd=tmp_path,
        capture_output=True,
        text=True,
        check=False,
    )

    assert done.stderr == ""
    assert done.returncode in {0, 1}
    numbers = dict(re.findall(r"^(.*?)  +(-?[0-9.]+) ", done.stdout, re.MULTILINE))
    assert {"parse, unit code", "biip.parse", "verify, ED25519", "verify, ECDSA_P256"} <= set(
        numbers
    )
    ours, theirs = float(numbers["parse, unit code"]), float(numbers["biip.parse"])
    # Whatever the machine's mood, a table-driven parser is many times faster.
    assert theirs > 5 * ours
