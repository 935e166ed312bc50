"""PINs worth having, and the wait after wrong ones."""

import pytest

from station.core.causes import Cause, told
from station.core.operators import (
    FIRST_WAIT_S,
    FREE_TRIES,
    MAX_WAIT_S,
    pin_problem,
    wait_s,
)
from station.core.wording.causes import at_command


@pytest.mark.parametrize("pin", ["4711", "2580", "135790", "908172635401"])
def test_a_pin_that_is_one(pin: str) -> None:
    assert not pin_problem(pin)


@pytest.mark.parametrize(
    ("pin", "why"),
    [
        ("", Cause.PIN_IS_NONE),
        ("471", Cause.PIN_IS_NONE),
        ("4711471147110", Cause.PIN_IS_NONE),
        ("47a1", Cause.PIN_IS_NONE),
        (" 4711", Cause.PIN_IS_NONE),
        ("٤٧١١", Cause.PIN_IS_NONE),
        ("4711\n", Cause.PIN_IS_NONE),
        ("0000", Cause.PIN_COUNTS),
        ("1234", Cause.PIN_COUNTS),
        ("8901", Cause.PIN_COUNTS),
        ("9876543210", Cause.PIN_COUNTS),
        ("2468", Cause.PIN_COUNTS),
        ("1212", Cause.PIN_REPEATS),
        ("471471", Cause.PIN_REPEATS),
        ("47114711", Cause.PIN_REPEATS),
    ],
)
def test_a_pin_anybody_would_try_first(pin: str, why: Cause) -> None:
    assert pin_problem(pin) is why
    assert at_command(told(why)).endswith(": choose another")


def test_the_wait_doubles_from_the_fifth_wrong_pin_up_to_a_day() -> None:
    assert [wait_s(wrong) for wrong in range(FREE_TRIES)] == [0] * FREE_TRIES
    assert [wait_s(FREE_TRIES + n) for n in range(4)] == [30, 60, 120, 240]
    assert wait_s(FREE_TRIES) == FIRST_WAIT_S
    assert wait_s(10**9) == MAX_WAIT_S
    waits = [wait_s(wrong) for wrong in range(40)]
    assert waits == sorted(waits)


def test_trying_every_pin_takes_years() -> None:
    assert sum(wait_s(wrong) for wrong in range(10_000)) > 20 * 365 * 24 * 3600
