"""Evidence pictures beside the backups of the journal that names them.

A picture never changes and its name holds its digest, so that each is copied once, durably, and
proven on its way. Leaves to others what is kept at the station (`intake.evidence`).
"""

from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from station.core.evidence import Kept
from station.storage.pictures import PictureFolder
from station.storage.sqlite import faults_told

FOLDER: Final = "pictures"
"""Folder of pictures beside backups."""


@dataclass(frozen=True, slots=True)
class PicturesCopied:
    """What became of a folder's pictures.

    Attributes:
        there: How many the copy holds now that the folder holds too.
        copied: How many of those are new.
        damaged: Names of those that are not what their name says; they were not copied.
    """

    there: int
    copied: int
    damaged: tuple[str, ...]


def copy_pictures(source: Path, target: Path) -> PicturesCopied:
    """Copy what the target lacks; another process may be copying to it too.

    Args:
        source: A folder of pictures; another process may be adding and removing. Nothing in it is
            trusted: no link is followed, nothing larger than a picture is taken in.
        target: Where they go; made if need be, with its parents.

    Raises:
        StorageError: The disk is full, or a folder cannot be read or written; what was copied
            before is whole.
    """
    from_folder, to_folder = PictureFolder(source), PictureFolder(target)
    with faults_told(target):
        target.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    to_folder.tidy_leftovers()
    have = _names(to_folder)
    there, copied, damaged = 0, 0, []
    for kept in _in_order(from_folder):
        if (kept.scan_id, kept.digest) not in have:
            jpeg = from_folder.content(kept.scan_id, kept.digest)
            if not jpeg:
                path = from_folder.path_of(kept.scan_id, kept.digest)
                with suppress(FileNotFoundError):  # removed meanwhile, for its age or want of room
                    path.lstat()
                    damaged.append(path.name)
                continue
            to_folder.keep(kept.scan_id, jpeg)
            copied += 1
        there += 1
    return PicturesCopied(there, copied, tuple(damaged))


def remove_pictures_before(target: Path, source: Path, before_s: float) -> int:
    """Remove copies that are old and that the station has removed.

    Args:
        target: The copies.
        source: The station's pictures.
        before_s: Later ones stay, seconds since 1970. To be no later than the oldest backup that is
            left, nor than what the station itself would remove for its age: a folder that was lost
            looks like one whose pictures were removed.

    Returns:
        How many were removed.
    """
    at_station = _names(PictureFolder(source))
    folder = PictureFolder(target)
    old = [
        kept
        for kept in _in_order(folder)
        if (kept.scan_id, kept.digest) not in at_station and kept.kept_s < before_s
    ]
    for kept in old:
        folder.remove(kept)
    return len(old)


def _names(folder: PictureFolder) -> set[tuple[str, str]]:
    return {(kept.scan_id, kept.digest) for kept in folder.kept()}


def _in_order(folder: PictureFolder) -> Iterator[Kept]:
    return iter(sorted(folder.kept(), key=lambda kept: (kept.scan_id, kept.digest)))
