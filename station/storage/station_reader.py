"""An open station database that is only read: the base of what looks at journal, claims and people.

An engine at work on the same file is never held up, nor does it hold a reader up.
"""

from pathlib import Path

from station.storage.database import OpenDatabase, open_to_read
from station.storage.station_schema import STATION


class StationReader(OpenDatabase):
    """An open connection for look-ups."""

    def __init__(self, path: Path) -> None:
        """Open a station's database for reading.

        Args:
            path: The file; one on read-only media must have been closed cleanly.

        Raises:
            StorageError: The file is missing, damaged or of another schema.
        """
        super().__init__(path, open_to_read(path, STATION))
