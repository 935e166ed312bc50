"""What came on the pallets of a shipment that was closed, told from the journal."""

from contextlib import closing
from pathlib import Path

from station.core.acts import ActEntry
from station.core.epcis_pallets import NO_CONTENTS, Contents, contents_of
from station.core.shipment_tally import ShipmentTally
from station.storage.shipment_book import SqliteShipmentBook


def contents_at_close(station_db: Path, act: ActEntry) -> Contents:
    """Units by SSCC, of the shipment an act closed.

    Args:
        station_db: The station's database; opened for this, since few acts close a shipment.
        act: A CLOSE_SHIPMENT.

    Raises:
        StorageError: The database cannot be read.
    """
    with closing(SqliteShipmentBook(station_db)) as book:
        shipment = book.shipment(act.reference)
        if shipment is None:
            return NO_CONTENTS
        tally = ShipmentTally(shipment)
        for entry in book.history_until_close(act.reference):
            tally.take(entry)
        return contents_of(shipment, tally.items())
