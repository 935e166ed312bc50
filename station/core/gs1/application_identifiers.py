"""Every GS1 application identifier (AI): format, length, character set, separator rule.

`AI_TABLE` is built once from `application_identifier_rows`. For `element_string` and
`digital_link`.
Leaves to others: what combinations of AIs mean (`station.core.parsing`).

Checked in a value: length, character set, GS1 check digits, calendar dates. Not checked: code
lists of other standards (ISO 3166, 4217 and 5218, IBAN, package types), times of day, the check
characters of a GMN (AI 8013, 8014) and the inner form of coupons (8110, 8112); none of them
decides about a unit, and a label must not be refused for a currency.

Source: GS1 General Specifications, Release 26 (January 2026), chapter 3 and section 7.8.
"""

import re
from dataclasses import dataclass
from enum import Enum
from functools import cache
from typing import Final

from station.core.gs1.application_identifier_rows import PREDEFINED_LENGTHS, ROWS
from station.core.gs1.charset import DIGITS, SET_39, SET_64, SET_82, keeps_to
from station.core.gs1.check_digit import has_right_check_digit


class Check(Enum):
    """What else a part of a value must satisfy."""

    NONE = ""
    CHECK_DIGIT = "check"
    DATE = "date"
    """YYMMDD, the day 01 up to the month's last."""
    DATE_OR_MONTH = "month"
    """YYMMDD, the day 00 standing for the month's last."""


@dataclass(frozen=True, slots=True)
class Part:
    """One stretch of a value.

    Attributes:
        allowed: Its character set.
        min_chars: Its least length where it is present.
        max_chars: Its greatest length.
        optional: Whether it may be absent.
        check: What else it must satisfy.
    """

    allowed: bytes
    min_chars: int
    max_chars: int
    optional: bool
    check: Check


@dataclass(frozen=True, slots=True)
class ApplicationIdentifier:
    """One row of the table.

    Attributes:
        ai: 2 to 4 digits.
        title: GS1's data title.
        parts: What its value is made of.
        min_chars: The least length of a value.
        max_chars: The greatest length of a value.
        predefined: Whether the length is one of figure 7.8.5-2, so that no separator follows.
    """

    ai: str
    title: str
    parts: tuple[Part, ...]
    min_chars: int
    max_chars: int
    predefined: bool

    def problem(self, value: bytes) -> str | None:
        """What is wrong with a value, in words that follow "AI nn: "; None where it is right."""
        if not self.min_chars <= len(value) <= self.max_chars:
            return f"{_span(self.min_chars, self.max_chars)}, not {len(value)}"
        at = 0
        for part in self.parts:
            if part.optional and at == len(value):
                break
            piece = value[at : at + part.max_chars]
            at += len(piece)
            if len(piece) < part.min_chars:
                return "its length lies between those allowed"
            if not keeps_to(piece, part.allowed):
                return f"a character outside {_SET_NAMES[part.allowed]}"
            fault = _check_problem(part.check, piece)
            if fault is not None:
                return fault
        return None


_SET_NAMES: Final = {
    DIGITS: "the ASCII digits",
    SET_82: "character set 82",
    SET_39: "character set 39",
    SET_64: "the file-safe base 64 set",
}

_DAYS_IN_MONTH: Final = (31, 29, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31)


def _span(least: int, most: int) -> str:
    return f"{least} characters" if least == most else f"{least} to {most} characters"


def _check_problem(check: Check, piece: bytes) -> str | None:
    if check is Check.NONE:
        return None
    if check is Check.CHECK_DIGIT:
        return None if has_right_check_digit(piece) else "wrong check digit"
    year, month, day = int(piece[:2]), int(piece[2:4]), int(piece[4:6])
    least_day = 0 if check is Check.DATE_OR_MONTH else 1
    if not 1 <= month <= 12 or not least_day <= day <= _DAYS_IN_MONTH[month - 1]:
        return "not a date"
    # Of the years a two-digit year can mean (section 7.12), every fourth is a leap year: 2000 is.
    return "not a date" if (month, day) == (2, 29) and year % 4 else None


_PART: Final = re.compile(r"(\[?)([NXYZ])(\.\.)?([0-9]+)(?::([a-z]+))?\]?")
_ALLOWED: Final = {"N": DIGITS, "X": SET_82, "Y": SET_39, "Z": SET_64}


@cache
def _parts(form: str) -> tuple[Part, ...]:
    """Read one format of the table, e.g. ``N13:check [X..17]``."""
    parts = []
    for word in form.split():
        match = _PART.fullmatch(word)
        if match is None:
            raise ValueError(f"the table of application identifiers has no format {word!r}")
        optional, charset, up_to, size, check = match.groups()
        most = int(size)
        least = 1 if up_to else most
        parts.append(Part(_ALLOWED[charset], least, most, bool(optional), Check(check or "")))
    return tuple(parts)


def _build() -> dict[bytes, ApplicationIdentifier]:
    table = {}
    for ais, form, title in ROWS:
        parts = _parts(form)
        least = sum(part.min_chars for part in parts if not part.optional)
        most = sum(part.max_chars for part in parts)
        first, _, last = ais.partition("-")
        for number in range(int(first), int(last or first) + 1):
            ai = str(number).zfill(len(first))
            predefined = ai[:2] in PREDEFINED_LENGTHS
            row = ApplicationIdentifier(ai, title, parts, least, most, predefined)
            table[ai.encode("ascii")] = row
    return table


AI_TABLE: Final[dict[bytes, ApplicationIdentifier]] = _build()
"""Every assigned AI by its digits."""

AI_CHARS: Final[dict[bytes, int]] = {ai[:2]: len(ai) for ai in AI_TABLE}
"""First two digits of an AI: how many digits it has. Source: GenSpecs, figure 7.8.5-1."""
