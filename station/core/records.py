"""What the journal says of operators and shipments: whole rows, so that tables can be held to it.

A line that changes either holds what stands from then on, and the station's signature over it:
whoever can write the database file, but has not the station's key, can make no such line. Of a PIN
it holds a digest of the salted hash that is kept in the database, and no word to try a guess on
without that salt.
"""

import hashlib
import json
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Final

from station.core.language import Language
from station.core.operators import Operator, Role
from station.core.shipments import Shipment, ShipmentKind

_SEALED: Final = b"intake-station/record/1\x00"
"""What a signature over a record begins with, so that it is none over anything else."""

_PIN: Final = b"intake-station/pin/1\x00"


@dataclass(frozen=True, slots=True)
class PersonRecord:
    """An operator as a change leaves them.

    Attributes:
        name: Theirs.
        role: What they may do.
        badge: The number of the badge that counts.
        active: False once removed.
        language: What they read; None for what the site's operators read.
        pin: `pin_digest` of the PIN that is set, or ``""``.
    """

    name: str
    role: Role
    badge: int
    active: bool
    language: Language | None
    pin: str


@dataclass(frozen=True, slots=True)
class Sum:
    """What some rows of a table come to.

    Attributes:
        count: How many.
        sha256: Digest over them in their order, hex.
    """

    count: int
    sha256: str


@dataclass(frozen=True, slots=True)
class AnnouncedRecord:
    """A shipment as it was announced; what comes of it are other lines.

    Attributes:
        number: Of its row; a later one of the same id takes its place.
        shipment_id: Its id.
        kind: Against what it is counted.
        seller: Who supplies it, or ``""``.
        expected: How many units are announced.
        source: Where it came from, for people.
        imported_utc: When.
        lines: (line, SSCC, GTIN, units by number alone), by line.
        units: (GTIN, serial, line), by these.
        ssccs: (SSCC,), sorted.
    """

    number: int
    shipment_id: str
    kind: ShipmentKind
    seller: str
    expected: int
    source: str
    imported_utc: str
    lines: Sum
    units: Sum
    ssccs: Sum


def person_record(operator: Operator, pin: str) -> PersonRecord:
    """An operator with the digest of their PIN."""
    return PersonRecord(
        operator.name, operator.role, operator.badge, operator.active, operator.language, pin
    )


def announced_record(
    number: int, shipment: Shipment, source: str, imported_utc: str
) -> AnnouncedRecord:
    """A shipment under the number it got."""
    lines = list(enumerate(shipment.lines))
    units = sorted((line.gtin, serial, place) for place, line in lines for serial in line.serials)
    return AnnouncedRecord(
        number=number,
        shipment_id=shipment.shipment_id,
        kind=shipment.kind,
        seller=shipment.seller,
        expected=shipment.expected,
        source=source,
        imported_utc=imported_utc,
        lines=sum_of((place, line.sscc, line.gtin, line.unnamed) for place, line in lines),
        units=sum_of(units),
        ssccs=sum_of((sscc,) for sscc in sorted(shipment.ssccs)),
    )


def sealed_bytes(*fields: str | PersonRecord | AnnouncedRecord | None) -> bytes:
    """What is signed of a line: these fields, each record by those that are named here."""
    return _SEALED + _as_bytes([_plain(field) for field in fields])


def _plain(field: str | PersonRecord | AnnouncedRecord | None) -> object:
    match field:
        case PersonRecord():
            language = None if field.language is None else field.language.value
            role = int(field.role)
            return [field.name, role, field.badge, field.active, language, field.pin]
        case AnnouncedRecord():
            sums = [[one.count, one.sha256] for one in (field.lines, field.units, field.ssccs)]
            return [
                field.number,
                field.shipment_id,
                field.kind.value,
                field.seller,
                field.expected,
                field.source,
                field.imported_utc,
                *sums,
            ]
        case _:
            return field


def _as_bytes(values: object) -> bytes:
    """One spelling for the same values; what no database column holds is spelled out."""
    return json.dumps(values, separators=(",", ":"), default=repr).encode("ascii")


def sum_of(rows: Iterable[tuple[object, ...]]) -> Sum:
    """What rows of text and numbers come to, in their order."""
    digest, count = hashlib.sha256(), 0
    for row in rows:
        digest.update(_as_bytes(row))
        count += 1
    return Sum(count, digest.hexdigest())


def pin_digest(name: str, pin_hash: str) -> str:
    """What the journal says of a PIN: hex, and of no use without the salt in the hash.

    Args:
        name: Whose.
        pin_hash: As `station.core.crypto.hash_pin` made it; ``""`` for none, which has no digest.
    """
    if not pin_hash:
        return ""
    kept = pin_hash.encode("utf-8", "surrogatepass")
    return hashlib.sha256(_PIN + name.encode("utf-8", "surrogatepass") + b"\x00" + kept).hexdigest()
