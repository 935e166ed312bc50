"""How many modules a side a symbol has that was read, told from its known pattern.

For advice about cameras: pixels a module decide what can be read. Every size's finder, timing and
alignment pattern is compared with what lies between the symbol's corners, moved a little to either
side, since readers give corners to a pixel; the likeliest size wins. About 10 ms.
"""

from dataclasses import dataclass
from math import hypot
from typing import TYPE_CHECKING, Final

import numpy as np

from station.core.symbol import Corners, Symbol, SymbolFormat
from station.decoders.geometry import Grid, sample
from station.decoders.patterns import Kind, known_centers, sizes_of

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from station.ports.frames import GreyPixels

    Floats = NDArray[np.float32]

_KINDS: Final = {
    SymbolFormat.DATA_MATRIX: Kind.DATA_MATRIX,
    SymbolFormat.QR_CODE: Kind.QR_CODE,
}
_LEAST_PITCH_PX: Final = 1.0
_SHIFTS_PX: Final = (-0.75, 0.0, 0.75)
_LEAST_LIKENESS: Final = 0.5
"""Correlation with the known modules; another size reaches about 0.3."""


@dataclass(frozen=True, slots=True)
class ModuleSize:
    """The modules of one symbol.

    Attributes:
        modules: A side.
        module_px: Width of one, pixels.
    """

    modules: int
    module_px: float


def module_size(pixels: "GreyPixels", symbol: Symbol) -> ModuleSize | None:
    """Measure a symbol; None for a linear code, and where no pattern is recognised.

    Args:
        pixels: 2-D uint8, grey; the picture it was read in.
        symbol: With its corners.
    """
    kind = _KINDS.get(symbol.format)
    if kind is None or symbol.corners is None:
        return None
    side_px = side_of(symbol.corners)
    picture = pixels.astype(np.float32)
    grids = _grids(symbol.corners)
    best, likeness = 0, _LEAST_LIKENESS
    for size in sizes_of(kind):
        if side_px < _LEAST_PITCH_PX * size:
            break
        points, values = known_centers(kind, size)
        for grid in grids:
            seen = sample(picture, *grid.at(points))
            found = float(np.corrcoef(seen, values)[0, 1]) if seen.std() > 0 else 0.0
            if found > likeness:
                best, likeness = size, found
    return ModuleSize(best, side_px / best) if best else None


def side_of(corners: Corners) -> float:
    """The mean length of the four sides, pixels."""
    turned = (*corners[1:], corners[0])
    return sum(hypot(a[0] - b[0], a[1] - b[1]) for a, b in zip(corners, turned, strict=True)) / 4


def _grids(corners: Corners) -> list[Grid]:
    """Grids through the corners, and through corners a little to either side."""
    points = np.array(corners, np.float32)
    return [
        Grid.from_corners(points + np.array([right, down], np.float32))
        for right in _SHIFTS_PX
        for down in _SHIFTS_PX
    ]
