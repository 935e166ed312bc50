"""What can be told of a picture's light and sharpness: plain numbers, no judgement.

`condition` and the camera check judge by them. About 0.3 ms a picture for the light, and as much
for the edges of 480 × 480 pixels.
"""

from dataclasses import dataclass
from math import sqrt
from typing import TYPE_CHECKING, Final, cast

import cv2
import numpy as np

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from station.ports.frames import GreyPixels

    Greys = NDArray[np.uint8]

BRIGHT_FROM: Final = 250
"""Grey level from which a pixel counts as over-exposed."""

_CELL_PX: Final = 8
_WINDOW_PX: Final = 15
_LEAST_RANGE: Final = 60
"""Grey levels between the lightest and darkest of a picture, below which focus cannot be told."""
_HIGH: Final = 0.6
"""Edges from this share of the highest on are looked at."""
_LEAST_SHARE: Final = 0.01
_SMEARED_FROM: Final = 1.12
"""How much wider edges of one direction are before that is called motion."""
_SHARP_PX: Final = 2.0
_WIDTH_A_SIGMA: Final = 3.1
"""An edge of a picture in focus is 2 pixels wide, and each pixel of blur adds 3.1 in quadrature."""


@dataclass(frozen=True, slots=True)
class Light:
    """How bright a picture is.

    Attributes:
        lightest: The grey level that 1 pixel in 100 exceeds.
        spread: Standard deviation, grey levels.
        bright_share: Share of over-exposed pixels.
    """

    lightest: float
    spread: float
    bright_share: float


@dataclass(frozen=True, slots=True)
class Edges:
    """How steep the steepest edges of a picture are, as shares of their own height.

    A share is what of an edge's height lies between two neighbouring pixels: 0.13 for a blur with a
    standard deviation of 3 pixels, 0.3 and more for a sharp picture.

    Attributes:
        steepest: In either direction.
        across: Between left and right neighbours.
        down: Between upper and lower neighbours.
    """

    steepest: float
    across: float
    down: float


def cells_of(pixels: "GreyPixels") -> "Greys":
    """One pixel of every eight in both directions, as a copy; may be empty."""
    half = _CELL_PX // 2
    return np.ascontiguousarray(pixels[half::_CELL_PX, half::_CELL_PX])


def light_of(cells: "Greys") -> Light:
    """Measure the light.

    Args:
        cells: 2-D uint8, not empty.
    """
    return Light(
        lightest=float(np.percentile(cells, 99)),
        spread=float(cells.std()),
        bright_share=bright_share_of(cells),
    )


def bright_share_of(pixels: "Greys") -> float:
    """Share of over-exposed pixels of a part of a picture that is not empty."""
    return float((pixels >= BRIGHT_FROM).mean())


def contrast_of(pixels: "GreyPixels") -> float:
    """Grey levels between a label's paper and its ink.

    Args:
        pixels: 2-D uint8, grey, not empty; a label's own part of a picture.
    """
    ink, paper = np.percentile(pixels, (10, 90))
    return float(paper - ink)


def edges_of(pixels: "GreyPixels") -> Edges | None:
    """Measure the sharpness; None where there is too little in the picture to tell.

    Args:
        pixels: 2-D uint8, grey.
    """
    if min(pixels.shape) < _WINDOW_PX:
        return None
    calm = cv2.medianBlur(np.ascontiguousarray(pixels), 3)
    window = np.ones((_WINDOW_PX, _WINDOW_PX), np.uint8)
    heights = cv2.subtract(cv2.dilate(calm, window), cv2.erode(calm, window))
    highest = float(np.percentile(heights, 99))
    if highest < _LEAST_RANGE:
        return None
    high = heights[1:, 1:] >= _HIGH * highest
    across = cast("Greys", cv2.absdiff(calm[1:, 1:], calm[1:, :-1]))
    down = cast("Greys", cv2.absdiff(calm[1:, 1:], calm[:-1, 1:]))
    either = cast("Greys", cv2.max(across, down))

    def steep(steps: "Greys") -> float:
        return float(np.percentile(steps[high], 95)) / highest

    return Edges(steep(either), steep(across), steep(down))


@dataclass(frozen=True, slots=True)
class Softness:
    """Why edges are not sharp, pixels of the picture.

    Attributes:
        smear_px: How far the picture moved while the shutter was open, across or down; motion
            askew of both counts as blur.
        blur_px: Standard deviation of what softens edges in all directions alike.
    """

    smear_px: float
    blur_px: float


def softness_of(edges: Edges) -> Softness:
    """Tell motion from a lack of focus: motion softens the edges of one direction only.

    The two numbers are what drawn labels of 2 to 6 pixels a module gave that were smeared and
    blurred by known amounts; 15 % off at the most from a smear of one module on.
    """
    widest, narrowest = (1 / max(share, _LEAST_SHARE) for share in _sorted(edges))
    smear = sqrt(widest**2 - narrowest**2) if widest > _SMEARED_FROM * narrowest else 0.0
    return Softness(smear, sqrt(max(0.0, narrowest**2 - _SHARP_PX**2)) / _WIDTH_A_SIGMA)


def _sorted(edges: Edges) -> tuple[float, float]:
    return min(edges.across, edges.down), max(edges.across, edges.down)
