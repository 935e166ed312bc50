"""A decoder that answers from a list, and pictures that every decoder is tried on."""

import threading
from collections.abc import Mapping
from typing import Final

import numpy as np
from numpy.typing import NDArray

from station.core.symbol import Corners, Symbol, SymbolFormat
from station.labels.picture import LabelContent, label_image
from station.labels.symbols import SymbolKind
from station.ports.decoding import Sight

Pixels = NDArray[np.uint8]

TAG: Final = (
    "EQABDVnDGeIQGTP4PVB06Co-HhaNhkdlhhDfD1nzMH6Uky4M_mYfvKWe3unpP_u-hQOwMQEHSs4Im8g946lEvuOgBw"
)
UNIT: Final = f"010950600013435221K7QZ4M2XW9TRB\x1d99{TAG}".encode()
"""The worked example of the code format."""


class FakeDecoder:
    """Knows pictures by their bytes; anything else holds nothing.

    Attributes:
        seen: How many pictures it was shown.
    """

    def __init__(
        self, known: Mapping[bytes, tuple[Symbol, ...]] | None = None, *, name: str = "fake"
    ) -> None:
        self._known = dict(known or {})
        self._name = name
        self._lock = threading.Lock()
        self.seen = 0

    @property
    def name(self) -> str:
        return self._name

    def decode(self, pixels: Pixels) -> tuple[Symbol, ...]:
        with self._lock:
            self.seen += 1
        return self._known.get(pixels.tobytes(), ())

    def look(self, pixels: Pixels) -> Sight:
        return Sight(self.decode(pixels))


class AlwaysDecoder(FakeDecoder):
    """Finds the same symbols in every picture."""

    def __init__(self, *symbols: Symbol, name: str = "always") -> None:
        super().__init__(name=name)
        self._symbols = symbols

    def decode(self, pixels: Pixels) -> tuple[Symbol, ...]:
        super().decode(pixels)
        return self._symbols


def label(payload: bytes, kind: SymbolKind, module_px: int = 4) -> Pixels:
    """A clean label, black on white, quiet zone included."""
    return np.asarray(label_image(LabelContent(payload, kind), module_px))


def board(*placed: tuple[Pixels, int, int], width: int = 640, height: int = 480) -> Pixels:
    """Labels laid on grey board.

    Args:
        placed: Each label with the x and y of its top left corner, pixels.
        width: Of the board, pixels.
        height: Of the board, pixels.
    """
    pixels = np.full((height, width), 170, np.uint8)
    for drawn, x, y in placed:
        rows, columns = drawn.shape
        assert x + columns <= width
        assert y + rows <= height
        pixels[y : y + rows, x : x + columns] = drawn
    return pixels


def box(x: float, y: float, width: float, height: float) -> Corners:
    """Upright corners."""
    return ((x, y), (x + width, y), (x + width, y + height), (x, y + height))


def symbol(
    payload: bytes,
    kind: SymbolFormat = SymbolFormat.DATA_MATRIX,
    corners: Corners | None = None,
    engine: str = "fake",
) -> Symbol:
    """A symbol as a decoder reports it."""
    return Symbol(payload, "", kind, corners, engine)
