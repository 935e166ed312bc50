"""Journal entries as EPCIS 2.0 events: what was received here, and what is held and why.

Pure values in, JSON-LD values out. A verdict gives at most one ObjectEvent, an act what
`epcis_acts` says, always the same. Leaves to others: which entries are sent and where (`sync`),
files (`app`).

GS1's schema accepts any words of the right shape, so tests hold business steps and dispositions
against CBV's own lists.
"""

from collections.abc import Callable
from enum import Enum
from typing import Final

from station.core.acts import ActEntry, ActKind
from station.core.epcis_acts import events_of_act
from station.core.epcis_events import SCANS, Event, ObjectEvent, Where, class_uri, unit_uri
from station.core.epcis_pallets import Contents, unpacked_events
from station.core.facts import Repeat
from station.core.journal import Entry, JournalEntry
from station.core.reasons import CLASS_RULES, RULES, Disposition

Place = Callable[[Entry], Where]
"""Where an entry was made."""

Find = Callable[[str], Entry | None]
"""An earlier entry by its scan id."""

Unpacked = Callable[[ActEntry], Contents]
"""What came on the pallets of the shipment an act closed."""

MAX_ABOUT: Final = 3
"""An undo is about an act that is about a verdict; a longer way round is none we wrote."""


class EventKind(Enum):
    """What an entry tells the world; the CBV business step of its first event, where it has one."""

    RECEIVING = "receiving"
    HOLDING = "holding"
    INSPECTING = "inspecting"
    SHIPPING = "shipping"
    DECOMMISSIONING = "decommissioning"
    DESTROYING = "destroying"
    UNPACKING = "unpacking"
    ERROR_DECLARATION = "error_declaration"
    """An event told before is taken back."""


_KINDS_OF_ACTS: Final = {
    ActKind.RELEASE: EventKind.RECEIVING,
    ActKind.QUARANTINE: EventKind.HOLDING,
    ActKind.SECOND_UNIT: EventKind.HOLDING,
    ActKind.CONFIRM_COUNTERFEIT: EventKind.INSPECTING,
    ActKind.RETURN_TO_SELLER: EventKind.SHIPPING,
    ActKind.RELABEL: EventKind.DECOMMISSIONING,
    ActKind.DESTROY: EventKind.DESTROYING,
    ActKind.UNDO: EventKind.ERROR_DECLARATION,
    ActKind.SAME_UNIT: EventKind.ERROR_DECLARATION,
}


def event_kind(entry: Entry) -> EventKind | None:
    """Which event an entry gives rise to, or None.

    None for verdicts that record nothing on a unit (RESCAN, STOP), for items of which not even
    the product is known, and for further reads of one item in one presentation: they say nothing
    new. None for acts that move no item (signing in, say). A closed shipment has events for its
    pallets, as many as brought something.
    """
    if isinstance(entry, ActEntry) and entry.kind is ActKind.CLOSE_SHIPMENT:
        return EventKind.UNPACKING
    if entry.gtin is None:
        return None
    if isinstance(entry, ActEntry):
        return _KINDS_OF_ACTS.get(entry.kind)
    if entry.facts.repeat is Repeat.SAME_PRESENTATION:
        return None
    biz_step = CLASS_RULES[entry.verdict.verdict_class].biz_step
    return None if biz_step is None else EventKind(biz_step.value)


def events_of(
    entry: Entry, place: Place, find: Find, unpacked: Unpacked, max_about: int = MAX_ABOUT
) -> tuple[Event, ...]:
    """Every event of an entry, in the order in which they are told.

    Args:
        entry: A verdict or an act.
        place: Where entries were made.
        find: Asked for what an act is about.
        unpacked: Asked what a shipment brought that was closed.
        max_about: How often.
    """
    if isinstance(entry, JournalEntry):
        event = event_of(entry, place(entry))
        return () if event is None else (event,)
    if event_kind(entry) is None:
        return ()
    if entry.kind is ActKind.CLOSE_SHIPMENT:
        return unpacked_events(entry, place(entry), unpacked(entry))
    about = find(entry.about) if entry.about and max_about else None
    told = () if about is None else events_of(about, place, find, unpacked, max_about - 1)
    return events_of_act(entry, place(entry), about, told)


def event_of(entry: JournalEntry, where: Where) -> ObjectEvent | None:
    """The event of a verdict, or None where `event_kind` says so."""
    kind = event_kind(entry)
    if kind is None or entry.gtin is None:
        return None
    verdict, identity = entry.verdict, entry.identity
    if kind is EventKind.RECEIVING:
        disposition = Disposition.IN_PROGRESS
    else:
        # Held for a reason that has no word of its own, such as a product nobody enrolled.
        disposition = RULES[verdict.reason].disposition or Disposition.NO_PEDIGREE_MATCH
    return ObjectEvent(
        event_time=entry.time_utc,
        epcs=() if identity is None else (unit_uri(identity),),
        classes=(class_uri(entry.gtin),) if identity is None else (),
        biz_step=kind.value,
        disposition=disposition.value,
        where=where,
        extensions=(
            ("provisional", "true" if verdict.provisional else "false"),
            ("reason", verdict.reason.value),
            ("scan", SCANS + entry.scan_id),
            ("unitChange", verdict.change.value),
        ),
    )
