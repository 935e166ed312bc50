"""What commands change beside the journal: who seals their lines, and who journals them."""

from contextlib import closing

from station import __version__
from station.app.clock import UlidScanIds
from station.app.site_paths import SitePaths
from station.core.acts import sealed
from station.core.crypto import PrivateKey
from station.storage.key_files import read_station_key
from station.storage.notary import Notary
from station.storage.roster_reader import RosterReader
from station.storage.site_lock import SiteInUseError, SiteLock
from station.storage.station_db import open_store


def site_notary(paths: SitePaths) -> Notary:
    """Seals with a site's own key.

    Raises:
        StorageError: The key is missing, readable by others, or damaged.
    """
    return notary_of(read_station_key(paths.station_key))


def notary_of(key: PrivateKey) -> Notary:
    """Seals with this key."""
    return Notary(key.sign, key.public_key.verify, UlidScanIds().next, __version__)


def journal_noted(paths: SitePaths, command: str) -> str:
    """Journal what was noted, unless another program holds the journal.

    A note without this station's seal is left: 'station journal verify' names it.

    Args:
        paths: The site.
        command: What holds the site's lock meanwhile.

    Returns:
        That other program, which journals it; ``""`` where it is done.

    Raises:
        StorageError: The journal cannot be written; the next writer journals it.
    """
    try:
        with SiteLock(paths.lock, command):
            key = read_station_key(paths.station_key)
            with closing(RosterReader(paths.station_db)) as roster:
                lines = roster.changes_to_journal()
            genuine = [one for one in lines if key.public_key.verify(one.seal, sealed(one))]
            if genuine:
                with closing(open_store(paths.station_db, signer=key.sign)) as store:
                    store.commit(genuine)
    except SiteInUseError as error:
        return error.holder
    return ""
