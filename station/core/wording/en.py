"""English."""

from typing import Final

from station.core.advice import Advice, Loss
from station.core.reasons import Lane, Reason, VerdictClass
from station.core.wording.tongue import Tongue, Words

_R, _V, _A = Reason, VerdictClass, Advice

_WORDS: Final[dict[Reason, Words]] = {
    _R.STATION_FAULT: Words("The station cannot decide", "Stop the line, call the supervisor"),
    _R.READ_EMPTY: Words("No code was read", "Turn the label to the reader, scan again"),
    _R.READ_TRUNCATED: Words("Only part of the code was read", "Scan the label again"),
    _R.READ_CONTROL_CHARS: Words("The read holds characters no label has", "Scan the label again"),
    _R.WRONG_SYMBOL: Words("This symbol is not the unit code", "Scan the square unit code"),
    _R.PARSE_ERROR: Words("The code was misread", "Scan the same label again"),
    _R.NO_SERIAL: Words("The code names a product, not a unit", "Scan the square unit code"),
    _R.UNREADABLE: Words("The label cannot be read", "Put it in {lane}"),
    _R.NO_CODE: Words("The unit carries no code", "Put it in {lane}"),
    _R.SCANNER_FAULT_CASE: Words("The scanner's caps lock is on", "Report the scanner"),
    _R.SCANNER_FAULT_LAYOUT: Words("The scanner's keyboard layout is wrong", "Report the scanner"),
    _R.SCANNER_FAULT_SEPARATOR: Words("The scanner drops separators", "Report the scanner"),
    _R.SCANNER_FAULT_PREFIX: Words("The scanner's prefix is wrong", "Report the scanner"),
    _R.CODE_TWICE_IN_FRAME: Words("Two items carry the same code", "Put both in {lane}"),
    _R.KEY_UNKNOWN: Words("The signing key is not known here yet", "Set it aside, sync the keys"),
    _R.KEY_REVOKED: Words("The brand has revoked the signing key", "Put it in {lane}"),
    _R.SIGNATURE_INVALID: Words("The signature does not fit the code", "Put it in {lane}"),
    _R.SIGNATURE_MISSING: Words("The code is not signed, and must be", "Put it in {lane}"),
    _R.FORMAT_NOT_ACCEPTED: Words("The brand does not use this form of code", "Put it in {lane}"),
    _R.GTIN_NOT_ENROLLED: Words(
        "No brand has enrolled this product", "Handle as unprotected goods"
    ),
    _R.BRAND_KEY_MISMATCH: Words("The key may not sign for this product", "Put it in {lane}"),
    _R.UNIT_DESTROYED: Words("This unit was destroyed before", "Put it in {lane}"),
    _R.UNIT_VOID: Words("This code was declared void", "Put it in {lane}"),
    _R.UNIT_REPLACED: Words("This code was replaced by another", "Put it in {lane}"),
    _R.UNIT_COUNTERFEIT: Words("This code is a confirmed counterfeit", "Put it in {lane}"),
    _R.UNIT_QUARANTINED: Words("This unit already stands in quarantine", "Put it back in {lane}"),
    _R.UNIT_NOT_ACTIVE: Words("This code was never put on a unit", "Put it in {lane}"),
    _R.UNIT_STOLEN: Words("This unit is reported stolen", "Put it in {lane}, tell security"),
    _R.UNIT_RECALLED: Words("This unit is recalled", "Put it in {lane}"),
    _R.UNIT_BLOCKED: Words("The brand has blocked this unit", "Put it in {lane}"),
    _R.DUPLICATE_OTHER_STATION: Words(
        "This unit was received at another station", "Put it in {lane}"
    ),
    _R.DUPLICATE_SHIPPED: Words("This unit has already left the site", "Put it in {lane}"),
    _R.REPEAT_SAME_STATION: Words(
        "This unit is already received here", "Set it aside if it is a second unit"
    ),
    _R.RETURN_EXPECTED: Words("Expected return", "Put it with the returns"),
    _R.UNIT_EXPIRED: Words("This unit is past its date", "Put it in {lane}"),
    _R.DATA_MISMATCH: Words("Lot or date differs from the registry", "Set it aside, ask"),
    _R.UNIT_UNKNOWN_SIGNED: Words("Genuine, not in the registry yet", "Pass it on"),
    _R.UNIT_UNKNOWN_UNSIGNED: Words("The registry does not know this code", "Set it aside, ask"),
    _R.SELLER_NOT_AUTHORISED: Words("The seller may not supply this", "Set it aside, ask"),
    _R.NOT_ON_ASN: Words("Not announced in this shipment", "Set it aside, ask"),
    _R.OVER: Words("More than announced", "Set it aside, ask"),
    _R.WRONG_SHIPMENT: Words("Announced in another shipment", "Set it aside, ask"),
    _R.REGISTRY_STALE: Words("The registry is out of date", "Tell the site admin"),
    _R.CLOCK_WRONG: Words("The clock is wrong", "Tell the site admin"),
    _R.DAMAGED: Words("Declared damaged", "Put it in {lane}"),
    _R.OK: Words("Genuine", "Pass it on"),
}

_IN_ANOTHER_CLASS: Final[dict[tuple[Reason, VerdictClass], Words]] = {
    (_R.KEY_REVOKED, _V.HOLD): Words("The signing key is no longer safe", "Set it aside, ask"),
    (_R.SIGNATURE_MISSING, _V.ACCEPT_NOTE): Words("The code is not signed yet", "Pass it on"),
    (_R.SIGNATURE_MISSING, _V.HOLD): Words("The code is not signed", "Set it aside, ask"),
    (_R.FORMAT_NOT_ACCEPTED, _V.ACCEPT_NOTE): Words(
        "An older form of code, still accepted", "Pass it on"
    ),
    (_R.FORMAT_NOT_ACCEPTED, _V.HOLD): Words(
        "The brand does not use this form of code", "Set it aside, ask"
    ),
    (_R.GTIN_NOT_ENROLLED, _V.HOLD): Words(
        "No brand has enrolled this product", "Set it aside, ask"
    ),
    (_R.UNIT_UNKNOWN_SIGNED, _V.HOLD): Words(
        "Signed, but not in the registry yet", "Set it aside, ask"
    ),
    (_R.UNIT_UNKNOWN_UNSIGNED, _V.ACCEPT_NOTE): Words("Not in the registry yet", "Pass it on"),
    (_R.UNIT_UNKNOWN_UNSIGNED, _V.QUARANTINE): Words(
        "The registry does not know this code", "Put it in {lane}"
    ),
    (_R.REGISTRY_STALE, _V.HOLD): Words(
        "The registry is too old to vouch for it", "Set it aside, tell the site admin"
    ),
    (_R.CLOCK_WRONG, _V.HOLD): Words(
        "The clock is wrong: the registry cannot vouch", "Set it aside, tell the site admin"
    ),
}

_ADVICE: Final[dict[Advice, str]] = {
    _A.NOT_ALONE: "A badge counts alone: take everything else out of view",
    _A.NOT_OURS: "This badge is not this site's: ask the admin for one",
    _A.NOT_VALID: "This badge is not valid any more: ask the admin for a new one",
    _A.WITNESS_ONLY: "A witness cannot sign in: show an operator's badge",
    _A.UNREADABLE_ROSTER: "The operators cannot be read: call the supervisor",
    _A.SHOW_BADGE: "Nobody is signed in: show your badge first",
    _A.BADGE_TO_ANSWER: "Nobody is signed in: show your badge, then answer",
    _A.BADGE_TO_GIVE_PIN: "Nobody is signed in: show the badge first, then give the PIN",
    _A.NO_PIN: "No PIN was given: give it again",
    _A.PIN_TOO_LATE: "Somebody else is signed in meanwhile: show the badge again",
    _A.PIN_TAKEN: "PIN accepted",
    _A.PIN_RELEASES_NOT: "Scan the tote's label, or call a supervisor with badge and PIN",
    _A.NOT_JOURNALLED: "The journal does not take it, the quarantine stands: tell the admin",
    _A.OTHER_QUARANTINE: "Another quarantine stands by now: look, then give the PIN again",
    _A.BUSY_DECLARE: "The engine is busy: declare the item again",
    _A.BUSY_PIN: "The engine is busy: give the PIN again",
    _A.BUSY_ANSWER: "The engine is busy: answer again",
    _A.BUSY_SCAN: "The engine is busy: scan it again",
    _A.NO_TYPED: "Keyboard scanner: name screen: as a source, or use evdev or serial mode",
}

_LOSSES: Final[dict[Loss, Words]] = {
    Loss.NOT_RUNNING: Words("The engine is not running", "Start it: station run"),
    Loss.ENDED: Words("The engine has ended", "Start it: station run"),
    Loss.FORBIDDEN: Words("This user may not talk to the engine", "Start the screen as its user"),
    Loss.SILENT: Words("The engine does not answer", "Stop it and start it again: station run"),
    Loss.HUNG_UP: Words("The engine hung up", "Start it: station run"),
}

ENGLISH: Final = Tongue(
    _WORDS,
    _IN_ANOTHER_CLASS,
    "Scan the same label again",
    {
        Lane.QUARANTINE: "the tote",
        Lane.UNCODED: "the policy lane",
        Lane.DAMAGED: "the damage lane",
        Lane.UNREADABLE: "the label lane",
    },
    {
        _V.ACCEPT: "ACCEPT",
        _V.ACCEPT_NOTE: "ACCEPT",
        _V.RESCAN: "RESCAN",
        _V.HOLD: "HOLD",
        _V.QUARANTINE: "QUARANTINE",
        _V.STOP: "STOP",
    },
    _ADVICE,
    _LOSSES,
)
