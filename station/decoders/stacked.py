"""Linear codes one above the other: two labels, or one label with a scratch across?

A reader that follows scan lines reports a damaged label in pieces, and merges the pieces of two
equal labels into one tall symbol. Here the pieces are told apart by what lies between them: two
pieces whose ends line up are one label unless a gap parts them that is wide against the bars, as
margins and text make it. A genuine unit is thus not taken for two, nor a copy beside it for one,
except where two copies lie exactly in line with almost no gap.
"""

from dataclasses import replace
from math import hypot
from typing import TYPE_CHECKING, Final, cast

import cv2
import numpy as np
import zxingcpp
from zxingcpp import BarcodeFormat

from station.core.symbol import Corners, Point, Symbol, SymbolFormat

if TYPE_CHECKING:
    from station.ports.frames import GreyPixels

_ENDS_IN_LINE: Final = 0.25
"""How far the ends of pieces of one label may be apart, as a share of its length; skew included."""
_LEAST_BARS: Final = 0.06
"""Bars of a label are at least this high against its length; less is a piece."""
_LEAST_GAP: Final = 0.35
"""Margins and text between two labels, against the height of the higher bars."""
_LEAST_HEIGHT_TO_SPLIT: Final = 0.3
"""A symbol lower than this against its length has no room for two labels."""
_STRIPS: Final = 24
_LEAST_STRIP_PX: Final = 4
_SIDE_REACH: Final = 0.6
"""How far beyond either end to look, against the length; readers merge up to half of it."""


def are_one_label(one: Corners, other: Corners) -> bool:
    """Whether two pieces of the same linear code are on one label.

    Args:
        one: The outline of a piece in its own orientation.
        other: The outline of the other piece.
    """
    origin, along, length = _axis(one)
    if length == 0:
        return False

    def extent(outline: Corners) -> tuple[float, float, float, float]:
        """Left, right, top, bottom in the first piece's own orientation."""
        xs = [(x - origin[0]) * along[0] + (y - origin[1]) * along[1] for x, y in outline]
        ys = [(y - origin[1]) * along[0] - (x - origin[0]) * along[1] for x, y in outline]
        return (min(xs), max(xs), min(ys), max(ys))

    left, right, top, bottom = extent(one)
    other_left, other_right, other_top, other_bottom = extent(other)
    reach = _ENDS_IN_LINE * length
    if abs(left - other_left) > reach or abs(right - other_right) > reach:
        return False
    gap = max(top, other_top) - min(bottom, other_bottom)
    heights = (bottom - top, other_bottom - other_top)
    if min(heights) < _LEAST_BARS * length:
        return True
    return gap < _LEAST_GAP * max(heights)


def is_thin(outline: Corners) -> bool:
    """Whether a piece of a linear code is too low to be a label's bars."""
    return _height(outline) < _LEAST_BARS * _axis(outline)[2]


def split_labels(pixels: "GreyPixels", symbol: Symbol) -> tuple[Symbol, ...]:
    """The places a Code 128 stands at within the one place a reader merged them to.

    Only Code 128 is looked at: EAN, UPC and ITF name no unit, so that a copy of one says nothing.

    Args:
        pixels: 2-D uint8, grey.
        symbol: What the reader found there.

    Returns:
        One symbol for each label, or the symbol itself.
    """
    if symbol.format is not SymbolFormat.CODE_128 or symbol.corners is None:
        return (symbol,)
    length = _axis(symbol.corners)[2]
    if length == 0 or _height(symbol.corners) < _LEAST_HEIGHT_TO_SPLIT * length:
        return (symbol,)
    labels: list[list[Corners]] = []
    for piece in _pieces(pixels, symbol.corners, symbol.payload):
        if not is_thin(piece):
            mine = [label for label in labels if any(are_one_label(piece, p) for p in label)]
            labels = [label for label in labels if label not in mine]
            labels.append([p for label in mine for p in label] + [piece])
    if len(labels) < 2:
        return (symbol,)
    return tuple(replace(symbol, corners=(*label[0][:2], *label[-1][2:])) for label in labels)


def _pieces(pixels: "GreyPixels", outline: Corners, payload: bytes) -> list[Corners]:
    """Read a tall symbol strip by strip; neighbouring strips that agree make a piece, top first."""
    _, along, length = _axis(outline)
    top, bottom = _middle(*outline[:2]), _middle(*outline[2:])
    height = hypot(bottom[0] - top[0], bottom[1] - top[1])
    down = ((bottom[0] - top[0]) / height, (bottom[1] - top[1]) / height)
    width = length * (1 + 2 * _SIDE_REACH)
    start = (top[0] - along[0] * width / 2, top[1] - along[1] * width / 2)
    upright = cv2.warpAffine(
        pixels,
        np.array([[along[0], down[0], start[0]], [along[1], down[1], start[1]]]),
        (round(width), round(height)),
        flags=cv2.INTER_LINEAR | cv2.WARP_INVERSE_MAP,
        borderMode=cv2.BORDER_REPLICATE,
    )

    def in_picture(x: float, y: float) -> Point:
        return (start[0] + along[0] * x + down[0] * y, start[1] + along[1] * x + down[1] * y)

    found: list[tuple[float, float, int, int]] = []
    strip = max(_LEAST_STRIP_PX, round(height / _STRIPS))
    for upper in range(0, upright.shape[0], strip):
        for left, right in _reads(cast("GreyPixels", upright[upper : upper + strip]), payload):
            above = next(
                (p for p in found if p[3] == upper and abs(p[0] - left) <= _ENDS_IN_LINE * length),
                None,
            )
            if above is None:
                found.append((left, right, upper, upper + strip))
            else:
                found[found.index(above)] = (above[0], above[1], above[2], upper + strip)
    return [
        (in_picture(x0, y0), in_picture(x1, y0), in_picture(x1, y1), in_picture(x0, y1))
        for x0, x1, y0, y1 in found
    ]


def _reads(rows: "GreyPixels", payload: bytes) -> list[tuple[float, float]]:
    """Left and right end of each place where a strip reads as the payload."""
    found = zxingcpp.read_barcodes(
        rows,
        formats=(BarcodeFormat.Code128,),  # type: ignore[arg-type]  # as in zxing.py
        try_rotate=False,
        try_downscale=False,
        try_invert=False,
        text_mode=zxingcpp.TextMode.Plain,
    )
    return [
        (float(barcode.position.top_left.x), float(barcode.position.top_right.x))
        for barcode in found
        if barcode.bytes == payload
    ]


def _axis(outline: Corners) -> tuple[Point, Point, float]:
    """The middle of the left end, the direction of reading as a unit vector, and the length."""
    left = _middle(outline[0], outline[3])
    right = _middle(outline[1], outline[2])
    length = hypot(right[0] - left[0], right[1] - left[1])
    if length == 0:
        return (left, (1.0, 0.0), 0.0)
    return (left, ((right[0] - left[0]) / length, (right[1] - left[1]) / length), length)


def _height(outline: Corners) -> float:
    top, bottom = _middle(*outline[:2]), _middle(*outline[2:])
    return hypot(bottom[0] - top[0], bottom[1] - top[1])


def _middle(one: Point, other: Point) -> Point:
    return ((one[0] + other[0]) / 2, (one[1] + other[1]) / 2)
