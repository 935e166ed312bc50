"""How long a disk takes to synchronise, and a run on one that takes longer, for benches."""

import os
import shutil
import statistics
import subprocess
import sys
import tempfile
from pathlib import Path
from time import perf_counter_ns

_SOURCE = Path(__file__).with_name("slow_sync.c")
_WAIT = "STATION_SYNC_US"
_TRIES = 50


def sync_ms(folder: Path) -> float:
    """The median of what synchronising a page written to a file in the folder takes, in ms."""
    times = []
    with tempfile.TemporaryFile(dir=folder, buffering=0) as file:
        for _ in range(_TRIES):
            file.write(bytes(4096))
            begun_ns = perf_counter_ns()
            os.fdatasync(file.fileno())
            times.append((perf_counter_ns() - begun_ns) / 1e6)
    return statistics.median(times)


def is_slowed() -> bool:
    """Whether this is the second run of `restart_with`."""
    return _WAIT in os.environ


def restart_with(sync_ms: float) -> None:
    """Run this program again, from its beginning, with every synchronising taking so much longer.

    Returns only in that second run. Needs a C compiler.
    """
    if is_slowed():
        return
    compiler = shutil.which("cc") or shutil.which("gcc")
    if compiler is None:
        raise SystemExit("a slower disk needs a C compiler: apt-get install gcc libc6-dev")
    with tempfile.TemporaryDirectory(prefix="slow-sync-") as folder:
        library = Path(folder) / "slow_sync.so"
        build = [compiler, "-shared", "-fPIC", "-O2", "-o", str(library), str(_SOURCE), "-ldl"]
        subprocess.run(build, check=True)
        slow = {"LD_PRELOAD": str(library), _WAIT: str(round(sync_ms * 1000))}
        again = subprocess.run(
            [sys.executable, *sys.orig_argv[1:]], env={**os.environ, **slow}, check=False
        )
    raise SystemExit(again.returncode)
