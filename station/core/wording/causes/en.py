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
        "the unit stands received here, and this is the same one or a second",
        "answer which one first",
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
    _C.HAS_NO_PIN: Words("{name} has no PIN", "let an admin set one"),
    _C.PIN_LOCKED: Words(
        "too many wrong PINs for {name}", "wait {span}, or let an admin set a new PIN"
    ),
    _C.PIN_WRONG: Words("that is not {name}'s PIN", "try again; tries left: {left}"),
    _C.PIN_WRONG_WAIT: Words("that is not {name}'s PIN", "wait {span}, then try again"),
    _C.PIN_NOT_GIVEN: Words("no PIN was given for {name}", "type it at the question"),
    _C.RECORD_FORGED: Words(
        "{name} does not stand as this station journalled it", "run 'station journal verify'"
    ),
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
    _C.STORAGE_FULL: Words(
        "{path}: the disk is full", "free some room; scanning goes on by itself"
    ),
    _C.STORAGE_READ_ONLY: Words(
        "{path}: it cannot be written", "let the admin make file and folder writable"
    ),
    _C.STORAGE_LOCKED: Words(
        "{path}: another program holds it", "close that program, then try again"
    ),
    _C.STORAGE_UNOPENED: Words(
        "{path}: it cannot be opened", "check that its folder exists and may be read"
    ),
    _C.STORAGE_DISK_FAILS: Words(
        "{path}: the disk reports an error", "call the admin: copy the folder to a sound disk"
    ),
    _C.STORAGE_DAMAGED: Words("{path}: it is damaged", "call the admin: restore it from a backup"),
    _C.STORAGE_MISSING: Words(
        "{path}: it is not there", "check that the site's folder is the right one"
    ),
    _C.STORAGE_FAILS: Words("{path}: {detail}", "check the disk, the folder and its permissions"),
    _C.NO_REGISTRY_YET: Words("no registry was fetched yet", "run 'station sync'"),
    _C.SITE_IN_USE: Words("{who} has the site", "end that program first: only one takes in units"),
    _C.NOT_KNOWN_IF_DONE: Words(
        "it is not known whether it was done", "look at the list again, and ask again if it was not"
    ),
    _C.ORIGIN_NOT_SET: Words("not set", "name it under [sync] in station.toml"),
    _C.SYNC_NEVER: Words("never", "run 'station sync'"),
    _C.SYNC_TIME_UNKNOWN: Words("it is not known when", "run 'station sync'"),
    _C.SYNC_OF_ALL: Words("{time}, all of it: {why}", ""),
    _C.SYNC_AT_REST: Words("none under way", ""),
    _C.OUTBOX_STANDS: Words("waiting: {waiting}, refused: {refused}", ""),
    _C.OUTBOX_REFUSED: Words("waiting: {waiting}, refused: {refused}", "see 'station outbox list'"),
    _C.TICKET_OPEN: Words(
        "{faults} since {time}, ticket {number}", "see 'station scanner tickets'"
    ),
    _C.PIN_IS_NONE: Words("a PIN is 4 to 12 digits", "choose another"),
    _C.PIN_COUNTS: Words(
        "the PIN counts in even steps, as anybody would try first", "choose another"
    ),
    _C.PIN_REPEATS: Words(
        "the PIN repeats a shorter piece, as anybody would try first", "choose another"
    ),
    _C.PINS_DIFFER: Words("the two PINs differ", "type the new one again"),
    _C.DEVICE_CONNECTED: Words("{device} is connected", ""),
    _C.DEVICE_NAME_IT: Words(
        "{device} is connected", "name it {name}, which stays the same after a replug"
    ),
    _C.DEVICE_LOST: Words(
        "{device} was unplugged or switched off", "plug it in again; scanning goes on by itself"
    ),
    _C.DEVICE_MISSING: Words(
        "there is no device {device}", "check cable and power, or name another in station.toml"
    ),
    _C.DEVICE_FORBIDDEN: Words(
        "no permission to open {device}", "let the admin add the station's user to its group"
    ),
    _C.DEVICE_IN_USE: Words(
        "{device} is in use by another program", "stop that program; 'fuser -v {device}' names it"
    ),
    _C.DEVICE_NO_SCANNER: Words(
        "{device} is not a scanner's device", "name another in station.toml"
    ),
    _C.DEVICE_FAILS: Words(
        "{device} does not work ({why})", "check cable and power, plug it in again"
    ),
    _C.SCANNER_SILENT: Words(
        "the scanner does not answer in the framing that is set",
        "set it to that framing, or set framing to lines here",
    ),
    _C.SCANNER_ANSWERS: Words("the scanner answers again", ""),
    _C.SCAN_CUT_OFF: Words(
        "the rest of the scan did not come",
        "scan again; if it stays so, set the scanner to send CR after each scan",
    ),
    _C.SCAN_TOO_LONG: Words(
        "the scan is longer than any symbol",
        "set the scanner to send CR after each scan; compare baud rates",
    ),
    _C.LINE_TOO_LONG: Words("the line is longer than any symbol", "put one code on each line"),
    _C.SCAN_LEFT_OFF: Words(
        "the scanner went away in the middle of a scan", "scan again once it is back"
    ),
    _C.SCAN_KEYS_LOST: Words(
        "keys of the scan were lost on their way",
        "scan again; if this comes often, the machine is too busy",
    ),
    _C.SCAN_WITHOUT_PREFIX: Words(
        "the scan does not begin with the configured prefix",
        "set the scanner's prefix as configured here",
    ),
    _C.SCAN_WITHOUT_SUFFIX: Words(
        "the scan does not end with the configured suffix",
        "set the scanner's suffix as configured here",
    ),
    _C.SCANS_WHOLE_AGAIN: Words("scans arrive whole again", ""),
    _C.OUTPUT_WORKS: Words("is connected", ""),
    _C.OUTPUT_LOST: Words("does not answer ({device})", "check its power, cable and address"),
    _C.OUTPUT_REFUSES: Words(
        "refuses what it was told ({device})", "compare its settings with the configuration"
    ),
    _C.OUTPUT_NO_BOARD: Words(
        "the device there is not the station's board",
        "name another device, or give it as a modbus output",
    ),
    _C.OUTPUT_OTHER_PROGRAM: Words(
        "the board's program is of another release",
        "let the admin burn the program of this release",
    ),
    _C.GATE_DROPPED: Words(
        "the board dropped the gate: no heartbeat, or it was reset",
        "wait, it is armed again by itself; if it comes again, check cable and power",
    ),
    _C.GATE_SWITCHES: Words(
        "both limit switches of the gate are closed at once", "check them and their wires"
    ),
    _C.GATE_ASTRAY: Words(
        "the gate does not stand where it was told to",
        "free it, check drive and limit switches; look where the last units went",
    ),
    _C.REGISTRY_UNREADABLE: Words("cannot be read: {why}", "run 'station doctor'"),
    _C.REGISTRY_OLDER: Words(
        "generation {offered} is older than {number}, which stays in use", "run 'station sync'"
    ),
    _C.REGISTRY_IN_USE: Words("generation {number} of {time}", ""),
    _C.REGISTRY_OLD: Words("older than {hours} h", "run 'station sync'"),
    _C.REGISTRY_TOO_OLD: Words(
        "older than {hours} h, verdicts are provisional", "run 'station sync'"
    ),
    _C.REGISTRY_AGE_UNKNOWN: Words("its age is not known", "set the clock right"),
    _C.NOT_KNOWN: Words("not known: {why}", "run 'station doctor'"),
    _C.EVENTS_STAY: Words("events stay here, [upload] names no receiver", ""),
    _C.EVENTS_REFUSED: Words("events that were refused: {count}", "see 'station outbox list'"),
    _C.EVENTS_WAIT: Words("events that wait: {count}", "run 'station outbox send'"),
    _C.EVENTS_SENT: Words("sent in time", ""),
    _C.DISK_ROOM: Words("room enough", ""),
    _C.DISK_LOW: Words("{count} MB left", "free some room"),
    _C.SYNC_UNDER_WAY: Words("under way, {who}", ""),
    _C.FIGURES_STAND_STILL: Words("they stand still: {why}", "run 'station doctor'"),
    _C.LATCH_NOT_KEPT: Words(
        "this quarantine would not survive a restart: {why}", "keep the unit aside, tell the admin"
    ),
    _C.LATCH_NOT_FORGOTTEN: Words(
        "the quarantine put away would stand again after a restart: {why}", "tell the admin"
    ),
    _C.CLOCK_BEHIND_REGISTRY: Words(
        "is {span} behind the publisher's signature, verdicts are provisional",
        "set it right; if it is right, 'station clock --confirm'",
    ),
    _C.CLOCK_BEHIND_JOURNAL: Words(
        "is {span} behind the journal, verdicts are provisional",
        "set it right; if it is right, 'station clock --confirm'",
    ),
    _C.CLOCK_PUT_BACK: Words(
        "was put back by {span}, verdicts are provisional",
        "set it right; if it is right, 'station clock --confirm'",
    ),
    _C.CLOCK_PUT_FORWARD: Words(
        "was put forward by {span}, verdicts are provisional",
        "set it right; if it is right, 'station clock --confirm'",
    ),
    _C.CLOCK_NOT_REMEMBERED: Words(
        "would not be missed if put back meanwhile: {why}", "run 'station doctor'"
    ),
    _C.CLOCK_WATCHED_AGAIN: Words("is watched again", ""),
    _C.CLOCK_RIGHT_AGAIN: Words("is right again", ""),
    _C.PICTURES_FAIL: Words("not kept or cleared away: {why}", "run 'station doctor'"),
    _C.PICTURE_NOT_KEPT: Words("not kept: {why}", "keep the picture's own file"),
    _C.PICTURES_TOO_MANY: Words(
        "not kept, the disk is too slow for so many: {count}", "look at the disk"
    ),
    _C.PICTURE_NOT_JOURNALLED: Words("kept, but not in the journal: {why}", "run 'station doctor'"),
    _C.PICTURES_REMOVED: Words(
        "removed for want of room, though their items are under review: {count}",
        "end reviews, or raise pictures.max_mb",
    ),
    _C.PICTURES_KEPT_AGAIN: Words("pictures are kept again", ""),
    _C.LOOK_UPS_FAIL: Words(
        "registry or claims do not answer: {why}", "run 'station sync', then 'station doctor'"
    ),
    _C.JOURNAL_FAILS: Words("verdicts cannot be kept: {why}", "stop the line, call the supervisor"),
    _C.CHANGE_FORGED: Words(
        "a change of operators or shipments was not made with this station's key",
        "run 'station journal verify'",
    ),
    _C.PINS_LOCKED: Words("too many wrong PINs for {names}", "ask them; an admin sets a new PIN"),
    _C.ROSTER_FAILS: Words("operators cannot be read: {why}", "call the supervisor"),
    _C.ENGINE_STOPS: Words("internal error ({why}), the engine stops", "start it again"),
    _C.SOURCE_ENDED: Words(
        "reads nothing any more: {why}", "check the device, then start the station again"
    ),
    _C.SCANNER_FAULTS: Words("{faults}", "see 'station scanner tickets'"),
    _C.READER_RESCANS: Words(
        "asks for many rescans", "clean the window, look at distance, light and print"
    ),
    _C.READER_ALARMS: Words(
        "too many of its alarms were false",
        "look at 'station figures' and at the scanner",
    ),
    _C.SOUND_FAILS: Words("no sounds: {why}", "run 'station sound test'"),
    _C.SOUND_AGAIN: Words("sounds again", ""),
    _C.CAMERA_SILENT: Words(
        "{device} gives no picture, trying again", "check its power, cable, network and address"
    ),
    _C.CAMERA_DELIVERS: Words("{device} delivers {width} × {height} pixels", ""),
    _C.CAMERA_GOOD_AGAIN: Words("{device} gives a good picture again", ""),
    _C.CAMERA_REFUSES: Words(
        "{device} works and does not take {settings}",
        "choose what its driver has (v4l2-ctl -L), or take the key out of station.toml",
    ),
    _C.CAMERA_FROZEN: Words(
        "{device} sends the same picture again and again", "switch it off and on, check its network"
    ),
    _C.CAMERA_COVERED: Words(
        "{device} sees nothing but one grey",
        "take away what covers the lens, and switch the light on",
    ),
    _C.CAMERA_DARK: Words(
        "{device} is under-exposed", "add light, or set a longer exposure or a wider aperture"
    ),
    _C.CAMERA_BRIGHT: Words(
        "{device} is over-exposed", "set a shorter exposure, or turn the lamp away from the camera"
    ),
    _C.CAMERA_BLURRED: Words(
        "{device} is out of focus", "set the focus to the labels' distance, and wipe the lens"
    ),
    _C.PICTURE_UNREAD: Words("picture {picture}: {why}", "look at the file"),
    _C.LABELS_UNREAD: Words(
        "labels in {picture} that could not be read: {count}",
        "take the picture nearer and sharper, or scan them one by one",
    ),
}

AT_COMMAND: Final[dict[Cause, str]] = {
    _C.NOT_KNOWN_IF_DONE: ("look with 'station quarantine show', and ask again if it was not"),
    _C.HAS_NO_PIN: "let an admin set one: station operator pin {name}",
    _C.NEEDS_PIN: ("type it when asked, name its file with --pin-file, or set STATION_PIN"),
    _C.NEEDS_WITNESS_PIN: (
        "let them type it when asked, name its file with --witness-pin-file, "
        "or set STATION_WITNESS_PIN"
    ),
    _C.PIN_NOT_GIVEN: ("type it when asked, name its file with --pin-file, or set STATION_PIN"),
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
