"""Undo, decided: a compensating line of the journal that restores exactly what stood before.

Nothing is deleted. The line an undo writes swaps before and after of the line it takes back, for
the unit's standing, the item under review and the fetch task alike. Pure; time comes in as a value.
"""

from dataclasses import replace
from datetime import datetime, timedelta
from typing import Final

from station.core.act_refusals import refused_by_rule
from station.core.act_request import ActRequest, Hand, Refusal, Situation
from station.core.acting import line_of
from station.core.acts import ACT_RULES, ActEntry, ActKind
from station.core.causes import Cause
from station.core.changes import Changes, changes_of, standing_before
from station.core.journal import Entry, JournalEntry
from station.core.life import FINAL
from station.core.operators import Role
from station.core.reasons import VerdictClass
from station.core.telling import refuse
from station.core.text import printable
from station.core.verdict import UnitChange

OWN_UNDO: Final = timedelta(minutes=15)
"""How long whoever did it may take it back alone. Source: DESIGN, verdicts."""

UNDOABLE: Final = frozenset(
    {
        ActKind.RELEASE,
        ActKind.QUARANTINE,
        ActKind.CONFIRM_COUNTERFEIT,
        ActKind.RETURN_TO_SELLER,
        ActKind.SAME_UNIT,
        ActKind.SECOND_UNIT,
    }
)
"""Acts that can be taken back. RELABEL and DESTROY are final; a task is raised again by a scan."""


def decide_undo(request: ActRequest, situation: Situation, hand: Hand) -> ActEntry | Refusal:
    """Decide whether a verdict or act is taken back.

    Args:
        request: UNDO, about the scan id of what is to be undone.
        situation: `entry` is that line; `item` the review item it changed, as it is now; `task`
            likewise; `standing` how its unit stands now.
        hand: Who asks, and when.
    """
    entry = situation.entry
    if entry is None:
        return refuse(Cause.NOTHING_TO_UNDO, scan=printable(request.about, 40))
    own = _is_own(entry, hand)
    refusal = (
        _nothing_to_undo(entry)
        or (None if own else _not_for(hand))
        or refused_by_rule(request, hand, reason=not own)
        or _has_moved(changes_of(entry), situation)
    )
    return refusal if refusal is not None else _compensation(request, entry, situation, hand)


def _is_own(entry: Entry, hand: Hand) -> bool:
    """Whether whoever did it asks in time; a quarantine by the station is nobody's own."""
    if isinstance(entry, JournalEntry) and entry.verdict.verdict_class is VerdictClass.QUARANTINE:
        return False
    if not entry.operator or entry.operator != hand.actor.name:
        return False
    if isinstance(entry, ActEntry) and hand.actor.role < ACT_RULES[entry.kind].role:
        return False
    try:
        age = datetime.fromisoformat(hand.now_utc) - datetime.fromisoformat(entry.time_utc)
    except (ValueError, TypeError):
        return False
    return timedelta(0) <= age <= OWN_UNDO


def _not_for(hand: Hand) -> Refusal | None:
    if hand.actor.role < Role.SUPERVISOR:
        return refuse(Cause.NOT_ONES_OWN)
    return None if hand.actor.proven else refuse(Cause.NEEDS_PIN)


def _nothing_to_undo(entry: Entry) -> Refusal | None:
    if isinstance(entry, JournalEntry):
        if entry.verdict.change is UnitChange.NONE:
            return refuse(Cause.NOTHING_CHANGED)
        if entry.facts.claim_state is not None and not entry.facts.claim_scan:
            return refuse(Cause.OLDER_RELEASE)
        return None
    if entry.kind is ActKind.UNDO:
        return refuse(Cause.UNDO_STAYS)
    if entry.kind not in UNDOABLE:
        cause = Cause.ACT_IS_FINAL if _is_final(entry) else Cause.ACT_STAYS
        return refuse(cause, act=entry.kind.value)
    return None


def _is_final(act: ActEntry) -> bool:
    return act.kind in {ActKind.DESTROY, ActKind.RELABEL} or (
        act.after is not None and act.after.state in FINAL
    )


def _has_moved(changes: Changes, situation: Situation) -> Refusal | None:
    """Whether anything has happened since to what the line changed."""
    moved = refuse(Cause.HAS_MOVED)
    for move in changes.moves:
        if situation.standing != move.leaves:
            return moved
    if changes.item is not None and situation.item != changes.item.after:
        return moved
    if changes.task is not None and situation.task != changes.task.after:
        return moved
    return None


def _compensation(request: ActRequest, entry: Entry, situation: Situation, hand: Hand) -> ActEntry:
    changes = changes_of(entry)
    moves = bool(changes.moves)
    before = standing_before(entry.facts) if isinstance(entry, JournalEntry) else entry.before
    line = replace(
        line_of(request, hand),
        identity=entry.identity,
        gtin=entry.gtin,
        moves=moves,
        before=situation.standing if moves else None,
        after=before if moves else None,
    )
    if changes.item is not None:
        # What a verdict put on the list leaves it; what an act changed is as it was.
        item = changes.item.before or replace(changes.item.after, ended_by=request.scan_id)
        line = replace(line, item_before=changes.item.after, item=item)
    if changes.task is not None:
        task = replace(changes.task.after, closed_by=request.scan_id)
        line = replace(line, task_before=changes.task.after, task=task)
    return line
