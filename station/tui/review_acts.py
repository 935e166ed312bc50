"""Which act a key begins on what is selected at the supervisor's screens.

Each function answers with what a form is to ask for (`Asked`), with a sentence that says why it
begins nothing, or with None for a key that means nothing there.
"""

from dataclasses import replace
from typing import Final

from station.core.act_request import NOT_FOUND
from station.core.acts import ActKind
from station.core.language import Language
from station.core.review import FetchTask, ReviewItem
from station.core.shipments import ShipmentState
from station.core.wording.screens import ReviewWords
from station.ports.desk import JournalLine, Person, PersonChange
from station.ports.shipments import ShipmentRecord
from station.tui.act_form import Asked
from station.tui.review_wishes import Row
from station.tui.speech import what_of, why_of

_ITEM_ACTS: Final[dict[str, ActKind]] = {
    "r": ActKind.RELEASE,
    "b": ActKind.RETURN_TO_SELLER,
    "c": ActKind.CONFIRM_COUNTERFEIT,
    "d": ActKind.DESTROY,
    "p": ActKind.QUARANTINE,
    "l": ActKind.RELABEL,
    "s": ActKind.SAME_UNIT,
    "t": ActKind.SECOND_UNIT,
}
_CHANGES: Final = {
    "d": PersonChange.REMOVE,
    "n": PersonChange.NEW_BADGE,
    "o": PersonChange.ROLE,
    "l": PersonChange.LANGUAGE,
    "p": PersonChange.PIN,
}
"""Of the person who is selected."""
_ENROL_KEY: Final = "a"


def of_item(item: ReviewItem, key: str, words: ReviewWords) -> Asked | str | None:
    """Something that ends an item, or puts it away."""
    kind = _ITEM_ACTS.get(key)
    if kind is None:
        return None
    if item.ended_by:
        return words.ended
    serial = "" if item.identity is None else item.identity.serial
    parts = (item.reason.value, item.gtin or "", serial, item.scan_id)
    return Asked(kind, item.scan_id, " · ".join(part for part in parts if part))


def of_person(row: Row | None, key: str, words: ReviewWords) -> Asked | str | None:
    """An admin's: enrolment, badges, roles, languages, PINs; the last two one's own too."""
    kind = ActKind.OPERATOR_CHANGED
    if key == _ENROL_KEY:
        return Asked(kind, "", "", change=PersonChange.ENROL)
    if key not in _CHANGES or not isinstance(row, Person):
        return None
    if not row.operator.active:
        return words.was_removed
    return Asked(kind, "", row.operator.name, change=_CHANGES[key])


def of_task(task: FetchTask, key: str, words: ReviewWords) -> Asked | None:
    """That an earlier unit was fetched, or not found."""
    place = words.fetch_from.format(place=task.place)
    subject = f"{task.identity.gtin} · {task.identity.serial} · {place}"
    fetched = Asked(ActKind.FETCHED, task.scan_id, subject)
    if key == "f":
        return fetched
    return replace(fetched, reference=NOT_FOUND) if key == "n" else None


def of_shipment(record: ShipmentRecord, key: str, words: ReviewWords) -> Asked | str | None:
    """Opening and closing; with ``w`` although items of it are still under review."""
    if key not in {"o", "c", "w"}:
        return None
    if record.state is ShipmentState.CLOSED:
        return words.closed
    name = record.shipment_id
    if key == "o":
        return Asked(ActKind.OPEN_SHIPMENT, "", name, name)
    return Asked(ActKind.CLOSE_SHIPMENT, "", name, name, key == "w")


def undoing(line: JournalLine, language: Language) -> Asked:
    """Taking back what a line of the journal did."""
    told = what_of(line, language), why_of(line, language), line.serial
    return Asked(ActKind.UNDO, line.scan_id, " · ".join(part for part in told if part))
