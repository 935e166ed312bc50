"""Decide: facts and policy in, a verdict out. The judge only computes.

All reasons that apply are collected and the worst class decides, so a further bad fact never makes
a verdict better. The exception is a read that identifies no unit (reasons 1 to 4, and a signature
that fails at a first read): it asks for a rescan, whatever else the label claims, because nothing
a misread label claims is a fact.
"""

from collections.abc import Iterator
from typing import Final

from station.core.codes import CodeKind
from station.core.diagnosis.faults import modifiers_of
from station.core.facts import Facts, Freshness, Repeat, SignatureStatus
from station.core.policy import SitePolicy
from station.core.reasons import DECLARABLE, RULES, Reason, VerdictClass
from station.core.registry import KeyState, Overlay, UnenrolledPolicy, UnitState
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

_OVERLAY_REASONS: Final = (
    (Overlay.STOLEN, Reason.UNIT_STOLEN),
    (Overlay.RECALLED, Reason.UNIT_RECALLED),
    (Overlay.BLOCKED, Reason.UNIT_BLOCKED),
)

_Weighed = tuple[Reason, VerdictClass]

_ALL_WELL: Final[list[_Weighed]] = [(Reason.OK, VerdictClass.ACCEPT)]


def decide(facts: Facts, policy: SitePolicy) -> Verdict:
    """Give the verdict.

    Args:
        facts: From `station.core.verification.verify`.
        policy: The site's choices.

    Returns:
        The verdict; total for every combination of facts.
    """
    modifiers = modifiers_of(facts.scanner_faults)
    if facts.freshness is not Freshness.FRESH:
        modifiers += (Reason.REGISTRY_STALE,)
    stale = facts.freshness is Freshness.STALE
    if facts.fault is not None or not (facts.declared is None or facts.declared in DECLARABLE):
        return Verdict(VerdictClass.STOP, Reason.STATION_FAULT, modifiers=modifiers)
    unidentified = _unidentified(facts)
    if unidentified is not None:
        return Verdict(VerdictClass.RESCAN, unidentified, modifiers=modifiers, provisional=stale)
    weighed = sorted(_applicable(facts, policy), key=_precedence)
    if not weighed and is_trusted(facts):
        weighed = _ALL_WELL
    elif not weighed or (weighed[0][1].is_accept and not _may_accept(facts)):
        # No rule speaks against it and none vouches for it: never accepted.
        weighed = [(Reason.STATION_FAULT, VerdictClass.STOP), *weighed]
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
        change=_change(facts, verdict_class),
    )


def is_trusted(facts: Facts) -> bool:
    """Whether the code proves which unit this is, so that the unit's own state may change.

    A forged label, a revoked key or a key without entitlement proves nothing: the genuine unit
    must not suffer for it. A form without signature is trusted as far as its registry row goes,
    and only as read: what was guessed under a scanner's fault may be another unit.
    """
    if facts.identity is None or not facts.enrolled or not facts.form_accepted:
        return False
    if facts.kind is not CodeKind.UC1:
        return facts.listed and not facts.scanner_faults
    if facts.signature is not SignatureStatus.VALID or not facts.key_entitled:
        return False
    match facts.key_state:
        case KeyState.ACTIVE | KeyState.RETIRED:
            return True
        case KeyState.COMPROMISED:
            return facts.listed
        case KeyState.REVOKED | None:
            return False


def _may_accept(facts: Facts) -> bool:
    """Whether anything vouches for the item: proof of which unit it is, or the site's policy."""
    return is_trusted(facts) or facts.enrolled is False


def _precedence(weighed: _Weighed) -> tuple[int, int]:
    reason, verdict_class = weighed
    return (-verdict_class, _number(reason))


def _number(reason: Reason) -> int:
    return RULES[reason].number


def _unidentified(facts: Facts) -> Reason | None:
    """The reason to ask for the item again before anything is said of a unit."""
    if facts.declared is not None:
        return None
    if facts.problem is Reason.PARSE_ERROR and facts.second_read:
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
        hold = policy.unenrolled is UnenrolledPolicy.HOLD
        yield Reason.GTIN_NOT_ENROLLED, VerdictClass.HOLD if hold else VerdictClass.ACCEPT_NOTE
        return
    yield from _of_the_code(facts)
    if facts.signature is not SignatureStatus.INVALID:
        yield from _of_the_unit(facts)


def _of_the_code(facts: Facts) -> Iterator[_Weighed]:
    """What speaks against the label itself."""
    if facts.signature is SignatureStatus.KEY_UNKNOWN:
        yield _weigh(Reason.KEY_UNKNOWN, facts)
    if facts.key_state is KeyState.REVOKED:
        yield _weigh(Reason.KEY_REVOKED, facts)
    if facts.signature is SignatureStatus.INVALID:
        yield _weigh(Reason.SIGNATURE_INVALID, facts)
    if not facts.form_accepted:
        missing = facts.signature is SignatureStatus.ABSENT and facts.form_must_be_signed
        yield _weigh(Reason.SIGNATURE_MISSING if missing else Reason.FORMAT_NOT_ACCEPTED, facts)
    if not facts.key_entitled:
        yield _weigh(Reason.BRAND_KEY_MISMATCH, facts)


def _of_the_unit(facts: Facts) -> Iterator[_Weighed]:
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
    yield from _of_this_site(facts)
    if not facts.listed:
        yield from _unlisted(facts)


def _of_this_site(facts: Facts) -> Iterator[_Weighed]:
    """How the unit stands by this site's own claim."""
    match facts.repeat:
        case Repeat.SAME_PRESENTATION:
            if facts.standing_class is not None and facts.standing_reason is not None:
                yield facts.standing_reason, facts.standing_class
        case Repeat.NEW_PRESENTATION:
            yield _weigh(Reason.REPEAT_SAME_STATION, facts)
        case Repeat.NONE:
            pass
    quarantined_before = facts.claim_state is UnitState.QUARANTINED
    if quarantined_before and facts.repeat is not Repeat.SAME_PRESENTATION:
        yield _weigh(Reason.UNIT_QUARANTINED, facts)


def _unlisted(facts: Facts) -> Iterator[_Weighed]:
    """A unit the registry does not know; proven genuine only by a valid signature."""
    if facts.signature is SignatureStatus.VALID:
        hold = facts.key_state is KeyState.COMPROMISED
        yield Reason.UNIT_UNKNOWN_SIGNED, VerdictClass.HOLD if hold else VerdictClass.ACCEPT_NOTE
    elif facts.kind is not CodeKind.UC1 and facts.form_accepted:
        yield _weigh(Reason.UNIT_UNKNOWN_UNSIGNED, facts)


def _weigh(reason: Reason, facts: Facts) -> _Weighed:
    """A reason with its class at this read."""
    second = RULES[reason].second_class if facts.second_read else None
    return reason, second if second is not None else _class_of(reason)


def _class_of(reason: Reason) -> VerdictClass:
    verdict_class = RULES[reason].verdict_class
    if verdict_class is None:
        raise ValueError(f"{reason.value} is a modifier and decides nothing")
    return verdict_class


def _change(facts: Facts, verdict_class: VerdictClass) -> UnitChange:
    """What the verdict writes on the unit at this site."""
    if not is_trusted(facts):
        return UnitChange.NONE
    if verdict_class is VerdictClass.QUARANTINE:
        quarantined = facts.claim_state is UnitState.QUARANTINED
        return UnitChange.NONE if quarantined else UnitChange.QUARANTINE
    first = facts.repeat is Repeat.NONE and facts.claim_state is None
    return UnitChange.RECEIVE if verdict_class.is_accept and first else UnitChange.NONE
