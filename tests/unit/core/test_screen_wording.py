"""What the screens themselves say: in every language, short enough, naming the same keys."""

import re
import string
from dataclasses import fields
from typing import Any, Final

import pytest

from station.core.operators import Role
from station.core.policy_keys import columns
from station.core.wording import Language
from station.core.wording.screens import DOCK

TABLES: Final[dict[str, dict[Language, Any]]] = {"dock": DOCK}
WIDE: Final = 79
NARROW: Final = 39
EXAMPLE: Final = {
    "count": 99,
    "tote": "Quarantine tote4",
    "stars": "************",
    "key": "Y",
    "name": "SHP-220712",
    "accepted": "431/600",
    "quarantined": 14,
    "held": 12,
    "rescans": 19,
}
"""What stands in the places of a text, as long as it commonly is."""

SAME_IN_ANOTHER: Final = frozenset(
    {
        *("DECODER", "JOURNAL", "SCANNER", "SCANS", "admin", "Admin", "supervisor", "provisional"),
        *("{count} min", "{count} h", "{key} = {ask}?"),
    }
)
"""Words that two languages share."""


def texts_of(table: Any) -> dict[str, str]:
    """Every text by its name; what has several is numbered or keyed."""
    found: dict[str, str] = {}
    for field in fields(table):
        match getattr(table, field.name):
            case str() as text:
                found[field.name] = text
            case tuple() as several:
                found |= {f"{field.name}.{place}": text for place, text in enumerate(several)}
            case dict() as keyed:
                found |= {f"{field.name}.{key}": text for key, text in keyed.items()}
            case other:
                pytest.fail(f"{field.name} is no text: {other!r}")
    return found


def places_of(text: str) -> set[str]:
    return {name for _, name, _, _ in string.Formatter().parse(text) if name is not None}


def filled(table: Any, text: str) -> str:
    """A text with something in its places."""
    asks = [value for name, value in texts_of(table).items() if name.startswith("ask_")]
    longest = max(asks, key=columns, default="")
    return text.format(**EXAMPLE | {"ask": longest})


@pytest.mark.parametrize("name", TABLES)
@pytest.mark.parametrize("language", Language)
def test_every_text_is_there_plain_and_translated(name: str, language: Language) -> None:
    english = texts_of(TABLES[name][Language.ENGLISH])
    texts = texts_of(TABLES[name][language])

    assert list(texts) == list(english), "the same names, keys and numbers of texts"
    for where, text in texts.items():
        assert text, where
        assert text == text.strip(), where
        assert text.isprintable(), where
        assert not text.endswith((".", "。")), where
        assert places_of(text) == places_of(english[where]), where
        if language is not Language.ENGLISH:
            assert text != english[where] or text in SAME_IN_ANOTHER, where


@pytest.mark.parametrize("name", TABLES)
@pytest.mark.parametrize("language", Language)
def test_every_pair_fits_a_wide_screen_and_a_handheld(name: str, language: Language) -> None:
    table = TABLES[name][language]
    for field in fields(table):
        value = getattr(table, field.name)
        if isinstance(value, tuple) and len(value) == 2:
            long, short = (filled(table, text) for text in value)
            assert columns(long) <= WIDE, f"{field.name}: {long}"
            assert columns(short) <= NARROW, f"{field.name}: {short}"


@pytest.mark.parametrize("name", TABLES)
@pytest.mark.parametrize("language", Language)
def test_every_text_fits_a_line(name: str, language: Language) -> None:
    table = TABLES[name][language]
    for where, text in texts_of(table).items():
        assert columns(filled(table, text)) <= WIDE, where


@pytest.mark.parametrize("language", Language)
def test_the_lines_of_the_dock_fit_with_figures_in_them(language: Language) -> None:
    words = DOCK[language]
    sums = {
        words.accepted: 9999,
        words.quarantined: 99,
        words.held: 99,
        words.rescans: 999,
        words.scans: 9999,
        words.stops: 9,
    }
    assert columns("".join(f" {word} {figure} " for word, figure in sums.items())) <= WIDE + 1
    of_shipment = (words.accepted, words.quarantined, words.held)
    progress = f" {words.shipment} SHP-220712  {words.accepted} 9999/9999 "
    assert columns(progress + "".join(f" {word} 999 " for word in of_shipment[1:])) <= WIDE + 1
    for text in (words.brief_sums, words.brief_shipment):
        assert columns(filled(words, text)) <= NARROW, text
    assert columns(filled(words, words.pin_typed)) <= 60
    for banner in (words.wait, words.ready, words.no_engine):
        assert columns(banner) <= 10
    for action in (words.connecting, words.scan_next, words.call_supervisor, words.into_tote):
        assert columns(action) <= 44
    assert set(words.roles) == set(Role)


KEY: Final = re.compile(r"(?<![\w'])([a-z0-9])(?![\w'])")


@pytest.mark.parametrize("language", Language)
def test_hints_name_the_keys_that_the_english_ones_name(language: Language) -> None:
    """A key that a hint does not name is a key nobody presses; a wrong one does nothing."""
    english, words = DOCK[Language.ENGLISH], DOCK[language]
    for name in ("hints", "latched_hints", "release_hints", "question_hints", "quit_hint"):
        for wanted, told in zip(getattr(english, name), getattr(words, name), strict=True):
            keys = set("und2spq") & set(KEY.findall(wanted))
            assert keys == set("und2spq") & set(KEY.findall(told)), told
