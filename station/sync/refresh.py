"""The refresh: brings a site's registry up to what its publisher has signed.

Order: trust is refreshed and kept durably; the catalogue says which generation there is; each
brand's documents are fetched, verified and admitted; a plan says which files of rows are needed,
and these are fetched and verified; the next generation is written beside the one in use, by
segments or as a whole, and switched to; shipments that are announced to the site are taken in; a
registry that has gathered many changes is then made one again. Whatever raises leaves the registry
in use as it was. Killed anywhere and run again, it ends in the same state; run twice, it changes
nothing. The caller holds the site's refresh lock.

Segments that do not follow from what the site holds, though they are signed, are no reason to go
without, nor is a registry whose file the disk has damaged: everything is then fetched whole, and
the summary says why. That base and changes could not be made one, for want of room, is told and no
failure: the generation is in use, and the next run tries again.

A row that says a unit was received at this very station is kept as published: the verdict ignores
it while the site's own database has the claim (`station.core.verification`).
"""

from collections.abc import Callable
from dataclasses import dataclass, field
from enum import Enum

from station.core.errors import DamagedError, StationError, StorageError, TrustError
from station.core.policy import Profile
from station.core.registry import RegistryGeneration
from station.core.registry_rows import Holding
from station.ports.publication import (
    AnnouncementShelf,
    LeftAlone,
    RegistryShelf,
    RegistryState,
    TrustedSource,
)
from station.sync import documents
from station.sync.admission import (
    AdmittedBrand,
    admit_brand,
    admit_catalogue,
    admit_whole,
)
from station.sync.announcements import Announcement, new_announcements
from station.sync.columns import damaged
from station.sync.content import PublishedChanges, PublishedContent
from station.sync.plan import RefreshPlan, plan
from station.sync.streams import UNITS


class RefreshStep(Enum):
    """What a refresh is doing; the value is told to people."""

    TRUST = "checking the publisher's signatures"
    CATALOGUE = "reading the catalogue"
    FETCH = "fetching"
    APPLY = "applying changes of generation"
    WHOLE = "fetching everything anew:"
    BUILD = "building the registry of generation"
    SWITCH = "switching to generation"
    REBASE = "making base and changes one"
    TIDY = "tidying up"


class RefreshWay(Enum):
    """How a registry was brought up to date; the value stands in the summary."""

    NOTHING = "nothing"
    """It was."""
    DELTAS = "deltas"
    """By segments of what changed."""
    SNAPSHOT = "snapshot"
    """Built anew, from a snapshot of at least one stream."""


@dataclass(frozen=True, slots=True)
class RefreshSummary:
    """How a refresh ended.

    Attributes:
        way: How the generation in use came about.
        generation: The one in use now.
        previous: The number of the one before, or None.
        brands: How many brands the publication has.
        products: How many products.
        units: How many units.
        changes: How many rows segments changed; 0 where everything was built anew.
        fetched_bytes: Size of the files used, metadata apart.
        rebased: Whether base and changes were made one.
        fallback: Why everything was fetched whole although segments were there; empty when not.
        put_off: What could not be done besides, and why; empty when nothing.
        shipments: How many announced shipments are new or changed.
        left: Announced shipments that are otherwise here and were left so, with their brand.
    """

    way: RefreshWay
    generation: RegistryGeneration
    previous: int | None
    brands: int
    products: int
    units: int
    changes: int
    fetched_bytes: int
    rebased: bool
    fallback: str
    put_off: str = ""
    shipments: int = 0
    left: tuple[tuple[str, LeftAlone], ...] = ()

    @property
    def changed(self) -> bool:
        """Whether another generation is in use now."""
        return self.way is not RefreshWay.NOTHING


_NOT_OURS = (TrustError, DamagedError)
"""What is held is not what segments follow from: signed otherwise, or damaged on this disk."""

Report = Callable[[RefreshStep, str], None]
"""Told at the beginning of each step: which, and of what."""


def refresh(
    source: TrustedSource,
    shelf: RegistryShelf,
    report: Report,
    profile: Profile = Profile.FULL,
    announcements: AnnouncementShelf | None = None,
    *,
    whole: bool = False,
) -> RefreshSummary:
    """Bring a site's registry up to date.

    Args:
        source: What the publisher has signed.
        shelf: The site's registry generations.
        report: Told what is being done.
        profile: What the station is to hold; another one than before counts from the next
            generation on.
        announcements: Takes the shipments that are announced to the site; None for none.
        whole: Trust nothing that is held: fetch every row again, and the same generation too.

    Raises:
        TrustError: What was found cannot be trusted; the registry in use is as it was.
        StorageError: Something cannot be fetched or kept; the registry in use is as it was.
    """
    report(RefreshStep.TRUST, "")
    source.refresh()
    report(RefreshStep.CATALOGUE, "")
    work = _Refresh(source, shelf, report, profile)
    work.read_catalogue()
    current = shelf.current()
    is_new = current is None or current.generation != work.generation
    if is_new:
        _refuse_rollback(current, work.generation)
    held = () if current is None or whole else current.holdings
    if announcements is not None:
        work.read_announcements(announcements)
    if is_new or whole:
        work.bring_up(held)
    if announcements is not None:
        work.take_announcements(announcements)
    work.rebase_if_due()
    report(RefreshStep.TIDY, "")
    source.tidy()
    shelf.tidy()
    catalogue = work.catalogue
    return RefreshSummary(
        work.way,
        work.generation,
        None if current is None else current.generation.number,
        len(catalogue.brands),
        sum(len(brand.products) for brand in catalogue.brands),
        sum(one.rows for brand in catalogue.brands for one in brand.streams if one.stream in UNITS),
        work.changes,
        work.fetched_bytes,
        work.rebased,
        work.fallback,
        "; ".join(work.put_off),
        work.shipments,
        tuple(work.left),
    )


def _refuse_rollback(current: RegistryState | None, offered: RegistryGeneration) -> None:
    """Refuse to go back, or to take another content under a number already in use."""
    if current is None:
        return
    number = current.generation.number
    if offered.number < number:
        raise TrustError(
            f"the publication is generation {offered.number}, older than generation "
            f"{number} which is in use",
            "nothing was changed; fetch from the publisher's newest folder",
        )
    if offered.number == number and current.generation.state_digest:
        raise TrustError(
            f"the publication is another generation {offered.number} than the one in use",
            "nothing was changed; tell the publisher: no number may be given out twice",
        )


@dataclass
class _Refresh:
    """One refresh under way."""

    source: TrustedSource
    shelf: RegistryShelf
    report: Report
    profile: Profile
    way: RefreshWay = RefreshWay.NOTHING
    changes: int = 0
    fetched_bytes: int = 0
    rebased: bool = False
    fallback: str = ""
    put_off: list[str] = field(default_factory=list)
    shipments: int = 0
    left: list[tuple[str, LeftAlone]] = field(default_factory=list)
    _admitted: list[AdmittedBrand] = field(default_factory=list)
    _announced: list[Announcement] = field(default_factory=list)
    _fetched: set[str] = field(default_factory=set)

    def read_catalogue(self) -> None:
        """Learn which generation there is."""
        self._fetch(documents.CATALOGUE, documents.MAX_DOCUMENT_BYTES)
        self.catalogue = self._read(documents.CATALOGUE, documents.Catalogue)
        admit_catalogue(self.catalogue)
        self.generation = self.catalogue.registry_generation

    def read_announcements(self, shelf: AnnouncementShelf) -> None:
        """Fetch and check what the site has not taken yet of what is announced to it."""
        self._announced = new_announcements(
            self.catalogue,
            self.source,
            lambda path: self._fetch(path, documents.MAX_DOCUMENT_BYTES),
            shelf,
        )

    def take_announcements(self, shelf: AnnouncementShelf) -> None:
        """Take it in; that it cannot be is told and no failure, the next run tries again."""
        try:
            for one in self._announced:
                taken = shelf.take(one.slug, one.digest, one.shipments)
                self.shipments += taken.changed
                self.left += [(one.slug, left) for left in taken.left]
        except StorageError as error:
            self.put_off.append(f"shipments were not taken in: {error.message}")

    def bring_up(self, held: tuple[Holding, ...]) -> None:
        """Write the generation from what is held, by segments if possible, and switch to it."""
        self._admit()
        # Builds that were killed left their files, as large as the registry, each under its name.
        self.shelf.tidy()
        way = self._planned(held)
        if way.by_segments:
            try:
                self.report(RefreshStep.APPLY, str(self.generation.number))
                self.changes = self.shelf.apply(
                    PublishedChanges(self.generation, self._admitted, way, self.source)
                )
                self.way = RefreshWay.DELTAS
            except _NOT_OURS as error:
                self._build_whole(error)
        elif all(stream.snapshot is not None for stream in way.streams):
            self._build(way)
        else:
            try:
                self._build(way)
            except _NOT_OURS as error:
                self._build_whole(error)
        self.report(RefreshStep.SWITCH, str(self.generation.number))
        self.shelf.switch(self.generation.number)

    def rebase_if_due(self) -> None:
        """Make base and changes one where they have drifted apart."""
        if not self.shelf.rebase_due():
            return
        self.report(RefreshStep.REBASE, "")
        self.shelf.tidy()
        try:
            self.shelf.rebase()
            self.rebased = True
        except _NOT_OURS as error:
            if not self._admitted:
                self._admit()
            self._build_whole(error)
            self.report(RefreshStep.SWITCH, str(self.generation.number))
            self.shelf.switch(self.generation.number)
        except StorageError as error:
            self.put_off.append(f"base and changes were not made one: {error.message}")

    def _admit(self) -> None:
        """Fetch and check every brand's documents."""
        for listed in self.catalogue.brands:
            self.report(RefreshStep.FETCH, listed.slug)
            products, keys, rows = (
                documents.products_path(listed.slug),
                documents.keys_path(listed.slug),
                documents.rows_path(listed.slug),
            )
            for path in (products, keys, rows):
                self._fetch(path, documents.MAX_DOCUMENT_BYTES)
            self._admitted.append(
                admit_brand(
                    listed,
                    self._read(products, documents.Products),
                    self._read(keys, documents.Keys),
                    self._read_rows(rows, listed),
                    self.generation.number,
                )
            )
        admit_whole(self.catalogue, self._admitted)

    def _planned(self, held: tuple[Holding, ...]) -> RefreshPlan:
        """Plan, and fetch what the plan needs."""
        way = plan(self._admitted, held, self.source.size, self.profile)
        for stream in way.streams:
            for head in stream.heads:
                path = stream.path(head)
                self.report(RefreshStep.FETCH, path.removeprefix("brands/"))
                self._fetch(path, documents.MAX_ROWS_BYTES)
        return way

    def _build_whole(self, refused: StationError) -> None:
        """Do without what the site holds, because it and the segments do not go together."""
        self.fallback = refused.message
        self.report(RefreshStep.WHOLE, refused.message)
        self._build(self._planned(()))

    def _build(self, way: RefreshPlan) -> None:
        self.report(RefreshStep.BUILD, str(self.generation.number))
        self.shelf.build(
            PublishedContent(self.generation, self._admitted, way, self.source, self.shelf)
        )
        self.way, self.changes = RefreshWay.SNAPSHOT, 0

    def _fetch(self, path: str, max_bytes: int) -> None:
        size = self.source.fetch(path, max_bytes)
        if path not in self._fetched:
            self._fetched.add(path)
            self.fetched_bytes += size

    def _read(self, path: str, kind: type[documents.Document]) -> documents.Document:
        with self.source.open(path) as file:
            return documents.decode(file.read(), kind)

    def _read_rows(self, path: str, listed: documents.CatalogueBrand) -> documents.Rows:
        """Read where a brand's rows stand, if it says so as the publisher saw it."""
        with self.source.open(path) as file:
            content = file.read()
        if documents.digest_of(content) != listed.rows_digest:
            raise damaged(f"where brand {listed.slug}'s rows stand is not what the publisher saw")
        return documents.decode(content, documents.Rows)
