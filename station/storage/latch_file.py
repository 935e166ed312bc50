"""The latch's memory: a small file in the site folder that is there while a quarantine stands.

It names the scans, one a line.
A power cut must not be a way to release a quarantine that nobody acknowledged. An unreadable file
counts as a standing quarantine: the tote's label clears it.
"""

from collections.abc import Sequence
from pathlib import Path
from typing import Final

from station.core.causes import Cause, Told, because
from station.core.errors import StorageError
from station.core.text import printable
from station.ports.health import Health, HealthSink, HealthStatus
from station.storage.durable import sync_folder, write_atomically
from station.storage.sqlite import faults_told

MAX_BYTES: Final = 4096
"""More than a hundred scans of one capture: where none of them could be journalled, none stands."""

_MAX_NAME_CHARS: Final = 64
UNKNOWN_SCAN: Final = "unknown"


class LatchFile:
    """Implements `station.ports.latch_memory.LatchMemory`.

    Args:
        path: The file; it need not exist.
        health: Told when a latch cannot be remembered.
    """

    def __init__(self, path: Path, health: HealthSink) -> None:
        self._path: Final = path
        self._health = health

    def standing(self) -> tuple[str, ...]:
        """The scans whose quarantines stand."""
        try:
            with self._path.open("rb") as file:
                lines = file.read(MAX_BYTES).decode("ascii", "replace").split("\n")
        except FileNotFoundError:
            return ()
        except OSError:
            return (UNKNOWN_SCAN,)
        scan_ids = (printable(line.strip(), _MAX_NAME_CHARS) for line in lines)
        return tuple(scan_id for scan_id in scan_ids if scan_id) or (UNKNOWN_SCAN,)

    def keep(self, scan_ids: Sequence[str]) -> None:
        """Write the file, durably."""
        named = "".join(f"{scan_id}\n" for scan_id in scan_ids).encode("ascii", "replace")
        try:
            with faults_told(self._path):
                write_atomically(self._path, named[:MAX_BYTES])
        except StorageError as error:
            text = f"this quarantine would not survive a restart: {error}"
            self._tell(text, because(Cause.LATCH_NOT_KEPT, error.told, error.message))

    def forget(self) -> None:
        """Remove the file, durably."""
        try:
            with faults_told(self._path):
                self._path.unlink(missing_ok=True)
                sync_folder(self._path.parent)
        except StorageError as error:
            text = f"the quarantine put away would stand again after a restart: {error}"
            self._tell(text, because(Cause.LATCH_NOT_FORGOTTEN, error.told, error.message))

    def _tell(self, text: str, told_of: Told) -> None:
        self._health(Health("latch", HealthStatus.WARNING, text, told_of))
