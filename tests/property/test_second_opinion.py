"""biip as second opinion on element strings: an independent reading of the same standard.

Where the two differ on purpose, a test of its own holds the difference, so that nobody trusts
biip further than it goes.
"""

from typing import Final

import biip
import pytest
from biip.gs1_messages import GS1Message
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from station.core.gs1.application_identifiers import AI_TABLE, ApplicationIdentifier, Check
from station.core.gs1.charset import DIGITS, SET_82
from station.core.gs1.check_digit import check_digit
from station.core.gs1.element_string import ElementFault, read_element_string

GS: Final = "\x1d"

CHECKED_BY_BIIP: Final = frozenset({"00", "01", "02", "03"} | {str(ai) for ai in range(410, 418)})
"""AIs whose check digit biip looks at."""

CLOCK_AIS: Final = frozenset({"4324", "4325", "7003", "7007", "7011", "8008"})
"""biip reads times of day and ranges of dates too; we look at the date only."""


def biip_elements(text: str) -> list[tuple[str, str]] | None:
    """What biip makes of an element string, or None where it refuses.

    Guards: biip raises IndexError, no ParseError, on "]" and other cut symbology identifiers; it
    takes digits of any script for digits, so it is asked about ASCII only; and it reports a wrong
    check digit beside the value instead of refusing.
    """
    assert text.isascii()
    try:
        message = GS1Message.parse(text)
    except (biip.ParseError, IndexError):
        return None
    if any(
        each.gtin_error or each.gln_error or each.sscc_error for each in message.element_strings
    ):
        return None
    return [(each.ai.ai, each.value) for each in message.element_strings]


def our_elements(text: str) -> list[tuple[str, str]] | None:
    read = read_element_string(text.encode("ascii"))
    return None if isinstance(read, ElementFault) else list(read.items())


@st.composite
def values(draw: st.DrawFn, row: ApplicationIdentifier) -> str:
    """A value that keeps to a row of the table."""
    value = ""
    for part in row.parts:
        if part.optional and draw(st.booleans()):
            break
        if part.check in {Check.DATE, Check.DATE_OR_MONTH}:
            value += draw(st.dates()).strftime("%y%m%d")
            continue
        alphabet = part.allowed.decode("ascii")
        piece = draw(st.text(alphabet, min_size=part.min_chars, max_size=part.max_chars))
        if part.check is Check.CHECK_DIGIT:
            piece = piece[:-1] + str(check_digit(piece[:-1].encode("ascii")))
        value += piece
    return value


# biip looks further into these: hyphens, zeros, countries, yes and no, births, a shortest part id.
INNER_FORM: Final = frozenset(
    {"4307", "4317", "4321", "4322", "4323", "4330", "4331", "4332", "4333"}
    | {"7250", "7251", "7258", "8003", "8010"}
)

ROWS: Final = [
    row for row in AI_TABLE.values() if row.ai not in CLOCK_AIS and row.ai not in INNER_FORM
]


@st.composite
def element_lists(draw: st.DrawFn) -> list[tuple[ApplicationIdentifier, str]]:
    rows = draw(
        st.lists(st.sampled_from(ROWS), min_size=1, max_size=6, unique_by=lambda row: row.ai)
    )
    return [(row, draw(values(row))) for row in rows]


def spelled(elements: list[tuple[ApplicationIdentifier, str]]) -> str:
    """The element string, with a separator behind every value that needs one."""
    return "".join(
        f"{row.ai}{value}" + ("" if row.predefined else GS) for row, value in elements
    ).removesuffix(GS)


@given(element_lists())
@settings(max_examples=500)
def test_both_read_the_same_elements(elements: list[tuple[ApplicationIdentifier, str]]) -> None:
    text = spelled(elements)

    assert our_elements(text) == [(row.ai, value) for row, value in elements]
    assert biip_elements(text) == our_elements(text)


@pytest.mark.parametrize("row", AI_TABLE.values(), ids=lambda row: row.ai)
@given(data=st.data())
@settings(max_examples=5)
def test_every_row_reads_its_own_values(row: ApplicationIdentifier, data: st.DataObject) -> None:
    value = data.draw(values(row))

    assert our_elements(f"{row.ai}{value}") == [(row.ai, value)]
    if row.ai not in CLOCK_AIS | INNER_FORM:
        assert biip_elements(f"{row.ai}{value}") == [(row.ai, value)]


@given(element_lists(), st.data())
@settings(max_examples=300)
def test_both_refuse_a_wrong_check_digit(
    elements: list[tuple[ApplicationIdentifier, str]], data: st.DataObject
) -> None:
    row = AI_TABLE[data.draw(st.sampled_from(sorted(CHECKED_BY_BIIP))).encode("ascii")]
    good = data.draw(values(row))
    wrong = good[:-1] + str((int(good[-1]) + data.draw(st.integers(1, 9))) % 10)
    kept = [each for each in elements if each[0].ai != row.ai]
    text = spelled([*kept, (row, wrong)])

    assert our_elements(spelled([*kept, (row, good)])) is not None
    assert our_elements(text) is None
    assert biip_elements(text) is None


@given(element_lists(), st.data())
@settings(max_examples=300)
def test_both_refuse_a_character_outside_its_set(
    elements: list[tuple[ApplicationIdentifier, str]], data: st.DataObject
) -> None:
    index = data.draw(st.integers(0, len(elements) - 1))
    row, value = elements[index]
    at = data.draw(st.integers(0, len(value) - 1))
    wrong = data.draw(st.sampled_from(" #$@[\\]^`{|}~"))
    assume(wrong.encode("ascii") not in b"".join(part.allowed for part in row.parts))
    elements[index] = (row, value[:at] + wrong + value[at + 1 :])
    text = spelled(elements)
    # biip strips white space off both ends before it reads.
    assume(text == text.strip())

    assert our_elements(text) is None
    assert biip_elements(text) is None


@given(element_lists(), st.sampled_from(["04", "05", "14", "18", "23", "29", "38", "60", "88"]))
def test_both_refuse_an_ai_that_is_not_assigned(
    elements: list[tuple[ApplicationIdentifier, str]], ai: str
) -> None:
    text = spelled([*elements]) + GS + ai + "123456789012345678"

    assert our_elements(text) is None
    assert biip_elements(text) is None


@given(
    st.sampled_from(["11", "12", "13", "15", "16", "17"]),
    st.from_regex(r"[0-9]{6}", fullmatch=True),
)
@settings(max_examples=500)
def test_both_agree_on_what_is_a_date(ai: str, digits: str) -> None:
    assert (our_elements(ai + digits) is None) == (biip_elements(ai + digits) is None)


@given(st.text((DIGITS + SET_82).decode("ascii") + GS, max_size=40))
@settings(max_examples=1_000)
def test_what_we_accept_biip_accepts(text: str) -> None:
    ours = our_elements("01" + text)
    if ours is not None:
        assert biip_elements("01" + text) is not None


# ------------------------------------------------------------- where biip may not be followed


def test_biip_takes_digits_of_other_scripts() -> None:
    arabic = "".join(
        chr(ord("\N{ARABIC-INDIC DIGIT ZERO}") + int(digit)) for digit in "09506000134352"
    )

    assert GS1Message.parse(f"01{arabic}").element_strings[0].value == arabic
    assert isinstance(read_element_string(f"01{arabic}".encode()), ElementFault)


def test_biip_fails_on_a_cut_symbology_identifier() -> None:
    with pytest.raises(IndexError):
        biip.parse("]")


def test_biip_strips_separators_as_white_space() -> None:
    padded = f"\x1c{GS}{GS}0109506000134352{GS}{GS}\x1e"

    assert biip_elements(padded) == [("01", "09506000134352")]
    assert our_elements(padded) is None


def test_biip_accepts_one_ai_with_two_values() -> None:
    text = f"10A{GS}10B"

    assert biip_elements(text) == [("10", "A"), ("10", "B")]
    assert our_elements(text) is None


def test_biip_ends_a_value_of_fixed_length_that_is_not_predefined_without_a_separator() -> None:
    text = "42227621K7"

    assert biip_elements(text) == [("422", "276"), ("21", "K7")]
    assert our_elements(text) is None


def test_biip_takes_what_is_too_long_for_one_value_as_the_next_element() -> None:
    text = f"10{'A' * 20}21K7"

    assert biip_elements(text) == [("10", "A" * 20), ("21", "K7")]
    assert our_elements(text) is None
