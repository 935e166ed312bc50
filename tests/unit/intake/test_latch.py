"""Several quarantines of one capture, of which some could not be journalled after all."""

import pytest

from station.intake.latch import Latch
from station.ports.display import LatchState
from tests.fakes.intake import SITE_KEY, RememberedLatch


@pytest.fixture
def memory() -> RememberedLatch:
    return RememberedLatch()


@pytest.fixture
def latch(memory: RememberedLatch) -> Latch:
    return Latch(SITE_KEY.public_key, memory)


def test_every_quarantine_is_remembered_and_the_first_is_named(
    latch: Latch, memory: RememberedLatch
) -> None:
    latch.close("A")
    latch.close("B")
    assert latch.state == LatchState(latched=True, scan_id="A")
    assert Latch(SITE_KEY.public_key, memory).state == latch.state
    assert memory.standing() == ("A", "B")
    latch.release("Q1")
    assert memory.standing() == ()


def test_where_the_first_was_none_the_second_is_named_and_remembered(
    latch: Latch, memory: RememberedLatch
) -> None:
    latch.close("A")
    latch.close("B")
    latch.refuse()
    latch.never_kept("A")
    assert latch.reopen()
    assert latch.state == LatchState(latched=True, scan_id="B", refused=1)
    assert memory.standing() == ("B",)
    latch.never_kept("B")
    assert latch.reopen()
    assert not latch.state.latched
    assert memory.standing() == ()


def test_what_holds_no_latch_is_no_news(latch: Latch, memory: RememberedLatch) -> None:
    latch.never_kept("A")
    assert not latch.reopen()
    latch.close("A")
    latch.never_kept("C")
    assert not latch.reopen()
    assert memory.standing() == ("A",)
