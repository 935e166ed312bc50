"""How long `station --help` and `station --version` take beside a bare interpreter.

Runs each command as its entry point does, and `python -c pass` with the same interpreter, in turn,
so that a slow moment hits all. Medians. With `--check` it exits with 1 when the bound is not met.

    python scripts/bench_startup.py [--rounds N] [--check]
"""

import argparse
import statistics
import subprocess
import sys
import sysconfig
from pathlib import Path
from time import perf_counter_ns

MAX_RATIO = 3.0
"""Help and version answer from plain tables: no library is worth waiting for."""

DEFAULT_ROUNDS = 40

ENTRY_POINT = Path(sysconfig.get_path("scripts")) / "station"

BARE = ("-c", "pass")
COMMANDS = {
    "bare interpreter": BARE,
    "station --version": (str(ENTRY_POINT), "--version"),
    "station --help": (str(ENTRY_POINT), "--help"),
}


def milliseconds(arguments: tuple[str, ...]) -> float:
    """One run of the interpreter, from starting it to its end."""
    begun_ns = perf_counter_ns()
    subprocess.run(
        [sys.executable, *arguments], stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, check=True
    )
    return (perf_counter_ns() - begun_ns) / 1e6


def medians(rounds: int) -> dict[str, float]:
    """The median of each command, all run once a round; the first round only warms caches."""
    times: dict[str, list[float]] = {name: [] for name in COMMANDS}
    for number in range(rounds + 1):
        for name, arguments in COMMANDS.items():
            took_ms = milliseconds(arguments)
            if number:
                times[name].append(took_ms)
    return {name: statistics.median(taken) for name, taken in times.items()}


def main() -> int:
    """Print the table; the exit code."""
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0] if __doc__ else None)
    parser.add_argument("--rounds", type=int, default=DEFAULT_ROUNDS)
    parser.add_argument("--check", action="store_true", help="exit with 1 above the bound")
    options = parser.parse_args()
    found = medians(options.rounds)
    bare_ms = found["bare interpreter"]
    worst = max(found.values()) / bare_ms
    for name, median_ms in found.items():
        print(f"{name:<18} {median_ms:7.1f} ms  {median_ms / bare_ms:4.2f} × bare")
    print(f"ratio {worst:.2f}, at most {MAX_RATIO:.1f}")
    return 1 if options.check and worst > MAX_RATIO else 0


if __name__ == "__main__":
    sys.exit(main())
