"""The command line's contract: exit codes, and the fields of every JSON object.

The commands make the objects; these tables say what the fields mean. A test runs each command and
holds its objects to exactly these fields, so neither can gain or lose one alone.
"""

from typing import Final

from station.core.errors import ExitCode

Fields = dict[str, str]
"""Field name to its meaning."""

EXIT_CODES: Final[dict[ExitCode, str]] = {
    ExitCode.DONE: "done; every verdict was ACCEPT or ACCEPT_NOTE; in the demo, all as expected",
    ExitCode.NOT_ALL_ACCEPTED: "a verdict was RESCAN, HOLD or QUARANTINE, or a check failed",
    ExitCode.USAGE: "the command line, an input file or the configuration cannot be used",
    ExitCode.NOTHING_DECODABLE: "nothing decodable: no picture holds a symbol, no code was given",
    ExitCode.DATABASE: "a registry or database is missing, locked, damaged, not to be trusted "
    "or of another schema",
    ExitCode.DEVICE_OR_STOP: "a device is missing, or a verdict was STOP",
    ExitCode.INTERNAL: "internal error; the message names the file with its details",
    ExitCode.INTERRUPTED: "interrupted with Ctrl+C or SIGTERM; what was read is kept",
}

BRAND: Final[Fields] = {
    "brand_id": "the number keys and units are filed under",
    "slug": "the short name commands take",
    "name": "the name for people",
}
KEY: Final[Fields] = {
    "brand": "the brand's short name",
    "key_id": "0 to 65535, unique within the brand; part of every code it signs",
    "algorithm": "`ed25519` or `p256`",
    "public_key": "hex",
    "state": "`active`, `retired`, `compromised` or `revoked`",
    "since_utc": "since when it is in this state",
    "gtins": "the only products it signs for; empty for all of the brand",
}
PRODUCT: Final[Fields] = {
    "gtin": "14 digits",
    "brand": "the brand's short name",
    "name": "the name for people",
    "accept": "the forms of code it carries, see [code format](code-format.md)",
    "tag_ai": "the application identifier of the tag",
}
CODE: Final[Fields] = {
    "gtin": "14 digits",
    "serial": "the unit's serial",
    "tag": "the signature part; null where a code carries none",
    "element_string": "what the symbol holds, GS as `\\u001d`",
    "lot": "the lot, or null",
    "expiry": "the expiry date as YYMMDD, or null",
    "state": "the unit's state, overlays after a `+`",
    "place": "the station a received or shipped unit was marked with, or null",
}
SIGNING: Final[Fields] = {
    "kind": "`publication` or `root`",
    "number": "the generation, or the root's version",
    "prepared_utc": "when it was prepared",
    "units": "how many units, as the publisher says",
    "root_fingerprint": "SHA-256 of the newest root's file, hex; empty before the first",
    "role": "whose signature is wanted; one object a role",
    "version": "of what is to be signed",
    "signed_before": "the version signed here last, or null",
    "expires_utc": "until when it would be valid",
    "sha256": "of the bytes to be signed, hex",
    "keys": "who may sign what, for root and targets; new keys and those taken out are marked",
    "files": "each with `path`, `bytes`, `sha256` and what it `says`, read from the file itself",
    "signed_by": "keys whose signatures the folder holds already",
}
PUT_OUT: Final[Fields] = {
    "timestamp": "the number of the timestamp that is out now",
    "generation": "the generation put out; null where what is out was renewed",
    "expires_utc": "after this moment stations refuse it",
    "root": "the root file a site is given",
    "root_fingerprint": "its SHA-256, hex",
}
OPERATOR: Final[Fields] = {
    "name": "the operator",
    "role": "`witness`, `operator`, `supervisor` or `admin`",
    "badge": "the number of the one badge that counts",
    "active": "false once removed",
    "language": "`en`, `zh`, `de` or `es`; `site` for what the site's operators read",
}
ORDER: Final[Fields] = {
    "order": "the number other commands take with `--order`",
    "gtin": "14 digits",
    "key_id": "the key that signs; null for an import",
    "requested": "how many were ordered; null for an import",
    "issued": "how many are stored",
    "done": "whether that is all of them",
    "state": "the state its codes began in",
    "lot": "the lot, or null",
    "expiry": "the expiry date, or null",
    "created_utc": "when it was ordered",
    "seed": "the seed of a repeatable test order; null for real goods",
}
MARKED: Final[Fields] = {
    "mark": "the state or overlay",
    "lifted": "whether it was taken away",
    "changed": "how many units changed",
    "unchanged": "how many were so already",
}
CAPTURED: Final[Fields] = {
    "file": "the document",
    "events": "how many it holds",
    "passed_over": "how many of them speak of something else, or of others' units",
    "known": "how many observations of single units were here already",
    "changed": "by how many a unit stands otherwise now",
    "unchanged": "by how many it stood so already",
    "doubtful": "the others, each with `gtin`, `serial`, `doubt` (`not_issued`, `does_not_follow`, "
    "`marked_since`), what was `told` and `told_at` which station, and how the unit `stands` and "
    "`stands_at` which",
}
POLICY: Final[Fields] = {
    "version": "what verdicts name it by",
    "policy": "what counts, by key; see [policy](policy.md)",
}
VERDICT: Final[Fields] = {
    "scan_id": "names the read for good; sorts by time",
    "verdict": "the class, see [reason codes](reason-codes.md)",
    "reason": "the headline reason",
    "also": "the other reasons that apply",
    "modifiers": "flags that decide nothing",
    "kind": "what was read, see [code format](code-format.md)",
    "gtin": "14 digits, or null",
    "serial": "the unit's serial, or null",
    "issuance": "what says that the unit was issued: `listed`, its row; `signature`, where the "
    "registry holds the product's exceptions alone; null where nothing does",
    "provisional": "whether it stands only until the registry is fresh again",
    "registry_generation": "the registry it was decided with",
    "station": "the station's name",
    "source": "where the read came from",
    "time_utc": "when it was decided",
    "message": "what is so, in words for the operator",
    "next_action": "what to do with the item in hand",
    "raw_b64": "the bytes as read, base64",
    "symbology_identifier": "as ISO/IEC 15424 spells it, e.g. `]d2`; empty where none was sent",
    "print_estimate": "how well the label is printed, see [print quality](print-quality.md); null "
    "where no picture shows it",
    "timings_ms": "`decode`, `verify`, `lookup`, `commit` and `total`, milliseconds",
}
DECODED: Final[Fields] = {
    "path": "the picture",
    "width": "pixels; 0 where it cannot be read",
    "height": "pixels; 0 where it cannot be read",
    "ms": "how long decoding took",
    "symbols": "each with `format`, `symbology_identifier`, `text` (printable, GS as `<GS>`), "
    "`raw_b64`, `corners` (four `[x, y]`, pixels), and which `engine` read it in which `step`, "
    "with how many `witnesses`; `print_estimate` as in [print quality](print-quality.md), or null",
    "unread": "corners of what looks like a label and could not be read",
}
CAMERA: Final[Fields] = {
    "source": "what was checked, without passwords",
    "passed": "whether nothing failed",
    "frames": "pictures looked at",
    "read": "pictures in which a label was read",
    "unread": "pictures in which a label showed and was not read",
    "width": "pixels; 0 where there was no picture",
    "height": "pixels; 0 where there was no picture",
    "frames_per_s": "what the camera delivers, those not looked at included; null for pictures",
    "modules": "a side of the last label read, or null",
    "module_px": "pixels a module, the median; null without a label",
    "contrast": "grey levels between paper and ink, or null",
    "bright_share": "share of the label's pixels that are over-exposed, or null",
    "blur_modules": "how soft edges are, standard deviation; null where it cannot be told",
    "smear_modules": "how far the picture moves during the exposure; null likewise",
    "exposure_at_most_ms": "the longest exposure for `--speed` and `--module-mm`; null at rest",
    "findings": "each with `subject`, `grade` (`ok`, `warning`, `failed`), `text` and `mend`",
    "settings": "what the driver made of each setting: `name`, `asked`, `has`, `taken`",
}
ITEM: Final[Fields] = {
    "scan_id": "names the item: the scan that was held or quarantined, or the act that fetched it",
    "time_utc": "since when it is under review",
    "verdict": "`HOLD` or `QUARANTINE`",
    "reason": "the headline reason",
    "gtin": "14 digits, or null",
    "serial": "of the unit its code names, or null",
    "proven": "whether its code proved which unit it is",
    "tote": "where it was put, or empty",
    "ended_by": "the act that ended the review, or null",
}
ACT: Final[Fields] = {
    "act": "what was asked, see [states](states.md)",
    "about": "the item, the fetch task, or what is to be undone",
    "done": "whether it was done and is in the journal",
    "scan_id": "the act's own id, for `station undo`; null where it was not done",
    "text": "why it was not done, or empty",
    "remedy": "what to do about it, or empty",
}
DATABASE: Final[Fields] = {
    "kind": "`station`, `registry` or `brand`",
    "path": "the file",
    "revision": "its schema's revision",
    "needed": "the revision this release uses",
    "condition": "whether this release can use it",
}

UPLOAD: Final[Fields] = {
    "sent": "events the receiver has taken",
    "refused": "events it refused for good",
    "waiting": "events that still wait",
    "text": "why they wait, or empty",
}
DESPATCH: Final[Fields] = {
    "brand": "the brand's short name",
    "site": "to which it is announced",
    "shipment": "its id",
    "kind": "`asn`, `order` or `blind`",
    "seller": "who supplies it, or null",
    "expected": "how many units it announces",
}
SELLER: Final[Fields] = {
    "brand": "the brand's short name",
    "seller": "the seller's id",
    "name": "the name for people",
    "supplies": "each product it may supply, with `gtin`, `from` and `until`",
}
SUPPLY: Final[Fields] = {
    "brand": "the brand's short name",
    "seller": "the seller's id",
    "gtin": "14 digits",
    "from": "the first day it may, or null",
    "until": "the last day it may, or null",
}
SHIPMENT: Final[Fields] = {
    "shipment": "its id",
    "kind": "`asn`, `order` or `blind`",
    "seller": "who supplies it, or null",
    "state": "`waiting`, `open` or `closed`",
    "expected": "how many units are announced",
    "source": "the file it came from",
    "imported_utc": "when it was imported",
    "opened_utc": "when it first came to the dock, or null",
    "closed_utc": "when it was closed, or null",
}
CLOSE_OUT: Final[Fields] = SHIPMENT | {
    "total": "`expected`, `accepted`, `quarantined`, `held`, `damaged`, `unreadable`, `missing` "
    "and `over`, all lines together",
    "lines": "the same for each line, with `sscc`, `gtin` and `announced`",
}

JSON_FIELDS: Final[dict[str, Fields]] = {
    "scan": VERDICT,
    "demo": VERDICT,
    "check": VERDICT,
    "init": {
        "site": "the site folder",
        "trust": "whether it trusts a publisher",
    },
    "setup": {
        "step": "`site`, `keys`, `printer`, `scanner`, `camera` or `sound`",
        "status": "`done`, or `before` where an earlier run did it",
        "text": "what was done",
    },
    "config show": {
        "key": "`section.key`, or a repeated section's name",
        "value": "what counts",
        "origin": "`default`, file and line, the variable, or `--set` with the key",
    },
    "doctor": {
        "check": "the check's name",
        "status": "`ok`, `warning`, `failed` or `skipped`",
        "text": "what is so",
        "mend": "what to do; empty where all is well",
    },
    "decode": DECODED,
    "camera check": CAMERA,
    "brand add": BRAND,
    "brand list": BRAND,
    "brand policy": {
        "brand": "the brand's short name",
        "policy": "what it asks, by key; see [policy](policy.md)",
    },
    "key new": KEY,
    "key list": KEY,
    "key retire": KEY,
    "key compromise": KEY,
    "key revoke": KEY,
    "product add": PRODUCT,
    "product list": PRODUCT,
    "product policy": {
        "gtin": "14 digits",
        "policy": "what is asked for it, by key; see [policy](policy.md)",
    },
    "codes order": CODE,
    "codes list": CODE,
    "codes orders": ORDER,
    "codes import": {"imported": "how many codes were taken in"},
    "capture": CAPTURED,
    "codes mark": MARKED,
    "codes lift": MARKED,
    "label": {
        "gtin": "14 digits",
        "serial": "the unit's serial",
        "path": "the picture",
    },
    "operator add": OPERATOR,
    "operator list": OPERATOR
    | {
        "since_utc": "of the last change",
        "pin": "whether a PIN is set",
        "wrong_pins": "wrong PINs in a row",
    },
    "operator remove": OPERATOR,
    "operator role": OPERATOR,
    "operator language": OPERATOR,
    "operator pin": OPERATOR,
    "operator badge": {
        "name": "the operator",
        "badge": "the badge's number",
        "path": "the picture",
    },
    "despatch add": DESPATCH,
    "despatch list": DESPATCH,
    "despatch remove": {
        "brand": "its short name",
        "site": "to which it was announced",
        "shipment": "its id",
        "announced": "`false`",
    },
    "seller add": SELLER,
    "seller list": SELLER,
    "seller authorise": SUPPLY,
    "seller revoke": SUPPLY,
    "publish": {
        "generation": "the registry's number, one more each time",
        "published_utc": "when",
        "expires_utc": "after this moment stations refuse it",
        "state_digest": "SHA-256 of the whole content, the same on every station that has it",
        "brands": "how many",
        "products": "how many",
        "keys": "how many",
        "units": "how many",
        "changes": "rows that are new or changed since the publication in that folder",
        "delta_bytes": "what those take",
        "snapshot_bytes": "what rows take that are published whole; 0 where none are",
        "root": "the root file a site is given",
        "root_fingerprint": "its SHA-256, hex",
        "first": "whether the publisher's keys were made just now",
        "wanted": "roles that others must sign for, with `--prepare`; nothing is out yet then",
    },
    "signing key": {
        "name": "the key",
        "key_id": "SHA-256 of its public half as metadata lists it, hex",
        "path": "the file with its public half",
    },
    "signing add": {"name": "the key", "key_id": "as `station signing key` gives it"},
    "signing root": {
        "folder": "what is to be carried",
        "root": "the version that waits",
        "wanted": "roles that must be signed for",
    },
    "signing accept": {
        "root": "the version in force now",
        "expires_utc": "until when it is valid",
        "path": "its file",
        "fingerprint": "its SHA-256, hex",
    },
    "signing show": SIGNING,
    "signing sign": SIGNING,
    "signing put-out": PUT_OUT,
    "signing renew": PUT_OUT,
    "sync": {
        "changed": "whether the site switched to another generation",
        "how": "`deltas`, `snapshot` or `nothing`: the way it came; null where the refresh failed",
        "generation": "the one in use now; null where there is none",
        "previous_generation": "the one before; null where there was none, or the refresh failed",
        "published_utc": "when it was published; null where the refresh failed, as the next eleven",
        "state_digest": "as `station publish` gives it",
        "brands": "how many",
        "products": "how many",
        "units": "how many",
        "changes": "rows that were new or changed, where it came by deltas",
        "rebased": "whether the registry's base and its changes were made one",
        "shipments": "announced shipments that are new or changed here",
        "shipments_left": "those that stand otherwise here and were left so, each with `brand`, "
        "`shipment` and `because` (`was_at_dock`, `came_elsewhere`: by hand, or another brand's)",
        "put_off": "what could not be done besides, and why; the next run tries again; else null",
        "fallback": "why everything was fetched whole although deltas were there; else null",
        "fetched_bytes": "what was fetched",
        "events_sent": "events the receiver took; null where none is configured",
        "events_refused": "events it refused for good; or null",
        "events_waiting": "events that still wait; or null",
        "duration_ms": "how long it took",
        "exit_code": "what the command returns",
        "error": "what ended it and what to do; null where nothing did",
    },
    "shipment import": SHIPMENT,
    "shipment list": SHIPMENT,
    "shipment open": {"shipment": "its name", "state": "`open`"},
    "shipment show": SHIPMENT | {"lines": "each with `sscc`, `gtin`, `count` and `serials`"},
    "shipment close": CLOSE_OUT,
    "shipment status": CLOSE_OUT,
    "outbox status": {"waiting": "events to send", "refused": "events put aside"},
    "outbox send": UPLOAD,
    "outbox retry": UPLOAD,
    "outbox list": {
        "seq": "the journal entry's number",
        "scan_id": "its scan",
        "event_id": "the event's id",
        "text": "what the receiver said",
        "time_utc": "when it was refused last",
    },
    "policy show": POLICY,
    "policy check": POLICY,
    "scanner check": {
        "check": "the test symbol by what it tests, or `feedback`",
        "good": "whether it passed",
        "found": "what arrived, compared with what is printed",
        "received": "what arrived, as text; empty where it passed or nothing did",
        "mend": "what to do; empty where it passed",
    },
    "scanner close-ticket": {"number": "the ticket", "open": "`false`"},
    "scanner tickets": {
        "number": "what `station scanner close-ticket` takes",
        "kind": "`scanner_fault`",
        "source": "which source shows it",
        "fault": "what it shows, see [scanner faults](scanner-faults.md)",
        "modifier": "what verdicts say of it",
        "count": "how many reads showed it",
        "first_seq": "the first entry of the journal that did",
        "last_seq": "the last one",
        "first_utc": "when that was",
        "last_utc": "likewise",
        "text": "the fault in words",
        "mend": "what to do",
    },
    "sound test": {
        "sign": "`accept`, `note`, `rescan`, `hold`, `refused`, `quarantine` or `stop`",
        "played": "whether it was played to its end",
        "text": "what went wrong; empty where nothing did",
    },
    "quarantine list": ITEM,
    "quarantine show": ITEM
    | {
        "read": "the verdict on its code, with the fields of `scan`; null where there is none",
        "standing": "how its unit stands: `state`, `previous`, `station`, `scan_id`, `reason`; "
        "or null",
        "picture": "what the camera saw: `file` in the site folder, `sha256` by the journal, "
        "`state` (`sound`, `changed`, `gone`); null where the journal names none",
        "ended": "the act that ended it, or null",
    },
    "quarantine tasks": {
        "scan_id": "names the task",
        "time_utc": "since when it is open",
        "gtin": "14 digits",
        "serial": "the unit's serial",
        "reason": "why both units are suspect",
        "place": "where the earlier unit lies",
        "earlier": "the scan that received it, or null",
    },
    "quarantine pack": {"scan_id": "the item", "file": "the zip file that was written"},
    "quarantine release": ACT,
    "quarantine confirm": ACT,
    "quarantine return": ACT,
    "quarantine relabel": ACT,
    "quarantine destroy": ACT,
    "quarantine answer": ACT,
    "quarantine put-away": ACT,
    "quarantine fetched": ACT,
    "undo": ACT,
    "journal verify": {
        "sound": "whether the journal is what was written",
        "entries": "how many",
        "head": "number and hash of the last one, for `--head`",
        "checkpoints": "how many signed checkpoints were checked",
        "public_key": "the key they were checked with, hex",
        "counts": "entries by verdict class",
        "flaw": "what kind of flaw, or null",
        "seq": "the first entry that is not sound, or null",
        "text": "the flaw in words, or null",
        "differences": "what of operators and shipments is otherwise than the journal says: each "
        "with `table`, `row`, `field`, `journal`, `found` and `mend`; at most 100",
    },
    "journal export": {
        "seq": "the entry's number",
        "hash": "of the chain up to it, hex",
        "body": "the entry exactly as it was hashed",
    },
    "figures": {
        "since_utc": "from when on, or null for the whole journal",
        "line": "the share of false alarms that is not to be exceeded",
        "unresolved": "how many held or quarantined items wait for a decision",
        "oldest_open_utc": "since when the first of them waits, or null",
        "total": "`reads`, `rescans`, `rescan_rate` (of reads), `decided` (neither RESCAN nor "
        "STOP), `alarms` (HOLD and QUARANTINE), `false_alarms` (released or taken back), "
        "`false_alarm_rate` (of decided), `above_the_line`, `same_unit` (scanned twice by "
        "mistake), `resolved`, `mean_resolution_s` and `longest_resolution_s`",
        "by_station": "the same for each station, with `name`",
        "by_source": "the same for each scanner or camera",
        "by_operator": "the same for each operator",
        "by_brand": "the same for each brand; with `--print-quality` it is another object, see "
        "[print quality](print-quality.md#the-trend)",
    },
    "replay": {
        "same": "whether everything could be decided again and was decided as before",
        "entries": "how many were decided again",
        "differing": "how many come out differently",
        "signatures": "how many signatures were checked again",
        "keys_gone": "how many were not, because the registry holds their key no more",
        "policies_gone": "entries by the policy that is not kept here, so that they could not be "
        "decided again",
        "differences": "the first hundred, each with `seq`, `scan_id`, `part` (`payload`, "
        "`signature`, `verdict`, `act` or `standing`), `field`, `kept` and `again`",
    },
    "clock": {
        "right": "whether it can be believed",
        "fault": "`before_registry`, `before_journal`, `went_back` or `went_forward`, or null",
        "by_ms": "by how much it is wrong, at least; or null",
        "text": "the same for people, and what to do",
    },
    "db status": DATABASE,
    "db upgrade": DATABASE
    | {"was": "the revision before", "backup": "the backup made first, or null"},
    "db check": {
        "kind": "`station`, `registry` or `brand`",
        "path": "the file",
        "sound": "whether what is in it holds together",
        "text": "what does not, or null",
    },
    "db backup": {
        "kind": "`station` or `brand`",
        "path": "the backup",
        "bytes": "its size",
        "head": "number and hash of the journal's last entry, for `journal verify --head`; null "
        "where there is none",
        "removed": "older backups that were removed",
        "pictures": "evidence pictures that lie beside it; null of a brand folder",
        "damaged": "pictures that are not what they were and were left out",
    },
    "db restore": {
        "path": "the database",
        "set_aside": "what the database that was there is called now, or null",
        "condition": "whether this release can use it",
        "pictures": "evidence pictures that came back with it",
    },
}
"""Command to the fields of each object it prints with ``--json``.

Of several with the same fields the first one's section lists them.
"""

JSON_NOTES: Final[dict[str, str]] = {
    "codes order": "With `--out` the codes go to the file, and the order itself is printed with "
    "the fields of `codes orders`.",
    "label": "With `--tote` the object has `tote`, its name, and `path`.",
}
"""What else is to be known of a command's objects."""
