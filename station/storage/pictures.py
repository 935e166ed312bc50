"""Evidence pictures as files: ``pictures/SCAN.SHA256.jpg``, mode 0640 or less, written durably.

Names are made of letters and digits alone. Whatever else lies in the folder is left alone, and no
symbolic link is followed. A picture that several scans share is one file under several names where
the file system can.
"""

import contextlib
import hashlib
import os
import re
import stat
from collections.abc import Iterator
from pathlib import Path
from typing import BinaryIO, Final

from station.core.evidence import Kept
from station.ports.evidence import PictureState
from station.storage.durable import (
    discard,
    discard_leftover,
    is_temporary,
    put_in_place,
    sync_folder,
    temporary_beside,
)
from station.storage.sqlite import faults_told

FOLDER_MODE: Final = 0o750
FILE_MODE: Final = 0o640

_SCAN: Final = re.compile(r"[0-9A-Za-z]{1,40}")
_NAME: Final = re.compile(r"([0-9A-Za-z]{1,40})\.([0-9a-f]{64})\.jpg")
_CHUNK_BYTES: Final = 1 << 20
MAX_PICTURE_BYTES: Final = 20_000_000
"""Far above any picture that is kept; a larger file is none."""


class PictureFolder:
    """Implements `station.ports.evidence.PictureStore`.

    Args:
        folder: Where the pictures are; made with the first one.
    """

    def __init__(self, folder: Path) -> None:
        self._folder: Final = folder
        self._last: Path | None = None

    def keep(self, scan_id: str, jpeg: bytes) -> str:
        """Write the file, or give it a second name."""
        if not _SCAN.fullmatch(scan_id):
            msg = f"{scan_id!a} is no scan id"
            raise ValueError(msg)
        digest = hashlib.sha256(jpeg).hexdigest()
        path = self.path_of(scan_id, digest)
        with faults_told(self._folder):
            if not self._folder.is_dir():
                self._folder.mkdir(mode=FOLDER_MODE)
                sync_folder(self._folder.parent)
            if not self._shared(path, digest):
                _write(path, jpeg)
        self._last = path
        return digest

    def kept(self) -> list[Kept]:
        """Every file with a picture's name; one with several names takes its share of room each."""
        found = []
        with faults_told(self._folder):
            for entry, name in self._entries():
                match = _NAME.fullmatch(name)
                if match is None:
                    continue
                with contextlib.suppress(FileNotFoundError):
                    status = entry.lstat()
                    if stat.S_ISREG(status.st_mode):
                        size = status.st_size // max(1, status.st_nlink)
                        found.append(Kept(match[1], match[2], size, status.st_mtime))
        return found

    def remove(self, picture: Kept) -> None:
        """Remove the file by its name."""
        with faults_told(self._folder):
            self.path_of(picture.scan_id, picture.digest).unlink(missing_ok=True)

    def tidy(self) -> None:
        """Remove temporary files."""
        with faults_told(self._folder):
            for path, _ in self._entries():
                if is_temporary(path):
                    discard(path)

    def tidy_leftovers(self) -> None:
        """Remove temporary files that are nobody's any more, where another may be at work too."""
        with faults_told(self._folder):
            for path, _ in self._entries():
                discard_leftover(path)

    def state(self, scan_id: str, digest: str) -> PictureState:
        """Read the whole file and hash it."""
        found = hashlib.sha256()
        with self._opened(scan_id, digest) as file:
            if file is None:
                return PictureState.GONE
            while chunk := file.read(_CHUNK_BYTES):
                found.update(chunk)
        return PictureState.SOUND if found.hexdigest() == digest else PictureState.CHANGED

    def content(self, scan_id: str, digest: str) -> bytes:
        """A picture's file; empty where it is gone, changed, or larger than `MAX_PICTURE_BYTES`.

        Raises:
            StorageError: It cannot be read.
        """
        with self._opened(scan_id, digest) as file:
            jpeg = b"" if file is None else file.read(MAX_PICTURE_BYTES + 1)
        return jpeg if hashlib.sha256(jpeg).hexdigest() == digest else b""

    @contextlib.contextmanager
    def _opened(self, scan_id: str, digest: str) -> Iterator[BinaryIO | None]:
        """The file of a picture, or None where there is none of that name."""
        path = self.path_of(scan_id, digest)
        if not _NAME.fullmatch(path.name):
            yield None
            return
        with faults_told(path):
            try:
                if not stat.S_ISREG(path.lstat().st_mode):
                    yield None  # something else that was put in its place
                    return
                handle = os.open(path, os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK)
            except FileNotFoundError:
                yield None
                return
            with os.fdopen(handle, "rb") as file:
                yield file

    def path_of(self, scan_id: str, digest: str) -> Path:
        """The file of a picture."""
        return self._folder / f"{scan_id}.{digest}.jpg"

    def _entries(self) -> Iterator[tuple[Path, str]]:
        if not self._folder.is_dir():
            return
        for path in self._folder.iterdir():
            yield path, path.name

    def _shared(self, path: Path, digest: str) -> bool:
        """Whether the file could be had by another name of the one kept last."""
        last = self._last
        if last is None or not last.name.endswith(f".{digest}.jpg"):
            return False
        if path == last:
            return path.is_file()
        try:
            path.hardlink_to(last)
        except OSError:
            return False  # another file system, or it was removed meanwhile
        sync_folder(self._folder)
        return True


def _write(path: Path, jpeg: bytes) -> None:
    temporary = temporary_beside(path)
    try:
        discard(temporary)
        handle = os.open(temporary, os.O_WRONLY | os.O_CREAT | os.O_EXCL, FILE_MODE)
        with os.fdopen(handle, "wb") as file:
            file.write(jpeg)
        put_in_place(temporary, path)
    except BaseException:
        discard(temporary)
        raise
