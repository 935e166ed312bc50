"""The estimate of print quality for every symbology that has one.

Called once a presentation and not for every frame: one to two milliseconds a symbol. Threads may
share one.
"""

from typing import TYPE_CHECKING

from station.core.symbol import LINEAR_FORMATS, Symbol
from station.decoders.print_linear import linear_quality
from station.decoders.print_matrix import matrix_quality

if TYPE_CHECKING:
    from station.core.print_quality import PrintQuality
    from station.ports.frames import GreyPixels


class PictureGrader:
    """Implements `station.ports.decoding.PrintGrader` on the picture a symbol was read from."""

    def grade(self, pixels: "GreyPixels", symbol: Symbol) -> "PrintQuality | None":
        """Measure a symbol's print; None where nothing can be said.

        Args:
            pixels: 2-D uint8, grey.
            symbol: One that was read from it.
        """
        if symbol.format in LINEAR_FORMATS:
            return linear_quality(pixels, symbol)
        return matrix_quality(pixels, symbol)
