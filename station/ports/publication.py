"""The registry's journey: the folder a publisher writes, and the source a site refreshes from.

A *target* is a file with a path such as ``brands/acme/rows.json`` that a role has signed.
"""

from collections.abc import Iterable, Iterator, Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass
from enum import Enum
from pathlib import Path
from typing import BinaryIO, Protocol

from station.core.registry import RegistryGeneration
from station.core.registry_rows import CodeRow, Holding, UnitBlock
from station.core.shipments import Shipment
from station.ports.registry import RegistryChanges, RegistryContent


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

    def last(self, path: str) -> BinaryIO | None:
        """Open a target of the publication this one will follow.

        Returns:
            It, from its beginning; None where there is none, or not as this publisher signed it.
        """
        ...

    def last_size(self, path: str) -> int | None:
        """Such a target's size in bytes as it was signed, or None where nothing was."""
        ...

    def keep(self, path: str) -> bool:
        """Take such a target into this publication as it is; False where `last` gives none."""
        ...

    def size(self, path: str) -> int:
        """The size in bytes of a target of this publication."""
        ...

    def release(self, published_utc: str) -> Release:
        """Sign all targets written and kept, and make them the publication.

        Or have them wait for signatures that are made elsewhere.
        """
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

    def size(self, path: str) -> int | None:
        """A target's size in bytes as it is signed, or None when there is no such target."""
        ...

    def open(self, path: str) -> BinaryIO:
        """Open a target that was fetched."""
        ...

    def tidy(self) -> None:
        """Remove fetched targets."""
        ...


class LeftBecause(Enum):
    """Why an announced shipment was not taken; the value stands in a sync's summary."""

    WAS_AT_DOCK = "was_at_dock"
    """What was counted against stays as it was announced then."""
    CAME_ELSEWHERE = "came_elsewhere"
    """One of that id was imported here by hand, or announced by another brand."""


@dataclass(frozen=True, slots=True)
class LeftAlone:
    """A shipment that a brand announces otherwise than it stands at the site, and is left so.

    Attributes:
        shipment_id: Its id.
        because: Why.
    """

    shipment_id: str
    because: LeftBecause


@dataclass(frozen=True, slots=True)
class TakenIn:
    """What came of one brand's announcements.

    Attributes:
        changed: How many shipments are new or changed.
        left: Those that were left alone, by id.
    """

    changed: int
    left: tuple[LeftAlone, ...] = ()


class AnnouncementShelf(Protocol):
    """What brands announce to this site, as far as it was taken. May raise `StorageError`."""

    @property
    def site(self) -> str:
        """The site's name."""
        ...

    def is_taken(self, slug: str, digest: str) -> bool:
        """Whether a brand's document was taken already, and what it left here is unchanged."""
        ...

    def take(self, slug: str, digest: str, shipments: Sequence[Shipment]) -> TakenIn:
        """Take a brand's document in, its shipments by id.

        Killed anywhere and called again, it ends in the same state.
        """
        ...


@dataclass(frozen=True, slots=True)
class RegistryState:
    """What a site has in use.

    Attributes:
        generation: Its digests are empty when its files are not sound.
        holdings: What each stream held comes to, by (brand id, stream's value); none when not
            sound.
    """

    generation: RegistryGeneration
    holdings: tuple[Holding, ...]


class RegistryShelf(Protocol):
    """A site's registry generations: a base, and at most one overlay of what changed since.

    `build`, `apply` and `rebase` write beside what is in use, which stays as it is until `switch`.
    Killed anywhere and called again, they end in the same state. Every method may raise
    `StorageError`.
    """

    def current(self) -> RegistryState | None:
        """What is in use, or None."""
        ...

    def held_units(self, product_ids: Iterable[int]) -> Iterator[UnitBlock]:
        """Units in use of some products, by (product id, serial): an overlay laid over its base."""
        ...

    def held_codes(self, product_ids: Iterable[int]) -> Iterator[list[CodeRow]]:
        """Opaque codes in use of some products' units, by code, in batches."""
        ...

    def build(self, content: RegistryContent) -> int:
        """Write a whole generation: a new base.

        Returns:
            How many units it holds.

        Raises:
            TrustError: A stream's rows are not those its holding says.
        """
        ...

    def apply(self, changes: RegistryChanges) -> int:
        """Write the next generation as a new overlay on the base in use.

        Returns:
            How many rows changed.

        Raises:
            TrustError: The changes do not follow from what is in use: whole streams are needed.
        """
        ...

    def switch(self, number: int) -> None:
        """Make a generation just written the one in use, durably."""
        ...

    def rebase_due(self) -> bool:
        """Whether the overlay has grown, or its base has aged, so much that they are to be one."""
        ...

    def rebase(self) -> None:
        """Make base and overlay one new base, every stream's digest verified, and switch to it.

        Raises:
            TrustError: A stream's rows are not those its holding says: it must be fetched whole.
        """
        ...

    def tidy(self) -> None:
        """Remove what is no longer needed."""
        ...
