"""Words as large letters made of half blocks, so that they can be read from two metres.

A terminal cell holds two pixels, one above the other (``▀ ▄ █``); pixels are about square. Where
the terminal has only ASCII a pixel is a whole cell of ``#``. Pure, apart from the font that draws
what the hand-made letters cannot spell.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache, lru_cache
from typing import Final

from PIL import Image, ImageDraw, ImageFont

from station.tui.glyphs import LARGE, SMALL, Bitmap

_HALF_BLOCKS: Final = {(" ", " "): " ", ("#", " "): "▀", (" ", "#"): "▄", ("#", "#"): "█"}
_CACHED: Final = 512
"""Pictures of words kept; a shift meets a few dozen."""

FONT_SIZE: Final = 96
"""Pixels at which fonts are loaded, large enough to be made small well."""

_NO_CHARACTER: Final = "\U0010ffff"
"""Never assigned (Unicode 16, section 23.7), so no font has it."""

_INK: Final = 85
"""Grey from which a pixel is set: a third, so that thin strokes survive."""

_LEAST_FONT_PIXELS: Final = 12
"""A font's letters below this height are a smear."""

_THICK_FROM_PIXELS: Final = 24
"""From this height a font's strokes are made thicker; below, those of a dense sign would run into
each other."""

_BREAKS_AFTER: Final = "\N{FULLWIDTH COMMA}"
"""Where a sentence without spaces may be broken."""

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


def can_spell(text: str, font: ImageFont.FreeTypeFont | None = None) -> bool:
    """Whether a text can be drawn at all.

    Args:
        text: What to draw; drawn in capitals.
        font: As for `fit_line`.
    """
    capitals = text.upper()
    by_hand = all(char in SMALL or char == " " for char in capitals)
    return by_hand or _has_all(capitals, font or default_font())


@lru_cache(maxsize=_CACHED)
def cells(pixels: Bitmap, *, blocks: bool = True) -> tuple[str, ...]:
    """Pixels as terminal rows of equal width."""
    if not blocks:
        return pixels
    padded = [*pixels, " " * len(pixels[0])] if len(pixels) % 2 else pixels
    return tuple(
        "".join(_HALF_BLOCKS[pair] for pair in zip(upper, lower, strict=True))
        for upper, lower in zip(padded[::2], padded[1::2], strict=True)
    )


@lru_cache(maxsize=_CACHED)
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


@lru_cache(maxsize=_CACHED)
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
    stroke = FONT_SIZE // 32 if height >= _THICK_FROM_PIXELS else 0
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
    missing = _mask(_NO_CHARACTER, font)
    return not any(_mask(char, font) == missing for char in set(text) - {" "})


@lru_cache(maxsize=_CACHED)
def _mask(char: str, font: ImageFont.FreeTypeFont) -> bytes:
    return bytes(font.getmask(char))


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


def _fit(
    text: str, max_columns: int, max_pixel_rows: int, font: ImageFont.FreeTypeFont | None
) -> Bitmap | None:
    if not text.strip():
        return None
    if not all(char in SMALL or char == " " for char in text):
        return _fit_font(text, max_columns, max_pixel_rows, font or default_font())
    for letters in _LETTERS:
        if letters.height <= max_pixel_rows and letters.width_of(text) <= max_columns:
            return letters.draw(text)
    return None


def _fit_font(
    text: str, max_columns: int, max_pixel_rows: int, font: ImageFont.FreeTypeFont
) -> Bitmap | None:
    for height in range(max_pixel_rows, _LEAST_FONT_PIXELS - 1, -2):
        pixels = from_font(text, height, font)
        if pixels is None or len(pixels[0]) <= max_columns:
            return pixels
    return None


@lru_cache(maxsize=_CACHED)
def _fit_lines(
    text: str, max_columns: int, max_pixel_rows: int, font: ImageFont.FreeTypeFont | None
) -> tuple[Bitmap, ...] | None:
    best: tuple[Bitmap, ...] | None = None
    # A narrow comma, for a full-width one takes the room of a whole sign.
    for lines in _ways_to_break(text.replace(_BREAKS_AFTER, ", ").split()):
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


@dataclass(frozen=True, slots=True)
class _Letters:
    """One size of hand-made letters.

    Attributes:
        font: What they are made from.
        height: Pixels.
        width: Pixels of a letter that is 5 wide in `LARGE`; 0 for letters as they were drawn.
    """

    font: Mapping[str, Bitmap]
    height: int
    width: int = 0

    @property
    def gap(self) -> int:
        """Pixels between two letters."""
        return max(1, self.width // 7)

    def width_of(self, text: str) -> int:
        """Pixels that `draw` needs, without drawing."""
        letters = sum(len(self._glyph(char)[0]) for char in text)
        return letters + self.gap * (len(text) - 1)

    def draw(self, text: str) -> Bitmap:
        """The text as pixels."""
        glyphs = [self._glyph(char) for char in text]
        return tuple((" " * self.gap).join(rows) for rows in zip(*glyphs, strict=True))

    def _glyph(self, char: str) -> Bitmap:
        if self.width:
            return _heavy_glyph(char, self.width, self.height)
        return self.font.get(char) or (_blank(self.font),) * self.height


def _blank(font: Mapping[str, Bitmap]) -> str:
    """A row of a space, which has its gaps besides."""
    return " " * (1 if font is SMALL else 2)


@cache  # some 60 characters in 13 sizes
def _heavy_glyph(char: str, width: int, height: int) -> Bitmap:
    """A thick letter in any size: stretched stroke by stroke, then doubled sideways."""
    thick = max(1, width // 6)
    glyph = LARGE.get(char) or (_blank(LARGE),) * 7
    return _thickened(_stretched(glyph, width - thick, height), thick)


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


_LETTERS: Final = (
    *(
        _Letters(LARGE, height, width)
        for width, height in (
            (30, 50), (24, 40), (20, 34), (18, 30), (16, 26), (14, 24), (12, 20), (11, 18),
            (10, 16), (9, 14), (8, 12), (7, 12), (6, 10),
        )
    ),
    _Letters(LARGE, 7),
    _Letters(SMALL, 5),
)  # fmt: skip
"""From the largest to the smallest."""
