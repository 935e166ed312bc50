"""Removes generations that no station fetches any more from a published folder.

Run after a publication is out. What the newest snapshots name is kept, and every root; other
files that a publication could have written go, also those of one that was interrupted; files of
other names are not ours and stay. Killed half way, the next publication goes on with it.
"""

import re
from collections.abc import Iterator
from pathlib import Path
from typing import Final

from tuf.api.metadata import Snapshot, Targets

from station.core.errors import StorageError
from station.transport.tuf_root import faults_told, read_metadata

_METADATA: Final = re.compile(r"([1-9][0-9]*)\.(snapshot|targets|brand-[a-z0-9-]+)\.json")
_SNAPSHOT: Final = ".snapshot.json"
_TARGET: Final = re.compile(r"[0-9a-f]{64}\..+")


def prune(metadata: Path, targets: Path, keep: int) -> int:
    """Remove all but the newest generations.

    Args:
        metadata: The published metadata folder.
        targets: The published targets folder.
        keep: How many generations stay, at least 1.

    Returns:
        How many files were removed; none when metadata to be kept cannot be read, because then
        nobody knows what it names.

    Raises:
        StorageError: A file cannot be removed.
    """
    with faults_told(metadata):
        ours = [path for path in metadata.iterdir() if _METADATA.fullmatch(path.name)]
        snapshots = [path for path in ours if path.name.endswith(_SNAPSHOT)]
        newest = sorted(snapshots, key=lambda path: int(path.name.partition(".")[0]))[-keep:]
        if not newest:
            return 0
        try:
            roles = {metadata / name for path in newest for name in _roles(path)}
            named = {at for path in roles for at in _targets(path)}
        except StorageError:
            return 0
        removed = [path for path in ours if path not in roles and path not in newest]
        for path in targets.rglob("*"):
            at = path.relative_to(targets).as_posix()
            if at not in named and _TARGET.fullmatch(path.name) and path.is_file():
                removed.append(path)
        for path in removed:
            path.unlink(missing_ok=True)
    return len(removed)


def _roles(snapshot: Path) -> Iterator[str]:
    """The metadata files that a snapshot names."""
    for name, info in read_metadata(snapshot, Snapshot).meta.items():
        yield f"{info.version}.{name}"


def _targets(role: Path) -> Iterator[str]:
    """The target files that a role's metadata names."""
    for info in read_metadata(role, Targets).targets.values():
        yield from info.get_prefixed_paths()
