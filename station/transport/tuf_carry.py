"""Publishing where keys are held elsewhere: prepared here, signed there, put out here.

A publication is written as ever, but what the catalogue's role and the brands' are to sign is kept
in ``pending.json`` of the publisher's folder and carried away as a request (`tuf_request`). What
comes back is looked at for signatures alone, over exactly what was kept; then snapshot and
timestamp are signed by the online key, and it is put out in one step, as ever.

Snapshot and timestamp get a number of their own when it is put out, and so does a timestamp that is
renewed in between: all numbers come from one count that only rises, so no site ever sees one fall.
"""

import hashlib
from collections.abc import Iterable
from datetime import datetime
from pathlib import Path
from typing import Final

import msgspec
from securesystemslib.signer import Key
from tuf.api.metadata import (
    Metadata,
    Root,
    Signed,
    Snapshot,
    TargetFile,
    Targets,
    Timestamp,
)

from station.core.errors import ConfigurationError, StorageError
from station.ports.publication import Release
from station.transport import tuf_request as carried
from station.transport.tuf_publisher import TufPublisher, signed_bytes
from station.transport.tuf_request import Request, RoleSignature, parsed
from station.transport.tuf_roles import (
    ONLINE_KEY,
    TARGETS_KEY,
    RoleSigner,
    expiry,
)
from station.transport.tuf_root import (
    faults_told,
    listed_key,
    read_metadata,
)
from station.transport.tuf_waiting import (
    Waiting,
    refuse_strangers,
    signature_of,
    signatures_missing,
)

PENDING: Final = "pending.json"


class SplitPublisher(TufPublisher):
    """A publisher some of whose keys are held elsewhere. As `TufPublisher`, it holds the lock."""

    _held: Request | None = None

    def release(self, published_utc: str) -> Release:
        """Keep what is to be signed; nothing is out yet, and `hand_over` comes next.

        Raises:
            ConfigurationError: All keys are here, or there is no root yet.
            StorageError: Something cannot be read.
        """
        work = self._prepared()
        is_first = self._roots.newest() is None
        root = self._root_in_force(work, published_utc)
        roles = self._composed(work, published_utc)
        wanted = [name for name in roles if name not in work.signers]
        if not wanted:
            raise ConfigurationError(
                "all keys are here: nothing has to be signed elsewhere",
                "publish without --prepare",
            )
        texts = {name: carried.canonical(signed) for name, signed in roles.items()}
        self._held = Request(
            1, "publication", work.number, published_utc, self._roots.texts(), texts, wanted, 0
        )
        until = min(signed.expires for signed in roles.values())
        return self._told(root, until, is_first=is_first, is_out=False)

    def hand_over(self, folder: Path, units: int) -> Request:
        """Write the request that is carried to the keys.

        Args:
            folder: Must not exist.
            units: How many units the publication has.

        Raises:
            StorageError: It cannot be written.
        """
        if self._held is None:
            msg = "release comes first"
            raise ValueError(msg)
        request = msgspec.structs.replace(self._held, units=units)
        online = self._prepared().signers[ONLINE_KEY]
        content = carried.write_request(folder, request, online, self._targets, self._files)
        Waiting(self._state / PENDING, self._files).keep(content)
        return request

    def put_out(self, folder: Path, number: int, now_utc: str) -> tuple[Release, Request]:
        """Put out the publication that waits, with the signatures that came back.

        Args:
            folder: The carried folder.
            number: For snapshot and timestamp; newly reserved.
            now_utc: Now.

        Raises:
            TrustError: What came back is not for what was prepared.
            ConfigurationError: Signatures are missing, nothing waits, or something newer is out.
            StorageError: Something cannot be read or written; the last publication stands.
        """
        waiting = Waiting(self._state / PENDING, self._files)
        request = waiting.came_back(folder)
        root = self._root()
        self._check_folder(root, number)
        self._check_not_overtaken(request.number)
        signatures = carried.read_signatures(folder)
        top = parsed(request, Targets.type)
        if not isinstance(top, Targets) or top.delegations is None:
            raise waiting.damaged()
        keys = {Targets.type: [listed_key(root, TARGETS_KEY)]}
        for name, role in (top.delegations.roles or {}).items():
            keys[name] = [top.delegations.keys[key_id] for key_id in role.keyids]
        refuse_strangers(request, signatures, keys)
        metadata = {}
        missing = []
        for role_name in request.metadata:
            signed = parsed(request, role_name)
            if not isinstance(signed, Targets):
                raise waiting.damaged()
            _refuse_expired(role_name, signed, now_utc)
            content = self._with_signatures(request, role_name, signed, signatures, keys[role_name])
            if content is None:
                missing.append(role_name)
            else:
                metadata[role_name] = (signed.version, content)
            self._check_targets_there(carried.targets_of(signed))
        if missing:
            raise signatures_missing(missing)
        online = self._online(root)
        release = self._put_out(number, root, metadata, online, now_utc, is_first=False)
        waiting.forget()
        return release, request

    def renew(self, number: int, now_utc: str) -> Release:
        """Sign the timestamp of what is out anew: nothing newer has come, and it stays fresh.

        Raises:
            ConfigurationError: Nothing is out, or what is out has expired.
            StorageError: Something cannot be read or written; the last publication stands.
        """
        root = self._root()
        self._check_folder(root, number)
        path = self._metadata / "timestamp.json"
        if not path.is_file():
            raise ConfigurationError(
                f"{self._folder} holds no publication to renew", "publish first"
            )
        meta = read_metadata(path, Timestamp).snapshot_meta
        snapshot = read_metadata(self._metadata / f"{meta.version}.snapshot.json", Snapshot)
        signed: list[Signed] = [root, snapshot]
        for name, info in snapshot.meta.items():
            signed.append(read_metadata(self._metadata / f"{info.version}.{name}", Targets))
        until = min(one.expires for one in signed)
        if until <= datetime.fromisoformat(now_utc):
            raise ConfigurationError(
                f"what is out has expired at {until:%Y-%m-%d}, and cannot be renewed by its "
                "timestamp alone",
                "publish anew; a root is renewed with 'station signing root'",
            )
        expires = expiry(now_utc, self._valid_days)
        timestamp = Timestamp(number, expires=expires, snapshot_meta=meta)
        with faults_told(self._metadata):
            self._roots.copy_to(self._metadata)
            content = signed_bytes(timestamp, self._online(root))
            self._files.write_atomically(path, content)
        return self._told(root, min(expires, until), is_first=False)

    def _root(self) -> Root:
        root = self._roots.newest()
        if root is None:
            raise ConfigurationError("this publisher has no root yet", "publish first")
        return root

    def _online(self, root: Root) -> RoleSigner:
        signer = RoleSigner(self._keys.load(ONLINE_KEY))
        if signer.public_key.keyid != listed_key(root, ONLINE_KEY).keyid:
            raise self._wrong_online_key()
        return signer

    def _with_signatures(
        self,
        request: Request,
        role: str,
        signed: Targets,
        signatures: Iterable[RoleSignature],
        keys: Iterable[Key],
    ) -> bytes | None:
        """A role's metadata with its signature, made here where it is not wanted elsewhere."""
        key_ids = {key.keyid for key in keys}
        metadata: Metadata[Targets] = Metadata(signed)
        if role in request.wanted:
            for one in signatures:
                if one.role == role:
                    metadata.signatures[one.key_id] = signature_of(one)
            return metadata.to_bytes() if metadata.signatures else None
        signer = RoleSigner(self._keys.load(role))
        if signer.public_key.keyid not in key_ids:
            return None
        metadata.sign(signer)
        return metadata.to_bytes()

    def _check_not_overtaken(self, number: int) -> None:
        """Refuse to go back behind what is out."""
        path = self._metadata / "timestamp.json"
        if not path.is_file():
            return
        version = read_metadata(path, Timestamp).snapshot_meta.version
        snapshot = read_metadata(self._metadata / f"{version}.snapshot.json", Snapshot)
        if snapshot.meta[f"{Targets.type}.json"].version > number:
            raise ConfigurationError(
                f"generation {number} waits to be put out, and a newer one is out already",
                "prepare a new one: station publish --prepare FOLDER",
            )

    def _check_targets_there(self, files: Iterable[TargetFile]) -> None:
        for info in files:
            path = self._targets / carried.prefixed(info)
            with faults_told(path):
                is_there = path.is_file() and path.stat().st_size == info.length
                if is_there:
                    with path.open("rb") as file:
                        digest = hashlib.file_digest(file, "sha256").hexdigest()
                    is_there = digest == info.hashes["sha256"]
            if not is_there:
                raise StorageError(
                    f"{path} is not there any more as it was prepared",
                    "name the folder it was prepared for with --to, or prepare it again",
                )


def _refuse_expired(role: str, signed: Signed, now_utc: str) -> None:
    if signed.expires <= datetime.fromisoformat(now_utc):
        raise ConfigurationError(
            f"what {role} signed has expired at {signed.expires:%Y-%m-%d}",
            "prepare it again: station publish --prepare FOLDER",
        )
