"""What brands announce to this site, taken into its shipment book.

Fulfils `station.ports.publication.AnnouncementShelf`. A shipment that is new is added, one that
never was at the dock takes the place of what the same brand announced before; what was at the dock,
or was imported by hand, stays. A small file remembers which documents were taken whole; without it
they are gone through once more, which changes nothing.
"""

from collections.abc import Callable, Sequence
from contextlib import closing
from pathlib import Path
from typing import Final

import msgspec

from station.core.errors import ConfigurationError, StorageError
from station.core.shipments import Shipment, ShipmentState
from station.storage.durable import write_atomically
from station.storage.shipment_book import SqliteShipmentBook
from station.storage.sqlite import faults_told

MAX_MEMORY_BYTES: Final = 1 << 20


class SiteAnnouncements:
    """A site's. One thread; the caller holds the refresh lock."""

    def __init__(self, site: str, database: Path, memory: Path, now_utc: Callable[[], str]) -> None:
        """Name the places; nothing is opened yet.

        Args:
            site: The site's name.
            database: The station's.
            memory: Which documents were taken, by brand.
            now_utc: The time, ISO 8601 with ``Z``.
        """
        self._site: Final = site
        self._database: Final = database
        self._memory: Final = memory
        self._now_utc: Final = now_utc

    @property
    def site(self) -> str:
        """The site's name."""
        return self._site

    def is_taken(self, slug: str, digest: str) -> bool:
        """Whether a brand's document was taken already."""
        return self._taken().get(slug) == digest

    def take(self, slug: str, digest: str, shipments: Sequence[Shipment]) -> int:
        """Take a document in; how many shipments are new or changed.

        Raises:
            StorageError: The station's database cannot be written.
        """
        source = f"published by {slug}"
        changed = 0
        with closing(SqliteShipmentBook(self._database)) as book:
            for shipment in shipments:
                changed += self._take_one(book, shipment, source)
        content = msgspec.json.encode(self._taken() | {slug: digest}, order="deterministic")
        with faults_told(self._memory):
            write_atomically(self._memory, content)
        return changed

    def _take_one(self, book: SqliteShipmentBook, shipment: Shipment, source: str) -> bool:
        record = book.record(shipment.shipment_id)
        if record is not None:
            ours = record.source == source and record.state is ShipmentState.WAITING
            if not ours or book.shipment(shipment.shipment_id) == shipment:
                return False
        try:
            book.add_all([shipment], source, self._now_utc(), replace=record is not None)
        except ConfigurationError:
            # It was at the dock, and put aside: what was counted against stays.
            return False
        return True

    def _taken(self) -> dict[str, str]:
        try:
            with self._memory.open("rb") as file:
                return msgspec.json.decode(file.read(MAX_MEMORY_BYTES), type=dict[str, str])
        except FileNotFoundError:
            return {}
        except OSError as error:
            raise StorageError(
                f"cannot read {self._memory}: {error.strerror or error}", "mend its rights"
            ) from error
        except (msgspec.DecodeError, UnicodeDecodeError):
            return {}
