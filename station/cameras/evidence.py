"""Frames as JPEG files, as they are kept for evidence."""

from typing import TYPE_CHECKING, Final

import cv2

if TYPE_CHECKING:
    from station.ports.frames import GreyPixels

JPEG_QUALITY: Final = 90
"""Codes that were read in the frame are read in the file: modules keep their edges."""

MAX_SIDE_PX: Final = 65_500
"""The longest side a JPEG file has in libjpeg."""


def evidence_jpeg(pixels: "GreyPixels") -> bytes:
    """A frame as a JPEG file. Implements `station.ports.evidence.PictureEncoder`.

    Args:
        pixels: 2-D uint8, grey.

    Raises:
        ValueError: It has no pixels, or a side is too long for the format.
    """
    if not 0 < min(pixels.shape) <= max(pixels.shape) <= MAX_SIDE_PX:
        height, width = pixels.shape
        msg = f"a picture of {width} × {height} pixels has no JPEG form"
        raise ValueError(msg)
    _, encoded = cv2.imencode(".jpg", pixels, [cv2.IMWRITE_JPEG_QUALITY, JPEG_QUALITY])
    return encoded.tobytes()
