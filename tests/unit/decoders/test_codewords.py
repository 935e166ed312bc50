"""The maps from modules to code words, proved on drawn symbols: every block corrects to itself.

A drawn symbol has no errors, so all syndromes of each of its blocks are zero when every module is
counted to its own bit and every code word to its own block; one module misplaced, and they are not.
"""

from typing import TYPE_CHECKING, Final

import numpy as np
import pytest
import zxingcpp
from zxingcpp import BarcodeFormat

from station.decoders.codewords import NO_BIT, code_words
from station.decoders.patterns import REGIONS, Kind, sizes_of

if TYPE_CHECKING:
    from numpy.typing import NDArray

VERSIONS: Final = {size: number for number, size in enumerate(REGIONS, start=3)}
MASKS: Final = (
    lambda i, j: (i + j) % 2,
    lambda i, _: i % 2,
    lambda _, j: j % 3,
    lambda i, j: (i + j) % 3,
    lambda i, j: (i // 2 + j // 3) % 2,
    lambda i, j: i * j % 2 + i * j % 3,
    lambda i, j: (i * j % 2 + i * j % 3) % 2,
    lambda i, j: ((i + j) % 2 + i * j % 3) % 2,
)
"""A QR code's masks turn the modules over for which they are 0. Source: ISO/IEC 18004, table 10."""


def drawn(symbology: BarcodeFormat, version: int, level: str = "") -> "NDArray[np.bool_]":
    options = {"ecLevel": level} if level else {}
    barcode = zxingcpp.create_barcode("HI 7", symbology, version=version, **options)
    return np.asarray(barcode.to_image(1, False, False)) < 128


def corrects(
    kind: Kind, dark: "NDArray[np.bool_]", level: str, polynomial: int, first_root: int
) -> bool:
    """Whether all syndromes of all blocks are zero."""
    words = code_words(kind, len(dark), level)
    assert words is not None
    places = words.bit != NO_BIT
    bits = np.zeros(int(words.bit.max()) + 1, np.int64)
    bits[words.bit[places]] = dark[places]
    values = bits.reshape(-1, 8) @ (1 << np.arange(7, -1, -1))
    power, log = [1], [0] * 256
    for _ in range(254):
        doubled = power[-1] << 1
        power.append(doubled ^ polynomial if doubled & 0x100 else doubled)
    for exponent, value in enumerate(power):
        log[value] = exponent
    for block in range(int(words.block.max()) + 1):
        for root in range(first_root, first_root + words.correcting):
            syndrome = 0
            for value in values[words.block == block].tolist():
                times = power[(log[syndrome] + root) % 255] if syndrome else 0
                syndrome = times ^ value
            if syndrome:
                return False
    return True


@pytest.mark.parametrize("size", sizes_of(Kind.DATA_MATRIX))
def test_every_data_matrix_corrects_to_itself(size: int) -> None:
    dark = drawn(BarcodeFormat.DataMatrix, VERSIONS[size])
    assert len(dark) == size
    assert corrects(Kind.DATA_MATRIX, dark, "", 0x12D, 1)
    dark = dark.copy()
    # Inside the borders: a module of some code word.
    dark[2, 2] ^= True
    assert not corrects(Kind.DATA_MATRIX, dark, "", 0x12D, 1)


@pytest.mark.parametrize("level", "LMQH")
@pytest.mark.parametrize("size", sizes_of(Kind.QR_CODE))
def test_every_qr_code_corrects_to_itself(size: int, level: str) -> None:
    dark = drawn(BarcodeFormat.QRCode, (size - 17) // 4, level)
    assert len(dark) == size
    rows, columns = np.indices(dark.shape)
    unmasked = [dark ^ (mask(rows, columns) == 0) for mask in MASKS]  # type: ignore[no-untyped-call]
    assert [corrects(Kind.QR_CODE, each, level, 0x11D, 0) for each in unmasked].count(True) == 1


@pytest.mark.parametrize(
    ("kind", "size", "level"),
    [
        (Kind.DATA_MATRIX, 12, ""),
        (Kind.DATA_MATRIX, 41, ""),
        (Kind.QR_CODE, 81, "M"),
        (Kind.QR_CODE, 22, "M"),
        (Kind.QR_CODE, 21, ""),
        (Kind.QR_CODE, 17, "L"),
    ],
)
def test_what_is_in_no_table_is_none(kind: Kind, size: int, level: str) -> None:
    assert code_words(kind, size, level) is None
