"""Journal entries as EPCIS 2.0 events."""

from enum import Enum

from station.core.facts import Repeat
from station.core.journal import JournalEntry
from station.core.reasons import VerdictClass


class EventKind(Enum):
    """What a verdict tells the world of a unit; the value is the CBV business step."""

    RECEIVING = "receiving"
    HOLDING = "holding"


def event_kind(entry: JournalEntry) -> EventKind | None:
    """Which event an entry gives rise to, or None.

    None for verdicts that record nothing on a unit (RESCAN, STOP), for items of which not even
    the product is known, and for further reads of one item in one presentation: they say nothing
    new.
    """
    if entry.gtin is None or entry.facts.repeat is Repeat.SAME_PRESENTATION:
        return None
    match entry.verdict.verdict_class:
        case VerdictClass.ACCEPT | VerdictClass.ACCEPT_NOTE:
            return EventKind.RECEIVING
        case VerdictClass.HOLD | VerdictClass.QUARANTINE:
            return EventKind.HOLDING
        case VerdictClass.RESCAN | VerdictClass.STOP:
            return None
