"""Lines of text: padded, cut and wrapped to exactly so many cells."""

from hypothesis import given
from hypothesis import strategies as st
from rich.cells import cell_len

from station.tui.lines import cut, padded, wrapped


class TestLines:
    @given(st.text(max_size=60), st.integers(0, 50))
    def test_padding_and_cutting_are_exact(self, text: str, width: int) -> None:
        assert cell_len(cut(text, width)) <= width
        if text.isprintable():
            assert cell_len(padded(text, width)) == width

    def test_wrapping_breaks_between_words_and_cuts_the_last_line(self) -> None:
        text = "Turn the label to the reader, scan again"

        assert wrapped(text, 22, 3) == ["Turn the label to the", "reader, scan again"]
        assert wrapped(text, 10, 2) == ["Turn the", "label to…"]
        assert wrapped("", 10, 2) == []

    def test_a_sentence_without_spaces_is_broken_after_its_comma(self) -> None:
        sentence = "将标签对准读码器，重新扫描"

        assert wrapped(sentence, 40, 2) == [sentence]
        assert wrapped(sentence, 20, 2) == ["将标签对准读码器，", "重新扫描"]
