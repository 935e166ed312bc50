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
from station.core.sellers import SellerRecord


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

    def seller_authorised(self, gtin: str, seller_id: str, day: str) -> bool:
        """Whether a seller may supply a product on a day; anybody may where the brand has no list.

        Args:
            gtin: 14 digits, of any product.
            seller_id: In the one spelling of `station.core.shipments.seller_id_of`.
            day: ``YYYY-MM-DD``.
        """
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

    def sellers(self) -> Iterable[SellerRecord]:
        """All sellers by (brand id, seller id)."""
        ...

    def units(self) -> Iterable[UnitRecord]:
        """All units by (product id, serial)."""
        ...

    def opaque_codes(self) -> Iterable[tuple[str, int, str]]:
        """All (code, product id, serial), by code."""
        ...
