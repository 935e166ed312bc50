"""Committed claims of a station's database, read only.

For the verdict loop (inside `station_db`) and for commands that only look. An engine at work on the
same file is never held up, nor does it hold this up.
"""

import sqlite3
from pathlib import Path
from typing import Final

from station.core.acts import Standing
from station.core.codes import UnitIdentity
from station.core.errors import StorageError
from station.core.reasons import Reason, VerdictClass
from station.core.registry import UnitState
from station.storage.sqlite import storage_error
from station.storage.station_reader import StationReader
from station.storage.station_statements import FIND_CLAIM

_STATES: Final = {int(state): state for state in UnitState}
_CLASSES: Final = {int(verdict_class): verdict_class for verdict_class in VerdictClass}
_REASONS: Final = {reason.value: reason for reason in Reason}


class ClaimReader(StationReader):
    """An open connection for look-ups. Implements `station.ports.station_store.Claims`."""

    def __init__(self, path: Path) -> None:
        """Open a station's database.

        Raises:
            StorageError: The file is missing, damaged or of another schema.
        """
        super().__init__(path)
        self._execute: Final = self._connection.execute

    def find(self, identity: UnitIdentity) -> Standing | None:
        """How the unit stands at this site, or None.

        Raises:
            StorageError: The database cannot be read.
        """
        try:
            row = self._execute(FIND_CLAIM, (identity.gtin, identity.serial)).fetchone()
        except sqlite3.Error as error:
            raise storage_error(error, self.path) from error
        if row is None or row[0] is None:
            return None
        state, station, scan_id, verdict_class, reason, previous = row
        try:
            return Standing(
                _STATES[state],
                station,
                scan_id,
                _CLASSES[verdict_class],
                _REASONS[reason],
                None if previous is None else _STATES[previous],
            )
        except KeyError as error:
            raise StorageError(
                f"the station database {self.path} is damaged: "
                f"the claim of scan {scan_id!r} holds an unknown value",
                "run 'station journal verify', keep the file for examination, restore a backup",
            ) from error
