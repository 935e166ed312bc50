"""What a verdict asks of the registry."""

from collections.abc import Iterable
from typing import Protocol

from station.core.registry import (
    BrandRecord,
    KeyRecord,
    ProductRecord,
    RegistryGeneration,
    UnitRecord,
)


class Registry(Protocol):
    """Read access to one generation. Calls come from one thread; a refresh swaps the object.

    Every method may raise `station.core.errors.StorageError`; nothing else escapes.
    """

    @property
    def generation(self) -> RegistryGeneration:
        """Which generation this is."""
        ...

    def brand(self, brand_id: int) -> BrandRecord | None:
        """A brand by the publisher's number."""
        ...

    def product(self, gtin: str) -> ProductRecord | None:
        """The enrolled product, or None."""
        ...

    def key(self, brand_id: int, key_id: int) -> KeyRecord | None:
        """A key in a brand's namespace, or None."""
        ...

    def unit(self, product_id: int, serial: str) -> UnitRecord | None:
        """One unit, or None when it is not listed."""
        ...

    def unit_by_code(self, code: str) -> tuple[ProductRecord, UnitRecord] | None:
        """The unit enrolled under an opaque code (``AZ:…``), or None."""
        ...

    def close(self) -> None:
        """Release the file; idempotent."""
        ...


class RegistryContent(Protocol):
    """A whole registry as a stream, sorted, for building a generation file.

    Units come sorted by (product id, serial); a million must not be held in memory.
    """

    generation: RegistryGeneration

    def brands(self) -> Iterable[BrandRecord]:
        """All brands by id."""
        ...

    def products(self) -> Iterable[ProductRecord]:
        """All products by id."""
        ...

    def keys(self) -> Iterable[KeyRecord]:
        """All keys by (brand id, key id)."""
        ...

    def units(self) -> Iterable[UnitRecord]:
        """All units by (product id, serial)."""
        ...

    def opaque_codes(self) -> Iterable[tuple[str, int, str]]:
        """All (code, product id, serial), by code."""
        ...
