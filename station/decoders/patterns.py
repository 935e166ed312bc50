"""What is known of a matrix code before it is read: finder, timing and alignment patterns.

Every symbol of a size has the same modules there, whatever it says. The tables here say which
modules those are, what a blurred picture of them is expected to look like, and where to look to
tell sizes and orientations apart. Built once a size and kept.

Symbol coordinates: the symbol's square is −1 to 1 in both directions, u rightwards, v downwards, in
the symbol's own orientation. Values: 1 is light, −1 dark, 0 unknown.

Source: ISO/IEC 16022 (Data Matrix ECC 200, square), ISO/IEC 18004 (QR code, versions 1 to 15).
"""

from dataclasses import dataclass
from enum import Enum
from functools import cache
from typing import TYPE_CHECKING, Final, cast

import cv2
import numpy as np

if TYPE_CHECKING:
    from numpy.typing import NDArray

    Floats = NDArray[np.float32]


class Kind(Enum):
    """The matrix symbologies that can be fitted."""

    DATA_MATRIX = "DataMatrix"
    QR_CODE = "QRCode"


REGIONS: Final[dict[int, int]] = {
    14: 1,
    16: 1,
    18: 1,
    20: 1,
    22: 1,
    24: 1,
    26: 1,
    32: 2,
    36: 2,
    40: 2,
    44: 2,
    48: 2,
    52: 2,
    64: 4,
    72: 4,
    80: 4,
    88: 4,
}
"""Data regions a side of a Data Matrix, by its modules a side. A raster of chance corrects into a
text in about (n/256)^t / t! of all cases, n code words of which t are corrected: 10⁻⁸ for 14×14,
but 2·10⁻⁵ for 12×12, too many for what is read from guesses."""

_ALIGNMENT: Final[dict[int, tuple[int, ...]]] = {
    1: (),
    2: (6, 18),
    3: (6, 22),
    4: (6, 26),
    5: (6, 30),
    6: (6, 34),
    7: (6, 22, 38),
    8: (6, 24, 42),
    9: (6, 26, 46),
    10: (6, 28, 50),
    11: (6, 30, 54),
    12: (6, 32, 58),
    13: (6, 34, 62),
    14: (6, 26, 46, 66),
    15: (6, 26, 48, 70),
}
"""Centres of a QR code's alignment patterns by version; source: ISO/IEC 18004, annex E."""

QR_SIZES: Final = tuple(17 + 4 * version for version in _ALIGNMENT)
QUIET: Final = 1
"""Light modules around a symbol that are counted as known."""
_MARGIN: Final = 3
_SAMPLES: Final = 2
"""Expected values a module and direction."""
_LEAST_KNOWN: Final = 0.6
"""Share of a blurred value that must come from known modules for it to be used."""


def sizes_of(kind: Kind) -> tuple[int, ...]:
    """Modules a side of the symbols that can be fitted."""
    return tuple(REGIONS) if kind is Kind.DATA_MATRIX else QR_SIZES


@cache
def known_modules(kind: Kind, size: int) -> "Floats":
    """Modules of a symbol, size × size: 1 light, −1 dark, 0 unknown."""
    modules = np.zeros((size, size), np.float32)
    if kind is Kind.DATA_MATRIX:
        _draw_data_matrix(modules, size // REGIONS[size])
    else:
        _draw_qr(modules)
    modules.flags.writeable = False
    return modules


@dataclass(frozen=True, slots=True)
class Expected:
    """What a blurred picture of a symbol should show at certain points.

    Attributes:
        points: K × 2, symbol coordinates.
        values: K, −1 to 1.
        weights: K, 0 to 1: how much of the value is known.
    """

    points: "Floats"
    values: "Floats"
    weights: "Floats"


@cache
def expected(kind: Kind, size: int, blur: float) -> Expected:
    """The known part of a symbol, blurred.

    Args:
        kind: Symbology.
        size: Modules a side.
        blur: Standard deviation in modules.
    """
    return _blurred(np.pad(known_modules(kind, size), _MARGIN, constant_values=1), blur)


def expected_of(modules: "Floats", blur: float) -> Expected:
    """A whole symbol as far as it has been guessed, blurred.

    Args:
        modules: size × size, 1 or −1 each.
        blur: Standard deviation in modules.
    """
    return _blurred(np.pad(modules, _MARGIN, constant_values=1), blur)


def _blurred(padded: "Floats", blur: float) -> Expected:
    fine = np.repeat(np.repeat(padded, _SAMPLES, 0), _SAMPLES, 1)
    values = cv2.GaussianBlur(fine, (0, 0), blur * _SAMPLES)
    known = cv2.GaussianBlur(np.abs(fine), (0, 0), blur * _SAMPLES)
    cut = (_MARGIN - QUIET) * _SAMPLES
    values, known = values[cut:-cut, cut:-cut], known[cut:-cut, cut:-cut]
    rows, columns = np.nonzero(known > _LEAST_KNOWN)
    modules = (padded.shape[0] - 2 * _MARGIN) * _SAMPLES
    places = np.stack([columns, rows], 1) - QUIET * _SAMPLES
    points = (places + 0.5) * (2 / modules) - 1
    return Expected(
        points.astype(np.float32),
        values[rows, columns].astype(np.float32),
        (2 * known[rows, columns] - 1).astype(np.float32),
    )


@cache
def known_centers(kind: Kind, size: int) -> "tuple[Floats, Floats]":
    """Centres of the known modules, K × 2 in symbol coordinates, and their values, K."""
    modules = known_modules(kind, size)
    rows, columns = np.nonzero(modules)
    points = (np.stack([columns, rows], 1) + 0.5) * (2 / size) - 1
    return points.astype(np.float32), modules[rows, columns]


@cache
def border_lines(size: int) -> "Floats":
    """Module centres of a Data Matrix's borders: top, right, left, bottom; 4·size × 2."""
    along = (np.arange(size, dtype=np.float32) + 0.5) * (2 / size) - 1
    edge = np.full(size, 1 / size - 1, np.float32)
    lines = ((along, edge), (-edge, along), (edge, along), (along, -edge))
    return cast("Floats", np.concatenate([np.stack(line, 1) for line in lines]))


@cache
def module_centers(size: int, margin: int) -> "Floats":
    """Centres of all modules row by row, with some of the quiet zone; symbol coordinates."""
    along = (np.arange(-margin, size + margin, dtype=np.float32) + 0.5) * (2 / size) - 1
    across, down = np.meshgrid(along, along)
    return cast("Floats", np.stack([across.ravel(), down.ravel()], 1))


def _draw_data_matrix(modules: "Floats", region: int) -> None:
    """Every region: left and bottom dark, top and right alternating."""
    alternating = np.where(np.arange(region) % 2 == 0, -1, 1)
    for row in range(0, modules.shape[0], region):
        for column in range(0, modules.shape[1], region):
            part = modules[row : row + region, column : column + region]
            part[0, :] = alternating
            part[:, -1] = -alternating
            part[:, 0] = -1
            part[-1, :] = -1


def _draw_qr(modules: "Floats") -> None:
    size = modules.shape[0]
    timing = np.where(np.arange(8, size - 8) % 2 == 0, -1, 1)
    modules[6, 8 : size - 8] = timing
    modules[8 : size - 8, 6] = timing
    finder = np.ones((8, 8), np.float32)
    finder[:7, :7] = -1
    finder[1:6, 1:6] = 1
    finder[2:5, 2:5] = -1
    modules[:8, :8] = finder
    modules[:8, -8:] = finder[:, ::-1]
    modules[-8:, :8] = finder[::-1]
    modules[size - 8, 8] = -1
    alignment = np.full((5, 5), -1, np.float32)
    alignment[1:4, 1:4] = 1
    alignment[2, 2] = -1
    centers = _ALIGNMENT[(size - 17) // 4]
    last = centers[-1] if centers else 0
    for row in centers:
        for column in centers:
            if (row, column) not in {(6, 6), (6, last), (last, 6)}:
                modules[row - 2 : row + 3, column - 2 : column + 3] = alignment
