"""The refresh: brings a site's registry up to what its publisher has signed.

Order: trust is refreshed and kept durably; the catalogue says which generation there is; every
file of it is fetched and verified; the registry file is built beside the one in use, checked
against the publisher's digest, and switched to. Whatever raises leaves the registry in use as it
was. Killed anywhere and run again, it ends in the same state; run twice, it changes nothing. The
caller holds the site's refresh lock.

A row that says a unit was received at this very station is kept as published: the verdict ignores
it while the site's own database has the claim (`station.core.verification`).
"""

from collections.abc import Callable
from dataclasses import dataclass
from enum import Enum

from station.core.errors import TrustError
from station.core.registry import RegistryGeneration
from station.ports.publication import RegistryShelf, TrustedSource
from station.sync import documents
from station.sync.admission import (
    AdmittedBrand,
    admit_brand,
    admit_catalogue,
    admit_keys,
)
from station.sync.content import PublishedContent


class RefreshStep(Enum):
    """What a refresh is doing; the value is told to people."""

    TRUST = "checking the publisher's signatures"
    CATALOGUE = "reading the catalogue"
    FETCH = "fetching"
    BUILD = "building the registry"
    SWITCH = "switching to it"
    TIDY = "tidying up"


@dataclass(frozen=True, slots=True)
class RefreshSummary:
    """How a refresh ended.

    Attributes:
        changed: Whether another generation is in use now.
        generation: The one in use now.
        previous: The number of the one before, or None.
        brands: How many brands the publication has.
        products: How many products.
        units: How many units.
        fetched_bytes: Size of the files used, metadata apart.
    """

    changed: bool
    generation: RegistryGeneration
    previous: int | None
    brands: int
    products: int
    units: int
    fetched_bytes: int


Report = Callable[[RefreshStep, str], None]
"""Told at the beginning of each step: which, and of what."""


def refresh(source: TrustedSource, shelf: RegistryShelf, report: Report) -> RefreshSummary:
    """Bring a site's registry up to date.

    Args:
        source: What the publisher has signed.
        shelf: The site's registry generations.
        report: Told what is being done.

    Raises:
        TrustError: What was found cannot be trusted; the registry in use is as it was.
        StorageError: Something cannot be fetched or kept; the registry in use is as it was.
    """
    report(RefreshStep.TRUST, "")
    source.refresh()
    report(RefreshStep.CATALOGUE, "")
    fetched = source.fetch(documents.CATALOGUE, documents.MAX_DOCUMENT_BYTES)
    catalogue = _read(source, documents.CATALOGUE, documents.Catalogue)
    admit_catalogue(catalogue)
    generation = catalogue.registry_generation
    current = shelf.current()
    changed = current != generation
    if changed:
        _refuse_rollback(current, generation)
        brands = []
        for listed in catalogue.brands:
            report(RefreshStep.FETCH, listed.slug)
            brand, size = _fetch_brand(source, listed)
            brands.append(brand)
            fetched += size
        admit_keys(catalogue, brands)
        report(RefreshStep.BUILD, str(generation.number))
        shelf.build(PublishedContent(source, catalogue, brands))
        report(RefreshStep.SWITCH, str(generation.number))
        shelf.switch(generation.number)
    report(RefreshStep.TIDY, "")
    source.tidy()
    shelf.tidy()
    return RefreshSummary(
        changed,
        generation,
        None if current is None else current.number,
        len(catalogue.brands),
        sum(len(brand.products) for brand in catalogue.brands),
        catalogue.units,
        fetched,
    )


def _refuse_rollback(current: RegistryGeneration | None, offered: RegistryGeneration) -> None:
    """Refuse to go back, or to take another content under a number already in use."""
    if current is None:
        return
    if offered.number < current.number:
        raise TrustError(
            f"the publication is generation {offered.number}, older than generation "
            f"{current.number} which is in use",
            "nothing was changed; fetch from the publisher's newest folder",
        )
    if offered.number == current.number and current.state_digest:
        raise TrustError(
            f"the publication is another generation {offered.number} than the one in use",
            "nothing was changed; tell the publisher: no number may be given out twice",
        )


def _fetch_brand(
    source: TrustedSource, listed: documents.CatalogueBrand
) -> tuple[AdmittedBrand, int]:
    """Fetch all files of a brand, its rows only once its products and keys are admitted."""
    slug = listed.slug
    products_path, keys_path = documents.products_path(slug), documents.keys_path(slug)
    size = source.fetch(products_path, documents.MAX_DOCUMENT_BYTES)
    size += source.fetch(keys_path, documents.MAX_DOCUMENT_BYTES)
    brand = admit_brand(
        listed,
        _read(source, products_path, documents.Products),
        _read(source, keys_path, documents.Keys),
    )
    size += source.fetch(documents.units_path(slug), documents.MAX_ROWS_BYTES)
    size += source.fetch(documents.codes_path(slug), documents.MAX_ROWS_BYTES)
    return brand, size


def _read(source: TrustedSource, path: str, kind: type[documents.Document]) -> documents.Document:
    with source.open(path) as file:
        return documents.decode(file.read(), kind)
