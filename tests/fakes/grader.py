"""A grader that gives every symbol with a place the same estimate, and counts."""

import threading

from station.core.print_quality import PrintQuality, Standard
from station.core.symbol import Symbol
from tests.fakes.decoder import Pixels

SOUND = PrintQuality(
    Standard.MATRIX,
    module_px=4.0,
    contrast=0.9,
    modulation=0.8,
    quiet_zone=1.0,
    unused_error_correction=1.0,
    fixed_pattern_damage=0.0,
    axial_nonuniformity=0.01,
)
"""An A in everything."""


class FakeGrader:
    """Implements `station.ports.decoding.PrintGrader`.

    Attributes:
        graded: The payloads it was asked about, in order.
    """

    def __init__(self, quality: PrintQuality = SOUND) -> None:
        self._quality = quality
        self._lock = threading.Lock()
        self.graded: list[bytes] = []

    def grade(self, pixels: Pixels, symbol: Symbol) -> PrintQuality | None:
        with self._lock:
            self.graded.append(symbol.payload)
        return None if symbol.corners is None else self._quality
