"""Public halves of role keys that are held elsewhere, as files that people carry.

A file says which role's key it is and holds nothing secret. The publisher keeps one for each key it
has been given or has made, so a key that is moved away is known to be elsewhere, and is never made
anew behind its holder's back.
"""

import re
from pathlib import Path
from typing import Final

import msgspec
from securesystemslib.signer import Key

from station.core.codes import Algorithm
from station.core.crypto import PublicKey
from station.core.errors import ConfigurationError, TrustError
from station.core.text import printable
from station.ports.files import DurableFiles
from station.transport.tuf_roles import ROOT_KEYS, TARGETS_KEY, metadata_key
from station.transport.tuf_root import faults_told

SUFFIX: Final = ".public.json"
MAX_FILE_BYTES: Final = 4096

_BRAND: Final = re.compile(r"brand-[a-z0-9](?:[a-z0-9-]{0,30}[a-z0-9])?", re.ASCII)


class _File(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """One public key."""

    format: int
    name: str
    public_key: str


def check_name(name: str) -> None:
    """Check that a role's key of that name may be held elsewhere.

    Raises:
        ConfigurationError: There is no such key, or it is needed at every publication.
    """
    if name not in {*ROOT_KEYS, TARGETS_KEY} and not _BRAND.fullmatch(name):
        raise ConfigurationError(
            f"'{printable(name)}' is no key that can be held elsewhere",
            f"use one of {', '.join(ROOT_KEYS)}, {TARGETS_KEY}, or brand-SLUG",
        )


def write_public_key(path: Path, name: str, public_bytes: bytes, files: DurableFiles) -> None:
    """Write a public half.

    Raises:
        StorageError: It cannot be written.
    """
    with faults_told(path):
        content = msgspec.json.encode(_File(1, name, public_bytes.hex()))
        files.write_atomically(path, content + b"\n")


def read_public_key(path: Path) -> tuple[str, bytes]:
    """Read a public half: the key's name, and the raw Ed25519 public key.

    Raises:
        TrustError: It is none.
        StorageError: It cannot be read.
    """
    with faults_told(path), path.open("rb") as file:
        content = file.read(MAX_FILE_BYTES)
    try:
        read = msgspec.json.decode(content, type=_File)
        public = bytes.fromhex(read.public_key)
        PublicKey.load(Algorithm.ED25519, public)
        check_name(read.name)
        if read.format != 1:
            raise ValueError(f"it is of format {read.format}")
    except (ValueError, RecursionError, ConfigurationError) as error:
        raise TrustError(
            f"{path} is no public key of a role: {printable(str(error), 200)}",
            "take the file that 'station signing key' wrote on the holder's machine",
        ) from None
    return read.name, public


class PublicKeys:
    """The public halves a publisher knows, by name. Methods raise `StorageError`, `TrustError`."""

    def __init__(self, folder: Path, files: DurableFiles) -> None:
        """Name the folder, which need not exist."""
        self._folder: Final = folder
        self._files: Final = files

    def get(self, name: str) -> Key | None:
        """A key, or None."""
        path = self._folder / f"{name}{SUFFIX}"
        if not path.is_file():
            return None
        read_name, public = read_public_key(path)
        if read_name != name:
            raise TrustError(f"{path} is the key {read_name}", "take it out of that folder")
        return metadata_key(public)

    def put(self, name: str, public_bytes: bytes) -> None:
        """Keep a key, in the place of the one before."""
        with faults_told(self._folder):
            self._folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        write_public_key(self._folder / f"{name}{SUFFIX}", name, public_bytes, self._files)
