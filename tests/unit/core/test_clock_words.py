"""By how much a clock is wrong, in words."""

import pytest

from station.core.clock_check import ClockFault, ClockFinding, what_is_wrong


@pytest.mark.parametrize(
    ("by_ms", "said"),
    [
        (45_400, "45 s"),
        (119_499, "119 s"),
        (119_500, "2 min"),
        (7_140_000, "119 min"),
        (7_199_999, "2 h"),
        (3 * 86_400_000, "3 days"),
    ],
)
def test_a_span_is_told_to_the_nearest_second(by_ms: int, said: str) -> None:
    finding = ClockFinding(ClockFault.WENT_BACK, by_ms)
    assert what_is_wrong(finding) == f"was put back by {said}"
