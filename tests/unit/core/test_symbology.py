"""Every identifier the station knows, and some it does not."""

import pytest

from station.core.symbol import SymbolFormat
from station.core.symbology import format_of_identifier


@pytest.mark.parametrize(
    ("identifiers", "symbol_format"),
    [
        ("]d0 ]d1 ]d2 ]d3 ]d4 ]d5 ]d6", SymbolFormat.DATA_MATRIX),
        ("]Q0 ]Q1 ]Q2 ]Q3 ]Q4 ]Q5 ]Q6", SymbolFormat.QR_CODE),
        ("]C0 ]C1 ]C2 ]C4", SymbolFormat.CODE_128),
        ("]E0 ]E3", SymbolFormat.EAN_13),
        ("]E4", SymbolFormat.EAN_8),
        ("]I0 ]I1 ]I3", SymbolFormat.ITF),
        ("]D2 ]d7 ]C3 ]E1 ]e0 ]A0 ]X0 d2 ] ]d ]d22", SymbolFormat.UNKNOWN),
    ],
)
def test_an_identifier_names_its_symbology(identifiers: str, symbol_format: SymbolFormat) -> None:
    assert {format_of_identifier(identifier) for identifier in identifiers.split()} == {
        symbol_format
    }


def test_no_identifier_names_nothing() -> None:
    assert format_of_identifier("") is SymbolFormat.UNKNOWN
