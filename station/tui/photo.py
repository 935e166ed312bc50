"""A photo in a terminal: two pixels a cell as half blocks, or shades of characters.

The file was written by the station itself and has the digest in its journal, but is treated as
foreign all the same: bounded before it is decoded, and what cannot be decoded is no photo.
"""

import io
from functools import lru_cache
from typing import Final

from PIL import Image
from rich.segment import Segment
from rich.style import Style

from station.tui.lines import Line
from station.tui.palette import Look

MAX_PIXELS: Final = 50_000_000
"""Of a picture that is decoded; cameras have less than half of that."""

_GREYS: Final = 32
"""Shades drawn; a terminal of 256 colours has 24 of them."""

_SHADES: Final = " .:-=+*#%@"
_BLOCK_SHADES: Final = " ░▒▓█"
_KEPT: Final = 32
"""Drawn photos kept; a screen shows two, in a few sizes."""


def photo_lines(jpeg: bytes, width: int, height: int, look: Look) -> tuple[Line, ...] | None:
    """A photo as exactly ``height`` lines of ``width`` cells, its proportions kept.

    Args:
        jpeg: The file.
        width: Cells, at least 1.
        height: Lines, at least 1.
        look: How to draw on this terminal.

    Returns:
        The lines; None where it is no picture.
    """
    grey = look.theme.name not in {"ansi", "plain"} and look.unicode
    rows = height * 2 if grey else height
    pixels = _pixels(jpeg, width, rows, 1.0 if grey else 2.0)
    if pixels is None:
        return None
    if grey:
        pairs = zip(pixels[::2], pixels[1::2], strict=True)
        return tuple(_half_blocks(upper, lower) for upper, lower in pairs)
    ramp = _BLOCK_SHADES if look.unicode else _SHADES
    return tuple(_characters(row, ramp, look.theme.page) for row in pixels)


@lru_cache(maxsize=_KEPT)
def _pixels(jpeg: bytes, columns: int, rows: int, tall: float) -> tuple[bytes, ...] | None:
    """Shades, a byte a pixel, 0 black; black around what the proportions leave over.

    Args:
        jpeg: The file.
        columns: Pixels across.
        rows: Pixels down.
        tall: How much taller than wide a pixel is.
    """
    try:
        with Image.open(io.BytesIO(jpeg), formats=("JPEG",)) as picture:
            if picture.width * picture.height > MAX_PIXELS:
                return None
            picture.draft("L", (columns * 2, rows * 2))
            grey = picture.convert("L")
    except (OSError, ValueError, SyntaxError, Image.DecompressionBombError):
        return None
    scale = min(columns / grey.width, rows * tall / grey.height)
    size = (max(1, round(grey.width * scale)), max(1, round(grey.height * scale / tall)))
    small = grey.resize(size, Image.Resampling.BOX)
    whole = Image.new("L", (columns, rows), 0)
    whole.paste(small, ((columns - size[0]) // 2, (rows - size[1]) // 2))
    flat = whole.tobytes()
    return tuple(flat[row * columns : (row + 1) * columns] for row in range(rows))


def _half_blocks(upper: bytes, lower: bytes) -> Line:
    """Equal neighbours in one piece, so that little is sent."""
    parts: list[Segment] = []
    run, style = "", Style.null()
    for above, below in zip(upper, lower, strict=True):
        here = _style(above * _GREYS // 256, below * _GREYS // 256)
        if run and here != style:
            parts.append(Segment(run, style))
            run = ""
        run += "▀"
        style = here
    parts.append(Segment(run, style))
    return tuple(parts)


@lru_cache(maxsize=_GREYS * _GREYS)
def _style(above: int, below: int) -> Style:
    return Style(color=_grey(above), bgcolor=_grey(below))


def _grey(shade: int) -> str:
    level = shade * 255 // (_GREYS - 1)
    return f"#{level:02x}{level:02x}{level:02x}"


def _characters(row: bytes, ramp: str, style: Style) -> Line:
    return (Segment("".join(ramp[grey * len(ramp) // 256] for grey in row), style),)
