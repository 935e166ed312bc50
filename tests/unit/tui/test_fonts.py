"""Large letters of scripts that have none drawn by hand: a font where there is one, else a sign."""

from pathlib import Path
from typing import Final

import pytest
from PIL import ImageFont

from station.core.language import Language
from station.core.operators import Role
from station.core.reasons import Reason, VerdictClass
from station.core.wording import verdict_word
from station.ports.display import Attendance
from station.tui.fonts import chinese_font
from station.tui.palette import THEMES, Look
from station.tui.raster import FONT_SIZE, can_spell, default_font, fit_lines
from tests.fakes.display import verdict
from tests.fakes.painted import large, painted, view_of

READS_CHINESE: Final = Attendance("ANNA", Role.OPERATOR, language=Language.CHINESE)


def put(folder: Path, name: str, *, damaged: bool = False) -> Path:
    """A file under a font's name: the font that Pillow carries, or nothing of the kind."""
    path = folder / "truetype" / name
    path.parent.mkdir(exist_ok=True)
    carried = default_font().path
    path.write_bytes(b"no font" if damaged else carried.getvalue())  # type: ignore[union-attr]
    return path


def test_the_best_one_that_can_be_read(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    # Pillow looks for a damaged file's name among the system's own fonts.
    monkeypatch.setenv("XDG_DATA_DIRS", str(tmp_path / "none"))
    monkeypatch.setenv("XDG_DATA_HOME", str(tmp_path / "none"))
    assert chinese_font((tmp_path / "none", tmp_path)) is None
    put(tmp_path, "DejaVuSans.ttf")
    assert chinese_font((tmp_path,)) is None, "one without Chinese is none"
    put(tmp_path, "DroidSansFallbackFull.ttf")
    found = chinese_font((tmp_path,))
    assert isinstance(found, ImageFont.FreeTypeFont)
    assert found.size == FONT_SIZE
    put(tmp_path, "NotoSansCJK-Bold.ttc", damaged=True)
    put(tmp_path, "wqy-zenhei.ttc")
    found = chinese_font((tmp_path,))
    assert found is not None
    assert str(found.path).endswith("wqy-zenhei.ttc"), "the damaged one is passed over"


def test_thin_strokes_come_first_since_thick_ones_run_into_each_other(tmp_path: Path) -> None:
    put(tmp_path, "NotoSansSC-Bold.otf")
    put(tmp_path, "NotoSansSC-Regular.otf")
    found = chinese_font((tmp_path,))
    assert found is not None
    assert str(found.path).endswith("NotoSansSC-Regular.otf")


def test_where_no_font_spells_the_word_the_sign_is_large_and_the_word_beside_the_action() -> None:
    """Without it nothing could be read from two metres."""
    for verdict_class, reason in (
        (VerdictClass.ACCEPT, Reason.OK),
        (VerdictClass.QUARANTINE, Reason.UNIT_RECALLED),
        (VerdictClass.RESCAN, Reason.READ_EMPTY),
    ):
        view = view_of(READS_CHINESE, verdict(reason, verdict_class))
        word = verdict_word(verdict_class, Language.CHINESE)
        assert not can_spell(word)

        screen = painted(view)

        assert large(verdict_word(verdict_class), screen)
        assert f"{word} · " in screen
    assert large("READY", painted(view_of(READS_CHINESE)))
    assert "就绪 · 扫描下一件" in painted(view_of(READS_CHINESE))


def test_a_font_that_spells_it_draws_word_and_action() -> None:
    """The font Pillow carries stands for one of another script: it draws what no hand did."""
    font = default_font()
    look = Look(THEMES["teal"], font=font)

    assert can_spell("50 % @", font)
    assert not can_spell("隔离", font)
    assert fit_lines("50 %，@ 1", 60, 14, font=font), "with a narrow comma, which it has"
    assert fit_lines("50 %；@ 1", 60, 14, font=font) is None, "it has no such sign"
    assert "接收 · " in painted(view_of(READS_CHINESE, verdict()), look=look)
