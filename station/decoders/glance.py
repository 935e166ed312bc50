"""The decoder for streams: patches first, so that a frame costs what its labels cost.

A whole picture takes zxing-cpp about 10 ms, its patches about 3; a label that one frame does not
give, the next one may. So only patches are read: zxing-cpp on a cut-out, then the fitted pattern,
then strips of bars where no matrix code was found. Threads may share one.
"""

from typing import TYPE_CHECKING, Final

import cv2

from station.core.symbol import Symbol
from station.decoders.bars import find_bands
from station.decoders.blobs import find_blobs
from station.decoders.cutouts import cut_out
from station.decoders.fitted import PatchReader
from station.decoders.places import added, in_reading_order, is_inside
from station.decoders.strips import StripReader
from station.decoders.zbar import ZbarDecoder
from station.decoders.zxing import ZxingMatrixDecoder, ZxingRowDecoder
from station.ports.decoding import Decoder, Sight

if TYPE_CHECKING:
    from station.ports.frames import GreyPixels

_MOST_BLOBS: Final = 6
_MOST_BANDS: Final = 2
_MOST_FITTED: Final = 2
"""The strongest patches are fitted in one frame; there are more frames."""


class Glance:
    """Reads the patches of a picture.

    Args:
        matrix: Reads matrix codes in a cut-out.
        strips: Reads linear codes of patches.
    """

    def __init__(self, matrix: Decoder, strips: StripReader) -> None:
        self._matrix = matrix
        self._strips = strips

    @property
    def name(self) -> str:
        """The engine's name."""
        return self._matrix.name

    def decode(self, pixels: "GreyPixels") -> tuple[Symbol, ...]:
        """What the patches hold, in reading order.

        Args:
            pixels: 2-D uint8, grey.
        """
        return self.look(pixels).symbols

    def look(self, pixels: "GreyPixels") -> Sight:
        """What the patches hold, and which show a pattern and could not be read.

        Args:
            pixels: 2-D uint8, grey.
        """
        found: tuple[Symbol, ...] = ()
        left = []
        for blob in find_blobs(pixels, _MOST_BLOBS):
            x, y = (float(value) for value in blob.quad.mean(axis=0))
            if any(is_inside(symbol, (x, y)) for symbol in found):
                continue
            cut = cut_out(pixels, blob.quad)
            symbols = tuple(cut.placed(symbol) for symbol in self._matrix.decode(cut.pixels))
            if not symbols:
                left.append(blob)
            found = added(found, symbols)
        reader = PatchReader(pixels)
        for blob in left[:_MOST_FITTED]:
            x, y = (float(value) for value in blob.quad.mean(axis=0))
            if not any(is_inside(symbol, (x, y)) for symbol in found):
                fitted = reader.read(blob.quad)
                found = added(found, () if fitted is None else (fitted,))
        if not found and not reader.unread:
            bands = find_bands(pixels, _MOST_BANDS)
            read = [self._strips.read(pixels, band) for band in bands]
            found = in_reading_order(symbol for symbol in read if symbol is not None)
        return Sight(found, reader.unread)


def default_glance() -> Glance:
    """The decoder of a stream's frames; without the zbar library linear codes take two frames."""
    cv2.setNumThreads(1)  # as in pipeline.py
    return Glance(
        ZxingMatrixDecoder(), StripReader((ZxingRowDecoder(), ZbarDecoder(rows_only=True)))
    )
