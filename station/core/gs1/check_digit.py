"""GS1's modulo-10 check digit, and GTINs of every length brought to 14 digits.

Source: GS1 General Specifications, sections 7.9 (check digit) and 7.10 (UPC-E).
"""

from typing import Final

from station.core.gs1.charset import all_digits

MAX_CHECKED_DIGITS: Final = 18
"""The longest numeric key, the SSCC."""

GTIN_DIGITS: Final = 14
_GTIN_LENGTHS: Final = frozenset({8, 12, 13, 14})
_UPC_E_DIGITS: Final = 8


def check_digit(payload: bytes) -> int:
    """Compute the check digit that completes a number.

    Args:
        payload: 1 to 17 ASCII digits left of the check digit.

    Raises:
        ValueError: Not 1 to 17 ASCII digits.

    Source: GS1 General Specifications, section 7.9.1.
    """
    if not all_digits(payload) or len(payload) >= MAX_CHECKED_DIGITS:
        raise ValueError(f"a check digit needs 1 to {MAX_CHECKED_DIGITS - 1} ASCII digits")
    return -_weighted_sum(payload + b"0") % 10


def has_right_check_digit(number: bytes) -> bool:
    """Whether a number ends in its check digit.

    Args:
        number: ASCII digits, made sure of by the caller, check digit last.
    """
    return _weighted_sum(number) % 10 == 0


def _weighted_sum(number: bytes) -> int:
    """The sum of the digits, weighted 1, 3, 1, 3 and so on from the right.

    A digit's byte is 48 more than its value.
    """
    threes = number[-2::-2]
    return sum(number) + 2 * sum(threes) - 48 * (len(number) + 2 * len(threes))


def gtin_14(number: bytes) -> str | None:
    """A GTIN-8, -12, -13 or -14 in its one spelling of 14 digits.

    Args:
        number: Any bytes.

    Returns:
        14 digits, or None where the length, a digit or the check digit is wrong.

    Source: GS1 General Specifications, section 3.3.2.
    """
    if len(number) not in _GTIN_LENGTHS or not all_digits(number):
        return None
    if not has_right_check_digit(number):
        return None
    return number.decode("ascii").zfill(GTIN_DIGITS)


def expand_upc_e(number: bytes) -> bytes | None:
    """The GTIN-12 that a zero-suppressed UPC-E symbol stands for.

    Args:
        number: Any bytes; 8 digits are number system (0 or 1), six digits, check digit.

    Returns:
        12 digits with a right check digit, or None where these are no UPC-E number.

    Source: GS1 General Specifications, section 5.2.2.4.2 (number system 1 after ISO/IEC 15420).
    """
    if len(number) != _UPC_E_DIGITS or not all_digits(number) or number[:1] not in (b"0", b"1"):
        return None
    system, body, check, last = number[:1], number[1:7], number[7:], number[6:7]
    if last in b"012":
        middle = body[:2] + last + b"0000" + body[2:5]
    elif last == b"3":
        middle = body[:3] + b"00000" + body[3:5]
    elif last == b"4":
        middle = body[:4] + b"00000" + body[4:5]
    else:
        middle = body[:5] + b"0000" + last
    expanded = system + middle + check
    return expanded if has_right_check_digit(expanded) else None


def other_levels(gtin: str) -> list[str]:
    """The GTINs that differ from one in the packaging level alone, by indicator digit.

    Args:
        gtin: 14 digits with a right check digit.

    Source: GS1 General Specifications, indicator digit of a GTIN-14 (1 to 8 number packaging
    levels, 9 marks variable measure, 0 fills up a shorter GTIN).
    """
    stem = gtin[1:-1]
    bodies = (f"{indicator}{stem}" for indicator in range(10) if str(indicator) != gtin[0])
    return [f"{body}{check_digit(body.encode('ascii'))}" for body in bodies]
