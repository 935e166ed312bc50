"""The registry's journey: the folder a publisher writes, and the source a site refreshes from.

A *target* is a file with a path such as ``brands/acme/units.rows`` that a role has signed.
"""

from contextlib import AbstractContextManager
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO, Protocol

from station.core.registry import RegistryGeneration
from station.ports.registry import RegistryContent


@dataclass(frozen=True, slots=True)
class Release:
    """A publication that is out, or waits for signatures of those who hold keys elsewhere.

    Attributes:
        root_file: The newest root metadata, which a site is given to begin with.
        root_fingerprint: SHA-256 of that file, hex; told to the site by another way.
        is_first: Whether this publisher had published nothing before.
        expires_utc: When stations will refuse it as too old.
        is_out: Whether sites can fetch it.
    """

    root_file: Path
    root_fingerprint: str
    is_first: bool
    expires_utc: str
    is_out: bool = True


class Publisher(Protocol):
    """A publication being written. Whatever raises leaves the last publication as it was.

    Every method may raise `StorageError`, `ConfigurationError` or `TrustError`.
    """

    def prepare(self, number: int, slugs: list[str]) -> None:
        """Begin a generation: open the keys of all roles, one for each brand besides.

        Keys that are missing are made.
        """
        ...

    def target(self, path: str) -> AbstractContextManager[BinaryIO]:
        """Write a target: signed with the publication when the block ends well, else forgotten."""
        ...

    def release(self, published_utc: str) -> Release:
        """Sign all targets written and make them the publication, or have them wait for that."""
        ...


class TrustedSource(Protocol):
    """What a site's publisher has signed, verified. Nothing unverified leaves it.

    Every method may raise `TrustError` (what was fetched cannot be trusted) or `StorageError` (it
    cannot be fetched or kept).
    """

    def refresh(self) -> None:
        """Fetch, verify and durably keep the newest metadata."""
        ...

    def fetch(self, path: str, max_bytes: int) -> int:
        """Fetch and verify a target.

        Args:
            path: Which target.
            max_bytes: A larger one is refused before it is fetched.

        Returns:
            Its size in bytes.
        """
        ...

    def open(self, path: str) -> BinaryIO:
        """Open a target that was fetched."""
        ...

    def tidy(self) -> None:
        """Remove fetched targets."""
        ...


class RegistryShelf(Protocol):
    """A site's registry generations. Every method may raise `StorageError`."""

    def current(self) -> RegistryGeneration | None:
        """The generation in use, or None; its digests are empty when its file is not sound."""
        ...

    def build(self, content: RegistryContent) -> int:
        """Build a generation's file beside the one in use, and check it.

        Returns:
            How many units it holds.

        Raises:
            TrustError: The content is not what its generation's digest says.
        """
        ...

    def switch(self, number: int) -> None:
        """Make a built generation the one in use, durably."""
        ...

    def tidy(self) -> None:
        """Remove what is no longer needed."""
        ...
