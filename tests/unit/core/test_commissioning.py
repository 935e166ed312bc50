"""What a scanner does to the test symbols, and what it is called."""

import pytest

from station.core.codes import OpaqueUnit, PlainUnit, SignedUnit
from station.core.commissioning import (
    CONTENTS,
    HARMLESS,
    MENDS,
    CheckSymbol,
    Difference,
    compare,
)
from station.core.parsing import parse


def found(symbol: CheckSymbol, received: bytes, identifier: str | None = None) -> Difference:
    sent = CONTENTS[symbol].identifier if identifier is None else identifier
    return compare(symbol, ((received, sent),)).difference


@pytest.mark.parametrize("symbol", CheckSymbol)
def test_what_arrives_as_it_is_printed_is_good(symbol: CheckSymbol) -> None:
    finding = compare(symbol, ((CONTENTS[symbol].payload, CONTENTS[symbol].identifier),))
    assert finding.difference is Difference.NONE
    assert finding.is_good


PLAIN = CONTENTS[CheckSymbol.PLAIN].payload
SEPARATOR = CONTENTS[CheckSymbol.SEPARATOR].payload
LONGEST = CONTENTS[CheckSymbol.LONGEST].payload
CONTROLS = CONTENTS[CheckSymbol.CONTROLS].payload


@pytest.mark.parametrize(
    ("symbol", "received", "difference"),
    [
        (CheckSymbol.PLAIN, b"", Difference.NOTHING),
        (CheckSymbol.PLAIN, PLAIN.upper(), Difference.CASE),
        (CheckSymbol.PLAIN, PLAIN.swapcase(), Difference.CASE),
        (CheckSymbol.PLAIN, PLAIN.replace(b"Yz", b"Zy"), Difference.LAYOUT),
        (CheckSymbol.PLAIN, b"P" + PLAIN, Difference.PREFIX),
        (CheckSymbol.PLAIN, PLAIN + b"\t", Difference.SUFFIX),
        (CheckSymbol.PLAIN, b"\xff" * 9, Difference.OTHER),
        (CheckSymbol.SEPARATOR, SEPARATOR.replace(b"\x1d", b""), Difference.SEPARATOR_LOST),
        (CheckSymbol.SEPARATOR, SEPARATOR.replace(b"\x1d", b"|"), Difference.SEPARATOR_CHANGED),
        (CheckSymbol.SEPARATOR, SEPARATOR.replace(b"\x1d", b"<GS>"), Difference.SEPARATOR_CHANGED),
        (CheckSymbol.LONGEST, LONGEST[:100], Difference.LENGTH),
        (CheckSymbol.CONTROLS, b"CHECK[2JEND", Difference.CONTROLS_STRIPPED),
        (CheckSymbol.CONTROLS, CONTROLS[:5], Difference.LENGTH),
    ],
)
def test_each_difference_has_its_name(
    symbol: CheckSymbol, received: bytes, difference: Difference
) -> None:
    assert found(symbol, received) is difference


def test_a_missing_identifier_is_told() -> None:
    assert found(CheckSymbol.SEPARATOR, SEPARATOR, "") is Difference.IDENTIFIER
    assert found(CheckSymbol.SEPARATOR, SEPARATOR, "]d1") is Difference.IDENTIFIER


def test_two_scans_for_one_symbol_are_a_split() -> None:
    scans = ((CONTROLS[:6], "]d1"), (CONTROLS[6:], ""))
    assert compare(CheckSymbol.CONTROLS, scans).difference is Difference.SPLIT


def test_no_scan_is_nothing() -> None:
    assert compare(CheckSymbol.PLAIN, ()).difference is Difference.NOTHING


def test_every_difference_has_its_mend_and_only_harmless_ones_pass() -> None:
    assert MENDS.keys() == set(Difference)
    assert [one for one in Difference if one not in HARMLESS and not MENDS[one]] == []


@pytest.mark.parametrize("symbol", CheckSymbol)
def test_no_symbol_of_the_sheet_is_a_unit(symbol: CheckSymbol) -> None:
    code = parse(CONTENTS[symbol].payload, CONTENTS[symbol].identifier)
    assert not isinstance(code, SignedUnit | PlainUnit | OpaqueUnit)
