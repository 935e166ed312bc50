"""The second decoder: the zbar library through pyzbar, for QR, Code 128, EAN, UPC and ITF.

zbar is a system library that may be missing; nothing is loaded before the first picture that needs
it, and without it this decoder finds nothing and `unavailable_because` tells why.

Goes one level below `pyzbar.decode`, which can neither ask for raw bytes nor tell whether a symbol
is a GS1 one: QR data is taken as it stands in the symbol (otherwise zbar guesses a character set
and re-codes it), and the GS1 flag becomes the AIM symbology identifier. zbar reports one place for
all copies of a linear code, so a copy beside its original is zxing-cpp's to see. Threads may share
one reader.
"""

import ctypes
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from typing import TYPE_CHECKING, Any, Final

from station.core.symbol import MAX_PAYLOAD_BYTES, Corners, Point, Symbol, SymbolFormat
from station.decoders.places import plausible

if TYPE_CHECKING:
    from station.ports.frames import GreyPixels

_QR: Final = 64
_CODE_128: Final = 128
_ITF: Final = 25
_EAN_13: Final = 13
_EAN_8: Final = 8
_FORMATS: Final[dict[int, SymbolFormat]] = {
    _QR: SymbolFormat.QR_CODE,
    _CODE_128: SymbolFormat.CODE_128,
    _ITF: SymbolFormat.ITF,
    _EAN_13: SymbolFormat.EAN_13,
    _EAN_8: SymbolFormat.EAN_8,
}
"""zbar's symbol types (zbar.h). UPC-A and UPC-E come as the EAN-13 they stand for, 13 digits."""

_IDENTIFIERS: Final[dict[int, str]] = {
    _QR: "]Q1",
    _CODE_128: "]C0",
    _ITF: "]I0",
    _EAN_13: "]E0",
    _EAN_8: "]E4",
}
_GS1_IDENTIFIERS: Final[dict[int, str]] = {_QR: "]Q3", _CODE_128: "]C1"}
"""Source: ISO/IEC 15424, annex A."""

_ALL_TYPES: Final = 0
_CFG_ENABLE: Final = 0
_CFG_X_DENSITY: Final = 0x100
_CFG_BINARY: Final = 4
"""zbar.h, since 0.23.1; older libraries refuse it and may re-code what is not ASCII."""
_MOD_GS1: Final = 1
"""Bit 0 of a symbol's modifiers: FNC1 first (zbar.h, ZBAR_MOD_GS1)."""
_GREY: Final = int.from_bytes(b"Y800", "little")
_QR_POINTS: Final = 4
_MIN_LINES: Final = 8
"""Scan lines that must agree on an EAN-13 or ITF. Of the reads with fewer that zxing-cpp had not
made, three in seven were wrong on public photographs (docs/reference/decoding.md)."""


@cache
def unavailable_because() -> str | None:
    """Why this decoder finds nothing, with the mend, or None where it works."""
    try:
        _get_modifiers()
    except (ImportError, OSError, AttributeError) as error:
        return (
            f"the second decoder is off, the zbar system library cannot be loaded ({error}); "
            "install it (Debian, Ubuntu: apt install libzbar0; Fedora: dnf install zbar; "
            "macOS: brew install zbar). Reading goes on with zxing-cpp alone"
        )
    return None


class ZbarDecoder:
    """Reads QR, Code 128, EAN, UPC and ITF with zbar, where it is installed.

    Args:
        rows_only: Read only linear codes whose bars stand upright; much cheaper.
    """

    def __init__(self, *, rows_only: bool = False) -> None:
        self._rows_only = rows_only

    @property
    def name(self) -> str:
        """``zbar``."""
        return "zbar"

    def decode(self, pixels: "GreyPixels") -> tuple[Symbol, ...]:
        """All plausible symbols in reading order; nothing where the library is missing.

        Args:
            pixels: 2-D uint8, grey.
        """
        if not pixels.size or unavailable_because() is not None:
            return ()
        return plausible(
            _symbol(found, self.name) for found in _scan(pixels, self._rows_only) if _trusted(found)
        )


@dataclass(frozen=True, slots=True)
class _Found:
    """What zbar says of one symbol.

    Attributes:
        kind: zbar's type number.
        data: The bytes.
        is_gs1: FNC1 stands first.
        lines: Scan lines that agreed; 1 for a matrix code.
        points: Corners of a QR code, else any points on the symbol.
        raw: Whether the bytes are the symbol's own.
    """

    kind: int
    data: bytes
    is_gs1: bool
    lines: int
    points: tuple[Point, ...]
    raw: bool


@cache
def _library() -> Any:
    """The thin layer that pyzbar lays over the C functions."""
    from pyzbar import wrapper

    return wrapper


@cache
def _get_modifiers() -> Any:
    """The one C function that pyzbar leaves out."""
    zbar = _library()
    return zbar.zbar_function(
        "zbar_symbol_get_modifiers", ctypes.c_uint, ctypes.POINTER(zbar.zbar_symbol)
    )


def _scan(pixels: "GreyPixels", rows_only: bool) -> list[_Found]:
    zbar = _library()
    height, width = pixels.shape
    data = pixels.tobytes()
    scanner = zbar.zbar_image_scanner_create()
    try:
        image = zbar.zbar_image_create()
        try:
            raw = _configure(zbar, scanner, rows_only)
            zbar.zbar_image_set_format(image, _GREY)
            zbar.zbar_image_set_size(image, width, height)
            address = ctypes.cast(ctypes.c_char_p(data), ctypes.c_void_p)
            zbar.zbar_image_set_data(image, address, len(data), None)
            if zbar.zbar_scan_image(scanner, image) <= 0:
                return []
            return [_found(zbar, symbol, raw) for symbol in _symbols(zbar, image)]
        finally:
            zbar.zbar_image_destroy(image)
    finally:
        zbar.zbar_image_scanner_destroy(scanner)


def _configure(zbar: Any, scanner: Any, rows_only: bool) -> bool:
    """Ask for our symbologies only; says whether QR data comes raw."""
    configure = zbar.zbar_image_scanner_set_config
    configure(scanner, _ALL_TYPES, _CFG_ENABLE, 0)
    for kind in _FORMATS:
        configure(scanner, kind, _CFG_ENABLE, int(not rows_only or kind != _QR))
    if rows_only:
        configure(scanner, _ALL_TYPES, _CFG_X_DENSITY, 0)
    return bool(configure(scanner, _QR, _CFG_BINARY, 1) == 0)


def _symbols(zbar: Any, image: Any) -> Iterator[Any]:
    symbol = zbar.zbar_image_first_symbol(image)
    while symbol:
        yield symbol
        symbol = zbar.zbar_symbol_next(symbol)


def _found(zbar: Any, symbol: Any, raw: bool) -> _Found:
    length = zbar.zbar_symbol_get_data_length(symbol)
    return _Found(
        kind=symbol.contents.type,
        data=ctypes.string_at(zbar.zbar_symbol_get_data(symbol), min(length, MAX_PAYLOAD_BYTES)),
        is_gs1=bool(_get_modifiers()(symbol) & _MOD_GS1),
        lines=zbar.zbar_symbol_get_quality(symbol),
        points=tuple(
            (
                float(zbar.zbar_symbol_get_loc_x(symbol, i)),
                float(zbar.zbar_symbol_get_loc_y(symbol, i)),
            )
            for i in range(zbar.zbar_symbol_get_loc_size(symbol))
        ),
        raw=raw,
    )


def _trusted(found: _Found) -> bool:
    if found.kind not in _FORMATS or not found.points:
        return False
    if found.kind == _QR:
        return found.raw or found.data.isascii()
    return found.kind not in {_EAN_13, _ITF} or found.lines >= _MIN_LINES


def _symbol(found: _Found, engine: str) -> Symbol:
    kind = _FORMATS[found.kind]
    if kind is SymbolFormat.EAN_13 and found.data.startswith(b"0"):
        kind = SymbolFormat.UPC_A
    identifiers = _GS1_IDENTIFIERS if found.is_gs1 else _IDENTIFIERS
    return Symbol(
        payload=found.data,
        symbology_identifier=identifiers.get(found.kind, ""),
        format=kind,
        corners=_corners(found),
        engine=engine,
        step="as is",
    )


def _corners(found: _Found) -> Corners:
    """A QR code's own corners; for a linear code the upright box about its scan lines."""
    if found.kind == _QR and len(found.points) == _QR_POINTS:
        top_left, bottom_left, bottom_right, top_right = found.points
        return (top_left, top_right, bottom_right, bottom_left)
    left, right = min(x for x, _ in found.points), max(x for x, _ in found.points)
    top, bottom = min(y for _, y in found.points), max(y for _, y in found.points)
    return ((left, top), (right, top), (right, bottom), (left, bottom))
