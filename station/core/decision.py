"""Decide: facts and policy in, a verdict out. The judge only computes.

All reasons that apply are collected and the worst class decides, so a further bad fact never makes
a verdict better. The exception is a read that identifies no unit (reasons 1 to 4, and a signature
that fails at a first read): it asks for a rescan, whatever else the label claims, because nothing
a misread label claims is a fact.

Where the rules leave a choice the policy makes it: of unenrolled products, of forms of code that a
brand does not accept yet, of what only a registry vouches for, of keys and registries that have
seen better days. A stricter policy never gives a better verdict.
"""

from collections.abc import Iterator
from typing import Final

from station.core.codes import SIGNED_KINDS, CodeKind
from station.core.diagnosis.faults import modifiers_of
from station.core.facts import Facts, Freshness, Repeat, SignatureStatus
from station.core.life import CAME_BACK, HERE, state_after
from station.core.policy import CompromisedKeyPolicy, PassOrHold, SitePolicy, UnenrolledPolicy
from station.core.reasons import DECLARABLE, RULES, Lane, Reason, VerdictClass
from station.core.registry import KeyState, Overlay, UnitState
from station.core.shipments import Expectation
from station.core.verdict import UnitChange, Verdict

_STATE_REASONS: Final = {
    UnitState.MINTED: Reason.UNIT_NOT_ACTIVE,
    UnitState.QUARANTINED: Reason.UNIT_QUARANTINED,
    UnitState.COUNTERFEIT: Reason.UNIT_COUNTERFEIT,
    UnitState.DESTROYED: Reason.UNIT_DESTROYED,
    UnitState.VOID: Reason.UNIT_VOID,
    UnitState.REPLACED: Reason.UNIT_REPLACED,
    UnitState.SHIPPED: Reason.DUPLICATE_SHIPPED,
    UnitState.RETURNED: Reason.RETURN_EXPECTED,
    UnitState.RETURNED_TO_SELLER: Reason.RETURN_EXPECTED,
}

_CLAIM_REASONS: Final = frozenset(_STATE_REASONS) - {UnitState.SHIPPED}
"""States by the site's own word that speak for themselves; of a unit that left here, the registry
knows whether another one like it is a return."""

_OVERLAY_REASONS: Final = (
    (Overlay.STOLEN, Reason.UNIT_STOLEN),
    (Overlay.RECALLED, Reason.UNIT_RECALLED),
    (Overlay.BLOCKED, Reason.UNIT_BLOCKED),
)

_SHIPMENT_REASONS: Final = {
    Expectation.NOT_ON_ASN: Reason.NOT_ON_ASN,
    Expectation.OVER: Reason.OVER,
    Expectation.WRONG_SHIPMENT: Reason.WRONG_SHIPMENT,
}

_DOUBTS: Final = {
    Freshness.AMBER: Reason.REGISTRY_STALE,
    Freshness.STALE: Reason.REGISTRY_STALE,
    Freshness.UNKNOWN: Reason.CLOCK_WRONG,
}
"""What flags a verdict by a registry that is not fresh for certain."""

NO_WITNESS: Final = frozenset({Freshness.STALE, Freshness.UNKNOWN})
"""Ages of a registry by which a verdict is provisional."""

_Weighed = tuple[Reason, VerdictClass]

_ALL_WELL: Final[list[_Weighed]] = [(Reason.OK, VerdictClass.ACCEPT)]


def decide(facts: Facts, policy: SitePolicy) -> Verdict:
    """Give the verdict.

    Args:
        facts: From `station.core.verification.verify`.
        policy: What counts for this item (`station.core.policy.effective_policy`).

    Returns:
        The verdict; total for every combination of facts.
    """
    modifiers = modifiers_of(facts.scanner_faults)
    doubt = _DOUBTS.get(facts.freshness)
    if doubt is not None:
        modifiers += (doubt,)
    stale = facts.freshness in NO_WITNESS
    if facts.fault is not None or not (facts.declared is None or facts.declared in DECLARABLE):
        return Verdict(VerdictClass.STOP, Reason.STATION_FAULT, modifiers=modifiers)
    unidentified = _unidentified(facts, policy)
    if unidentified is not None:
        return Verdict(VerdictClass.RESCAN, unidentified, modifiers=modifiers, provisional=stale)
    weighed = sorted(_applicable(facts, policy), key=_precedence)
    if not weighed and is_trusted(facts, policy):
        weighed = _ALL_WELL
    elif not weighed or (weighed[0][1].is_accept and not _may_accept(facts, policy)):
        # No rule speaks against it and none vouches for it: never accepted.
        weighed = [(Reason.STATION_FAULT, VerdictClass.STOP), *weighed]
    if stale and weighed[0][1].is_accept and policy.stale is PassOrHold.HOLD:
        weighed = [(doubt or Reason.REGISTRY_STALE, VerdictClass.HOLD), *weighed]
    reason, verdict_class = weighed[0]
    others = {other for other, _ in weighed}
    if facts.repeat is Repeat.SAME_PRESENTATION:
        others.add(Reason.REPEAT_SAME_STATION)
    return Verdict(
        verdict_class,
        reason,
        tuple(sorted(others - {reason, Reason.OK}, key=_number)),
        modifiers,
        provisional=stale or Reason.UNIT_UNKNOWN_SIGNED in others,
        change=_change(facts, policy, verdict_class),
        lane=_lane(policy, reason) if verdict_class is VerdictClass.QUARANTINE else "",
    )


def is_trusted(facts: Facts, policy: SitePolicy) -> bool:
    """Whether the code proves which unit this is, so that the unit's own state may change.

    A forged label, a revoked key or a key without entitlement proves nothing: the genuine unit
    must not suffer for it. A form without signature is trusted as far as its registry row goes,
    and only as read: what was guessed under a scanner's fault may be another unit.
    """
    if facts.identity is None or not facts.enrolled:
        return False
    if not _form_accepted(facts, policy) and not _in_grace(facts, policy):
        return False
    if facts.kind is not CodeKind.UC1:
        return facts.listed and not facts.scanner_faults
    if facts.signature is not SignatureStatus.VALID or not facts.key_entitled:
        return False
    match facts.key_state:
        case KeyState.ACTIVE | KeyState.RETIRED:
            return True
        case KeyState.COMPROMISED:
            as_revoked = policy.compromised_key is CompromisedKeyPolicy.QUARANTINE
            return facts.listed and not as_revoked
        case KeyState.REVOKED | None:
            return False


def _may_accept(facts: Facts, policy: SitePolicy) -> bool:
    """Whether anything vouches for the item: proof of which unit it is, or a policy.

    A brand that grants grace vouches for what carries no signature yet, never for a signed code.
    """
    if facts.enrolled is False or is_trusted(facts, policy):
        return True
    return bool(facts.enrolled) and facts.kind not in SIGNED_KINDS and _in_grace(facts, policy)


def _form_accepted(facts: Facts, policy: SitePolicy) -> bool:
    """Whether product, brand and site all take this form of code."""
    return facts.form_accepted and facts.kind in policy.accepts and facts.kind in policy.formats


def _in_grace(facts: Facts, policy: SitePolicy) -> bool:
    """Whether the brand does not insist yet on the forms it accepts, nor the site on its own."""
    return bool(facts.today) and facts.today < policy.enforce_from and facts.kind in policy.formats


def _grace_class(facts: Facts, policy: SitePolicy) -> VerdictClass:
    """What passes in the brand's time of grace is a note, unless somebody wants to be asked.

    With a stale registry the grace may have been withdrawn, with a wrong clock it may be over: then
    it is asked about, neither passed nor accused.
    """
    unsigned = facts.kind not in SIGNED_KINDS and policy.unsigned is PassOrHold.HOLD
    hold = unsigned or facts.freshness in NO_WITNESS
    return VerdictClass.HOLD if hold else VerdictClass.ACCEPT_NOTE


def _speaks_alone(facts: Facts, policy: SitePolicy) -> bool:
    """Whether a symbol with the GTIN alone is all that the item can be asked for.

    A product without unit codes has nothing else. One read of such a symbol is weak evidence, so
    it counts when it is read again; and a case's symbol is not the unit's.
    """
    if facts.kind is not CodeKind.TRADE_ITEM or not facts.second_read or facts.outer_level:
        return False
    return facts.enrolled is False or (facts.enrolled is True and _in_grace(facts, policy))


def _lane(policy: SitePolicy, reason: Reason) -> str:
    lanes = policy.lanes
    match RULES[reason].lane:
        case Lane.QUARANTINE:
            return lanes.quarantine
        case Lane.UNCODED:
            return lanes.uncoded
        case Lane.DAMAGED:
            return lanes.damaged
        case Lane.UNREADABLE:
            return lanes.unreadable


def _precedence(weighed: _Weighed) -> tuple[int, int]:
    reason, verdict_class = weighed
    return (-verdict_class, _number(reason))


def _number(reason: Reason) -> int:
    return RULES[reason].number


def _unidentified(facts: Facts, policy: SitePolicy) -> Reason | None:
    """The reason to ask for the item again before anything is said of a unit."""
    if facts.declared is not None:
        return None
    if facts.problem is Reason.PARSE_ERROR and facts.second_read:
        return None
    if facts.problem is Reason.WRONG_SYMBOL and _speaks_alone(facts, policy):
        return None
    if facts.problem is not None:
        return facts.problem
    first_alarm = facts.signature is SignatureStatus.INVALID and not facts.second_read
    if first_alarm and facts.places_in_frame == 1:
        return Reason.SIGNATURE_INVALID
    return None


def _applicable(facts: Facts, policy: SitePolicy) -> Iterator[_Weighed]:
    """Every reason that applies, each with the class it has in these circumstances."""
    if facts.declared is not None:
        yield _weigh(facts.declared, facts)
        return
    if facts.problem is Reason.PARSE_ERROR:
        yield _weigh(Reason.UNREADABLE, facts)
        yield Reason.PARSE_ERROR, VerdictClass.RESCAN
        return
    if facts.places_in_frame > 1:
        yield _weigh(Reason.CODE_TWICE_IN_FRAME, facts)
    if facts.enrolled is False:
        yield Reason.GTIN_NOT_ENROLLED, _unenrolled_class(facts, policy)
        yield from _of_the_shipment(facts)
        return
    yield from _of_the_code(facts, policy)
    if facts.signature is not SignatureStatus.INVALID:
        yield from _of_the_unit(facts, policy)
        yield from _of_the_shipment(facts)


def _unenrolled_class(facts: Facts, policy: SitePolicy) -> VerdictClass:
    """Goods of brands that take no part pass by policy; what only looks like them is asked for."""
    answers = {policy.unenrolled}
    if facts.level_of_enrolled:
        answers.add(policy.unenrolled_level)
    if facts.kind in SIGNED_KINDS:
        answers.add(policy.unenrolled_signed)
    return VerdictClass.HOLD if UnenrolledPolicy.HOLD in answers else VerdictClass.ACCEPT_NOTE


def _of_the_code(facts: Facts, policy: SitePolicy) -> Iterator[_Weighed]:
    """What speaks against the label itself."""
    if facts.signature is SignatureStatus.KEY_UNKNOWN:
        yield _weigh(Reason.KEY_UNKNOWN, facts)
    if facts.key_state is KeyState.REVOKED:
        yield _weigh(Reason.KEY_REVOKED, facts)
    if facts.key_state is KeyState.COMPROMISED:
        yield from _compromised(policy)
    if facts.signature is SignatureStatus.INVALID:
        yield _weigh(Reason.SIGNATURE_INVALID, facts)
    if not _form_accepted(facts, policy):
        yield _form_refused(facts, policy)
    elif facts.kind not in SIGNED_KINDS and facts.listed and policy.unsigned is PassOrHold.HOLD:
        yield Reason.SIGNATURE_MISSING, VerdictClass.HOLD
    if not facts.key_entitled:
        yield _weigh(Reason.BRAND_KEY_MISMATCH, facts)


def _compromised(policy: SitePolicy) -> Iterator[_Weighed]:
    match policy.compromised_key:
        case CompromisedKeyPolicy.LISTED:
            pass
        case CompromisedKeyPolicy.HOLD:
            yield Reason.KEY_REVOKED, VerdictClass.HOLD
        case CompromisedKeyPolicy.QUARANTINE:
            yield Reason.KEY_REVOKED, VerdictClass.QUARANTINE


def _form_refused(facts: Facts, policy: SitePolicy) -> _Weighed:
    """A form that is not accepted: a note in the brand's time of grace, an alarm after it."""
    must_be_signed = facts.form_must_be_signed or policy.accepts & policy.formats <= SIGNED_KINDS
    missing = facts.signature is SignatureStatus.ABSENT and must_be_signed
    reason = Reason.SIGNATURE_MISSING if missing else Reason.FORMAT_NOT_ACCEPTED
    if _in_grace(facts, policy):
        return reason, _grace_class(facts, policy)
    return _weigh(reason, facts)


def _of_the_unit(facts: Facts, policy: SitePolicy) -> Iterator[_Weighed]:
    """What registry and site say of the unit the label names."""
    if facts.unit_state is not None and facts.unit_state in _STATE_REASONS:
        yield _weigh(_STATE_REASONS[facts.unit_state], facts)
    if facts.overlays:
        for overlay, reason in _OVERLAY_REASONS:
            if facts.overlays & overlay:
                yield _weigh(reason, facts)
    if facts.expired:
        yield _weigh(Reason.UNIT_EXPIRED, facts)
    if facts.received_elsewhere is not None and facts.unit_state is not UnitState.SHIPPED:
        yield _weigh(Reason.DUPLICATE_OTHER_STATION, facts)
    if facts.data_mismatch:
        yield _weigh(Reason.DATA_MISMATCH, facts)
    if facts.scanner_faults and facts.kind is not CodeKind.UC1:
        # Nothing but the registry row speaks for the diagnosis, also at a second read.
        yield Reason.UNIT_UNKNOWN_UNSIGNED, VerdictClass.HOLD
    yield from _of_this_site(facts, policy)
    if not facts.listed:
        yield from _unlisted(facts, policy)


def _of_this_site(facts: Facts, policy: SitePolicy) -> Iterator[_Weighed]:
    """How the unit stands by this site's own claim.

    "Second unit?" is asked of a label that may be a unit's own; one of a form the product refuses
    has to be scanned again anyway, and no answer would make it a unit.
    """
    match facts.repeat:
        case Repeat.SAME_PRESENTATION:
            if facts.standing_class is not None and facts.standing_reason is not None:
                yield facts.standing_reason, facts.standing_class
        case Repeat.NEW_PRESENTATION if _form_accepted(facts, policy) or _in_grace(facts, policy):
            yield _weigh(Reason.REPEAT_SAME_STATION, facts)
        case Repeat.NEW_PRESENTATION:
            yield Reason.REPEAT_SAME_STATION, VerdictClass.RESCAN
        case Repeat.NONE:
            pass
    by_claim = facts.claim_state in _CLAIM_REASONS
    if by_claim and facts.claim_state is not None and facts.repeat is not Repeat.SAME_PRESENTATION:
        yield _weigh(_STATE_REASONS[facts.claim_state], facts)


def _unlisted(facts: Facts, policy: SitePolicy) -> Iterator[_Weighed]:
    """A unit the registry does not know; proven genuine only by a valid signature.

    Where the registry holds a product's exceptions alone, not to be one of them is to be well; what
    somebody else may sign has to be listed.
    """
    if facts.signature is SignatureStatus.VALID:
        if facts.by_signature and is_trusted(facts, policy):
            return
        hold = facts.key_state is KeyState.COMPROMISED or policy.unlisted is PassOrHold.HOLD
        yield Reason.UNIT_UNKNOWN_SIGNED, VerdictClass.HOLD if hold else VerdictClass.ACCEPT_NOTE
    elif facts.kind is CodeKind.UC1 or facts.problem is not None:
        return
    elif _in_grace(facts, policy):
        yield Reason.UNIT_UNKNOWN_UNSIGNED, _grace_class(facts, policy)
    elif _form_accepted(facts, policy):
        yield _weigh(Reason.UNIT_UNKNOWN_UNSIGNED, facts)


def _of_the_shipment(facts: Facts) -> Iterator[_Weighed]:
    """What speaks against the unit in this delivery; a repeat is no delivery of its own."""
    if facts.repeat is not Repeat.NONE:
        return
    if not facts.seller_authorised:
        yield _weigh(Reason.SELLER_NOT_AUTHORISED, facts)
    if facts.expectation in _SHIPMENT_REASONS:
        yield _weigh(_SHIPMENT_REASONS[facts.expectation], facts)


def _weigh(reason: Reason, facts: Facts) -> _Weighed:
    """A reason with its class at this read."""
    second = RULES[reason].second_class if facts.second_read else None
    return reason, second if second is not None else _class_of(reason)


def _class_of(reason: Reason) -> VerdictClass:
    verdict_class = RULES[reason].verdict_class
    if verdict_class is None:
        raise ValueError(f"{reason.value} is a modifier and decides nothing")
    return verdict_class


def _change(facts: Facts, policy: SitePolicy, verdict_class: VerdictClass) -> UnitChange:
    """What the verdict writes on the unit at this site."""
    if not is_trusted(facts, policy):
        return UnitChange.NONE
    if verdict_class is VerdictClass.QUARANTINE:
        change = UnitChange.QUARANTINE
    elif verdict_class.is_accept and facts.repeat is Repeat.NONE and not _counted(facts):
        change = UnitChange.RECEIVE
    else:
        return UnitChange.NONE
    moved = state_after(facts.claim_state, change)
    return UnitChange.NONE if moved is None else change


def _counted(facts: Facts) -> bool:
    """Whether this site has counted the unit already, and it has not come back since."""
    return facts.claim_state in HERE and facts.unit_state not in CAME_BACK
