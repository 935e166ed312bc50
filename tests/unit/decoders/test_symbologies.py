"""Every symbology a station reads: bytes, identifier and format, however the label lies."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Final

import numpy as np
import pytest
import zxingcpp
from hypothesis import given, settings
from hypothesis import strategies as st
from zxingcpp import BarcodeFormat

from station.core.symbol import SymbolFormat
from station.decoders.zbar import ZbarDecoder
from station.decoders.zxing import ZxingDecoder
from station.labels.symbols import SymbolKind
from tests.fakes.decoder import UNIT, Pixels, label


@dataclass(frozen=True, slots=True)
class Case:
    """A symbol drawn by an encoder, and what a reader must say of it."""

    content: str | bytes
    format: BarcodeFormat
    payload: bytes
    identifier: str
    symbol_format: SymbolFormat
    gs1: bool = False
    zbar_identifier: str | None = None

    def drawn(self) -> Pixels:
        options = {"gs1": self.gs1}
        if self.format is BarcodeFormat.DataMatrix:
            options["forceSquare"] = True
        barcode = zxingcpp.create_barcode(self.content, self.format, **options)
        return np.pad(np.array(barcode.to_image(3)), 24, constant_values=255)


BRACKETED: Final = "[01]09506000134352[21]K7QZ4M2XW9TRB[99]x%y"
ELEMENTS: Final = b"010950600013435221K7QZ4M2XW9TRB\x1d99x%y"

CASES: Final = {
    "gs1 data matrix": Case(
        BRACKETED, BarcodeFormat.DataMatrix, ELEMENTS, "]d2", SymbolFormat.DATA_MATRIX, gs1=True
    ),
    "data matrix": Case(
        "TOTE A1", BarcodeFormat.DataMatrix, b"TOTE A1", "]d1", SymbolFormat.DATA_MATRIX
    ),
    "data matrix, bytes": Case(
        bytes(range(128, 200)),
        BarcodeFormat.DataMatrix,
        bytes(range(128, 200)),
        "]d1",
        SymbolFormat.DATA_MATRIX,
    ),
    "gs1 qr": Case(
        BRACKETED, BarcodeFormat.QRCode, ELEMENTS, "]Q3", SymbolFormat.QR_CODE, gs1=True
    ),
    "qr": Case(
        "https://id.example.com/01/09506000134352",
        BarcodeFormat.QRCode,
        b"https://id.example.com/01/09506000134352",
        "]Q1",
        SymbolFormat.QR_CODE,
    ),
    "qr, every byte": Case(
        bytes(range(256)), BarcodeFormat.QRCode, bytes(range(256)), "]Q1", SymbolFormat.QR_CODE
    ),
    "micro qr": Case("A7", BarcodeFormat.MicroQRCode, b"A7", "]Q1", SymbolFormat.QR_CODE),
    "gs1-128": Case(
        "[00]095060001234567891",
        BarcodeFormat.Code128,
        b"00095060001234567891",
        "]C1",
        SymbolFormat.CODE_128,
        gs1=True,
    ),
    "gs1-128 with separator": Case(
        "[10]AB12[21]XY", BarcodeFormat.Code128, b"10AB12\x1d21XY", "]C1", SymbolFormat.CODE_128,
        gs1=True,
    ),
    "code 128": Case(
        "HELLO-1234", BarcodeFormat.Code128, b"HELLO-1234", "]C0", SymbolFormat.CODE_128
    ),
    "ean-13": Case(
        "9506000134352", BarcodeFormat.EAN13, b"9506000134352", "]E0", SymbolFormat.EAN_13
    ),
    "ean-8": Case("96385074", BarcodeFormat.EAN8, b"96385074", "]E4", SymbolFormat.EAN_8),
    "upc-a": Case(
        "036000291452", BarcodeFormat.UPCA, b"0036000291452", "]E0", SymbolFormat.UPC_A
    ),
    "upc-e": Case("01234565", BarcodeFormat.UPCE, b"0012345000065", "]E0", SymbolFormat.UPC_E),
    "itf-14": Case(
        "09506000134352", BarcodeFormat.ITF, b"09506000134352", "]I1", SymbolFormat.ITF,
        zbar_identifier="]I0",
    ),
}  # fmt: skip
MATRIX: Final = [name for name in CASES if "qr" in name or "matrix" in name]
ZBAR: Final = [name for name in CASES if "matrix" not in name and name != "micro qr"]
LAYS: Final[dict[str, Callable[[Pixels], Pixels]]] = {
    "upright": lambda picture: picture,
    "on its left": lambda picture: np.rot90(picture, 1),
    "upside down": lambda picture: np.rot90(picture, 2),
    "on its right": lambda picture: np.rot90(picture, 3),
}


@pytest.mark.parametrize("lay", LAYS)
@pytest.mark.parametrize("name", CASES)
def test_zxing_reads_it_however_it_lies(name: str, lay: str) -> None:
    case = CASES[name]
    (found,) = ZxingDecoder().decode(LAYS[lay](case.drawn()))
    assert found.payload == case.payload
    assert found.symbology_identifier == case.identifier
    assert found.format is case.symbol_format
    assert found.engine == "zxing-cpp"


@pytest.mark.parametrize("name", MATRIX)
def test_zxing_reads_light_on_dark(name: str) -> None:
    (found,) = ZxingDecoder().decode(255 - CASES[name].drawn())
    assert found.payload == CASES[name].payload


@pytest.mark.zbar
@pytest.mark.parametrize("lay", LAYS)
@pytest.mark.parametrize("name", ZBAR)
def test_zbar_reads_it_however_it_lies(name: str, lay: str) -> None:
    case = CASES[name]
    (found,) = ZbarDecoder().decode(LAYS[lay](case.drawn()))
    assert found.payload == case.payload
    assert found.symbology_identifier == (case.zbar_identifier or case.identifier)
    assert found.engine == "zbar"
    # zbar gives out an UPC-E as the number it stands for.
    expected = SymbolFormat.UPC_A if name == "upc-e" else case.symbol_format
    assert found.format is expected


@pytest.mark.parametrize("turns", range(4))
@pytest.mark.parametrize("kind", [SymbolKind.GS1_DATA_MATRIX, SymbolKind.GS1_QR])
def test_corners_go_round_the_symbol_in_its_own_orientation(kind: SymbolKind, turns: int) -> None:
    drawn = label(UNIT, kind)
    height, width = drawn.shape
    (found,) = ZxingDecoder().decode(np.rot90(drawn, turns))
    quiet = 4 * 4
    upright = [
        (quiet, quiet),
        (width - quiet, quiet),
        (width - quiet, height - quiet),
        (quiet, height - quiet),
    ]

    def turned(x: float, y: float) -> tuple[float, float]:
        return {0: (x, y), 1: (y, width - x), 2: (width - x, height - y), 3: (height - y, x)}[turns]

    assert found.corners is not None
    for corner, (x, y) in zip(found.corners, upright, strict=True):
        assert corner == pytest.approx(turned(x, y), abs=3)


@pytest.mark.zbar
@pytest.mark.parametrize("turns", range(4))
def test_both_decoders_agree_on_a_qr_codes_corners(turns: int) -> None:
    drawn = np.rot90(label(UNIT, SymbolKind.GS1_QR), turns)
    (one,), (other,) = ZxingDecoder().decode(drawn), ZbarDecoder().decode(drawn)
    assert one.corners is not None
    assert other.corners is not None
    assert np.abs(np.array(one.corners) - np.array(other.corners)).max() <= 3


ALPHABET = "!\"%&'()*+,-./0123456789:;<=>?ABCDEFGHIJKLMNOPQRSTUVWXYZ_abcdefghijklmnopqrstuvwxyz"


@pytest.mark.zbar
@settings(max_examples=60)
@given(
    serial=st.text(ALPHABET, min_size=1, max_size=20),
    tag=st.text(ALPHABET, min_size=1, max_size=90),
)
def test_both_decoders_give_the_same_bytes_of_a_gs1_qr(serial: str, tag: str) -> None:
    payload = f"010950600013435221{serial}\x1d99{tag}".encode()
    drawn = label(payload, SymbolKind.GS1_QR_LOW)
    (one,), (other,) = ZxingDecoder().decode(drawn), ZbarDecoder().decode(drawn)
    assert one.payload == other.payload == payload
    assert one.symbology_identifier == other.symbology_identifier == "]Q3"
