"""The display port: the fake and the socket keep the same promises, seen from both ends."""

import threading
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from station.core.reasons import Reason
from station.ports.display import (
    Counters,
    Declare,
    Display,
    EngineFeed,
    EngineFound,
    EngineMessage,
    FeedEvent,
    Goodbye,
    LatchState,
    Notice,
    ScreenRequest,
)
from station.ports.health import Health, HealthStatus
from station.transport.engine_socket import EngineClient, EngineServer
from tests.fakes.display import FakeDisplay, FakeFeed, snapshot, verdict

DEADLINE_S = 60.0

EVERY_MESSAGE: tuple[EngineMessage, ...] = (
    verdict(scan_id="A"),
    LatchState(latched=True, scan_id="A"),
    Counters(scans=1),
    Health("camera", HealthStatus.WARNING, "no picture"),
    snapshot([verdict(scan_id="A")]),
    Notice("a word"),
    Goodbye("the end"),
)


class Ends:
    """A display, and a feed that hears it."""

    def __init__(
        self, display: Display, feed: EngineFeed, asked: Callable[[], list[ScreenRequest]]
    ) -> None:
        self.display = display
        self.feed = feed
        self.asked = asked

    def hear(self, enough: Callable[[list[FeedEvent]], bool]) -> list[FeedEvent]:
        heard: list[FeedEvent] = []
        deadline_s = time.monotonic() + DEADLINE_S
        while not enough(heard):
            assert time.monotonic() < deadline_s, f"heard only {heard[-5:]}"
            heard += self.feed.drain()
            time.sleep(0.002)
        return heard


class FakePair(FakeDisplay):
    """The fake display, heard by the fake feed."""

    def __init__(self, feed: FakeFeed) -> None:
        super().__init__()
        self._feed = feed

    def publish(self, message: EngineMessage) -> None:
        super().publish(message)
        self._feed.say(message)


@pytest.fixture(params=["fake", "socket"])
def ends(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Ends]:
    if request.param == "fake":
        feed = FakeFeed()
        feed.say(EngineFound("0.1.0"), snapshot())
        yield Ends(FakePair(feed), feed, lambda: feed.requests)
        return
    asked: list[ScreenRequest] = []
    path = tmp_path / "engine.sock"
    with EngineServer(path, asked.append, snapshot) as server, EngineClient(path) as client:
        yield Ends(server, client, lambda: asked)


def test_a_screen_first_learns_that_the_engine_is_there_and_how_it_stands(ends: Ends) -> None:
    heard = ends.hear(lambda heard: len(heard) >= 2)

    assert heard[:2] == [EngineFound("0.1.0"), snapshot()]


def test_every_message_arrives_in_order(ends: Ends) -> None:
    ends.hear(lambda heard: snapshot() in heard)

    for message in EVERY_MESSAGE:
        ends.display.publish(message)

    heard = ends.hear(lambda heard: EVERY_MESSAGE[-1] in heard)
    assert [message for message in heard if message != snapshot()] == list(EVERY_MESSAGE)


def test_publishing_neither_waits_nor_raises_with_nobody_draining(ends: Ends) -> None:
    """It ends; a display that waited for its screen would not."""

    def publish() -> None:
        for number in range(20_000):
            ends.display.publish(verdict(scan_id=str(number)))

    publisher = threading.Thread(target=publish)
    publisher.start()
    publisher.join(60)

    assert not publisher.is_alive()


def test_draining_gives_everything_once(ends: Ends) -> None:
    ends.hear(lambda heard: snapshot() in heard)
    ends.display.publish(Notice("one"))

    assert ends.hear(lambda heard: Notice("one") in heard).count(Notice("one")) == 1
    assert Notice("one") not in ends.feed.drain()


def test_a_request_reaches_the_engine(ends: Ends) -> None:
    ends.hear(lambda heard: snapshot() in heard)

    assert ends.feed.send(Declare(Reason.UNREADABLE, "09506000134352"))

    deadline_s = time.monotonic() + DEADLINE_S
    while not ends.asked() and time.monotonic() < deadline_s:
        time.sleep(0.002)
    assert ends.asked() == [Declare(Reason.UNREADABLE, "09506000134352")]


def test_a_closed_feed_may_be_closed_again(ends: Ends) -> None:
    ends.feed.close()
    ends.feed.close()
