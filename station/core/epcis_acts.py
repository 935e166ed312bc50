"""Acts of people as EPCIS 2.0 events, and why each in these words of CBV.

* RELEASE: ``receiving``, as at the dock, only later. Not ``accepting``, which CBV keeps apart from
  ``receiving`` as the change of ownership.
* QUARANTINE, SECOND_UNIT: ``holding``, with the disposition of the reason; two units with one code
  are suspected counterfeits, both.
* CONFIRM_COUNTERFEIT: ``inspecting``, the review of an object for what is wrong with it; CBV has no
  disposition for its outcome, so it is a URI of our own.
* RETURN_TO_SELLER: ``shipping`` and ``returned``.
* RELABEL: nothing is consumed or made, so no TransformationEvent. The old code is taken from the
  object (``decommissioning``, DELETE), the new one is put on it (``commissioning``, ADD), and under
  that it is received.
* DESTROY: ``destroying`` and ``destroyed``, DELETE.
* SAME_UNIT, UNDO: the earlier events again, with an error declaration. Where the item is held again
  by that, a ``holding`` event of now is named as the correction.
* FETCHED, ACKNOWLEDGE, SIGN_IN, SIGN_OUT, OPERATOR_CHANGED, OPEN_SHIPMENT, SCANNER_CERTIFIED: none.
  They say nothing new of an object.

An act on an item whose code proves nothing (a forged label, no label) tells of one item of the
product, never of the unit that the label names.

Source: GS1 CBV 2.0, sections 7.1 (business steps), 7.2 (dispositions), 7.5 (error reasons).
"""

from dataclasses import replace
from typing import Final

from station.core.acts import ActEntry, ActKind
from station.core.codes import UnitIdentity
from station.core.epcis_events import (
    SCANS,
    Action,
    ErrorDeclaration,
    ErrorReason,
    Event,
    ObjectEvent,
    Where,
    class_uri,
    unit_uri,
)
from station.core.journal import Entry, JournalEntry
from station.core.reasons import RULES, Disposition, Reason

COUNTERFEIT: Final = "https://intake-station.invalid/cbv/disp/counterfeit"
"""Confirmed by the brand; CBV has no word for it, and its rules ask for a URI of one's own."""

_STEPS: Final[dict[ActKind, tuple[str, str, Action]]] = {
    ActKind.RELEASE: ("receiving", Disposition.IN_PROGRESS.value, Action.OBSERVE),
    ActKind.SECOND_UNIT: ("holding", Disposition.SUSPECTED_COUNTERFEIT.value, Action.OBSERVE),
    ActKind.CONFIRM_COUNTERFEIT: ("inspecting", COUNTERFEIT, Action.OBSERVE),
    ActKind.RETURN_TO_SELLER: ("shipping", "returned", Action.OBSERVE),
    ActKind.DESTROY: ("destroying", "destroyed", Action.DELETE),
}
"""Business step, disposition and action of acts that are one event, whatever it is about."""

_HOLDS_AGAIN: Final = frozenset(
    {
        ActKind.RELEASE,
        ActKind.CONFIRM_COUNTERFEIT,
        ActKind.RETURN_TO_SELLER,
        ActKind.SAME_UNIT,
    }
)
"""Acts that ended a hold: undone, the item is held again."""


def events_of_act(
    act: ActEntry, where: Where, about: Entry | None, told: tuple[Event, ...]
) -> tuple[Event, ...]:
    """The events of an act, in the order in which they are told.

    Args:
        act: What was done.
        where: Where it was done.
        about: The entry it is about, or None.
        told: That entry's own events.
    """
    match act.kind:
        case ActKind.UNDO:
            return _undone(act, where, about, told)
        case ActKind.SAME_UNIT:
            return _taken_back(act, told, ErrorReason.DID_NOT_OCCUR)
        case ActKind.QUARANTINE:
            return _event(act, where, "holding", _disposition(act, about))
        case ActKind.RELABEL:
            return _relabelled(act, where)
        case _ if act.kind in _STEPS:
            step, disposition, action = _STEPS[act.kind]
            return _event(act, where, step, disposition, action)
        case _:
            return ()


def _undone(
    act: ActEntry, where: Where, about: Entry | None, told: tuple[Event, ...]
) -> tuple[Event, ...]:
    if not (isinstance(about, ActEntry) and about.kind in _HOLDS_AGAIN):
        return _taken_back(act, told, ErrorReason.DID_NOT_OCCUR)
    held = _event(act, where, "holding", _disposition(act, about))
    corrective = tuple(event.event_id() for event in held)
    return (*_taken_back(act, told, ErrorReason.INCORRECT_DATA, corrective), *held)


def _taken_back(
    act: ActEntry,
    told: tuple[Event, ...],
    reason: ErrorReason,
    corrective: tuple[str, ...] = (),
) -> tuple[Event, ...]:
    """What was told before, declared an error; what was itself a declaration stays as it is."""
    declaration = ErrorDeclaration(act.time_utc, reason, corrective)
    return tuple(replace(event, error=declaration) for event in told if event.error is None)


def _relabelled(act: ActEntry, where: Where) -> tuple[Event, ...]:
    old: tuple[Event, ...] = ()
    if act.moves:
        old = _event(act, where, "decommissioning", "inactive", Action.DELETE)
    if act.replaced_by is None:
        return old
    new = replace(act, identity=act.replaced_by, moves=True)
    return (
        *old,
        *_event(new, where, "commissioning", "active", Action.ADD),
        *_event(new, where, "receiving", Disposition.IN_PROGRESS.value),
    )


def _event(
    act: ActEntry,
    where: Where,
    biz_step: str,
    disposition: str,
    action: Action = Action.OBSERVE,
) -> tuple[Event, ...]:
    if act.gtin is None:
        return ()
    identity: UnitIdentity | None = act.identity if act.moves else None
    own = [("act", act.kind.value), ("scan", SCANS + act.scan_id)]
    if act.about:
        own.append(("about", SCANS + act.about))
    return (
        ObjectEvent(
            event_time=act.time_utc,
            epcs=() if identity is None else (unit_uri(identity),),
            classes=(class_uri(act.gtin),) if identity is None else (),
            biz_step=biz_step,
            disposition=disposition,
            where=where,
            action=action,
            extensions=tuple(own),
        ),
    )


def _disposition(act: ActEntry, about: Entry | None) -> str:
    """Why the item is held, in EPCIS's words."""
    reason = _reason(act, about)
    known = None if reason is None else RULES[reason].disposition
    return (known or Disposition.NON_CONFORMANT).value


def _reason(act: ActEntry, about: Entry | None) -> Reason | None:
    """The headline that the act's item is held for."""
    if act.item is not None:
        return act.item.reason
    if act.after is not None:
        return act.after.reason
    return about.verdict.reason if isinstance(about, JournalEntry) else None
