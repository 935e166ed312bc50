"""What the station tells an operator besides verdicts: closed sets, worded by `wording`.

A screen speaks the language of whoever is signed in there, so what the engine has to say travels as
a name. What depends on a fault of the moment (a path, an error of the system) travels as text.
"""

from enum import Enum


class Advice(Enum):
    """What was not done, or what to do; the value is its name on the wire."""

    NOT_ALONE = "not-alone"
    """A badge was read beside something else."""
    NOT_OURS = "not-ours"
    NOT_VALID = "not-valid"
    WITNESS_ONLY = "witness-only"
    UNREADABLE_ROSTER = "unreadable-roster"
    SHOW_BADGE = "show-badge"
    BADGE_TO_ANSWER = "badge-to-answer"
    BADGE_TO_GIVE_PIN = "badge-to-give-pin"
    NO_PIN = "no-pin"
    PIN_TOO_LATE = "pin-too-late"
    PIN_TAKEN = "pin-taken"
    PIN_RELEASES_NOT = "pin-releases-not"
    NOT_JOURNALLED = "not-journalled"
    OTHER_QUARANTINE = "other-quarantine"
    BUSY_DECLARE = "busy-declare"
    """The engine is busy: what to do again."""
    BUSY_PIN = "busy-pin"
    BUSY_ANSWER = "busy-answer"
    BUSY_SCAN = "busy-scan"
    NO_TYPED = "no-typed"
    """A keyboard scanner typed where that is no source."""


class Loss(Enum):
    """Why a screen has no engine; the value is its name."""

    NOT_RUNNING = "not-running"
    ENDED = "ended"
    FORBIDDEN = "forbidden"
    SILENT = "silent"
    HUNG_UP = "hung-up"
    """It said why, or nothing."""
    OTHER = "other"
    """Told in words of the moment."""
