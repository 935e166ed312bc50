"""Which code word each module of a matrix code belongs to, and how many errors its blocks correct.

For the estimate of print quality, which asks how many code words a weak module would cost. Built
once a size and kept. Nothing is decoded here: reading is the library's.

Source: ISO/IEC 16022 (Data Matrix ECC 200, square), annex F and table 7; ISO/IEC 18004 (QR code,
versions 1 to 15), 7.7.3 and table 9.
"""

from dataclasses import dataclass
from functools import cache
from typing import TYPE_CHECKING, Final

import numpy as np

from station.decoders.patterns import REGIONS, Kind, known_modules

if TYPE_CHECKING:
    from collections.abc import Iterator

    from numpy.typing import NDArray

    Numbers = NDArray[np.int32]

NO_BIT: Final = -1
"""Modules of finder, timing, format and version patterns, and bits that are left over."""

_BITS: Final = 8

_DATA_MATRIX: Final[dict[int, tuple[int, int]]] = {
    14: (10, 1),
    16: (12, 1),
    18: (14, 1),
    20: (18, 1),
    22: (20, 1),
    24: (24, 1),
    26: (28, 1),
    32: (36, 1),
    36: (42, 1),
    40: (48, 1),
    44: (56, 1),
    48: (68, 1),
    52: (42, 2),
    64: (56, 2),
    72: (36, 4),
    80: (48, 4),
    88: (56, 4),
}
"""Modules a side to correcting code words a block, and blocks."""

_QR: Final[dict[str, tuple[tuple[int, int], ...]]] = {
    "L": (
        *((7, 1), (10, 1), (15, 1), (20, 1), (26, 1)),
        *((18, 2), (20, 2), (24, 2), (30, 2), (18, 4)),
        *((20, 4), (24, 4), (26, 4), (30, 4), (22, 6)),
    ),
    "M": (
        *((10, 1), (16, 1), (26, 1), (18, 2), (24, 2)),
        *((16, 4), (18, 4), (22, 4), (22, 5), (26, 5)),
        *((30, 5), (22, 8), (22, 9), (24, 9), (24, 10)),
    ),
    "Q": (
        *((13, 1), (22, 1), (18, 2), (26, 2), (18, 4)),
        *((24, 4), (18, 6), (22, 6), (20, 8), (24, 8)),
        *((28, 8), (26, 10), (24, 12), (20, 16), (30, 12)),
    ),
    "H": (
        *((17, 1), (28, 1), (22, 2), (16, 4), (22, 4)),
        *((28, 4), (26, 5), (26, 6), (24, 8), (28, 8)),
        *((24, 11), (28, 11), (22, 16), (24, 16), (24, 18)),
    ),
}
"""By level and version from 1: correcting code words a block, and blocks."""

_QR_VERSION_INFORMATION_FROM: Final = 45
"""Modules a side, version 7."""

_UTAH: Final = ((-2, -2), (-2, -1), (-1, -2), (-1, -1), (-1, 0), (0, -2), (0, -1), (0, 0))
"""Rows and columns of a code word's bits beside its last one."""


@dataclass(frozen=True, slots=True)
class CodeWords:
    """How a symbol's modules make up code words, and code words blocks.

    Attributes:
        bit: size × size, the number of the bit that a module is, or `NO_BIT`; bits of a code word
            follow one another, the most significant first.
        block: For each code word, the block it belongs to.
        correcting: Correcting code words of each block; half as many errors can be corrected.
    """

    bit: "Numbers"
    block: "Numbers"
    correcting: int


@cache
def code_words(kind: Kind, size: int, level: str = "") -> CodeWords | None:
    """The code words of a symbol; None where its size or level is not in the tables.

    Args:
        kind: Symbology.
        size: Modules a side.
        level: Error correction level of a QR code.
    """
    if kind is Kind.DATA_MATRIX:
        if size not in _DATA_MATRIX:
            return None
        bit = _data_matrix_bits(size)
        correcting, blocks = _DATA_MATRIX[size]
    else:
        version, rest = divmod(size - 17, 4)
        rows = _QR.get(level, ())
        if rest or not 1 <= version <= len(rows):
            return None
        bit = _qr_bits(size)
        correcting, blocks = rows[version - 1]
    bit.flags.writeable = False
    count = (int(bit.max()) + 1) // _BITS
    return CodeWords(bit, _blocks(count, blocks, correcting), correcting)


def _blocks(count: int, blocks: int, correcting: int) -> "Numbers":
    """Code words are dealt out to blocks in turn; the last round to the longer blocks alone."""
    rounds, left = divmod(count - correcting * blocks, blocks)
    dealt = np.tile(np.arange(blocks), rounds)
    longer = np.arange(blocks - left, blocks)
    corrections = np.tile(np.arange(blocks), correcting)
    return np.concatenate([dealt, longer, corrections]).astype(np.int32)


def _data_matrix_bits(size: int) -> "Numbers":
    """The placement within the regions, with the borders put back."""
    regions = REGIONS[size]
    inner = size // regions - 2
    placed = _placement(inner * regions)
    bit = np.full((size, size), NO_BIT, np.int32)
    for row in range(regions):
        for column in range(regions):
            top, left = row * (inner + 2) + 1, column * (inner + 2) + 1
            bit[top : top + inner, left : left + inner] = placed[
                row * inner : (row + 1) * inner, column * inner : (column + 1) * inner
            ]
    return bit


def _placement(side: int) -> "Numbers":
    """Bits of a square without borders, by annex F's walk in diagonals."""
    placed = np.full((side, side), NO_BIT, np.int32)
    for number, modules in enumerate(_walk(side, placed)):
        for bit, (row, column) in enumerate(modules):
            placed[row, column] = number * _BITS + bit
    return placed


def _walk(side: int, placed: "Numbers") -> "Iterator[list[tuple[int, int]]]":
    """Code words in their order, each as its modules; what was placed so far is looked at."""
    row, column = 4, 0
    while row < side or column < side:
        if column == 0 and row in {side, side - 2}:
            yield from _corner(side, row)
        while True:
            if row < side and column >= 0 and placed[row, column] == NO_BIT:
                yield _utah(side, row, column)
            row, column = row - 2, column + 2
            if row < 0 or column >= side:
                break
        row, column = row + 1, column + 3
        while True:
            if row >= 0 and column < side and placed[row, column] == NO_BIT:
                yield _utah(side, row, column)
            row, column = row + 2, column - 2
            if row >= side or column < 0:
                break
        row, column = row + 3, column + 1


def _corner(side: int, row: int) -> "Iterator[list[tuple[int, int]]]":
    """The code word that lies in three corners, in one of the shapes annex F has for squares."""
    end = side - 1
    if row == side:
        yield [(end, 0), (end, 1), (end, 2), (0, end - 1), (0, end), (1, end), (2, end), (3, end)]
    elif side % 4:
        lower = [(end - 2, 0), (end - 1, 0), (end, 0)]
        yield [*lower, (0, end - 3), (0, end - 2), (0, end - 1), (0, end), (1, end)]


def _utah(side: int, row: int, column: int) -> list[tuple[int, int]]:
    """A code word whose last bit is there; what leaves the square comes in at the other side."""
    modules = []
    for down, right in _UTAH:
        y, x = row + down, column + right
        if y < 0:
            y, x = y + side, x + 4 - (side + 4) % 8
        if x < 0:
            y, x = y + 4 - (side + 4) % 8, x + side
        modules.append((y, x))
    return modules


def _qr_bits(size: int) -> "Numbers":
    """Upwards and downwards in columns of two, from the right, around the patterns."""
    free = known_modules(Kind.QR_CODE, size) == 0
    free[:9, 8] = free[8, :9] = False
    free[8, size - 8 :] = free[size - 8 :, 8] = False
    if size >= _QR_VERSION_INFORMATION_FROM:
        free[:6, size - 11 : size - 8] = free[size - 11 : size - 8, :6] = False
    order = [
        (row, column)
        for turn, right in enumerate([*range(size - 1, 6, -2), *range(5, 0, -2)])
        for row in (range(size) if turn % 2 else range(size - 1, -1, -1))
        for column in (right, right - 1)
        if free[row, column]
    ]
    bits = np.full((size, size), NO_BIT, np.int32)
    for number, (row, column) in enumerate(order[: len(order) // _BITS * _BITS]):
        bits[row, column] = number
    return bits
