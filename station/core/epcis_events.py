"""EPCIS 2.0 events as values: what they say, the id that follows from it, and their JSON-LD.

An event's id is the CBV hash of its own content, so that sending it twice is sending it once, and
two stations that tell the same agree on its name. An error declaration is no part of that content:
it goes under the id of the event that it takes back.

Leaves to others: which entries give which events (`epcis`, `epcis_acts`).

Sources: GS1 EPCIS 2.0 (ObjectEvent, AggregationEvent, ErrorDeclaration, JSON-LD binding); GS1 CBV
2.0 (vocabulary, GS1 Digital Link URIs as identifiers, EPCIS event hash id, section 8.9).
"""

import hashlib
from abc import ABC, abstractmethod
from dataclasses import dataclass
from enum import Enum
from typing import Any, Final

from station.core.codes import UnitIdentity
from station.core.gs1.digital_link import escape

CONTEXT: Final = "https://ref.gs1.org/standards/epcis/2.0.0/epcis-context.jsonld"
SCHEMA_VERSION: Final = "2.0"
NAMESPACE: Final = "https://intake-station.invalid/epcis/"
"""Of our own fields; an address that can never be anybody's (RFC 2606)."""

PREFIX: Final = "intake"
PLACES: Final = "https://intake-station.invalid/loc/"
SCANS: Final = "https://intake-station.invalid/scan/"
"""A scan id alone may look like a number, which others would hash without its leading zeros."""

OFFSET: Final = "+00:00"

_CBV: Final = "https://ref.gs1.org/cbv/"
_ITEMS: Final = "https://id.gs1.org/01/"
_LOGISTIC_UNITS: Final = "https://id.gs1.org/00/"


class Action(Enum):
    """What an event does to what is known of its objects. Source: EPCIS 2.0, section 7.3.2."""

    OBSERVE = "OBSERVE"
    ADD = "ADD"
    DELETE = "DELETE"


class ErrorReason(Enum):
    """Why an event is taken back. Source: CBV 2.0, section 7.5."""

    DID_NOT_OCCUR = "did_not_occur"
    INCORRECT_DATA = "incorrect_data"


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
class ErrorDeclaration:
    """That an event told before is not so.

    Attributes:
        declaration_time: When it was said, UTC, ISO 8601 with milliseconds and ``Z``.
        reason: Why.
        corrective_ids: Ids of the events that say how it is instead.
    """

    declaration_time: str
    reason: ErrorReason
    corrective_ids: tuple[str, ...] = ()

    def to_json(self) -> dict[str, Any]:
        """The declaration as a JSON-LD value."""
        declared: dict[str, Any] = {
            "declarationTime": self.declaration_time,
            "reason": self.reason.value,
        }
        if self.corrective_ids:
            declared["correctiveEventIDs"] = list(self.corrective_ids)
        return declared


@dataclass(frozen=True, slots=True, kw_only=True)
class _Event(ABC):
    """What every event says.

    Attributes:
        event_time: UTC, ISO 8601 with milliseconds and ``Z``.
        biz_step: A CBV word.
        disposition: A CBV word, or a URI of our own.
        where: Its places.
        action: What it does to what is known.
        extensions: Our own fields, (local name, value).
        error: Says that the event is taken back, or None.
    """

    event_time: str
    biz_step: str
    disposition: str
    where: Where
    action: Action = Action.OBSERVE
    extensions: tuple[tuple[str, str], ...] = ()
    error: ErrorDeclaration | None = None

    @abstractmethod
    def _type(self) -> str:
        """The event's type."""

    @abstractmethod
    def _hashed_objects(self) -> str:
        """What it is about, as it is hashed."""

    @abstractmethod
    def _objects(self) -> dict[str, Any]:
        """What it is about, as JSON-LD."""

    def pre_hash(self) -> str:
        """The event in the one spelling that is hashed. Source: CBV 2.0, EPCIS event hash id."""
        own = "".join(sorted(f"{{{NAMESPACE}}}{name}={value}" for name, value in self.extensions))
        return "".join(
            (
                f"eventType={self._type()}",
                f"eventTime={self.event_time}eventTimeZoneOffset={OFFSET}",
                self._hashed_objects(),
                f"action={self.action.value}bizStep={_CBV}BizStep-{self.biz_step}",
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
            "type": self._type(),
            "eventID": self.event_id(),
            "eventTime": self.event_time,
            "eventTimeZoneOffset": OFFSET,
        }
        if self.error is not None:
            event["errorDeclaration"] = self.error.to_json()
        event |= self._objects()
        event |= {
            "action": self.action.value,
            "bizStep": self.biz_step,
            "disposition": self.disposition,
            "readPoint": {"id": self.where.read_point},
            "bizLocation": {"id": self.where.biz_location},
        }
        event |= {f"{PREFIX}:{name}": value for name, value in self.extensions}
        return event


@dataclass(frozen=True, slots=True, kw_only=True)
class ObjectEvent(_Event):
    """What happened to units.

    Attributes:
        epcs: Units, as canonical GS1 Digital Link URIs.
        classes: Products of items without a serial, one item each, likewise.
    """

    epcs: tuple[str, ...]
    classes: tuple[str, ...] = ()

    def _type(self) -> str:
        return "ObjectEvent"

    def _hashed_objects(self) -> str:
        epcs = "".join(sorted(f"epc={epc}" for epc in self.epcs))
        classes = "".join(
            sorted(f"quantityElementepcClass={epc_class}quantity=1" for epc_class in self.classes)
        )
        return (f"epcList{epcs}" if epcs else "") + (f"quantityList{classes}" if classes else "")

    def _objects(self) -> dict[str, Any]:
        objects: dict[str, Any] = {"epcList": list(self.epcs)}
        if self.classes:
            objects["quantityList"] = [
                {"epcClass": epc_class, "quantity": 1} for epc_class in self.classes
            ]
        return objects


@dataclass(frozen=True, slots=True, kw_only=True)
class AggregationEvent(_Event):
    """What was put on a pallet or in a carton, or taken from it.

    Attributes:
        parent: The pallet or carton, as a canonical GS1 Digital Link URI.
        children: Units, likewise.
    """

    parent: str
    children: tuple[str, ...]

    def _type(self) -> str:
        return "AggregationEvent"

    def _hashed_objects(self) -> str:
        children = "".join(sorted(f"epc={epc}" for epc in self.children))
        return f"parentID={self.parent}" + (f"childEPCs{children}" if children else "")

    def _objects(self) -> dict[str, Any]:
        return {"parentID": self.parent, "childEPCs": list(self.children)}


Event = ObjectEvent | AggregationEvent


def unit_uri(identity: UnitIdentity) -> str:
    """The canonical GS1 Digital Link URI of a unit. Source: GS1 Digital Link, section 4.11."""
    return f"{_ITEMS}{identity.gtin}/21/{escape(identity.serial)}"


def class_uri(gtin: str) -> str:
    """The canonical URI of a product."""
    return _ITEMS + gtin


def sscc_uri(sscc: str) -> str:
    """The canonical URI of a pallet or carton."""
    return _LOGISTIC_UNITS + sscc


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
