"""The folder of registry generations and which of them is in use.

``registry-<number>.db`` are immutable; the text file ``current`` holds the number of the one in use
and is replaced atomically, so that a station killed at any instant starts with the old generation
or the new one, complete.
"""

import contextlib
import re
from pathlib import Path
from typing import Final

from station.core.errors import StorageError
from station.storage.durable import discard, is_temporary, sync_folder, write_atomically
from station.storage.sqlite import faults_told
from station.storage.sqlite_registry import SqliteRegistry

CURRENT: Final = "current"
_FILE_NAME: Final = re.compile(r"registry-([1-9][0-9]{0,17})\.db", re.ASCII)
_NUMBER: Final = re.compile(rb"[1-9][0-9]{0,17}\n?")


class RegistryFolder:
    """A site's ``registry/`` folder. Writers take turns (the refresh holds a lock of its own)."""

    def __init__(self, folder: Path) -> None:
        self.folder: Final = folder

    def path(self, number: int) -> Path:
        """Where a generation's file is, or would be."""
        return self.folder / f"registry-{number}.db"

    def generations(self) -> tuple[int, ...]:
        """The numbers of the complete files present, rising."""
        with faults_told(self.folder):
            if not self.folder.is_dir():
                return ()
            names = [_FILE_NAME.fullmatch(path.name) for path in self.folder.iterdir()]
        return tuple(sorted(int(match[1]) for match in names if match))

    def current(self) -> int | None:
        """The number of the generation in use, or None when there was none yet.

        Raises:
            StorageError: The file `current` is damaged or cannot be read.
        """
        path = self.folder / CURRENT
        with faults_told(path):
            try:
                with path.open("rb") as file:
                    text = file.read(32)
            except FileNotFoundError:
                return None
        if not _NUMBER.fullmatch(text):
            raise StorageError(
                f"{path} does not hold a generation's number",
                "delete it, then run 'station sync'",
            )
        return int(text)

    def switch(self, number: int) -> None:
        """Make a generation the one in use; when this returns, it stays so after a power cut.

        Raises:
            StorageError: There is no such file, it is of another schema or generation than its
                name says, or the disk is full or read-only; the old generation stays in use.
        """
        registry = SqliteRegistry(self._existing(number), warm=False)
        held = registry.generation.number
        registry.close()
        if held != number:
            raise StorageError(
                f"{self.path(number)} holds generation {held}",
                "delete it, then run 'station sync'",
            )
        with faults_told(self.folder / CURRENT):
            write_atomically(self.folder / CURRENT, f"{number}\n".encode())

    def open_current(self, *, warm: bool = True) -> SqliteRegistry:
        """Open the generation in use.

        Args:
            warm: Read the file through first, so that no look-up waits for the disk later.

        Raises:
            StorageError: There is none, or it is missing, damaged or of another schema.
        """
        number = self.current()
        if number is None:
            raise StorageError(
                f"there is no registry in {self.folder} yet",
                "fetch it with 'station sync --from DIR-or-URL'",
            )
        return SqliteRegistry(self._existing(number), warm=warm)

    def remove_old(self, keep: int = 2) -> tuple[int, ...]:
        """Delete generations older than the one in use, and leftovers of builds that were killed.

        Only for the one writer: a build in progress would lose its temporary file.

        Args:
            keep: How many to keep, counting the one in use; at least 1. Newer ones than the one in
                use are kept besides.

        Returns:
            The numbers removed.
        """
        if keep < 1:
            msg = "the generation in use is always kept"
            raise ValueError(msg)
        current = self.current()
        older = [number for number in self.generations() if current and number < current]
        removed = older[: max(0, len(older) - (keep - 1))]
        with faults_told(self.folder):
            for number in removed:
                self.path(number).unlink(missing_ok=True)
            with contextlib.suppress(FileNotFoundError):
                for path in list(self.folder.iterdir()):
                    if is_temporary(path):
                        discard(path)
                sync_folder(self.folder)
        return tuple(removed)

    def _existing(self, number: int) -> Path:
        path = self.path(number)
        if not path.is_file():
            raise StorageError(
                f"the registry file {path} is missing", "fetch it again with 'station sync'"
            )
        return path
