"""Claims by a reader of their own: for the verdict loop's thread, and for read-only commands."""

import sqlite3
from pathlib import Path
from typing import Final

from sqlalchemy import bindparam, select

from station.core.codes import UnitIdentity
from station.core.errors import StorageError
from station.core.facts import Claim
from station.core.reasons import Reason, VerdictClass
from station.core.registry import UnitState
from station.storage.schema import check_schema
from station.storage.sqlite import Access, connect, prepared, storage_error
from station.storage.station_schema import CLAIM, STATION

_FIND_CLAIM: Final = prepared(
    select(
        CLAIM.c.state, CLAIM.c.station, CLAIM.c.scan_id, CLAIM.c.verdict_class, CLAIM.c.reason
    ).where(CLAIM.c.gtin == bindparam("gtin"), CLAIM.c.serial == bindparam("serial")),
    ("gtin", "serial"),
)
_STATES: Final = tuple(UnitState)
_CLASSES: Final = tuple(VerdictClass)


class ClaimReader:
    """Implements `station.ports.station_store.Claims`; one thread at a time, whichever that is.

    It never waits for a writer and sees everything committed before the call.
    """

    def __init__(self, path: Path) -> None:
        """Open a station database for reading.

        Args:
            path: The file.

        Raises:
            StorageError: The file is missing, damaged or of another schema.
        """
        self._path: Final = path
        self._connection: Final = connect(path, Access.READ)
        try:
            check_schema(self._connection, STATION, path)
        except BaseException:
            self._connection.close()
            raise
        self._find = self._connection.execute

    def find(self, identity: UnitIdentity) -> Claim | None:
        """What this site knows of the unit, or None.

        Raises:
            StorageError: The database cannot be read, or the claim holds unknown values.
        """
        try:
            row = self._find(_FIND_CLAIM, (identity.gtin, identity.serial)).fetchone()
        except sqlite3.Error as error:
            raise storage_error(error, self._path) from error
        if row is None:
            return None
        state, station, scan_id, verdict_class, reason = row
        try:
            return Claim(
                identity, _STATES[state], station, scan_id, _CLASSES[verdict_class], Reason(reason)
            )
        except (IndexError, TypeError, ValueError) as error:
            raise StorageError(
                f"{self._path} is damaged: the claim of scan {scan_id!r} holds unknown values",
                "stop using it and restore it from a backup; keep the damaged file",
            ) from error

    def close(self) -> None:
        """Release the file; idempotent."""
        self._connection.close()
