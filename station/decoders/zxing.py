"""The first decoder: zxing-cpp behind the decoder port.

Takes the raw bytes with GS kept, the AIM symbology identifier and the corners, and keeps every
place a code shows at: the same code at two places of a picture is two symbols. What is plausible
is decided in `station.decoders.places`. Threads may share one reader; the C++ code runs without
the interpreter's lock. About 3 ms for 640×480 pixels, 10 ms for 1280×960.
"""

from typing import TYPE_CHECKING, Final

import zxingcpp
from zxingcpp import BarcodeFormat

from station.core.symbol import MAX_PAYLOAD_BYTES, Corners, Symbol, SymbolFormat
from station.decoders.places import plausible
from station.decoders.rasters import raster_of
from station.decoders.stacked import separate_labels

if TYPE_CHECKING:
    from station.ports.frames import GreyPixels

AS_IS: Final = "as is"
"""The step of a symbol read from a picture nothing was done to."""
_NAME: Final = "zxing-cpp"

_FORMATS: Final[dict[BarcodeFormat, SymbolFormat]] = {
    BarcodeFormat.DataMatrix: SymbolFormat.DATA_MATRIX,
    BarcodeFormat.QRCode: SymbolFormat.QR_CODE,
    BarcodeFormat.Code128: SymbolFormat.CODE_128,
    BarcodeFormat.EAN13: SymbolFormat.EAN_13,
    BarcodeFormat.EAN8: SymbolFormat.EAN_8,
    BarcodeFormat.UPCA: SymbolFormat.UPC_A,
    BarcodeFormat.UPCE: SymbolFormat.UPC_E,
    BarcodeFormat.ITF: SymbolFormat.ITF,
}
_WANTED: Final = tuple(_FORMATS)
_MATRIX: Final = (BarcodeFormat.DataMatrix, BarcodeFormat.QRCode)
_LINEAR: Final = tuple(kind for kind in _FORMATS if kind not in _MATRIX)
_MIN_SIDE_PX: Final = 3
"""Nothing smaller holds a symbol, and the library need not prove that it copes."""


class ZxingDecoder:
    """Reads Data Matrix, QR, Code 128, EAN, UPC and ITF with zxing-cpp."""

    @property
    def name(self) -> str:
        """``zxing-cpp``."""
        return _NAME

    def decode(self, pixels: "GreyPixels") -> tuple[Symbol, ...]:
        """All plausible symbols in reading order.

        Args:
            pixels: 2-D uint8, grey; light and dark may be swapped in a symbol.
        """
        return plausible(separate_labels(pixels, _read(pixels, _WANTED)))


class ZxingMatrixDecoder:
    """Reads only Data Matrix and QR with zxing-cpp, on pictures prepared for it."""

    @property
    def name(self) -> str:
        """``zxing-cpp``."""
        return _NAME

    def decode(self, pixels: "GreyPixels") -> tuple[Symbol, ...]:
        """All matrix codes in reading order.

        Args:
            pixels: 2-D uint8, grey.
        """
        return plausible(_read(pixels, _MATRIX))


class ZxingRowDecoder:
    """Reads linear codes whose bars stand upright, as `strips` prepares them."""

    @property
    def name(self) -> str:
        """``zxing-cpp``."""
        return _NAME

    def decode(self, pixels: "GreyPixels") -> tuple[Symbol, ...]:
        """All plausible linear codes, read along rows.

        Args:
            pixels: 2-D uint8, grey.
        """
        return plausible(_read(pixels, _LINEAR, as_it_stands=True))


def _read(
    pixels: "GreyPixels", formats: tuple[BarcodeFormat, ...], *, as_it_stands: bool = False
) -> list[Symbol]:
    """What the library reads; as it stands is neither turned nor halved nor inverted."""
    if min(pixels.shape) < _MIN_SIDE_PX:
        return []
    barcodes = zxingcpp.read_barcodes(
        pixels,
        formats=formats,  # type: ignore[arg-type]  # the stub hides the implicit conversion
        try_rotate=not as_it_stands,
        try_downscale=not as_it_stands,
        try_invert=not as_it_stands,
        text_mode=zxingcpp.TextMode.Plain,
    )
    return list(map(_symbol, barcodes))


def _symbol(barcode: zxingcpp.Barcode) -> Symbol:
    payload = barcode.bytes[:MAX_PAYLOAD_BYTES]
    return Symbol(
        payload=payload,
        symbology_identifier=barcode.symbology_identifier,
        format=_format(barcode, payload),
        corners=_corners(barcode.position),
        engine=_NAME,
        step=AS_IS,
        raster=raster_of(barcode),
    )


def _format(barcode: zxingcpp.Barcode, payload: bytes) -> SymbolFormat:
    """The symbology, a Micro QR being a QR code and a UPC-A what its bars are: an EAN-13 with 0.

    Source: GS1 General Specifications, EAN/UPC symbology; both carry ``]E0`` and 13 digits.
    """
    found = _FORMATS.get(barcode.format) or _FORMATS.get(barcode.symbology, SymbolFormat.UNKNOWN)
    if found is SymbolFormat.EAN_13 and payload.startswith(b"0"):
        return SymbolFormat.UPC_A
    return found


def _corners(position: zxingcpp.Position) -> Corners:
    return (
        (float(position.top_left.x), float(position.top_left.y)),
        (float(position.top_right.x), float(position.top_right.y)),
        (float(position.bottom_right.x), float(position.bottom_right.y)),
        (float(position.bottom_left.x), float(position.bottom_left.y)),
    )
