"""Durable files, for rooms that must not know the storage room. Fulfilled by `storage.durable`."""

from pathlib import Path
from typing import Protocol


class DurableFiles(Protocol):
    """Files that survive a power cut. Every method may raise `OSError`."""

    def write_atomically(self, path: Path, content: bytes) -> None:
        """Replace a small file: afterwards it holds the old bytes or the new ones."""
        ...

    def put_in_place(self, temporary: Path, final: Path) -> None:
        """Sync a finished temporary file and rename it within its folder."""
        ...

    def sync_file(self, path: Path) -> None:
        """Make a finished file's bytes durable."""
        ...

    def put_folder_in_place(self, temporary: Path, final: Path) -> None:
        """Rename a finished folder, whose files are synced, within its parent: whole or not."""
        ...

    def temporary_beside(self, path: Path) -> Path:
        """A name for unfinished work on `path`, in the same folder."""
        ...

    def is_temporary(self, path: Path) -> bool:
        """Whether a name was made by `temporary_beside`: a leftover, when no writer is at work."""
        ...

    def discard(self, path: Path) -> None:
        """Remove unfinished work; never raises."""
        ...
