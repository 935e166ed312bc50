"""A picture as terminal rows: its greys, its labels, and what poorer terminals get."""

import re

import numpy as np
import pytest
from PIL import Image

from station.tui.picture import Outline, fitted_size, picture_rows

RAMP = Image.fromarray(np.tile(np.arange(0, 256, 4, dtype=np.uint8), (32, 1)))
BOX = ((16.0, 8.0), (48.0, 8.0), (48.0, 24.0), (16.0, 24.0))
CELL = re.compile(r"\x1b\[38;5;(\d+);48;5;(\d+)m")


def rows(*outlines: Outline, colours: bool = True, blocks: bool = True) -> tuple[str, ...]:
    return picture_rows(RAMP, outlines, (64, 32), colours=colours, blocks=blocks)


def plain(row: str) -> str:
    return re.sub(r"\x1b\[[0-9;]*m", "", row)


@pytest.mark.parametrize(
    ("picture", "room", "size"),
    [
        ((800, 480), (80, 24), (80, 48)),
        ((480, 800), (80, 24), (28, 48)),
        ((1, 1000), (80, 2), (1, 4)),
        ((1000, 1), (80, 2), (80, 2)),
    ],
)
def test_a_picture_keeps_its_shape(
    picture: tuple[int, int], room: tuple[int, int], size: tuple[int, int]
) -> None:
    assert fitted_size(*picture, *room) == size


def test_two_rows_of_pixels_are_one_row_of_cells_in_greys() -> None:
    drawn = rows()
    assert len(drawn) == 16
    assert {plain(row) for row in drawn} == {"▀" * 64}
    named = [(int(upper), int(lower)) for upper, lower in CELL.findall(drawn[0])]
    assert named[0] == (232, 232)
    assert named[-1] == (255, 255)
    assert named == sorted(named)
    assert all(row.endswith("\x1b[0m") for row in drawn)


def test_labels_are_outlined_whole_where_read_and_dashed_where_not() -> None:
    def inked(is_read: bool, code: str) -> int:
        return sum(row.count(f";5;{code}") for row in rows(Outline(BOX, is_read)))

    assert inked(True, "51") > 0
    assert inked(True, "214") == 0
    assert inked(False, "214") > 0
    assert inked(False, "51") == 0
    whole, dashed = (
        "".join(rows(Outline(BOX, is_read))).count("\x1b[38") for is_read in (True, False)
    )
    assert dashed > whole


def test_an_outline_outside_of_the_picture_is_no_trouble() -> None:
    far = ((-900.0, -900.0), (900.0, -900.0), (900.0, 900.0), (-900.0, 900.0))
    assert len(rows(Outline(far, is_read=True))) == 16


def test_without_colours_the_greys_are_dots() -> None:
    drawn = rows(Outline(BOX, is_read=True), colours=False)
    assert len(drawn) == 16
    assert {len(row) for row in drawn} == {64}
    assert set("".join(drawn)) <= set(" ▀▄█")
    dark, light = ("".join(row[part] for row in drawn) for part in (slice(16), slice(48, 64)))
    assert dark.count(" ") > len(dark) / 2
    assert light.count("█") > len(light) / 2


def test_without_half_blocks_there_are_number_signs() -> None:
    drawn = rows(blocks=False)
    assert len(drawn) == 16
    assert set("".join(drawn)) == {" ", "#"}
