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

_MOST_SIDE_PX: Final = 16_000
"""OpenCV takes pictures up to 32,766 pixels wide; of wider ones pixels are left out."""


def reflectance(pixels: "GreyPixels") -> "Floats":
    """Light at each pixel, 0 to 1 of what the camera can tell.

    Args:
        pixels: 2-D uint8, grey; may be empty.
    """
    if pixels.size == 0:
        return np.zeros(pixels.shape, np.float32)
    return cast("Floats", cv2.LUT(pixels, _REFLECTED))


def sample_grey(pixels: "GreyPixels", x: "Floats", y: "Floats") -> "GreyPixels":
    """Grey levels between pixels; beyond the picture's edge the edge repeats.

    Args:
        pixels: 2-D uint8, grey, not empty; of a large picture only what lies around is touched.
        x: At most 32,766 places.
        y: As many.
    """
    left, top = (max(0, int(np.floor(places.min()))) for places in (x, y))
    right, bottom = (int(np.ceil(places.max())) + 1 for places in (x, y))
    height, width = pixels.shape
    left, top = min(left, width - 1), min(top, height - 1)
    part = pixels[top : max(bottom, top + 1), left : max(right, left + 1)]
    every = max(1, max(part.shape) // _MOST_SIDE_PX)
    seen = cv2.remap(
        np.ascontiguousarray(part[::every, ::every]),
        ((x - left) / every).reshape(-1, 1),
        ((y - top) / every).reshape(-1, 1),
        cv2.INTER_LINEAR,
        borderMode=cv2.BORDER_REPLICATE,
    )
    return cast("GreyPixels", seen)
