"""Journal entries as EPCIS 2.0 events: what was received here, and what is held and why.

Pure values in, JSON-LD values out. One journal entry gives at most one ObjectEvent, always the
same: its event id is the CBV hash of its own content, so that sending it twice is sending it once.
Leaves to others: which entries are sent and where (`sync`), files (`app`).

Sources: GS1 EPCIS 2.0 (ObjectEvent, JSON-LD binding); GS1 CBV 2.0 (vocabulary, GS1 Digital Link
URIs as identifiers, EPCIS event hash id). GS1's schema accepts any words of the right shape, so
tests hold business steps and dispositions against CBV's own lists.
"""

import hashlib
from dataclasses import dataclass
from enum import Enum
from typing import Any, Final

from station.core.codes import UnitIdentity
from station.core.facts import Repeat
from station.core.gs1.digital_link import escape
from station.core.journal import JournalEntry
from station.core.reasons import CLASS_RULES, RULES, BizStep, Disposition

CONTEXT: Final = "https://ref.gs1.org/standards/epcis/2.0.0/epcis-context.jsonld"
SCHEMA_VERSION: Final = "2.0"
NAMESPACE: Final = "https://intake-station.invalid/epcis/"
"""Of our own fields; an address that can never be anybody's (RFC 2606)."""

PREFIX: Final = "intake"
PLACES: Final = "https://intake-station.invalid/loc/"
SCANS: Final = "https://intake-station.invalid/scan/"
"""A scan id alone may look like a number, which others would hash without its leading zeros."""

_CBV: Final = "https://ref.gs1.org/cbv/"
_DIGITAL_LINK: Final = "https://id.gs1.org/01/"


class EventKind(Enum):
    """What a verdict tells the world of a unit; the value is the CBV business step."""

    RECEIVING = BizStep.RECEIVING.value
    HOLDING = BizStep.HOLDING.value


@dataclass(frozen=True, slots=True)
class Where:
    """The places of an event, as URIs.

    Attributes:
        read_point: Where it was read: the station.
        biz_location: Where it is afterwards: the site.
    """

    read_point: str
    biz_location: str


@dataclass(frozen=True, slots=True)
class ObjectEvent:
    """An EPCIS ObjectEvent with the fields this station uses; action is always OBSERVE.

    Attributes:
        event_time: UTC, ISO 8601 with milliseconds and ``Z``.
        epcs: Units, as canonical GS1 Digital Link URIs.
        classes: Products of items without a serial, one item each, likewise.
        biz_step: A CBV word.
        disposition: A CBV word, or a URI of our own.
        where: Its places.
        extensions: Our own fields, (local name, value).
    """

    event_time: str
    epcs: tuple[str, ...]
    classes: tuple[str, ...]
    biz_step: str
    disposition: str
    where: Where
    extensions: tuple[tuple[str, str], ...] = ()

    def pre_hash(self) -> str:
        """The event in the one spelling that is hashed. Source: CBV 2.0, EPCIS event hash id."""
        epcs = "".join(sorted(f"epc={epc}" for epc in self.epcs))
        classes = "".join(
            sorted(f"quantityElementepcClass={epc_class}quantity=1" for epc_class in self.classes)
        )
        own = "".join(sorted(f"{{{NAMESPACE}}}{name}={value}" for name, value in self.extensions))
        return "".join(
            (
                f"eventType=ObjectEventeventTime={self.event_time}eventTimeZoneOffset=+00:00",
                f"epcList{epcs}" if epcs else "",
                f"quantityList{classes}" if classes else "",
                f"action=OBSERVEbizStep={_CBV}BizStep-{self.biz_step}",
                f"disposition={_expanded_disposition(self.disposition)}",
                f"readPointid={self.where.read_point}bizLocationid={self.where.biz_location}",
                own,
            )
        )

    def event_id(self) -> str:
        """The CBV hash URI. Sources: CBV 2.0, EPCIS event hash id; RFC 6920."""
        digest = hashlib.sha256(self.pre_hash().encode()).hexdigest()
        return f"ni:///sha-256;{digest}?ver=CBV2.0"

    def to_json(self) -> dict[str, Any]:
        """The event as a JSON-LD value, for a document with `document_head`'s context."""
        event: dict[str, Any] = {
            "type": "ObjectEvent",
            "eventID": self.event_id(),
            "eventTime": self.event_time,
            "eventTimeZoneOffset": "+00:00",
            "epcList": list(self.epcs),
        }
        if self.classes:
            event["quantityList"] = [
                {"epcClass": epc_class, "quantity": 1} for epc_class in self.classes
            ]
        event |= {
            "action": "OBSERVE",
            "bizStep": self.biz_step,
            "disposition": self.disposition,
            "readPoint": {"id": self.where.read_point},
            "bizLocation": {"id": self.where.biz_location},
        }
        event |= {f"{PREFIX}:{name}": value for name, value in self.extensions}
        return event


def event_kind(entry: JournalEntry) -> EventKind | None:
    """Which event an entry gives rise to, or None.

    None for verdicts that record nothing on a unit (RESCAN, STOP), for items of which not even
    the product is known, and for further reads of one item in one presentation: they say nothing
    new.
    """
    if entry.gtin is None or entry.facts.repeat is Repeat.SAME_PRESENTATION:
        return None
    biz_step = CLASS_RULES[entry.verdict.verdict_class].biz_step
    return None if biz_step is None else EventKind(biz_step.value)


def event_of(entry: JournalEntry, where: Where) -> ObjectEvent | None:
    """The event of an entry, or None where `event_kind` says so."""
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
        classes=(_DIGITAL_LINK + entry.gtin,) if identity is None else (),
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


def unit_uri(identity: UnitIdentity) -> str:
    """The canonical GS1 Digital Link URI of a unit. Source: GS1 Digital Link, section 4.11."""
    return f"{_DIGITAL_LINK}{identity.gtin}/21/{escape(identity.serial)}"


def place_of(site: str, station: str) -> Where:
    """The places of a station that has no GLN."""
    site_uri = PLACES + escape(site)
    return Where(read_point=f"{site_uri}/{escape(station)}", biz_location=site_uri)


def document_head(creation_date: str) -> dict[str, Any]:
    """An EPCIS document without its ``epcisBody``.

    Args:
        creation_date: When the document is made, ISO 8601 with ``Z``.
    """
    return {
        "@context": [CONTEXT, {PREFIX: NAMESPACE}],
        "type": "EPCISDocument",
        "schemaVersion": SCHEMA_VERSION,
        "creationDate": creation_date,
    }


def _expanded_disposition(disposition: str) -> str:
    return disposition if ":" in disposition else f"{_CBV}Disp-{disposition}"
