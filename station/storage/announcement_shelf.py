"""What brands announce to this site, taken into its shipment book.

Fulfils `station.ports.publication.AnnouncementShelf`. A shipment that is new is added, one that
never was at the dock takes the place of what the same brand announced before; what was at the dock,
or came from elsewhere, stays. A small file remembers which documents were taken whole, and when
each of their shipments had come into the book: a database that was restored from a backup does not
go with it. Without it the documents are gone through once more, which changes nothing.
"""

from collections.abc import Callable, Sequence
from contextlib import closing
from pathlib import Path
from typing import Final

import msgspec

from station.core.errors import ConfigurationError, StorageError
from station.core.shipments import Shipment
from station.ports.publication import LeftAlone, LeftBecause, TakenIn
from station.ports.shipments import ShipmentRecord
from station.storage.durable import write_atomically
from station.storage.notary import Notary
from station.storage.shipment_book import SqliteShipmentBook
from station.storage.sqlite import faults_told

MAX_MEMORY_BYTES: Final = 16 << 20


class _Document(msgspec.Struct, frozen=True):
    """A document that was taken: its digest, and by shipment when that came into the book."""

    digest: str
    imported_utc: dict[str, str]


class SiteAnnouncements:
    """A site's. One thread; the caller holds the refresh lock."""

    def __init__(
        self,
        site: str,
        database: Path,
        memory: Path,
        now_utc: Callable[[], str],
        notary: Callable[[], Notary],
    ) -> None:
        """Name the places; nothing is opened yet.

        Args:
            site: The site's name.
            database: The station's.
            memory: Which documents were taken, by brand.
            now_utc: The time, ISO 8601 with ``Z``.
            notary: Gives who seals the journal's lines of what is taken in.
        """
        self._site: Final = site
        self._database: Final = database
        self._memory: Final = memory
        self._now_utc: Final = now_utc
        self._notary: Final = notary

    @property
    def site(self) -> str:
        """The site's name."""
        return self._site

    def is_taken(self, slug: str, digest: str) -> bool:
        """Whether a brand's document was taken already, and what it left here is unchanged.

        A database that cannot be read has nothing: taking the document will say so.
        """
        taken = self._taken().get(slug)
        if taken is None or taken.digest != digest:
            return False
        try:
            with closing(SqliteShipmentBook(self._database)) as book:
                return taken.imported_utc.items() <= _imported_utc(_by_id(book)).items()
        except StorageError:
            return False

    def take(self, slug: str, digest: str, shipments: Sequence[Shipment]) -> TakenIn:
        """Take a brand's document in, its shipments by id.

        Raises:
            StorageError: The station's database cannot be written.
        """
        source = f"published by {slug}"
        changed = 0
        left = []
        with closing(SqliteShipmentBook(self._database, self._notary())) as book:
            records = _by_id(book)
            for shipment in shipments:
                because = None
                record = records.get(shipment.shipment_id)
                if record is None or book.shipment(shipment.shipment_id) != shipment:
                    because = self._put(book, record, shipment, source)
                    changed += because is None
                if because is not None:
                    left.append(LeftAlone(shipment.shipment_id, because))
            imported_utc = _imported_utc(_by_id(book))
        own = {one.shipment_id: imported_utc[one.shipment_id] for one in shipments}
        memory = self._taken() | {slug: _Document(digest, own)}
        with faults_told(self._memory):
            write_atomically(self._memory, msgspec.json.encode(memory, order="deterministic"))
        return TakenIn(changed, tuple(left))

    def _put(
        self,
        book: SqliteShipmentBook,
        record: ShipmentRecord | None,
        shipment: Shipment,
        source: str,
    ) -> LeftBecause | None:
        """Put a shipment into the book, unless there is a reason not to."""
        if record is not None and record.source != source:
            return LeftBecause.CAME_ELSEWHERE
        try:
            book.add_all([shipment], source, self._now_utc(), replace=record is not None)
        except ConfigurationError:
            # It was at the dock, now or before; or somebody imported it this very moment.
            return LeftBecause.WAS_AT_DOCK if record else LeftBecause.CAME_ELSEWHERE
        return None

    def _taken(self) -> dict[str, _Document]:
        try:
            with self._memory.open("rb") as file:
                return msgspec.json.decode(file.read(MAX_MEMORY_BYTES), type=dict[str, _Document])
        except (OSError, msgspec.DecodeError, UnicodeDecodeError):
            return {}


def _by_id(book: SqliteShipmentBook) -> dict[str, ShipmentRecord]:
    return {record.shipment_id: record for record in book.records()}


def _imported_utc(records: dict[str, ShipmentRecord]) -> dict[str, str]:
    return {at: record.imported_utc for at, record in records.items()}
