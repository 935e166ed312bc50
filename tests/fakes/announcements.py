"""Announced shipments in memory."""

from collections.abc import Sequence
from dataclasses import dataclass, field

from station.core.errors import StorageError
from station.core.shipments import Shipment
from station.ports.publication import LeftAlone, LeftBecause, TakenIn


@dataclass
class FakeAnnouncements:
    """Implements `station.ports.publication.AnnouncementShelf`.

    Attributes:
        site: The site's name.
        shipments: What was taken, by id.
        at_dock: Ids of those that were at the dock.
        fault: Raised instead of taking anything.
    """

    site: str = "berlin"
    shipments: dict[str, Shipment] = field(default_factory=dict)
    at_dock: set[str] = field(default_factory=set)
    fault: StorageError | None = None
    _taken: dict[str, str] = field(default_factory=dict)
    _brands: dict[str, str] = field(default_factory=dict)

    def is_taken(self, slug: str, digest: str) -> bool:
        return self._taken.get(slug) == digest

    def take(self, slug: str, digest: str, shipments: Sequence[Shipment]) -> TakenIn:
        if self.fault is not None:
            raise self.fault
        changed, left = 0, []
        for one in shipments:
            at = one.shipment_id
            if self.shipments.get(at) == one:
                continue
            if self._brands.setdefault(at, slug) != slug:
                left.append(LeftAlone(at, LeftBecause.CAME_ELSEWHERE))
            elif at in self.at_dock:
                left.append(LeftAlone(at, LeftBecause.WAS_AT_DOCK))
            else:
                self.shipments[at] = one
                changed += 1
        self._taken[slug] = digest
        return TakenIn(changed, tuple(left))
