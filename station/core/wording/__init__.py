"""What an operator reads: one message and one next action for every reason, in plain words.

Wording lives in this package and nowhere else: one module a language. A message says what is so,
never whom to blame: "counterfeit" is said only when a person has confirmed it.
"""

from dataclasses import dataclass
from typing import Final

from station.core.advice import Advice
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
    "WORDS",
    "Language",
    "Said",
    "Words",
    "message_of",
    "say",
    "sentence",
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


def verdict_word(verdict_class: VerdictClass, language: Language = Language.ENGLISH) -> str:
    """The one word on the banner, learnt with its shape and colour."""
    return TONGUES[language].verdicts[verdict_class]


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


@dataclass(frozen=True, slots=True)
class Said:
    """Everything a screen says of a verdict besides its word.

    Attributes:
        message: What is so.
        next_action: What to do with the item in hand.
        further: What the further reasons and flags say, in their order.
    """

    message: str
    next_action: str
    further: tuple[str, ...]


def say(verdict: Verdict, language: Language, other_shipment: str = "") -> Said:
    """A verdict in an operator's language.

    Args:
        verdict: What was decided.
        language: Theirs.
        other_shipment: In which other shipment the unit is announced, or ``""``.
    """
    words = words_for(verdict, language)
    named = other_shipment and verdict.reason is Reason.WRONG_SHIPMENT
    return Said(
        f"{words.message}: {other_shipment}" if named else words.message,
        words.next_action,
        tuple(message_of(reason, language) for reason in (*verdict.also, *verdict.modifiers)),
    )


def sentence(said: str | Advice, language: Language = Language.ENGLISH) -> str:
    """What the station tells besides verdicts; what is text already stays as it is."""
    return TONGUES[language].advice[said] if isinstance(said, Advice) else said
