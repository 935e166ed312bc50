"""What every language has to bring: words for each reason, and for what changes them."""

from dataclasses import dataclass
from typing import Final

from station.core.advice import Advice, Loss
from station.core.reasons import Lane, Reason, VerdictClass

LANE: Final = "{lane}"
"""Stands in a next action for lane or tote: the policy's name, or the language's usual words."""


@dataclass(frozen=True, slots=True)
class Words:
    """What is said of one reason.

    Attributes:
        message: What is so, at most 60 columns, no full stop.
        next_action: What to do with the item in hand, at most 44 columns, an imperative.
    """

    message: str
    next_action: str


@dataclass(frozen=True, slots=True)
class Tongue:
    """One language.

    Attributes:
        words: Of every reason in the class it has in the table, at the last read it is given.
        in_another_class: Where circumstances or a policy give a reason another class.
        scan_again: The next action where a first read only asks for a second one.
        lanes: The usual words for each lane, as they stand in a next action.
        verdicts: The one word on the banner, at most 10 columns, in capitals where there are any.
        advice: Sentences besides verdicts, at most 79 columns.
        losses: What is said of a lost engine, but for `Loss.OTHER`; as long as of a reason.
    """

    words: dict[Reason, Words]
    in_another_class: dict[tuple[Reason, VerdictClass], Words]
    scan_again: str
    lanes: dict[Lane, str]
    verdicts: dict[VerdictClass, str]
    advice: dict[Advice, str]
    losses: dict[Loss, Words]
