"""A shipment from EPCIS 2.0 events: what a sender says it has packed and shipped. Total.

Reads an EPCIS document in JSON or JSON-LD. ObjectEvents and AggregationEvents of the business steps
packing and shipping speak of the shipment; others are passed over, and so is what an error
declaration takes back. One document is one shipment.

Sources: GS1 EPCIS 2.0; GS1 CBV 2.0 (business steps, business transaction and source types);
docs/reference/shipment-files.md.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final

from station.core.codes import LogisticUnit, TradeItem, UnitIdentity
from station.core.epc import read_epc, read_party
from station.core.epcis_reading import ReadEvent, bare_word, read_events
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

_PACKING: Final = "packing"
_SHIPPING: Final = "shipping"
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
    events = read_events(content, file)
    void = {event.body.get("eventID") for event in events if event.is_taken_back()}
    told = [
        event
        for event in events
        if not event.is_taken_back()
        and not ("eventID" in event.body and event.text("eventID") in void)
        and event.step() in {_PACKING, _SHIPPING}
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
    counted = {gtin for event in told if event.step() == _PACKING for gtin in _counted_in(event)}
    for event in told:
        _take(event, draft, counted)
    shipment = draft.shipment()
    if isinstance(shipment, ShipmentFault):
        raise ConfigurationError(f"{shown}: {shipment.what}", shipment.remedy)
    return EpcisShipment(shipment, len(events) - len(told))


def _typed(
    event: ReadEvent, field: str, member: str, prefixes: tuple[str, ...]
) -> Iterator[tuple[str, str]]:
    """(type, value) of a list such as ``bizTransactionList``."""
    for one in event.items(field):
        if not isinstance(one, dict):
            event.fault(field, "holds something that is no object")
        kind, value = one.get("type", ""), one.get(member, "")
        if not isinstance(kind, str) or not isinstance(value, str):
            event.fault(field, f"type or {member} is no text")
        yield bare_word(kind, prefixes), value


def _shipment_id(told: list[ReadEvent], shown: str) -> str:
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


def _seller(told: list[ReadEvent]) -> str:
    """The GLN of the party that owned the goods when they left; ``""`` where it is not said."""
    for event in told:
        for kind, value in _typed(event, "sourceList", "source", _SOURCE_PREFIXES):
            party = read_party(value) if kind == "owning_party" else None
            if party is not None:
                return party
    return ""


def _take(event: ReadEvent, draft: ShipmentDraft, counted: set[str]) -> None:
    kind = event.text("type")
    if kind not in {"ObjectEvent", "AggregationEvent"}:
        event.fault("type", f"'{printable(kind, 40)}' cannot say what is in a shipment")
    if event.text("action") not in {"ADD", "OBSERVE"}:
        event.fault("action", "neither ADD nor OBSERVE")
    if kind == "ObjectEvent":
        _take_epcs(event, "epcList", "", draft)
        _take_quantities(event, "quantityList", "", draft, counted)
        return
    sscc = _parent(event)
    if sscc:
        _check(event, "parentID", draft.add_pallet(sscc))
    _take_epcs(event, "childEPCs", sscc, draft)
    _take_quantities(
        event, "childQuantityList", sscc, draft, set() if event.step() == _PACKING else counted
    )


def _parent(event: ReadEvent) -> str:
    text = event.text("parentID")
    parent = read_epc(text) if text else None
    if text and not isinstance(parent, LogisticUnit):
        event.fault("parentID", f"'{printable(text, 60)}' is no SSCC")
    return parent.sscc if isinstance(parent, LogisticUnit) else ""


def _take_epcs(event: ReadEvent, field: str, sscc: str, draft: ShipmentDraft) -> None:
    for one in event.items(field):
        match read_epc(one) if isinstance(one, str) else None:
            case UnitIdentity(gtin=gtin, serial=serial):
                fault = draft.add_serial(gtin, serial, sscc)
            case LogisticUnit(sscc=inner):
                fault = draft.add_pallet(inner)
            case _:
                event.fault(field, f"'{printable(str(one), 60)}' is neither SGTIN nor SSCC")
        _check(event, field, fault)


def _take_quantities(
    event: ReadEvent, field: str, sscc: str, draft: ShipmentDraft, counted: set[str]
) -> None:
    for gtin, count in _quantities(event, field):
        if gtin not in counted:
            _check(event, field, draft.add_count(gtin, count, sscc))


def _counted_in(event: ReadEvent) -> Iterator[str]:
    for field in ("quantityList", "childQuantityList"):
        for gtin, _ in _quantities(event, field):
            yield gtin


def _quantities(event: ReadEvent, field: str) -> Iterator[tuple[str, int]]:
    """(GTIN, pieces) of a list of quantities."""
    for one in event.items(field):
        if not isinstance(one, dict):
            event.fault(field, "holds something that is no object")
        epc_class, quantity = one.get("epcClass"), one.get("quantity")
        item = read_epc(epc_class) if isinstance(epc_class, str) else None
        if not isinstance(item, TradeItem):
            event.fault(field, f"'{printable(str(epc_class), 60)}' is no class of a GTIN")
        count = _whole(quantity)
        if not 1 <= count <= MAX_UNITS:
            event.fault(field, f"a quantity is no whole number from 1 to {MAX_UNITS}")
        measure = one.get("uom", "")
        if not isinstance(measure, str) or measure not in _PIECE_WORDS:
            event.fault(field, "a quantity that is not in pieces")
        yield item.gtin, count


def _whole(quantity: object) -> int:
    """A JSON number as an integer; 0 for what is none, or has a fraction."""
    if isinstance(quantity, bool) or not isinstance(quantity, int | float):
        return 0
    return int(quantity) if quantity == quantity // 1 else 0


def _check(event: ReadEvent, field: str, fault: ShipmentFault | None) -> None:
    if fault is not None:
        event.fault(field, fault.what, fault.remedy)
