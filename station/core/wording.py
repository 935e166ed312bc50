"""What an operator reads: one message and one next action for every reason, in plain words.

Wording lives here and nowhere else. A message says what is so, never whom to blame: "counterfeit"
is said only when a person has confirmed it.
"""

from dataclasses import dataclass
from typing import Final

from station.core.reasons import RULES, Reason, VerdictClass
from station.core.verdict import Verdict

_R = Reason


@dataclass(frozen=True, slots=True)
class Words:
    """What is said of one reason.

    Attributes:
        message: What is so, at most 60 characters, no full stop.
        next_action: What to do with the item in hand, at most 44 characters, an imperative.
    """

    message: str
    next_action: str


VERDICT_WORDS: Final[dict[VerdictClass, str]] = {
    VerdictClass.ACCEPT: "ACCEPT",
    VerdictClass.ACCEPT_NOTE: "ACCEPT",
    VerdictClass.RESCAN: "RESCAN",
    VerdictClass.HOLD: "HOLD",
    VerdictClass.QUARANTINE: "QUARANTINE",
    VerdictClass.STOP: "STOP",
}

WORDS: Final[dict[Reason, Words]] = {
    _R.STATION_FAULT: Words("The station cannot decide", "Stop the line, call the supervisor"),
    _R.READ_EMPTY: Words("No code was read", "Turn the label to the reader, scan again"),
    _R.READ_TRUNCATED: Words("Only part of the code was read", "Scan the label again"),
    _R.READ_CONTROL_CHARS: Words("The read holds characters no label has", "Scan the label again"),
    _R.WRONG_SYMBOL: Words("This symbol is not the unit code", "Scan the square unit code"),
    _R.PARSE_ERROR: Words("The code was misread", "Scan the same label again"),
    _R.NO_SERIAL: Words("The code names a product, not a unit", "Scan the square unit code"),
    _R.UNREADABLE: Words("The label cannot be read", "Put it in the label lane"),
    _R.NO_CODE: Words("The unit carries no code", "Put it in the policy lane"),
    _R.SCANNER_FAULT_CASE: Words("The scanner's caps lock is on", "Report the scanner"),
    _R.SCANNER_FAULT_LAYOUT: Words("The scanner's keyboard layout is wrong", "Report the scanner"),
    _R.SCANNER_FAULT_SEPARATOR: Words("The scanner drops separators", "Report the scanner"),
    _R.SCANNER_FAULT_PREFIX: Words("The scanner's prefix is wrong", "Report the scanner"),
    _R.CODE_TWICE_IN_FRAME: Words("Two items carry the same code", "Put both in the tote"),
    _R.KEY_UNKNOWN: Words("The signing key is not known here yet", "Set it aside, sync the keys"),
    _R.KEY_REVOKED: Words("The brand has revoked the signing key", "Put it in the tote"),
    _R.SIGNATURE_INVALID: Words("The signature does not fit the code", "Put it in the tote"),
    _R.SIGNATURE_MISSING: Words("The code is not signed, and must be", "Put it in the tote"),
    _R.FORMAT_NOT_ACCEPTED: Words("The brand does not use this form of code", "Put it in the tote"),
    _R.GTIN_NOT_ENROLLED: Words(
        "No brand has enrolled this product", "Handle as unprotected goods"
    ),
    _R.BRAND_KEY_MISMATCH: Words("The key may not sign for this product", "Put it in the tote"),
    _R.UNIT_DESTROYED: Words("This unit was destroyed before", "Put it in the tote"),
    _R.UNIT_VOID: Words("This code was declared void", "Put it in the tote"),
    _R.UNIT_REPLACED: Words("This code was replaced by another", "Put it in the tote"),
    _R.UNIT_COUNTERFEIT: Words("This code is a confirmed counterfeit", "Put it in the tote"),
    _R.UNIT_QUARANTINED: Words("This unit already stands in quarantine", "Put it back in the tote"),
    _R.UNIT_NOT_ACTIVE: Words("This code was never put on a unit", "Put it in the tote"),
    _R.UNIT_STOLEN: Words("This unit is reported stolen", "Put it in the tote, tell security"),
    _R.UNIT_RECALLED: Words("This unit is recalled", "Put it in the tote"),
    _R.UNIT_BLOCKED: Words("The brand has blocked this unit", "Put it in the tote"),
    _R.DUPLICATE_OTHER_STATION: Words(
        "This unit was received at another station", "Put it in the tote"
    ),
    _R.DUPLICATE_SHIPPED: Words("This unit has already left the site", "Put it in the tote"),
    _R.REPEAT_SAME_STATION: Words(
        "This unit is already received here", "Set it aside if it is a second unit"
    ),
    _R.RETURN_EXPECTED: Words("Expected return", "Put it with the returns"),
    _R.UNIT_EXPIRED: Words("This unit is past its date", "Put it in the tote"),
    _R.DATA_MISMATCH: Words("Lot or date differs from the registry", "Set it aside, ask"),
    _R.UNIT_UNKNOWN_SIGNED: Words("Genuine, not in the registry yet", "Pass it on"),
    _R.UNIT_UNKNOWN_UNSIGNED: Words("The registry does not know this code", "Set it aside, ask"),
    _R.SELLER_NOT_AUTHORISED: Words("The seller may not supply this", "Set it aside, ask"),
    _R.NOT_ON_ASN: Words("Not announced in this shipment", "Set it aside, ask"),
    _R.OVER: Words("More than announced", "Set it aside, ask"),
    _R.WRONG_SHIPMENT: Words("Announced in another shipment", "Set it aside, ask"),
    _R.REGISTRY_STALE: Words("The registry is out of date", "Tell the site admin"),
    _R.DAMAGED: Words("Declared damaged", "Put it in the damage lane"),
    _R.OK: Words("Genuine", "Pass it on"),
}

_RESCAN_ACTION: Final = "Scan the same label again"

_IN_ANOTHER_CLASS: Final[dict[tuple[Reason, VerdictClass], Words]] = {
    (_R.GTIN_NOT_ENROLLED, VerdictClass.HOLD): Words(
        "No brand has enrolled this product", "Set it aside, ask"
    ),
    (_R.UNIT_UNKNOWN_SIGNED, VerdictClass.HOLD): Words(
        "The key is no longer safe, the unit not in the registry", "Set it aside, ask"
    ),
    (_R.UNIT_UNKNOWN_UNSIGNED, VerdictClass.QUARANTINE): Words(
        "The registry does not know this code", "Put it in the tote"
    ),
}
"""Where circumstances give a reason another class than the table of words was written for."""


def verdict_word(verdict_class: VerdictClass) -> str:
    """The one word on the banner."""
    return VERDICT_WORDS[verdict_class]


def words_for(verdict: Verdict) -> Words:
    """What to say of a verdict.

    The table says what to do when a reason stands; where a first read only asks for a second one,
    the action is to scan again.
    """
    changed = _IN_ANOTHER_CLASS.get((verdict.reason, verdict.verdict_class))
    if changed is not None:
        return changed
    words = WORDS[verdict.reason]
    stands_later = RULES[verdict.reason].second_class is not None
    if stands_later and verdict.verdict_class is VerdictClass.RESCAN:
        return Words(words.message, _RESCAN_ACTION)
    return words
