"""Check digits and GTINs."""

import pytest

from station.core.gs1.check_digit import (
    check_digit,
    expand_upc_e,
    gtin_14,
    has_right_check_digit,
)


@pytest.mark.parametrize(
    ("payload", "digit"),
    [
        # GS1 General Specifications, figure 7.9.1-1: the example of a GTIN-13 and an SSCC.
        (b"629104150021", 3),
        (b"37610425002123456", 9),
        (b"0950600013435", 2),
        (b"9638507", 4),
        (b"0", 0),
        (b"1", 7),
        (b"00000000000000000", 0),
    ],
)
def test_the_digit_completes_the_number(payload: bytes, digit: int) -> None:
    assert check_digit(payload) == digit
    assert has_right_check_digit(payload + b"%d" % digit)
    for other in {*range(10)} - {digit}:
        assert not has_right_check_digit(payload + b"%d" % other)


@pytest.mark.parametrize("payload", [b"", b"12a", b"1 2", "١٢".encode(), b"0" * 18, b"-1"])
def test_only_1_to_17_ascii_digits_have_one(payload: bytes) -> None:
    with pytest.raises(ValueError, match=r"^a check digit needs 1 to 17 ASCII digits$"):
        check_digit(payload)


@pytest.mark.parametrize(
    ("number", "gtin"),
    [
        (b"96385074", "00000096385074"),
        (b"036000291452", "00036000291452"),
        (b"9506000134352", "09506000134352"),
        (b"09506000134352", "09506000134352"),
        (b"9506000134353", None),
        (b"123456789", None),
        (b"", None),
        (b"950600013435x", None),
        (b"0000009506000134352", None),
    ],
)
def test_a_gtin_has_one_spelling(number: bytes, gtin: str | None) -> None:
    assert gtin_14(number) == gtin


@pytest.mark.parametrize(
    ("number", "expanded"),
    [
        (b"04252614", b"042100005264"),
        (b"01234505", b"012000003455"),
        (b"01234523", b"012200003453"),
        (b"01234133", b"012300000413"),
        (b"01234543", b"012340000053"),
        (b"01234558", b"012345000058"),
        (b"01234596", b"012345000096"),
        (b"11234502", b"112000003452"),
        (b"01234506", None),
        (b"21234505", None),
        (b"0123450", None),
        (b"0123450x", None),
    ],
)
def test_upc_e(number: bytes, expanded: bytes | None) -> None:
    assert expand_upc_e(number) == expanded
