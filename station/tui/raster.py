"""Words as large letters made of half blocks, so that they can be read from two metres.

A terminal cell holds two pixels, one above the other (``▀ ▄ █``); pixels are about square. Where
the terminal has only ASCII a pixel is a whole cell of ``#``. Pure, apart from the font that draws
what the hand-made letters cannot spell.
"""

from collections.abc import Callable, Sequence
from functools import lru_cache, partial
from typing import Final

from PIL import Image, ImageDraw, ImageFont

from station.tui.glyphs import LARGE, SMALL, Bitmap

_HALF_BLOCKS: Final = {(" ", " "): " ", ("#", " "): "▀", (" ", "#"): "▄", ("#", "#"): "█"}
_LARGE_SPACE: Final = 3
_SMALL_SPACE: Final = 2
FONT_SIZE: Final = 96
"""Pixels at which fonts are loaded, large enough to be made small well."""

_NO_CHARACTER: Final = "\U0010ffff"
"""Never assigned (Unicode 16, section 23.7), so no font has it."""

_INK: Final = 110
"""Grey from which a pixel is set: a little under half, so that thin strokes survive."""

_LEAST_FONT_PIXELS: Final = 10
"""A font's letters below this height are a smear."""

_MAX_TEXT: Final = 64
"""Characters; longer texts are not meant to be read from two metres."""

# Which columns and rows are widened first, so that what is left and right, above and below stays
# alike and the strokes of an E, an H and an O get the same weight.
_COLUMN_ORDER: Final = {1: (2,), 2: (0, 4), 3: (0, 2, 4), 4: (0, 1, 3, 4)}
_ROW_ORDER: Final = {
    1: (3,), 2: (0, 6), 3: (0, 3, 6), 4: (0, 2, 4, 6), 5: (0, 2, 3, 4, 6), 6: (0, 1, 2, 4, 5, 6)
}  # fmt: skip


def fit_line(
    text: str,
    max_columns: int,
    max_rows: int,
    *,
    blocks: bool = True,
    font: ImageFont.FreeTypeFont | None = None,
) -> Bitmap | None:
    """One line of text as large as the space allows, as pixels.

    Args:
        text: What to draw; drawn in capitals.
        max_columns: Cells across.
        max_rows: Cells down.
        blocks: Half blocks (two pixels a cell) or whole cells.
        font: Spells what the hand-made letters cannot; `default_font` by default.

    Returns:
        The pixels, or None where not even the smallest letters fit, or nothing can spell it.
    """
    return _fit(text.upper()[:_MAX_TEXT], max_columns, max_rows * (2 if blocks else 1), font)


def fit_lines(
    text: str,
    max_columns: int,
    max_rows: int,
    *,
    blocks: bool = True,
    font: ImageFont.FreeTypeFont | None = None,
) -> tuple[Bitmap, ...] | None:
    """A sentence on as few lines as give the largest letters that fit.

    Args:
        text: What to draw; broken between words.
        max_columns: Cells across.
        max_rows: Cells down, for all lines with a pixel's gap between them.
        blocks: Half blocks or whole cells.
        font: As for `fit_line`.

    Returns:
        The lines' pixels, or None where they do not fit or cannot be spelled.
    """
    pixel_rows = max_rows * (2 if blocks else 1)
    return _fit_lines(text.upper()[:_MAX_TEXT], max_columns, pixel_rows, font)


def cells(pixels: Bitmap, *, blocks: bool = True) -> tuple[str, ...]:
    """Pixels as terminal rows of equal width."""
    if not blocks:
        return pixels
    padded = [*pixels, " " * len(pixels[0])] if len(pixels) % 2 else pixels
    return tuple(
        "".join(_HALF_BLOCKS[pair] for pair in zip(upper, lower, strict=True))
        for upper, lower in zip(padded[::2], padded[1::2], strict=True)
    )


def scaled(pixels: Bitmap, height: int) -> Bitmap:
    """A shape at another height, sampled at pixel centres."""
    rows, columns = len(pixels), len(pixels[0])
    width = max(1, round(columns * height / rows))
    return tuple(
        "".join(
            pixels[(2 * y + 1) * rows // (2 * height)][(2 * x + 1) * columns // (2 * width)]
            for x in range(width)
        )
        for y in range(height)
    )


def from_font(text: str, height: int, font: ImageFont.FreeTypeFont) -> Bitmap | None:
    """Any script through a font, for what the hand-made letters cannot spell.

    Args:
        text: What to draw.
        height: Pixels.
        font: Loaded at `FONT_SIZE`.

    Returns:
        The pixels, or None where the font does not have every character.
    """
    if not text.strip() or not _has_all(text, font):
        return None
    stroke = FONT_SIZE // 16
    left, top, right, bottom = (int(edge) for edge in font.getbbox(text, stroke_width=stroke))
    drawn = Image.new("L", (right - left, bottom - top), 0)
    ImageDraw.Draw(drawn).text((-left, -top), text, fill=255, font=font, stroke_width=stroke)
    width = max(1, round(drawn.width * height / drawn.height))
    small = drawn.resize((width, height), Image.Resampling.BOX).tobytes()
    return tuple(
        "".join("#" if grey > _INK else " " for grey in small[y * width : (y + 1) * width])
        for y in range(height)
    )


def _has_all(text: str, font: ImageFont.FreeTypeFont) -> bool:
    """A font draws one and the same box for every character it does not have."""
    missing = bytes(font.getmask(_NO_CHARACTER))
    return not any(bytes(font.getmask(char)) == missing for char in set(text) - {" "})


@lru_cache(maxsize=1)
def default_font() -> ImageFont.FreeTypeFont:
    """The font that Pillow carries with it: ASCII, so that ``%`` and ``@`` can be spelled.

    Raises:
        TypeError: This Pillow was built without FreeType.
    """
    font = ImageFont.load_default(size=FONT_SIZE)
    if not isinstance(font, ImageFont.FreeTypeFont):
        raise TypeError("this Pillow was built without FreeType")
    return font


@lru_cache(maxsize=256)
def _fit(
    text: str, max_columns: int, max_pixel_rows: int, font: ImageFont.FreeTypeFont | None
) -> Bitmap | None:
    if not text.strip():
        return None
    if not all(char in SMALL or char == " " for char in text):
        return _fit_font(text, max_columns, max_pixel_rows, font or default_font())
    for draw in _SIZES:
        pixels = draw(text)
        if len(pixels) <= max_pixel_rows and len(pixels[0]) <= max_columns:
            return pixels
    return None


def _fit_font(
    text: str, max_columns: int, max_pixel_rows: int, font: ImageFont.FreeTypeFont
) -> Bitmap | None:
    for height in range(max_pixel_rows, _LEAST_FONT_PIXELS - 1, -2):
        pixels = from_font(text, height, font)
        if pixels is None or len(pixels[0]) <= max_columns:
            return pixels
    return None


@lru_cache(maxsize=256)
def _fit_lines(
    text: str, max_columns: int, max_pixel_rows: int, font: ImageFont.FreeTypeFont | None
) -> tuple[Bitmap, ...] | None:
    best: tuple[Bitmap, ...] | None = None
    for lines in _ways_to_break(text.split()):
        each = (max_pixel_rows - (len(lines) - 1)) // len(lines)
        drawn = [
            pixels for line in lines if (pixels := _fit(line, max_columns, each, font)) is not None
        ]
        if len(drawn) < len(lines):
            continue
        height = min(map(len, drawn))
        if best is None or height > len(best[0]):
            # All lines in the letters of the one that had to be smallest.
            same = [_fit(line, max_columns, height, font) for line in lines]
            best = tuple(pixels for pixels in same if pixels is not None)
    return best


def _ways_to_break(words: list[str]) -> list[list[str]]:
    """One line, the evenest two, the evenest three."""
    ways = [[" ".join(words)]]
    if len(words) > 1:
        ways.append(
            min(
                ([" ".join(words[:cut]), " ".join(words[cut:])] for cut in range(1, len(words))),
                key=lambda lines: max(map(len, lines)),
            )
        )
    if len(words) > 2:
        ways.append(
            min(
                (
                    [" ".join(words[:one]), " ".join(words[one:two]), " ".join(words[two:])]
                    for one in range(1, len(words) - 1)
                    for two in range(one + 1, len(words))
                ),
                key=lambda lines: max(map(len, lines)),
            )
        )
    return ways


def _side_by_side(glyphs: Sequence[Bitmap], gap: int) -> Bitmap:
    return tuple((" " * gap).join(rows) for rows in zip(*glyphs, strict=True))


def _small(text: str) -> Bitmap:
    blank = (" " * (_SMALL_SPACE - 1),) * 5
    return _side_by_side([SMALL.get(char, blank) for char in text], 1)


def _large(text: str) -> Bitmap:
    blank = (" " * (_LARGE_SPACE - 1),) * 7
    return _side_by_side([LARGE.get(char, blank) for char in text], 1)


def _heavy(text: str, width: int, height: int) -> Bitmap:
    """Thick strokes in any size: letters stretched stroke by stroke, then doubled sideways."""
    blank = (" " * (_LARGE_SPACE - 1),) * 7
    thick = max(1, width // 6)
    glyphs = [
        _thickened(_stretched(LARGE.get(char, blank), width - thick, height), thick)
        for char in text
    ]
    return _side_by_side(glyphs, max(1, width // 7))


def _stretched(glyph: Bitmap, width: int, height: int) -> Bitmap:
    """A 7-row glyph to ``height`` rows, its columns as a 5-column one to ``width``."""
    row_times = _times(7, height, _ROW_ORDER)
    column_times = _times(5, width, _COLUMN_ORDER)
    if len(glyph[0]) != 5:
        column_times = [max(1, width // 5)] * len(glyph[0])
    return tuple(
        "".join(char * times for char, times in zip(row, column_times, strict=True))
        for row, repeat in zip(glyph, row_times, strict=True)
        for _ in range(repeat)
    )


def _times(count: int, size: int, order: dict[int, tuple[int, ...]]) -> list[int]:
    times = [size // count] * count
    for index in order.get(size % count, ()):
        times[index] += 1
    return times


def _thickened(glyph: Bitmap, by: int) -> Bitmap:
    width = len(glyph[0]) + by
    return tuple(
        "".join("#" if "#" in row[max(0, x - by) : x + 1] else " " for x in range(width))
        for row in glyph
    )


_SIZES: Final[tuple[Callable[[str], Bitmap], ...]] = (
    *(
        partial(_heavy, width=width, height=height)
        for width, height in (
            (30, 50), (24, 40), (20, 34), (18, 30), (16, 26), (14, 24), (12, 20), (11, 18),
            (10, 16), (9, 14), (8, 12), (7, 12), (6, 10),
        )
    ),
    _large,
    _small,
)  # fmt: skip
"""From the largest to the smallest; the sizes of heavy letters in pixels, width and height."""
