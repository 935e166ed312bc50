"""Announced shipments in memory."""

from collections.abc import Sequence
from dataclasses import dataclass, field

from station.core.errors import StorageError
from station.core.shipments import Shipment


@dataclass
class FakeAnnouncements:
    """Implements `station.ports.publication.AnnouncementShelf`.

    Attributes:
        site: The site's name.
        shipments: What was taken, by id.
        fault: Raised instead of taking anything.
    """

    site: str = "berlin"
    shipments: dict[str, Shipment] = field(default_factory=dict)
    fault: StorageError | None = None
    _taken: dict[str, str] = field(default_factory=dict)

    def is_taken(self, slug: str, digest: str) -> bool:
        return self._taken.get(slug) == digest

    def take(self, slug: str, digest: str, shipments: Sequence[Shipment]) -> int:
        if self.fault is not None:
            raise self.fault
        new = {one.shipment_id: one for one in shipments}
        changed = [one for at, one in new.items() if self.shipments.get(at) != one]
        self.shipments |= new
        self._taken[slug] = digest
        return len(changed)
