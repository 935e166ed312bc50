"""Linear codes one above the other: two labels, or one label with a scratch across?

A reader that follows scan lines reports a damaged label in pieces, and merges the pieces of two
equal labels into one tall symbol. Here the pieces are told apart by what lies between them: two
pieces whose ends line up are one label unless a gap parts them that is wide against the bars, as
margins and text make it. A genuine unit is thus not taken for two, nor a copy beside it for one,
except where two copies lie exactly in line with almost no gap.
"""

from collections.abc import Iterable
from dataclasses import dataclass, replace
from math import hypot
from typing import TYPE_CHECKING, Final, cast

import cv2
import numpy as np
import zxingcpp
from zxingcpp import BarcodeFormat

from station.core.symbol import Corners, Point, Symbol, SymbolFormat

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from station.ports.frames import GreyPixels

_ENDS_IN_LINE: Final = 0.25
"""How far the ends of pieces of one label may be apart, as a share of its length; skew included."""
_LEAST_BARS: Final = 0.04
"""Bars of a label are at least this high against its length; less is a piece."""
_LEAST_GAP: Final = 0.35
"""Margins and text between two labels, against the height of the higher bars."""
_LEAST_HEIGHT_TO_SPLIT: Final = 0.3
"""A symbol lower than this against its length has no room for two labels."""
_STRIPS: Final = 48
_LEAST_STRIP_PX: Final = 4
_SIDE_REACH: Final = 0.1
"""How far beyond either end a strip goes, against the length: the quiet zones."""
_LEAST_LIKENESS: Final = 0.5
"""Correlation with the strip beside it, from which a strip shows the same bars."""


def are_one_label(one: Corners, other: Corners) -> bool:
    """Whether two pieces of the same linear code are on one label.

    Args:
        one: The outline of a piece in its own orientation.
        other: The outline of the other piece.
    """
    origin, along, length = _axis(one)
    if length == 0:
        return False

    left, right, top, bottom = _extent(one, origin, along)
    other_left, other_right, other_top, other_bottom = _extent(other, origin, along)
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


def separate_labels(pixels: "GreyPixels", symbols: Iterable[Symbol]) -> list[Symbol]:
    """Give every Code 128 label one symbol, however the reader cut or merged them.

    Only Code 128 is looked at: EAN, UPC and ITF name no unit, so that a copy of one says nothing.

    Args:
        pixels: 2-D uint8, grey.
        symbols: What the reader found there, with corners.
    """
    separated: list[Symbol] = []
    groups: list[list[Symbol]] = []
    for symbol in symbols:
        if symbol.format is not SymbolFormat.CODE_128:
            separated.append(symbol)
            continue
        mine = [group for group in groups if any(_are_stacked(symbol, other) for other in group)]
        groups = [group for group in groups if group not in mine]
        groups.append([other for group in mine for other in group] + [symbol])
    for group in groups:
        separated += _labels(pixels, group)
    return separated


def _are_stacked(one: Symbol, other: Symbol) -> bool:
    """Whether equal codes are one above the other rather than side by side."""
    if one.payload != other.payload or one.corners is None or other.corners is None:
        return False
    origin, along, _ = _axis(one.corners)
    left, right, _, _ = _extent(one.corners, origin, along)
    other_left, other_right, _, _ = _extent(other.corners, origin, along)
    return left < other_right and other_left < right


def _labels(pixels: "GreyPixels", group: list[Symbol]) -> list[Symbol]:
    """The labels within the area that a group of equal, stacked symbols takes up."""
    first = group[0]
    if first.corners is None:
        return group
    origin, along, length = _axis(first.corners)
    extents = [_extent(s.corners, origin, along) for s in group if s.corners is not None]
    left, top = min(e[0] for e in extents), min(e[2] for e in extents)
    right, bottom = max(e[1] for e in extents), max(e[3] for e in extents)
    is_low = bottom - top < _LEAST_HEIGHT_TO_SPLIT * length
    if length == 0 or (len(group) == 1 and is_low):
        return group
    reach = _SIDE_REACH * length
    area = _Area(origin, along, left - reach, right + reach, top, bottom)
    labels: list[list[Corners]] = []
    for piece in _pieces(pixels, area, first.payload):
        if not is_thin(piece):
            mine = [label for label in labels if any(are_one_label(piece, p) for p in label)]
            labels = [label for label in labels if label not in mine]
            labels.append([p for label in mine for p in label] + [piece])
    if not labels:
        return group
    return [replace(first, corners=(*label[0][:2], *label[-1][2:])) for label in labels]


@dataclass(frozen=True, slots=True)
class _Area:
    """A part of a picture, turned so that bars stand upright.

    Attributes:
        origin: A point of the picture.
        along: The direction of reading, a unit vector.
        left: From the origin, pixels along the direction of reading; likewise the others.
        right: Right end.
        top: Across the direction of reading.
        bottom: Lower end.
    """

    origin: Point
    along: Point
    left: float
    right: float
    top: float
    bottom: float

    def in_picture(self, x: float, y: float) -> Point:
        """Where a point of the upright area is in the picture."""
        x, y = self.left + x, self.top + y
        return (
            self.origin[0] + self.along[0] * x - self.along[1] * y,
            self.origin[1] + self.along[1] * x + self.along[0] * y,
        )

    def upright(self, pixels: "GreyPixels") -> "GreyPixels":
        """The area cut out of a picture; what lies outside repeats the picture's edge."""
        start = self.in_picture(0, 0)
        turn = [[self.along[0], -self.along[1], start[0]], [self.along[1], self.along[0], start[1]]]
        size = (round(self.right - self.left), round(self.bottom - self.top))
        cut = cv2.warpAffine(
            pixels,
            np.array(turn),
            (max(1, size[0]), max(1, size[1])),
            flags=cv2.INTER_LINEAR | cv2.WARP_INVERSE_MAP,
            borderMode=cv2.BORDER_REPLICATE,
        )
        return cast("GreyPixels", cut)


@dataclass(slots=True)
class _Run:
    """Neighbouring strips that show the same bars, at least one of them read.

    Attributes:
        left: Left end of the bars, pixels of the upright area.
        right: Right end.
        first: Index of the first strip.
        last: Index of the last strip.
    """

    left: int
    right: int
    first: int
    last: int


def _pieces(pixels: "GreyPixels", area: _Area, payload: bytes) -> list[Corners]:
    """Where the bars are, top first: strips that read, and those like their neighbours."""
    upright = area.upright(pixels)
    strip_px = max(_LEAST_STRIP_PX, round(upright.shape[0] / _STRIPS))
    strips = [upright[at : at + strip_px] for at in range(0, upright.shape[0], strip_px)]
    return [
        (
            area.in_picture(run.left, run.first * strip_px),
            area.in_picture(run.right, run.first * strip_px),
            area.in_picture(run.right, (run.last + 1) * strip_px),
            area.in_picture(run.left, (run.last + 1) * strip_px),
        )
        for run in _runs(strips, payload)
    ]


def _runs(strips: "list[GreyPixels]", payload: bytes) -> list[_Run]:
    """Follow the bars from strip to strip, so that a slant does not lose them."""
    profiles = [strip.mean(axis=0) for strip in strips]

    def alike(run: _Run, one: int, other: int) -> bool:
        ends = slice(run.left, run.right)
        return _correlation(profiles[one][ends], profiles[other][ends]) >= _LEAST_LIKENESS

    runs: list[_Run] = []
    for number, strip in enumerate(strips):
        for run in runs:
            if run.last == number - 1 and alike(run, number - 1, number):
                run.last = number
        for left, right in _reads(strip, payload):
            tolerance = _ENDS_IN_LINE * (right - left)
            if not any(run.last == number and abs(run.left - left) < tolerance for run in runs):
                run = _Run(left, right, number, number)
                while run.first > 0 and alike(run, run.first, run.first - 1):
                    run.first -= 1
                runs.append(run)
    return runs


def _correlation(one: "NDArray[np.float64]", other: "NDArray[np.float64]") -> float:
    """Pearson's coefficient; 0 where either is flat."""
    spread = float(one.std() * other.std())
    if spread == 0:
        return 0.0
    return float(((one - one.mean()) * (other - other.mean())).mean()) / spread


def _reads(rows: "GreyPixels", payload: bytes) -> list[tuple[int, int]]:
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
        (barcode.position.top_left.x, barcode.position.top_right.x)
        for barcode in found
        if barcode.bytes == payload and barcode.position.top_left.x < barcode.position.top_right.x
    ]


def _axis(outline: Corners) -> tuple[Point, Point, float]:
    """The middle of the left end, the direction of reading as a unit vector, and the length."""
    left = _middle(outline[0], outline[3])
    right = _middle(outline[1], outline[2])
    length = hypot(right[0] - left[0], right[1] - left[1])
    if length == 0:
        return (left, (1.0, 0.0), 0.0)
    return (left, ((right[0] - left[0]) / length, (right[1] - left[1]) / length), length)


def _extent(outline: Corners, origin: Point, along: Point) -> tuple[float, float, float, float]:
    """Left, right, top and bottom of an outline in a frame turned to the direction of reading."""
    xs = [(x - origin[0]) * along[0] + (y - origin[1]) * along[1] for x, y in outline]
    ys = [(y - origin[1]) * along[0] - (x - origin[0]) * along[1] for x, y in outline]
    return (min(xs), max(xs), min(ys), max(ys))


def _height(outline: Corners) -> float:
    top, bottom = _middle(*outline[:2]), _middle(*outline[2:])
    return hypot(bottom[0] - top[0], bottom[1] - top[1])


def _middle(one: Point, other: Point) -> Point:
    return ((one[0] + other[0]) / 2, (one[1] + other[1]) / 2)
