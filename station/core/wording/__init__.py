"""What an operator reads: one message and one next action for every reason, in plain words.

Wording lives in this package and nowhere else: one module a language. A message says what is so,
never whom to blame: "counterfeit" is said only when a person has confirmed it.
"""

from typing import Final

from station.core.language import Language
from station.core.reasons import RULES, Reason, VerdictClass
from station.core.verdict import Verdict
from station.core.wording.de import GERMAN
from station.core.wording.en import ENGLISH
from station.core.wording.es import SPANISH
from station.core.wording.tongue import LANE, Tongue, Words
from station.core.wording.zh import CHINESE

__all__ = [
    "TONGUES",
    "VERDICT_WORDS",
    "WORDS",
    "Language",
    "Words",
    "message_of",
    "verdict_word",
    "words_for",
    "words_of",
]


TONGUES: Final[dict[Language, Tongue]] = {
    Language.ENGLISH: ENGLISH,
    Language.CHINESE: CHINESE,
    Language.GERMAN: GERMAN,
    Language.SPANISH: SPANISH,
}

VERDICT_WORDS: Final[dict[VerdictClass, str]] = {
    VerdictClass.ACCEPT: "ACCEPT",
    VerdictClass.ACCEPT_NOTE: "ACCEPT",
    VerdictClass.RESCAN: "RESCAN",
    VerdictClass.HOLD: "HOLD",
    VerdictClass.QUARANTINE: "QUARANTINE",
    VerdictClass.STOP: "STOP",
}
"""The same in every language: a sign, learnt once with its shape and colour."""


def verdict_word(verdict_class: VerdictClass) -> str:
    """The one word on the banner."""
    return VERDICT_WORDS[verdict_class]


def _in_lane(words: Words, tongue: Tongue, reason: Reason, lane: str) -> Words:
    if LANE not in words.next_action:
        return words
    return Words(
        words.message,
        words.next_action.replace(LANE, lane or tongue.lanes[RULES[reason].lane]),
    )


def words_of(reason: Reason, language: Language = Language.ENGLISH) -> Words:
    """What is said of a reason where it stands in the class it has in the table."""
    tongue = TONGUES[language]
    return _in_lane(tongue.words[reason], tongue, reason, "")


def message_of(reason: Reason, language: Language = Language.ENGLISH) -> str:
    """What a reason says of an item beside the headline."""
    return TONGUES[language].words[reason].message


WORDS: Final[dict[Reason, Words]] = {reason: words_of(reason) for reason in Reason}
"""The English table as it is read where the policy names no lane."""


def words_for(verdict: Verdict, language: Language = Language.ENGLISH) -> Words:
    """What to say of a verdict.

    The table says what to do when a reason stands; where a first read only asks for a second one,
    the action is to scan again. A lane that the policy names is named.
    """
    tongue, reason = TONGUES[language], verdict.reason
    changed = tongue.in_another_class.get((reason, verdict.verdict_class))
    words = changed or tongue.words[reason]
    stands_later = RULES[reason].second_class is not None
    if stands_later and verdict.verdict_class is VerdictClass.RESCAN:
        return Words(words.message, tongue.scan_again)
    return _in_lane(words, tongue, reason, verdict.lane)
