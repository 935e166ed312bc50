"""Opens and closes shipments: through the engine where one runs, otherwise as the site's writer."""

from contextlib import closing

from station import __version__
from station.app.act_request import through_the_engine
from station.app.clock import SystemClock, UlidScanIds
from station.app.config import load
from station.app.intake_session import load_station_key
from station.app.site_paths import SitePaths
from station.core.errors import ConfigurationError
from station.intake.shipment_acts import shipment_act
from station.intake.shipment_desk import why_not
from station.ports.display import MoveShipment
from station.ports.shipments import ShipmentBook
from station.storage.site_lock import SiteInUseError, SiteLock
from station.storage.station_db import open_store


def move_shipment(
    paths: SitePaths,
    book: ShipmentBook,
    shipment_id: str,
    *,
    closes: bool,
    with_open_items: bool = False,
) -> None:
    """Open or close a shipment, durably.

    Raises:
        ConfigurationError: There is none of that id, it is closed, or items of it are held.
        StorageError: The site is in use by something that takes no requests, or cannot be written.
    """
    request = MoveShipment(UlidScanIds().next(), shipment_id, closes, with_open_items)
    try:
        with SiteLock(paths.lock, "station shipment"):
            _do(paths, book, request)
            return
    except SiteInUseError as in_use:
        answer = through_the_engine(paths.socket, request, in_use)
    if not answer.done:
        raise ConfigurationError(answer.text, answer.remedy)


def _do(paths: SitePaths, book: ShipmentBook, request: MoveShipment) -> None:
    """As the site's one writer."""
    why = why_not(
        book,
        request.shipment_id,
        closes=request.closes,
        with_open_items=request.with_open_items,
    )
    if why is not None:
        raise ConfigurationError(why.text, why.remedy)
    act = shipment_act(
        request.request_id,
        request.shipment_id,
        load(paths.config).station,
        SystemClock().now_utc(),
        __version__,
        closes=request.closes,
    )
    with closing(open_store(paths.station_db, signer=load_station_key(paths).sign)) as store:
        store.commit([act])
