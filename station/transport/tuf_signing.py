"""The desk of somebody who holds a key: what a carried request asks for, checked, then signed.

Works on a machine that has the keys and nothing of the publisher's. Nothing is signed unless the
request was made by the publisher's online key, as the newest root names it; the root follows,
version by version, from one this desk already trusts; each role says only what that role may say;
each version is newer than what was signed here before; and every file spoken of was carried along
and is the one that is named. What is signed is remembered durably before the signature leaves.

The memory is ``signed.json`` in the key folder. It names the newest root, and per role the version
and digest signed last.

Source: TUF specification 1.0, sections 5.3 (root rotation) and 6.1 (key management).
"""

import hashlib
import io
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO, Final, cast

import msgspec
from securesystemslib.signer import Key
from tuf.api.exceptions import RepositoryError
from tuf.api.metadata import Metadata, Root, Targets

from station.core.errors import ConfigurationError, StorageError
from station.ports.brand_store import KeyVault
from station.ports.files import DurableFiles
from station.transport import tuf_request as carried
from station.transport import tuf_rules as rules
from station.transport.tuf_request import Request, RoleSignature, parsed, refused, targets_of
from station.transport.tuf_roles import ROOT_KEYS, TARGETS_FOLDER, RoleSigner
from station.transport.tuf_root import faults_told
from station.transport.tuf_rules import BRAND_PREFIX

MEMORY_FILE: Final = "signed.json"
MAX_MEMORY_BYTES: Final = 4 << 20
_PIECE_BYTES: Final = 1 << 18


class _Signed(msgspec.Struct, frozen=True):
    version: int
    digest: str


class _Memory(msgspec.Struct, frozen=True):
    """What this desk trusts and has signed."""

    root: str = ""
    signed: dict[str, _Signed] = {}


@dataclass(frozen=True, slots=True)
class Item:
    """What one role is asked to sign, for people.

    Attributes:
        role: ``root``, ``targets`` or ``brand-SLUG``.
        version: Its version.
        expires_utc: Until when it is valid.
        digest: SHA-256 of the bytes to be signed, hex.
        files: The files it names.
        keys: Who may sign what, for root and targets: a line each, new keys marked.
        signed_before: The version signed here last, or None.
        signed_by: Key ids of good signatures the folder holds already.
    """

    role: str
    version: int
    expires_utc: str
    digest: str
    files: tuple[rules.CarriedFile, ...]
    keys: tuple[str, ...]
    signed_before: int | None
    signed_by: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Examination:
    """A request that may be signed.

    Attributes:
        request: The request.
        items: Those of its roles that were asked for here, in order.
        root_fingerprint: SHA-256 of the newest root's file, hex; ``""`` before the first.
    """

    request: Request
    items: tuple[Item, ...]
    root_fingerprint: str


class SigningDesk:
    """A key folder's owner. One request at a time."""

    def __init__(self, keys: KeyVault, memory: Path, files: DurableFiles) -> None:
        """Name the places; nothing is read yet.

        Args:
            keys: Keys of roles, by name.
            memory: The folder that holds `MEMORY_FILE`: the key folder.
            files: Writes durably.
        """
        self._keys: Final = keys
        self._memory_path: Final = memory / MEMORY_FILE
        self._files: Final = files

    def examine(self, folder: Path, now_utc: str, fingerprint: str = "") -> Examination:
        """Check a carried request, and find what keys here are asked for.

        Args:
            folder: As it was carried here.
            now_utc: The time, ISO 8601 with ``Z``.
            fingerprint: SHA-256 of the publisher's root file, told by another way; needed where
                this desk knows no root yet.

        Raises:
            TrustError: Something of it may not be signed; nothing is.
            ConfigurationError: No key here is asked for, or no root is known here.
            StorageError: Something cannot be read.
        """
        content = carried.load(folder, carried.REQUEST_FILE, carried.MAX_REQUEST_BYTES)
        request = carried.read_request(content)
        memory = self._remembered()
        root = self._trusted_root(request, memory, fingerprint)
        carried.check_authentic(content, _online_keys(request, root))
        if (request.kind == "root") != (list(request.metadata) == [Root.type]):
            raise refused("a root is signed by itself")
        names = set(self._keys.names())
        roles = [role for role in request.wanted if names & set(_key_names(role))]
        if not roles:
            raise ConfigurationError(
                f"no key here is asked for: wanted are {', '.join(request.wanted)}",
                "name the folder that holds the key with --keys",
            )
        signatures = carried.read_signatures(folder)
        items = [
            self._item(folder, request, role, root, memory, signatures, now_utc) for role in roles
        ]
        newest = request.roots[-1] if request.roots else ""
        digest = hashlib.sha256(newest.encode("utf-8")).hexdigest() if newest else ""
        return Examination(request, tuple(items), digest)

    def read(
        self, folder: Path, file: rules.CarriedFile, say: Callable[[str, BinaryIO], str]
    ) -> str:
        """What a file that was examined says.

        Args:
            folder: The carried folder.
            file: The file.
            say: Reads it, given its target path and its content.

        Raises:
            TrustError: It is another than was examined, or as `say` raises.
        """
        path = folder / TARGETS_FOLDER / rules.carried_path(file.path, file.digest)
        with faults_told(path), path.open("rb") as opened:
            reader = _HashingReader(opened)
            words = say(file.path, cast("BinaryIO", reader))
            if reader.finish() != file.digest:
                raise refused(f"the file {file.path} changes while it is read")
        return words

    def sign(self, folder: Path, examined: Examination) -> list[Path]:
        """Sign what was examined with every key here that may; the files written.

        Raises:
            ConfigurationError: The passphrase is wrong, or a key here is not the role's.
            StorageError: A signature cannot be remembered or written.
        """
        made: list[RoleSignature] = []
        root = _newest(examined.request)
        for item in examined.items:
            allowed = {key.keyid for key in _role_keys(examined.request, item.role, root)}
            payload = examined.request.metadata[item.role].encode("utf-8")
            own = [
                RoleSigner(self._keys.load(name))
                for name in _key_names(item.role)
                if name in self._keys.names()
            ]
            signers = [signer for signer in own if signer.public_key.keyid in allowed]
            if not signers:
                raise ConfigurationError(
                    f"the key for {item.role} here is not the one the publisher names",
                    "give the publisher its public half ('station signing key', then 'station "
                    "signing add'), or name another folder with --keys",
                )
            for signer in signers:
                signature = signer.sign(payload)
                made.append(
                    RoleSignature(item.role, item.digest, signature.keyid, signature.signature)
                )
        self._remember(examined)
        return [carried.write_signature(folder, one, self._files) for one in made]

    def _trusted_root(
        self, request: Request, memory: _Memory, fingerprint: str
    ) -> Metadata[Root] | None:
        """The newest root, followed from one this desk trusts; None before the first."""
        roots = carried.roots_of(request)
        if not roots:
            if memory.root:
                raise refused("it comes without the root this desk already trusts")
            if request.kind != "root":
                raise refused("it comes without any root")
            return None
        start = _start(request, roots, memory, fingerprint)
        for before, after in zip(roots[start:], roots[start + 1 :], strict=False):
            try:
                for signing in (before.signed, after.signed):
                    signing.verify_delegate(Root.type, after.signed_bytes, after.signatures)
            except (ValueError, RepositoryError):
                raise refused(
                    f"its root {after.signed.version} is not signed by the one before"
                ) from None
        return roots[-1]

    def _item(
        self,
        folder: Path,
        request: Request,
        role: str,
        root: Metadata[Root] | None,
        memory: _Memory,
        signatures: list[RoleSignature],
        now_utc: str,
    ) -> Item:
        signed = parsed(request, role)
        before = memory.signed.get(role)
        digest = request.digest(role)
        if before is not None and not (
            signed.version > before.version
            or (signed.version, digest) == (before.version, before.digest)
        ):
            raise refused(
                f"{role} {signed.version} is no newer than {before.version}, which was signed here "
                "before: it is an old request, or a second one under the same number"
            )
        rules.check_expiry(role, signed, now_utc)
        if isinstance(signed, Root) and role == Root.type:
            keys = rules.check_root(signed, root)
        elif isinstance(signed, Targets) and role == Targets.type:
            keys = rules.check_targets(signed)
        elif isinstance(signed, Targets) and role.startswith(BRAND_PREFIX):
            keys = rules.check_brand(signed, role)
        else:
            raise refused(f"what {role} is to sign is {signed.type} metadata")
        files = tuple(rules.check_file(folder, info) for info in targets_of(signed))
        allowed = _role_keys(request, role, root)
        return Item(
            role,
            signed.version,
            signed.expires.strftime("%Y-%m-%dT%H:%M:%SZ"),
            digest,
            files,
            tuple(keys),
            None if before is None else before.version,
            tuple(
                one.key_id
                for one in signatures
                if one.role == role and any(one.verifies(key, request) for key in allowed)
            ),
        )

    def _remembered(self) -> _Memory:
        with faults_told(self._memory_path):
            try:
                with self._memory_path.open("rb") as file:
                    content = file.read(MAX_MEMORY_BYTES)
            except FileNotFoundError:
                return _Memory()
        try:
            return msgspec.json.decode(content, type=_Memory)
        except (msgspec.DecodeError, RecursionError):
            raise StorageError(
                f"{self._memory_path} is damaged", "restore it from the key folder's backup"
            ) from None

    def _remember(self, examined: Examination) -> None:
        memory = self._remembered()
        signed = dict(memory.signed)
        for item in examined.items:
            signed[item.role] = _Signed(item.version, item.digest)
        roots = examined.request.roots
        kept = _Memory(roots[-1] if roots else memory.root, signed)
        with faults_told(self._memory_path):
            self._files.write_atomically(self._memory_path, msgspec.json.encode(kept))


class _HashingReader(io.RawIOBase):
    """Passes a file's bytes on and remembers their digest: what is shown is what is signed."""

    def __init__(self, file: BinaryIO) -> None:
        self._file = file
        self._digest = hashlib.sha256()

    def read(self, size: int = -1) -> bytes:
        """Read on, as of the file itself."""
        piece = self._file.read(size)
        self._digest.update(piece)
        return piece

    def finish(self) -> str:
        """The digest of the whole file, hex."""
        while self.read(_PIECE_BYTES):
            pass
        return self._digest.hexdigest()


def _start(request: Request, roots: list[Metadata[Root]], memory: _Memory, fingerprint: str) -> int:
    """The place of the newest root that is trusted already."""
    if memory.root:
        if memory.root in request.roots:
            return request.roots.index(memory.root)
        raise refused("its roots are not those this desk trusts: another publisher's, or older")
    if fingerprint:
        wanted = fingerprint.strip().lower()
        for place, text in enumerate(request.roots):
            if hashlib.sha256(text.encode("utf-8")).hexdigest() == wanted:
                return place
        raise refused("none of its roots has the fingerprint that was given")
    # Who signed a root here has read it then; whole, it comes back with the next request.
    own = memory.signed.get(Root.type)
    for place, root in enumerate(roots):
        text = carried.canonical(root.signed)
        if own is not None and hashlib.sha256(text.encode("utf-8")).hexdigest() == own.digest:
            return place
    raise ConfigurationError(
        "no root of this publisher is known here yet",
        "get the fingerprint of its root file by another way than this folder, and give it with "
        "--fingerprint",
    )


def _online_keys(request: Request, root: Metadata[Root] | None) -> list[Key]:
    """The keys of which one must have made the request; a new root may name a new one."""
    listed = [] if root is None else [root.signed]
    if request.kind == "root":
        proposed = parsed(request, Root.type) if Root.type in request.metadata else None
        if isinstance(proposed, Root):
            listed.append(proposed)
    return [key for signed in listed for key in _keys_of(signed, "timestamp")]


def _newest(request: Request) -> Metadata[Root] | None:
    roots = carried.roots_of(request)
    return roots[-1] if roots else None


def _role_keys(request: Request, role: str, root: Metadata[Root] | None) -> list[Key]:
    """The keys that may sign for a role."""
    if role.startswith(BRAND_PREFIX):
        top = parsed(request, Targets.type) if Targets.type in request.metadata else None
        if not isinstance(top, Targets) or top.delegations is None:
            return []
        delegated = (top.delegations.roles or {}).get(role)
        ids = [] if delegated is None else delegated.keyids
        return [top.delegations.keys[key_id] for key_id in ids if key_id in top.delegations.keys]
    listed = [] if root is None else _keys_of(root.signed, role)
    if role == Root.type:
        proposed = parsed(request, role)
        if isinstance(proposed, Root):
            listed = listed + _keys_of(proposed, role)
    return listed


def _keys_of(root: Root, role: str) -> list[Key]:
    return [root.keys[key_id] for key_id in root.roles[role].keyids if key_id in root.keys]


def _key_names(role: str) -> tuple[str, ...]:
    return ROOT_KEYS if role == Root.type else (role,)
