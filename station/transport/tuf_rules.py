"""What each role may be asked to sign, whoever asks: checks on unsigned metadata, and words for it.

The online machine that prepares a request may be in an attacker's hands. So a root keeps its
threshold, the catalogue's role names no brand's files and lets each brand sign its own folder
alone, a brand speaks of nothing else, nothing is valid for longer than is usual, and the files
named are looked at.
"""

import hashlib
import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path
from typing import Final

from tuf.api.metadata import Metadata, Root, Signed, TargetFile, Targets

from station.transport.tuf_request import refused
from station.transport.tuf_roles import (
    ROOT_THRESHOLD,
    ROOT_VALID_DAYS,
    TARGETS_FOLDER,
    TARGETS_VALID_DAYS,
    brand_paths,
)
from station.transport.tuf_root import faults_told

SLACK_DAYS: Final = 7
"""How much longer than usual a signature may be valid: two machines' clocks and a carrier's way."""

BRAND_PREFIX: Final = "brand-"
_FILE_NAME: Final = re.compile(r"[a-z0-9][a-z0-9._-]{0,99}", re.ASCII)


@dataclass(frozen=True, slots=True)
class CarriedFile:
    """A file a role speaks of.

    Attributes:
        path: Its target path.
        bytes: Its length.
        digest: Its SHA-256, hex.
    """

    path: str
    bytes: int
    digest: str


def check_expiry(role: str, signed: Signed, now_utc: str) -> None:
    """Check that a signature would be valid now, and no longer than is usual.

    Raises:
        TrustError: It would not; likewise the others here.
    """
    usual = ROOT_VALID_DAYS if role == Root.type else TARGETS_VALID_DAYS
    left = signed.expires - datetime.fromisoformat(now_utc)
    if not timedelta() < left <= timedelta(days=usual + SLACK_DAYS):
        raise refused(
            f"{role} would be valid until {signed.expires:%Y-%m-%d %H:%M}, which is not within "
            f"{usual} days from now; check this machine's clock too"
        )


def check_root(signed: Root, before: Metadata[Root] | None) -> list[str]:
    """Check a root; a line for each key, marked where it is new."""
    version = 1 if before is None else before.signed.version + 1
    if signed.version != version:
        raise refused(f"root {signed.version} does not follow root {version - 1}")
    if not signed.consistent_snapshot or signed.roles[Root.type].threshold < ROOT_THRESHOLD:
        raise refused(f"its root asks for fewer than {ROOT_THRESHOLD} signatures of holders")
    lines = []
    for name, role in sorted(signed.roles.items()):
        known = set() if before is None else set(before.signed.roles[name].keyids)
        lines += [
            f"{name} ({role.threshold} of {len(role.keyids)}) {key_id}{_new(key_id, known)}"
            for key_id in role.keyids
        ]
        lines += [f"{name} {key_id} TAKEN OUT" for key_id in sorted(known - set(role.keyids))]
    return lines


def _new(key_id: str, known: set[str]) -> str:
    return "" if key_id in known else " NEW"


def check_targets(signed: Targets) -> list[str]:
    """Check the catalogue's role; a line for each brand's key."""
    if any("/" in path for path in signed.targets):
        raise refused("its catalogue names files that are a brand's")
    lines = []
    roles = {} if signed.delegations is None else signed.delegations.roles or {}
    for name, role in sorted(roles.items()):
        slug = name.removeprefix(BRAND_PREFIX)
        if name == slug or role.paths != brand_paths(slug) or not role.terminating:
            raise refused(f"it lets role {name} sign what is not one brand's")
        lines += [f"{name} {key_id}" for key_id in role.keyids]
    return lines


def check_brand(signed: Targets, role: str) -> list[str]:
    """Check a brand's role: it speaks of that brand's files, and lets nobody else speak."""
    folder = f"brands/{role.removeprefix(BRAND_PREFIX)}/"
    if signed.delegations is not None:
        raise refused(f"{role} is to let others sign for it")
    if not all(path.startswith(folder) for path in signed.targets):
        raise refused(f"{role} is to sign files of another brand")
    return []


def check_file(folder: Path, info: TargetFile) -> CarriedFile:
    """Check that a file was carried along, and is the one that is named."""
    if set(info.hashes) != {"sha256"}:
        raise refused("a file is named by another digest than SHA-256")
    digest = info.hashes["sha256"]
    name = carried_path(info.path, digest)
    path = folder / TARGETS_FOLDER / name
    with faults_told(path):
        inside = path.resolve().is_relative_to((folder / TARGETS_FOLDER).resolve())
        if not inside or not path.is_file():
            raise refused(f"the file {info.path} was not carried along")
        with path.open("rb") as file:
            actual = hashlib.file_digest(file, "sha256").hexdigest()
            length = file.tell()
    if (actual, length) != (digest, info.length):
        raise refused(f"the file {info.path} is not the one that is to be signed")
    return CarriedFile(info.path, info.length, digest)


def carried_path(path: str, digest: str) -> str:
    """Where a file lies below the carried targets folder; never outside of it."""
    *folders, name = _steps(path)
    return "/".join([*folders, f"{digest}.{name}"])


def _steps(path: str) -> Iterator[str]:
    for step in path.split("/"):
        if not _FILE_NAME.fullmatch(step):
            raise refused("it names a file in a way none is named")
        yield step
