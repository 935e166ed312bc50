"""An open station database that is only read: the base of what looks at journal, claims and people.

An engine at work on the same file is never held up, nor does it hold a reader up.
"""

from pathlib import Path
from types import TracebackType
from typing import Final, Self

from station.storage.schema import check_schema
from station.storage.sqlite import connect_to_read
from station.storage.station_schema import STATION


class StationReader:
    """An open connection; a context manager. One thread at a time, whichever that is.

    Attributes:
        path: The file.
    """

    def __init__(self, path: Path) -> None:
        """Open a station's database for reading.

        Args:
            path: The file; one on read-only media must have been closed cleanly.

        Raises:
            StorageError: The file is missing, damaged or of another schema.
        """
        self.path: Final = path
        self._connection: Final = connect_to_read(path)
        try:
            check_schema(self._connection, STATION, path)
        except BaseException:
            self._connection.close()
            raise

    def __enter__(self) -> Self:
        """The reader itself."""
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        """Close it."""
        self.close()

    def close(self) -> None:
        """Release the file; idempotent."""
        self._connection.close()
