"""What a person asks to be done with an item, decided: an act for the journal, or a refusal.

Pure: what is asked, how things stand, who asks and when; the answer says everything the act
changes. Nothing is done here, and nothing is done before the act is in the journal.

Leaves to others: why something is refused (`act_refusals`), who somebody is
(`station.ports.identification`), which state leads where (`life`), what an act's line changes
(`changes`), undo (`undoing`).
"""

from dataclasses import replace
from typing import Final

from station.core.act_refusals import (
    no_answer,
    not_one_of_two,
    not_relabellable,
    not_releasable,
    refused_by_rule,
    unanswered,
)
from station.core.act_request import (
    MAX_REASON_CHARS,
    MAX_REFERENCE_CHARS,
    NOT_FOUND,
    ActRequest,
    Hand,
    Refusal,
    Situation,
)
from station.core.acts import ActEntry, ActKind, Standing
from station.core.causes import Cause
from station.core.facts import Facts
from station.core.life import CAME_BACK, HERE, remembered, state_after
from station.core.reasons import Reason, VerdictClass
from station.core.registry import UnitState
from station.core.review import FetchTask, ReviewItem
from station.core.telling import refuse
from station.core.text import printable

ENDINGS: Final = frozenset({ActKind.CONFIRM_COUNTERFEIT, ActKind.RETURN_TO_SELLER, ActKind.DESTROY})
"""Acts that end the review of any item, whatever its code proves."""

ITEM_ACTS: Final = ENDINGS | {
    ActKind.RELEASE,
    ActKind.QUARANTINE,
    ActKind.RELABEL,
    ActKind.SAME_UNIT,
    ActKind.SECOND_UNIT,
}
"""Acts about an item under review."""


def decide_act(request: ActRequest, situation: Situation, hand: Hand) -> ActEntry | Refusal:
    """Decide an act on an item under review, on a fetch task, or on a scanner.

    Raises:
        ValueError: The kind is not one of these: a caller's mistake.
    """
    refusal = refused_by_rule(request, hand)
    if refusal is not None:
        return refusal
    if request.kind is ActKind.FETCHED:
        return _fetched(request, situation.task, hand)
    if request.kind is ActKind.SCANNER_CERTIFIED:
        return line_of(request, hand)
    if request.kind not in ITEM_ACTS:
        msg = f"{request.kind.value} is no act on an item"
        raise ValueError(msg)
    item, facts = situation.item, situation.facts
    if item is None or facts is None:
        return refuse(Cause.NOT_UNDER_REVIEW, scan=printable(request.about, 40))
    if item.ended_by:
        return refuse(Cause.REVIEW_ENDED, scan=item.scan_id, by=item.ended_by)
    return _on_item(request, item, facts, situation, hand)


def line_of(request: ActRequest, hand: Hand) -> ActEntry:
    """An act's line with who, where, when and why, and nothing it changes yet."""
    return ActEntry(
        scan_id=request.scan_id,
        time_utc=hand.now_utc,
        station=hand.station,
        kind=request.kind,
        operator=hand.actor.name,
        role=hand.actor.role,
        about=request.about,
        reason_text=printable(request.reason_text.strip(), MAX_REASON_CHARS),
        reference=printable(request.reference.strip(), MAX_REFERENCE_CHARS),
        witness="" if hand.witness is None else hand.witness.name,
        software_version=hand.software_version,
        proof=hand.actor.proof,
    )


def _on_item(
    request: ActRequest, item: ReviewItem, facts: Facts, situation: Situation, hand: Hand
) -> ActEntry | Refusal:
    standing = situation.standing
    proven = situation.proven
    kind = request.kind
    refusal = (
        unanswered(kind, standing, proven=proven)
        or not_one_of_two(kind, item, hand)
        or no_answer(kind, situation, proven=proven)
        or (not_releasable(facts, situation, proven=proven) if kind is ActKind.RELEASE else None)
        or (
            not_relabellable(item, facts, situation, proven=proven)
            if kind is ActKind.RELABEL
            else None
        )
    )
    if refusal is not None:
        return refusal
    line = replace(
        line_of(request, hand),
        identity=item.identity,
        gtin=item.gtin,
        item_before=item,
        item=_item_after(request, item),
    )
    if kind is ActKind.SECOND_UNIT:
        line = _with_task(line, item, standing)
    new_label = situation.new_label
    if kind is ActKind.RELABEL and new_label is not None:
        line = replace(
            line,
            replaced_by=new_label.facts.identity,
            replaced_by_reason=new_label.verdict.reason,
        )
    # While another item carries the same code, an ending speaks of the item in hand alone.
    alone = not (situation.others and kind in ENDINGS)
    return _with_move(line, item, facts, standing) if proven and alone else line


def _with_move(
    line: ActEntry, item: ReviewItem, facts: Facts, standing: Standing | None
) -> ActEntry:
    """The line with what it makes of the unit's standing, where it moves it."""
    state = None if standing is None else standing.state
    previous = None if standing is None else standing.previous
    after = state_after(state, line.kind, previous)
    if after is None:
        return replace(line, before=standing, after=standing)
    verdict_class, reason = item.verdict_class, item.reason
    if after in HERE:
        # What the registry says of its return has been used up by this release.
        verdict_class = VerdictClass.ACCEPT
        reason = Reason.RETURN_EXPECTED if facts.unit_state in CAME_BACK else Reason.OK
    elif after is UnitState.QUARANTINED:
        verdict_class = VerdictClass.QUARANTINE
    first = line.station if standing is None else standing.station
    return replace(
        line,
        moves=True,
        before=standing,
        after=Standing(after, first, line.scan_id, verdict_class, reason, remembered(state, after)),
    )


def _item_after(request: ActRequest, item: ReviewItem) -> ReviewItem:
    match request.kind:
        case ActKind.QUARANTINE:
            tote = printable(request.reference.strip(), MAX_REFERENCE_CHARS)
            return replace(item, verdict_class=VerdictClass.QUARANTINE, tote=tote)
        case ActKind.SECOND_UNIT:
            return replace(item, verdict_class=VerdictClass.QUARANTINE)
        case _:
            return replace(item, ended_by=request.scan_id)


def _with_task(line: ActEntry, item: ReviewItem, standing: Standing | None) -> ActEntry:
    if standing is None or item.identity is None:
        return line
    task = FetchTask(
        scan_id=line.scan_id,
        time_utc=line.time_utc,
        read=item.read,
        identity=item.identity,
        reason=item.reason,
        place=standing.station,
        earlier=standing.scan_id,
    )
    return replace(line, task=task)


def _fetched(request: ActRequest, task: FetchTask | None, hand: Hand) -> ActEntry | Refusal:
    """The earlier unit is brought, and is under review like the one that was in hand."""
    if task is None:
        return refuse(Cause.NO_TASK, scan=printable(request.about, 40))
    if task.closed_by:
        return refuse(Cause.TASK_CLOSED, by=task.closed_by)
    line = replace(
        line_of(request, hand),
        identity=task.identity,
        gtin=task.identity.gtin,
        task_before=task,
        task=replace(task, closed_by=request.scan_id),
    )
    if line.reference == NOT_FOUND:
        return line
    return replace(
        line,
        item=ReviewItem(
            scan_id=request.scan_id,
            time_utc=hand.now_utc,
            read=task.read,
            verdict_class=VerdictClass.QUARANTINE,
            reason=task.reason,
            gtin=task.identity.gtin,
            identity=task.identity,
            of_unit=True,
        ),
    )
