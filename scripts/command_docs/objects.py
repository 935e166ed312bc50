"""The fields of the objects that several commands print with ``--json``."""

from typing import Final

Fields = dict[str, str]
"""Field name to its meaning."""

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
