"""PINs worth having, and the wait after wrong ones."""

import pytest

from station.core.operators import (
    FIRST_WAIT_S,
    FREE_TRIES,
    MAX_WAIT_S,
    pin_problem,
    wait_s,
)


@pytest.mark.parametrize("pin", ["4711", "2580", "135790", "908172635401"])
def test_a_pin_that_is_one(pin: str) -> None:
    assert not pin_problem(pin)


@pytest.mark.parametrize(
    ("pin", "why"),
    [
        ("", "4 to 12 digits"),
        ("471", "4 to 12 digits"),
        ("4711471147110", "4 to 12 digits"),
        ("47a1", "4 to 12 digits"),
        (" 4711", "4 to 12 digits"),
        ("٤٧١١", "4 to 12 digits"),
        ("4711\n", "4 to 12 digits"),
        ("0000", "even steps"),
        ("1234", "even steps"),
        ("8901", "even steps"),
        ("9876543210", "even steps"),
        ("2468", "even steps"),
        ("1212", "repeats"),
        ("471471", "repeats"),
        ("47114711", "repeats"),
    ],
)
def test_a_pin_anybody_would_try_first(pin: str, why: str) -> None:
    problem = pin_problem(pin)
    assert why in problem
    assert problem.endswith(": choose another")
    assert not pin or pin not in problem


def test_the_wait_doubles_from_the_fifth_wrong_pin_up_to_a_day() -> None:
    assert [wait_s(wrong) for wrong in range(FREE_TRIES)] == [0] * FREE_TRIES
    assert [wait_s(FREE_TRIES + n) for n in range(4)] == [30, 60, 120, 240]
    assert wait_s(FREE_TRIES) == FIRST_WAIT_S
    assert wait_s(10**9) == MAX_WAIT_S
    waits = [wait_s(wrong) for wrong in range(40)]
    assert waits == sorted(waits)


def test_trying_every_pin_takes_years() -> None:
    assert sum(wait_s(wrong) for wrong in range(10_000)) > 20 * 365 * 24 * 3600
