"""The screen as text, in three sizes and any other: whole, plain, and nothing executed."""

import re
import unicodedata
from datetime import UTC, datetime, timedelta, timezone
from typing import Final

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from rich.cells import cell_len

from station.core.advice import Loss
from station.core.operators import Role
from station.core.reasons import RULES, Reason, VerdictClass
from station.core.verdict import Verdict
from station.core.wording import TONGUES, WORDS, Language, verdict_word, words_for
from station.core.wording.screens import DOCK
from station.ports.display import (
    Attendance,
    EngineFound,
    EngineLost,
    LatchState,
)
from station.ports.health import Health, HealthStatus
from station.tui.banner import banner_text, paint_banner
from station.tui.keys import CONFIRM_KEY, Request
from station.tui.lines import text_of
from station.tui.model import DockModel
from station.tui.paint import Moment, paint
from station.tui.palette import Look
from tests.fakes.display import snapshot, verdict
from tests.fakes.painted import (
    ASCII,
    NOW,
    QUARANTINE,
    SIZES,
    TEAL,
    S,
    large,
    painted,
    view_of,
)
from tests.fakes.replacing import replace

HOSTILE: Final = {
    "ESC": "\x1b[2J\x1b]0;owned\x07\x1b[31mRED",
    "C1 control": "\x9b31mred\x9c",
    "markup": "[red]no[/red] [link=https://example.invalid]x[/link] [@click=quit]q[/]",
    "right to left": "\u202egnip\u202c \u2066x\u2069 \u200f",
    "line ends": "a\r\nb\x0bc\x0cd\x85e\u2028f\u2029g",
    "tab and null": "a\tb\x00c\x7fd",
    "10 kB": "ABCDEFGH" * 1250,
    "wide": "隔離せよ" * 50,
    "combining": "e\u0301\u0302\u0303" * 40,
    "not UTF-8": b"caf\xe9\xff".decode("utf-8", "replace"),
    "zero width": "a\u200bb\u200dc\ufeff",
    "emoji": "👩‍👩‍👧‍👦🏴󠁧󠁢󠁥󠁮󠁧󠁿",
}


def unsafe(screen: str) -> set[str]:
    """Characters a terminal might act on: controls, directions, line ends, what is no character."""
    return {
        char
        for char in screen.replace("\n", "")
        if unicodedata.category(char) in {"Cc", "Cf", "Cs", "Co", "Cn", "Zl", "Zp"}
    }


class TestSizes:
    @pytest.mark.parametrize("size", SIZES, ids=lambda size: f"{size[0]}x{size[1]}")
    @pytest.mark.parametrize("look", [TEAL, ASCII], ids=["unicode", "ascii"])
    @pytest.mark.parametrize("verdict_class", list(VerdictClass), ids=lambda one: one.name)
    def test_the_verdict_word_is_large_and_whole(
        self, verdict_class: VerdictClass, look: Look, size: tuple[int, int]
    ) -> None:
        reason = next(
            reason for reason, rule in RULES.items() if rule.verdict_class is verdict_class
        )

        screen = painted(view_of(verdict(reason, verdict_class)), size, look)

        assert large(verdict_word(verdict_class), screen, blocks=look.unicode)
        assert f"{look.sign(verdict_class)} {verdict_word(verdict_class)}" in screen

    @pytest.mark.parametrize("size", [(80, 24), (120, 40)])
    @pytest.mark.parametrize("reason", list(WORDS), ids=lambda reason: reason.value)
    def test_the_next_action_is_large_and_the_reason_is_said(
        self, reason: Reason, size: tuple[int, int]
    ) -> None:
        """For every reason in every class it can have."""
        rule = RULES[reason]
        for ruled in {rule.verdict_class, rule.second_class} - {None}:
            assert ruled is not None
            screen = painted(view_of(verdict(reason, ruled)), size)

            assert large(verdict_word(ruled), screen)
            said = words_for(Verdict(ruled, reason))
            assert said.message in screen
            assert said.next_action not in screen, "drawn, not written"

    @pytest.mark.parametrize("reason", list(WORDS), ids=lambda reason: reason.value)
    def test_on_a_handheld_the_action_is_written_in_full(self, reason: Reason) -> None:
        ruled = RULES[reason].verdict_class or VerdictClass.ACCEPT_NOTE
        screen = painted(view_of(verdict(reason, ruled)), (40, 12))

        written = " ".join(screen.split())
        assert words_for(Verdict(ruled, reason)).next_action in written

    @settings(max_examples=60)
    @given(
        st.integers(0, 200),
        st.integers(0, 60),
        st.sampled_from([TEAL, ASCII]),
        st.sampled_from(list(VerdictClass)),
    )
    def test_any_size_is_filled_exactly(
        self, width: int, height: int, look: Look, verdict_class: VerdictClass
    ) -> None:
        view = view_of(verdict(Reason.READ_EMPTY, verdict_class))

        lines = paint(view, Moment(NOW, Request.DAMAGED), width, height, look)

        assert len(lines) == (height if width else 0)
        assert all(sum(cell_len(part.text) for part in line) == width for line in lines)

    def test_a_tiny_terminal_still_says_what_to_do(self) -> None:
        screen = painted(view_of(QUARANTINE), (24, 4))

        assert "QUARANTINE" in screen
        assert "Put it in the tote" in screen


class TestWhatIsSaid:
    def test_accept(self) -> None:
        screen = painted(view_of(verdict(scan_id="1")))

        assert "Genuine" in screen
        assert "Alpine Headphones · 09506000134352 · K7QZ4M2XW9TRB" in screen
        assert "ACCEPTED 431  QUARANTINED 4  HELD 2  RESCANS 9  SCANS 446" in screen
        assert (
            "09:15:07  ✓ ACCEPT      Genuine                     K7QZ4M2XW9TRB  serial:pos1"
            in screen
        )
        assert "✓ SCANNER:POS1   ✓ CAMERA   ✓ REGISTRY 3 h   ✓ JOURNAL" in screen
        assert " Dock 3 · Lyon" in screen
        assert "2026-03-02 09:15:10" in screen
        assert "u unreadable · n no code · d damaged · q quit" in screen

    def test_quarantine_says_how_to_go_on_and_counts_refused_reads(self) -> None:
        view = view_of(QUARANTINE, LatchState(latched=True, scan_id="Q", refused=3))

        screen = painted(view)

        assert "Then scan the tote's label · 3 refused" in screen
        assert "Only the tote's label goes on · q quit" in screen

    def test_two_quarantined_units_are_counted(self) -> None:
        view = view_of(QUARANTINE, replace(QUARANTINE, scan_id="R"))

        assert "2 units: Then scan the tote's label" in painted(view)

    def test_a_quarantine_whose_verdict_is_unknown(self) -> None:
        model = DockModel()
        latch = LatchState(latched=True, scan_id="GONE")
        model.apply([EngineFound("0.1.0"), snapshot(latch=latch)], 0)

        screen = painted(model.view())

        assert large("QUARANTINE", screen)
        assert "A quarantined unit waits for its tote" in screen

    def test_a_note_is_marked_and_what_is_provisional_says_so(self) -> None:
        noted = verdict(Reason.GTIN_NOT_ENROLLED, provisional=True)

        assert "NOTE: No brand has enrolled this product · provisional" in painted(view_of(noted))

    def test_further_reasons_and_flags_in_words(self) -> None:
        told = verdict(
            Reason.UNIT_RECALLED,
            also=(Reason.UNIT_BLOCKED,),
            modifiers=(Reason.SCANNER_FAULT_CASE,),
        )

        screen = painted(view_of(told))

        assert "Also: The brand has blocked this unit; The scanner's caps lock is on" in screen

    def test_a_lost_engine(self) -> None:
        lost = EngineLost("The engine is not running", "Start it: station run")
        view = view_of(verdict(scan_id="1"), lost)

        screen = painted(view)

        assert large("NO ENGINE", screen)
        assert not large("ACCEPT", screen)
        assert banner_text(view, 80).action == "Start it: station run"
        assert "The engine is not running" in screen
        assert "No verdicts now: do not pass any unit" in screen
        assert "✕ ENGINE" in screen
        assert "unreadable" not in screen, "nothing can be declared to nobody"

    def test_a_lost_engine_with_a_quarantine_standing(self) -> None:
        view = view_of(QUARANTINE, EngineLost("The engine is not running", "Start it: station run"))

        assert "Keep the quarantined unit aside" in painted(view)

    def test_before_the_first_word(self) -> None:
        screen = painted(DockModel().view())

        assert large("WAIT", screen)
        assert "Intake station" in screen

    def test_what_is_broken_comes_first_and_says_why(self) -> None:
        view = view_of(
            Health("camera", HealthStatus.WARNING, "2 frames a second"),
            Health("zebra", HealthStatus.FAILED, "unplugged: put the cable back"),
        )

        screen = painted(view)

        assert "✕ ZEBRA   ! CAMERA   ✓ SCANNER:POS1   ✓ REGISTRY 3 h   ✓ JOURNAL" in screen
        assert " ZEBRA: unplugged: put the cable back" in screen

    def test_more_parts_than_fit_are_counted_never_the_broken_one(self) -> None:
        view = view_of(
            *(Health(f"scanner:{n}", HealthStatus.OK, "") for n in range(12)),
            Health("zz", HealthStatus.FAILED, "gone"),
        )

        health = next(row for row in painted(view).split("\n") if "ZZ" in row)
        assert health.startswith(" ✕ ZZ")
        assert re.search(r"\+\d+ more$", health)

    @pytest.mark.parametrize(
        ("hours", "said"),
        [(0.5, "REGISTRY 30 min"), (25, "REGISTRY 25 h"), (96, "REGISTRY 4 days"), (-5, "0 min")],
    )
    def test_the_registrys_age(self, hours: float, said: str) -> None:
        published = datetime(2026, 3, 2, 6, tzinfo=UTC)

        assert said in painted(view_of(), now=published + timedelta(hours=hours))

    def test_times_are_shown_in_the_docks_zone(self) -> None:
        lyon = timezone(timedelta(hours=1))
        screen = painted(view_of(verdict(scan_id="1")), now=NOW.astimezone(lyon))

        assert "10:15:07" in screen
        assert "2026-03-02 10:15:10" in screen

    @pytest.mark.parametrize("time_utc", ["", "yesterday", "2026-13-45T99:99:99Z", "\x1b[2J"])
    def test_a_time_that_is_none_is_no_matter(self, time_utc: str) -> None:
        assert "--:--:--" in painted(view_of(verdict(scan_id="1", time_utc=time_utc)))

    def test_a_question_names_the_key_that_confirms(self) -> None:
        key = CONFIRM_KEY.upper()
        for size in SIZES:
            for request in Request:
                footer = painted(view_of(), size, asked=request).split("\n")[-1]
                assert f"Press {key} " in footer or footer.startswith(f" {key} = ")

    @pytest.mark.parametrize("language", Language)
    def test_a_handheld_shows_the_whole_of_what_is_said(self, language: Language) -> None:
        """What to do stands at a sentence's end, which one line of 40 columns would cut off."""
        words, tongue = DOCK[language], TONGUES[language]
        sentences = [*tongue.advice.values(), words.wedge, words.two_units, words.no_answer]
        sentences += [
            words.put_into.format(tote="QUARANTINE-1"),
            words.latched,
            words.pin_not_given,
        ]
        for text in sentences:
            screen = painted(replace(view_of(QUARANTINE), notice=text), (40, 12))
            footer = "".join(screen.split("\n")[-2:]).replace(" ", "")
            assert text.replace(" ", "") in footer, text
            assert "QUAR" in screen or language is not Language.ENGLISH, "the sums stay"

    @pytest.mark.parametrize("language", Language)
    def test_no_reason_and_no_action_is_cut_off(self, language: Language) -> None:
        """A reason that one line of a handheld cannot hold takes two; the unit stands below."""
        given = {(reason, rule.verdict_class) for reason, rule in RULES.items()}
        for reason, verdict_class in given | set(TONGUES[language].in_another_class):
            if verdict_class is None:
                continue
            view = view_of(verdict(reason, verdict_class, scan_id="1"))
            screen = painted(replace(view, language=language), (40, 12)).split("\n")
            assert not [row for row in screen[1:8] if "…" in row], reason
            assert "K7QZ4M2XW9TRB" in screen[8]

    def test_short_reasons_share_a_line_before_the_action_is_small(self) -> None:
        view = view_of(verdict(Reason.UNIT_RECALLED, scan_id="1"))
        for height, shared in ((11, False), (10, True)):
            text = text_of(paint_banner(view, 80, height, TEAL))
            assert large("Put it in the tote", text), height
            assert ("This unit is recalled · Then scan the tote's label" in text) is shared

    def test_a_handheld_names_who_scans_rather_than_the_site(self) -> None:
        signed_in = view_of(Attendance("ANNA", Role.SUPERVISOR))
        proven = view_of(Attendance("ANNA", Role.SUPERVISOR, proven=True))
        assert painted(proven, (40, 12)).startswith(" Dock 3 · ANNA   ")
        assert painted(signed_in, (40, 12)).startswith(" Dock 3 · ANNA (supervisor) ")
        assert "Lyon" in painted(view_of(), (40, 12)).split("\n")[0]
        assert "Lyon" in painted(signed_in).split("\n")[0]

    def test_a_serial_is_kept_where_not_all_of_the_unit_fits(self) -> None:
        long = verdict(scan_id="1", product="A very long name of a product " * 3)

        assert "09506000134352 · K7QZ4M2XW9TRB" in painted(view_of(long))
        assert "K7QZ4M2XW9TRB" in painted(view_of(long), (40, 12))


class TestFlash:
    """The banner's edge, in place of a sound."""

    @pytest.mark.parametrize("size", SIZES, ids=lambda size: f"{size[0]}x{size[1]}")
    @pytest.mark.parametrize(
        "reason", [Reason.READ_EMPTY, Reason.UNIT_RECALLED, Reason.UNIT_BLOCKED]
    )
    @pytest.mark.parametrize("look", [TEAL, ASCII], ids=["unicode", "ascii"])
    def test_it_is_small_hides_nothing_and_leaves_large_letters(
        self, size: tuple[int, int], reason: Reason, look: Look
    ) -> None:
        """Less than a quarter of the screen: no general flash (WCAG 2.2)."""
        view = view_of(verdict(reason, scan_id="1"))
        still, flash = (
            [
                [(char, part.style) for part in row for char in part.text]
                for row in paint(view, Moment(NOW, flash=on), *size, look)
            ]
            for on in (False, True)
        )
        changed = [
            (before[0], after[0])
            for row, other in zip(still, flash, strict=True)
            for before, after in zip(row, other, strict=True)
            if before != after
        ]
        assert 0.02 < len(changed) / (size[0] * size[1]) < 0.25
        assert all(before == after for before, after in changed), "only colours"
        assert not {before for before, _ in changed} & set("█▀▄#")


class TestHostileText:
    @pytest.mark.parametrize("text", HOSTILE.values(), ids=HOSTILE)
    @pytest.mark.parametrize("size", SIZES, ids=lambda size: f"{size[0]}x{size[1]}")
    @pytest.mark.parametrize("look", [TEAL, ASCII], ids=["unicode", "ascii"])
    def test_everywhere_at_once_it_is_only_drawn(
        self, text: str, size: tuple[int, int], look: Look
    ) -> None:
        told = verdict(
            Reason.UNIT_RECALLED,
            lane=text,
            serial=text,
            product=text,
            gtin=text,
            source=text,
            time_utc=text,
        )
        model = DockModel()
        model.apply(
            [EngineFound(text), snapshot(station=text, site=text, health=())],
            0,
        )
        elsewhere = verdict(Reason.WRONG_SHIPMENT, scan_id="2", other_shipment=text)
        model.apply([elsewhere, told, Health(text, HealthStatus.FAILED, text)], 2 * S)
        model.notify(text, 2 * S)
        screens = [painted(model.view(), size, look)]
        for number, lost in enumerate(
            (EngineLost(text, text), EngineLost(text, text, Loss.HUNG_UP, text)), 2
        ):
            model.apply([lost], 2 * number * S)
            screens.append(painted(model.view(), size, look))

        for screen in screens:
            assert not unsafe(screen)
            if not look.unicode:
                assert screen.isascii()

    def test_markup_is_text(self) -> None:
        told = verdict(scan_id="1", product="[red]no[/red] [b]")

        assert "[red]no[/red] [b]" in painted(view_of(told))

    @given(st.text(st.characters(categories=("L", "M", "N", "P", "S", "Z", "C")), max_size=60))
    def test_any_text_keeps_the_screen_whole(self, text: str) -> None:
        told = verdict(scan_id="1", lane=text, other_shipment=text, serial=text, product=text)

        screen = painted(view_of(told), (80, 24))

        assert not unsafe(screen)


class TestAscii:
    def test_every_size_and_class_is_pure_ascii(self) -> None:
        for size in SIZES:
            for verdict_class in VerdictClass:
                screen = painted(view_of(verdict(Reason.OK, verdict_class)), size, ASCII)
                assert screen.isascii()
