"""A shipment from EPCIS 2.0 events: what a sender says it has packed and shipped. Total.

Reads an EPCIS document in JSON or JSON-LD. ObjectEvents and AggregationEvents of the business steps
packing and shipping speak of the shipment; others are passed over, and so is what an error
declaration takes back. One document is one shipment.

Sources: GS1 EPCIS 2.0; GS1 CBV 2.0 (business steps, business transaction and source types);
docs/reference/shipment-files.md.
"""

import json
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any, Final, NoReturn

from station.core.codes import LogisticUnit, TradeItem, UnitIdentity
from station.core.epc import read_epc, read_party
from station.core.errors import ConfigurationError
from station.core.shipments import (
    MAX_UNITS,
    Shipment,
    ShipmentDraft,
    ShipmentFault,
    ShipmentKind,
    is_shipment_id,
)
from station.core.text import printable

MAX_FILE_BYTES: Final = 64 << 20
MAX_EVENTS: Final = 100_000

_PACKING: Final = "packing"
_SHIPPING: Final = "shipping"
_STEP_PREFIXES: Final = (
    "urn:epcglobal:cbv:bizstep:",
    "https://ref.gs1.org/cbv/BizStep-",
    "cbv:BizStep-",
)
_TRANSACTION_PREFIXES: Final = (
    "urn:epcglobal:cbv:btt:",
    "https://ref.gs1.org/cbv/BTT-",
    "cbv:BTT-",
)
_SOURCE_PREFIXES: Final = (
    "urn:epcglobal:cbv:sdt:",
    "https://ref.gs1.org/cbv/SDT-",
    "cbv:SDT-",
)
_PIECE_WORDS: Final = frozenset({"", "EA", "H87"})
"""Units of measure that count pieces. Source: UN/CEFACT Recommendation 20."""


@dataclass(frozen=True, slots=True)
class Named:
    """What the person who imports says of the shipment, rather than the document.

    Attributes:
        shipment_id: Its id, or ``""`` to take the despatch advice's number.
        seller: The seller's id, or ``""`` to take the owning party's GLN.
    """

    shipment_id: str = ""
    seller: str = ""


@dataclass(frozen=True, slots=True)
class EpcisShipment:
    """What a document announces.

    Attributes:
        shipment: The shipment.
        passed_over: How many events spoke of something else.
    """

    shipment: Shipment
    passed_over: int


@dataclass(frozen=True, slots=True)
class _Event:
    """One event and where it stands in the document."""

    file: str
    number: int
    body: dict[str, Any]

    def fault(self, field: str, what: str, remedy: str) -> NoReturn:
        raise ConfigurationError(
            f"{self.file}, event {self.number}, {field}: {what}", f"{remedy}; nothing was imported"
        )

    def items(self, field: str) -> list[Any]:
        value = self.body.get(field, [])
        if not isinstance(value, list):
            self.fault(field, "not a list", _ASK)
        return value

    def text(self, field: str) -> str:
        value = self.body.get(field, "")
        if not isinstance(value, str):
            self.fault(field, "not a text", _ASK)
        return value


_ASK: Final = "ask the sender for a document that keeps to EPCIS 2.0"


def read_shipment_epcis(content: bytes, file: str, named: Named) -> EpcisShipment:
    """Read an EPCIS document.

    Args:
        content: The whole file.
        file: Its name, for messages.
        named: What is known of the shipment otherwise.

    Raises:
        ConfigurationError: It is none, or says something that cannot be used.
    """
    shown = printable(file, 200)
    events = _events(_document(content, shown), shown)
    void = {event.body.get("eventID") for event in events if "errorDeclaration" in event.body}
    told = [
        event
        for event in events
        if "errorDeclaration" not in event.body
        and not ("eventID" in event.body and event.text("eventID") in void)
        and _step(event) in {_PACKING, _SHIPPING}
    ]
    if not told:
        raise ConfigurationError(
            f"{shown}: no event of it says that something was packed or shipped",
            "ask the sender for its shipping events, or import a CSV file",
        )
    draft = ShipmentDraft(
        named.shipment_id or _shipment_id(told, shown),
        ShipmentKind.ASN,
        named.seller or _seller(told),
    )
    counted = {gtin for event in told if _step(event) == _PACKING for gtin in _counted_in(event)}
    for event in told:
        _take(event, draft, counted)
    shipment = draft.shipment()
    if isinstance(shipment, ShipmentFault):
        raise ConfigurationError(f"{shown}: {shipment.what}", shipment.remedy)
    return EpcisShipment(shipment, len(events) - len(told))


def _document(content: bytes, shown: str) -> dict[str, Any]:
    if len(content) > MAX_FILE_BYTES:
        raise ConfigurationError(
            f"{shown} is larger than {MAX_FILE_BYTES >> 20} MiB", "split it by shipment"
        )
    try:
        document = json.loads(content.decode("utf-8-sig"), object_pairs_hook=_once)
    except json.JSONDecodeError as error:
        raise ConfigurationError(
            f"{shown}, line {error.lineno}, column {error.colno}: not JSON: {error.msg}", _WHOLE
        ) from None
    except UnicodeDecodeError as error:
        raise ConfigurationError(f"{shown}: byte {error.start + 1} is no UTF-8", _WHOLE) from None
    except RecursionError:
        raise ConfigurationError(f"{shown}: nested too deeply", _WHOLE) from None
    except ValueError as error:
        raise ConfigurationError(f"{shown}: {printable(str(error), 120)}", _WHOLE) from None
    if not isinstance(document, dict) or document.get("type") != "EPCISDocument":
        raise ConfigurationError(f"{shown} is no EPCIS 2.0 document in JSON", _WHOLE)
    return document


_WHOLE: Final = "check that the file came whole, or ask the sender for it again"


def _once(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    """An object of which no name stands twice: readers do not agree which one counts."""
    found = dict(pairs)
    if len(found) < len(pairs):
        msg = "a name stands twice in one object"
        raise ValueError(msg)
    return found


def _events(document: dict[str, Any], shown: str) -> list[_Event]:
    body = document.get("epcisBody")
    listed = body.get("eventList") if isinstance(body, dict) else None
    if not isinstance(listed, list) or not all(isinstance(event, dict) for event in listed):
        raise ConfigurationError(f"{shown}: epcisBody holds no eventList", _WHOLE)
    if len(listed) > MAX_EVENTS:
        raise ConfigurationError(f"{shown}: more than {MAX_EVENTS} events", "split it by shipment")
    events = [_Event(shown, number, event) for number, event in enumerate(listed, 1)]
    for event in events:
        if "errorDeclaration" in event.body and not event.text("eventID"):
            event.fault("errorDeclaration", "it does not say of which event (no eventID)", _ASK)
    return events


def _step(event: _Event) -> str:
    return _word(event.text("bizStep"), _STEP_PREFIXES)


def _word(text: str, prefixes: tuple[str, ...]) -> str:
    """A CBV word, however it is spelled."""
    for prefix in prefixes:
        if text.startswith(prefix):
            return text.removeprefix(prefix)
    return text


def _typed(
    event: _Event, field: str, member: str, prefixes: tuple[str, ...]
) -> Iterator[tuple[str, str]]:
    """(type, value) of a list such as ``bizTransactionList``."""
    for one in event.items(field):
        if not isinstance(one, dict):
            event.fault(field, "holds something that is no object", _ASK)
        kind, value = one.get("type", ""), one.get(member, "")
        if not isinstance(kind, str) or not isinstance(value, str):
            event.fault(field, f"type or {member} is no text", _ASK)
        yield _word(kind, prefixes), value


def _shipment_id(told: list[_Event], shown: str) -> str:
    """The number of the despatch advice all events name."""
    found = {
        value
        for event in told
        for kind, value in _typed(
            event, "bizTransactionList", "bizTransaction", _TRANSACTION_PREFIXES
        )
        if kind == "desadv"
    }
    if len(found) > 1:
        raise ConfigurationError(
            f"{shown}: it speaks of {len(found)} despatch advices",
            "ask the sender for one document a shipment, or name one shipment with --id",
        )
    number = next(iter(found), "")
    shipment_id = number.rpartition(":")[2].rpartition("/")[2]
    if not is_shipment_id(shipment_id):
        what = f"'{printable(number, 60)}' cannot name" if number else "no despatch advice names"
        raise ConfigurationError(f"{shown}: {what} the shipment", "name it with --id")
    return shipment_id


def _seller(told: list[_Event]) -> str:
    """The GLN of the party that owned the goods when they left; ``""`` where it is not said."""
    for event in told:
        for kind, value in _typed(event, "sourceList", "source", _SOURCE_PREFIXES):
            party = read_party(value) if kind == "owning_party" else None
            if party is not None:
                return party
    return ""


def _take(event: _Event, draft: ShipmentDraft, counted: set[str]) -> None:
    kind = event.text("type")
    if kind not in {"ObjectEvent", "AggregationEvent"}:
        event.fault("type", f"'{printable(kind, 40)}' cannot say what is in a shipment", _ASK)
    if event.text("action") not in {"ADD", "OBSERVE"}:
        event.fault("action", "neither ADD nor OBSERVE", _ASK)
    if kind == "ObjectEvent":
        _take_epcs(event, "epcList", "", draft)
        _take_quantities(event, "quantityList", "", draft, counted)
        return
    sscc = _parent(event)
    if sscc:
        _check(event, "parentID", draft.add_pallet(sscc))
    _take_epcs(event, "childEPCs", sscc, draft)
    _take_quantities(
        event, "childQuantityList", sscc, draft, set() if _step(event) == _PACKING else counted
    )


def _parent(event: _Event) -> str:
    text = event.text("parentID")
    parent = read_epc(text) if text else None
    if text and not isinstance(parent, LogisticUnit):
        event.fault("parentID", f"'{printable(text, 60)}' is no SSCC", _ASK)
    return parent.sscc if isinstance(parent, LogisticUnit) else ""


def _take_epcs(event: _Event, field: str, sscc: str, draft: ShipmentDraft) -> None:
    for one in event.items(field):
        match read_epc(one) if isinstance(one, str) else None:
            case UnitIdentity(gtin=gtin, serial=serial):
                fault = draft.add_serial(gtin, serial, sscc)
            case LogisticUnit(sscc=inner):
                fault = draft.add_pallet(inner)
            case _:
                event.fault(field, f"'{printable(str(one), 60)}' is neither SGTIN nor SSCC", _ASK)
        _check(event, field, fault)


def _take_quantities(
    event: _Event, field: str, sscc: str, draft: ShipmentDraft, counted: set[str]
) -> None:
    for gtin, count in _quantities(event, field):
        if gtin not in counted:
            _check(event, field, draft.add_count(gtin, count, sscc))


def _counted_in(event: _Event) -> Iterator[str]:
    for field in ("quantityList", "childQuantityList"):
        for gtin, _ in _quantities(event, field):
            yield gtin


def _quantities(event: _Event, field: str) -> Iterator[tuple[str, int]]:
    """(GTIN, pieces) of a list of quantities."""
    for one in event.items(field):
        if not isinstance(one, dict):
            event.fault(field, "holds something that is no object", _ASK)
        epc_class, quantity = one.get("epcClass"), one.get("quantity")
        item = read_epc(epc_class) if isinstance(epc_class, str) else None
        if not isinstance(item, TradeItem):
            event.fault(field, f"'{printable(str(epc_class), 60)}' is no class of a GTIN", _ASK)
        count = _whole(quantity)
        if not 1 <= count <= MAX_UNITS:
            event.fault(field, f"a quantity is no whole number from 1 to {MAX_UNITS}", _ASK)
        measure = one.get("uom", "")
        if not isinstance(measure, str) or measure not in _PIECE_WORDS:
            event.fault(field, "a quantity that is not in pieces", _ASK)
        yield item.gtin, count


def _whole(quantity: object) -> int:
    """A JSON number as an integer; 0 for what is none, or has a fraction."""
    if isinstance(quantity, bool) or not isinstance(quantity, int | float):
        return 0
    return int(quantity) if quantity == quantity // 1 else 0


def _check(event: _Event, field: str, fault: ShipmentFault | None) -> None:
    if fault is not None:
        event.fault(field, fault.what, fault.remedy)
