"""Why something was not done or does not work: said in every language, plain and short enough."""

import re
import string
from pathlib import Path
from typing import Final

import pytest

import station
from station.core.act_refusals import NEEDS_REFERENCE
from station.core.acts import ACT_RULES, BY_REQUEST
from station.core.causes import Cause, Told, because, told
from station.core.errors import ConfigurationError
from station.core.language import Language
from station.core.policy_keys import columns
from station.core.reasons import Reason
from station.core.telling import failure, plain, refuse
from station.core.wording.causes import (
    CAUSES,
    SPANS,
    sentence_told,
    spoken,
    words_at_command,
    words_told,
)
from station.core.wording.causes.en import AT_COMMAND

MAX_HALF_COLUMNS: Final = 100
"""Of each half with nothing in its places: both fit two lines of a screen."""

IMPERATIVES: Final = {
    Language.ENGLISH: re.compile(
        r"(add|ask|answer|build|buy|call|charge|check|choose|clean|close|compare|connect|decide|do|"
        r"end|enrol|free|give|import|keep|let|list|look|make|move|name|only|plug|print|put|raise|"
        r"release|relabel|return|run|scan|see|set|start|stop|switch|take|tell|try|turn|type|undo|wait)\b"
    ),
    Language.GERMAN: re.compile(r"\b\w*(en|ern|eln)\b"),
    Language.SPANISH: re.compile(
        r"(abra|acepte|acerque|ajuste|añada|apague|avise|busque|cierre|compare|compruebe|conecte|"
        r"copie|dé|decida|deje|deshaga|deshágalo|devuélva|elija|enchufe|escanee|espere|grabe|haga|importe|"
        r"guarde|imprima|inscríba|inténtelo|ejecute|lib[eé]r|limpie|llame|mire|mueva|nombre|pare|pida|pídalo|póngalo|pregunte|ponga|quite|reduzca|"
        r"reetiquétela|responda|retire|revise|suba|tecléelo|termine|tome|use|vea|vuelva|vacíe|ver)"
    ),
    Language.CHINESE: re.compile(
        r"(请|待|在|先|重新|运行|扫描|如|仅|等待|检查|把|将|换|接|清|插|设|放|打开|查看|停|加|对照|选|联系|调|降|关|擦)"
    ),
}


def places_of(text: str) -> list[str]:
    return sorted(name for _, name, _, _ in string.Formatter().parse(text) if name is not None)


@pytest.mark.parametrize("language", Language)
def test_every_cause_has_words_of_its_own_in_every_language(language: Language) -> None:
    table, english = CAUSES[language], CAUSES[Language.ENGLISH]

    assert list(table) == list(Cause)
    for cause, words in table.items():
        for half in (words.message, words.next_action):
            assert half == half.strip(), cause
            assert half.isprintable(), cause
            assert not half.endswith((".", "。", "!", "\uff01")), cause
            assert columns(half) <= MAX_HALF_COLUMNS, cause
        assert words.message, cause
        assert bool(words.next_action) == bool(english[cause].next_action), cause
        assert places_of(words.message) == places_of(english[cause].message), cause
        assert places_of(words.next_action) == places_of(english[cause].next_action), cause
        if language is not Language.ENGLISH:
            assert words.message != english[cause].message, cause
            assert not words.next_action or words.next_action != english[cause].next_action, cause


@pytest.mark.parametrize("language", Language)
def test_what_to_do_is_said_as_what_to_do(language: Language) -> None:
    for cause, words in CAUSES[language].items():
        if not words.next_action:
            continue
        if language is Language.GERMAN:
            assert IMPERATIVES[language].search(words.next_action), cause
        else:
            assert IMPERATIVES[language].match(words.next_action), cause


@pytest.mark.parametrize("language", Language)
def test_a_screen_is_not_sent_to_options_of_a_command(language: Language) -> None:
    """Whoever stands at a screen types at its question; variables and options are for commands."""
    for cause, words in CAUSES[language].items():
        unquoted = re.sub(r"'[^']*'", "", words.next_action)
        assert re.search(r"--\w|[A-Z]+_[A-Z]+", unquoted) is None, cause


def test_a_command_says_where_a_pin_is_given() -> None:
    for cause, name in (
        (Cause.NEEDS_PIN, "STATION_PIN"),
        (Cause.NEEDS_WITNESS_PIN, "STATION_WITNESS_PIN"),
        (Cause.PIN_NOT_GIVEN, "--pin-file"),
    ):
        assert name in words_at_command(told(cause, name="ANNA")).next_action
        assert "at the question" in words_told(told(cause), Language.ENGLISH).next_action
    for cause, remedy in AT_COMMAND.items():
        assert remedy.isascii(), cause
        assert remedy != CAUSES[Language.ENGLISH][cause].next_action, cause


def test_names_of_ours_are_worded_and_what_others_wrote_stays() -> None:
    stolen = told(Cause.REGISTRY_SAYS, reason=Reason.UNIT_STOLEN.value)
    assert words_told(stolen, Language.GERMAN).message.endswith(
        "Dieses Stück ist als gestohlen gemeldet"
    )
    assert words_at_command(stolen).message == "the registry still says: UNIT_STOLEN"
    void = told(Cause.STANDS_FOR_GOOD, state="VOID")
    assert "UNGÜLTIG" in words_told(void, Language.GERMAN).message
    final = told(Cause.ACT_IS_FINAL, act="destroy")
    assert "destruir" in words_told(final, Language.SPANISH).message
    assert "15 分钟" in sentence_told(told(Cause.PIN_LOCKED, name="BO", span=900), Language.CHINESE)


@pytest.mark.parametrize("place", ["reason", "state", "act", "span"])
def test_a_name_that_is_not_known_here_is_said_as_it_came(place: str) -> None:
    newer = Told(Cause.REGISTRY_SAYS, ((place, "later"), ("reason", "LATER")))
    assert words_told(newer, Language.ENGLISH).message == "the registry still says: LATER"


FULL: Final = told(Cause.STORAGE_FULL, path="station.db")


@pytest.mark.parametrize(
    ("language", "said"),
    [
        (Language.ENGLISH, "verdicts cannot be kept: station.db: the disk is full"),
        (Language.GERMAN, "station.db: der Datenträger ist voll"),
        (Language.SPANISH, "station.db: el disco está lleno"),
        (Language.CHINESE, "station.db：磁盘已满"),
    ],
)
def test_why_something_fails_is_said_in_every_language(language: Language, said: str) -> None:
    why = plain(because(Cause.JOURNAL_FAILS, FULL, "cannot use station.db: …"))
    assert why is not None
    assert said in words_told(why, language).message
    assert "the disk is full" in words_at_command(why).message


def test_a_why_without_a_name_stays_as_it_is() -> None:
    for text in ("cannot use x.db: odd", "", "later-cause", "{path}"):
        why = because(Cause.JOURNAL_FAILS, None, text)
        assert text in words_told(why, Language.GERMAN).message


def test_what_is_given_is_never_taken_for_a_place() -> None:
    hostile = told(Cause.REVIEW_ENDED, scan="{by}", by="{scan}{0}{by.__class__}")
    message = words_told(hostile, Language.ENGLISH).message
    assert message == "the review of {by} was ended by {scan}{0}{by.__class__}"
    assert words_told(told(Cause.REVIEW_ENDED), Language.ENGLISH).message.count("{") == 2


@pytest.mark.parametrize("language", Language)
def test_spans_are_said_in_the_largest_unit_that_says_enough(language: Language) -> None:
    assert [SPANS[language][unit].count("{count}") for unit in range(4)] == [1, 1, 1, 1]
    said = [spoken(seconds, language) for seconds in (30, 91, 91 * 60, 72 * 3600)]
    assert [re.sub(r"\D", "", one) for one in said] == ["30", "2", "2", "3"]
    assert len({re.sub(r"\d", "", one) for one in said}) == 4


def test_a_refusal_and_an_error_speak_english_and_bring_the_cause() -> None:
    refusal = refuse(Cause.NO_TASK, scan="01X")
    assert refusal.text == "no fetch task has the id 01X"
    assert refusal.remedy == "see 'station quarantine tasks'"
    assert refusal.told == Told(Cause.NO_TASK, (("scan", "01X"),))
    error = failure(ConfigurationError, Cause.NAME_WAS_GIVEN, name="ANNA")
    assert str(error).startswith("the name ANNA was given before")
    assert error.told == told(Cause.NAME_WAS_GIVEN, name="ANNA")


def test_what_is_sent_is_plain_and_bounded() -> None:
    sent = plain(told(Cause.NO_TASK, scan="\x1b[2J" + "x" * 500))
    assert sent is not None
    ((_, scan),) = sent.given
    assert scan.isprintable()
    assert len(scan) == 200
    assert plain(None) is None


def test_every_reference_that_can_lack_has_a_cause() -> None:
    assert set(NEEDS_REFERENCE) == {kind for kind in BY_REQUEST if ACT_RULES[kind].reference}


def test_no_cause_is_worded_that_nothing_gives() -> None:
    room = Path(station.__file__).parent
    told_of: set[str] = set()
    for path in room.rglob("*.py"):
        if "wording" not in path.parts and path.name != "causes.py":
            told_of |= set(re.findall(r"\bCause\.([A-Z_]+)", path.read_text("utf-8")))
    assert {cause.name for cause in Cause} <= told_of
