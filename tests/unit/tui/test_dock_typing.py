"""What is typed at the dock's screen: codes of a keyboard scanner, a person's keys, a PIN."""

import asyncio
import time
from typing import Final

import pytest
from textual import events

from station.core.operators import Role
from station.core.reasons import Reason
from station.ports.display import Attendance, Declare, EngineFound, EngineLost, GivePin, LatchState
from station.tui.dock import DockApp
from station.tui.palette import THEMES, Look
from tests.fakes.display import FakeFeed, snapshot, verdict
from tests.fakes.dock_screen import CODE, ENTER, WORDS, Screen, play


class TestWedge:
    @pytest.mark.parametrize("gap_ms", [0, 2, 20, 49])
    def test_a_typed_code_does_nothing_and_is_told(self, gap_ms: int) -> None:
        async def scene(screen: Screen) -> None:
            await screen.type(CODE, gap_ms)
            assert screen.footer == WORDS.wedge
            assert screen.app.is_running

        assert play(scene).feed.requests == []

    def test_a_code_takes_back_what_was_asked(self) -> None:
        async def scene(screen: Screen) -> None:
            await screen.press("q")
            await screen.type([*"12345", "y"], 5)
            await screen.press("y")
            assert screen.app.is_running

        play(scene)

    def test_ten_thousand_keys(self) -> None:
        async def scene(screen: Screen) -> None:
            await screen.type(list("quyndy1234") * 1000, 1)
            assert screen.footer == WORDS.wedge
            assert screen.app.is_running

        assert play(scene).feed.requests == []

    def test_a_pasted_code_does_nothing_and_is_told(self) -> None:
        async def scene(screen: Screen) -> None:
            screen.app.post_message(events.Paste("]d2010950600013435221q\ry"))
            await screen.settle()
            await screen.hear(after_s=0.1)
            assert screen.footer == WORDS.wedge

        assert play(scene).feed.requests == []


def test_the_pilots_own_keys_act_at_the_real_clock() -> None:
    """As a terminal would: Textual's key events, Textual's timer."""
    feed = FakeFeed()
    feed.say(EngineFound("0.1.0"), snapshot())
    app = DockApp(feed, Look(THEMES["teal"]))

    async def run() -> None:
        async with app.run_test(size=(80, 24)) as pilot:
            deadline_s = time.monotonic() + 60
            while not app.model.connected:
                assert time.monotonic() < deadline_s
                await pilot.pause(0.01)
            await pilot.press("d")
            await pilot.pause(0.5)
            await pilot.press("y")
            while not feed.requests:
                assert time.monotonic() < deadline_s
                await pilot.pause(0.01)

    asyncio.run(run())
    assert feed.requests == [Declare(Reason.DAMAGED)]


BELA: Final = Attendance("BELA", Role.SUPERVISOR)
HELD: Final = verdict(Reason.UNIT_RECALLED, scan_id="Q1")


class TestPin:
    async def typed(self, screen: Screen, keys: str) -> None:
        for key in keys:
            await screen.press(key, after_s=0.3)

    def test_a_pin_is_given_for_the_quarantine_that_is_shown_and_never_drawn(self) -> None:
        async def scene(screen: Screen) -> None:
            await screen.hear(HELD, BELA)
            assert "p and your PIN" in screen.footer
            assert "BELA (supervisor)" in screen.text
            await self.typed(screen, "p4711")
            assert screen.footer.startswith("PIN ****")
            assert "4711" not in screen.text
            await screen.press("y")
            assert screen.footer == WORDS.pin_sent
            await screen.hear(LatchState(latched=False, scan_id="Q1"))

        assert play(scene).feed.requests == [GivePin("4711", "Q1")]

    def test_without_a_quarantine_it_names_none(self) -> None:
        async def scene(screen: Screen) -> None:
            await screen.hear(BELA)
            await self.typed(screen, "p4711y")

        assert play(scene).feed.requests == [GivePin("4711", "")]

    def test_nobody_has_no_pin(self) -> None:
        async def scene(screen: Screen) -> None:
            await self.typed(screen, "p4711y")
            assert screen.footer == WORDS.nobody or "PIN" not in screen.footer

        assert play(scene).feed.requests == []

    @pytest.mark.parametrize("key", [ENTER, "q", "escape", "u"])
    def test_any_other_key_takes_it_back_and_does_nothing_else(self, key: str) -> None:
        async def scene(screen: Screen) -> None:
            await screen.hear(BELA)
            await self.typed(screen, "p4711")
            await screen.press(key)
            assert "PIN *" not in screen.footer
            assert "?" not in screen.footer
            await screen.press("y")

        assert play(scene).feed.requests == []

    def test_a_scanner_that_types_takes_it_back(self) -> None:
        async def scene(screen: Screen) -> None:
            await screen.hear(BELA)
            await self.typed(screen, "p47")
            await screen.type(CODE, 5)
            await screen.press("y")

        assert play(scene).feed.requests == []

    @pytest.mark.parametrize("end", ["enter", "x", "y"])
    def test_whoever_ends_it_otherwise_is_told_that_it_was_not_given(self, end: str) -> None:
        async def scene(screen: Screen) -> None:
            await screen.hear(BELA)
            for key in ("p", "4", "7", "1", end):
                await screen.press(key)
            assert screen.footer == WORDS.pin_not_given

        assert play(scene).feed.requests == []

    def test_without_an_engine_it_says_so(self) -> None:
        async def scene(screen: Screen) -> None:
            await screen.hear(BELA, EngineLost("gone", "start it"))
            await screen.press("p")
            assert screen.footer == WORDS.no_pin_now
            assert "BELA" not in screen.text

        assert play(scene).feed.requests == []
