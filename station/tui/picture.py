"""A camera's picture as terminal rows: two pixels a cell, in greys or in black and white.

Half blocks (``▀``) take the upper pixel as their colour and the lower one as their background, in
the 24 greys of the xterm-256 palette; labels are outlined in a colour, whole where one was read and
dashed where not. A terminal without those colours gets dots, one without half blocks ``#``.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Final

from PIL import Image, ImageDraw

from station.core.symbol import Corners
from station.tui.raster import cells

_GREYS_FROM: Final = 232
_GREYS: Final = 24
"""The palette's entries from nearly black to nearly white."""
_READ: Final = 51
_UNREAD: Final = 214
_DASH_PX: Final = 2
_PLAIN: Final = "\x1b[0m"
_UPPER_HALF: Final = "▀"


@dataclass(frozen=True, slots=True)
class Outline:
    """A label in the picture.

    Attributes:
        corners: Pixels of the picture.
        is_read: Whether it was read.
    """

    corners: Corners
    is_read: bool


def fitted_size(width: int, height: int, columns: int, rows: int) -> tuple[int, int]:
    """The largest size in half cells that keeps a picture's shape.

    Args:
        width: Of the picture, pixels.
        height: Of the picture, pixels.
        columns: Cells there are across.
        rows: Cells there are down.

    Returns:
        Width, and height as an even number; at least 1 and 2.
    """
    scale = min(columns / width, 2 * rows / height)
    return max(1, int(width * scale)), max(2, int(height * scale) // 2 * 2)


def picture_rows(
    picture: Image.Image,
    outlines: Iterable[Outline],
    size: tuple[int, int],
    *,
    colours: bool,
    blocks: bool,
) -> tuple[str, ...]:
    """Draw a picture for a terminal.

    Args:
        picture: Grey (mode ``L``).
        outlines: Labels in it.
        size: As from `fitted_size`.
        colours: Whether the terminal has 256 colours; without, outlines are left out.
        blocks: Whether it has half blocks.

    Returns:
        Rows of equal width, each ending in the terminal's own colours.
    """
    width, height = size
    if not blocks:
        height //= 2
    small = picture.resize((width, height), Image.Resampling.BOX)
    if not (colours and blocks):
        dots = small.convert("1").convert("L").tobytes()
        bitmap = tuple(
            "".join("#" if dot else " " for dot in dots[y * width : (y + 1) * width])
            for y in range(height)
        )
        return cells(bitmap, blocks=blocks)
    codes = bytearray(_GREYS_FROM + grey * _GREYS // 256 for grey in small.tobytes())
    scale = (width / picture.width, height / picture.height)
    for outline in outlines:
        _draw(codes, (width, height), outline, scale)
    return tuple(
        _row(
            codes[y * width : (y + 1) * width],
            codes[(y + 1) * width : (y + 2) * width],
        )
        for y in range(0, height, 2)
    )


def _draw(
    codes: bytearray, size: tuple[int, int], outline: Outline, scale: tuple[float, float]
) -> None:
    """Put an outline's colour over the greys."""
    width = size[0]
    mask = Image.new("L", size, 0)
    points = [(x * scale[0], y * scale[1]) for x, y in outline.corners]
    ImageDraw.Draw(mask).polygon(points, outline=1)
    code = _READ if outline.is_read else _UNREAD
    for at, inked in enumerate(mask.tobytes()):
        y, x = divmod(at, width)
        if inked and (outline.is_read or (x + y) // _DASH_PX % 2):
            codes[at] = code


def _row(upper: bytearray, lower: bytearray) -> str:
    """Cells of two rows of palette entries; a colour is named only where it changes."""
    parts: list[str] = []
    before: tuple[int, int] | None = None
    for pair in zip(upper, lower, strict=True):
        if pair != before:
            parts.append(f"\x1b[38;5;{pair[0]};48;5;{pair[1]}m")
            before = pair
        parts.append(_UPPER_HALF)
    return "".join(parts) + _PLAIN
