"""The size at which a whole picture is searched for patches."""

from typing import TYPE_CHECKING, Final, cast

import cv2

if TYPE_CHECKING:
    from station.ports.frames import GreyPixels

_LARGE_PIXELS: Final = 1_500_000


def halved_if_large(pixels: "GreyPixels") -> tuple["GreyPixels", int]:
    """Halve a large picture: a symbol in it is large too.

    Args:
        pixels: 2-D uint8, grey.

    Returns:
        What to search, and how many pixels one of its pixels stands for along a side.
    """
    if pixels.size <= _LARGE_PIXELS:
        return pixels, 1
    half = cv2.resize(pixels, None, fx=0.5, fy=0.5, interpolation=cv2.INTER_AREA)
    return cast("GreyPixels", half), 2
