"""The queue in front of a slow screen: bounded, oldest first to go, newest state kept."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from station.ports.display import Counters, EngineMessage, Goodbye, LatchState, Notice
from station.ports.health import Health, HealthStatus
from station.transport.engine_socket.backlog import Backlog, replaces
from tests.fakes.display import snapshot, verdict


def test_first_in_first_out() -> None:
    backlog: Backlog[str] = Backlog()
    for item in "abc":
        backlog.put(item, None)

    assert [backlog.take(), backlog.take(), backlog.take()] == ["a", "b", "c"]
    with pytest.raises(KeyError):
        backlog.take()


def test_the_oldest_goes_and_is_counted() -> None:
    backlog: Backlog[int] = Backlog(max_items=3)
    for item in range(10):
        backlog.put(item, None)

    assert backlog.take_all() == [7, 8, 9]
    assert backlog.dropped == 7


def test_a_newer_state_takes_the_end_of_the_line() -> None:
    """A state that kept its predecessor's place would overtake what explains it."""
    backlog: Backlog[str] = Backlog()
    backlog.put("latched", "latch")
    backlog.put("verdict", None)
    backlog.put("released", "latch")

    assert backlog.take_all() == ["verdict", "released"]
    assert backlog.dropped == 0


def test_bytes_are_bounded_but_one_large_item_stays() -> None:
    backlog: Backlog[str] = Backlog(max_bytes=100)
    backlog.put("a", None, 60)
    backlog.put("b", None, 60)
    assert backlog.take_all() == ["b"]

    backlog.put("large", None, 500)
    assert backlog.take_all() == ["large"]


@given(
    st.lists(
        st.tuples(st.sampled_from([None, "x", "y"]), st.integers(0, 50)),
        max_size=60,
    )
)
def test_it_never_holds_more_than_it_may(puts: list[tuple[str | None, int]]) -> None:
    backlog: Backlog[int] = Backlog(max_items=5, max_bytes=120)
    sizes: dict[int, int] = {}
    for number, (key, size) in enumerate(puts):
        sizes[number] = size
        backlog.put(number, key, size)
        assert len(backlog) <= 5

    kept = backlog.take_all()
    assert kept == sorted(kept)
    assert sum(sizes[number] for number in kept) <= 120 or len(kept) == 1
    if puts:
        assert kept[-1] == len(puts) - 1


def test_which_messages_are_states() -> None:
    ok = HealthStatus.OK
    states: list[tuple[EngineMessage, EngineMessage]] = [
        (snapshot(), snapshot([verdict()])),
        (Counters(scans=1), Counters(scans=2)),
        (LatchState(latched=True), LatchState(latched=False)),
        (Health("camera", ok, "a"), Health("camera", HealthStatus.FAILED, "b")),
    ]
    keys = [replaces(newer) for _, newer in states]

    assert all(replaces(older) == replaces(newer) is not None for older, newer in states)
    assert len(set(keys)) == len(keys)
    assert replaces(Health("camera", ok, "")) != replaces(Health("scanner", ok, ""))
    assert [replaces(one) for one in (verdict(), Notice("n"), Goodbye("g"))] == [None] * 3
