"""Where in a picture a matrix code may be: square patches of busy texture.

A first, cheap look before dear steps. Local contrast is measured at a reduced size, thin streaks
such as text lines and box edges are removed, and what is left in about square patches is proposed,
the strongest first. Nothing is decided here: most proposals on a busy carton hold no code. About 1
ms for 640×480 pixels.
"""

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final, cast

import cv2
import numpy as np

from station.decoders.searched import halved_if_large

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from station.ports.frames import GreyPixels

    Quad = NDArray[np.float32]

_CELL_PX: Final = 4
"""Contrast is kept for cells of so many pixels a side."""
_WINDOW_PX: Final = 9
"""Contrast is measured in windows of so many pixels: some modules of the smallest symbols."""
_STREAK_CELLS: Final = 6
"""Patches thinner than this are streaks: text, edges, linear codes' ends."""
_LEVELS: Final = (0.6, 0.4, 0.25)
"""Shares of the strongest contrast at which patches are cut out, so that weak labels show too."""
_MAX_STRETCH: Final = 1.8
_MIN_FILL: Final = 0.55
"""How much of its rectangle a patch fills at least."""
_MIN_SIDE_PX: Final = 24
_SAME_PLACE: Final = 0.8
"""Patches that share more of their area than this are one proposal."""


@dataclass(frozen=True, slots=True)
class Blob:
    """A patch that may hold a matrix code.

    Attributes:
        quad: 4 × 2 float32, corners in pixels, in turn; which is the symbol's first is unknown.
        contrast: Mean local contrast in grey levels, for ranking.
    """

    quad: "Quad"
    contrast: float


def find_blobs(pixels: "GreyPixels", most: int) -> list[Blob]:
    """Propose patches, the one with the most contrast first.

    Args:
        pixels: 2-D uint8, grey.
        most: Longest list wanted.
    """
    pixels, scale = halved_if_large(pixels)
    contrast = _contrast(pixels)
    if contrast is None:
        return []
    strongest = float(contrast.max())
    found: list[Blob] = []
    for level in _LEVELS:
        for blob in _patches(contrast, level * strongest):
            if not any(_is_same(blob, other) for other in found):
                found.append(blob)
    found.sort(key=lambda blob: -blob.contrast)
    return [Blob(_in_pixels(blob.quad, scale), blob.contrast) for blob in found[:most]]


def _contrast(pixels: "GreyPixels") -> "NDArray[np.float32] | None":
    """Standard deviation in windows, one value a cell, streaks removed."""
    height, width = pixels.shape
    if min(height, width) < _MIN_SIDE_PX:
        return None
    window = (_WINDOW_PX, _WINDOW_PX)
    mean = cv2.boxFilter(pixels, cv2.CV_32F, window)
    variance = cv2.sqrBoxFilter(pixels, cv2.CV_32F, window) - mean * mean
    cells = cv2.resize(
        variance, (width // _CELL_PX, height // _CELL_PX), interpolation=cv2.INTER_AREA
    )
    deviation = np.sqrt(np.maximum(cells, 0))
    streak = cv2.getStructuringElement(cv2.MORPH_RECT, (_STREAK_CELLS, _STREAK_CELLS))
    return cast("NDArray[np.float32]", cv2.morphologyEx(deviation, cv2.MORPH_OPEN, streak))


def _patches(contrast: "NDArray[np.float32]", threshold: float) -> list[Blob]:
    """Connected patches above a threshold that are about square; corners in cells."""
    mask = (contrast > threshold).astype(np.uint8)
    count, labels, stats, _ = cv2.connectedComponentsWithStats(mask, connectivity=4)
    least = _MIN_SIDE_PX / _CELL_PX
    patches: list[Blob] = []
    for label in range(1, count):
        left, top, width, height, area = (int(value) for value in stats[label])
        if min(width, height) < least or area < _MIN_FILL * least * least:
            continue
        own = labels[top : top + height, left : left + width] == label
        outlines, _ = cv2.findContours(
            own.astype(np.uint8), cv2.RETR_EXTERNAL, cv2.CHAIN_APPROX_NONE
        )
        (x, y), (long, short), angle = cv2.minAreaRect(max(outlines, key=len))
        long, short = long + 1, short + 1
        if max(long, short) > _MAX_STRETCH * min(long, short) or area < _MIN_FILL * long * short:
            continue
        rectangle = ((x + left + 0.5, y + top + 0.5), (long, short), angle)
        strength = float(contrast[top : top + height, left : left + width][own].mean())
        patches.append(Blob(cast("Quad", cv2.boxPoints(rectangle)), strength))
    return patches


def _is_same(one: Blob, other: Blob) -> bool:
    shared, _ = cv2.intersectConvexConvex(one.quad, other.quad)
    return bool(shared > _SAME_PLACE * max(cv2.contourArea(one.quad), cv2.contourArea(other.quad)))


def _in_pixels(quad: "Quad", scale: float) -> "Quad":
    """From cell edges to pixel centres."""
    return cast("Quad", (quad * (_CELL_PX * scale) - 0.5).astype(np.float32))
