"""Causes in English."""

from typing import Final

from station.core.causes import Cause
from station.core.wording.tongue import Words

_C = Cause

SPANS: Final = ("{count} s", "{count} min", "{count} h", "{count} days")

CAUSES: Final[dict[Cause, Words]] = {
    _C.NEEDS_OPERATOR: Words("this needs an operator", "ask one to do it"),
    _C.NEEDS_SUPERVISOR: Words("this needs a supervisor", "ask one to do it"),
    _C.NEEDS_ADMIN: Words("this needs an admin", "ask one to do it"),
    _C.NEEDS_PIN: Words("this needs the PIN as well", "type it at the question"),
    _C.NEEDS_REASON: Words("this needs a reason in words", "type it at the question"),
    _C.NEEDS_TOTE: Words("this needs the tote", "scan its label at the question"),
    _C.NEEDS_CASE_NUMBER: Words(
        "this needs the brand's own case number", "type it at the question"
    ),
    _C.NEEDS_SHIPMENT: Words("this needs the shipment", "choose one on the page of shipments"),
    _C.NEEDS_CERTIFICATE: Words(
        "this needs the certificate's digest", "run 'station scanner check'"
    ),
    _C.NEEDS_WITNESS: Words("this needs a witness", "scan their badge at the question"),
    _C.NEEDS_OTHER_WITNESS: Words(
        "nobody witnesses what they do themselves", "name another person"
    ),
    _C.NEEDS_WITNESS_PIN: Words(
        "this needs the witness's PIN as well", "let them type it at the question"
    ),
    _C.ACT_NOT_JOURNALLED: Words(
        "it could not be journalled: {why}", "try again, nothing was changed"
    ),
    _C.ENGINE_BUSY: Words("the engine is busy", "ask again"),
    _C.NOT_UNDER_REVIEW: Words("nothing under review has the id {scan}", "look at the list again"),
    _C.REVIEW_ENDED: Words(
        "the review of {scan} was ended by {by}", "undo that, if it was a mistake"
    ),
    _C.SAME_OR_SECOND: Words(
        "the unit stands received here: is this the same one, or a second?",
        "answer that first",
    ),
    _C.NO_SUCH_UNIT_HERE: Words(
        "no unit of this code stands here that it could be",
        "release it, or return, confirm or destroy the item",
    ),
    _C.NO_UNIT_RECEIVED: Words(
        "no unit of this code stands received here",
        "only a repeat is answered so; it stays under review as it is",
    ),
    _C.RELEASE_UNPROVEN: Words(
        "its code does not prove which unit it is",
        "return, confirm or destroy the item; if keys are missing, run 'station sync' first",
    ),
    _C.OTHER_ITEMS: Words(
        "other items carry the same code, or are to be fetched: {scans}",
        "end their review and close their fetch tasks first",
    ),
    _C.REGISTRY_SAYS: Words(
        "the registry still says: {reason}",
        "run 'station sync' if that was lifted; otherwise return or destroy the unit",
    ),
    _C.STANDS_FOR_GOOD: Words(
        "the unit stands as {state}, which no release ends", "return or destroy the item"
    ),
    _C.STANDS_REPLACED: Words(
        "the unit stands as {state}, which no release ends",
        "relabel it, if it is genuine and its code went to another; or return or destroy it",
    ),
    _C.RELABEL_UNPROVEN: Words(
        "its code does not prove which unit it is, so none can take its place",
        "return, confirm or destroy the item",
    ),
    _C.OTHER_TO_FETCH: Words(
        "another unit with its code is still to be fetched",
        "close the task first; then look at both",
    ),
    _C.KEEPS_ITS_CODE: Words(
        "the unit stands as {state}, and keeps its code", "return or destroy the item"
    ),
    _C.LABEL_PROVES_NOTHING: Words(
        "the new label proves no unit", "print a label of an unused code"
    ),
    _C.LABEL_NOT_FREE: Words(
        "the new label's unit is not free: {reason}",
        "take the label of a unit that was never received",
    ),
    _C.LABEL_OF_OTHER_PRODUCT: Words(
        "the new label is of product {label}, the item of {item}",
        "take a label of the same product",
    ),
    _C.NO_TASK: Words("no fetch task has the id {scan}", "look at the list again"),
    _C.TASK_CLOSED: Words("the task was closed by {by}", "look at the list again"),
    _C.NOTHING_TO_UNDO: Words("the journal holds no {scan}", "choose a line of the journal"),
    _C.NOT_ONES_OWN: Words(
        "only whoever did it may take it back, within 15 minutes, and never a quarantine",
        "ask a supervisor",
    ),
    _C.NOTHING_CHANGED: Words(
        "that verdict changed no unit's standing", "end its review, if it is under one"
    ),
    _C.OLDER_RELEASE: Words(
        "an older release journalled it without what stood before",
        "move the unit on by an act of its own",
    ),
    _C.UNDO_STAYS: Words("an undo is not undone", "do again what it took back"),
    _C.ACT_IS_FINAL: Words(
        "this is final: {act}", "scan the item again, for nothing takes that back"
    ),
    _C.ACT_STAYS: Words("this stays: {act}", "scan the item again, for nothing takes that back"),
    _C.HAS_MOVED: Words(
        "it has moved since", "undo what happened last, or move it on by a new act"
    ),
    _C.NO_SHIPMENT: Words("there is no shipment {shipment}", "list them, or import it"),
    _C.SHIPMENT_CLOSED: Words(
        "shipment {shipment} is closed", "import a shipment of its own for what comes late"
    ),
    _C.ITEMS_HELD: Words(
        "held items of shipment {shipment} wait for a decision: {count}",
        "decide first, or close it with held items",
    ),
    _C.NO_SHIPMENTS_HERE: Words("no shipment is kept here", "ask a station that does"),
    _C.SHIPMENT_IS_OPEN: Words("Shipment {shipment} is open", ""),
    _C.SHIPMENT_WAS_OPEN: Words("Shipment {shipment} is open already", ""),
    _C.SHIPMENT_IS_CLOSED: Words("Shipment {shipment} is closed", ""),
    _C.NOT_ENROLLED: Words(
        "nobody of the name '{name}' is enrolled here", "let an admin enrol them"
    ),
    _C.HAS_NO_PIN: Words("{name} has no PIN", "let an admin set one: station operator pin {name}"),
    _C.PIN_LOCKED: Words(
        "too many wrong PINs for {name}", "wait {span}, or let an admin set a new PIN"
    ),
    _C.PIN_WRONG: Words("that is not {name}'s PIN", "try again; {left} tries are left"),
    _C.PIN_WRONG_WAIT: Words("that is not {name}'s PIN", "try again; wait {span}"),
    _C.PIN_NOT_GIVEN: Words("no PIN was given for {name}", "type it at the question"),
    _C.LABEL_NOT_OURS: Words(
        "this label is not one of this site's", "scan a badge made with 'station operator badge'"
    ),
    _C.BADGE_WANTED: Words("this is the label of a tote", "scan that of a badge"),
    _C.TOTE_WANTED: Words("this is the label of a badge", "scan that of a tote"),
    _C.BADGE_NOT_VALID: Words(
        "this badge is not valid any more", "scan a badge made with 'station operator badge'"
    ),
    _C.NOT_AN_ADMIN: Words("{name} is no admin", "let an admin do it"),
    _C.NAME_IS_NONE: Words(
        "an operator's name is 1 to 20 of A-Z, 0-9 and hyphen, not '{name}'",
        "give a name such as ANNA-2",
    ),
    _C.NAME_WAS_GIVEN: Words(
        "the name {name} was given before, and the journal knows it",
        "give another name, so that nobody is taken for somebody else",
    ),
    _C.LAST_ADMIN: Words(
        "{name} is the last admin with a PIN: nobody could change operators again",
        "give another admin a PIN first",
    ),
    _C.BADGES_USED_UP: Words(
        "{name} had as many badges as there can be", "enrol them under another name"
    ),
    _C.CHANGED_MEANWHILE: Words(
        "operator {name} was changed by somebody else meanwhile", "look again, then try again"
    ),
}

AT_COMMAND: Final[dict[Cause, str]] = {
    _C.NEEDS_PIN: "type it when asked, or set STATION_PIN",
    _C.NEEDS_WITNESS_PIN: "let them type it when asked, or set STATION_WITNESS_PIN",
    _C.PIN_NOT_GIVEN: "name a file that holds it with --pin-file, or set STATION_PIN",
    _C.NEEDS_REASON: "give it with --reason",
    _C.NEEDS_TOTE: "name it after the scan",
    _C.NEEDS_CASE_NUMBER: "give it with --case",
    _C.NEEDS_SHIPMENT: "name it; see 'station shipment list'",
    _C.NEEDS_WITNESS: "name one with --witness",
    _C.NOT_UNDER_REVIEW: "see 'station quarantine list'",
    _C.REVIEW_ENDED: "see 'station quarantine show' of it; 'station undo' takes an act back",
    _C.SAME_OR_SECOND: "answer with 'station quarantine answer SCAN same' or 'second'",
    _C.OTHER_ITEMS: (
        "end their review ('station quarantine answer SCAN same' where one item was read twice)"
        " and close their fetch tasks first"
    ),
    _C.OTHER_TO_FETCH: ("close the task first, see 'station quarantine tasks'; then look at both"),
    _C.NO_TASK: "see 'station quarantine tasks'",
    _C.TASK_CLOSED: "see 'station quarantine tasks'",
    _C.NOTHING_TO_UNDO: "give the id of the scan or act, as 'station journal export' shows it",
    _C.NOTHING_CHANGED: "end its review with 'station quarantine', if it is under one",
    _C.ITEMS_HELD: "decide first, or close it with --with-open-items",
    _C.NOT_ENROLLED: ("see 'station operator list'; an admin enrols with 'station operator add'"),
    _C.CHANGED_MEANWHILE: "look at 'station operator list', then try again",
}
"""What to do at a command line, where that is something else than at a screen."""
