"""Why something was not done or does not work, in every language: one module a language.

Apart from the words of verdicts, as the screens' are, so that what refuses nothing does not load
them.
"""

import re
from collections.abc import Callable
from typing import Final

from station.core.acts import ActKind
from station.core.advice import Advice
from station.core.causes import Cause, Told
from station.core.language import Language
from station.core.reasons import Reason
from station.core.registry import UnitState
from station.core.wording import Words, message_of, sentence
from station.core.wording.causes import de, en, es, zh

CAUSES: Final[dict[Language, dict[Cause, Words]]] = {
    Language.ENGLISH: en.CAUSES,
    Language.CHINESE: zh.CAUSES,
    Language.GERMAN: de.CAUSES,
    Language.SPANISH: es.CAUSES,
}

_PLACE: Final = re.compile(r"\{(\w+)\}")

SPANS: Final[dict[Language, tuple[str, str, str, str]]] = {
    Language.ENGLISH: en.SPANS,
    Language.CHINESE: zh.SPANS,
    Language.GERMAN: de.SPANS,
    Language.SPANISH: es.SPANS,
}
"""How long: in seconds, minutes, hours and days; ``count``."""


def words_told(told: Told, language: Language) -> Words:
    """What to say of a cause, and what to do about it.

    Args:
        told: Which, and what stands in its places; a place without anything stays as it is.
        language: Whoever reads it reads this.
    """
    given = {name: _said(name, what, language) for name, what in told.given}
    return _words(CAUSES[language][told.cause], _explained(given, language))


def words_at_command(told: Told) -> Words:
    """The same at a command line: in English, names as commands print them, options to give."""
    given = dict(told.given)
    if "span" in given:
        given["span"] = _said("span", given["span"], Language.ENGLISH)
    given = _explained(given, Language.ENGLISH)
    words = en.CAUSES[told.cause]
    return _words(Words(words.message, en.AT_COMMAND.get(told.cause, words.next_action)), given)


def at_command(said: str | Advice | Told) -> str:
    """What the station tells besides verdicts, at a command line; text stays as it is."""
    return joined(words_at_command(said)) if isinstance(said, Told) else sentence(said)


def sentence_told(told: Told, language: Language) -> str:
    """Both halves in one sentence, where there are two."""
    return joined(words_told(told, language))


def joined(words: Words) -> str:
    """What is so and what to do, in one line."""
    return f"{words.message}: {words.next_action}" if words.next_action else words.message


def spoken(seconds: int, language: Language) -> str:
    """A length of time in the largest unit that says enough, rounded up."""
    in_seconds, in_minutes, in_hours, in_days = SPANS[language]
    if seconds <= 90:
        return in_seconds.format(count=seconds)
    minutes = -(-seconds // 60)
    if minutes <= 90:
        return in_minutes.format(count=minutes)
    hours = -(-minutes // 60)
    return in_hours.format(count=hours) if hours < 72 else in_days.format(count=-(-hours // 24))


def _explained(given: dict[str, str], language: Language) -> dict[str, str]:
    """What is given, with a `why` that names another cause in words."""
    try:
        why = Cause(given.get("why", ""))
    except ValueError:
        return given  # text, or a name that a newer engine knows
    return {**given, "why": _filled(CAUSES[language][why].message, given)}


def _words(words: Words, given: dict[str, str]) -> Words:
    return Words(_filled(words.message, given), _filled(words.next_action, given))


def _filled(text: str, given: dict[str, str]) -> str:
    """In one pass, so that nothing given is taken for a place."""
    return _PLACE.sub(lambda place: given.get(place[1], place[0]), text)


def _reason(name: str, language: Language) -> str:
    return message_of(Reason(name), language)


def _faults(counted: str, language: Language) -> str:
    named = (one.partition("=") for one in counted.split(", "))
    return ", ".join(f"{_reason(name, language)} ({count})" for name, _, count in named)


def _span(seconds: str, language: Language) -> str:
    return spoken(int(seconds), language)


def _act(kind: str, language: Language) -> str:
    from station.core.wording.screens import REVIEW

    return REVIEW[language].acts[ActKind(kind)]


def _state(name: str, language: Language) -> str:
    from station.core.wording.screens import REVIEW

    return REVIEW[language].states[UnitState[name]]


_SAYS: Final[dict[str, Callable[[str, Language], str]]] = {
    "reason": _reason,
    "span": _span,
    "faults": _faults,
    "act": _act,
    "state": _state,
}
"""Places that hold a name or a number of ours, which is worded; what others hold is text."""


def _said(place: str, what: str, language: Language) -> str:
    says = _SAYS.get(place)
    if says is None:
        return what
    try:
        return says(what, language)
    except (ValueError, KeyError):
        return what  # a name that a newer engine knows
