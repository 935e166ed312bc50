"""A second look at a small picture, enlarged: modules of under two pixels become readable."""

from dataclasses import replace
from typing import TYPE_CHECKING, Final, cast

import cv2

from station.core.symbol import Corners, Point, Symbol
from station.ports.decoding import Decoder

if TYPE_CHECKING:
    from station.ports.frames import GreyPixels

MAX_PIXELS: Final = 640 * 480
"""Larger pictures are left alone: the attempt costs as many times more as there are pixels."""


class ScaledDecoder:
    """Runs another decoder on an enlarged copy and maps the corners back.

    Args:
        decoder: What reads the enlargement.
        factor: How many times larger, from 2.
    """

    def __init__(self, decoder: Decoder, factor: int) -> None:
        if factor < 2:
            raise ValueError("an enlargement begins at factor 2")
        self._decoder = decoder
        self._factor = factor

    @property
    def name(self) -> str:
        """The inner decoder's name; the step of a symbol names the factor, e.g. ``×2``."""
        return self._decoder.name

    def decode(self, pixels: "GreyPixels") -> tuple[Symbol, ...]:
        """What the inner decoder finds in the enlargement; nothing for a large picture.

        Args:
            pixels: 2-D uint8, grey.
        """
        if not 0 < pixels.size <= MAX_PIXELS:
            return ()
        larger = cv2.resize(
            pixels, None, fx=self._factor, fy=self._factor, interpolation=cv2.INTER_CUBIC
        )
        found = self._decoder.decode(cast("GreyPixels", larger))
        return tuple(self._mapped(symbol) for symbol in found)

    def _mapped(self, symbol: Symbol) -> Symbol:
        corners = None if symbol.corners is None else self._smaller(symbol.corners)
        return replace(symbol, corners=corners, step=f"×{self._factor}")

    def _smaller(self, corners: Corners) -> Corners:
        """Pixel centres: the enlargement's first pixel lies half a large pixel further out."""

        def down(point: Point) -> Point:
            shift = 0.5 - 0.5 / self._factor
            return (point[0] / self._factor - shift, point[1] / self._factor - shift)

        top_left, top_right, bottom_right, bottom_left = corners
        return (down(top_left), down(top_right), down(bottom_right), down(bottom_left))
