"""The folder of registry generations and which of them is in use.

``registry-<number>.db`` is a *base*, a whole generation; ``overlay-<base>+<number>.db`` is what a
later generation changed of it. Both are immutable. The text file ``current`` names the generation
in use, ``<number>`` or ``<base>+<number>``, and is replaced atomically, so that a station killed at
any instant starts with the old generation or the new one, complete.
"""

import contextlib
import re
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from station.core.causes import Cause, told
from station.core.errors import StorageError
from station.storage.durable import discard, is_temporary, sync_folder, write_atomically
from station.storage.registry_files import GenerationFiles
from station.storage.sqlite import faults_told
from station.storage.sqlite_registry import SqliteRegistry

CURRENT: Final = "current"
_NUMBER: Final = "[1-9][0-9]{0,17}"
_BASE_NAME: Final = re.compile(rf"registry-({_NUMBER})\.db", re.ASCII)
_OVERLAY_NAME: Final = re.compile(rf"overlay-({_NUMBER})\+({_NUMBER})\.db", re.ASCII)
_POINTER: Final = re.compile(rf"({_NUMBER})(?:\+({_NUMBER}))?\n?".encode())


@dataclass(frozen=True, slots=True)
class Stored:
    """A generation as it lies in the folder.

    Attributes:
        base: The number of its base.
        overlay: The number of the overlay upon it, or None.
    """

    base: int
    overlay: int | None = None

    @property
    def number(self) -> int:
        """The generation's number."""
        return self.base if self.overlay is None else self.overlay

    def __str__(self) -> str:
        """As the pointer file spells it."""
        return f"{self.base}" if self.overlay is None else f"{self.base}+{self.overlay}"


class RegistryFolder:
    """A site's ``registry/`` folder. Writers take turns (the refresh holds a lock of its own)."""

    def __init__(self, folder: Path) -> None:
        self.folder: Final = folder

    def path(self, base: int) -> Path:
        """Where a base's file is, or would be."""
        return self.folder / f"registry-{base}.db"

    def files(self, stored: Stored) -> GenerationFiles:
        """Where a generation's files are, or would be."""
        if stored.overlay is None:
            return GenerationFiles(self.path(stored.base))
        return GenerationFiles(self.path(stored.base), self.folder / f"overlay-{stored}.db")

    def stored(self) -> tuple[Stored, ...]:
        """The complete generations present, by rising number, an overlay before a base."""
        with faults_told(self.folder):
            if not self.folder.is_dir():
                return ()
            names = [path.name for path in self.folder.iterdir()]
        bases = {int(match[1]) for match in map(_BASE_NAME.fullmatch, names) if match}
        overlays = [match for match in map(_OVERLAY_NAME.fullmatch, names) if match]
        found = [Stored(base) for base in bases]
        found += [Stored(int(one[1]), int(one[2])) for one in overlays if int(one[1]) in bases]
        return tuple(sorted(found, key=lambda one: (one.number, one.base)))

    def current(self) -> Stored | None:
        """The generation in use, or None when there was none yet.

        Raises:
            StorageError: The file `current` is damaged or cannot be read.
        """
        path = self.folder / CURRENT
        with faults_told(path):
            try:
                with path.open("rb") as file:
                    text = file.read(64)
            except FileNotFoundError:
                return None
        match = _POINTER.fullmatch(text)
        if match is None:
            raise StorageError(
                f"{path} does not hold a generation's number",
                "delete it, then run 'station sync'",
            )
        return Stored(int(match[1]), None if match[2] is None else int(match[2]))

    def switch(self, stored: Stored) -> None:
        """Make a generation the one in use; when this returns, it stays so after a power cut.

        Raises:
            StorageError: A file of it is missing, of another schema or generation than its name
                says, or the disk is full or read-only; the old generation stays in use.
        """
        registry = self._open(stored, warm=False)
        held = registry.generation.number
        registry.close()
        if held != stored.number:
            raise StorageError(
                f"{self.files(stored).newest} holds generation {held}",
                "delete it, then run 'station sync'",
            )
        with faults_told(self.folder / CURRENT):
            write_atomically(self.folder / CURRENT, f"{stored}\n".encode())

    def open_current(self, *, warm: bool = True) -> SqliteRegistry:
        """Open the generation in use.

        Args:
            warm: Read its files through first, so that no look-up waits for the disk later.

        Raises:
            StorageError: There is none, or it is missing, damaged or of another schema.
        """
        stored = self.current()
        if stored is None:
            raise StorageError(
                f"there is no registry in {self.folder} yet",
                "fetch it with 'station sync --from DIR-or-URL'",
                told=told(Cause.NO_REGISTRY_YET),
            )
        return self._open(stored, warm=warm)

    def remove_old(self, keep: int = 2) -> tuple[str, ...]:
        """Delete what no generation kept is made of, and leftovers of builds that were killed.

        Only for the one writer: a build in progress would lose its temporary file.

        Args:
            keep: How many generations to keep, counting the one in use; at least 1. Newer ones than
                the one in use are kept besides.

        Returns:
            The names of the files removed.
        """
        if keep < 1:
            msg = "the generation in use is always kept"
            raise ValueError(msg)
        current = self.current()
        removed: list[str] = []
        with faults_told(self.folder), contextlib.suppress(FileNotFoundError):
            kept = None if current is None else self._names_kept(current, keep)
            for path in sorted(self.folder.iterdir()):
                if is_temporary(path):
                    discard(path)
                elif kept is not None and _is_generation(path.name) and path.name not in kept:
                    path.unlink(missing_ok=True)
                    removed.append(path.name)
            sync_folder(self.folder)
        return tuple(removed)

    def _names_kept(self, current: Stored, keep: int) -> set[str]:
        others = [one for one in self.stored() if one != current]
        newer = [one for one in others if one.number > current.number]
        older = [one for one in others if one.number < current.number]
        kept = [current, *newer, *older[len(older) - min(keep - 1, len(older)) :]]
        files = [self.files(one) for one in kept]
        return {path.name for each in files for path in (each.base, each.newest)}

    def _open(self, stored: Stored, *, warm: bool) -> SqliteRegistry:
        files = self.files(stored)
        for path in (files.base, files.newest):
            if not path.is_file():
                raise StorageError(
                    f"the registry file {path} is missing", "fetch it again with 'station sync'"
                )
        return SqliteRegistry(files.base, files.overlay, warm=warm)


def _is_generation(name: str) -> bool:
    return bool(_BASE_NAME.fullmatch(name) or _OVERLAY_NAME.fullmatch(name))
