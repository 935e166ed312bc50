"""Label pictures: printing size, text, quiet zone, and a file that appears whole or not at all."""

import os
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from station.labels import picture
from station.labels.picture import MIN_MODULE_PX, LabelContent, PrintSize, label_image, write_label
from station.labels.symbols import LabelError, SymbolKind
from tests.fakes.decoder import UNIT

LINES = ("(01) 09506000134352", "(21) K7QZ4M2XW9TRB")
CONTENT = LabelContent(UNIT, SymbolKind.GS1_DATA_MATRIX, LINES)
QUIET = 4


def test_it_prints_at_its_size(tmp_path: Path) -> None:
    write_label(tmp_path / "label.png", CONTENT, PrintSize(x_dimension_mm=0.5, dpi=600))
    with Image.open(tmp_path / "label.png") as label:
        assert label.info["dpi"] == pytest.approx((600, 600), abs=0.1)
        dots = round(0.5 / 25.4 * 600)
        assert label.width == (40 + 2 * QUIET) * dots


@pytest.mark.parametrize(
    ("x_mm", "dpi", "dots"), [(0.495, 300, 6), (0.25, 203, 2), (0.1, 100, MIN_MODULE_PX)]
)
def test_a_module_is_a_whole_number_of_dots(x_mm: float, dpi: int, dots: int) -> None:
    assert PrintSize(x_mm, dpi).module_px == dots


def test_the_quiet_zone_is_paper_and_modules_are_sharp() -> None:
    drawn = np.asarray(label_image(LabelContent(UNIT, SymbolKind.GS1_DATA_MATRIX), 5))
    assert drawn.shape == ((40 + 2 * QUIET) * 5,) * 2
    assert set(np.unique(drawn)) == {0, 255}
    edge = QUIET * 5
    assert (drawn[:edge] == 255).all()
    assert (drawn[:, :edge] == 255).all()
    assert (drawn[edge:-edge, edge] == 0).all()


def test_the_text_stands_below_the_symbol() -> None:
    plain = label_image(LabelContent(UNIT, SymbolKind.GS1_DATA_MATRIX), 5)
    worded = np.asarray(label_image(CONTENT, 5))
    assert worded.shape[0] > plain.height
    below = worded[plain.height :]
    assert (below < 128).sum() > 200
    assert (worded[: plain.height] == np.asarray(plain)).all()


def test_a_long_line_makes_the_label_wider_and_stays_whole() -> None:
    long_line = LabelContent(UNIT, SymbolKind.GS1_DATA_MATRIX, ("W" * 60,))
    drawn = np.asarray(label_image(long_line, 4))
    assert drawn.shape[1] > (40 + 2 * QUIET) * 4
    assert (drawn[:, 0] == 255).all()
    assert (drawn[:, -1] == 255).all()


def test_hostile_text_is_drawn_as_text() -> None:
    hostile = LabelContent(UNIT, SymbolKind.GS1_DATA_MATRIX, ("a\x1b[31m\nb\u202e" + "x" * 10_000,))
    assert label_image(hostile, 4).width < 6000


@pytest.mark.parametrize("size", [PrintSize(5.0, 2400), PrintSize(2.0, 2400)])
def test_a_label_too_large_for_any_printer_is_refused(size: PrintSize, tmp_path: Path) -> None:
    with pytest.raises(LabelError, match="would be"):
        write_label(tmp_path / "label.png", CONTENT, size)
    assert not any(tmp_path.iterdir())


def test_an_existing_file_is_replaced_whole(tmp_path: Path) -> None:
    path = tmp_path / "label.png"
    path.write_bytes(b"old")
    write_label(path, CONTENT)
    assert path.read_bytes().startswith(b"\x89PNG")
    assert [entry.name for entry in tmp_path.iterdir()] == ["label.png"]


def test_a_failed_write_leaves_the_old_file_and_no_rubbish(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = tmp_path / "label.png"
    path.write_bytes(b"old")

    def full(_: int) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(os, "fsync", full)
    with pytest.raises(LabelError, match="No space left on device: check folder, rights and free"):
        write_label(path, CONTENT)
    assert path.read_bytes() == b"old"
    assert [entry.name for entry in tmp_path.iterdir()] == ["label.png"]


def test_a_missing_folder_says_so(tmp_path: Path) -> None:
    with pytest.raises(LabelError, match=r"cannot write .*No such file"):
        write_label(tmp_path / "none" / "label.png", CONTENT)


def test_a_second_symbol_of_the_same_kind_is_refused(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    drawn = label_image(CONTENT, 6)
    both = Image.new("L", (2 * drawn.width, drawn.height), 255)
    both.paste(drawn, (0, 0))
    both.paste(drawn, (drawn.width, 0))
    monkeypatch.setattr(picture, "label_image", lambda content, module_px: both)
    with pytest.raises(LabelError, match="does not read back"):
        write_label(tmp_path / "label.png", CONTENT)


def test_the_same_label_is_the_same_file(tmp_path: Path) -> None:
    write_label(tmp_path / "a.png", CONTENT)
    write_label(tmp_path / "b.png", CONTENT)
    assert (tmp_path / "a.png").read_bytes() == (tmp_path / "b.png").read_bytes()
