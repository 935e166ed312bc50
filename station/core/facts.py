"""The facts a verdict is decided from, collected by `station.core.verification`.

Facts carry no judgement and are kept in the journal: the same facts and policy give the same
verdict years later.
"""

from enum import Enum

from msgspec import Struct

from station.core.codes import CodeKind, UnitIdentity
from station.core.diagnosis.faults import ScannerFault
from station.core.reasons import Reason, VerdictClass
from station.core.registry import KeyState, Overlay, UnitState
from station.core.shipments import Expectation


class SignatureStatus(Enum):
    """What is known of a code's signature."""

    ABSENT = "absent"
    NOT_EVALUATED = "not_evaluated"
    """A signature of another system is present."""
    KEY_UNKNOWN = "key_unknown"
    INVALID = "invalid"
    VALID = "valid"


class Repeat(Enum):
    """How this read stands to an earlier one of the same unit at this site."""

    NONE = "none"
    SAME_PRESENTATION = "same_presentation"
    NEW_PRESENTATION = "new_presentation"


class Freshness(Enum):
    """How old the registry is, by the site's tiers."""

    FRESH = "fresh"
    AMBER = "amber"
    STALE = "stale"
    UNKNOWN = "unknown"
    """The clock is wrong: nobody can say."""


class Facts(Struct, frozen=True):
    """Everything a decision may use.

    Attributes:
        kind: What the payload is.
        problem: Why it names no unit, or None.
        declared: What the operator declared instead of a scan, or None.
        identity: The unit it claims to be, or None.
        enrolled: Whether the GTIN is enrolled; None when no GTIN is known.
        form_accepted: Whether the product accepts this kind of code.
        form_must_be_signed: Whether every form the product accepts is signed.
        signature: What is known of the signature.
        key_state: The state of the key named in the tag, or None.
        key_entitled: Whether that key may sign for this GTIN.
        listed: Whether the registry has a row for the unit.
        by_signature: Whether the registry holds the product's exceptions alone and this unit is
            none: that it was issued is the signature's word.
        unit_state: The registry's state of the unit, or None when not listed.
        overlays: What the registry lays over it.
        received_elsewhere: The other station that received it, or None.
        expired: Whether the registry's expiry date has passed.
        data_mismatch: Names of printed attributes that differ from the registry.
        claim_state: This site's own state of the unit, or None when never met.
        claim_station: Which of the site's stations met it.
        claim_scan: The scan or act that made it so, or None when never met.
        claim_previous: The state before, where `claim_state` is QUARANTINED and there was one.
        standing_class: The class this site gave it then.
        standing_reason: The headline this site gave it then.
        presented_class: The worst class the same read was given before in this presentation, at
            the same place of the frame, or None for its first.
        repeat: How this read stands to the earlier one.
        second_read: Whether the same item was asked for again before.
        places_in_frame: At how many separate places of one frame the code shows; 1 ordinarily.
        place_in_frame: The how many-th of them this is, from 1; 0 where that was not written down.
        freshness: The registry's age tier.
        fault: Why the station cannot decide at all, or None.
        today: The day it was read, ``YYYY-MM-DD``, UTC; ``""`` where that is not known.
        outer_level: Whether the GTIN is that of a case or pallet: its indicator digit is 1 to 9.
        level_of_enrolled: Whether the GTIN is not enrolled, but would be with another indicator
            digit.
        scanner_faults: What was undone to read the code; empty where it verified as read.
        expectation: How the unit stands to the shipment that is open.
        other_shipment: The shipment that announces it instead, or None.
        seller_authorised: Whether the open shipment's seller may supply this product; true where
            nobody says who supplies it, or the brand says nothing of who may.
    """

    kind: CodeKind
    problem: Reason | None = None
    declared: Reason | None = None
    identity: UnitIdentity | None = None
    enrolled: bool | None = None
    form_accepted: bool = True
    form_must_be_signed: bool = False
    signature: SignatureStatus = SignatureStatus.ABSENT
    key_state: KeyState | None = None
    key_entitled: bool = True
    listed: bool = False
    unit_state: UnitState | None = None
    overlays: Overlay = Overlay.NONE
    received_elsewhere: str | None = None
    expired: bool = False
    data_mismatch: tuple[str, ...] = ()
    claim_state: UnitState | None = None
    claim_station: str | None = None
    standing_class: VerdictClass | None = None
    standing_reason: Reason | None = None
    repeat: Repeat = Repeat.NONE
    second_read: bool = False
    places_in_frame: int = 1
    freshness: Freshness = Freshness.FRESH
    fault: str | None = None
    today: str = ""
    outer_level: bool = False
    level_of_enrolled: bool = False
    scanner_faults: tuple[ScannerFault, ...] = ()
    expectation: Expectation = Expectation.NONE
    other_shipment: str | None = None
    seller_authorised: bool = True
    claim_scan: str | None = None
    claim_previous: UnitState | None = None
    presented_class: VerdictClass | None = None
    by_signature: bool = False
    place_in_frame: int = 0
