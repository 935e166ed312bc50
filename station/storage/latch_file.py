"""The latch's memory: a small file in the site folder that is there while a quarantine stands.

A power cut must not be a way to release a quarantine that nobody acknowledged. An unreadable file
counts as a standing quarantine: the tote's label clears it.
"""

from pathlib import Path
from typing import Final

from station.core.errors import StorageError
from station.core.text import printable
from station.ports.health import Health, HealthSink, HealthStatus
from station.storage.durable import sync_folder, write_atomically
from station.storage.sqlite import faults_told

MAX_BYTES: Final = 64
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

    def standing(self) -> str:
        """The scan whose quarantine stands, or ``""``."""
        try:
            with self._path.open("rb") as file:
                scan_id = file.read(MAX_BYTES).decode("ascii", "replace").strip()
        except FileNotFoundError:
            return ""
        except OSError:
            return UNKNOWN_SCAN
        return printable(scan_id, MAX_BYTES) or UNKNOWN_SCAN

    def keep(self, scan_id: str) -> None:
        """Write the file, durably."""
        try:
            with faults_told(self._path):
                write_atomically(self._path, scan_id.encode("ascii", "replace") + b"\n")
        except StorageError as error:
            self._tell(f"this quarantine would not survive a restart: {error}")

    def forget(self) -> None:
        """Remove the file, durably."""
        try:
            with faults_told(self._path):
                self._path.unlink(missing_ok=True)
                sync_folder(self._path.parent)
        except StorageError as error:
            self._tell(f"the quarantine put away would stand again after a restart: {error}")

    def _tell(self, text: str) -> None:
        self._health(Health("latch", HealthStatus.WARNING, text))
