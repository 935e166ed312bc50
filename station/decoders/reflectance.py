"""From a picture's grey levels to what the surface reflects, for estimates of print quality."""

from typing import TYPE_CHECKING, Final, cast

import cv2
import numpy as np

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from station.ports.frames import GreyPixels

    Floats = NDArray[np.float32]

_REFLECTED: Final = np.array(
    [v / 12.92 if v <= 0.04045 else ((v + 0.055) / 1.055) ** 2.4 for v in np.arange(256) / 255],
    np.float32,
)
"""Source: IEC 61966-2-1 (sRGB), the curve of picture files and of nearly all cameras."""


def reflectance(pixels: "GreyPixels") -> "Floats":
    """Light at each pixel, 0 to 1 of what the camera can tell.

    Args:
        pixels: 2-D uint8, grey; may be empty.
    """
    if pixels.size == 0:
        return np.zeros(pixels.shape, np.float32)
    return cast("Floats", cv2.LUT(pixels, _REFLECTED))
