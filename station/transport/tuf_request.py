"""A request for signatures, as a folder that is carried to the holders of keys and back.

``request.json`` holds, byte for byte, what each role is to sign, every root there was, and how the
publisher came to it; it is signed by the publisher's online key, so that nobody changes it on the
way. ``targets/`` holds copies of the files a signature speaks of, so a holder can look at what they
sign. Each signature becomes a small file in ``signatures/``, so holders may work one after another
or on copies. Nothing else that comes back is read: the publisher has kept what it asked for.

Everything in such a folder may be an attacker's: sizes are bounded, no path leads out of it.

Source: TUF specification 1.0, sections 4.2 (signatures over canonical JSON) and 6 (key management).
"""

import hashlib
import json
import shutil
from collections.abc import Iterable
from pathlib import Path
from typing import Annotated, Any, Final, Literal

import msgspec
from securesystemslib.exceptions import UnverifiedSignatureError
from securesystemslib.signer import Key, Signature
from tuf.api.exceptions import RepositoryError
from tuf.api.metadata import Metadata, Root, Signed, TargetFile, Targets
from tuf.api.serialization.json import CanonicalJSONSerializer

from station.core.errors import StorageError, TrustError
from station.core.text import printable
from station.ports.files import DurableFiles
from station.transport.tuf_roles import TARGETS_FOLDER, RoleSigner
from station.transport.tuf_root import faults_told

REQUEST_FILE: Final = "request.json"
SIGNATURES_FOLDER: Final = "signatures"
MAX_REQUEST_BYTES: Final = 64 << 20
MAX_SIGNATURE_BYTES: Final = 4096
MAX_SIGNATURES: Final = 1000

_Hex = Annotated[str, msgspec.Meta(pattern=r"^[0-9a-f]{64,128}\Z")]
_Role = Annotated[str, msgspec.Meta(pattern=r"^[a-z0-9-]{1,48}\Z")]
_Number = Annotated[int, msgspec.Meta(ge=1, le=1 << 53)]


class Request(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """What is to be signed.

    Attributes:
        format: 1.
        kind: A publication, or a version of the root.
        number: The generation, or the root's version.
        prepared_utc: When, ISO 8601 with ``Z``.
        roots: Every root in force so far, version by version, each the text of its file.
        metadata: What each role is to sign, by role: canonical JSON.
        wanted: The roles whose signatures are wanted; the publisher signs the others itself.
        units: How many units the publication has, as the publisher says.
    """

    format: int
    kind: Literal["publication", "root"]
    number: _Number
    prepared_utc: Annotated[str, msgspec.Meta(max_length=32)]
    roots: Annotated[list[str], msgspec.Meta(max_length=1024)]
    metadata: Annotated[dict[_Role, str], msgspec.Meta(max_length=10_000)]
    wanted: Annotated[list[_Role], msgspec.Meta(max_length=10_000)]
    units: Annotated[int, msgspec.Meta(ge=0, le=1 << 53)]

    def digest(self, role: str) -> str:
        """SHA-256 of what a role is to sign, hex: the short name people compare."""
        return hashlib.sha256(self.metadata[role].encode("utf-8")).hexdigest()


class _Envelope(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """``request.json``: the request's text, and the online key's signature over it."""

    request: str
    key_id: _Hex
    signature: _Hex


class RoleSignature(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """One holder's signature; `digest` says over what (`Request.digest`)."""

    role: _Role
    digest: _Hex
    key_id: _Hex
    signature: _Hex

    def verifies(self, key: Key, request: Request) -> bool:
        """Whether a key has made it, over what its role is to sign."""
        payload = request.metadata[self.role].encode("utf-8")
        return _is_signed(key, Signature(self.key_id, self.signature), payload)


def canonical(signed: Signed) -> str:
    """The bytes a signature is made over, as text."""
    return CanonicalJSONSerializer().serialize(signed).decode("utf-8")


def parsed(request: Request, role: str) -> Signed:
    """What a role is to sign, as metadata.

    Raises:
        TrustError: It is none, or not spelled as it would be signed.
    """
    text = request.metadata[role]
    try:
        document: dict[str, Any] = {"signatures": [], "signed": json.loads(text)}
        signed: Signed = Metadata.from_dict(document).signed
        is_spelled_so = canonical(signed) == text
    except (ValueError, TypeError, KeyError, AttributeError, RecursionError, RepositoryError):
        is_spelled_so = False
        signed = Root()
    if not is_spelled_so:
        raise refused(f"what role {role} is to sign is no metadata")
    return signed


def roots_of(request: Request) -> list[Metadata[Root]]:
    """The roots, in order; nothing is verified.

    Raises:
        TrustError: One is none.
    """
    roots: list[Metadata[Root]] = []
    for text in request.roots:
        try:
            root = Metadata[Root].from_bytes(text.encode("utf-8"))
        except (ValueError, RepositoryError, RecursionError):
            raise refused("it holds a root that is none") from None
        if root.signed.type != Root.type or root.signed.version != len(roots) + 1:
            raise refused("its roots are not those of one publisher, in order")
        roots.append(root)
    return roots


def write_request(
    folder: Path, request: Request, signer: RoleSigner, published: Path, files: DurableFiles
) -> bytes:
    """Write a request for carrying: the folder appears whole, or not at all.

    Args:
        folder: Must not exist.
        request: What is to be signed.
        signer: The online key.
        published: The published targets folder, where the files named are.
        files: Writes durably.

    Returns:
        The content of ``request.json``.

    Raises:
        StorageError: Something is there already, or it cannot be written.
    """
    if folder.exists() or folder.is_symlink():
        raise StorageError(f"there is a {folder} already", "name a folder that is not there yet")
    text = msgspec.json.encode(request)
    signature = signer.sign(text)
    content = msgspec.json.encode(
        _Envelope(text.decode("utf-8"), signature.keyid, signature.signature)
    )
    building = files.temporary_beside(folder)
    with faults_told(folder):
        shutil.rmtree(building, ignore_errors=True)
        try:
            (building / SIGNATURES_FOLDER).mkdir(parents=True)
            for role in request.wanted:
                for info in targets_of(parsed(request, role)):
                    copy = building / TARGETS_FOLDER / prefixed(info)
                    copy.parent.mkdir(parents=True, exist_ok=True)
                    if not copy.exists():
                        shutil.copyfile(published / prefixed(info), copy)
                        files.sync_file(copy)
            files.write_atomically(building / REQUEST_FILE, content)
            files.put_folder_in_place(building, folder)
        finally:
            shutil.rmtree(building, ignore_errors=True)
    return content


def read_request(content: bytes) -> Request:
    """Read the content of ``request.json``; who made it is not asked here.

    Raises:
        TrustError: It is none.
    """
    try:
        envelope = msgspec.json.decode(content, type=_Envelope)
        request = msgspec.json.decode(envelope.request.encode("utf-8"), type=Request)
    except (msgspec.DecodeError, UnicodeError, RecursionError) as error:
        raise refused(f"it is no request ({printable(str(error), 200)})") from None
    if request.format != 1:
        raise refused(f"it is a request of format {request.format}, not 1")
    if not request.wanted or not set(request.wanted) <= request.metadata.keys():
        raise refused("it asks for signatures over nothing")
    return request


def check_authentic(content: bytes, online: Iterable[Key]) -> None:
    """Check that the content of a ``request.json`` was signed by one of the online keys.

    Raises:
        TrustError: It was not.
    """
    envelope = msgspec.json.decode(content, type=_Envelope)
    signature = Signature(envelope.key_id, envelope.signature)
    if not any(_is_signed(key, signature, envelope.request.encode("utf-8")) for key in online):
        raise refused("it was not made by the publisher's online key, or altered on the way")


def load(folder: Path, name: str, max_bytes: int) -> bytes:
    """A plain file of a carried folder, bounded.

    Raises:
        TrustError: It is no plain file, or too long.
        StorageError: It cannot be read.
    """
    path = folder / name
    with faults_told(path):
        if path.is_symlink() or not path.is_file():
            raise refused(f"it has no file {name}")
        with path.open("rb") as file:
            content = file.read(max_bytes + 1)
    if len(content) > max_bytes:
        raise refused(f"its {name} is too long")
    return content


def write_signature(folder: Path, signature: RoleSignature, files: DurableFiles) -> Path:
    """Put a signature into a carried folder."""
    path = folder / SIGNATURES_FOLDER / f"{signature.role}.{signature.key_id[:16]}.json"
    with faults_told(path):
        path.parent.mkdir(exist_ok=True)
        files.write_atomically(path, msgspec.json.encode(signature))
    return path


def read_signatures(folder: Path) -> list[RoleSignature]:
    """The signatures that came back; nothing is verified.

    Raises:
        TrustError: One is none, or there are far too many.
        StorageError: They cannot be read.
    """
    inside = folder / SIGNATURES_FOLDER
    with faults_told(inside):
        names = sorted(path.name for path in inside.glob("[!.]*.json")) if inside.is_dir() else []
    if len(names) > MAX_SIGNATURES:
        raise refused(f"it holds {len(names)} signatures")
    signatures = []
    for name in names:
        content = load(inside, name, MAX_SIGNATURE_BYTES)
        try:
            signatures.append(msgspec.json.decode(content, type=RoleSignature))
        except (msgspec.DecodeError, RecursionError):
            raise refused(f"its signature {printable(name)} is none") from None
    return signatures


def targets_of(signed: Signed) -> list[TargetFile]:
    """The files that metadata names, by path."""
    if not isinstance(signed, Targets):
        return []
    return [signed.targets[path] for path in sorted(signed.targets)]


def prefixed(info: TargetFile) -> str:
    """Where a target lies below a targets folder."""
    folder, slash, name = info.path.rpartition("/")
    return f"{folder}{slash}{info.hashes['sha256']}.{name}"


def refused(why: str) -> TrustError:
    """The refusal of a carried folder."""
    return TrustError(
        f"the carried folder is refused: {printable(why, 400)}",
        "nothing was signed and nothing changed; have it prepared and carried again, and find out "
        "who had it in between",
    )


def _is_signed(key: Key, signature: Signature, payload: bytes) -> bool:
    try:
        key.verify_signature(signature, payload)
    except UnverifiedSignatureError:
        return False
    return True
