"""Certificates of scanners: small signed files in the site folder, one for each source.

Signed with the station's own key over the exact bytes of the certificate, so that a changed one is
noticed. Small, bounded, replaced whole. The journal names each by its digest before it is written.
"""

import hashlib
from pathlib import Path
from typing import Final

import msgspec

from station.core.crypto import PrivateKey, PublicKey
from station.core.errors import StorageError
from station.storage.durable import write_atomically

MAX_BYTES: Final = 65_536
FOLDER_MODE: Final = 0o750


class ScannerCertificate(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """What a scanner was found to do.

    Attributes:
        source: The source's specification.
        settings: Digest of how it was configured.
        time_utc: When it was checked.
        version: The software's version.
        station: Which station.
        findings: Symbol to difference.
        feedback: What is known of the scanner's own beeper.
        passed: Whether it may be used like this.
    """

    source: str
    settings: str
    time_utc: str
    version: str
    station: str
    findings: dict[str, str]
    feedback: str
    passed: bool


class _Signed(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    certificate: msgspec.Raw
    signature: str


def certificate_path(folder: Path, source: str) -> Path:
    """Where the certificate of a source is kept."""
    return folder / f"{hashlib.sha256(source.encode('utf-8')).hexdigest()[:24]}.json"


def certificate_digest(certificate: ScannerCertificate) -> str:
    """SHA-256 of what is signed, 64 hexadecimal digits: what the journal knows it by."""
    return hashlib.sha256(msgspec.json.encode(certificate)).hexdigest()


def write_certificate(folder: Path, certificate: ScannerCertificate, key: PrivateKey) -> Path:
    """Sign and keep a certificate; an older one of the source is replaced.

    Raises:
        StorageError: It cannot be written.
    """
    body = msgspec.json.encode(certificate)
    signed = _Signed(msgspec.Raw(body), key.sign(body).hex())
    path = certificate_path(folder, certificate.source)
    try:
        folder.mkdir(mode=FOLDER_MODE, exist_ok=True)
        write_atomically(path, msgspec.json.encode(signed) + b"\n")
    except OSError as error:
        raise StorageError(
            f"cannot write {path}: {error.strerror or error}", "check the site folder's rights"
        ) from error
    return path


def read_certificate(folder: Path, source: str, key: PublicKey) -> ScannerCertificate | None:
    """The certificate of a source, or None where there is none.

    Raises:
        StorageError: It cannot be read, or its signature is not this station's.
    """
    path = certificate_path(folder, source)
    try:
        with path.open("rb") as file:
            content = file.read(MAX_BYTES + 1)
    except FileNotFoundError:
        return None
    except OSError as error:
        raise StorageError(
            f"cannot read {path}: {error.strerror or error}", "check the site folder's rights"
        ) from error
    certificate = _verified(content, key)
    if certificate is None or certificate.source != source:
        raise StorageError(
            f"{path} is not a certificate of this station",
            f"check the scanner again: station scanner check --source {source}",
        )
    return certificate


def _verified(content: bytes, key: PublicKey) -> ScannerCertificate | None:
    """The certificate in a file, if this station signed it."""
    if len(content) > MAX_BYTES:
        return None
    try:
        signed = msgspec.json.decode(content, type=_Signed)
        body = bytes(signed.certificate)
        if not key.verify(bytes.fromhex(signed.signature), body):
            return None
        return msgspec.json.decode(body, type=ScannerCertificate)
    except (msgspec.MsgspecError, ValueError):
        return None
