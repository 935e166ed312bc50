"""Why an act may not be done: each check gives the refusal, or None. Pure."""

from typing import Final

from station.core.act_request import ActRequest, Hand, Refusal, Situation
from station.core.acts import ACT_RULES, ActKind, ActRule, Standing
from station.core.causes import Cause
from station.core.facts import Facts
from station.core.life import CAME_BACK, HERE, state_after
from station.core.operators import Role
from station.core.reasons import DECLARABLE, Reason
from station.core.registry import Overlay, UnitState
from station.core.review import ReviewItem
from station.core.telling import refuse
from station.core.verdict import UnitChange

_ENDED: Final = frozenset({UnitState.COUNTERFEIT, UnitState.DESTROYED, UnitState.VOID})
"""States in which no item of the unit may come in under another code."""

_NOT_IN_HAND: Final = frozenset({UnitState.DESTROYED, UnitState.VOID}) | CAME_BACK
"""States of a unit that is in nobody's hand: an item that shows its code is another one."""

_BY_ITEMS: Final = frozenset({None, UnitState.QUARANTINED})
"""States of a unit whose items under review are all that is left of it: the last stays open."""

_NEEDS_ROLE: Final = {
    Role.OPERATOR: Cause.NEEDS_OPERATOR,
    Role.SUPERVISOR: Cause.NEEDS_SUPERVISOR,
    Role.ADMIN: Cause.NEEDS_ADMIN,
}

NEEDS_REFERENCE: Final = {
    ActKind.QUARANTINE: Cause.NEEDS_TOTE,
    ActKind.CONFIRM_COUNTERFEIT: Cause.NEEDS_CASE_NUMBER,
    ActKind.OPEN_SHIPMENT: Cause.NEEDS_SHIPMENT,
    ActKind.CLOSE_SHIPMENT: Cause.NEEDS_SHIPMENT,
    ActKind.SCANNER_CERTIFIED: Cause.NEEDS_CERTIFICATE,
}
"""What an act that can be asked for is told to lack where its reference is missing."""


def refused_by_rule(
    request: ActRequest, hand: Hand, *, reason: bool | None = None
) -> Refusal | None:
    """Why the rule of an act forbids it, whatever it is about.

    Args:
        request: What is asked.
        hand: Who asks.
        reason: Whether a reason in words is needed; by the act's own rule where None.
    """
    rule: ActRule = ACT_RULES[request.kind]
    if hand.actor.role < rule.role:
        return refuse(_NEEDS_ROLE[rule.role])
    if rule.role >= Role.SUPERVISOR and not hand.actor.proven:
        return refuse(Cause.NEEDS_PIN)
    if (rule.reason if reason is None else reason) and not request.reason_text.strip():
        return refuse(Cause.NEEDS_REASON)
    if rule.reference and not request.reference.strip():
        return refuse(NEEDS_REFERENCE[request.kind])
    return _without_witness(hand) if rule.witness else None


def _without_witness(hand: Hand) -> Refusal | None:
    if hand.witness is None:
        return refuse(Cause.NEEDS_WITNESS)
    if hand.witness.name == hand.actor.name:
        return refuse(Cause.NEEDS_OTHER_WITNESS)
    return None if hand.witness.proven else refuse(Cause.NEEDS_WITNESS_PIN)


def unanswered(kind: ActKind, standing: Standing | None, *, proven: bool) -> Refusal | None:
    """A unit that stands received: is it the item in hand? Nothing is done before that is known."""
    if not proven or standing is None or standing.state not in HERE:
        return None
    if kind in {ActKind.SAME_UNIT, ActKind.SECOND_UNIT}:
        return None
    return refuse(Cause.SAME_OR_SECOND)


def no_answer(kind: ActKind, situation: Situation, *, proven: bool) -> Refusal | None:
    """Why "same" or "second" answers nothing: no unit of the code is here as it ought to be."""
    standing = situation.standing
    if kind is ActKind.SAME_UNIT:
        state = None if standing is None else standing.state
        known = bool(situation.other_items) if state in _BY_ITEMS else state not in _NOT_IN_HAND
        if not (proven and known):
            return refuse(Cause.NO_SUCH_UNIT_HERE)
    elif kind is ActKind.SECOND_UNIT and (
        not proven or standing is None or standing.state not in HERE
    ):
        return refuse(Cause.NO_UNIT_RECEIVED)
    return None


def not_one_of_two(kind: ActKind, item: ReviewItem, hand: Hand) -> Refusal | None:
    """Two were seen at once: that there is but one (printed twice, mirrored) is no quick answer."""
    if kind is not ActKind.SAME_UNIT or item.reason is not Reason.CODE_TWICE_IN_FRAME:
        return None
    if hand.actor.role < Role.SUPERVISOR:
        return refuse(Cause.NEEDS_SUPERVISOR)
    return None if hand.actor.proven else refuse(Cause.NEEDS_PIN)


def not_releasable(facts: Facts, situation: Situation, *, proven: bool) -> Refusal | None:
    """Why an item is not good after all, however much a person would like it to be."""
    if not proven:
        return None if is_uncoded(facts) else refuse(Cause.RELEASE_UNPROVEN)
    if situation.others:
        return _not_alone(situation.others)
    speaks_against = _registry_says(facts)
    if speaks_against is not None:
        return _against(speaks_against)
    state = None if situation.standing is None else situation.standing.state
    if state_after(state, ActKind.RELEASE) is None:
        is_replaced = state is UnitState.REPLACED
        return refuse(
            Cause.STANDS_REPLACED if is_replaced else Cause.STANDS_FOR_GOOD,
            state="" if state is None else state.name,
        )
    return None


def _not_alone(others: tuple[str, ...]) -> Refusal:
    """While a unit's code is on several items, nobody knows which of them is the unit."""
    return refuse(Cause.OTHER_ITEMS, scans=", ".join(others[:3]))


def _against(reason: Reason) -> Refusal:
    return refuse(Cause.REGISTRY_SAYS, reason=reason.value)


def _registry_says(facts: Facts) -> Reason | None:
    """What the publisher says of the unit that nobody here may overrule."""
    for overlay, reason in (
        (Overlay.STOLEN, Reason.UNIT_STOLEN),
        (Overlay.RECALLED, Reason.UNIT_RECALLED),
        (Overlay.BLOCKED, Reason.UNIT_BLOCKED),
    ):
        if facts.overlays & overlay:
            return reason
    if facts.expired:
        return Reason.UNIT_EXPIRED
    match facts.unit_state:
        case UnitState.DESTROYED:
            return Reason.UNIT_DESTROYED
        case UnitState.VOID:
            return Reason.UNIT_VOID
        case UnitState.REPLACED:
            return Reason.UNIT_REPLACED
        case UnitState.COUNTERFEIT:
            return Reason.UNIT_COUNTERFEIT
        case _:
            return None


def not_relabellable(
    item: ReviewItem, facts: Facts, situation: Situation, *, proven: bool
) -> Refusal | None:
    """Why an item gets no other code: what may not be released is not let in under another name."""
    if not proven and not (facts.declared in DECLARABLE or facts.problem is not None):
        return refuse(Cause.RELABEL_UNPROVEN)
    if proven and len(situation.others) > len(situation.other_items):
        return refuse(Cause.OTHER_TO_FETCH)
    standing = situation.standing
    if proven and standing is not None and standing.state in _ENDED:
        return refuse(Cause.KEEPS_ITS_CODE, state=standing.state.name)
    speaks_against = _registry_says(facts) if proven else None
    if speaks_against is not None:
        return _against(speaks_against)
    new = situation.new_label
    if new is None or new.facts.identity is None or not new.proven:
        return refuse(Cause.LABEL_PROVES_NOTHING)
    if new.verdict.change is not UnitChange.RECEIVE or new.facts.claim_state is not None:
        return refuse(Cause.LABEL_NOT_FREE, reason=new.verdict.reason.value)
    if item.gtin is not None and new.facts.identity.gtin != item.gtin:
        return refuse(Cause.LABEL_OF_OTHER_PRODUCT, label=new.facts.identity.gtin, item=item.gtin)
    return None


def is_uncoded(facts: Facts) -> bool:
    """Whether an item has no code that could prove or disprove anything.

    Declared by a person, misread twice, or of a product nobody enrolled.
    """
    return facts.declared in DECLARABLE or facts.problem is not None or facts.enrolled is False
