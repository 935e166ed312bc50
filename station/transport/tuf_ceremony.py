"""The root's ceremony: its next version, prepared here and signed by holders on their machines.

The root says whose keys count, so its own are kept apart, two of three needed. The request is
carried to as many holders as it takes, one after another or on copies whose signatures are put
together. Kept in ``pending-root.json`` meanwhile; the next publication hands it out.

Source: TUF specification 1.0, sections 5.3 and 6.1.
"""

import hashlib
from dataclasses import dataclass
from pathlib import Path
from types import TracebackType
from typing import Final, Self

from securesystemslib.signer import Key
from tuf.api.metadata import Metadata, Root

from station.core.codes import Algorithm
from station.core.crypto import PrivateKey
from station.core.errors import ConfigurationError
from station.ports.brand_store import KeyVault
from station.ports.files import DurableFiles
from station.transport import tuf_request as carried
from station.transport.tuf_keys import PublicKeys, read_public_key
from station.transport.tuf_lock import PublisherLock
from station.transport.tuf_request import Request, parsed
from station.transport.tuf_roles import ONLINE_KEY, ROOT_KEYS, TARGETS_KEY, RoleSigner, metadata_key
from station.transport.tuf_root import RootHistory, faults_told, listed_key, next_root, root_listing
from station.transport.tuf_waiting import (
    Waiting,
    refuse_strangers,
    signature_of,
    signatures_missing,
)

PENDING_ROOT: Final = "pending-root.json"


@dataclass(frozen=True, slots=True)
class AcceptedRoot:
    """A root in force.

    Attributes:
        version: Its version.
        expires_utc: Until when it is valid.
        path: Its file.
        fingerprint: SHA-256 of that file, hex.
    """

    version: int
    expires_utc: str
    path: Path
    fingerprint: str


class RootCeremony:
    """A publisher's folder while its root is changed. A context manager: it holds its lock."""

    def __init__(self, state: Path, keys: KeyVault, files: DurableFiles) -> None:
        """Name the places; nothing is read or made yet.

        Args:
            state: The publisher's own folder.
            keys: The keys that are here.
            files: Writes durably.
        """
        self._lock: Final = PublisherLock(state)
        self._roots: Final = RootHistory(state / "root_history", files)
        self._public: Final = PublicKeys(state / "public", files)
        self._waiting: Final = Waiting(state / PENDING_ROOT, files)
        self._keys: Final = keys
        self._files: Final = files

    def __enter__(self) -> Self:
        """Take the publisher's lock, as `PublisherLock.acquire` does."""
        self._lock.acquire()
        return self

    def __exit__(
        self,
        exc_type: type[BaseException] | None,
        exc: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        self._lock.release()

    def add_public_key(self, path: Path, *, replace: bool) -> tuple[str, str]:
        """Keep the public half of a key that is held elsewhere; its name and key id.

        Raises:
            ConfigurationError: Another key of that name is known, and is not to be replaced.
            TrustError: The file is no public key.
            StorageError: It cannot be read or kept.
        """
        name, public = read_public_key(path)
        before, key_id = self._public.get(name), metadata_key(public).keyid
        if before is not None and before.keyid != key_id and not replace:
            raise ConfigurationError(
                f"another key {name} is known here",
                "if it is to be replaced, because it is lost or in wrong hands, add --replace",
            )
        self._public.put(name, public)
        return name, key_id

    def propose_root(self, folder: Path, now_utc: str) -> Request:
        """Write a request for the next version of the root, with the keys known by now.

        A key given by its public half stands in the place of the one before; where there is
        neither that nor a key here, the one before stays.

        Raises:
            ConfigurationError: A key is not known.
            StorageError: Something cannot be read or written.
        """
        before = self._roots.newest()
        named: dict[str, Key] = {}
        for name in (*ROOT_KEYS, TARGETS_KEY, ONLINE_KEY):
            known = None if name == ONLINE_KEY else self._public.get(name)
            named[name] = known or self._key_here_or_listed(name, before)
        version = 1 if before is None else before.version + 1
        root = next_root(version, root_listing(named), now_utc)
        text = carried.canonical(root)
        request = Request(
            1, "root", version, now_utc, self._roots.texts(), {Root.type: text}, [Root.type], 0
        )
        online = RoleSigner(self._keys.load(ONLINE_KEY))
        content = carried.write_request(folder, request, online, folder, self._files)
        self._waiting.keep(content)
        return request

    def accept_root(self, folder: Path) -> AcceptedRoot:
        """Take a version of the root that came back signed by all who must.

        Raises:
            TrustError: What came back is not for what was prepared.
            ConfigurationError: Signatures are missing, or nothing waits.
            StorageError: It cannot be read or kept.
        """
        request = self._waiting.came_back(folder)
        before = self._roots.newest()
        root = parsed(request, Root.type)
        if not isinstance(root, Root):
            raise self._waiting.damaged()
        if root == before:
            # A run that was killed after it had kept it.
            self._waiting.forget()
            return self._accepted(root)
        if root.version != (1 if before is None else before.version + 1):
            raise ConfigurationError(
                f"root {root.version} was prepared, and another has come since",
                "prepare it again: station signing root",
            )
        judges = [root] if before is None else [before, root]
        keys = {
            key_id: judge.keys[key_id]
            for judge in judges
            for key_id in judge.roles[Root.type].keyids
        }
        signatures = carried.read_signatures(folder)
        refuse_strangers(request, signatures, {Root.type: list(keys.values())})
        metadata = Metadata(root, {one.key_id: signature_of(one) for one in signatures})
        for judge in judges:
            result = judge.get_verification_result(
                Root.type, metadata.signed_bytes, metadata.signatures
            )
            if not result.verified:
                left = result.threshold - len(result.signed)
                of = "new" if judge is root and before is not None else "root's"
                raise signatures_missing([f"{left} more of the {of} keys"])
        self._roots.keep(metadata)
        self._waiting.forget()
        return self._accepted(root)

    def _accepted(self, root: Root) -> AcceptedRoot:
        path = self._roots.path(root.version)
        with faults_told(path):
            digest = hashlib.sha256(path.read_bytes()).hexdigest()
        return AcceptedRoot(root.version, root.expires.strftime("%Y-%m-%dT%H:%M:%SZ"), path, digest)

    def _key_here_or_listed(self, name: str, before: Root | None) -> Key:
        if name in self._keys.names():
            return RoleSigner(self._keys.load(name)).public_key
        if before is not None:
            return listed_key(before, name)
        if name == ONLINE_KEY:
            self._keys.save(name, PrivateKey.generate(Algorithm.ED25519))
            return RoleSigner(self._keys.load(name)).public_key
        raise ConfigurationError(
            f"there is no key {name} yet",
            f"have its holder make it ('station signing key {name}'), then give its public half: "
            "station signing add FILE",
        )
