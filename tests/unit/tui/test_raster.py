"""Large letters: whole, never wider than asked, the same in every size."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from station.core.reasons import Reason, VerdictClass
from station.core.verdict import Verdict
from station.core.wording import TONGUES, Language, verdict_word, words_for
from station.core.wording.screens import DOCK
from station.tui.glyphs import AGAIN, BANG, BLOCK, CROSS, LARGE, SMALL, TICK, Bitmap
from station.tui.raster import cells, default_font, fit_line, fit_lines, from_font, scaled

WORDS_ON_BANNERS = sorted({verdict_word(one) for one in VerdictClass} | {"READY", "NO ENGINE"})


def is_rectangle(pixels: Bitmap) -> bool:
    return len({len(row) for row in pixels}) == 1 and set("".join(pixels)) <= {"#", " "}


def actions() -> list[str]:
    """Everything an operator is told to do in a language of letters, in capitals."""
    languages = (Language.ENGLISH, Language.GERMAN, Language.SPANISH)
    return sorted(
        {
            words_for(Verdict(verdict_class, reason), language).next_action.upper()
            for language in languages
            for reason in Reason
            for verdict_class in VerdictClass
        }
    )


class TestAlphabets:
    @pytest.mark.parametrize(("font", "rows"), [(LARGE, 7), (SMALL, 5)])
    def test_every_glyph_is_a_rectangle_of_the_fonts_height(
        self, font: dict[str, Bitmap], rows: int
    ) -> None:
        assert all(len(glyph) == rows and is_rectangle(glyph) for glyph in font.values())

    def test_both_have_the_same_characters_and_no_two_look_alike(self) -> None:
        assert set(LARGE) == set(SMALL)
        assert len(set(LARGE.values())) == len(LARGE)
        # A small O and a small 0 differ in their corners, a small 8 and B in theirs.
        assert len(set(SMALL.values())) == len(SMALL)

    def test_everything_an_operator_is_told_to_do_can_be_spelled(self) -> None:
        said = "".join(actions())
        words = "".join(WORDS_ON_BANNERS) + "".join(
            word.upper()
            for language in (Language.GERMAN, Language.SPANISH)
            for word in (
                *TONGUES[language].verdicts.values(),
                *(DOCK[language].wait, DOCK[language].ready, DOCK[language].no_engine),
                *(DOCK[language].connecting, DOCK[language].scan_next, DOCK[language].into_tote),
            )
        )

        assert set(said + words) - {" "} <= set(SMALL)


class TestFittingAWord:
    @pytest.mark.parametrize("word", WORDS_ON_BANNERS)
    @pytest.mark.parametrize(("columns", "rows"), [(78, 13), (118, 22), (38, 8), (80, 5), (40, 3)])
    def test_it_fits_and_uses_the_space(self, word: str, columns: int, rows: int) -> None:
        pixels = fit_line(word, columns, rows)
        if pixels is None:
            assert (word, columns) == ("QUARANTINE", 38), "it needs 39 columns in small letters"
            return

        assert is_rectangle(pixels)
        assert len(pixels[0]) <= columns
        assert len(cells(pixels)) <= rows

    def test_quarantine_is_never_cut_off(self) -> None:
        drawn = {columns: fit_line("QUARANTINE", columns, 6) for columns in (39, 40, 80, 120)}

        assert [pixels is not None for pixels in drawn.values()] == [True] * 4
        assert fit_line("QUARANTINE", 38, 6) is None

    def test_more_space_never_gives_smaller_letters(self) -> None:
        heights = []
        for columns in range(39, 200):
            pixels = fit_line("QUARANTINE", columns, 20)
            assert pixels is not None
            heights.append(len(pixels))

        assert heights == sorted(heights)

    @given(st.text(max_size=80), st.integers(1, 130), st.integers(1, 30), st.booleans())
    def test_any_text_in_any_space_fits_or_is_none(
        self, text: str, columns: int, rows: int, blocks: bool
    ) -> None:
        pixels = fit_line(text, columns, rows, blocks=blocks)

        if pixels is not None:
            drawn = cells(pixels, blocks=blocks)
            assert len(drawn) <= rows
            assert all(len(row) == len(drawn[0]) <= columns for row in drawn)

    @given(st.text(max_size=90), st.integers(1, 130), st.integers(1, 30))
    def test_any_sentence_in_any_space_fits_or_is_none(
        self, text: str, columns: int, rows: int
    ) -> None:
        lines = fit_lines(text, columns, rows)

        if lines is not None:
            assert sum(map(len, lines)) + len(lines) - 1 <= rows * 2
            assert all(len(row) <= columns for pixels in lines for row in pixels)


class TestFittingASentence:
    def test_one_line_where_that_gives_the_largest_letters(self) -> None:
        lines = fit_lines("Pass it on", 78, 6)

        assert lines is not None
        assert len(lines) == 1

    def test_broken_between_words_where_one_line_is_too_long(self) -> None:
        lines = fit_lines("Turn the label to the reader, scan again", 78, 6)

        assert lines is not None
        assert len(lines) == 2
        assert len(lines[0]) == len(lines[1]) == 5

    def test_every_next_action_is_large_at_80_columns(self) -> None:
        assert [action for action in actions() if fit_lines(action, 78, 6) is None] == []


class TestCells:
    def test_two_pixels_a_cell(self) -> None:
        assert cells((" # #", "  ##")) == (" ▀▄█",)

    def test_an_odd_row_is_half_a_cell(self) -> None:
        assert cells(("#", "#", "#")) == ("█", "▀")

    def test_without_half_blocks_a_pixel_is_a_cell(self) -> None:
        assert cells(("# #", " # "), blocks=False) == ("# #", " # ")


class TestShapes:
    SHAPES = (TICK, BANG, CROSS, BLOCK, AGAIN)

    @pytest.mark.parametrize("height", [5, 7, 9, 10, 12, 14, 20, 40])
    def test_no_two_shapes_are_alike_in_any_size(self, height: int) -> None:
        drawn = [scaled(shape, height) for shape in self.SHAPES]

        assert len(set(drawn)) == len(drawn)
        assert all(len(shape) == height and is_rectangle(shape) for shape in drawn)

    def test_its_own_size_is_itself(self) -> None:
        assert all(scaled(shape, 10) == shape for shape in self.SHAPES)


class TestFonts:
    @pytest.mark.parametrize("text", ["100%", "A@B", "[UNIT]"])
    def test_what_the_letters_cannot_spell_comes_from_a_font(self, text: str) -> None:
        assert not set(text) <= set(LARGE)

        pixels = fit_line(text, 78, 6)

        assert pixels is not None
        assert is_rectangle(pixels)
        assert any("#" in row for row in pixels)
        assert any(" " in row for row in pixels)

    def test_a_font_draws_at_the_height_asked_for_and_tells_letters_apart(self) -> None:
        drawn = [from_font(text, 16, default_font()) for text in ("%", "@", "A")]

        assert [pixels is not None and len(pixels) for pixels in drawn] == [16] * 3
        assert len(set(drawn)) == 3

    @pytest.mark.parametrize("text", ["隔离", "ŁÓDŹ", "\ue000"])
    def test_what_no_font_at_hand_can_spell_is_left_to_plain_text(self, text: str) -> None:
        """Better small letters than a row of empty boxes."""
        assert fit_line(text, 78, 6) is None
        assert fit_lines(text, 78, 6) is None
