"""From a fitted grid to light and dark modules, and to a clean raster for zxing-cpp.

Neighbouring modules run into each other in a blurred picture. What a module's neighbours add to it
is measured on the symbol itself, with the modules guessed so far, and taken away again; each round
guesses better. Error correction is the library's: a raster is only proposed, and what does not
correct is no read.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final, cast

import cv2
import numpy as np
import zxingcpp
from zxingcpp import BarcodeFormat

from station.core.symbol import Raster
from station.decoders.geometry import product
from station.decoders.patterns import Kind, known_modules
from station.decoders.rasters import raster_of

if TYPE_CHECKING:
    from numpy.typing import NDArray

    Floats = NDArray[np.float32]

_FORMATS: Final = {
    Kind.DATA_MATRIX: (BarcodeFormat.DataMatrix,),
    Kind.QR_CODE: (BarcodeFormat.QRCode,),
}
_SHARPENINGS: Final = (0.0, 0.12, 0.25)
"""How much of each direct neighbour is taken away in the first guesses."""
_DIAGONAL: Final = 0.6
"""What a diagonal neighbour adds, against a direct one."""
_ROUNDS: Final = 4
_WIDE_FROM: Final = 24
"""Modules a side from which neighbours two modules away are counted; below there is too little to
measure them on."""
_FIRMNESS: Final = 1.5
_RIDGE: Final = 1e-2
_LEAST_CENTER: Final = 0.05
_RASTER_QUIET: Final = 2


def evened(values: "Floats", size: int) -> "Floats":
    """Module values with the local light taken out: light about 1, dark about −1.

    Args:
        values: (size + 2) × (size + 2), sampled grey levels with one quiet module around.
        size: Modules a side.
    """
    window = max(7, (size // 4) | 1)
    kernel = np.ones((3, 3), np.uint8)
    light, dark = cv2.dilate(values, kernel), cv2.erode(values, kernel)
    middle = cv2.blur((cv2.blur(light, (5, 5)) + cv2.blur(dark, (5, 5))) / 2, (window, window))
    reach = cv2.blur(light - dark, (window, window)) / 2 + 1e-3
    return cast("Floats", ((values - middle) / reach)[1:-1, 1:-1])


def guesses(values: "Floats", kind: Kind) -> "Iterator[Floats]":
    """Ever better guesses at the modules: positive is light; known modules are put in.

    Args:
        values: size × size, from `evened`.
        kind: Symbology.
    """
    size = values.shape[0]
    known = known_modules(kind, size)
    soft = values
    for share in _SHARPENINGS:
        kernel = _sharpening(share)
        sharpened = cv2.filter2D(values, cv2.CV_32F, kernel, borderType=cv2.BORDER_REPLICATE)
        soft = cast("Floats", sharpened)
        yield np.where(known != 0, known, soft)
    reach = 2 if size >= _WIDE_FROM else 1
    for _ in range(_ROUNDS):
        guess = np.where(known != 0, known, np.clip(soft, -1, 1))
        padded = np.pad(guess, reach, constant_values=1).astype(np.float32)
        level, spill = _spill(values, padded, reach)
        center = max(float(spill[reach, reach]), _LEAST_CENTER)
        spill[reach, reach] = 0
        added = cv2.filter2D(padded, cv2.CV_32F, spill)[reach:-reach, reach:-reach]
        distance = (values - level - added) / center
        yield np.where(known != 0, known, distance)
        soft = np.tanh(_FIRMNESS * distance)


def _sharpening(share: float) -> "Floats":
    diagonal = _DIAGONAL * share
    kernel = np.array(
        [[-diagonal, -share, -diagonal], [-share, 1, -share], [-diagonal, -share, -diagonal]],
        np.float32,
    )
    kernel[1, 1] += 4 * share + 4 * diagonal
    return kernel


def _spill(values: "Floats", padded: "Floats", reach: int) -> "tuple[float, Floats]":
    """Least squares: the level, and how much each module of a neighbourhood adds to its middle."""
    size, width = values.shape[0], 2 * reach + 1
    shifted = [
        padded[row : row + size, column : column + size].ravel()
        for row in range(width)
        for column in range(width)
    ]
    columns = np.stack([np.ones(size * size, np.float32), *shifted], 1)
    normal = product(columns, columns)
    normal[np.diag_indices_from(normal)] += _RIDGE * size * size
    found = np.linalg.solve(normal, product(columns, values.reshape(-1, 1))[:, 0])
    return float(found[0]), found[1:].reshape(width, width).astype(np.float32)


@dataclass(frozen=True, slots=True)
class Reading:
    """What zxing-cpp made of a raster.

    Attributes:
        payload: The bytes.
        symbology_identifier: AIM identifier.
        raster: The modules it read.
    """

    payload: bytes
    symbology_identifier: str
    raster: Raster | None


def read_raster(modules: "Floats", kind: Kind) -> Reading | None:
    """Let zxing-cpp correct and decode a raster of one pixel a module; about 0.05 ms.

    Args:
        modules: size × size, positive is light.
        kind: Symbology.
    """
    raster = np.where(modules < 0, 0, 255).astype(np.uint8)
    found = zxingcpp.read_barcodes(
        np.pad(raster, _RASTER_QUIET, constant_values=255),
        formats=_FORMATS[kind],  # type: ignore[arg-type]  # as in zxing.py
        is_pure=True,
        try_rotate=False,
        try_downscale=False,
        try_invert=False,
        binarizer=zxingcpp.Binarizer.FixedThreshold,
        text_mode=zxingcpp.TextMode.Plain,
    )
    for barcode in found:
        if barcode.valid and barcode.bytes:
            return Reading(barcode.bytes, barcode.symbology_identifier, raster_of(barcode))
    return None
