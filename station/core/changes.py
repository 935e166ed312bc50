"""What a line of the journal changes beside the journal: standings, the review list, fetch tasks.

Pure, and the only place that says so: the station's database writes exactly this, and the
journal's proof holds the tables to it. So the journal alone tells what stands, and what was there
before each line.
"""

from dataclasses import dataclass
from typing import Final

from station.core.acts import ActEntry, Standing
from station.core.codes import UnitIdentity
from station.core.facts import Facts, Repeat
from station.core.journal import Entry, JournalEntry
from station.core.life import HERE
from station.core.reasons import Reason, VerdictClass
from station.core.registry import UnitState
from station.core.review import FetchTask, ReviewItem
from station.core.verdict import UnitChange

STATE_AFTER: Final = {
    UnitChange.RECEIVE: UnitState.RECEIVED,
    UnitChange.QUARANTINE: UnitState.QUARANTINED,
}
"""The state a verdict's change leaves a unit in at this site."""

DUPLICATES: Final = (
    Reason.CODE_TWICE_IN_FRAME,
    Reason.DUPLICATE_OTHER_STATION,
    Reason.DUPLICATE_SHIPPED,
)
"""Reasons that make an earlier unit as suspect as the one in hand."""


@dataclass(frozen=True, slots=True)
class Move:
    """A change of one unit's standing, made only if what is expected is found.

    Attributes:
        identity: The unit.
        expects: Scan id of the standing it must find, or ``""`` for none.
        leaves: The standing it leaves, or None.
    """

    identity: UnitIdentity
    expects: str
    leaves: Standing | None


@dataclass(frozen=True, slots=True)
class ItemChange:
    """A change of the review list; made only if the item is as it was before.

    Attributes:
        before: The item as it must be found, or None for a new one.
        after: The item as it is left.
    """

    before: ReviewItem | None
    after: ReviewItem


@dataclass(frozen=True, slots=True)
class TaskChange:
    """A change of a fetch task; made only if the task is as it was before.

    Attributes:
        before: The task as it must be found, or None for a new one.
        after: The task as it is left.
    """

    before: FetchTask | None
    after: FetchTask


@dataclass(frozen=True, slots=True)
class Changes:
    """Everything one line changes."""

    moves: tuple[Move, ...] = ()
    item: ItemChange | None = None
    task: TaskChange | None = None


NO_CHANGES: Final = Changes()


def changes_of(entry: Entry) -> Changes:
    """What a line changes.

    Raises:
        ValueError: It changes a unit it does not name: a caller's mistake.
    """
    if isinstance(entry, ActEntry):
        return _of_act(entry)
    verdict_class = entry.verdict.verdict_class
    if verdict_class.is_accept and entry.verdict.change is UnitChange.NONE:
        return NO_CHANGES
    item, task = opened_item(entry), opened_task(entry)
    return Changes(
        _move_of_verdict(entry),
        None if item is None else ItemChange(None, item),
        None if task is None else TaskChange(None, task),
    )


def standing_before(facts: Facts) -> Standing | None:
    """How the unit stood when a verdict was decided, rebuilt from the verdict's own facts."""
    if (
        facts.claim_state is None
        or facts.claim_station is None
        or facts.standing_class is None
        or facts.standing_reason is None
    ):
        return None
    return Standing(
        facts.claim_state,
        facts.claim_station,
        facts.claim_scan or "",
        facts.standing_class,
        facts.standing_reason,
        facts.claim_previous,
    )


def opened_item(entry: JournalEntry) -> ReviewItem | None:
    """The item a verdict puts on the review list.

    Further reads of one presentation put none, unless they say something worse than before. One
    code at two places of a frame is two items: two lie there, and both have to be dealt with.
    """
    verdict, before = entry.verdict, entry.facts.presented_class
    if verdict.verdict_class not in {VerdictClass.HOLD, VerdictClass.QUARANTINE}:
        return None
    is_beside = entry.facts.place_in_frame > 1
    if before is None and entry.facts.repeat is Repeat.SAME_PRESENTATION and not is_beside:
        return None  # by a release that did not write down what was said before
    if before is not None and before >= verdict.verdict_class:
        return None
    return ReviewItem(
        scan_id=entry.scan_id,
        time_utc=entry.time_utc,
        read=entry.scan_id,
        verdict_class=verdict.verdict_class,
        reason=verdict.reason,
        gtin=entry.gtin,
        identity=entry.identity,
        # Whoever changed the unit had proven it, also by a release that did not write it down.
        of_unit=entry.proven or verdict.change is not UnitChange.NONE,
    )


def opened_task(entry: JournalEntry) -> FetchTask | None:
    """The task a verdict raises: its unit was somewhere already, and now stands quarantined.

    Only with the quarantine itself: a unit that is presented again out of the tote has been
    looked for before.
    """
    verdict, facts = entry.verdict, entry.facts
    if verdict.change is not UnitChange.QUARANTINE or entry.identity is None:
        return None
    reasons = (verdict.reason, *verdict.also)
    reason = next((one for one in DUPLICATES if one in reasons), None)
    if reason is None:
        return None
    earlier = facts.received_elsewhere or facts.claim_station
    if facts.place_in_frame and reason is Reason.CODE_TWICE_IN_FRAME and not _lies_elsewhere(facts):
        return None  # both lie in the picture, each an item of its own
    if earlier is None:
        beside = reason is Reason.CODE_TWICE_IN_FRAME
        earlier = f"{entry.station}, beside it in the picture" if beside else "not known"
    return FetchTask(
        scan_id=entry.scan_id,
        time_utc=entry.time_utc,
        read=entry.scan_id,
        identity=entry.identity,
        reason=reason,
        place=earlier,
        earlier=facts.claim_scan or "",
    )


def _lies_elsewhere(facts: Facts) -> bool:
    """Whether a unit seen twice at once was also taken in before, by a presentation of its own."""
    is_here = facts.claim_state in HERE and facts.repeat is not Repeat.SAME_PRESENTATION
    return facts.received_elsewhere is not None or is_here


def _move_of_verdict(entry: JournalEntry) -> tuple[Move, ...]:
    change, facts, identity = entry.verdict.change, entry.facts, entry.identity
    if change is UnitChange.NONE:
        return ()
    if identity is None:
        msg = f"scan {entry.scan_id} changes a unit it does not name"
        raise ValueError(msg)
    quarantined = change is UnitChange.QUARANTINE
    # Who met the unit first stays named, except where it is received anew.
    first = facts.claim_station if quarantined and facts.claim_station else entry.station
    return (
        Move(
            identity,
            facts.claim_scan or "",
            Standing(
                STATE_AFTER[change],
                first,
                entry.scan_id,
                entry.verdict.verdict_class,
                entry.verdict.reason,
                facts.claim_state if quarantined else None,
            ),
        ),
    )


def _of_act(act: ActEntry) -> Changes:
    moves: list[Move] = []
    if act.moves:
        if act.identity is None:
            msg = f"act {act.scan_id} changes a unit it does not name"
            raise ValueError(msg)
        moves.append(
            Move(act.identity, "" if act.before is None else act.before.scan_id, act.after)
        )
    if act.replaced_by is not None:
        moves.append(Move(act.replaced_by, "", _received_by(act)))
    return Changes(
        tuple(moves),
        None if act.item is None else ItemChange(act.item_before, act.item),
        None if act.task is None else TaskChange(act.task_before, act.task),
    )


def _received_by(act: ActEntry) -> Standing:
    """The standing of the unit whose label replaces another."""
    return Standing(
        UnitState.RECEIVED,
        act.station,
        act.scan_id,
        VerdictClass.ACCEPT,
        act.replaced_by_reason,
    )
