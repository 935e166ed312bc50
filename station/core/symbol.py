"""A symbol as a decoder or scanner delivers it: bytes, symbology, and where it was seen."""

from dataclasses import dataclass, field
from enum import Enum
from typing import Final

Point = tuple[float, float]
"""x, y in pixels of the frame, origin at the centre of the top left pixel."""

Corners = tuple[Point, Point, Point, Point]
"""Top left, top right, bottom right, bottom left of the symbol in its own orientation."""

MAX_PAYLOAD_BYTES: Final = 7089
"""The longest payload any symbology we read can hold (QR version 40-L, digits; ISO/IEC 18004)."""


class SymbolFormat(Enum):
    """The symbologies a station reads; the value is the name shown to people and in JSON."""

    DATA_MATRIX = "DataMatrix"
    QR_CODE = "QRCode"
    CODE_128 = "Code128"
    EAN_13 = "EAN13"
    EAN_8 = "EAN8"
    UPC_A = "UPCA"
    UPC_E = "UPCE"
    ITF = "ITF"
    UNKNOWN = "Unknown"
    """A serial scanner that sends no symbology identifier."""


@dataclass(frozen=True, slots=True)
class Raster:
    """The modules of a square matrix code as its reader told them apart, before correction.

    Attributes:
        side: Modules a side.
        dark: side² bytes, row by row in the symbol's own orientation: 1 is dark, 0 light.
        unused_error_correction: 0 to 1, of the block with the most errors; 1 where all modules were
            right. Source: ISO/IEC 15415, 7.8.8.
        level: Error correction level of a QR code, ``L`` to ``H``; ``""`` for Data Matrix.
    """

    side: int
    dark: bytes
    unused_error_correction: float
    level: str = ""


@dataclass(frozen=True, slots=True)
class Symbol:
    """One decoded symbol.

    Attributes:
        payload: The data bytes without symbology identifier; GS is 0x1D.
        symbology_identifier: AIM identifier such as ``]d2``, or ``""`` when the reader gave none.
            Source: ISO/IEC 15424.
        format: The symbology.
        corners: Where it is in the frame; None from a scanner.
        engine: Which reader read it, e.g. ``zxing-cpp`` or ``scanner``.
        complete: False when the device reported a broken or over-long transmission.
        step: Which preparation of the picture the engine read it from, e.g. ``as is``; ``""`` from
            a scanner.
        witnesses: How many independent readings agree on it: engines, or frames of a stream.
        raster: What a matrix code was read from; None where the engine does not tell. It says how
            a symbol was read, not what: symbols are equal without it.
    """

    payload: bytes
    symbology_identifier: str = ""
    format: SymbolFormat = SymbolFormat.UNKNOWN
    corners: Corners | None = None
    engine: str = "scanner"
    complete: bool = True
    step: str = ""
    witnesses: int = 1
    raster: Raster | None = field(default=None, compare=False, repr=False)


LINEAR_FORMATS: Final = frozenset(
    {
        SymbolFormat.CODE_128,
        SymbolFormat.EAN_13,
        SymbolFormat.EAN_8,
        SymbolFormat.UPC_A,
        SymbolFormat.UPC_E,
        SymbolFormat.ITF,
    }
)
"""Bars: a check digit at most, which lets every tenth misread pass."""

_LEAST_WITNESSES: Final = 2


def is_evidence(symbol: Symbol) -> bool:
    """Whether the read alone may decide about an item.

    Error correction vouches for a matrix code, and a scanner for what it sends. A linear code out
    of a picture is believed when two readings agree, engines or frames; before, it may only be
    compared with what was expected anyway.
    """
    if symbol.format not in LINEAR_FORMATS or symbol.corners is None:
        return True
    return symbol.witnesses >= _LEAST_WITNESSES


def center(corners: Corners) -> Point:
    """The mean of the four corners."""
    return (sum(x for x, _ in corners) / 4, sum(y for _, y in corners) / 4)
