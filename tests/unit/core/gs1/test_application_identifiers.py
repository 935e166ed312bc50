"""The table of application identifiers, checked where a slip of the pen would hurt."""

from calendar import monthrange

import pytest

from station.core.gs1.application_identifier_rows import PREDEFINED_LENGTHS
from station.core.gs1.application_identifiers import AI_CHARS, AI_TABLE, Check


def test_every_ai_has_as_many_digits_as_its_first_two_say() -> None:
    """Otherwise an element string could be split in two ways."""
    assert {ai[:2]: len(ai) for ai in AI_TABLE} == AI_CHARS
    for ai in AI_TABLE:
        assert AI_CHARS[ai[:2]] == len(ai)


def test_a_predefined_length_is_the_length_of_every_ai_it_covers() -> None:
    for ai, row in AI_TABLE.items():
        if row.predefined:
            assert row.min_chars == row.max_chars == PREDEFINED_LENGTHS[row.ai[:2]] - len(ai)


def test_only_the_figure_s_prefixes_are_predefined() -> None:
    """Source: GS1 General Specifications, figure 7.8.5-2."""
    assert set(PREDEFINED_LENGTHS) == {
        *("00", "01", "02", "03", "04", "11", "12", "13", "14", "15", "16", "17", "18", "19"),
        *("20", "31", "32", "33", "34", "35", "36", "41"),
    }


@pytest.mark.parametrize(
    ("ai", "least", "most"),
    [
        ("00", 18, 18),
        ("01", 14, 14),
        ("10", 1, 20),
        ("17", 6, 6),
        ("21", 1, 20),
        ("253", 13, 30),
        ("255", 13, 25),
        ("3105", 6, 6),
        ("3919", 4, 18),
        ("423", 3, 15),
        ("4333", 6, 7),
        ("7007", 6, 12),
        ("8003", 14, 30),
        ("8008", 8, 12),
        ("8030", 1, 90),
        ("8043", 18, 20),
        ("90", 1, 30),
        ("91", 1, 90),
        ("99", 1, 90),
    ],
)
def test_lengths(ai: str, least: int, most: int) -> None:
    row = AI_TABLE[ai.encode("ascii")]
    assert (row.ai, row.min_chars, row.max_chars) == (ai, least, most)


@pytest.mark.parametrize("ai", ["3106", "3199", "310", "3300 ", "8044", "100", "9", "", "1O"])
def test_what_is_not_assigned_is_not_in_the_table(ai: str) -> None:
    assert ai.encode("ascii") not in AI_TABLE


def test_the_keys_carry_a_check_digit() -> None:
    checked = {
        row.ai for row in AI_TABLE.values() if any(p.check is Check.CHECK_DIGIT for p in row.parts)
    }
    assert checked == {
        *("00", "01", "02", "03", "253", "255", "402", "410", "411", "412", "413", "414", "415"),
        *("416", "417", "8003", "8006", "8017", "8018", "8026"),
    }


@pytest.mark.parametrize(
    ("ai", "value", "problem"),
    [
        ("423", b"276", None),
        ("423", b"276056", None),
        ("423", b"2760", "its length lies between those allowed"),
        ("7007", b"260101260131", None),
        ("7007", b"2601012601", "its length lies between those allowed"),
        ("7007", b"260101260132", "not a date"),
        ("4326", b"260200", "not a date"),
        ("17", b"260200", None),
        ("17", b"260230", "not a date"),
        ("8003", b"09506000134352ASSET", None),
        ("8003", b"09506000134353ASSET", "wrong check digit"),
        ("8003", b"09506000134352AS ET", "a character outside character set 82"),
        ("8010", b"PART/7-#", None),
        ("8010", b"part", "a character outside character set 39"),
        ("8030", b"Zm9v-_=", None),
        ("8030", b"Zm9v+", "a character outside the file-safe base 64 set"),
        ("21", b"", "1 to 20 characters, not 0"),
        ("01", b"0950600013435", "14 characters, not 13"),
        ("4309", b"0" * 19, "20 characters, not 19"),
        ("8008", b"26010112", None),
        ("8008", b"260101123", "its length lies between those allowed"),
        ("8008", b"2601011230", None),
    ],
)
def test_values(ai: str, value: bytes, problem: str | None) -> None:
    assert AI_TABLE[ai.encode("ascii")].problem(value) == problem


@pytest.mark.parametrize("year", [26, 28, 0])
def test_every_day_there_is_and_no_other_is_a_date(year: int) -> None:
    """2026, a leap year, and 2000, which was one."""
    for month in range(100):
        days = monthrange(2000 + year, month)[1] if 1 <= month <= 12 else -1
        for day in range(100):
            value = b"%02d%02d%02d" % (year, month, day)
            with_month = AI_TABLE[b"17"].problem(value) is None
            with_day = AI_TABLE[b"4326"].problem(value) is None
            assert with_month is (0 <= day <= days), value
            assert with_day is (1 <= day <= days), value
