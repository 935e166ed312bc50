"""What the dock's screen asks of the engine: answers and declarations, each in two steps."""

import pytest

from station.core.reasons import Reason, VerdictClass
from station.ports.display import ActAnswer, AnswerRepeat, Declare, EngineLost, Notice
from station.tui.banner import banner_text
from station.tui.model import READY
from tests.fakes.display import verdict
from tests.fakes.dock_screen import WORDS, Screen, play


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
            assert screen.app.model.view().banner == READY, "nothing is to be set aside"
            await screen.press("s")
            assert WORDS.no_question in screen.footer

        play(scene)

    @pytest.mark.parametrize("size", [(80, 24), (40, 12)])
    def test_a_second_unit_is_sent_into_the_tote_for_as_long_as_it_stands(
        self, size: tuple[int, int]
    ) -> None:
        async def scene(screen: Screen) -> None:
            await screen.hear(verdict(Reason.REPEAT_SAME_STATION, scan_id="5"))
            await screen.hear(ActAnswer(AnswerRepeat("5", second=True).answer_id, True))
            await screen.hear(after_s=60)
            banner = screen.app.model.view().banner
            assert banner.verdict_class is VerdictClass.HOLD
            assert banner_text(screen.app.model.view(), size[0]).action == WORDS.into_tote
            assert "the first is to be fetched" in " ".join(screen.text.split())
            await screen.hear(verdict(scan_id="6"))
            assert screen.app.model.view().banner.is_green

        play(scene, size)

    def test_an_answer_that_comes_late_leaves_what_stands_by_now(self) -> None:
        async def scene(screen: Screen) -> None:
            await screen.hear(verdict(Reason.REPEAT_SAME_STATION, scan_id="5"))
            await screen.hear(
                verdict(Reason.READ_EMPTY, scan_id="6"),
                ActAnswer(AnswerRepeat("5", second=False).answer_id, True),
            )
            assert screen.app.model.view().banner.verdict_class is VerdictClass.RESCAN

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
