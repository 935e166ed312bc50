"""Hostile text on its way to a terminal, a table or a log line."""

import unicodedata
from typing import Final

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from station.core.text import REPLACEMENT, printable, printable_bytes, printable_lines

UNSAFE: Final = {"Cc", "Cf", "Cs", "Co", "Cn", "Zl", "Zp"}


@given(st.text(st.characters(exclude_categories=())), st.integers(-2, 90))
@example("\x1b]0;owned\x07", 80)
@example("\u202e\u2066abc", 80)
@example("\ud800", 80)
@example("ab", 1)
@example("ab", 0)
def test_nothing_unsafe_passes_and_the_limit_holds(text: str, limit: int) -> None:
    shown = printable(text, limit)

    assert len(shown) <= max(limit, 0)
    assert not {unicodedata.category(char) for char in shown} & UNSAFE


@given(st.binary(max_size=300), st.integers(-2, 90))
@example(b"\x1d", 80)
@example(b"\x1b[2J\x9b", 80)
@example(bytes(range(256)), 2000)
def test_payloads_are_shown_as_ascii_within_the_limit(payload: bytes, limit: int) -> None:
    shown = printable_bytes(payload, limit)

    assert len(shown) <= max(limit, 0)
    body = shown.removesuffix("\N{HORIZONTAL ELLIPSIS}")
    assert body.isascii()
    assert body.isprintable()


@given(st.text(st.characters(categories=("L", "N", "P", "S", "Zs")), max_size=80))
def test_harmless_text_in_any_script_stands_as_it_is(text: str) -> None:
    assert printable(text, 80) == text


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("", ""),
        ("Käse 50 g", "Käse 50 g"),
        ("\x1b[31mred", f"{REPLACEMENT}[31mred"),
        ("a\tb\r\nc", f"a{REPLACEMENT}b{REPLACEMENT}{REPLACEMENT}c"),
        ("\x7f", REPLACEMENT),
        ("\x9b2J", f"{REPLACEMENT}2J"),
        ("invoice\u202efdp.exe", f"invoice{REPLACEMENT}fdp.exe"),
        ("zero\u200bwidth", f"zero{REPLACEMENT}width"),
        ("\u2028", REPLACEMENT),
        ("\u2029", REPLACEMENT),
        ("non-breaking\xa0space", "non-breaking\xa0space"),
        ("\udcff", REPLACEMENT),
        ("\ue000", REPLACEMENT),
        ("\U0010ffff", REPLACEMENT),
    ],
    ids=ascii,
)
def test_printable(text: str, shown: str) -> None:
    assert printable(text) == shown


def test_a_cut_shows_within_the_limit() -> None:
    assert printable("abcdef", 6) == "abcdef"
    assert printable("abcdefg", 6) == "abcde\N{HORIZONTAL ELLIPSIS}"
    assert printable("\x00" * 7, 6) == REPLACEMENT * 5 + "\N{HORIZONTAL ELLIPSIS}"
    assert printable("ab", 1) == "\N{HORIZONTAL ELLIPSIS}"
    assert printable("ab", 0) == ""


def test_lines_stay_lines_and_nothing_else_unsafe_passes() -> None:
    text = "a\x1b[2J\n  b\u202ec\r" + "d" * 200 + "\n"
    assert printable_lines(text) == "a\ufffd[2J\n  b\ufffdc\ufffd" + "d" * 200 + "\n"


def test_payloads_in_words_people_know() -> None:
    assert printable_bytes(b"0109506000134352\x1d10A") == "0109506000134352<GS>10A"
    assert printable_bytes(b"\x00\x7f\x80\xff\n") == r"\x00\x7f\x80\xff\x0a"
    assert printable_bytes(b"0123456789", 5) == "0123\N{HORIZONTAL ELLIPSIS}"
    assert printable_bytes(b"\x00\x00", 5) == "\\x00\N{HORIZONTAL ELLIPSIS}"


def test_only_what_is_shown_is_looked_at() -> None:
    """A payload of many megabytes costs no more than its first characters."""
    assert len(printable("\x00" * 10_000_000, 10)) == 10
    assert len(printable_bytes(b"\x00" * 10_000_000, 10)) == 10
