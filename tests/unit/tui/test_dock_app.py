"""The Textual application through its pilot: what it asks of the engine, and what no key can do."""

import asyncio
import itertools
import time
from collections.abc import Awaitable, Callable
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any, Final

import pytest
from textual import events
from textual.pilot import Pilot

from station.core.advice import Advice, Loss
from station.core.language import Language
from station.core.operators import Role
from station.core.reasons import Reason, VerdictClass
from station.core.wording import sentence
from station.core.wording.screens import DOCK
from station.ports.display import (
    ActAnswer,
    AnswerRepeat,
    Attendance,
    Declare,
    EngineFound,
    EngineLost,
    FeedEvent,
    GivePin,
    LatchState,
    Notice,
)
from station.tui.dock import DockApp
from station.tui.model import READY, BannerKind
from station.tui.palette import PULSE_RED, RED, THEMES, Look
from station.tui.surface import Painting
from tests.fakes.display import FakeFeed, snapshot, verdict

S: Final = 1_000_000_000
NOON: Final = datetime(2026, 3, 2, 12, 0, tzinfo=UTC)
WORDS: Final = DOCK[Language.ENGLISH]
ENTER: Final = "\r"
CODE: Final = [*"]d20109506000134352", "2", "1", "ctrl+right_square_bracket", *"99quyndy", "enter"]


class FrozenClock:
    """Stands still until a test moves it."""

    def __init__(self) -> None:
        self.ns = 1000 * S

    def mono_ns(self) -> int:
        return self.ns

    def now(self) -> datetime:
        return NOON + timedelta(seconds=self.ns / S - 1000)


class Screen:
    """An application that a test drives tick by tick."""

    def __init__(self, look: Look | None = None) -> None:
        self.feed = FakeFeed()
        self.clock = FrozenClock()
        self.app = DockApp(self.feed, look or Look(THEMES["teal"]), self.clock, ticking=False)
        self.pilot: Pilot[bool] | None = None

    @property
    def text(self) -> str:
        """What stands on the terminal."""
        painting = self.app.query_one(Painting)
        height = painting.size.height
        return "\n".join(painting.render_line(y).text.rstrip() for y in range(height))

    @property
    def footer(self) -> str:
        return self.text.split("\n")[-1].strip()

    async def hear(self, *told: FeedEvent, after_s: float = 1.0) -> None:
        self.clock.ns += int(after_s * S)
        self.feed.say(*told)
        self.app.tick()
        await self.settle()

    async def press(self, key: str, after_s: float = 1.0) -> None:
        """A person presses a key and time passes."""
        self.clock.ns += int(after_s * S)
        self.post(key, self.clock.ns)
        await self.settle()
        self.clock.ns += int(0.1 * S)
        self.app.tick()
        await self.settle()

    async def type(self, keys: list[str], gap_ms: int) -> None:
        """A scanner types: keys at a pace, then a pause."""
        self.clock.ns += S
        for key in keys:
            self.clock.ns += gap_ms * 1_000_000
            self.post(key, self.clock.ns)
        await self.settle()
        self.clock.ns += S
        self.app.tick()
        await self.settle()

    def post(self, key: str, at_ns: int) -> None:
        event = events.Key(key, key if len(key) == 1 else None)
        event.time = at_ns / S
        self.app.post_message(event)

    async def settle(self) -> None:
        assert self.pilot is not None
        await self.pilot.pause()


Play = Callable[[Screen], Awaitable[None]]


def play(scene: Play, size: tuple[int, int] = (80, 24), look: Look | None = None) -> Screen:
    """Run a scene in a terminal of a size."""
    screen = Screen(look)

    async def run() -> None:
        async with screen.app.run_test(size=size) as pilot:
            screen.pilot = pilot
            await screen.hear(EngineFound("0.1.0"), snapshot())
            await scene(screen)

    asyncio.run(run())
    return screen


class TestShowing:
    @pytest.mark.parametrize("size", [(80, 24), (120, 40), (40, 12)])
    def test_a_verdict_reaches_the_terminal(self, size: tuple[int, int]) -> None:
        async def scene(screen: Screen) -> None:
            await screen.hear(verdict(scan_id="1"))
            assert screen.app.model.view().banner.is_green
            assert "Genuine" in screen.text
            assert "✓ ACCEPT" in screen.text

        play(scene, size)

    @pytest.mark.parametrize(("sounds", "rung"), [(False, 1), (True, 0)])
    def test_the_bell_rings_for_what_is_not_accepted_where_the_engine_is_silent(
        self, monkeypatch: pytest.MonkeyPatch, sounds: bool, rung: int
    ) -> None:
        rings: list[bool] = []
        monkeypatch.setattr(DockApp, "bell", lambda _: rings.append(True))

        async def scene(screen: Screen) -> None:
            await screen.hear(replace(snapshot(), sounds=sounds))
            await screen.hear(verdict(scan_id="1"), verdict(scan_id="2"))
            assert rings == []
            await screen.hear(
                verdict(Reason.READ_EMPTY, scan_id="3"), verdict(Reason.UNIT_STOLEN, scan_id="4")
            )

        play(scene)
        assert len(rings) == rung

    def test_a_lost_engine_is_never_green(self) -> None:
        async def scene(screen: Screen) -> None:
            await screen.hear(verdict(scan_id="1"))
            await screen.hear(EngineLost("The engine is not running", "Start it: station run"))
            assert screen.app.model.view().banner.kind is BannerKind.LOST
            assert "The engine is not running" in screen.text

        play(scene)

    def test_the_latch_holds_until_the_engine_releases_it(self) -> None:
        async def scene(screen: Screen) -> None:
            await screen.hear(verdict(Reason.UNIT_STOLEN, scan_id="Q"))
            for key in ("enter", "space", "escape", "y", "q", "x", "u", "y"):
                await screen.press(key, after_s=0.4)
            await screen.hear(verdict(scan_id="1"))
            banner = screen.app.model.view().banner
            assert banner.latched
            assert banner.verdict_class is VerdictClass.QUARANTINE
            assert "Then scan the tote's label" in screen.text

            await screen.hear(LatchState(latched=False, scan_id="Q", tote="T-7"))
            assert screen.app.model.view().banner == READY
            assert "Quarantine put away into tote T-7" in screen.footer

        screen = play(scene)
        assert screen.feed.requests == []

    def test_a_standing_quarantine_pulses_once_a_second_and_nothing_else_does(self) -> None:
        async def scene(screen: Screen) -> None:
            async def backgrounds(times: int) -> list[str]:
                found = []
                for _ in range(times):
                    await screen.hear(after_s=0.25)
                    painting = screen.app.query_one(Painting)
                    style = next(iter(painting.render_line(3))).style
                    assert style is not None
                    assert style.bgcolor is not None
                    found.append(style.bgcolor.name.upper())
                return found

            await screen.hear(verdict(Reason.UNIT_STOLEN, VerdictClass.HOLD, scan_id="1"))
            assert len(set(await backgrounds(8))) == 1
            await screen.hear(verdict(Reason.UNIT_STOLEN, scan_id="2"))
            changed = await backgrounds(8)
            assert set(changed) == {RED, PULSE_RED}
            both = list(itertools.pairwise(changed))
            assert sum(one != other for one, other in both) in {3, 4}, "two changes a second"

        play(scene)

    def test_another_size_is_drawn_anew(self) -> None:
        async def scene(screen: Screen) -> None:
            assert screen.pilot is not None
            await screen.hear(verdict(scan_id="1"))
            for size in ((120, 40), (40, 12), (10, 3), (80, 24)):
                await screen.pilot.resize_terminal(*size)
                await screen.settle()
                assert len(screen.text.split("\n")) == size[1]
                assert screen.footer.startswith("u ")
            assert "Genuine" in screen.text

        play(scene)

    def test_hostile_text_is_drawn_as_text(self) -> None:
        async def scene(screen: Screen) -> None:
            hostile = "[red]no[/] \x1b[31m\u202eevil"
            await screen.hear(verdict(scan_id="1", product=hostile, serial=hostile))
            assert "[red]no[/] \ufffd[31m\ufffdevil" in screen.text

        play(scene)

    def test_only_changed_lines_are_sent(self, monkeypatch: pytest.MonkeyPatch) -> None:
        async def scene(screen: Screen) -> None:
            painting = screen.app.query_one(Painting)
            sent: list[int] = []
            refresh = painting.refresh

            def watched(*regions: Any, **options: Any) -> Painting:
                sent.extend(region.y for region in regions)
                return refresh(*regions, **options)

            monkeypatch.setattr(painting, "refresh", watched)
            await screen.hear()
            assert sent == [0], "the clock's line and no other"
            sent.clear()
            await screen.hear(after_s=0.0)
            assert sent == []

        play(scene)

    @pytest.mark.parametrize("name", THEMES)
    def test_every_theme_runs(self, name: str) -> None:
        async def scene(screen: Screen) -> None:
            await screen.hear(verdict(scan_id="1"))
            assert "Genuine" in screen.text

        play(scene, look=Look(THEMES[name]))

    def test_without_unicode_the_terminal_gets_ascii(self) -> None:
        async def scene(screen: Screen) -> None:
            await screen.hear(verdict(scan_id="1"))
            assert screen.text.isascii()

        play(scene, look=Look(THEMES["plain"], unicode=False))


class TestAnswering:
    """A repeat is held: is it the same unit, or a second one?"""

    @pytest.mark.parametrize(
        ("key", "second", "asked"),
        [
            ("s", False, "The SAME unit, scanned again?"),
            ("2", True, "A SECOND unit with this code?"),
        ],
    )
    def test_two_steps(self, key: str, second: bool, asked: str) -> None:
        async def scene(screen: Screen) -> None:
            await screen.hear(verdict(Reason.REPEAT_SAME_STATION, scan_id="5"))
            assert screen.footer.startswith("Second unit?")
            await screen.press(key)
            assert screen.footer.startswith(asked)
            assert screen.feed.requests == []
            await screen.press("y")
            assert "waiting for the engine" in screen.footer

        assert play(scene).feed.requests == [AnswerRepeat("5", second)]

    @pytest.mark.parametrize("key", ["s", "2"])
    def test_nothing_is_answered_where_nothing_asks(self, key: str) -> None:
        async def scene(screen: Screen) -> None:
            await screen.hear(verdict(Reason.REPEAT_SAME_STATION, scan_id="5"))
            await screen.hear(verdict(scan_id="6"))
            await screen.press(key)
            assert WORDS.no_question in screen.footer
            await screen.press("y")

        assert play(scene).feed.requests == []

    def test_a_verdict_between_the_steps_is_not_answered_for_the_one_before(self) -> None:
        async def scene(screen: Screen) -> None:
            await screen.hear(verdict(Reason.REPEAT_SAME_STATION, scan_id="5"))
            await screen.press("s")
            await screen.hear(verdict(Reason.REPEAT_SAME_STATION, scan_id="6"))
            await screen.press("y")

        assert play(scene).feed.requests == []

    def test_once_it_is_in_the_journal_it_asks_no_more(self) -> None:
        async def scene(screen: Screen) -> None:
            await screen.hear(verdict(Reason.REPEAT_SAME_STATION, scan_id="5"))
            await screen.hear(ActAnswer(AnswerRepeat("5", second=False).answer_id, True))
            assert screen.footer.startswith("The same unit")
            await screen.press("s")
            assert WORDS.no_question in screen.footer

        play(scene)

    def test_a_refusal_says_what_to_do_and_goes_on_asking(self) -> None:
        async def scene(screen: Screen) -> None:
            await screen.hear(verdict(Reason.REPEAT_SAME_STATION, scan_id="5"))
            answer = AnswerRepeat("5", second=True).answer_id
            await screen.hear(
                ActAnswer(answer, False, text="not now", remedy="call the supervisor")
            )
            assert screen.footer == "not now: call the supervisor"
            await screen.hear(ActAnswer("R-1", True, text="somebody else's"))
            assert screen.app.model.question == "5"

        play(scene)


class TestDeclaring:
    @pytest.mark.parametrize(
        ("key", "reason", "asked"),
        [
            ("u", Reason.UNREADABLE, "Declare this item UNREADABLE?"),
            ("n", Reason.NO_CODE, "Declare: this item carries NO CODE?"),
            ("d", Reason.DAMAGED, "Declare this item DAMAGED?"),
        ],
    )
    def test_two_steps(self, key: str, reason: Reason, asked: str) -> None:
        async def scene(screen: Screen) -> None:
            await screen.press(key)
            assert screen.footer.startswith(f"{asked} Press Y to confirm")
            assert screen.feed.requests == []
            await screen.press("y")
            assert "waiting for the engine" in screen.footer

        assert play(scene).feed.requests == [Declare(reason)]

    @pytest.mark.parametrize("other", ["enter", "u", "escape", "space", "x"])
    def test_any_other_key_takes_it_back(self, other: str) -> None:
        async def scene(screen: Screen) -> None:
            await screen.press("d")
            await screen.press(other)
            await screen.press("x")
            await screen.press("y")

        assert play(scene).feed.requests == []

    def test_time_takes_it_back(self) -> None:
        async def scene(screen: Screen) -> None:
            await screen.press("d")
            await screen.hear(after_s=6)
            assert "Declare" not in screen.footer
            await screen.press("y")

        assert play(scene).feed.requests == []

    def test_a_verdict_in_between_takes_it_back(self) -> None:
        """The question was about the item before."""

        async def scene(screen: Screen) -> None:
            await screen.press("u")
            await screen.hear(verdict(scan_id="1"))
            await screen.press("y")

        assert play(scene).feed.requests == []

    def test_the_answer_ends_the_waiting(self) -> None:
        async def scene(screen: Screen) -> None:
            await screen.press("u")
            await screen.press("y")
            await screen.hear(verdict(Reason.UNREADABLE, scan_id="1", latched=False))
            assert "waiting" not in screen.footer
            await screen.hear(after_s=4)
            assert WORDS.no_answer not in screen.footer

        play(scene)

    def test_no_answer_is_told(self) -> None:
        async def scene(screen: Screen) -> None:
            await screen.press("u")
            await screen.press("y")
            await screen.hear(after_s=3.1)
            assert screen.footer == WORDS.no_answer

        play(scene)

    def test_a_refusal_of_the_engine_is_told(self) -> None:
        async def scene(screen: Screen) -> None:
            await screen.hear(Notice("Too many requests: wait a second, try again"))
            assert screen.footer == "Too many requests: wait a second, try again"

        play(scene)

    def test_not_while_a_quarantine_stands(self) -> None:
        async def scene(screen: Screen) -> None:
            await screen.hear(verdict(Reason.UNIT_STOLEN, scan_id="Q"))
            await screen.press("u")
            assert screen.footer == WORDS.latched
            await screen.press("y")

        assert play(scene).feed.requests == []

    def test_not_without_an_engine(self) -> None:
        async def scene(screen: Screen) -> None:
            await screen.hear(EngineLost("gone", "start it"))
            await screen.press("u")
            assert screen.footer == WORDS.not_declared
            await screen.press("y")

        assert play(scene).feed.requests == []

    def test_an_engine_lost_between_the_steps(self) -> None:
        async def scene(screen: Screen) -> None:
            screen.feed.connected = False
            await screen.press("u")
            await screen.press("y")
            assert screen.footer == WORDS.not_declared

        assert play(scene).feed.requests == []


class TestQuitting:
    @pytest.mark.parametrize("key", ["q", "ctrl+c", "ctrl+q"])
    def test_two_steps(self, key: str) -> None:
        async def scene(screen: Screen) -> None:
            await screen.press(key)
            assert screen.footer.startswith("Close this screen? Press Y to confirm")
            assert screen.app.is_running
            screen.post("y", screen.clock.ns + S)
            screen.clock.ns += 2 * S
            await screen.settle()
            screen.app.tick()

        assert play(scene).app.return_code == 0

    @pytest.mark.parametrize(
        "key", ["ctrl+p", "ctrl+q", "q", "escape", "f1", "ctrl+c", "ctrl+z", "tab", "enter"]
    )
    def test_no_key_alone_does_anything(self, key: str) -> None:
        async def scene(screen: Screen) -> None:
            before = screen.app.model.view().banner
            for _ in range(3):
                await screen.press(key)
            assert screen.app.is_running
            assert screen.app.model.view().banner == before
            assert len(screen.app.screen_stack) == 1

        assert play(scene).feed.requests == []

    def test_nothing_can_be_focused_and_there_is_no_palette(self) -> None:
        async def scene(screen: Screen) -> None:
            assert screen.app.screen.focus_chain == []
            assert not screen.app.use_command_palette
            assert not [key for key, _ in screen.app._bindings]

        play(scene)


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

    def test_without_an_engine_it_says_so(self) -> None:
        async def scene(screen: Screen) -> None:
            await screen.hear(BELA, EngineLost("gone", "start it"))
            await screen.press("p")
            assert screen.footer == WORDS.no_pin_now
            assert "BELA" not in screen.text

        assert play(scene).feed.requests == []


class TestLanguage:
    """Whoever is signed in is spoken to; what stands is said again at the sign-in."""

    def test_everything_is_said_anew_at_the_sign_in_and_again_when_they_go(self) -> None:
        async def scene(screen: Screen) -> None:
            held = verdict(Reason.REPEAT_SAME_STATION, VerdictClass.HOLD, scan_id="1")
            await screen.hear(held)
            assert "This unit is already received here" in screen.text
            english = screen.text
            for language, said in (
                (Language.GERMAN, ("Dieses Stück ist hier bereits angenommen", "q Ende")),
                (Language.CHINESE, ("该件已在本站收货", "q 退出", "! 待查")),
                (Language.SPANISH, ("Esta unidad ya está recibida aquí", "q salir")),
            ):
                await screen.hear(Attendance("ANNA", Role.OPERATOR, language=language))
                assert [part for part in said if part not in screen.text] == []
                assert "already" not in screen.text
                assert "HOLD" not in screen.text
            await screen.hear(Attendance())
            assert screen.text.split("\n")[1:] == english.split("\n")[1:], "but for the clock"

        play(scene)

    def test_the_site_s_language_without_anyone_and_for_whoever_has_none(self) -> None:
        async def scene(screen: Screen) -> None:
            await screen.hear(replace(snapshot(), language=Language.GERMAN))
            assert screen.footer.startswith("u unlesbar")
            await screen.hear(Attendance("ANNA", Role.OPERATOR))
            assert screen.footer.startswith("u unlesbar")
            await screen.hear(EngineLost("gone", "start", Loss.ENDED, ""))
            assert "Die Station wurde beendet" in screen.text

        play(scene)

    def test_before_the_engine_has_said_a_word_the_site_s_own(self) -> None:
        assert (
            DockApp(
                FakeFeed(), Look(THEMES["teal"]), FrozenClock(), language=Language.SPANISH
            ).model.words
            is DOCK[Language.SPANISH]
        )

    def test_a_terminal_without_unicode_is_spoken_to_in_what_it_can_show(self) -> None:
        async def scene(screen: Screen) -> None:
            await screen.hear(Attendance("ANNA", Role.OPERATOR, language=Language.CHINESE))
            assert "u unreadable" in screen.footer
            await screen.hear(Attendance("ANNA", Role.OPERATOR, language=Language.GERMAN))
            assert "d beschadigt" in screen.footer
            assert screen.text.isascii()

        play(scene, look=Look(THEMES["plain"], unicode=False))

    @pytest.mark.parametrize("language", Language)
    def test_what_the_engine_advises_and_what_a_key_does(self, language: Language) -> None:
        words = DOCK[language]

        async def scene(screen: Screen) -> None:
            await screen.hear(Attendance("ANNA", Role.OPERATOR, language=language))
            await screen.hear(Notice(advice=Advice.NOT_ALONE))
            assert screen.footer == sentence(Advice.NOT_ALONE, language)
            await screen.press("u")
            assert words.ask_unreadable in screen.footer
            await screen.press("y")
            assert screen.footer == words.declared_unreadable
            await screen.hear(LatchState(latched=True, scan_id="1"))
            await screen.hear(LatchState(latched=False, tote="Q-7"))
            assert screen.footer == words.put_into.format(tote="Q-7")

        assert play(scene).feed.requests == [Declare(Reason.UNREADABLE)]
