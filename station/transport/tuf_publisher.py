"""Writes a signed publication: a plain folder that any web server, object store or stick can carry.

Fulfils `station.ports.publication.Publisher`. Targets and versioned metadata get names that were
never used before, so a station that reads meanwhile sees the old publication or the new one whole;
``timestamp.json`` is replaced last, and only then is the publication out. Everything is synced to
the disk before it is named by something else.

The publisher's own state is its keys and the root metadata it has signed (``root_history``), in the
brand folder; everything else is made anew each time, or kept from the publication in the folder.
One publication at a time: a lock holds that.
"""

import hashlib
import os
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from pathlib import Path
from types import TracebackType
from typing import BinaryIO, Final, Self

from securesystemslib.signer import Key
from tuf.api.metadata import (
    DelegatedRole,
    Delegations,
    Metadata,
    MetaFile,
    Root,
    Snapshot,
    T,
    TargetFile,
    Targets,
    Timestamp,
)

from station.core.codes import Algorithm
from station.core.crypto import PrivateKey
from station.core.errors import ConfigurationError
from station.ports.brand_store import KeyVault
from station.ports.files import DurableFiles
from station.ports.publication import Release
from station.transport.tuf_keys import PublicKeys
from station.transport.tuf_last import NOTHING_RELEASED, LastRelease, read_last
from station.transport.tuf_lock import PublisherLock
from station.transport.tuf_prune import prune
from station.transport.tuf_roles import (
    METADATA_FOLDER,
    ONLINE_KEY,
    ROOT_KEYS,
    ROOT_RENEWED_BEFORE_DAYS,
    ROOT_THRESHOLD,
    TARGETS_FOLDER,
    TARGETS_KEY,
    TARGETS_VALID_DAYS,
    RoleSigner,
    brand_paths,
    brand_role,
    expiry,
)
from station.transport.tuf_root import (
    RootHistory,
    faults_told,
    listed_key,
    read_metadata,
    root_listing,
)

MAX_METADATA_BYTES: Final = 5_000_000
DEFAULT_KEPT_GENERATIONS: Final = 10
"""A station that fetches slowly still finds the generation it began with."""

_HASH: Final = "sha256"


@dataclass(slots=True)
class _Work:
    """What one publication has so far.

    Attributes:
        number: Its number.
        slugs: Its brands.
        keys: The public key of each role, by name.
        signers: Those of them that are here.
        last: What the publication before has.
        targets: The files written or kept.
    """

    number: int
    slugs: list[str]
    keys: dict[str, Key] = field(default_factory=dict)
    signers: dict[str, RoleSigner] = field(default_factory=dict)
    last: LastRelease = NOTHING_RELEASED
    targets: dict[str, TargetFile] = field(default_factory=dict)


class TufPublisher:
    """Publishes into one folder. Use it as a context manager: it holds the publisher's lock."""

    def __init__(
        self,
        state: Path,
        keys: KeyVault,
        folder: Path,
        files: DurableFiles,
        valid_days: int,
        keep: int = DEFAULT_KEPT_GENERATIONS,
    ) -> None:
        """Name the places; nothing is read or made yet.

        Args:
            state: The publisher's own folder.
            keys: The keys of all roles.
            folder: Where the publication goes.
            files: Writes durably.
            valid_days: For how long stations accept it as the newest there is.
            keep: How many generations stay in the folder, this one included.
        """
        self._state: Final = state
        self._roots: Final = RootHistory(state / "root_history", files)
        self._lock: Final = PublisherLock(state)
        self._keys: Final = keys
        self._public: Final = PublicKeys(state / "public", files)
        self._metadata: Final = folder / METADATA_FOLDER
        self._targets: Final = folder / TARGETS_FOLDER
        self._folder: Final = folder
        self._files: Final = files
        self._valid_days: Final = valid_days
        self._keep: Final = keep
        self._work: _Work | None = None

    def __enter__(self) -> Self:
        """Take the publisher's lock.

        Raises:
            StorageError: Another publication is under way.
        """
        self._lock.acquire()
        return self

    def __exit__(
        self,
        exc_type: type[BaseException] | None,
        exc: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        self._lock.release()

    def prepare(self, number: int, slugs: list[str]) -> None:
        """Open the keys of all roles; makes those that nobody holds yet.

        Raises:
            ConfigurationError: The passphrase does not open them, or the folder holds another
                publisher's registry or a newer one of this publisher.
            StorageError: A key or folder cannot be read or made.
        """
        root = self._roots.newest()
        self._check_folder(root, number)
        work = _Work(number, list(slugs))
        for name in (TARGETS_KEY, ONLINE_KEY):
            self._open_key(work, name, None if root is None else listed_key(root, name))
        for slug in slugs:
            self._open_key(work, brand_role(slug), None)
        if root is None:
            for name in ROOT_KEYS:
                self._open_key(work, name, None)
        work.last = read_last(self._metadata, self._targets, _delegations(slugs, work.keys))
        self._work = work
        with faults_told(self._folder):
            self._metadata.mkdir(parents=True, exist_ok=True)
            self._targets.mkdir(parents=True, exist_ok=True)
            for folder in (self._metadata, self._targets, self._roots.folder):
                # Left by a publication that was killed; the lock says that none is under way.
                for left in [path for path in folder.rglob("*") if self._files.is_temporary(path)]:
                    self._files.discard(left)

    @contextmanager
    def target(self, path: str) -> Iterator[BinaryIO]:
        """Write a target: signed with the publication when the block ends well, else forgotten.

        Raises:
            StorageError: It cannot be written.
        """
        work = self._prepared()
        final = self._targets / path
        temporary = self._files.temporary_beside(final)
        try:
            with faults_told(final):
                final.parent.mkdir(parents=True, exist_ok=True)
                with temporary.open("wb") as file:
                    yield file
                with temporary.open("rb") as file:
                    digest = hashlib.file_digest(file, _HASH).hexdigest()
                    length = file.seek(0, os.SEEK_END)
                self._files.put_in_place(temporary, final.with_name(f"{digest}.{final.name}"))
        finally:
            self._files.discard(temporary)
        work.targets[path] = TargetFile(length, {_HASH: digest}, path)

    def last(self, path: str) -> BinaryIO | None:
        """Open a target of the publication this one will follow.

        Returns:
            It, from its beginning; None where there is none, or not as a brand's key signed it.
        """
        return self._prepared().last.open(path)

    def last_size(self, path: str) -> int | None:
        """Such a target's size in bytes as it was signed, or None where nothing was."""
        info = self._prepared().last.listed.get(path)
        return None if info is None else info.length

    def keep(self, path: str) -> bool:
        """Take such a target into this publication as it is; False where `last` gives none."""
        work = self._prepared()
        file = work.last.open(path)
        if file is None:
            return False
        file.close()
        work.targets[path] = work.last.listed[path]
        return True

    def size(self, path: str) -> int:
        """The size in bytes of a target of this publication."""
        return self._prepared().targets[path].length

    def release(self, published_utc: str) -> Release:
        """Sign all targets written and kept, and make them the publication.

        Raises:
            ConfigurationError: A key is held elsewhere, or the root metadata must be renewed and
                its keys are not here.
            StorageError: Something cannot be written; the last publication stands.
        """
        work = self._prepared()
        is_first = self._roots.newest() is None
        root = self._root_in_force(work, published_utc)
        roles = self._composed(work, published_utc)
        away = [name for name in roles if name not in work.signers]
        if away:
            raise ConfigurationError(
                f"keys held elsewhere must sign: {', '.join(away)}",
                "have it signed there: station publish --prepare FOLDER",
            )
        metadata = {
            name: (work.number, signed_bytes(signed, work.signers[name]))
            for name, signed in roles.items()
        }
        online = work.signers[ONLINE_KEY]
        return self._put_out(work.number, root, metadata, online, published_utc, is_first=is_first)

    def _composed(self, work: _Work, published_utc: str) -> dict[str, Targets]:
        """What the catalogue's role and each brand's are to sign, by role."""
        signed_until = expiry(published_utc, TARGETS_VALID_DAYS)
        roles = {}
        for slug in work.slugs:
            own = _under(work.targets, f"brands/{slug}/")
            roles[brand_role(slug)] = Targets(work.number, expires=signed_until, targets=own)
        roles[Targets.type] = Targets(
            work.number,
            expires=signed_until,
            targets={path: at for path, at in work.targets.items() if "/" not in path},
            delegations=_delegations(work.slugs, work.keys),
        )
        return roles

    def _put_out(
        self,
        number: int,
        root: Root,
        metadata: dict[str, tuple[int, bytes]],
        online: RoleSigner,
        published_utc: str,
        *,
        is_first: bool,
    ) -> Release:
        """Sign snapshot and timestamp over what is signed, and make it the publication.

        Args:
            number: Of snapshot and timestamp.
            root: In force.
            metadata: Version and content of each role's metadata.
            online: Signs snapshot and timestamp.
            published_utc: Now.
            is_first: Whether it is this publisher's first.
        """
        listed = {
            f"{name}.json": MetaFile.from_data(version, content, [_HASH])
            for name, (version, content) in metadata.items()
        }
        until = expiry(published_utc, TARGETS_VALID_DAYS)
        snapshot = signed_bytes(Snapshot(number, expires=until, meta=listed), online)
        expires = expiry(published_utc, self._valid_days)
        described = MetaFile.from_data(number, snapshot, [_HASH])
        timestamp = Timestamp(number, expires=expires, snapshot_meta=described)
        with faults_told(self._metadata):
            self._roots.copy_to(self._metadata)
            for name, (version, content) in metadata.items():
                self._files.write_atomically(self._metadata / f"{version}.{name}.json", content)
            self._files.write_atomically(self._metadata / f"{number}.snapshot.json", snapshot)
            self._files.write_atomically(
                self._metadata / "timestamp.json", signed_bytes(timestamp, online)
            )
        prune(self._metadata, self._targets, self._keep)
        return self._told(root, expires, is_first=is_first)

    def _told(
        self, root: Root, expires: datetime, *, is_first: bool, is_out: bool = True
    ) -> Release:
        path = self._roots.path(root.version)
        with faults_told(path):
            fingerprint = hashlib.sha256(path.read_bytes()).hexdigest()
        return Release(
            self._metadata / path.name if is_out else path,
            fingerprint,
            is_first,
            expires.strftime("%Y-%m-%dT%H:%M:%SZ"),
            is_out,
        )

    def _prepared(self) -> _Work:
        if self._work is None:
            msg = "prepare comes first"
            raise ValueError(msg)
        return self._work

    def _open_key(self, work: _Work, name: str, listed: Key | None) -> None:
        """Open a role's key, or note who holds it; one that nobody holds is made.

        A key that the root lists, or whose public half was kept, is never made anew: it is
        elsewhere, or lost.
        """
        expected = listed or (None if name == ONLINE_KEY else self._public.get(name))
        is_here = name in self._keys.names()
        if not is_here and expected is not None and name != ONLINE_KEY:
            work.keys[name] = expected
            return
        is_new = not is_here and expected is None
        signer = self._make(name) if is_new else RoleSigner(self._keys.load(name))
        if expected is not None and expected.keyid != signer.public_key.keyid:
            if name == ONLINE_KEY:
                raise self._wrong_online_key()
            work.keys[name] = expected
            return
        if expected is None and name != ONLINE_KEY:
            self._public.put(name, signer.public_bytes)
        work.keys[name] = signer.public_key
        work.signers[name] = signer

    def _make(self, name: str) -> RoleSigner:
        self._keys.save(name, PrivateKey.generate(Algorithm.ED25519))
        return RoleSigner(self._keys.load(name))

    @staticmethod
    def _wrong_online_key() -> ConfigurationError:
        return ConfigurationError(
            "the online key here is not the one the root names",
            "restore online.pem of the brand folder's publisher/, or have a new root signed: "
            "station signing root",
        )

    def _check_folder(self, root: Root | None, number: int) -> None:
        """Refuse a folder that another publisher, or a newer copy of this one, has filled."""
        first = self._metadata / "1.root.json"
        timestamp = self._metadata / "timestamp.json"
        with faults_told(self._metadata):
            if not first.is_file():
                if timestamp.exists():
                    raise self._foreign()
                return
            if root is None or first.read_bytes() != self._roots.path(1).read_bytes():
                raise self._foreign()
        if timestamp.is_file() and read_metadata(timestamp, Timestamp).version >= number:
            raise ConfigurationError(
                f"{self._folder} holds a newer publication than this brand folder has made",
                "this brand folder is an old copy: restore the newest one, and publish from it",
            )

    def _root_in_force(self, work: _Work, published_utc: str) -> Root:
        """The root in force; a first or new version is signed, and kept, where one is due.

        Raises:
            ConfigurationError: It has expired, and too few root keys are here to sign another.
        """
        root = self._roots.newest()
        if root is None:
            signers = [work.signers[name] for name in ROOT_KEYS if name in work.signers]
            if len(signers) < ROOT_THRESHOLD:
                raise ConfigurationError(
                    "this publisher has no root yet, and its root keys are held elsewhere",
                    "have the first root signed: station signing root --out FOLDER",
                )
            return self._roots.sign(1, root_listing(work.keys), signers, published_utc)
        left = root.expires - datetime.fromisoformat(published_utc)
        if left > timedelta(days=ROOT_RENEWED_BEFORE_DAYS):
            return root
        kept = set(self._keys.names())
        opened = [RoleSigner(self._keys.load(name)) for name in ROOT_KEYS if name in kept]
        current = set(root.roles[Root.type].keyids)
        here = [signer for signer in opened if signer.public_key.keyid in current]
        if len(here) >= ROOT_THRESHOLD:
            return self._roots.sign(root.version + 1, root, here, published_utc)
        if left > timedelta():
            return root
        raise ConfigurationError(
            f"the root metadata expired at {root.expires:%Y-%m-%d} and must be signed anew",
            f"put {ROOT_THRESHOLD} of the files {', '.join(ROOT_KEYS)} (.pem) back into the "
            "brand folder's publisher/, then publish again; or have it signed where they are: "
            "station signing root",
        )

    def _foreign(self) -> ConfigurationError:
        return ConfigurationError(
            f"{self._folder} holds the registry of another publisher",
            "name another folder with --to, or the brand folder it was published from",
        )


def _delegations(slugs: Sequence[str], of_roles: Mapping[str, Key]) -> Delegations:
    keys: dict[str, Key] = {}
    roles = {}
    for slug in slugs:
        name = brand_role(slug)
        key = of_roles[name]
        keys[key.keyid] = key
        roles[name] = DelegatedRole(name, [key.keyid], 1, terminating=True, paths=brand_paths(slug))
    return Delegations(keys, roles)


def _under(targets: dict[str, TargetFile], folder: str) -> dict[str, TargetFile]:
    return {path: target for path, target in targets.items() if path.startswith(folder)}


def signed_bytes(signed: T, signer: RoleSigner) -> bytes:
    """Metadata with one signature, as it is stored."""
    metadata = Metadata(signed)
    metadata.sign(signer)
    return metadata.to_bytes()
