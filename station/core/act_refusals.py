"""Why an act may not be done: each check gives the refusal, or None. Pure."""

from typing import Final

from station.core.act_request import ActRequest, Hand, Refusal, Situation
from station.core.acts import ACT_RULES, ActKind, ActRule, Standing
from station.core.facts import Facts
from station.core.life import CAME_BACK, HERE, state_after
from station.core.operators import Role
from station.core.reasons import DECLARABLE, Reason
from station.core.registry import Overlay, UnitState
from station.core.review import ReviewItem
from station.core.verdict import UnitChange

_ENDED: Final = frozenset({UnitState.COUNTERFEIT, UnitState.DESTROYED, UnitState.VOID})
"""States in which no item of the unit may come in under another code."""

_NOT_IN_HAND: Final = frozenset({UnitState.DESTROYED, UnitState.VOID}) | CAME_BACK
"""States of a unit that is in nobody's hand: an item that shows its code is another one."""

_BY_ITEMS: Final = frozenset({None, UnitState.QUARANTINED})
"""States of a unit whose items under review are all that is left of it: the last stays open."""

_ONE: Final = {
    Role.WITNESS: "a witness",
    Role.OPERATOR: "an operator",
    Role.SUPERVISOR: "a supervisor",
    Role.ADMIN: "an admin",
}


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
        return Refusal(f"this needs {_ONE[rule.role]}", "ask one to do it")
    if rule.role >= Role.SUPERVISOR and not hand.actor.proven:
        return Refusal("this needs the PIN as well", "give it")
    if (rule.reason if reason is None else reason) and not request.reason_text.strip():
        return Refusal("this needs a reason in words", "give it with --reason")
    if rule.reference and not request.reference.strip():
        return Refusal(f"this needs {rule.reference}", "give it")
    if rule.witness:
        if hand.witness is None:
            return Refusal("this needs a witness", "name one with --witness")
        if hand.witness.name == hand.actor.name:
            return Refusal("nobody witnesses what they do themselves", "name another person")
        if not hand.witness.proven:
            return Refusal("this needs the witness's PIN as well", "give it")
    return None


def unanswered(kind: ActKind, standing: Standing | None, *, proven: bool) -> Refusal | None:
    """A unit that stands received: is it the item in hand? Nothing is done before that is known."""
    if not proven or standing is None or standing.state not in HERE:
        return None
    if kind in {ActKind.SAME_UNIT, ActKind.SECOND_UNIT}:
        return None
    return Refusal(
        "the unit stands received here: is this the same one, or a second?",
        "answer with 'station quarantine answer SCAN same' or 'second'",
    )


def no_answer(kind: ActKind, situation: Situation, *, proven: bool) -> Refusal | None:
    """Why "same" or "second" answers nothing: no unit of the code is here as it ought to be."""
    standing = situation.standing
    if kind is ActKind.SAME_UNIT:
        state = None if standing is None else standing.state
        known = bool(situation.other_items) if state in _BY_ITEMS else state not in _NOT_IN_HAND
        if not (proven and known):
            return Refusal(
                "no unit of this code stands here that it could be",
                "release it, or return, confirm or destroy the item",
            )
    elif kind is ActKind.SECOND_UNIT and (
        not proven or standing is None or standing.state not in HERE
    ):
        return Refusal(
            "no unit of this code stands received here",
            "only a repeat is answered so; it stays under review as it is",
        )
    return None


def not_releasable(facts: Facts, situation: Situation, *, proven: bool) -> Refusal | None:
    """Why an item is not good after all, however much a person would like it to be."""
    if not proven:
        if is_uncoded(facts):
            return None
        return Refusal(
            "its code does not prove which unit it is",
            "return, confirm or destroy the item; if keys are missing, run 'station sync' first",
        )
    if situation.others:
        return _not_alone(situation.others)
    speaks_against = _registry_says(facts)
    if speaks_against is not None:
        return _against(speaks_against)
    state = None if situation.standing is None else situation.standing.state
    if state_after(state, ActKind.RELEASE) is None:
        name = "" if state is None else state.name
        return Refusal(
            f"the unit stands as {name}, which no release ends",
            "relabel it, if it is genuine and its code went to another; or return or destroy it"
            if state is UnitState.REPLACED
            else "return or destroy the item",
        )
    return None


def _not_alone(others: tuple[str, ...]) -> Refusal:
    """While a unit's code is on several items, nobody knows which of them is the unit."""
    return Refusal(
        f"other items carry the same code, or are to be fetched: {', '.join(others[:3])}",
        "end their review ('station quarantine answer SCAN same' where one item was read twice)"
        " and close their fetch tasks first",
    )


def _against(reason: Reason) -> Refusal:
    return Refusal(
        f"the registry still says {reason.value}",
        "run 'station sync' if that was lifted; otherwise return or destroy the unit",
    )


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
        return Refusal(
            "its code does not prove which unit it is, so none can take its place",
            "return, confirm or destroy the item",
        )
    if proven and len(situation.others) > len(situation.other_items):
        return Refusal(
            "another unit with its code is still to be fetched",
            "close the task first, see 'station quarantine tasks'; then look at both",
        )
    standing = situation.standing
    if proven and standing is not None and standing.state in _ENDED:
        return Refusal(
            f"the unit stands as {standing.state.name}, and keeps its code",
            "return or destroy the item",
        )
    speaks_against = _registry_says(facts) if proven else None
    if speaks_against is not None:
        return _against(speaks_against)
    new = situation.new_label
    if new is None or new.facts.identity is None or not new.proven:
        return Refusal("the new label proves no unit", "print a label of an unused code")
    if new.verdict.change is not UnitChange.RECEIVE or new.facts.claim_state is not None:
        return Refusal(
            f"the new label's unit is not free ({new.verdict.reason.value})",
            "take the label of a unit that was never received",
        )
    if item.gtin is not None and new.facts.identity.gtin != item.gtin:
        return Refusal(
            f"the new label is of product {new.facts.identity.gtin}, the item of {item.gtin}",
            "take a label of the same product",
        )
    return None


def is_uncoded(facts: Facts) -> bool:
    """Whether an item has no code that could prove or disprove anything.

    Declared by a person, misread twice, or of a product nobody enrolled.
    """
    return facts.declared in DECLARABLE or facts.problem is not None or facts.enrolled is False
