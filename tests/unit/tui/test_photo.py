"""A photo as cells: proportions, shades, and files that are none."""

import io
from typing import Final

import pytest
from PIL import Image
from rich.cells import cell_len

from station.tui import photo
from station.tui.lines import Line, text_of
from station.tui.palette import THEMES, Look
from station.tui.photo import photo_lines

TEAL: Final = Look(THEMES["teal"])


def jpeg(width: int, height: int, left: int = 0, right: int = 255) -> bytes:
    """Half dark, half light."""
    picture = Image.new("L", (width, height), left)
    picture.paste(right, (width // 2, 0, width, height))
    content = io.BytesIO()
    picture.save(content, "JPEG", quality=95)
    return content.getvalue()


def widths(lines: tuple[Line, ...]) -> set[int]:
    return {sum(cell_len(part.text) for part in row) for row in lines}


@pytest.mark.parametrize("look", [TEAL, Look(THEMES["plain"]), Look(THEMES["ansi"], unicode=False)])
@pytest.mark.parametrize("size", [(1, 1), (40, 12), (39, 9), (10, 30)])
def test_it_fills_exactly_its_place(look: Look, size: tuple[int, int]) -> None:
    lines = photo_lines(jpeg(320, 200), *size, look)
    assert lines is not None
    assert len(lines) == size[1]
    assert widths(lines) == {size[0]}


def test_a_light_half_is_light_and_the_rest_is_black() -> None:
    lines = photo_lines(jpeg(200, 200), 40, 10, TEAL)
    assert lines is not None
    # 20 pixels high and so 20 wide, in the middle of 40.
    colours = [
        (part.style.color.triplet[0], len(part.text))
        for part in lines[5]
        if part.style is not None and part.style.color is not None and part.style.color.triplet
    ]
    assert colours[0] == (0, 20)
    assert colours[1][0] > 240
    assert colours[-1][0] == 0
    assert sum(length for _, length in colours) == 40


def test_without_colour_shades_are_characters() -> None:
    plain = photo_lines(jpeg(200, 100), 20, 5, Look(THEMES["plain"]))
    ascii_only = photo_lines(jpeg(200, 100), 20, 5, Look(THEMES["plain"], unicode=False))
    assert plain is not None
    assert ascii_only is not None
    assert set(text_of(plain)) <= set(" ░▒▓█\n")
    assert "█" in text_of(plain)
    assert text_of(ascii_only).isascii()
    assert "@" in text_of(ascii_only)


def png() -> bytes:
    content = io.BytesIO()
    Image.new("L", (8, 8), 0).save(content, "PNG")
    return content.getvalue()


@pytest.mark.parametrize(
    "content", [b"", b"no picture", jpeg(64, 64)[:40], jpeg(64, 64)[:200], png()]
)
def test_what_is_no_whole_jpeg_is_no_photo(content: bytes) -> None:
    assert photo_lines(content, 20, 10, TEAL) is None


def test_a_picture_of_too_many_pixels_is_not_decoded(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(photo, "MAX_PIXELS", 63 * 64)
    assert photo_lines(jpeg(64, 64, 1), 20, 10, TEAL) is None
