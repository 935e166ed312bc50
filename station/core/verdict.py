"""A verdict and what it changes: the last value of the core's flow."""

from enum import Enum

from msgspec import Struct

from station.core.reasons import Reason, VerdictClass


class UnitChange(Enum):
    """What a verdict writes on the unit at this site, in the same transaction as the journal."""

    NONE = "none"
    RECEIVE = "receive"
    """First claim of the unit: it counts as received here."""
    QUARANTINE = "quarantine"
    """The unit itself (proven genuine or listed) stands quarantined here.

    A forged label never changes the state of the genuine unit it copies.
    """


class Verdict(Struct, frozen=True):
    """What the station says of one item.

    Attributes:
        verdict_class: Accept, quarantine and what lies between.
        reason: The headline.
        also: Every other reason that applies, by number.
        modifiers: Reasons that flag the verdict without deciding it.
        provisional: True where a later refresh may change the picture.
        change: What is written on the unit.
        lane: Where a quarantined item goes by policy; ``""`` leaves it to the usual words.
    """

    verdict_class: VerdictClass
    reason: Reason
    also: tuple[Reason, ...] = ()
    modifiers: tuple[Reason, ...] = ()
    provisional: bool = False
    change: UnitChange = UnitChange.NONE
    lane: str = ""
