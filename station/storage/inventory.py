"""Which databases a site and a brand folder hold, and whether this release can use them."""

from collections.abc import Callable, Iterator
from contextlib import closing
from dataclasses import dataclass
from enum import Enum
from pathlib import Path
from typing import Final

from station.core.errors import DamagedError, StorageError
from station.storage.backup import back_up, check_soundness
from station.storage.brand_schema import BRAND_FOLDER
from station.storage.registry_content import check_content
from station.storage.registry_files import GenerationFiles
from station.storage.registry_generations import RegistryFolder
from station.storage.registry_master import REFETCH
from station.storage.registry_schema import REGISTRY
from station.storage.schema import Tree, revision_of, upgrade, upgrade_immutable
from station.storage.sqlite import Access, connect, faults_told
from station.storage.station_schema import STATION
from station.storage.upload_schema import UPLOAD

BACKUPS: Final = "backups"
"""Folder of backups beside a database."""


class Condition(Enum):
    """How a database stands to this release."""

    CURRENT = "current"
    OLDER = "older"
    OTHER = "newer or unknown"


@dataclass(frozen=True, slots=True)
class Database:
    """One database file that exists.

    Attributes:
        path: The file.
        tree: What kind it is.
        bring_up_to_date: How its kind is upgraded.
        can_be_made_again: Whether nothing is lost with it; a backup is made of any other.
        generation: Of the registry's newest file, what makes up the generation it is of.
    """

    path: Path
    tree: Tree
    bring_up_to_date: Callable[[Path, Tree], None] = upgrade
    can_be_made_again: bool = False
    generation: GenerationFiles | None = None

    def revision(self) -> str | None:
        """Its stamped revision, or None when it is no database of its kind.

        Raises:
            StorageError: It cannot be read.
        """
        with (
            closing(connect(self.path, Access.READ)) as connection,
            faults_told(self.path),
        ):
            return revision_of(connection, self.tree)

    def condition(self) -> Condition:
        """How it stands to this release."""
        revision = self.revision()
        if revision == self.tree.head:
            return Condition.CURRENT
        return Condition.OLDER if revision in self.tree.revisions else Condition.OTHER

    def back_up(
        self,
        now_utc: str,
        folder: Path | None = None,
        prove: Callable[[Path], object] | None = None,
    ) -> Path:
        """Make a backup, in the folder ``backups`` beside it by default.

        Args:
            now_utc: Names it; ISO 8601, milliseconds, ``Z``.
            folder: Where instead.
            prove: Raises where the copy is not what it should be; it then gets no name.

        Raises:
            StorageError: No backup was made.
        """
        return back_up(self.path, self.tree, folder or self.path.parent / BACKUPS, now_utc, prove)

    def check(self) -> None:
        """Read it through: pages, indexes, references; of a registry's generation every row.

        Raises:
            StorageError: It is of another kind or newer, or what is in it is damaged.
        """
        try:
            check_soundness(self.path, self.tree)
        except StorageError as error:
            if self.tree is not REGISTRY:
                raise
            raise DamagedError(error.message, REFETCH) from error
        if self.generation is not None:
            check_content(self.generation)

    def upgrade(self) -> None:
        """Bring it to this release's schema, all of it or nothing.

        Raises:
            StorageError: It is newer, of another kind, in use or damaged; it stays as it was.
        """
        self.bring_up_to_date(self.path, self.tree)


def site_databases(station_db: Path, registry: Path, upload_db: Path) -> Iterator[Database]:
    """The databases of a site that are there: its own, the registry's in use, and what was sent.

    Raises:
        StorageError: The registry folder cannot be read.
    """
    if station_db.exists():
        yield Database(station_db, STATION)
    folder = RegistryFolder(registry)
    stored = folder.current()
    if stored is not None:
        files = folder.files(stored)
        for path in dict.fromkeys((files.base, files.newest)):
            if path.exists():
                yield Database(
                    path,
                    REGISTRY,
                    upgrade_immutable,
                    can_be_made_again=True,
                    generation=files if path == files.newest else None,
                )
    if upload_db.exists():
        yield Database(upload_db, UPLOAD, can_be_made_again=True)


def brand_databases(brand_db: Path) -> Iterator[Database]:
    """The database of a brand folder, if it is there."""
    if brand_db.exists():
        yield Database(brand_db, BRAND_FOLDER)


def none_found(*places: Path) -> StorageError:
    """What to say when there is nothing to look at."""
    named = " nor ".join(map(str, places))
    return StorageError(
        f"there are no databases in {named}",
        "name the site with --site, or the brand folder with --brand-dir",
    )
