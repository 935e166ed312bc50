"""Every reason a verdict can have: its class, its place in the order, its lane, its EPCIS meaning.

The names are a public, stable enumeration: journals, policies, tickets and other people's scripts
hold them. One table a reason drives class, precedence, disposition and lane; one a class drives
sound and business step; `station.core.wording` gives each reason its words in every language.
DESIGN: verdicts, the numbered table.
"""

from dataclasses import dataclass
from enum import Enum, IntEnum
from typing import Final


class VerdictClass(IntEnum):
    """Ordered from best to worst: of all reasons that apply, the worst class decides."""

    ACCEPT = 0
    ACCEPT_NOTE = 1
    RESCAN = 2
    HOLD = 3
    QUARANTINE = 4
    STOP = 5

    @property
    def is_accept(self) -> bool:
        """Whether the unit may go on to the shelf."""
        return self <= VerdictClass.ACCEPT_NOTE


class Reason(Enum):
    """Stable names; the value is the name in JSON, journal and configuration."""

    STATION_FAULT = "STATION_FAULT"
    READ_EMPTY = "READ_EMPTY"
    READ_TRUNCATED = "READ_TRUNCATED"
    READ_CONTROL_CHARS = "READ_CONTROL_CHARS"
    WRONG_SYMBOL = "WRONG_SYMBOL"
    PARSE_ERROR = "PARSE_ERROR"
    NO_SERIAL = "NO_SERIAL"
    UNREADABLE = "UNREADABLE"
    NO_CODE = "NO_CODE"
    SCANNER_FAULT_CASE = "SCANNER_FAULT_CASE"
    SCANNER_FAULT_LAYOUT = "SCANNER_FAULT_LAYOUT"
    SCANNER_FAULT_SEPARATOR = "SCANNER_FAULT_SEPARATOR"
    SCANNER_FAULT_PREFIX = "SCANNER_FAULT_PREFIX"
    CODE_TWICE_IN_FRAME = "CODE_TWICE_IN_FRAME"
    KEY_UNKNOWN = "KEY_UNKNOWN"
    KEY_REVOKED = "KEY_REVOKED"
    SIGNATURE_INVALID = "SIGNATURE_INVALID"
    SIGNATURE_MISSING = "SIGNATURE_MISSING"
    FORMAT_NOT_ACCEPTED = "FORMAT_NOT_ACCEPTED"
    GTIN_NOT_ENROLLED = "GTIN_NOT_ENROLLED"
    BRAND_KEY_MISMATCH = "BRAND_KEY_MISMATCH"
    UNIT_DESTROYED = "UNIT_DESTROYED"
    UNIT_VOID = "UNIT_VOID"
    UNIT_REPLACED = "UNIT_REPLACED"
    UNIT_COUNTERFEIT = "UNIT_COUNTERFEIT"
    UNIT_QUARANTINED = "UNIT_QUARANTINED"
    UNIT_NOT_ACTIVE = "UNIT_NOT_ACTIVE"
    UNIT_STOLEN = "UNIT_STOLEN"
    UNIT_RECALLED = "UNIT_RECALLED"
    UNIT_BLOCKED = "UNIT_BLOCKED"
    DUPLICATE_OTHER_STATION = "DUPLICATE_OTHER_STATION"
    DUPLICATE_SHIPPED = "DUPLICATE_SHIPPED"
    REPEAT_SAME_STATION = "REPEAT_SAME_STATION"
    RETURN_EXPECTED = "RETURN_EXPECTED"
    UNIT_EXPIRED = "UNIT_EXPIRED"
    DATA_MISMATCH = "DATA_MISMATCH"
    UNIT_UNKNOWN_SIGNED = "UNIT_UNKNOWN_SIGNED"
    UNIT_UNKNOWN_UNSIGNED = "UNIT_UNKNOWN_UNSIGNED"
    SELLER_NOT_AUTHORISED = "SELLER_NOT_AUTHORISED"
    NOT_ON_ASN = "NOT_ON_ASN"
    OVER = "OVER"
    WRONG_SHIPMENT = "WRONG_SHIPMENT"
    REGISTRY_STALE = "REGISTRY_STALE"
    CLOCK_WRONG = "CLOCK_WRONG"
    DAMAGED = "DAMAGED"
    OK = "OK"


class Sound(Enum):
    """What an operator hears of a verdict: one sound a class, so that ears need learn no list."""

    GOOD = "good"
    NOTE = "note"
    AGAIN = "again"
    ASK = "ask"
    ALARM = "alarm"
    STOP = "stop"


class BizStep(Enum):
    """The EPCIS business step of a verdict that is told on. Source: CBV 2.0, section 7.1."""

    RECEIVING = "receiving"
    HOLDING = "holding"


class Lane(Enum):
    """Where a quarantined item goes; a policy may name each."""

    QUARANTINE = "quarantine"
    UNCODED = "uncoded"
    DAMAGED = "damaged"
    UNREADABLE = "unreadable"


class Disposition(Enum):
    """EPCIS dispositions a reason maps to. Source: CBV 2.0, section 7.2; the last is our own."""

    IN_PROGRESS = "in_progress"
    NO_PEDIGREE_MATCH = "no_pedigree_match"
    MISMATCH_INSTANCE = "mismatch_instance"
    RECALLED = "recalled"
    STOLEN = "stolen"
    EXPIRED = "expired"
    NON_CONFORMANT = "non_conformant"
    NEEDS_REPLACEMENT = "needs_replacement"
    DAMAGED = "damaged"
    SUSPECTED_COUNTERFEIT = "https://intake-station.invalid/cbv/disp/suspected_counterfeit"
    """CBV has no word for it, and its rules ask for a URI of one's own."""


@dataclass(frozen=True, slots=True)
class ReasonRule:
    """One row of the table.

    Attributes:
        number: Place in the order; the lowest number of the worst class is the headline.
        verdict_class: The class it gives on its own at a first read; None for a modifier,
            which never decides.
        second_class: The class at a second read of the same item, where that differs.
        disposition: What a quarantined or held unit is called in EPCIS; None where the reason
            records nothing on a unit.
        lane: Where a unit quarantined for it goes.
    """

    number: int
    verdict_class: VerdictClass | None
    second_class: VerdictClass | None = None
    disposition: Disposition | None = None
    lane: Lane = Lane.QUARANTINE


_V, _R, _D = VerdictClass, Reason, Disposition

RULES: Final[dict[Reason, ReasonRule]] = {
    _R.STATION_FAULT: ReasonRule(0, _V.STOP),
    _R.READ_EMPTY: ReasonRule(1, _V.RESCAN),
    _R.READ_TRUNCATED: ReasonRule(1, _V.RESCAN),
    _R.READ_CONTROL_CHARS: ReasonRule(1, _V.RESCAN),
    _R.WRONG_SYMBOL: ReasonRule(2, _V.RESCAN),
    _R.PARSE_ERROR: ReasonRule(3, _V.RESCAN),
    _R.NO_SERIAL: ReasonRule(4, _V.RESCAN),
    _R.UNREADABLE: ReasonRule(5, _V.QUARANTINE, None, _D.NEEDS_REPLACEMENT, Lane.UNREADABLE),
    _R.NO_CODE: ReasonRule(6, _V.QUARANTINE, None, _D.NON_CONFORMANT, Lane.UNCODED),
    _R.SCANNER_FAULT_CASE: ReasonRule(7, None),
    _R.SCANNER_FAULT_LAYOUT: ReasonRule(7, None),
    _R.SCANNER_FAULT_SEPARATOR: ReasonRule(7, None),
    _R.SCANNER_FAULT_PREFIX: ReasonRule(7, None),
    _R.CODE_TWICE_IN_FRAME: ReasonRule(8, _V.QUARANTINE, None, _D.SUSPECTED_COUNTERFEIT),
    _R.KEY_UNKNOWN: ReasonRule(9, _V.HOLD, None, _D.NO_PEDIGREE_MATCH),
    _R.KEY_REVOKED: ReasonRule(10, _V.QUARANTINE, None, _D.SUSPECTED_COUNTERFEIT),
    _R.SIGNATURE_INVALID: ReasonRule(11, _V.RESCAN, _V.QUARANTINE, _D.SUSPECTED_COUNTERFEIT),
    _R.SIGNATURE_MISSING: ReasonRule(11, _V.RESCAN, _V.QUARANTINE, _D.NON_CONFORMANT),
    _R.FORMAT_NOT_ACCEPTED: ReasonRule(11, _V.RESCAN, _V.QUARANTINE, _D.NON_CONFORMANT),
    _R.GTIN_NOT_ENROLLED: ReasonRule(12, _V.ACCEPT_NOTE, None, _D.NO_PEDIGREE_MATCH),
    _R.BRAND_KEY_MISMATCH: ReasonRule(13, _V.QUARANTINE, None, _D.SUSPECTED_COUNTERFEIT),
    _R.UNIT_DESTROYED: ReasonRule(14, _V.QUARANTINE, None, _D.SUSPECTED_COUNTERFEIT),
    _R.UNIT_VOID: ReasonRule(14, _V.QUARANTINE, None, _D.MISMATCH_INSTANCE),
    _R.UNIT_REPLACED: ReasonRule(14, _V.QUARANTINE, None, _D.MISMATCH_INSTANCE),
    _R.UNIT_COUNTERFEIT: ReasonRule(14, _V.QUARANTINE, None, _D.SUSPECTED_COUNTERFEIT),
    _R.UNIT_QUARANTINED: ReasonRule(14, _V.QUARANTINE, None, _D.NON_CONFORMANT),
    _R.UNIT_NOT_ACTIVE: ReasonRule(14, _V.QUARANTINE, None, _D.MISMATCH_INSTANCE),
    _R.UNIT_STOLEN: ReasonRule(15, _V.QUARANTINE, None, _D.STOLEN),
    _R.UNIT_RECALLED: ReasonRule(16, _V.QUARANTINE, None, _D.RECALLED),
    _R.UNIT_BLOCKED: ReasonRule(17, _V.QUARANTINE, None, _D.NON_CONFORMANT),
    _R.DUPLICATE_OTHER_STATION: ReasonRule(18, _V.QUARANTINE, None, _D.SUSPECTED_COUNTERFEIT),
    _R.DUPLICATE_SHIPPED: ReasonRule(18, _V.QUARANTINE, None, _D.SUSPECTED_COUNTERFEIT),
    _R.REPEAT_SAME_STATION: ReasonRule(19, _V.HOLD, None, _D.MISMATCH_INSTANCE),
    _R.RETURN_EXPECTED: ReasonRule(20, _V.ACCEPT_NOTE),
    _R.UNIT_EXPIRED: ReasonRule(21, _V.QUARANTINE, None, _D.EXPIRED),
    _R.DATA_MISMATCH: ReasonRule(22, _V.HOLD, None, _D.MISMATCH_INSTANCE),
    _R.UNIT_UNKNOWN_SIGNED: ReasonRule(23, _V.ACCEPT_NOTE, None, _D.NO_PEDIGREE_MATCH),
    _R.UNIT_UNKNOWN_UNSIGNED: ReasonRule(24, _V.HOLD, _V.QUARANTINE, _D.NO_PEDIGREE_MATCH),
    _R.SELLER_NOT_AUTHORISED: ReasonRule(25, _V.HOLD, None, _D.NON_CONFORMANT),
    _R.NOT_ON_ASN: ReasonRule(26, _V.HOLD, None, _D.MISMATCH_INSTANCE),
    _R.OVER: ReasonRule(26, _V.HOLD, None, _D.MISMATCH_INSTANCE),
    _R.WRONG_SHIPMENT: ReasonRule(26, _V.HOLD, None, _D.MISMATCH_INSTANCE),
    _R.REGISTRY_STALE: ReasonRule(27, None, None, _D.NO_PEDIGREE_MATCH),
    _R.CLOCK_WRONG: ReasonRule(27, None, None, _D.NO_PEDIGREE_MATCH),
    _R.DAMAGED: ReasonRule(28, _V.QUARANTINE, None, _D.DAMAGED, Lane.DAMAGED),
    _R.OK: ReasonRule(29, _V.ACCEPT),
}


@dataclass(frozen=True, slots=True)
class ClassRule:
    """What every verdict of a class has in common.

    Attributes:
        sound: What the operator hears.
        biz_step: What is told on of the unit; None where the class records nothing.
    """

    sound: Sound
    biz_step: BizStep | None


CLASS_RULES: Final[dict[VerdictClass, ClassRule]] = {
    _V.ACCEPT: ClassRule(Sound.GOOD, BizStep.RECEIVING),
    _V.ACCEPT_NOTE: ClassRule(Sound.NOTE, BizStep.RECEIVING),
    _V.RESCAN: ClassRule(Sound.AGAIN, None),
    _V.HOLD: ClassRule(Sound.ASK, BizStep.HOLDING),
    _V.QUARANTINE: ClassRule(Sound.ALARM, BizStep.HOLDING),
    _V.STOP: ClassRule(Sound.STOP, None),
}

DECLARABLE: Final = frozenset({Reason.UNREADABLE, Reason.NO_CODE, Reason.DAMAGED})
"""What an operator may declare of an item that no reader can speak for."""
