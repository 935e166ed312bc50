"""Counts a site's figures from its journal, brands named by the registry where there is one."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager

from station.app.site_paths import SitePaths
from station.core.errors import StorageError
from station.core.figures import FigureKeeper
from station.ports.registry import Registry
from station.storage.journal_reader import JournalReader
from station.storage.registry_generations import RegistryFolder


def count_figures(
    paths: SitePaths, since_utc: str, say: Callable[[str], object] | None = None
) -> FigureKeeper:
    """Count a journal.

    Args:
        paths: The site.
        since_utc: Leaves out what was decided before; ISO 8601 with ``Z``.
        say: Told that brands are not known; None for nobody.

    Raises:
        StorageError: The journal cannot be read.
    """
    keeper = FigureKeeper()
    with brands_of_site(paths, say) as brand_of, JournalReader(paths.station_db) as journal:
        for entry in journal.entries(since_utc=since_utc):
            keeper.note(entry, brand_of(entry.gtin))
    return keeper


@contextmanager
def brands_of_site(
    paths: SitePaths, say: Callable[[str], object] | None = None
) -> Iterator[Callable[[str | None], str]]:
    """Open what names a product's brand: its short name by GTIN, or ``""``.

    Args:
        paths: The site.
        say: Told that brands are not known; None for nobody.
    """
    registry = _registry(paths, say)
    try:
        yield _brands(registry)
    finally:
        if registry is not None:
            registry.close()


def _registry(paths: SitePaths, say: Callable[[str], object] | None) -> Registry | None:
    try:
        return RegistryFolder(paths.registry).open_current(warm=False)
    except StorageError as error:
        if say is not None:
            say(f"station figures: brands are not known: {error.message}")
        return None


def _brands(registry: Registry | None) -> Callable[[str | None], str]:
    """The short name of a product's brand, or ``""``."""
    known: dict[str | None, str] = {None: ""}

    def brand_of(gtin: str | None) -> str:
        if gtin not in known:
            product = None if registry is None or gtin is None else registry.product(gtin)
            # A label may claim any GTIN: what nobody enrolled is not remembered.
            if registry is None or product is None:
                return ""
            brand = registry.brand(product.brand_id)
            known[gtin] = "" if brand is None else brand.slug
        return known[gtin]

    return brand_of
