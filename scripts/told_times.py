"""How a bench tells what single scans took."""

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
