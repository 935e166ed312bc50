"""How a bench tells what single scans took, beside the floor, and whether that is soon enough."""

import statistics


def told(name: str, times: list[int]) -> tuple[float, float]:
    """Print and return p50 and p99 in milliseconds.

    Args:
        name: What was measured.
        times: Nanoseconds, at least two.
    """
    p50_ms = statistics.median(times) / 1e6
    p99_ms = statistics.quantiles(times, n=100)[98] / 1e6
    print(f"{name:<28} p50 {p50_ms:7.3f} ms   p99 {p99_ms:7.3f} ms")
    return p50_ms, p99_ms


def held(
    floor: tuple[str, list[int]], ours: tuple[str, list[int]], max_p50_ms: float, max_p99_ms: float
) -> bool:
    """Print both, their ratio and the bounds on ours; whether those are met.

    Args:
        floor: What the work takes by hand: its name, and nanoseconds as `told` takes them.
        ours: The same of the station.
        max_p50_ms: The longest median.
        max_p99_ms: The longest p99.
    """
    floor_p50_ms, floor_p99_ms = told(*floor)
    p50_ms, p99_ms = told(*ours)
    print(
        f"ratio                        p50 {p50_ms / floor_p50_ms:7.2f}      "
        f"p99 {p99_ms / floor_p99_ms:7.2f}"
    )
    met = p50_ms <= max_p50_ms and p99_ms <= max_p99_ms
    print(f"bound: p50 {max_p50_ms} ms, p99 {max_p99_ms} ms: {'met' if met else 'NOT met'}")
    return met
