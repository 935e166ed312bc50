"""What the engine told, in the operator's language."""

from typing import Final

from station.core.act_request import NOT_FOUND
from station.core.acts import ActKind
from station.core.advice import Loss
from station.core.causes import Told
from station.core.errors import StationError
from station.core.language import Language
from station.core.reasons import Reason
from station.core.verdict import Verdict
from station.core.wording import (
    TONGUES,
    Said,
    Words,
    message_of,
    say,
    sentence,
    verdict_word,
)
from station.core.wording.causes import sentence_told, words_told
from station.core.wording.screens import DOCK, REVIEW
from station.ports.desk import Fact, JournalLine, SiteFact
from station.ports.display import ActAnswer, Attendance, EngineLost, Notice, VerdictShown
from station.ports.health import Health
from station.tui.lines import shown

_MAX_COMPONENT_CHARS: Final = 24


def language_of(attendance: Attendance, of_site: Language, *, ascii_only: bool) -> Language:
    """What whoever is signed in reads; the site's language where nobody is, or they have none.

    Args:
        attendance: Who is signed in.
        of_site: What the site's operators read.
        ascii_only: Whether the terminal cannot show Chinese; English then.
    """
    language = of_site if attendance.language is None else attendance.language
    return Language.ENGLISH if ascii_only and language is Language.CHINESE else language


def said_of(verdict: VerdictShown, language: Language) -> Said:
    """What to say of a verdict, safe to draw."""
    decided = Verdict(
        verdict.verdict_class,
        verdict.reason,
        verdict.also,
        verdict.modifiers,
        lane=shown(verdict.lane),
    )
    return say(decided, language, shown(verdict.other_shipment))


def loss_of(lost: EngineLost, language: Language) -> Words:
    """What to say of a lost engine, safe to draw; what has words of its own keeps them."""
    if lost.loss is Loss.OTHER:
        return Words(shown(lost.text), shown(lost.remedy))
    words = TONGUES[language].losses[lost.loss]
    why = f": {shown(lost.farewell)}" if lost.farewell else ""
    return Words(f"{words.message}{why}", words.next_action)


def notice_of(notice: Notice, language: Language) -> str:
    """What to say of a notice; what is text of the moment stays as it is."""
    if notice.told is not None:
        return sentence_told(notice.told, language)
    return sentence(notice.advice or notice.text, language)


def refusal_of(answer: ActAnswer, language: Language) -> Words:
    """Why an act was not done, and what to do at a screen."""
    if answer.told is None:
        return Words(answer.text, answer.remedy)
    return words_told(answer.told, language)


def besides_of(answer: ActAnswer, language: Language) -> str:
    """What is to be told of an act that was done; ``""`` for nothing."""
    return answer.text if answer.told is None else sentence_told(answer.told, language)


def failure_of(error: StationError, language: Language) -> str:
    """What went wrong, in one line; what has no words in that language stays English."""
    return str(error) if error.told is None else sentence_told(error.told, language)


def health_of(report: Health, language: Language) -> str:
    """How a part is, safe to draw; what has no words in that language stays English."""
    return shown(report.text if report.told is None else sentence_told(report.told, language))


def fact_of(fact: Fact, language: Language) -> tuple[str, str]:
    """Of what something is told, and how that is."""
    name, said = fact.name, fact.said
    return (
        REVIEW[language].facts[name.value] if isinstance(name, SiteFact) else name,
        sentence_told(said, language) if isinstance(said, Told) else said,
    )


def what_of(line: JournalLine, language: Language) -> str:
    """What a line of the journal is about: the verdict's word, or the act's name."""
    if isinstance(line.what, ActKind):
        return act_of(line.what, str(line.why), language)
    return verdict_word(line.what, language)


def act_of(kind: ActKind, reference: str, language: Language) -> str:
    """What was done; that there was nothing to fetch is not called "fetched"."""
    words = REVIEW[language]
    is_not_there = kind is ActKind.FETCHED and reference == NOT_FOUND
    return words.not_there if is_not_there else words.acts[kind]


def why_of(line: JournalLine, language: Language) -> str:
    """Why, safe to draw: the headline's words, or an act's reason as somebody wrote it."""
    if isinstance(line.why, Reason):
        return message_of(line.why, language)
    # The word for the act says it already.
    is_said = line.what is ActKind.FETCHED and line.why == NOT_FOUND
    return "" if is_said else shown(line.why)


def component_word(component: str, language: Language) -> str:
    """The word for a part of the station, and which one where there are several; safe to draw."""
    kind, colon, which = component[:_MAX_COMPONENT_CHARS].partition(":")
    word = DOCK[language].components.get(kind, shown(kind).upper())
    return f"{word}{colon}{shown(which).upper()}"
