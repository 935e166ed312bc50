"""Files that survive a power cut: written beside, synced, then renamed into place.

Leaves to others what the bytes mean. Every function returns only when its effect is on the disk.
"""

import contextlib
import mmap
import os
import time
from pathlib import Path
from typing import Final

SLICE_BYTES: Final = 1 << 18
"""What is synced at once of a large file: a millisecond or so on a slow disk of a server's kind."""

LEFTOVER_S: Final = 86_400
"""Unfinished work of that age is nobody's any more, where several may be at work: none takes a
day."""


def sync_folder(folder: Path) -> None:
    """Make the names in a folder durable (a rename is not, until its folder is synced)."""
    handle = os.open(folder, os.O_RDONLY | os.O_DIRECTORY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


def sync_file(path: Path) -> None:
    """Make a finished file's bytes durable."""
    handle = os.open(path, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


def sync_gently(path: Path) -> None:
    """Make a large finished file's bytes durable a slice at a time.

    Synced at once, it would hold up every other program that waits for the same disk. On a file
    system that cannot map a file, as some network shares cannot, it is.
    """
    with path.open("r+b") as file:
        size = os.fstat(file.fileno()).st_size
        if not size:
            return
        try:
            mapped = mmap.mmap(file.fileno(), size)
        except OSError:
            os.fsync(file.fileno())
            return
        with mapped as pages:
            for start in range(0, size, SLICE_BYTES):
                pages.flush(start, min(SLICE_BYTES, size - start))


def put_in_place(temporary: Path, final: Path) -> None:
    """Sync a finished temporary file and rename it; both must be in the same folder.

    Raises:
        OSError: Nothing was renamed, or the rename may not be durable yet.
    """
    sync_file(temporary)
    temporary.replace(final)
    sync_folder(final.parent)


def put_folder_in_place(temporary: Path, final: Path) -> None:
    """Rename a finished folder; its files must be synced, and both be in the same folder.

    Raises:
        OSError: Nothing was renamed, or the rename may not be durable yet.
    """
    for folder in (temporary, *(path for path in temporary.rglob("*") if path.is_dir())):
        sync_folder(folder)
    temporary.rename(final)
    sync_folder(final.parent)


def write_atomically(path: Path, content: bytes) -> None:
    """Replace a small file: afterwards it holds the old bytes or the new ones, never a mixture.

    Raises:
        OSError: The old content stands.
    """
    temporary = temporary_beside(path)
    try:
        with temporary.open("wb") as file:
            file.write(content)
        put_in_place(temporary, path)
    except BaseException:
        discard(temporary)
        raise


def temporary_beside(path: Path) -> Path:
    """A name for unfinished work on `path`: hidden, in the same folder, this process's own."""
    return path.with_name(f".{path.name}.{os.getpid()}.tmp")


def is_temporary(path: Path) -> bool:
    """Whether a name was made by `temporary_beside`: a leftover, when no writer is at work."""
    return path.name.startswith(".") and path.name.endswith(".tmp")


def discard(path: Path) -> None:
    """Remove unfinished work, with what SQLite may have left beside it; never raises."""
    for suffix in ("", "-journal", "-wal", "-shm"):
        with contextlib.suppress(OSError):
            path.with_name(path.name + suffix).unlink(missing_ok=True)


def discard_leftover(path: Path) -> None:
    """Remove another process's unfinished work once it is a leftover by its age; never raises."""
    with contextlib.suppress(OSError):
        if is_temporary(path) and time.time() - path.lstat().st_mtime > LEFTOVER_S:
            discard(path)
