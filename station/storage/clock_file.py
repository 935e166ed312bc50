"""The clock's memory: a small file in the site folder; see `station.core.clock_check`.

Whoever can write the site folder can write it; it guards against a clock, not against them.
"""

from pathlib import Path
from typing import Final

import msgspec

from station.core.clock_check import ClockMark
from station.storage.durable import write_atomically
from station.storage.sqlite import faults_told

MAX_BYTES: Final = 1024

_DECODER: Final = msgspec.json.Decoder(ClockMark)


class ClockFile:
    """Implements `station.ports.clock.ClockMemory`.

    Args:
        path: The file; it need not exist.
    """

    def __init__(self, path: Path) -> None:
        self._path: Final = path

    def recall(self) -> ClockMark | None:
        """What was kept last; None where there is nothing that can be read."""
        try:
            with self._path.open("rb") as file:
                return _DECODER.decode(file.read(MAX_BYTES))
        except (OSError, msgspec.MsgspecError, ValueError):
            return None

    def keep(self, mark: ClockMark) -> None:
        """Write the file, durably.

        Raises:
            StorageError: The old content stands.
        """
        with faults_told(self._path):
            write_atomically(self._path, msgspec.json.encode(mark) + b"\n")
