"""zxing-cpp on small cut-outs around a patch, enlarged and prepared in different ways.

For symbols too small for the fitted stage, and such as a blot or a fold keeps it from. A cut-out
costs a few per cent of the whole picture.
"""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Final, cast

import cv2
import numpy as np

from station.core.symbol import Corners, Symbol
from station.ports.decoding import Decoder

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from station.ports.frames import GreyPixels

    Quad = NDArray[np.float32]

_AROUND: Final = 0.25
_AROUND_PX: Final = 6
_MOST_SIDE_PX: Final = 400
"""Larger patches are not enlarged: their modules are large enough."""
_ENLARGEMENT: Final = 2


@dataclass(frozen=True, slots=True)
class CutOut:
    """A part of a picture.

    Attributes:
        pixels: 2-D uint8, a copy.
        left: Its first column in the picture.
        top: Its first row.
    """

    pixels: "GreyPixels"
    left: int
    top: int

    def placed(self, symbol: Symbol, scale: int = 1) -> Symbol:
        """A symbol of the cut-out, enlarged by a scale, where it is in the picture."""
        if symbol.corners is None:
            return symbol
        shift = 0.5 - 0.5 / scale
        corners = tuple(
            (x / scale - shift + self.left, y / scale - shift + self.top) for x, y in symbol.corners
        )
        return replace(symbol, corners=cast("Corners", corners))


def cut_out(pixels: "GreyPixels", quad: "Quad") -> CutOut:
    """A patch with some room around it; may be empty at the picture's edge.

    Args:
        pixels: 2-D uint8, grey.
        quad: 4 × 2, rough corners.
    """
    low, high = quad.min(axis=0), quad.max(axis=0)
    around = float((high - low).max()) * _AROUND + _AROUND_PX
    left, top = (max(0, int(edge)) for edge in low - around)
    right, bottom = (max(0, int(edge) + 1) for edge in high + around)
    return CutOut(np.ascontiguousarray(pixels[top:bottom, left:right]), left, top)


class Cutouts:
    """Tries prepared cut-outs until one reads.

    Args:
        decoder: Reads each of them.
    """

    def __init__(self, decoder: Decoder) -> None:
        self._decoder = decoder

    def read(self, pixels: "GreyPixels", quad: "Quad") -> tuple[Symbol, ...]:
        """The symbols of a patch, placed in the picture.

        Args:
            pixels: 2-D uint8, grey.
            quad: 4 × 2, rough corners.
        """
        cut = cut_out(pixels, quad)
        if not cut.pixels.size:
            return ()
        scale = _ENLARGEMENT if max(cut.pixels.shape) <= _MOST_SIDE_PX else 1
        for step, prepared in _prepared(cut.pixels, scale):
            found = self._decoder.decode(prepared)
            if found:
                return tuple(replace(cut.placed(symbol, scale), step=step) for symbol in found)
        return ()


def _prepared(cut: "GreyPixels", scale: int) -> "Iterator[tuple[str, GreyPixels]]":
    larger = cut
    if scale > 1:
        larger = cast(
            "GreyPixels",
            cv2.resize(cut, None, fx=scale, fy=scale, interpolation=cv2.INTER_CUBIC),
        )
        yield "enlarged", larger
    soft = cv2.GaussianBlur(larger, (0, 0), 0.6 * scale)
    thresholded = cv2.adaptiveThreshold(
        soft, 255, cv2.ADAPTIVE_THRESH_GAUSSIAN_C, cv2.THRESH_BINARY, 20 * scale + 1, 3
    )
    yield "thresholded", cast("GreyPixels", thresholded)
    yield "blurred", cast("GreyPixels", cv2.GaussianBlur(larger, (0, 0), 0.8 * scale))
    softer = cv2.GaussianBlur(larger, (0, 0), 1.25 * scale)
    yield "sharpened", cast("GreyPixels", cv2.addWeighted(larger, 2.2, softer, -1.2, 0))
