"""Any sequence of time passing, sleeping, jumping, slewing and restarting: a clock that is off by
more than is allowed is never believed, and one that is right is."""

from dataclasses import replace

from hypothesis import given, settings
from hypothesis import strategies as st

from station.core.clock_check import (
    MAX_PUBLISHER_AHEAD_MS,
    MAX_STEP_MS,
    ClockBounds,
    ClockFault,
    ClockMark,
    ClockReading,
    check_clock,
    first_mark,
    mark_after,
    words_of,
)

START = ClockReading(1_767_229_200_000, 5_000, "a")
DAY_MS = 86_400_000
HUGE = st.integers(-(2**62), 2**62) | st.sampled_from([-(10**400), 10**400])
"""What a file of 1 KiB may say is a number."""
READINGS = st.builds(ClockReading, HUGE, HUGE, st.sampled_from(["", "a", "b"]))
MARKS = st.builds(ClockMark, READINGS, HUGE, st.integers(0, 9), st.integers(0, 9))
BOUNDS = st.builds(ClockBounds, st.none() | HUGE, st.none() | HUGE)

SPANS = st.integers(0, 40 * DAY_MS)
SLEWS = st.integers(-500, 500)
"""Parts in a million: what a time server may do."""
LEAPS = st.integers(-1_000, 1_000)


@given(READINGS, MARKS, BOUNDS)
def test_any_clock_gets_an_answer_for_people(
    now: ClockReading, mark: ClockMark, bounds: ClockBounds
) -> None:
    finding = check_clock(now, mark, bounds)
    if finding is None:
        kept = mark_after(now, mark)
        assert check_clock(now, kept, bounds) is None
        assert (kept.confirmed, kept.journal_seq) == (mark.confirmed, mark.journal_seq)
    else:
        assert finding.by_ms > 0
        assert "set it right" in words_of(finding)


@settings(max_examples=300)
@given(st.lists(st.tuples(SPANS, SLEWS), max_size=30), LEAPS)
def test_time_that_passes_however_raises_no_alarm(
    spans: list[tuple[int, int]], leap_ms: int
) -> None:
    """Slewed by a time server, asleep for days, a leap second between."""
    now = replace(START, utc_ms=START.utc_ms + leap_ms)
    mark = first_mark(START)
    for span_ms, millionths in spans:
        passed = span_ms + span_ms * millionths // 1_000_000
        now = ClockReading(now.utc_ms + passed, now.boot_ms + span_ms, now.boot_id)
        bounds = ClockBounds(START.utc_ms - DAY_MS, START.utc_ms)
        assert check_clock(now, mark, bounds) is None
        mark = mark_after(now, mark)


@settings(max_examples=300)
@given(st.lists(st.tuples(SPANS, st.integers(-DAY_MS, DAY_MS)), min_size=1, max_size=30))
def test_jumps_are_believed_up_to_what_is_allowed_in_all(jumps: list[tuple[int, int]]) -> None:
    """However small the steps: what counts is by how much the clock is off by now."""
    now, mark, off_ms, passed_ms = START, first_mark(START), 0, 0
    for span_ms, jump_ms in jumps:
        off_ms += jump_ms
        passed_ms += span_ms
        now = ClockReading(now.utc_ms + span_ms + jump_ms, now.boot_ms + span_ms, now.boot_id)
        finding = check_clock(now, mark, ClockBounds())
        allowed_ms = MAX_STEP_MS + passed_ms // 1000
        if abs(off_ms) <= allowed_ms:
            assert finding is None
            mark = mark_after(now, mark)
        else:
            went = ClockFault.WENT_FORWARD if off_ms > 0 else ClockFault.WENT_BACK
            assert finding is not None
            assert (finding.fault, finding.by_ms) == (went, abs(off_ms))


@given(SPANS, SPANS, st.integers(-40 * DAY_MS, 40 * DAY_MS))
def test_after_a_restart_the_clock_goes_on_from_where_it_was(
    ran_ms: int, off_ms: int, set_ms: int
) -> None:
    ran = ClockReading(START.utc_ms + ran_ms, START.boot_ms + ran_ms, "a")
    mark = mark_after(ran, first_mark(START))
    now = ClockReading(ran.utc_ms + off_ms + set_ms, 3_000, "b")
    finding = check_clock(now, mark, ClockBounds())
    assert (finding is None) == (off_ms + set_ms >= -MAX_STEP_MS)
    if finding is None:
        assert mark_after(now, mark).anchor == now
    else:
        assert finding.fault is ClockFault.WENT_BACK


@given(MARKS, READINGS, HUGE)
def test_no_clock_is_believed_before_a_signature_or_the_journal(
    mark: ClockMark, now: ClockReading, by_ms: int
) -> None:
    by_ms = abs(by_ms) + 1
    signed = ClockBounds(published_ms=now.utc_ms + MAX_PUBLISHER_AHEAD_MS + by_ms)
    written = ClockBounds(journal_ms=now.utc_ms + MAX_STEP_MS + by_ms)
    for bounds, fault in (
        (signed, ClockFault.BEFORE_REGISTRY),
        (written, ClockFault.BEFORE_JOURNAL),
    ):
        finding = check_clock(now, mark, bounds)
        assert finding is not None
        assert finding.fault is fault


@given(st.integers(2 * MAX_PUBLISHER_AHEAD_MS, 400 * DAY_MS))
def test_a_clock_that_was_behind_may_be_set_forward(behind_ms: int) -> None:
    """The publisher has signed what the old clock takes for the future."""
    now = replace(START, utc_ms=START.utc_ms + behind_ms)
    mark = first_mark(START)
    finding = check_clock(now, mark, ClockBounds())
    assert finding is not None
    assert finding.fault is ClockFault.WENT_FORWARD
    signed = ClockBounds(published_ms=now.utc_ms - 1)
    assert check_clock(now, mark, signed) is None
    assert mark_after(now, mark).anchor == now
