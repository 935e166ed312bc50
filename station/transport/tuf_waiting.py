"""What a publisher prepared and waits for: its own copy, and how strictly what comes back is taken.

The copy is ``request.json`` byte for byte. A carried folder counts only when it is that request,
and of it only the signatures count, each by a key that may sign for its role, over its bytes.
"""

from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Final

from securesystemslib.signer import Key, Signature

from station.core.errors import ConfigurationError, StorageError
from station.ports.files import DurableFiles
from station.transport import tuf_request as carried
from station.transport.tuf_request import Request, RoleSignature, refused
from station.transport.tuf_root import faults_told


class Waiting:
    """The file of one request that waits. Its methods raise `StorageError`."""

    def __init__(self, path: Path, files: DurableFiles) -> None:
        """Name the file, which need not exist."""
        self._path: Final = path
        self._files: Final = files

    def keep(self, content: bytes) -> None:
        """Keep a request, in the place of one before: that one is not waited for any more."""
        with faults_told(self._path):
            self._files.write_atomically(self._path, content)

    def came_back(self, folder: Path) -> Request:
        """The request, if what came back is that.

        Raises:
            TrustError: It is another.
            ConfigurationError: Nothing waits.
        """
        with faults_told(self._path):
            if not self._path.is_file():
                raise ConfigurationError("nothing waits for signatures", "prepare it first")
            content = self._path.read_bytes()
        came_back = carried.load(folder, carried.REQUEST_FILE, carried.MAX_REQUEST_BYTES)
        if came_back != content:
            other = carried.read_request(came_back)
            raise refused(
                f"it is {other.kind} {other.number} of {other.prepared_utc}, not what was prepared "
                "here last"
            )
        return carried.read_request(content)

    def forget(self) -> None:
        """Wait no longer."""
        with faults_told(self._path):
            self._path.unlink(missing_ok=True)

    def damaged(self) -> StorageError:
        """The error of a file that is not what was kept."""
        return StorageError(f"{self._path} is damaged", "prepare it again")


def signature_of(one: RoleSignature) -> Signature:
    """It as the framework has it."""
    return Signature(one.key_id, one.signature)


def refuse_strangers(
    request: Request, signatures: Iterable[RoleSignature], keys: Mapping[str, list[Key]]
) -> None:
    """Refuse a folder that holds a signature nobody asked for, or that is none.

    Args:
        request: What was asked for.
        signatures: What the folder holds.
        keys: Who may sign, by role.

    Raises:
        TrustError: It holds one.
    """
    for one in signatures:
        if one.role not in request.wanted:
            raise refused(f"it holds a signature for {one.role}, which was not asked for")
        if one.digest != request.digest(one.role):
            raise refused(f"its signature for {one.role} is over something else: an older request?")
        if not any(one.verifies(key, request) for key in keys[one.role]):
            raise refused(f"its signature for {one.role} is not by a key that may sign for it")


def signatures_missing(what: list[str]) -> ConfigurationError:
    """The error of a folder that came back too early."""
    return ConfigurationError(
        f"signatures are missing: {', '.join(what)}",
        "carry the folder to who holds the key ('station signing sign'), then run this again",
    )
