"""The refresh's view of a site's registry generations. Fulfils `RegistryShelf`.

Only the one process that holds the site's refresh lock may build, apply, re-base, switch and tidy.
"""

from collections.abc import Iterable, Iterator
from contextlib import closing
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path
from typing import Final

from station.core.errors import StorageError
from station.core.registry import RegistryGeneration
from station.core.registry_rows import CodeRow, UnitBlock
from station.ports.publication import RegistryState
from station.ports.registry import RegistryChanges, RegistryContent
from station.storage.registry_file import build_registry
from station.storage.registry_files import GenerationFiles, head_of, open_generation
from station.storage.registry_generations import RegistryFolder, Stored
from station.storage.registry_held import held_codes, held_units
from station.storage.registry_master import (
    MasterRecords,
    RegistryHead,
    file_damaged,
    read_master_data,
)
from station.storage.registry_overlay import build_overlay
from station.storage.sqlite import faults_told

REBASE_AT_PART: Final = 1 / 10
"""An overlay with more rows than this part of its base's is made one with it."""

REBASE_AFTER: Final = timedelta(days=7)


class SiteRegistryShelf:
    """A site's ``registry/`` folder."""

    def __init__(self, folder: RegistryFolder) -> None:
        self._folder: Final = folder
        self._written: dict[int, Stored] = {}

    def current(self) -> RegistryState | None:
        """What is in use, or None.

        Raises:
            StorageError: It cannot be read which one is in use.
        """
        stored = self._folder.current()
        if stored is None:
            return None
        try:
            registry = self._folder.open_current(warm=False)
        except StorageError:
            # A registry can always be fetched anew; only its number must not be forgotten.
            return RegistryState(RegistryGeneration(stored.number, "", "", ""), ())
        state = RegistryState(registry.generation, registry.holdings)
        registry.close()
        return state

    def held_units(self, product_ids: Iterable[int]) -> Iterator[UnitBlock]:
        """Units in use of some products, by (product id, serial).

        Raises:
            StorageError: There is no registry, or it cannot be read.
        """
        return held_units(self._in_use(), product_ids)

    def held_codes(self, product_ids: Iterable[int]) -> Iterator[list[CodeRow]]:
        """Opaque codes in use of some products' units, by code, in batches.

        Raises:
            StorageError: There is no registry, or it cannot be read.
        """
        return held_codes(self._in_use(), product_ids)

    def build(self, content: RegistryContent) -> int:
        """Write a whole generation: a new base.

        Returns:
            How many units it holds.

        Raises:
            TrustError: A stream's rows are not those its holding says.
            StorageError: It cannot be built.
        """
        stored = Stored(content.generation.number)
        path = self._folder.path(stored.base)
        with faults_told(path):
            path.parent.mkdir(mode=0o750, exist_ok=True)
        build = build_registry(path, content)
        self._written[stored.number] = stored
        return build.rows

    def apply(self, changes: RegistryChanges) -> int:
        """Write the next generation as a new overlay on the base in use.

        Returns:
            How many rows changed.

        Raises:
            TrustError: The changes do not follow from what is in use.
            StorageError: It cannot be written.
        """
        in_use = self._stored()
        stored = Stored(in_use.base, changes.generation.number)
        overlay = self._folder.files(stored).newest
        applied = build_overlay(overlay, self._folder.files(in_use), changes)
        self._written[stored.number] = stored
        return applied

    def switch(self, number: int) -> None:
        """Make a generation just written the one in use, durably.

        Raises:
            StorageError: It cannot be; the old one stays in use.
        """
        stored = self._written.get(number)
        if stored is None:
            raise StorageError(
                f"generation {number} has not been written", "run 'station sync' again"
            )
        self._folder.switch(stored)

    def rebase_due(self) -> bool:
        """Whether the overlay has grown, or its base has aged, so much that they are to be one.

        Raises:
            StorageError: What is in use cannot be read.
        """
        files = self._folder.files(self._stored())
        if files.overlay is None:
            return False
        base, overlay = head_of(files.base), head_of(files.overlay)
        return overlay.rows_here > base.rows_here * REBASE_AT_PART or (
            _published(overlay, files.newest) - _published(base, files.base) >= REBASE_AFTER
        )

    def rebase(self) -> None:
        """Make base and overlay one new base, every stream's digest verified, and switch to it.

        Raises:
            TrustError: A stream's rows are not those its holding says.
            StorageError: It cannot be built; base and overlay stay in use.
        """
        files = self._in_use()
        with closing(open_generation(files)) as connection:
            held = read_master_data(connection, files.newest)
        self.build(
            _InUse(
                held.generation,
                held.holdings,
                held.unit_streams,
                held.brand_records,
                held.product_records,
                held.key_records,
                held.seller_records,
                files,
            )
        )
        self.switch(held.generation.number)

    def tidy(self) -> None:
        """Remove generations that are no longer needed, and what killed builds left.

        Raises:
            StorageError: The folder cannot be cleaned.
        """
        self._folder.remove_old()

    def _stored(self) -> Stored:
        stored = self._folder.current()
        if stored is None:
            raise StorageError(
                f"there is no registry in {self._folder.folder} yet",
                "fetch it with 'station sync --from DIR-or-URL'",
            )
        return stored

    def _in_use(self) -> GenerationFiles:
        return self._folder.files(self._stored())


@dataclass(frozen=True, slots=True)
class _InUse(MasterRecords):
    """A generation in use as the content of a new base. Implements `RegistryContent`."""

    files: GenerationFiles

    def units(self) -> Iterator[UnitBlock]:
        """All units held, by (product id, serial)."""
        return held_units(self.files, self.unit_streams)

    def codes(self) -> Iterator[list[CodeRow]]:
        """All opaque codes held, by code, in batches."""
        return held_codes(self.files, self.unit_streams)


def _published(head: RegistryHead, path: Path) -> datetime:
    try:
        return datetime.fromisoformat(head.generation.published_utc)
    except ValueError as error:
        raise file_damaged(path, str(error)) from error
