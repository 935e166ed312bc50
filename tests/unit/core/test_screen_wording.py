"""What the screens themselves say: in every language, short enough, naming the same keys."""

import re
import string
from dataclasses import fields
from typing import Any, Final

import pytest

from scripts.wording_catalogues.limits import EXAMPLE
from station.core.acts import ACT_RULES, BY_REQUEST, ActKind
from station.core.close_out import FIGURES
from station.core.figures import By
from station.core.operators import Role
from station.core.policy_keys import columns
from station.core.registry import UnitState
from station.core.shipments import ShipmentKind, ShipmentState
from station.core.wording import Language
from station.core.wording.screens import DOCK, REVIEW
from station.core.wording.screens.texts import PAGES
from station.ports.desk import SiteFact

TABLES: Final[dict[str, dict[Language, Any]]] = {"dock": DOCK, "review": REVIEW}
WIDE: Final = 79
NARROW: Final = 39

SAME_IN_ANOTHER: Final = frozenset(
    {
        *("DECODER", "JOURNAL", "SCANNER", "SCANS", "admin", "Admin", "supervisor", "provisional"),
        *("{count} min", "{count} h", "{key} = {ask}?", "in {tote}", "{what} in {sscc}"),
        *("PIN", "Journal", "NAME", "Scan", "PgUp", "PgDn", "blind", "EXPECTED", "source", "Name"),
    }
)
"""Words that two languages share."""


ABBREVIATED: Final = frozenset(
    f"brief_figures.{name}" for name in ("accepted", "quarantined", "damaged", "unreadable")
) | {"brief_figures.expected", "brief_figures.held"}
VERY_WIDE: Final = frozenset({"item_hints.0"})
"""For screens of 120 columns; the next one follows where there are fewer."""


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
        assert not text.endswith((".", "。")) or where in ABBREVIATED, where
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
        assert columns(filled(table, text)) <= (119 if where in VERY_WIDE else WIDE), where


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


@pytest.mark.parametrize("language", Language)
def test_every_page_of_the_review_has_its_texts(language: Language) -> None:
    words, english = REVIEW[language], REVIEW[Language.ENGLISH]
    assert len(words.pages) == len(words.empty) == len(words.hints) == PAGES
    assert len(words.item_hints) == len(english.item_hints)
    assert sum(columns(page) + 3 for page in words.pages) <= WIDE + 1, "all in one line"
    assert columns(words.item_hints[-1]) <= NARROW
    quits = words.all_hints[0]
    for hint in words.hints:
        assert columns(f" {hint} · {quits}") <= WIDE + 1, hint


@pytest.mark.parametrize("language", Language)
def test_every_act_that_can_be_asked_for_has_its_words(language: Language) -> None:
    words = REVIEW[language]
    assert list(words.acts) == list(ActKind)
    by_form = BY_REQUEST - {ActKind.SCANNER_CERTIFIED}
    assert set(words.titles) == by_form
    assert set(words.references) == {kind for kind in by_form if ACT_RULES[kind].reference}
    assert list(words.states) == list(UnitState)
    assert list(words.shipment_kinds) == list(ShipmentKind)
    assert list(words.shipment_states) == list(ShipmentState)
    assert list(words.figures_by) == list(By)
    assert list(words.facts) == [fact.value for fact in SiteFact]
    assert tuple(words.figures) == tuple(words.brief_figures) == FIGURES
    for title in (*words.titles.values(), words.close_with_open, words.not_found):
        verb = re.split(r"[ :：]", title, maxsplit=1)[0]
        assert verb == verb.upper(), "what is about to be done stands out"


@pytest.mark.parametrize("language", Language)
def test_what_stands_in_columns_fits_them(language: Language) -> None:
    words = REVIEW[language]
    for texts, width in (
        (words.steps.values(), 14),
        ((words.unit, words.stands, words.proof, words.also, words.scan, words.ended_by), 9),
        (words.acts.values(), 19),
        (words.figures.values(), 14),
        (words.brief_figures.values(), 6),
        (words.shipment_kinds.values(), 7),
        (words.shipment_states.values(), 8),
        (DOCK[language].roles.values(), 14),
        ((words.columns["badge"], words.columns["units"]), 5),
        ((words.columns[name] for name in ("reads", "rescan", "alarms", "rate")), 7),
        ((words.columns["false"],), 6),
    ):
        assert [text for text in texts if columns(text) > width] == []


@pytest.mark.parametrize("language", Language)
def test_hints_of_the_review_name_the_keys_that_the_english_ones_name(language: Language) -> None:
    english, words = REVIEW[Language.ENGLISH], REVIEW[language]
    for name in ("hints", "all_hints", "item_hints"):
        for wanted, told in zip(getattr(english, name), getattr(words, name), strict=True):
            assert set(KEY.findall(wanted)) - {"1", "8"} == set(KEY.findall(told)) - {"1", "8"}
