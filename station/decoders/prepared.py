"""zxing-cpp on the whole picture once more, prepared in different ways.

Worth its cost where many symbols lie side by side, some of which did not read, and as a last try
where nothing did. Which preparation brings back what no other does was measured on photographs of
trays (docs/reference/decoding.md); the most useful come first.
"""

from collections.abc import Iterator
from typing import TYPE_CHECKING, Final, cast

import cv2
import numpy as np

if TYPE_CHECKING:
    from station.ports.frames import GreyPixels

_SOFT_SIGMA_PX: Final = 1.0
_WIDE_PX: Final = 31
_NARROW_PX: Final = 21
"""Windows of the thresholds: about a third of a symbol of 60 to 100 pixels."""
_BELOW_MEAN: Final = 3
"""How much darker than its surroundings a pixel counts as dark: more than the noise."""
_BRIGHTENED: Final = (255 * np.sqrt(np.arange(256) / 255)).astype(np.uint8)
_BLOT_PX: Final = 5


def prepared(pixels: "GreyPixels") -> "Iterator[tuple[str, GreyPixels]]":
    """Names of preparations and the pictures they make, one after the other.

    Args:
        pixels: 2-D uint8, grey.
    """
    soft = cv2.GaussianBlur(pixels, (0, 0), _SOFT_SIGMA_PX)
    yield "thresholded", _thresholded(soft, _WIDE_PX)
    yield "brightened", cast("GreyPixels", cv2.LUT(pixels, _BRIGHTENED))
    yield "thresholded finely", _thresholded(soft, _NARROW_PX)
    yield "smoothed", cast("GreyPixels", cv2.medianBlur(pixels, _BLOT_PX))


def _thresholded(soft: cv2.typing.MatLike, window_px: int) -> "GreyPixels":
    dark_and_light = cv2.adaptiveThreshold(
        soft, 255, cv2.ADAPTIVE_THRESH_GAUSSIAN_C, cv2.THRESH_BINARY, window_px, _BELOW_MEAN
    )
    return cast("GreyPixels", dark_and_light)
