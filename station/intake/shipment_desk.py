"""The shipment at the dock: what it expects of the next unit, and how far it has come.

The tally is rebuilt from the journal whenever a shipment comes to the dock, and goes along with
every verdict from then on, also before it is committed, so that two units in quick succession never
take one place. A line that could not be kept is taken out again.
"""

from collections import deque
from dataclasses import dataclass
from typing import Final

from station.core.act_request import Refusal
from station.core.causes import Cause
from station.core.codes import UnitIdentity
from station.core.journal import JournalEntry
from station.core.shipment_tally import Outcome, ShipmentTally
from station.core.shipments import (
    Expectation,
    Shipment,
    ShipmentKind,
    ShipmentState,
    is_shipment_id,
)
from station.core.telling import refuse
from station.core.text import printable
from station.ports.display import ShipmentProgress
from station.ports.shipments import AnnouncedShipments


@dataclass(frozen=True, slots=True)
class Standing:
    """How a unit stands to the shipment at the dock.

    Attributes:
        expectation: What the shipment says of it.
        other_shipment: The shipment that announces it instead, or None.
    """

    expectation: Expectation = Expectation.NONE
    other_shipment: str | None = None


NO_SHIPMENT: Final = Standing()


class ShipmentDesk:
    """The verdict loop's thread only, but for `never_kept` and `progress`.

    Args:
        shipments: What is announced.
    """

    def __init__(self, shipments: AnnouncedShipments) -> None:
        self._shipments = shipments
        self._tally: ShipmentTally | None = None
        self._is_known = True
        self._never_kept: deque[str] = deque()
        self._progress: ShipmentProgress | None = None

    @property
    def opened(self) -> str:
        """The shipment at the dock, or ``""``."""
        return "" if self._tally is None else self._tally.shipment.shipment_id

    @property
    def seller(self) -> str:
        """Who supplies it, or ``""``."""
        return "" if self._tally is None else self._tally.shipment.seller

    @property
    def progress(self) -> ShipmentProgress | None:
        """How far the shipment at the dock has come, or None; any thread."""
        return self._progress

    def standing(self, identity: UnitIdentity) -> Standing:
        """How a unit stands to the shipment at the dock.

        Its own serial decides first: what another shipment announces by serial belongs there,
        though this one may want units of the product too.

        Raises:
            StorageError: The database cannot be read.
        """
        if not self._is_known:
            self.resume()
        tally = self._tally
        if tally is None or tally.shipment.kind is ShipmentKind.BLIND:
            return NO_SHIPMENT
        self._take_out()
        expectation = tally.expectation(identity)
        if tally.names(identity):
            return Standing(expectation)
        other = self._shipments.announcing_unit(identity, self.opened)
        if other is None and expectation is Expectation.NOT_ON_ASN:
            other = self._shipments.announcing_product(identity.gtin, self.opened)
        if other is not None:
            return Standing(Expectation.WRONG_SHIPMENT, other)
        return Standing(expectation)

    def take(self, entry: JournalEntry) -> None:
        """Count a verdict that was just decided."""
        if self._tally is not None:
            self._take_out()
            self._tally.take(entry)
            self._tell(self._tally)

    def never_kept(self, scan_id: str) -> None:
        """A verdict could not be journalled: it counts nothing; any thread."""
        self._never_kept.append(scan_id)

    def carrying(self, sscc: str) -> str | None:
        """The announced shipment a pallet belongs to, or None.

        Raises:
            StorageError: The database cannot be read.
        """
        return self._shipments.carrying(sscc)

    def why_not(self, shipment_id: str, *, closes: bool, with_open_items: bool) -> Refusal | None:
        """Why a shipment cannot be opened or closed, by what is durable; None where it can.

        Raises:
            StorageError: The database cannot be read.
        """
        return why_not(self._shipments, shipment_id, closes=closes, with_open_items=with_open_items)

    def resume(self) -> None:
        """Go on with the shipment at the dock, by what is durable.

        Raises:
            StorageError: The database cannot be read; the next unit's standing is asked for anew,
                of whichever shipment is at the dock by then.
        """
        self._tally, self._progress, self._is_known = None, None, False
        self._never_kept.clear()
        opened = self._shipments.opened()
        shipment = self._shipments.shipment(opened) if opened else None
        if shipment is not None:
            self._tally = tally_of(self._shipments, shipment)
            self._tell(self._tally)
        self._is_known = True

    def _take_out(self) -> None:
        while self._never_kept and self._tally is not None:
            self._tally.forget(self._never_kept.popleft())

    def _tell(self, tally: ShipmentTally) -> None:
        self._progress = ShipmentProgress(
            tally.shipment.shipment_id,
            tally.shipment.kind,
            tally.shipment.expected,
            tally.count(Outcome.ACCEPTED),
            tally.count(Outcome.QUARANTINED),
            tally.count(Outcome.HELD),
        )


def tally_of(shipments: AnnouncedShipments, shipment: Shipment) -> ShipmentTally:
    """A shipment's tally as the journal tells it.

    Raises:
        StorageError: The database cannot be read.
    """
    tally = ShipmentTally(shipment)
    for entry in shipments.history(shipment.shipment_id):
        tally.take(entry)
    return tally


def why_not(
    shipments: AnnouncedShipments, shipment_id: str, *, closes: bool, with_open_items: bool
) -> Refusal | None:
    """Why a shipment cannot be opened or closed, by what is durable; None where it can.

    Raises:
        StorageError: The database cannot be read.
    """
    known = is_shipment_id(shipment_id)
    record = shipments.record(shipment_id) if known else None
    shipment = shipments.shipment(shipment_id) if known else None
    if record is None or shipment is None:
        return refuse(Cause.NO_SHIPMENT, shipment=printable(shipment_id))
    if record.state is ShipmentState.CLOSED:
        return refuse(Cause.SHIPMENT_CLOSED, shipment=shipment_id)
    if not closes or with_open_items:
        return None
    held = tally_of(shipments, shipment).count(Outcome.HELD)
    return refuse(Cause.ITEMS_HELD, shipment=shipment_id, count=held) if held else None
