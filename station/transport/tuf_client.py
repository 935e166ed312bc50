"""A site's side of a publication: python-tuf's client, and what it lacks.

Fulfils `station.ports.publication.TrustedSource`. The site was given its first root by hand; every
check of the specification's client workflow is python-tuf's. It works in a scratch folder, because
it does not sync what it writes; whatever it has verified, also in a refresh that failed later, is
then kept durably, so that what a site once knew it never forgets. Targets are streamed to a file
that gets its name only when its length and digest are right.

Layout of the trust folder: ``root.json`` (given by hand, never changed), ``metadata/`` (kept),
``scratch/`` (of one run) and ``incoming/`` (until a run gets through; of those that did not, what
the last one was after).

Source: TUF specification 1.0, section 5 (client workflow).
"""

import hashlib
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, BinaryIO, Final

from tuf.api import exceptions as tuf_errors
from tuf.api.metadata import Metadata, Root, Targets
from tuf.ngclient import TargetFile, Updater, UpdaterConfig

from station.core.errors import StationError, StorageError, TrustError
from station.core.text import printable
from station.ports.files import DurableFiles
from station.transport.tuf_fetch import ResumingFetcher
from station.transport.tuf_roles import METADATA_FOLDER, TARGETS_FOLDER

PINNED_ROOT: Final = "root.json"
MAX_ROOT_BYTES: Final = 512_000

_HASH: Final = "sha256"
_PARTIAL: Final = ".part"

MAX_BREAKS: Final = 5
"""How often a transfer of one file may break off in a run; each time it must have got on."""
_ROOTS: Final = "root_history"
_CONFIG: Final = UpdaterConfig(
    max_root_rotations=256,
    max_delegations=8,
    root_max_length=MAX_ROOT_BYTES,
    timestamp_max_length=16_384,
    snapshot_max_length=5_000_000,
    targets_max_length=50_000_000,
)
"""Bounds for what is fetched before a signed length is known."""


def check_root(content: bytes) -> None:
    """Check that bytes are root metadata that a site could begin with.

    Raises:
        TrustError: They are not, or not signed as they themselves demand.
    """
    try:
        if len(content) > MAX_ROOT_BYTES:
            raise ValueError("it is too long")
        metadata = Metadata[Root].from_bytes(content)
        if not isinstance(metadata.signed, Root):
            raise TypeError(f"it is {metadata.signed.type} metadata")
        metadata.signed.verify_delegate(Root.type, metadata.signed_bytes, metadata.signatures)
    except (TypeError, ValueError, tuf_errors.RepositoryError) as error:
        raise TrustError(
            f"the root file cannot be used ({_words(error)})",
            "take the file whose name ends in .root.json from the publisher's metadata folder",
        ) from error


class TufSource:
    """One run against one origin. The caller holds the site's refresh lock."""

    def __init__(
        self, trust: Path, fetcher: ResumingFetcher, base: str, files: DurableFiles
    ) -> None:
        """Name the places; nothing is read yet.

        Args:
            trust: The site's trust folder.
            fetcher: Fetches files.
            base: The publication's address, with a slash at the end.
            files: Writes durably.
        """
        self._trust: Final = trust
        self._metadata: Final = trust / METADATA_FOLDER
        self._scratch: Final = trust / "scratch"
        self._incoming: Final = trust / "incoming"
        self._fetcher: Final = fetcher
        self._base: Final = base
        self._files: Final = files
        self._updater: Updater | None = None
        self._fetched: dict[str, Path] = {}

    def refresh(self) -> None:
        """Fetch, verify and durably keep the newest metadata.

        Raises:
            TrustError: The site was given no root, or what was fetched cannot be trusted.
            StorageError: Something cannot be fetched or kept.
        """
        root = self._pinned_root()
        with _told():
            self._begin()
            try:
                self._updater = Updater(
                    str(self._scratch),
                    f"{self._base}{METADATA_FOLDER}/",
                    fetcher=self._fetcher,
                    config=_CONFIG,
                    bootstrap=root,
                )
                self._updater.refresh()
            finally:
                self._keep()

    def fetch(self, path: str, max_bytes: int) -> int:
        """Fetch and verify a target; one that is here already is only verified.

        Args:
            path: Which target.
            max_bytes: A larger one is refused before it is fetched.

        Returns:
            Its size in bytes.

        Raises:
            TrustError: Nobody who may has signed it, it is too large, or it is not what was signed.
            StorageError: It cannot be fetched or kept.
        """
        with _told():
            info = self._signed(path)
            if info is None:
                raise TrustError(
                    f"the publication has no {path} that its publisher signed",
                    "nothing was changed; tell the publisher",
                )
            if info.length > max_bytes:
                raise TrustError(
                    f"the publication's {path} has {info.length} bytes, "
                    f"more than the {max_bytes} this release accepts",
                    "nothing was changed; install a newer release, or tell the publisher",
                )
            final = self._incoming / info.hashes[_HASH]
            if not _is_target(final, info):
                self._download(info, final)
        self._fetched[path] = final
        return info.length

    def size(self, path: str) -> int | None:
        """A target's size in bytes as it is signed, or None when there is no such target.

        Raises:
            TrustError: The metadata that would name it cannot be trusted.
            StorageError: It cannot be fetched or kept.
        """
        with _told():
            info = self._signed(path)
        return None if info is None else info.length

    def open(self, path: str) -> BinaryIO:
        """Open a target that was fetched.

        Raises:
            StorageError: It is gone, or cannot be read.
        """
        with _told():
            return self._fetched[path].open("rb")

    def tidy(self) -> None:
        """Remove fetched targets and the scratch folder."""
        shutil.rmtree(self._incoming, ignore_errors=True)
        shutil.rmtree(self._scratch, ignore_errors=True)

    def _signed(self, path: str) -> TargetFile | None:
        """What those who may have signed of a target."""
        if self._updater is None:
            msg = "refresh comes first"
            raise ValueError(msg)
        try:
            info = self._updater.get_targetinfo(path)
        finally:
            self._keep()
        return info if info is not None and _HASH in info.hashes else None

    def _pinned_root(self) -> bytes:
        path = self._trust / PINNED_ROOT
        try:
            with path.open("rb") as file:
                return file.read(MAX_ROOT_BYTES)
        except FileNotFoundError:
            raise TrustError(
                "this site has no publisher to trust yet",
                "get the publisher's root file, and its fingerprint by another way, then run "
                "'station init --root FILE --fingerprint HEX'",
            ) from None
        except OSError as error:
            raise StorageError(
                f"cannot read {path}: {error.strerror or error}", "check the folder's rights"
            ) from error

    def _begin(self) -> None:
        """Start from what was kept; what another run left half done is dropped."""
        shutil.rmtree(self._scratch, ignore_errors=True)
        (self._scratch / _ROOTS).mkdir(parents=True)
        self._incoming.mkdir(exist_ok=True)
        for left in (path for path in self._metadata.rglob("*") if self._files.is_temporary(path)):
            self._files.discard(left)
        for kept in _metadata_files(self._metadata):
            shutil.copyfile(kept, self._scratch / kept.relative_to(self._metadata))
        self._drop_outdated()

    def _drop_outdated(self) -> None:
        """Remove what runs before the last had fetched and none got through with.

        What the last one was after stands in the metadata it kept.
        """
        wanted = {digest for kept in _metadata_files(self._metadata) for digest in _digests(kept)}
        for left in list(self._incoming.iterdir()):
            if left.name.removesuffix(_PARTIAL) not in wanted:
                self._files.discard(left)

    def _keep(self) -> None:
        """Keep durably what the client has verified, roots first; no file is ever removed."""
        for verified in _metadata_files(self._scratch):
            content = verified.read_bytes()
            kept = self._metadata / verified.relative_to(self._scratch)
            if not kept.is_file() or kept.read_bytes() != content:
                kept.parent.mkdir(parents=True, exist_ok=True)
                self._files.write_atomically(kept, content)

    def _download(self, info: TargetFile, final: Path) -> None:
        """Stream a target into a partial file and name it when it is verified.

        What broke off goes on from there, in this run or a later one: a target's address holds its
        digest, so its bytes are the same wherever they come from. What turns out to be another's is
        thrown away whole and asked for once more: a disk or an earlier server may have spoilt it.
        """
        part = final.with_name(f"{final.name}{_PARTIAL}")
        url = f"{self._base}{TARGETS_FOLDER}/{_prefixed(info)}"
        had_some = _size(part) > 0
        if not self._receive(url, part, info):
            self._files.discard(part)
            if not had_some or not self._receive(url, part, info):
                self._files.discard(part)
                raise tuf_errors.LengthOrHashMismatchError(info.path)
        part.replace(final)

    def _receive(self, url: str, part: Path, info: TargetFile) -> bool:
        """Receive what is missing, going on when it breaks off; whether it is the target now."""
        for _ in range(MAX_BREAKS):
            kept = _size(part)
            try:
                return self._receive_rest(url, part, info)
            except tuf_errors.SlowRetrievalError:
                raise
            except tuf_errors.DownloadError:
                if _size(part) <= kept:
                    raise
        return self._receive_rest(url, part, info)

    def _receive_rest(self, url: str, part: Path, info: TargetFile) -> bool:
        kept, digest = _kept_digest(part, info.length)
        if part.is_symlink():
            self._files.discard(part)
        if not info.length:
            part.touch()  # there is nothing to ask for, and a file all the same
        if kept < info.length:
            start, pieces = self._fetcher.fetch_rest(url, kept)
            if start == 0:
                kept, digest = 0, hashlib.new(_HASH)
            with part.open("r+b" if start else "wb") as file:
                file.seek(start)
                for piece in pieces:
                    kept += len(piece)
                    if kept > info.length:
                        return False
                    digest.update(piece)
                    file.write(piece)
        return kept == info.length and digest.hexdigest() == info.hashes[_HASH]


def _prefixed(info: TargetFile) -> str:
    """The path under which a target with this digest is stored."""
    folder, slash, name = info.path.rpartition("/")
    return f"{folder}{slash}{info.hashes[_HASH]}.{name}"


def _is_target(path: Path, info: TargetFile) -> bool:
    """Whether a file left by a run that was interrupted is the target, whole."""
    if not path.is_file() or path.stat().st_size != info.length:
        return False
    with path.open("rb") as file:
        return hashlib.file_digest(file, _HASH).hexdigest() == info.hashes[_HASH]


def _digests(metadata: Path) -> list[str]:
    """The digests of the targets that a role's metadata names; none of what holds no targets."""
    try:
        signed = Metadata[Any].from_bytes(metadata.read_bytes()).signed
    except tuf_errors.RepositoryError:
        return []
    if not isinstance(signed, Targets):
        return []
    return [info.hashes[_HASH] for info in signed.targets.values() if _HASH in info.hashes]


def _size(part: Path) -> int:
    """How many bytes an interrupted transfer left."""
    return part.stat().st_size if part.is_file() and not part.is_symlink() else 0


def _kept_digest(part: Path, length: int) -> tuple[int, "hashlib._Hash"]:
    """The same, and their digest so far; nothing where it cannot be the beginning of the target."""
    if not 0 < _size(part) <= length:
        return 0, hashlib.new(_HASH)
    with part.open("rb") as file:
        digest = hashlib.file_digest(file, _HASH)
        return file.tell(), digest


def _metadata_files(folder: Path) -> Iterator[Path]:
    """The metadata in a folder: roots by version, then the other roles'; no link, no leftover."""
    if not folder.is_dir():
        return
    for part in (folder / _ROOTS, folder):
        for path in sorted(part.glob("*.json")):
            if path.is_file() and not path.is_symlink():
                yield path


@contextmanager
def _told() -> Iterator[None]:
    """Turn every way a publication can be wrong into words a person can act on."""
    try:
        yield
    except StationError:
        raise
    except tuf_errors.ExpiredMetadataError as error:
        raise TrustError(
            f"the publication has expired ({_words(error)}): it is old, or somebody holds the "
            "newer one back",
            "nothing was changed; ask the publisher for a new publication, and check this "
            "machine's clock",
        ) from error
    except tuf_errors.BadVersionNumberError as error:
        raise TrustError(
            f"the publication is older than what this site already trusts ({_words(error)})",
            "nothing was changed; fetch from the publisher's newest folder, and find out who "
            "offered the old one",
        ) from error
    except tuf_errors.UnsignedMetadataError as error:
        raise TrustError(
            f"the publication is not signed by the publisher this site trusts ({_words(error)})",
            "nothing was changed; check the address given with --from; if it is right, tell the "
            "publisher",
        ) from error
    except (tuf_errors.LengthOrHashMismatchError, tuf_errors.DownloadLengthMismatchError) as error:
        raise TrustError(
            "the publication's files do not belong together, or were altered on the way "
            f"({_words(error)})",
            "nothing was changed; run 'station sync' again; if it persists, tell the publisher",
        ) from error
    except tuf_errors.DownloadError as error:
        raise StorageError(
            f"cannot fetch the publication: {_words(error)}",
            "nothing was changed; check the address or directory and the network, then run "
            "'station sync' again",
        ) from error
    except tuf_errors.RepositoryError as error:
        raise TrustError(
            f"the publication is damaged ({_words(error)})",
            "nothing was changed; run 'station sync' again; if it persists, tell the publisher",
        ) from error
    except OSError as error:
        raise StorageError(
            f"cannot keep what was fetched: {error.strerror or error}",
            "free some space, check the site folder's rights, then run 'station sync' again",
        ) from error
    except (ValueError, KeyError, TypeError, AttributeError, RecursionError) as error:
        # Signed metadata that the library does not expect, e.g. a delegation without its role.
        raise TrustError(
            f"the publication is malformed ({type(error).__name__}: {_words(error)})",
            "nothing was changed; tell the publisher",
        ) from error


def _words(error: Exception) -> str:
    return printable(str(error) or type(error).__name__, 1_000)
