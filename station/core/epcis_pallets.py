"""Pallets and cartons as EPCIS 2.0 events: what was taken off each when its shipment was closed.

One AggregationEvent for each SSCC of which units were received: ``unpacking``, DELETE, with those
units that were announced on it by serial and accepted. What was announced by number alone may have
come on any of them, so nothing is said of it; what is missing or put away was not taken into stock
from it.

Source: GS1 CBV 2.0, section 7.1 (``unpacking``); EPCIS 2.0, section 7.4.3 (AggregationEvent).
"""

from collections.abc import Iterable, Mapping, Sequence

from station.core.acts import ActEntry
from station.core.codes import UnitIdentity
from station.core.epcis_events import SCANS, Action, AggregationEvent, Where, sscc_uri, unit_uri
from station.core.reasons import Disposition
from station.core.shipment_tally import DeliveredItem, Outcome
from station.core.shipments import Shipment

Contents = Mapping[str, Sequence[UnitIdentity]]
"""Units by the SSCC they came on."""

NO_CONTENTS: Contents = {}


def contents_of(shipment: Shipment, items: Iterable[DeliveredItem]) -> Contents:
    """What was accepted from each pallet or carton of a shipment.

    Args:
        shipment: What was announced.
        items: What came, from `station.core.shipment_tally`.
    """
    announced = {
        (line.gtin, serial): line.sscc
        for line in shipment.lines
        if line.sscc
        for serial in line.serials
    }
    found: dict[str, list[UnitIdentity]] = {}
    for item in items:
        sscc = announced.get((item.gtin, item.serial))
        if sscc is not None and item.outcome is Outcome.ACCEPTED:
            found.setdefault(sscc, []).append(UnitIdentity(item.gtin, item.serial))
    return found


def unpacked_events(
    act: ActEntry, where: Where, contents: Contents
) -> tuple[AggregationEvent, ...]:
    """The events of a shipment that was closed, by SSCC.

    Args:
        act: The CLOSE_SHIPMENT.
        where: Where it was closed.
        contents: From `contents_of`.
    """
    return tuple(
        AggregationEvent(
            event_time=act.time_utc,
            parent=sscc_uri(sscc),
            children=tuple(unit_uri(identity) for identity in contents[sscc]),
            biz_step="unpacking",
            disposition=Disposition.IN_PROGRESS.value,
            where=where,
            action=Action.DELETE,
            extensions=(
                ("act", act.kind.value),
                ("scan", SCANS + act.scan_id),
                ("shipment", act.reference),
            ),
        )
        for sscc in sorted(contents)
        if contents[sscc]
    )
