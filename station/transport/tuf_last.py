"""What lies in a published folder of the publication before, believed only as it was signed.

The folder may have been on any server or stick since: a brand's metadata counts when it is of the
version that the folder's newest snapshot names and signed with the key that signs for the brand
today; a target counts when it has the length and digest of that metadata. Whatever does not count
is as if it had never been published, which costs a snapshot and nothing else.
"""

import contextlib
import hashlib
import io
from collections.abc import Mapping
from pathlib import Path
from typing import BinaryIO, Final

from tuf.api.exceptions import RepositoryError
from tuf.api.metadata import Delegations, Metadata, Snapshot, TargetFile, Targets, Timestamp

from station.core.errors import StorageError
from station.transport.tuf_root import MAX_METADATA_BYTES, read_metadata

_HASH: Final = "sha256"


class LastRelease:
    """The targets of the publication before.

    Attributes:
        listed: Those its metadata names, by path.
    """

    def __init__(self, targets: Path, listed: Mapping[str, TargetFile]) -> None:
        """Take what was signed.

        Args:
            targets: The published targets folder.
            listed: What the metadata that counts names, by path.
        """
        self.listed: Final = listed
        self._targets: Final = targets

    def open(self, path: str) -> BinaryIO | None:
        """Open a target, or None where it is not there as it was signed."""
        info = self.listed.get(path)
        if info is None:
            return None
        with contextlib.suppress(OSError):
            (at,) = info.get_prefixed_paths()
            file = (self._targets / at).open("rb")
            if file.seek(0, io.SEEK_END) == info.length and _digest_of(file) == info.hashes[_HASH]:
                return file
            file.close()
        return None


NOTHING_RELEASED: Final = LastRelease(Path(), {})


def read_last(metadata: Path, targets: Path, delegations: Delegations) -> LastRelease:
    """Read what a folder holds of the publication before.

    Args:
        metadata: The published metadata folder.
        targets: The published targets folder.
        delegations: The roles that count, and who signs for them today.
    """
    listed: dict[str, TargetFile] = {}
    try:
        number = read_metadata(metadata / "timestamp.json", Timestamp).version
        versions = read_metadata(metadata / f"{number}.snapshot.json", Snapshot).meta
    except StorageError:
        return LastRelease(targets, listed)
    signers = Targets(delegations=delegations)
    for role in delegations.roles or {}:
        # What was signed elsewhere is of an earlier version than what put it out.
        version = versions[f"{role}.json"].version if f"{role}.json" in versions else 0
        with contextlib.suppress(OSError, RepositoryError):
            with (metadata / f"{version}.{role}.json").open("rb") as file:
                signed = Metadata[Targets].from_bytes(file.read(MAX_METADATA_BYTES))
            signers.verify_delegate(role, signed.signed_bytes, signed.signatures)
            if signed.signed.version == version:
                listed |= {
                    path: info
                    for path, info in signed.signed.targets.items()
                    if set(info.hashes) == {_HASH}
                }
    return LastRelease(targets, listed)


def _digest_of(file: BinaryIO) -> str:
    file.seek(0)
    digest = hashlib.file_digest(file, _HASH).hexdigest()  # type: ignore[arg-type]
    file.seek(0)
    return digest
