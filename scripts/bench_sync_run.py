"""Runs `station sync`, and tells when each of its steps began: a JSON object a line.

On standard error, in the place of the progress bar.

python scripts/bench_sync_run.py ARGS of station sync
"""

import json
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from time import perf_counter_ns, process_time

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

from station.app.commands import sync
from station.app.main import main


class Steps:
    """In the place of the progress bar."""

    def at(self, done: int, text: str = "") -> None:
        """Tell a step: which, when, and the processor time spent before it."""
        told = {"step": text, "at_ns": perf_counter_ns(), "cpu_s": process_time()}
        print(json.dumps(told | {"number": done}), file=sys.stderr, flush=True)


@contextmanager
def told(what: str, total: int | None = None) -> Iterator[Steps]:
    """Steps, however many and of what."""
    del what, total
    yield Steps()


if __name__ == "__main__":
    vars(sync)["progress"] = told
    sys.exit(main(["sync", *sys.argv[1:]]))
