"""The publisher's root metadata: every version it ever signed, kept in its own folder.

A root says which keys sign which role. A site that was given one walks to the newest version by
version, so none is ever lost or changed. Source: TUF specification 1.0, sections 4.3 and 5.3.
"""

from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Final

from securesystemslib.signer import Key
from tuf.api.exceptions import RepositoryError
from tuf.api.metadata import Metadata, Role, Root, T

from station.core.errors import StorageError
from station.ports.files import DurableFiles
from station.transport.tuf_roles import (
    ROOT_THRESHOLD,
    ROOT_VALID_DAYS,
    TOP_LEVEL_KEYS,
    RoleSigner,
    expiry,
)

MAX_METADATA_BYTES: Final = 5_000_000


class RootHistory:
    """The folder of root versions. Its methods raise `StorageError`.

    Attributes:
        folder: Holds ``1.root.json`` and so on.
    """

    def __init__(self, folder: Path, files: DurableFiles) -> None:
        self.folder: Final = folder
        self._files: Final = files

    def path(self, version: int) -> Path:
        """Where a version is, or would be."""
        return self.folder / f"{version}.root.json"

    def newest(self) -> Root | None:
        """The version in force, or None before the first publication."""
        version = 0
        while self.path(version + 1).is_file():
            version += 1
        return None if version == 0 else read_metadata(self.path(version), Root)

    def sign(
        self, version: int, listed: Root, signers: Sequence[RoleSigner], published_utc: str
    ) -> Root:
        """Sign and keep a new version.

        Args:
            version: One more than the newest.
            listed: Lists the keys and roles it is to have.
            signers: Root keys, at least as many as the threshold.
            published_utc: When its year begins.
        """
        root = next_root(version, listed, published_utc)
        signed = Metadata(root)
        for signer in signers:
            signed.sign(signer, append=True)
        self.keep(signed)
        return root

    def keep(self, signed: Metadata[Root]) -> None:
        """Keep a new version that is signed by all who must."""
        with faults_told(self.folder):
            self.folder.mkdir(mode=0o700, exist_ok=True)
            self._files.write_atomically(self.path(signed.signed.version), signed.to_bytes())

    def texts(self) -> list[str]:
        """Every version's file, in order."""
        with faults_told(self.folder):
            newest = self.newest()
            versions = range(1, 1 if newest is None else newest.version + 1)
            return [self.path(version).read_text("utf-8") for version in versions]

    def copy_to(self, published: Path) -> None:
        """Put every version into a published folder."""
        with faults_told(published):
            for path in sorted(self.folder.glob("[1-9]*.root.json")):
                content = path.read_bytes()
                copy = published / path.name
                if not copy.is_file() or copy.read_bytes() != content:
                    self._files.write_atomically(copy, content)


def next_root(version: int, listed: Root, published_utc: str) -> Root:
    """A version, not signed yet, with the keys and roles listed."""
    return Root(
        version,
        expires=expiry(published_utc, ROOT_VALID_DAYS),
        keys=dict(listed.keys),
        roles=dict(listed.roles),
        consistent_snapshot=True,
    )


def root_listing(named: Mapping[str, Key]) -> Root:
    """A root that lists the keys of every top-level role, by the names of the keys."""
    keys: dict[str, Key] = {}
    roles = {}
    for role, names in TOP_LEVEL_KEYS.items():
        public = [named[name] for name in names]
        keys |= {key.keyid: key for key in public}
        threshold = ROOT_THRESHOLD if role == Root.type else 1
        roles[role] = Role([key.keyid for key in public], threshold)
    return Root(keys=keys, roles=roles)


def listed_key(root: Root, name: str) -> Key:
    """The key that a root lists under a name: keys of a role stand in the order of their names."""
    for role, names in TOP_LEVEL_KEYS.items():
        if name in names:
            return root.keys[root.roles[role].keyids[names.index(name)]]
    msg = f"no root lists a key {name}"
    raise ValueError(msg)


def read_metadata(path: Path, kind: type[T]) -> T:
    """Read metadata of our own making.

    Raises:
        StorageError: It cannot be read, is damaged, or of another kind.
    """
    try:
        with faults_told(path), path.open("rb") as file:
            signed = Metadata[T].from_bytes(file.read(MAX_METADATA_BYTES)).signed
    except RepositoryError as error:
        raise StorageError(
            f"{path} is damaged: {error}", "restore it from a backup, then publish again"
        ) from error
    if not isinstance(signed, kind):
        raise StorageError(
            f"{path} is metadata of another kind", "restore it from a backup, then publish again"
        )
    return signed


@contextmanager
def faults_told(path: Path) -> Iterator[None]:
    """Turn the file system's errors into `StorageError`."""
    try:
        yield
    except OSError as error:
        raise StorageError(
            f"cannot use {path}: {error.strerror or error}",
            "check the disk, the folder and its permissions, then run this again",
        ) from error
