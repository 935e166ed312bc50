"""Why something was not done or does not work, by name: a closed set, worded by `wording.causes`.

What stands in a sentence (a name, a path, the system's own words) goes along as text; states, acts,
reasons and spans of time go as names and numbers, so that they too are said in the language of
whoever reads.
"""

from dataclasses import dataclass
from enum import Enum


class Cause(Enum):
    """One sentence with what to do about it; the value is its name on the wire."""

    # --- an act, whatever it is about
    NEEDS_OPERATOR = "needs-operator"
    NEEDS_SUPERVISOR = "needs-supervisor"
    NEEDS_ADMIN = "needs-admin"
    NEEDS_PIN = "needs-pin"
    NEEDS_REASON = "needs-reason"
    NEEDS_TOTE = "needs-tote"
    NEEDS_CASE_NUMBER = "needs-case-number"
    NEEDS_SHIPMENT = "needs-shipment"
    NEEDS_CERTIFICATE = "needs-certificate"
    NEEDS_WITNESS = "needs-witness"
    NEEDS_OTHER_WITNESS = "needs-other-witness"
    NEEDS_WITNESS_PIN = "needs-witness-pin"
    ACT_NOT_JOURNALLED = "act-not-journalled"
    """`why`: what the journal's writer said."""
    ENGINE_BUSY = "engine-busy"
    # --- an item under review
    NOT_UNDER_REVIEW = "not-under-review"
    """`scan`: the id that was given."""
    REVIEW_ENDED = "review-ended"
    """`scan`: the item; `by`: the act."""
    SAME_OR_SECOND = "same-or-second"
    NO_SUCH_UNIT_HERE = "no-such-unit-here"
    NO_UNIT_RECEIVED = "no-unit-received"
    RELEASE_UNPROVEN = "release-unproven"
    OTHER_ITEMS = "other-items"
    """`scans`: their ids."""
    REGISTRY_SAYS = "registry-says"
    """`reason`: what it says."""
    STANDS_FOR_GOOD = "stands-for-good"
    """`state`: how the unit stands."""
    STANDS_REPLACED = "stands-replaced"
    RELABEL_UNPROVEN = "relabel-unproven"
    OTHER_TO_FETCH = "other-to-fetch"
    KEEPS_ITS_CODE = "keeps-its-code"
    """`state`: how the unit stands."""
    LABEL_PROVES_NOTHING = "label-proves-nothing"
    LABEL_NOT_FREE = "label-not-free"
    """`reason`: what its verdict would be headed."""
    LABEL_OF_OTHER_PRODUCT = "label-of-other-product"
    """`label`, `item`: GTINs."""
    # --- a fetch task
    NO_TASK = "no-task"
    """`scan`: the id that was given."""
    TASK_CLOSED = "task-closed"
    """`by`: the act."""
    # --- an undo
    NOTHING_TO_UNDO = "nothing-to-undo"
    """`scan`: the id that was given."""
    NOT_ONES_OWN = "not-ones-own"
    NOTHING_CHANGED = "nothing-changed"
    OLDER_RELEASE = "older-release"
    UNDO_STAYS = "undo-stays"
    ACT_IS_FINAL = "act-is-final"
    """`act`: its kind."""
    ACT_STAYS = "act-stays"
    """`act`: its kind."""
    HAS_MOVED = "has-moved"
    # --- a shipment
    NO_SHIPMENT = "no-shipment"
    """`shipment`: the id that was given, as for those that follow."""
    SHIPMENT_CLOSED = "shipment-closed"
    ITEMS_HELD = "items-held"
    """`count`: how many."""
    NO_SHIPMENTS_HERE = "no-shipments-here"
    SHIPMENT_IS_OPEN = "shipment-is-open"
    SHIPMENT_WAS_OPEN = "shipment-was-open"
    SHIPMENT_IS_CLOSED = "shipment-is-closed"
    # --- who asks
    NOT_ENROLLED = "not-enrolled"
    """`name`: theirs, as for those that follow."""
    HAS_NO_PIN = "has-no-pin"
    PIN_LOCKED = "pin-locked"
    """`span`: how long to wait, in seconds."""
    PIN_WRONG = "pin-wrong"
    """`left`: tries that are left."""
    PIN_WRONG_WAIT = "pin-wrong-wait"
    """`span`: how long to wait, in seconds."""
    PIN_NOT_GIVEN = "pin-not-given"
    # --- a label that was scanned at a supervisor's screen
    LABEL_NOT_OURS = "label-not-ours"
    BADGE_WANTED = "badge-wanted"
    TOTE_WANTED = "tote-wanted"
    BADGE_NOT_VALID = "badge-not-valid"
    # --- the site's people
    NOT_AN_ADMIN = "not-an-admin"
    """`name`: theirs, as for those that follow."""
    NAME_IS_NONE = "name-is-none"
    NAME_WAS_GIVEN = "name-was-given"
    LAST_ADMIN = "last-admin"
    BADGES_USED_UP = "badges-used-up"
    CHANGED_MEANWHILE = "changed-meanwhile"


@dataclass(frozen=True, slots=True)
class Told:
    """A cause with what stands in its sentence.

    Attributes:
        cause: Which.
        given: What stands in its places, each with the place's name; plain text.
    """

    cause: Cause
    given: tuple[tuple[str, str], ...] = ()


def told(cause: Cause, **given: object) -> Told:
    """A cause and what is so; anything given becomes text."""
    return Told(cause, tuple((name, str(what)) for name, what in given.items()))
