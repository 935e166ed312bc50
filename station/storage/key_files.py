"""Private keys in files: encrypted ones of brands and publishers, and the station's own.

Promises: a key file is never replaced, never left half written, and mode 0600 in a folder of mode
0700 from its first byte on; a file that others can read is refused. Key material and passphrases
appear in no message. Leaves to others what a key is for.
"""

import os
import stat
from collections.abc import Callable
from pathlib import Path
from typing import Final

from station.core.crypto import MAX_PEM_BYTES, PrivateKey
from station.core.errors import ConfigurationError, StorageError
from station.storage.durable import sync_folder, temporary_beside

SUFFIX: Final = ".pem"
_SAFE_NAME_CHARS: Final = frozenset("abcdefghijklmnopqrstuvwxyz0123456789-")


class EncryptedKeyFolder:
    """Keys in encrypted PKCS#8 files, all opened with one passphrase. Fulfils `KeyVault`."""

    def __init__(self, folder: Path, passphrase: Callable[[], bytes]) -> None:
        """Name the folder; nothing is read or made yet.

        Args:
            folder: Made with mode 0700 when the first key is saved.
            passphrase: Asked for at most once, when a key is saved or opened.
        """
        self.folder: Final = folder
        self._ask = passphrase
        self._passphrase: bytes | None = None

    def names(self) -> list[str]:
        """The names of all keys kept here, sorted."""
        if not self.folder.is_dir():
            return []
        return sorted(path.stem for path in self.folder.glob(f"*{SUFFIX}"))

    def save(self, name: str, key: PrivateKey) -> None:
        """Keep a new key durably; never replaces one.

        Raises:
            ConfigurationError: There is a key of that name, or the passphrase cannot be used.
            StorageError: The file cannot be written.
        """
        path = self._path(name)
        if path.exists():
            raise ConfigurationError(
                f"there is already a key file {path}", "a key is never replaced: make a new one"
            )
        write_key_file(path, key.to_encrypted_pem(self._secret()))

    def load(self, name: str) -> PrivateKey:
        """Open a key.

        Raises:
            ConfigurationError: The passphrase does not open it.
            StorageError: It is missing, readable by others, or damaged.
        """
        path = self._path(name)
        pem = read_key_file(path, "restore it from the brand folder's backup")
        try:
            return PrivateKey.from_encrypted_pem(pem, self._secret())
        except ValueError as error:
            raise ConfigurationError(
                f"cannot open key file {path}: {error}",
                "give the passphrase it was made with: in STATION_KEY_PASSPHRASE, by "
                "--passphrase-file, or when asked",
            ) from None

    def _path(self, name: str) -> Path:
        if not name or not _SAFE_NAME_CHARS.issuperset(name):
            msg = f"not the name of a key file: {name!r}"
            raise ValueError(msg)
        return self.folder / f"{name}{SUFFIX}"

    def _secret(self) -> bytes:
        if self._passphrase is None:
            self._passphrase = self._ask()
        return self._passphrase


def write_station_key(path: Path, key: PrivateKey) -> None:
    """Keep the station's own key: unencrypted, because a station starts by itself.

    Raises:
        StorageError: The file exists or cannot be written.
    """
    write_key_file(path, key.to_pem())


def read_station_key(path: Path) -> PrivateKey:
    """Read what `write_station_key` wrote.

    Raises:
        StorageError: It is missing, readable by others, or damaged.
    """
    pem = read_key_file(path, "restore the site folder from its backup")
    try:
        return PrivateKey.from_pem(pem)
    except ValueError as error:
        raise StorageError(
            f"cannot use the station's key {path}: {error}",
            "restore it from the site folder's backup; a new key cannot continue the old journal",
        ) from None


def write_key_file(path: Path, pem: bytes) -> None:
    """Write a key file under a name that is free, 0600 from the start.

    Raises:
        StorageError: The name is taken, or the disk is full or read-only.
    """
    temporary = temporary_beside(path)
    try:
        path.parent.mkdir(mode=0o700, exist_ok=True)
        temporary.unlink(missing_ok=True)
        handle = os.open(temporary, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_NOFOLLOW, 0o600)
        try:
            with os.fdopen(handle, "wb") as file:
                file.write(pem)
                file.flush()
                os.fsync(file.fileno())
            # A link, unlike a rename, refuses a name that is taken.
            os.link(temporary, path)
        finally:
            temporary.unlink(missing_ok=True)
        sync_folder(path.parent)
    except OSError as error:
        raise StorageError(
            f"cannot write key file {path}: {error.strerror or error}",
            "check the disk and the folder's permissions, then try again",
        ) from error


def read_key_file(path: Path, if_missing: str) -> bytes:
    """Read a key file that only its owner can read.

    Args:
        path: The file.
        if_missing: The remedy when it is not there.

    Raises:
        StorageError: It is missing, no plain file, too long, or open to others.
    """
    try:
        handle = os.open(path, os.O_RDONLY | os.O_NONBLOCK)
        with os.fdopen(handle, "rb") as file:
            mode = os.fstat(file.fileno()).st_mode
            if not stat.S_ISREG(mode):
                raise StorageError(f"key file {path} is not a plain file", if_missing)
            if mode & 0o077:
                raise StorageError(
                    f"key file {path} can be read by others (mode {stat.S_IMODE(mode):04o})",
                    f"if nobody has read it, run 'chmod 600 {path}'; otherwise revoke the key",
                )
            return file.read(MAX_PEM_BYTES + 1)
    except FileNotFoundError:
        raise StorageError(f"there is no key file {path}", if_missing) from None
    except OSError as error:
        raise StorageError(
            f"cannot read key file {path}: {error.strerror or error}",
            "run this as the user who owns the folder",
        ) from error
