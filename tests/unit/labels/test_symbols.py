"""Payloads drawn as symbols: right sizes, right identifiers, and refusals that say why."""

from typing import Final

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from station.core.errors import ExitCode
from station.core.gs1.check_digit import check_digit
from station.decoders.zxing import ZxingDecoder
from station.labels.picture import LabelContent, label_image
from station.labels.symbols import (
    MAX_LABEL_PAYLOAD_BYTES,
    LabelError,
    SymbolKind,
    identifier_of,
    make_symbol,
)
from tests.fakes.decoder import TAG, UNIT

LINK: Final = f"https://id.example.com/01/09506000134352/21/K7QZ4M2XW9TRB?99={TAG}".encode()
SSCC: Final = b"0009506000123456789" + str(check_digit(b"09506000123456789")).encode()
PAYLOADS: Final[dict[SymbolKind, bytes]] = {
    SymbolKind.GS1_DATA_MATRIX: UNIT,
    SymbolKind.GS1_QR: UNIT,
    SymbolKind.GS1_QR_LOW: UNIT,
    SymbolKind.LINK_QR: LINK,
    SymbolKind.DATA_MATRIX: b"ISC1:TOTE:Q1:abc_-",
    SymbolKind.RAW_DATA_MATRIX: b"A\x1b[2J\x07B",
    SymbolKind.QR_CODE: b"ISC1:TOTE:Q1:abc_-",
    SymbolKind.EAN_13: b"9506000134352",
    SymbolKind.GS1_128: SSCC,
}


@pytest.mark.parametrize("kind", SymbolKind)
def test_a_reader_gives_back_bytes_and_identifier(kind: SymbolKind) -> None:
    drawn = np.asarray(label_image(LabelContent(PAYLOADS[kind], kind), 3))
    (read,) = ZxingDecoder().decode(drawn)
    assert read.payload == PAYLOADS[kind]
    assert read.symbology_identifier == identifier_of(kind)


@pytest.mark.parametrize(
    ("kind", "side"),
    [(SymbolKind.GS1_DATA_MATRIX, 40), (SymbolKind.GS1_QR_LOW, 41), (SymbolKind.GS1_QR, 45)],
)
def test_a_unit_code_has_the_size_the_code_format_promises(kind: SymbolKind, side: int) -> None:
    assert make_symbol(UNIT, kind).modules.shape == (side, side)


@pytest.mark.parametrize(
    ("kind", "side"),
    [
        (SymbolKind.GS1_DATA_MATRIX, 40),
        (SymbolKind.GS1_DATA_MATRIX, 44),
        (SymbolKind.GS1_DATA_MATRIX, 64),
        (SymbolKind.GS1_QR, 45),
        (SymbolKind.GS1_QR, 49),
        (SymbolKind.LINK_QR, 57),
    ],
)
def test_a_size_can_be_asked_for(kind: SymbolKind, side: int) -> None:
    assert make_symbol(PAYLOADS[kind], kind, side=side).modules.shape == (side, side)


def test_a_data_matrix_is_always_square() -> None:
    for length in range(1, 40):
        height, width = make_symbol(b"9" * length, SymbolKind.DATA_MATRIX).modules.shape
        assert height == width


def test_a_data_matrix_has_its_frame_and_a_qr_code_its_finders() -> None:
    matrix = make_symbol(UNIT, SymbolKind.GS1_DATA_MATRIX).modules
    assert matrix[:, 0].all()
    assert matrix[-1].all()
    assert matrix[0].tolist() == [True, False] * 20
    finder = make_symbol(UNIT, SymbolKind.GS1_QR).modules[:7, :7]
    assert finder[0].all()
    assert finder[3].tolist() == [True, False, True, True, True, False, True]


def test_a_linear_symbol_is_as_high_as_gs1_wants_it() -> None:
    ean = make_symbol(b"9506000134352", SymbolKind.EAN_13).modules
    assert ean.shape == (69, 95)
    assert (ean == ean[0]).all()
    assert make_symbol(SSCC, SymbolKind.GS1_128).modules.shape[0] == 65


def test_modules_cannot_be_changed() -> None:
    with pytest.raises(ValueError, match="read-only"):
        make_symbol(UNIT, SymbolKind.GS1_QR).modules[0, 0] = False


def test_elements_may_come_in_any_order_and_with_brackets_like_characters() -> None:
    payload = b"21A(B)C\x1d0109506000134352" + b"99<x>&y"
    drawn = np.asarray(label_image(LabelContent(payload, SymbolKind.GS1_DATA_MATRIX), 3))
    assert [read.payload for read in ZxingDecoder().decode(drawn)] == [payload]


@pytest.mark.parametrize(
    ("kind", "payload", "words"),
    [
        (SymbolKind.GS1_DATA_MATRIX, b"", "1 to 1000 bytes"),
        (SymbolKind.QR_CODE, b"x" * (MAX_LABEL_PAYLOAD_BYTES + 1), "1 to 1000 bytes"),
        (SymbolKind.GS1_DATA_MATRIX, b"0109506000134353", "no element string"),
        (SymbolKind.GS1_QR, b"hello", "no element string"),
        (SymbolKind.GS1_128, b"00123", "no element string"),
        (SymbolKind.GS1_128, UNIT, "cannot be drawn as gs1-128"),
        (SymbolKind.EAN_13, b"950600013435", "13 digits"),
        (SymbolKind.EAN_13, b"950600013435X", "13 digits"),
        (SymbolKind.EAN_13, "٣".encode() * 6 + b"1", "13 digits"),
        (SymbolKind.EAN_13, b"9506000134353", "check digit"),
        (SymbolKind.LINK_QR, b"https://x/\xff", "printable ASCII"),
        (SymbolKind.DATA_MATRIX, b"a\x1db", "printable ASCII"),
        (SymbolKind.QR_CODE, b"a\nb", "printable ASCII"),
    ],
)
def test_a_payload_of_another_kind_is_refused(kind: SymbolKind, payload: bytes, words: str) -> None:
    with pytest.raises(LabelError) as caught:
        make_symbol(payload, kind)
    assert words in caught.value.message
    assert caught.value.remedy
    assert caught.value.exit_code is ExitCode.USAGE


@pytest.mark.parametrize(
    ("kind", "side", "words"),
    [
        (SymbolKind.GS1_DATA_MATRIX, 36, "cannot be drawn"),
        (SymbolKind.GS1_DATA_MATRIX, 41, "there is no gs1-datamatrix of 41"),
        (SymbolKind.GS1_QR, 41, "cannot be drawn"),
        (SymbolKind.GS1_QR, 46, "there is no gs1-qr of 46"),
        (SymbolKind.GS1_QR, 17, "there is no"),
        (SymbolKind.GS1_QR, -3, "there is no"),
        (SymbolKind.GS1_QR, 181, "there is no"),
        (SymbolKind.EAN_13, 40, "there is no ean-13"),
    ],
)
def test_a_size_that_does_not_exist_or_does_not_hold_it_is_refused(
    kind: SymbolKind, side: int, words: str
) -> None:
    with pytest.raises(LabelError, match=words):
        make_symbol(PAYLOADS[kind], kind, side=side)


SET_82 = "!\"%&'()*+,-./0123456789:;<=>?ABCDEFGHIJKLMNOPQRSTUVWXYZ_abcdefghijklmnopqrstuvwxyz"


@settings(max_examples=120)
@given(
    kind=st.sampled_from([SymbolKind.GS1_DATA_MATRIX, SymbolKind.GS1_QR]),
    serial=st.text(SET_82, min_size=1, max_size=20),
    tag=st.text(SET_82, min_size=1, max_size=90),
    lot=st.none() | st.text(SET_82, min_size=1, max_size=20),
)
def test_whatever_gs1_allows_comes_back_byte_for_byte(
    kind: SymbolKind, serial: str, tag: str, lot: str | None
) -> None:
    middle = f"10{lot}\x1d" if lot else ""
    payload = f"010950600013435221{serial}\x1d{middle}99{tag}".encode()
    drawn = np.asarray(label_image(LabelContent(payload, kind), 3))
    assert [read.payload for read in ZxingDecoder().decode(drawn)] == [payload]


@settings(max_examples=150)
@given(kind=st.sampled_from(SymbolKind), payload=st.binary(max_size=60))
def test_any_bytes_give_a_symbol_or_the_labels_own_error(kind: SymbolKind, payload: bytes) -> None:
    try:
        symbol = make_symbol(payload, kind)
    except LabelError:
        return
    assert symbol.modules.any()
    assert symbol.kind is kind
