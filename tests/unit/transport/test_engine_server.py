"""The engine's end of the socket: first a snapshot, then what is published, and never a wait."""

import logging
import threading
import time

import pytest

from station.ports.display import Counters, Goodbye, LatchState, Notice, Snapshot
from station.transport.engine_socket import EngineServer
from station.transport.engine_socket.codec import Hello
from tests.fakes.display import snapshot, verdict
from tests.unit.transport.conftest import Dock


class TestWhatAScreenHears:
    def test_hello_then_the_snapshot_then_messages_in_order(self, dock: Dock) -> None:
        dock.picture = snapshot([verdict(scan_id="before")])
        server = dock.start()
        screen = dock.screen()

        assert isinstance(screen.next(), Hello)
        assert screen.next() == dock.picture

        told = [verdict(scan_id=str(n)) for n in range(5)] + [LatchState(latched=False)]
        for message in told:
            server.publish(message)
        assert [screen.next() for _ in told] == told

    def test_a_fresh_snapshot_about_once_a_second(self, dock: Dock) -> None:
        dock.start()
        screen = dock.screen()
        screen.next(), screen.next()

        started_s = time.monotonic()
        assert screen.next() == dock.picture
        assert time.monotonic() - started_s < 5

    def test_two_screens_hear_the_same(self, dock: Dock) -> None:
        server = dock.start()
        screens = [dock.screen(), dock.screen()]
        for screen in screens:
            assert isinstance(screen.next(), Hello)
            assert isinstance(screen.next(), Snapshot)

        server.publish(verdict(scan_id="X"))

        assert [screen.next() for screen in screens] == [verdict(scan_id="X")] * 2

    def test_no_snapshot_is_taken_for_nobody(self, dock: Dock) -> None:
        server = dock.start()
        server.publish(verdict())
        dock.screen().next()

        assert dock.pictures_taken <= 1

    def test_a_snapshot_is_taken_after_what_was_published_before_it(self, dock: Dock) -> None:
        """A screen must not see a state return to what it was."""
        published_before: list[int] = []
        server: EngineServer

        def picture() -> Snapshot:
            count = len(published_before)
            return snapshot(counters=Counters(scans=count))

        server = EngineServer(dock.path, dock.asked, picture)
        dock.server = server
        screen = dock.screen()
        screen.next(), screen.next()
        for number in range(200):
            published_before.append(number)
            server.publish(Counters(scans=number + 1))

        seen = [
            message.counters.scans if isinstance(message, Snapshot) else message.scans
            for message in screen.hear(Counters(scans=200))
            if isinstance(message, (Snapshot, Counters))
        ]
        assert seen == sorted(seen)

    def test_a_snapshot_too_large_loses_its_oldest_rows(self, dock: Dock) -> None:
        rows = [verdict(scan_id=str(n), product="é" * 4000) for n in range(50)]
        dock.picture = snapshot(rows)
        dock.start()
        screen = dock.screen()
        screen.next()

        picture = screen.next()

        assert isinstance(picture, Snapshot)
        assert 0 < len(picture.recent) < 50
        assert picture.recent == tuple(rows[: len(picture.recent)])

    def test_goodbye_is_the_last_word(self, dock: Dock) -> None:
        server = dock.start()
        screen = dock.screen()
        screen.next(), screen.next()

        server.publish(Goodbye("the supervisor stopped it"))
        server.close()

        assert screen.rest() == [Goodbye("the supervisor stopped it")]


class TestPublishing:
    def test_a_screen_that_does_not_read_costs_the_publisher_nothing(self, dock: Dock) -> None:
        """Counted, not timed: far more is published than queue and socket hold."""
        server = dock.start()
        frozen = dock.screen()
        reading = dock.screen()
        reading.next(), reading.next()
        message = verdict(product="x" * 500)

        for number in range(20_000):
            server.publish(message)
            if number % 100 == 0:
                server.publish(Counters(scans=number))
        server.publish(LatchState(latched=True, scan_id="LAST"))

        last = LatchState(latched=True, scan_id="LAST")
        reading.hear(last)
        assert len(frozen.hear(last)) < 10_000, "a frozen screen's backlog is bounded"

    def test_newer_states_replace_older_ones_for_a_slow_screen(self, dock: Dock) -> None:
        server = dock.start()
        slow = dock.screen()
        slow.next(), slow.next()
        filler = verdict(product="x" * 50_000)
        for _ in range(40):
            server.publish(filler)
        for number in range(1000):
            server.publish(Counters(scans=number))
        server.publish(Notice("end"))

        heard = slow.hear(Notice("end"))
        counts = [message.scans for message in heard if isinstance(message, Counters)]
        assert counts[-1] == 999
        assert len(counts) < 1000
        assert counts == sorted(counts)

    def test_publishing_never_raises(self, dock: Dock, caplog: pytest.LogCaptureFixture) -> None:
        server = dock.start()
        screen = dock.screen()
        screen.next(), screen.next()

        with caplog.at_level(logging.ERROR):
            server.publish(Goodbye("x" * 300_000))
            server.publish(object())  # type: ignore[arg-type]
            server.publish(Notice("still here"))
            assert screen.next() == Notice("still here")
        assert "a message was not sent" in caplog.text

        server.close()
        server.publish(Notice("too late"))

    def test_from_many_threads(self, dock: Dock) -> None:
        server = dock.start()
        screen = dock.screen()
        screen.next(), screen.next()

        def publish(me: int) -> None:
            for number in range(50):
                server.publish(Notice(f"{me}:{number}"))

        threads = [threading.Thread(target=publish, args=(me,)) for me in range(4)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()

        server.publish(Notice("end"))
        said = [one.text for one in screen.hear(Notice("end")) if isinstance(one, Notice)]
        for me in range(4):
            mine = [text for text in said if text.startswith(f"{me}:")]
            assert mine == [f"{me}:{number}" for number in range(50)]
