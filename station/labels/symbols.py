"""Payloads drawn as symbols: module matrices of GS1 Data Matrix, QR, EAN-13 and GS1-128.

For `station.labels.picture` and `station.labels.scene`. Element strings come as bytes with GS, as
readers deliver them; the encoder is given their elements, so that FNC1 stands where GS1 wants it.
Leaves to others: what the payload says, paper, text. Pure but for the encoder library.

Source: GS1 General Specifications, chapter 5 (symbologies, quiet zones).
"""

from dataclasses import dataclass
from enum import Enum
from typing import TYPE_CHECKING, Final, assert_never

import numpy as np
import zxingcpp
from zxingcpp import BarcodeFormat

from station.core.errors import ExitCode, StationError
from station.core.gs1.element_string import ElementFault, read_element_string
from station.core.text import printable

if TYPE_CHECKING:
    from numpy.typing import NDArray


class LabelError(StationError):
    """A label that cannot be made, or that does not read back as what it should say."""

    exit_code = ExitCode.USAGE


class SymbolKind(Enum):
    """What a label can carry; the value is its name on the command line."""

    GS1_DATA_MATRIX = "gs1-datamatrix"
    GS1_QR = "gs1-qr"
    """Error correction level M."""
    GS1_QR_LOW = "gs1-qr-l"
    """Error correction level L, for small labels."""
    LINK_QR = "link-qr"
    """A GS1 Digital Link in an ordinary QR code, level M."""
    DATA_MATRIX = "datamatrix"
    """Not a GS1 symbol: a site's control labels."""
    RAW_DATA_MATRIX = "datamatrix-raw"
    """Any ASCII, control characters too: what a scanner is tested with."""
    QR_CODE = "qr"
    """Not a GS1 symbol, level M: a site's control labels."""
    EAN_13 = "ean-13"
    GS1_128 = "gs1-128"


@dataclass(frozen=True, slots=True)
class SymbolMatrix:
    """A drawn symbol without quiet zone.

    Attributes:
        modules: Rows × columns, True where dark; not to be changed. A linear symbol has as many
            equal rows as it is modules high.
        kind: What it is.
        quiet_zone_modules: Light modules it needs on each side.
    """

    modules: "NDArray[np.bool_]"
    kind: SymbolKind
    quiet_zone_modules: int


@dataclass(frozen=True, slots=True)
class _Recipe:
    """How a kind is encoded: format, whether FNC1 comes first, and the encoder's options."""

    format: BarcodeFormat
    is_gs1: bool
    identifier: str
    quiet_zone_modules: int
    ec_level: str = ""


_RECIPES: Final[dict[SymbolKind, _Recipe]] = {
    SymbolKind.GS1_DATA_MATRIX: _Recipe(BarcodeFormat.DataMatrix, True, "]d2", 1),
    SymbolKind.GS1_QR: _Recipe(BarcodeFormat.QRCode, True, "]Q3", 4, "M"),
    SymbolKind.GS1_QR_LOW: _Recipe(BarcodeFormat.QRCode, True, "]Q3", 4, "L"),
    SymbolKind.LINK_QR: _Recipe(BarcodeFormat.QRCode, False, "]Q1", 4, "M"),
    SymbolKind.DATA_MATRIX: _Recipe(BarcodeFormat.DataMatrix, False, "]d1", 1),
    SymbolKind.RAW_DATA_MATRIX: _Recipe(BarcodeFormat.DataMatrix, False, "]d1", 1),
    SymbolKind.QR_CODE: _Recipe(BarcodeFormat.QRCode, False, "]Q1", 4, "M"),
    SymbolKind.EAN_13: _Recipe(BarcodeFormat.EAN13, False, "]E0", 11),
    SymbolKind.GS1_128: _Recipe(BarcodeFormat.Code128, True, "]C1", 10),
}
"""Of EAN-13's quiet zones the left one is the wider, 11 modules."""

_LINEAR_HEIGHT_MODULES: Final[dict[SymbolKind, int]] = {
    SymbolKind.EAN_13: 69,
    SymbolKind.GS1_128: 65,
}
"""22.85 mm at 0.330 mm; 31.75 mm at 0.495 mm."""

_DATA_MATRIX_VERSIONS: Final[dict[int, int]] = {
    side: version
    for version, side in enumerate(
        (10, 12, 14, 16, 18, 20, 22, 24, 26, 32, 36, 40, 44, 48, 52, 64, 72, 80, 88, 96), start=1
    )
}
"""Side in modules to the encoder's number. Source: ISO/IEC 16022, table 7."""

_QR_SIDE_AT_0: Final = 17
_QR_SIDE_STEP: Final = 4
_QR_VERSIONS: Final = range(1, 41)
"""A QR code of version n is 17 + 4 n modules wide. Source: ISO/IEC 18004."""

MAX_LABEL_PAYLOAD_BYTES: Final = 1_000
"""Beyond this nothing fits a label that a dock camera reads."""


def make_symbol(payload: bytes, kind: SymbolKind, *, side: int | None = None) -> SymbolMatrix:
    """Draw a payload.

    Args:
        payload: An element string with GS for the GS1 kinds (an SSCC as ``00`` and 18 digits), a
            web address for `LINK_QR`, 13 digits for `EAN_13`, any ASCII for `RAW_DATA_MATRIX`,
            printable ASCII for the others.
        kind: Which symbol.
        side: Modules of a matrix code's side, so that a product's labels are all alike; the
            smallest square that holds the payload by default.

    Raises:
        LabelError: The payload is not of that kind, or does not fit.
    """
    recipe = _RECIPES[kind]
    content = _content(payload, kind)
    options = _options(recipe, kind, side)
    try:
        barcode = zxingcpp.create_barcode(content, recipe.format, **options)
        drawn = np.asarray(barcode.to_image(1, False, False)) < 128
    except ValueError as error:
        raise LabelError(
            f"the payload cannot be drawn as {kind.value} ({_words(error)})",
            "check its contents, or take a larger size",
        ) from error
    if kind in _LINEAR_HEIGHT_MODULES:
        drawn = np.tile(drawn[drawn.shape[0] // 2], (_LINEAR_HEIGHT_MODULES[kind], 1))
    drawn.flags.writeable = False
    return SymbolMatrix(
        modules=drawn,
        kind=kind,
        quiet_zone_modules=recipe.quiet_zone_modules,
    )


def identifier_of(kind: SymbolKind) -> str:
    """The AIM symbology identifier a reader will report, e.g. ``]d2``."""
    return _RECIPES[kind].identifier


def _content(payload: bytes, kind: SymbolKind) -> str:
    """The payload as the encoder wants it."""
    if not 0 < len(payload) <= MAX_LABEL_PAYLOAD_BYTES:
        raise LabelError(
            f"a label holds 1 to {MAX_LABEL_PAYLOAD_BYTES} bytes, not {len(payload)}",
            "shorten what it says",
        )
    match kind:
        case (
            SymbolKind.GS1_DATA_MATRIX
            | SymbolKind.GS1_QR
            | SymbolKind.GS1_QR_LOW
            | SymbolKind.GS1_128
        ):
            return _bracketed(payload)
        case SymbolKind.EAN_13:
            if len(payload) != 13 or not payload.isdigit():
                raise LabelError(f"an EAN-13 has 13 digits, not {len(payload)} bytes", "write 13")
            return payload.decode("ascii")
        case SymbolKind.RAW_DATA_MATRIX:
            if not payload.isascii():
                raise LabelError("a test symbol holds ASCII only", "rewrite it")
            return payload.decode("ascii")
        case SymbolKind.LINK_QR | SymbolKind.DATA_MATRIX | SymbolKind.QR_CODE:
            text = payload.decode("ascii", "replace")
            if not text.isascii() or not text.isprintable():
                raise LabelError(f"a {kind.value} label holds printable ASCII only", "rewrite it")
            return text
        case _:
            assert_never(kind)


def _bracketed(payload: bytes) -> str:
    """An element string in the encoder's spelling, ``[01]…[21]…``.

    Brackets are in no character set of GS1, so a value cannot end its element early.
    """
    elements = read_element_string(payload)
    if isinstance(elements, ElementFault):
        raise LabelError(
            f"the payload is no element string ({elements.detail}, byte {elements.offset})",
            "write AI and value one after another, GS between",
        )
    return "".join(f"[{ai}]{value}" for ai, value in elements.items())


def _options(recipe: _Recipe, kind: SymbolKind, side: int | None) -> dict[str, str | int | bool]:
    options: dict[str, str | int | bool] = {"gs1": True} if recipe.is_gs1 else {}
    if recipe.ec_level:
        options["ecLevel"] = recipe.ec_level
    if side is not None:
        options["version"] = _version(recipe.format, kind, side)
    elif recipe.format is BarcodeFormat.DataMatrix:
        options["forceSquare"] = True
    return options


def _version(symbology: BarcodeFormat, kind: SymbolKind, side: int) -> int:
    """The encoder's number for a side; always an int, since it aborts on anything else."""
    if symbology is BarcodeFormat.DataMatrix and side in _DATA_MATRIX_VERSIONS:
        return _DATA_MATRIX_VERSIONS[side]
    if symbology is BarcodeFormat.QRCode:
        version, rest = divmod(side - _QR_SIDE_AT_0, _QR_SIDE_STEP)
        if rest == 0 and version in _QR_VERSIONS:
            return version
    raise LabelError(
        f"there is no {kind.value} of {side} modules", "take 40 or 44 for Data Matrix, 41 for QR"
    )


def _words(error: ValueError) -> str:
    return printable(str(error).partition(" (retval")[0], 120)
