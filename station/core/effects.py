"""What follows from a verdict outside the screen: the sign that is given, and whether a gate opens.

Pure: says what is to be done; `station.intake.effects` says when, and the actuators do it.
"""

from dataclasses import dataclass
from enum import Enum
from typing import Final

from station.core.reasons import VerdictClass


class Sign(Enum):
    """What lamps, buzzers and scanners tell the operator."""

    READY = "ready"
    """Nothing stands; the next unit may come."""
    ACCEPT = "accept"
    NOTE = "note"
    RESCAN = "rescan"
    HOLD = "hold"
    QUARANTINE = "quarantine"
    STOP = "stop"
    REFUSED = "refused"
    """A read came while a quarantine stood unacknowledged."""


_SIGNS: Final = {
    VerdictClass.ACCEPT: Sign.ACCEPT,
    VerdictClass.ACCEPT_NOTE: Sign.NOTE,
    VerdictClass.RESCAN: Sign.RESCAN,
    VerdictClass.HOLD: Sign.HOLD,
    VerdictClass.QUARANTINE: Sign.QUARANTINE,
    VerdictClass.STOP: Sign.STOP,
}


GATE_FAULT: Final = "the gate does not work"
"""How the fault of a station begins whose gate is lost: nothing it could not lead away may be
accepted."""


@dataclass(frozen=True, slots=True)
class Effect:
    """One thing to be done at the dock.

    Attributes:
        sign: What is told.
        opens_gate: Whether the unit passes; everything else leads it to quarantine.
        source: The reader the sign is meant for; ``""`` for all of them.
    """

    sign: Sign
    opens_gate: bool = False
    source: str = ""


def effect_of(verdict_class: VerdictClass, source: str, *, alone: bool = True) -> Effect:
    """What follows from a durable verdict.

    Args:
        verdict_class: Of the verdict.
        source: Which reader read the unit.
        alone: False where the unit came together with one that is not accepted: a gate cannot
            part them, so that both go to quarantine.
    """
    return Effect(_SIGNS[verdict_class], verdict_class.is_accept and alone, source)
