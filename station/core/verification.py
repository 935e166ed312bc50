"""Verify: collect the facts of one item, with no judgement.

The caller fetches what registry and station database know (`Knowledge`) and says how the item was
presented (`Circumstances`); `verify` checks the signature and lines the facts up for
`station.core.decision.decide`. Pure: the same arguments give the same facts.
"""

from dataclasses import dataclass
from datetime import date, timedelta
from functools import lru_cache
from typing import Final

from msgspec import Struct

from station.core.acts import Standing
from station.core.codes import (
    SIGNED_KINDS,
    Algorithm,
    Attributes,
    CodeKind,
    OpaqueUnit,
    ParsedCode,
    PlainUnit,
    ReadProblem,
    SignedUnit,
    TradeItem,
    UnitIdentity,
    identity_of,
    kind_of,
)
from station.core.crypto import PublicKey
from station.core.diagnosis.faults import ScannerFault
from station.core.facts import Facts, Freshness, Repeat, SignatureStatus
from station.core.life import CAME_BACK, HERE
from station.core.policy import Issuance
from station.core.reasons import Reason, VerdictClass
from station.core.registry import (
    KeyRecord,
    KeyState,
    Overlay,
    ProductRecord,
    UnitRecord,
    UnitState,
)
from station.core.shipments import Expectation

MAX_LOADED_KEYS: Final = 4096
"""Loaded public keys kept ready; a key costs some 10 microseconds to load."""

MAX_KNOWN_DAYS: Final = 4096
"""Expiry dates worked out and kept: a lot's units share one."""


class Knowledge(Struct, frozen=True):
    """What is known of a code before judging it.

    Attributes:
        product: The enrolled product of the code's GTIN, or None.
        key: The key the tag names, in the product's brand's namespace, or None.
        unit: The unit's row, or None.
        claim: How the unit stands at this site, or None.
        level_of_enrolled: Whether a product would be known under another indicator digit.
        issuance: What the registry held can prove of the product's units.
    """

    product: ProductRecord | None = None
    key: KeyRecord | None = None
    unit: UnitRecord | None = None
    claim: Standing | None = None
    level_of_enrolled: bool = False
    issuance: Issuance = Issuance.LISTED


NOTHING_KNOWN: Final = Knowledge()


class Circumstances(Struct, frozen=True):
    """How an item was presented.

    Attributes:
        station: This station's name.
        today: The date, ``YYYY-MM-DD``, UTC.
        same_presentation: Whether the unit's claim was made in this very presentation.
        presented_class: The worst class the same read was given before in this presentation.
        second_read: Whether the same item was asked for again before.
        places_in_frame: At how many separate places of one frame the code shows.
        place_in_frame: The how many-th of them this is, from 1.
        freshness: The registry's age tier.
        expectation: How the unit stands to the shipment that is open.
        other_shipment: The shipment that announces it instead, or None.
        seller_authorised: Whether the open shipment's seller may supply it.
    """

    station: str
    today: str
    same_presentation: bool = False
    second_read: bool = False
    places_in_frame: int = 1
    freshness: Freshness = Freshness.FRESH
    expectation: Expectation = Expectation.NONE
    other_shipment: str | None = None
    seller_authorised: bool = True
    presented_class: VerdictClass | None = None
    place_in_frame: int = 1


@dataclass(frozen=True, slots=True)
class SignatureCheck:
    """What became of checking a code's signature.

    Attributes:
        status: What is known of it.
        key_entitled: Whether the key may sign for the code's GTIN.
    """

    status: SignatureStatus
    key_entitled: bool


def verify(
    code: ParsedCode,
    knowledge: Knowledge,
    circumstances: Circumstances,
    *,
    checked: SignatureCheck | None = None,
    scanner_faults: tuple[ScannerFault, ...] = (),
) -> Facts:
    """Collect the facts of a parsed code.

    Args:
        code: What was read.
        knowledge: What registry and station database say of it.
        circumstances: How it was presented.
        checked: From `check_signature` with the same code, product and key; None checks here.
        scanner_faults: What was undone to read the code.

    Returns:
        The facts; total for every parsed code.
    """
    kind = kind_of(code)
    identity = named_by(code, knowledge)
    product, unit = knowledge.product, knowledge.unit
    enrolled = _enrolled(code, product)
    checked = checked or check_signature(code, product, knowledge.key)
    claim = knowledge.claim
    today = date.fromisoformat(circumstances.today)
    return Facts(
        kind=kind,
        problem=problem_of(code),
        identity=identity,
        enrolled=enrolled,
        form_accepted=_form_accepted(code, kind, product),
        form_must_be_signed=product is not None and product.accepted_kinds <= SIGNED_KINDS,
        signature=checked.status,
        key_state=knowledge.key.state if knowledge.key is not None else None,
        key_entitled=checked.key_entitled,
        listed=unit is not None,
        unit_state=unit.state if unit is not None else None,
        overlays=unit.overlays if unit is not None else Overlay.NONE,
        received_elsewhere=_elsewhere(unit, claim, circumstances.station),
        expired=unit is not None and _expired(unit, today),
        data_mismatch=_mismatch(code, unit, today),
        claim_state=claim.state if claim is not None else None,
        claim_station=claim.station if claim is not None else None,
        standing_class=claim.verdict_class if claim is not None else None,
        standing_reason=claim.reason if claim is not None else None,
        repeat=_repeat(unit, claim, circumstances),
        second_read=circumstances.second_read,
        places_in_frame=circumstances.places_in_frame,
        freshness=circumstances.freshness,
        today=circumstances.today,
        outer_level=_outer_level(code),
        level_of_enrolled=knowledge.level_of_enrolled,
        scanner_faults=scanner_faults,
        expectation=circumstances.expectation,
        other_shipment=circumstances.other_shipment,
        seller_authorised=circumstances.seller_authorised,
        claim_scan=claim.scan_id if claim is not None else None,
        claim_previous=claim.previous if claim is not None else None,
        presented_class=circumstances.presented_class,
        place_in_frame=circumstances.place_in_frame,
        by_signature=unit is None and knowledge.issuance is Issuance.SIGNATURE,
    )


_NOT_EVALUATED: Final = SignatureCheck(SignatureStatus.NOT_EVALUATED, key_entitled=True)
_ABSENT: Final = SignatureCheck(SignatureStatus.ABSENT, key_entitled=True)
_KEY_UNKNOWN: Final = SignatureCheck(SignatureStatus.KEY_UNKNOWN, key_entitled=True)
_GENUINE: Final = SignatureCheck(SignatureStatus.VALID, key_entitled=True)
"""Made once: it is what nearly every unit gets."""


def named_by(code: ParsedCode, knowledge: Knowledge) -> UnitIdentity | None:
    """The unit a code names: by itself, or because the registry lists it under that code."""
    product, unit = knowledge.product, knowledge.unit
    if isinstance(code, OpaqueUnit) and product is not None and unit is not None:
        return UnitIdentity(product.gtin, unit.serial)
    return identity_of(code)


@lru_cache(maxsize=MAX_LOADED_KEYS)
def _loaded(algorithm: Algorithm, public_key: bytes) -> PublicKey:
    return PublicKey.load(algorithm, public_key)


def check_signature(
    code: ParsedCode, product: ProductRecord | None, key: KeyRecord | None
) -> SignatureCheck:
    """Check a code's signature with the key its tag names.

    A signature is checked for enrolled products only: of any other there is no key to trust.
    """
    if isinstance(code, PlainUnit) and code.kind is not CodeKind.SGTIN:
        return _NOT_EVALUATED
    if not isinstance(code, SignedUnit):
        return _ABSENT
    if product is None:
        return _NOT_EVALUATED
    if key is None:
        return _KEY_UNKNOWN
    of_the_brand = key.brand_id == product.brand_id
    entitled = of_the_brand and (not key.gtins or code.identity.gtin in key.gtins)
    status = _status(code, key)
    if entitled and status is SignatureStatus.VALID:
        return _GENUINE
    return SignatureCheck(status, entitled)


def _status(code: SignedUnit, key: KeyRecord) -> SignatureStatus:
    if key.state is KeyState.REVOKED:
        return SignatureStatus.NOT_EVALUATED
    return signature_status(code, key)


def signature_status(code: SignedUnit, key: KeyRecord) -> SignatureStatus:
    """Whether a key made a code's signature, whatever is said of the key."""
    if key.algorithm is not code.algorithm:
        return SignatureStatus.INVALID
    try:
        public_key = _loaded(key.algorithm, key.public_key)
    except ValueError:
        # A key nobody can load is as good as one we do not have: synchronising may mend it.
        return SignatureStatus.KEY_UNKNOWN
    genuine = public_key.verify(code.signature, code.signed_bytes)
    return SignatureStatus.VALID if genuine else SignatureStatus.INVALID


def problem_of(code: ParsedCode) -> Reason | None:
    """Why a code names no unit; a product, pallet or tote label is a wrong symbol at the dock."""
    match code:
        case ReadProblem(reason=reason):
            return reason
        case SignedUnit() | PlainUnit() | OpaqueUnit():
            return None
        case _:
            return Reason.WRONG_SYMBOL


def _enrolled(code: ParsedCode, product: ProductRecord | None) -> bool | None:
    """Whether the GTIN is enrolled; None where the code names none."""
    if isinstance(code, SignedUnit | PlainUnit | TradeItem):
        return product is not None
    return True if product is not None else None


def _outer_level(code: ParsedCode) -> bool:
    """Whether the GTIN says that this is a case, a pallet or a weighed piece, not the unit."""
    match code:
        case TradeItem(gtin=gtin):
            return gtin[0] != "0"
        case SignedUnit(identity=identity) | PlainUnit(identity=identity):
            return identity.gtin[0] != "0"
        case _:
            return False


def _form_accepted(code: ParsedCode, kind: CodeKind, product: ProductRecord | None) -> bool:
    if product is None:
        return True
    if isinstance(code, SignedUnit) and code.tag_ai != product.tag_ai:
        return False
    return kind in product.accepted_kinds


def _elsewhere(unit: UnitRecord | None, claim: Standing | None, station: str) -> str | None:
    """Which other station has received the unit, by the site's or the registry's word."""
    if claim is not None and claim.state in HERE and claim.station != station:
        return None if _before_return(unit, claim) else claim.station
    if unit is None or unit.state not in HERE or unit.place == station:
        return None
    if claim is not None and unit.place == claim.station:
        return None  # the site's own receipt come back, and the site knows what became of it
    return unit.place or "another station"


def _before_return(unit: UnitRecord | None, claim: Standing) -> bool:
    """Whether a unit was received here, went away, and by the registry has come back since."""
    returned = unit is not None and unit.state in CAME_BACK
    return returned and claim.state in HERE and claim.reason is not Reason.RETURN_EXPECTED


def _repeat(
    unit: UnitRecord | None, claim: Standing | None, circumstances: Circumstances
) -> Repeat:
    """How this read stands to the unit's claim here.

    A registry row that says "received here" while this site's own database holds no claim means a
    lost database: the unit is not received twice on the strength of that. A unit that went away
    and came back is no repeat, whether the registry or this site knows that it went.
    """
    if claim is not None:
        if circumstances.same_presentation:
            return Repeat.SAME_PRESENTATION
        away = claim.state in CAME_BACK or _before_return(unit, claim)
        here = claim.station == circumstances.station
        return Repeat.NEW_PRESENTATION if here and not away else Repeat.NONE
    received_here = (
        unit is not None
        and unit.state is UnitState.RECEIVED
        and unit.place == circumstances.station
    )
    return Repeat.NEW_PRESENTATION if received_here else Repeat.NONE


def _mismatch(code: ParsedCode, unit: UnitRecord | None, today: date) -> tuple[str, ...]:
    """Names of printed attributes that contradict the registry; absence is no contradiction.

    A date of the registry's that is no date at all contradicts everything.
    """
    if unit is None or not isinstance(code, SignedUnit | PlainUnit):
        return ()
    printed: Attributes = code.attributes
    names = []
    if printed.lot is not None and unit.lot is not None and printed.lot != unit.lot:
        names.append("lot")
    if unit.expiry is not None:
        known = last_good_day(unit.expiry, today)
        if known is None or (
            printed.expiry is not None
            and printed.expiry != unit.expiry
            and last_good_day(printed.expiry, today) != known
        ):
            names.append("expiry")
    return tuple(names)


def _expired(unit: UnitRecord, today: date) -> bool:
    """Whether the publisher calls the unit expired, or its last good day lies before today."""
    if unit.overlays & Overlay.EXPIRED:
        return True
    last_day = None if unit.expiry is None else last_good_day(unit.expiry, today)
    return last_day is not None and last_day < today


@lru_cache(maxsize=MAX_KNOWN_DAYS)
def last_good_day(expiry: str, today: date) -> date | None:
    """The day an AI 17 date means, or None where it means none.

    Args:
        expiry: YYMMDD; day ``00``, or one the month does not have, means the month's last day.
        today: Decides the century.

    Source: GS1 General Specifications, sections 3.4.7 (AI 17) and 7.12 (century).
    """
    if len(expiry) != 6 or not (expiry.isascii() and expiry.isdigit()):
        return None
    month, day = int(expiry[2:4]), int(expiry[4:])
    if not 1 <= month <= 12 or day > 31:
        return None
    year = today.year - today.year % 100 + int(expiry[:2])
    if year - today.year >= 51:
        year -= 100
    elif today.year - year >= 50:
        year += 100
    last_day = date(year + month // 12, month % 12 + 1, 1) - timedelta(days=1)
    return last_day if day == 0 or day > last_day.day else last_day.replace(day=day)
