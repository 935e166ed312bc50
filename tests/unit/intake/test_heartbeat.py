"""The heartbeat is the loop's own: where the loop hangs or has ended, it stops."""

import threading

from station.intake.heartbeat import Heartbeat
from station.intake.loop import Arrived, Pulse
from station.intake.worker import Worker, WorkerEndedError


def unforeseen(error: BaseException) -> None:
    raise AssertionError(error)


def test_a_pulse_is_answered_on_the_thread_that_decides() -> None:
    beats: list[str] = []
    enough = threading.Event()

    def beat() -> None:
        beats.append(threading.current_thread().name)
        if len(beats) == 3:
            enough.set()

    def take(arrived: list[Arrived]) -> None:
        for one in arrived:
            assert isinstance(one, Pulse)
            one.beat()

    loop = Worker("the-loop", take, max_waiting=4)
    loop.start(unforeseen)
    with Heartbeat(loop.put, beat, every_s=0.001):
        assert enough.wait(60)
    loop.close()
    assert set(beats) == {"the-loop"}


def test_a_loop_that_hangs_gives_no_sign_of_life() -> None:
    beats: list[None] = []
    let_go, filled = threading.Event(), threading.Event()
    waiting: list[Pulse] = []

    def take(arrived: list[Arrived]) -> None:
        let_go.wait(60)

    def put(pulse: Pulse) -> None:
        waiting.append(pulse)
        if len(waiting) == 4:
            filled.set()
        loop.put(pulse)

    loop = Worker("the-loop", take, max_waiting=2)
    loop.start(unforeseen)
    with Heartbeat(put, lambda: beats.append(None), every_s=0.001):
        assert filled.wait(60)
        assert beats == []
        let_go.set()
    loop.close()


def test_it_ends_with_the_loop() -> None:
    refused = threading.Event()

    def ended(_: Pulse) -> None:
        refused.set()
        raise WorkerEndedError

    with Heartbeat(ended, lambda: None, every_s=0.001):
        assert refused.wait(60)


def test_none_is_sent_where_nobody_waits_for_it() -> None:
    before = threading.active_count()
    with Heartbeat(lambda _: None, lambda: None, every_s=None):
        assert threading.active_count() == before
