"""What a person types: the one spelling of it, or a message that ends in what to do."""

from collections.abc import Callable

import pytest
from hypothesis import given
from hypothesis import strategies as st

from station.core.errors import ConfigurationError
from station.core.text import printable
from station.issuing import names

READERS: list[Callable[[str], str]] = [
    names.read_slug,
    names.read_station_name,
    names.read_gtin,
    names.read_tag_ai,
    names.read_lot,
    names.read_expiry,
    names.read_serial,
    names.read_opaque_code,
    names.read_moment,
    lambda text: names.read_name(text, "brand"),
]


@pytest.mark.parametrize("read", READERS)
@given(text=st.text() | st.text(alphabet=st.characters(min_codepoint=0xDC80, max_codepoint=0xDCFF)))
def test_any_text_gives_a_value_or_a_message(read: Callable[[str], str], text: str) -> None:
    value, fault = outcome(read, text)
    if fault is None:
        assert read(value) == value
    else:
        assert fault.remedy
        assert printable(fault.message, 1000) == fault.message


def outcome(read: Callable[[str], str], text: str) -> tuple[str, ConfigurationError | None]:
    try:
        return read(text), None
    except ConfigurationError as error:
        return "", error


def test_a_moment_out_of_the_calendar_is_told() -> None:
    with pytest.raises(ConfigurationError, match="is not a moment"):
        names.read_moment("0001-01-01T00:00:00+23:59")


@pytest.mark.parametrize(
    ("typed", "gtin"),
    [
        ("9506000134352", "09506000134352"),
        ("09506000134352", "09506000134352"),
        ("96385074", "00000096385074"),
        ("012345678905", "00012345678905"),
    ],
)
def test_a_gtin_of_every_length_becomes_14_digits(typed: str, gtin: str) -> None:
    assert names.read_gtin(typed) == gtin


def test_a_wrong_check_digit_is_told_with_the_right_one() -> None:
    with pytest.raises(ConfigurationError) as caught:
        names.read_gtin("9506000134351")
    assert str(caught.value) == (
        "'9506000134351' is not a GTIN: its last digit should be 2: "
        "check the digits; if only the last is wrong, use 9506000134352"
    )


@pytest.mark.parametrize("typed", ["", "123", "95060001343521", "٩٥٠٦٠٠٠١٣٤٣٥٢", "9506000 134352"])
def test_what_is_no_gtin_is_told(typed: str) -> None:
    with pytest.raises(ConfigurationError, match="is not a GTIN"):
        names.read_gtin(typed)


@pytest.mark.parametrize(
    ("typed", "expiry"),
    [("2027-12-31", "271231"), ("271231", "271231"), ("271200", "271200")],
)
def test_an_expiry_date_is_read(typed: str, expiry: str) -> None:
    assert names.read_expiry(typed) == expiry


@pytest.mark.parametrize("typed", ["31.12.2027", "2027-13-01", "2027-02-30", "27-12-31", ""])
def test_what_is_no_expiry_date_is_told(typed: str) -> None:
    with pytest.raises(ConfigurationError, match="expiry date"):
        names.read_expiry(typed)


@pytest.mark.parametrize("slug", ["a", "acme", "a-1", "0" * 32])
def test_slugs(slug: str) -> None:
    assert names.read_slug(slug) == slug


@pytest.mark.parametrize("slug", ["", "-a", "a-", "Acme", "a b", "ä", "a" * 33, "a\n", "../x"])
def test_what_is_no_slug_is_told(slug: str) -> None:
    with pytest.raises(ConfigurationError, match="short name"):
        names.read_slug(slug)


def test_a_name_may_be_of_any_script_but_not_invisible() -> None:
    assert names.read_name(" Café 株式会社 ", "brand") == "Café 株式会社"
    for hostile in ("", "  ", "a\x1b[2J", "a\u202eb", "x" * 81, "a\nb"):
        with pytest.raises(ConfigurationError, match="cannot be the name of a brand"):
            names.read_name(hostile, "brand")


def test_a_moment_is_spelled_as_the_clock_does() -> None:
    assert names.read_moment("2026-01-31T13:00:00+01:00") == "2026-01-31T12:00:00.000Z"
    assert names.read_moment("2026-01-31") == "2026-01-31T00:00:00.000Z"


def test_the_nearest_name_is_offered_only_when_it_is_near() -> None:
    assert names.did_you_mean("acm", ["acme", "bolt"], "list them") == (
        "did you mean 'acme'? If not, list them"
    )
    assert names.did_you_mean("zzz", ["acme", "bolt"], "list them") == "list them"
