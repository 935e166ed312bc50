"""What the engine told, in the operator's language."""

from station.core.advice import Loss
from station.core.language import Language
from station.core.verdict import Verdict
from station.core.wording import TONGUES, Said, Words, say
from station.ports.display import Attendance, EngineLost, VerdictShown
from station.tui.lines import shown


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
