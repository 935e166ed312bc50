"""The dock's screen through its pilot: what it shows, in whose language, and how it is left."""

import itertools
from typing import Any

import pytest

from station.core.advice import Advice, Loss
from station.core.language import Language
from station.core.operators import Role
from station.core.reasons import Reason, VerdictClass
from station.core.wording import sentence
from station.core.wording.screens import DOCK
from station.ports.display import Attendance, Declare, EngineLost, LatchState, Notice
from station.tui.banner import banner_text
from station.tui.dock import CROWD, DockApp
from station.tui.model import READY, BannerKind, DockModel
from station.tui.palette import PULSE_RED, RED, THEMES, Look
from station.tui.surface import Painting
from tests.fakes.display import FakeFeed, snapshot, verdict
from tests.fakes.dock_screen import FrozenClock, S, Screen, play
from tests.fakes.replacing import replace


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

    def test_of_a_crowd_every_other_drain_is_drawn(self) -> None:
        async def scene(screen: Screen) -> None:
            async def drawn(first: int, count: int, reason: Reason = Reason.OK) -> bool:
                numbers = range(first, first + count)
                told = (verdict(reason, scan_id=f"{n}", serial=f"N{n}") for n in numbers)
                await screen.hear(*told, after_s=0.0)
                return f"N{numbers[-1]}" in screen.text

            assert await drawn(100, CROWD), "another banner does not wait"
            assert await drawn(200, CROWD)
            assert not await drawn(300, CROWD)
            assert await drawn(400, CROWD)
            assert not await drawn(500, CROWD)
            await screen.hear(after_s=0.0)
            assert f"N{500 + CROWD - 1}" in screen.text, "the last of it is drawn"
            assert await drawn(600, CROWD - 1)
            assert await drawn(700, CROWD, Reason.UNIT_STOLEN)

        play(scene)

    @pytest.mark.parametrize("sounds", [False, True])
    def test_where_there_is_no_sound_the_banner_s_edge_flashes_once(self, sounds: bool) -> None:
        """A terminal may not ring, and two rescans look alike."""

        def flashes(screen: Screen) -> bool:
            (corner, *_rest) = screen.app.query_one(Painting).render_line(1)
            return corner.style is not None and bool(corner.style.reverse)

        async def scene(screen: Screen) -> None:
            await screen.hear(replace(snapshot(), sounds=sounds))
            await screen.hear(verdict(scan_id="1"))
            assert not flashes(screen), "an accepted unit is passed on"
            for number in range(2):
                seen = []
                await screen.hear(verdict(Reason.READ_EMPTY, scan_id=f"r{number}"), after_s=0.3)
                seen.append(flashes(screen))
                for _ in range(4):
                    await screen.hear(after_s=0.05)
                    seen.append(flashes(screen))
                wanted = [True, True, True, True, False]
                assert seen == (wanted if number == 0 and not sounds else [False] * 5)
            await screen.hear(verdict(Reason.READ_EMPTY, scan_id="later"))
            assert flashes(screen) is not sounds

        play(scene)

    def test_a_lost_engine_is_never_green(self) -> None:
        async def scene(screen: Screen) -> None:
            await screen.hear(verdict(scan_id="1"))
            await screen.hear(EngineLost("The engine is not running", "Start it: station run"))
            assert screen.app.model.view().banner.kind is BannerKind.LOST
            assert "The engine is not running" in screen.text

        play(scene)

    @pytest.mark.parametrize("language", Language)
    @pytest.mark.parametrize("loss", Loss)
    def test_without_an_engine_nobody_is_sent_to_a_shell_that_is_not_there(
        self, language: Language, loss: Loss
    ) -> None:
        """A command where there is somewhere to type it; on a kiosk's monitor the supervisor."""
        lost = EngineLost("The engine is not understood", "Start it: station run", loss)
        words, texts = DOCK[language], {}
        for kiosk in (False, True):
            model = DockModel(language, kiosk=kiosk)
            model.apply([lost], S)
            texts[kiosk] = banner_text(model.view(), 80)
        assert texts[True].action == words.call_supervisor
        assert texts[False].action != words.call_supervisor
        assert texts[True].details == texts[False].details, "what is wrong is said all the same"

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
            assert "Put into tote T-7" in screen.footer

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
