"""What intake and the shipment commands ask of the station database: shipments and their history.

What is announced is stored whole or not at all and never changes after it was at the dock. What has
come is nowhere stored as a number: it is told from the journal (`station.core.shipment_tally`).
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Protocol

from station.core.codes import UnitIdentity
from station.core.journal import Entry
from station.core.shipments import Shipment, ShipmentKind, ShipmentState


@dataclass(frozen=True, slots=True)
class ShipmentRecord:
    """One shipment in a list.

    Attributes:
        shipment_id: Its id.
        kind: Against what it is counted.
        seller: Who supplies it, or ``""``.
        state: Where it stands.
        expected: How many units are announced.
        source: The file it came from, for people.
        imported_utc: When it was imported.
        opened_utc: When it first came to the dock, or ``""``.
        closed_utc: When it was closed, or ``""``.
    """

    shipment_id: str
    kind: ShipmentKind
    seller: str
    state: ShipmentState
    expected: int
    source: str
    imported_utc: str
    opened_utc: str = ""
    closed_utc: str = ""


class AnnouncedShipments(Protocol):
    """What is announced, looked up for a verdict. The verdict loop's thread only.

    Every method may raise `station.core.errors.StorageError`; nothing else escapes.
    """

    def opened(self) -> str:
        """The shipment at the dock, or ``""``."""
        ...

    def record(self, shipment_id: str) -> ShipmentRecord | None:
        """One shipment of the list, or None."""
        ...

    def shipment(self, shipment_id: str) -> Shipment | None:
        """The whole of a shipment, or None."""
        ...

    def history(self, shipment_id: str) -> Iterator[Entry]:
        """The committed journal lines that concern a shipment, in their order."""
        ...

    def announcing_unit(self, identity: UnitIdentity, besides: str) -> str | None:
        """Another shipment, not closed, that announces this very unit; the first by id."""
        ...

    def announcing_product(self, gtin: str, besides: str) -> str | None:
        """Another shipment, not closed, that announces units of a product by number."""
        ...

    def carrying(self, sscc: str) -> str | None:
        """The shipment, not closed, that a pallet or carton belongs to; the first by id."""
        ...


class ShipmentBook(AnnouncedShipments, Protocol):
    """All a site's shipments, for the commands. One thread."""

    def add_all(
        self, shipments: Sequence[Shipment], source: str, now_utc: str, *, replace: bool = False
    ) -> None:
        """Store shipments, all or none, without holding up an engine at work.

        Args:
            shipments: What is announced; each id once.
            source: Where it came from, for people.
            now_utc: When, ISO 8601 with ``Z``.
            replace: Whether they may take the place of those that never were at the dock.

        Raises:
            ConfigurationError: There is one of such an id that may not be replaced.
        """
        ...

    def records(self) -> list[ShipmentRecord]:
        """All shipments, the newest first."""
        ...

    def history_until_close(self, shipment_id: str) -> Iterator[Entry]:
        """The same as `history`, as it was when the shipment was closed."""
        ...

    def close(self) -> None:
        """Release the file; idempotent."""
        ...
