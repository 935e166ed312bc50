"""The decoder a station uses: several attempts at a picture behind the one port.

An attempt is itself a `Decoder`. Later ones run only while no matrix code has been found, so a
picture that reads at once costs one attempt; a carton's EAN alone does not end the search, since
the unit code beside it is the finer print. Leaves to others: what an attempt does (`zxing`,
`scaled`, `zbar`).
"""

from typing import TYPE_CHECKING

import cv2

from station.core.symbol import Symbol
from station.decoders.places import added, has_matrix
from station.decoders.scaled import ScaledDecoder
from station.decoders.zbar import ZbarDecoder
from station.decoders.zxing import ZxingDecoder
from station.ports.decoding import Decoder

if TYPE_CHECKING:
    from station.ports.frames import GreyPixels


class Pipeline:
    """Attempts in order, until one finds a matrix code.

    Args:
        attempts: At least one; the cheapest and surest first.
    """

    def __init__(self, attempts: tuple[Decoder, ...]) -> None:
        if not attempts:
            raise ValueError("a pipeline needs at least one attempt")
        self._attempts = attempts

    @property
    def name(self) -> str:
        """The names of its attempts, first to last; each symbol names the one that read it."""
        return "+".join(attempt.name for attempt in self._attempts)

    def decode(self, pixels: "GreyPixels") -> tuple[Symbol, ...]:
        """What the attempts found, in reading order.

        Args:
            pixels: 2-D uint8, grey.
        """
        found: tuple[Symbol, ...] = ()
        for attempt in self._attempts:
            found = added(found, attempt.decode(pixels))
            if has_matrix(found):
                break
        return found


def default_pipeline() -> Decoder:
    """The decoder of every command: zxing-cpp, zxing-cpp on an enlargement, then zbar.

    Without the zbar library the last attempt finds nothing; `zbar.unavailable_because` gives the
    reason for doctor and the health strip.
    """
    cv2.setNumThreads(1)  # helpers of its own would escape the priority of the calling thread
    zxing = ZxingDecoder()
    return Pipeline((zxing, ScaledDecoder(zxing, factor=2), ZbarDecoder()))
