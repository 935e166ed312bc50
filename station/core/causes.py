"""Why something was not done or does not work, by name: a closed set, worded by `wording.causes`.

What stands in a sentence (a name, a path, the system's own words) goes along as text; states, acts,
reasons and spans of time go as names and numbers, so that they too are said in the language of
whoever reads.
"""

from dataclasses import dataclass
from enum import Enum


class Cause(Enum):
    """One sentence with what to do about it; the value is its name on the wire."""

    # --- an act, whatever it is about
    NEEDS_OPERATOR = "needs-operator"
    NEEDS_SUPERVISOR = "needs-supervisor"
    NEEDS_ADMIN = "needs-admin"
    NEEDS_PIN = "needs-pin"
    NEEDS_REASON = "needs-reason"
    NEEDS_TOTE = "needs-tote"
    NEEDS_CASE_NUMBER = "needs-case-number"
    NEEDS_SHIPMENT = "needs-shipment"
    NEEDS_CERTIFICATE = "needs-certificate"
    NEEDS_WITNESS = "needs-witness"
    NEEDS_OTHER_WITNESS = "needs-other-witness"
    NEEDS_WITNESS_PIN = "needs-witness-pin"
    ACT_NOT_JOURNALLED = "act-not-journalled"
    """`why`: what the journal's writer said."""
    ENGINE_BUSY = "engine-busy"
    # --- an item under review
    NOT_UNDER_REVIEW = "not-under-review"
    """`scan`: the id that was given."""
    REVIEW_ENDED = "review-ended"
    """`scan`: the item; `by`: the act."""
    SAME_OR_SECOND = "same-or-second"
    NO_SUCH_UNIT_HERE = "no-such-unit-here"
    NO_UNIT_RECEIVED = "no-unit-received"
    RELEASE_UNPROVEN = "release-unproven"
    OTHER_ITEMS = "other-items"
    """`scans`: their ids."""
    REGISTRY_SAYS = "registry-says"
    """`reason`: what it says."""
    STANDS_FOR_GOOD = "stands-for-good"
    """`state`: how the unit stands."""
    STANDS_REPLACED = "stands-replaced"
    RELABEL_UNPROVEN = "relabel-unproven"
    OTHER_TO_FETCH = "other-to-fetch"
    KEEPS_ITS_CODE = "keeps-its-code"
    """`state`: how the unit stands."""
    LABEL_PROVES_NOTHING = "label-proves-nothing"
    LABEL_NOT_FREE = "label-not-free"
    """`reason`: what its verdict would be headed."""
    LABEL_OF_OTHER_PRODUCT = "label-of-other-product"
    """`label`, `item`: GTINs."""
    # --- a fetch task
    NO_TASK = "no-task"
    """`scan`: the id that was given."""
    TASK_CLOSED = "task-closed"
    """`by`: the act."""
    # --- an undo
    NOTHING_TO_UNDO = "nothing-to-undo"
    """`scan`: the id that was given."""
    NOT_ONES_OWN = "not-ones-own"
    NOTHING_CHANGED = "nothing-changed"
    OLDER_RELEASE = "older-release"
    UNDO_STAYS = "undo-stays"
    ACT_IS_FINAL = "act-is-final"
    """`act`: its kind."""
    ACT_STAYS = "act-stays"
    """`act`: its kind."""
    HAS_MOVED = "has-moved"
    # --- a shipment
    NO_SHIPMENT = "no-shipment"
    """`shipment`: the id that was given, as for those that follow."""
    SHIPMENT_CLOSED = "shipment-closed"
    ITEMS_HELD = "items-held"
    """`count`: how many."""
    NO_SHIPMENTS_HERE = "no-shipments-here"
    SHIPMENT_IS_OPEN = "shipment-is-open"
    SHIPMENT_WAS_OPEN = "shipment-was-open"
    SHIPMENT_IS_CLOSED = "shipment-is-closed"
    # --- who asks
    NOT_ENROLLED = "not-enrolled"
    """`name`: theirs, as for those that follow."""
    HAS_NO_PIN = "has-no-pin"
    PIN_LOCKED = "pin-locked"
    """`span`: how long to wait, in seconds."""
    PIN_WRONG = "pin-wrong"
    """`left`: tries that are left."""
    PIN_WRONG_WAIT = "pin-wrong-wait"
    """`span`: how long to wait, in seconds."""
    PIN_NOT_GIVEN = "pin-not-given"
    RECORD_FORGED = "record-forged"
    # --- a label that was scanned at a supervisor's screen
    LABEL_NOT_OURS = "label-not-ours"
    BADGE_WANTED = "badge-wanted"
    TOTE_WANTED = "tote-wanted"
    BADGE_NOT_VALID = "badge-not-valid"
    # --- the site's people
    NOT_AN_ADMIN = "not-an-admin"
    """`name`: theirs, as for those that follow."""
    NAME_IS_NONE = "name-is-none"
    NAME_WAS_GIVEN = "name-was-given"
    LAST_ADMIN = "last-admin"
    BADGES_USED_UP = "badges-used-up"
    CHANGED_MEANWHILE = "changed-meanwhile"
    # --- a database or another file; each also stands as the `why` of what it does not let work
    STORAGE_FULL = "storage-full"
    """`path`: which, as for those that follow."""
    STORAGE_READ_ONLY = "storage-read-only"
    STORAGE_LOCKED = "storage-locked"
    STORAGE_UNOPENED = "storage-unopened"
    STORAGE_DISK_FAILS = "storage-disk-fails"
    STORAGE_DAMAGED = "storage-damaged"
    STORAGE_MISSING = "storage-missing"
    STORAGE_FAILS = "storage-fails"
    """`detail`: what the system says."""
    NO_REGISTRY_YET = "no-registry-yet"
    SITE_IN_USE = "site-in-use"
    """`who`: which program."""
    NOT_KNOWN_IF_DONE = "not-known-if-done"
    # --- what a supervisor's screen says of the site
    ORIGIN_NOT_SET = "origin-not-set"
    SYNC_NEVER = "sync-never"
    SYNC_TIME_UNKNOWN = "sync-time-unknown"
    SYNC_OF_ALL = "sync-of-all"
    """`time`: when; `why`: why all of it had to be fetched."""
    SYNC_AT_REST = "sync-at-rest"
    OUTBOX_STANDS = "outbox-stands"
    """`waiting`, `refused`: how many events, as for the one that follows."""
    OUTBOX_REFUSED = "outbox-refused"
    TICKET_OPEN = "ticket-open"
    """`faults`: as of SCANNER_FAULTS; `time`: since which day; `number`: the ticket's."""
    # --- a PIN that somebody chose
    PIN_IS_NONE = "pin-is-none"
    PIN_COUNTS = "pin-counts"
    PIN_REPEATS = "pin-repeats"
    PINS_DIFFER = "pins-differ"
    # --- a scanner
    DEVICE_CONNECTED = "device-connected"
    """`device`: as configured, as for those that follow."""
    DEVICE_NAME_IT = "device-name-it"
    DEVICE_LOST = "device-lost"
    DEVICE_MISSING = "device-missing"
    DEVICE_FORBIDDEN = "device-forbidden"
    DEVICE_IN_USE = "device-in-use"
    DEVICE_NO_SCANNER = "device-no-scanner"
    DEVICE_FAILS = "device-fails"
    SCANNER_SILENT = "scanner-silent"
    SCANNER_ANSWERS = "scanner-answers"
    SCAN_CUT_OFF = "scan-cut-off"
    SCAN_TOO_LONG = "scan-too-long"
    LINE_TOO_LONG = "line-too-long"
    SCAN_LEFT_OFF = "scan-left-off"
    SCAN_KEYS_LOST = "scan-keys-lost"
    SCAN_WITHOUT_PREFIX = "scan-without-prefix"
    SCAN_WITHOUT_SUFFIX = "scan-without-suffix"
    SCANS_WHOLE_AGAIN = "scans-whole-again"
    # --- an output
    OUTPUT_WORKS = "output-works"
    OUTPUT_LOST = "output-lost"
    """`device`: where it is."""
    OUTPUT_REFUSES = "output-refuses"
    OUTPUT_NO_BOARD = "output-no-board"
    OUTPUT_OTHER_PROGRAM = "output-other-program"
    GATE_DROPPED = "gate-dropped"
    GATE_SWITCHES = "gate-switches"
    GATE_ASTRAY = "gate-astray"
    # --- registry, outbox, disk
    REGISTRY_UNREADABLE = "registry-unreadable"
    REGISTRY_OLDER = "registry-older"
    REGISTRY_IN_USE = "registry-in-use"
    REGISTRY_OLD = "registry-old"
    REGISTRY_TOO_OLD = "registry-too-old"
    REGISTRY_AGE_UNKNOWN = "registry-age-unknown"
    NOT_KNOWN = "not-known"
    EVENTS_STAY = "events-stay"
    EVENTS_REFUSED = "events-refused"
    EVENTS_WAIT = "events-wait"
    EVENTS_SENT = "events-sent"
    DISK_ROOM = "disk-room"
    DISK_LOW = "disk-low"
    SYNC_UNDER_WAY = "sync-under-way"
    FIGURES_STAND_STILL = "figures-stand-still"
    # --- latch and clock
    LATCH_NOT_KEPT = "latch-not-kept"
    LATCH_NOT_FORGOTTEN = "latch-not-forgotten"
    CLOCK_BEHIND_REGISTRY = "clock-behind-registry"
    CLOCK_BEHIND_JOURNAL = "clock-behind-journal"
    CLOCK_PUT_BACK = "clock-put-back"
    CLOCK_PUT_FORWARD = "clock-put-forward"
    CLOCK_NOT_REMEMBERED = "clock-not-remembered"
    CLOCK_WATCHED_AGAIN = "clock-watched-again"
    CLOCK_RIGHT_AGAIN = "clock-right-again"
    # --- what is kept
    PICTURES_FAIL = "pictures-fail"
    PICTURE_NOT_KEPT = "picture-not-kept"
    PICTURES_TOO_MANY = "pictures-too-many"
    """`count`: how many."""
    PICTURE_NOT_JOURNALLED = "picture-not-journalled"
    PICTURES_REMOVED = "pictures-removed"
    PICTURES_KEPT_AGAIN = "pictures-kept-again"
    LOOK_UPS_FAIL = "look-ups-fail"
    JOURNAL_FAILS = "journal-fails"
    CHANGE_FORGED = "change-forged"
    PINS_LOCKED = "pins-locked"
    """`names`: whose."""
    ROSTER_FAILS = "roster-fails"
    # --- the engine and its readers
    ENGINE_STOPS = "engine-stops"
    SOURCE_ENDED = "source-ended"
    SCANNER_FAULTS = "scanner-faults"
    """`faults`: modifiers with how often each, as in ``SCANNER_FAULT_CASE=2``, and commas."""
    READER_RESCANS = "reader-rescans"
    READER_ALARMS = "reader-alarms"
    SOUND_FAILS = "sound-fails"
    SOUND_AGAIN = "sound-again"
    # --- a camera
    CAMERA_SILENT = "camera-silent"
    """`device`: as configured, as for those that follow."""
    CAMERA_DELIVERS = "camera-delivers"
    CAMERA_GOOD_AGAIN = "camera-good-again"
    CAMERA_REFUSES = "camera-refuses"
    CAMERA_FROZEN = "camera-frozen"
    CAMERA_COVERED = "camera-covered"
    CAMERA_DARK = "camera-dark"
    CAMERA_BRIGHT = "camera-bright"
    CAMERA_BLURRED = "camera-blurred"
    PICTURE_UNREAD = "picture-unread"
    LABELS_UNREAD = "labels-unread"


@dataclass(frozen=True, slots=True)
class Told:
    """A cause with what stands in its sentence.

    Attributes:
        cause: Which.
        given: What stands in its places, each with the place's name; plain text.
    """

    cause: Cause
    given: tuple[tuple[str, str], ...] = ()


def told(cause: Cause, **given: object) -> Told:
    """A cause and what is so; anything given becomes text."""
    return Told(cause, tuple((name, str(what)) for name, what in given.items()))


def because(cause: Cause, why: Told | None, text: str) -> Told:
    """A cause whose `why` is another one: by its name, what stands in its places besides.

    Args:
        cause: What is so.
        why: The other one, or None where it has no name.
        text: What is said of it then, as it stands.
    """
    if why is None:
        return told(cause, why=text)
    return Told(cause, (("why", why.cause.value), *why.given))
