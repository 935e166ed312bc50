"""What a verdict asks of the registry."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Protocol

from station.core.policy import Issuance
from station.core.registry import (
    BrandRecord,
    KeyRecord,
    ProductRecord,
    RegistryGeneration,
    UnitRecord,
)
from station.core.registry_rows import CodeRow, Holding, RowStream, UnitBlock
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

    def issuance(self, product_id: int) -> Issuance:
        """What can prove that a unit of a product was issued.

        Its row, or, where this registry holds a product's exceptions alone, its signature.
        """
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


class MasterData(Protocol):
    """A registry's content apart from its rows: a few documents, always taken whole."""

    @property
    def generation(self) -> RegistryGeneration:
        """Which generation it is of."""
        ...

    @property
    def holdings(self) -> Sequence[Holding]:
        """What each stream comes to that the station holds, the empty ones too."""
        ...

    @property
    def unit_streams(self) -> Mapping[int, RowStream]:
        """For each product's id the stream its units are held in: listed, signed or exceptions."""
        ...

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


class RegistryContent(MasterData, Protocol):
    """A whole registry as a stream, sorted, for a new base. Rows must not be held in memory."""

    def units(self) -> Iterable[UnitBlock]:
        """All units held, by (product id, serial)."""
        ...

    def codes(self) -> Iterable[list[CodeRow]]:
        """All opaque codes held, by code, in batches."""
        ...


@dataclass(frozen=True, slots=True)
class SegmentChanges:
    """One delta segment: rows of a stream that are new or changed.

    Attributes:
        before: What the stream comes to before it.
        after: What it comes to after.
        replaced_digest: SHA-256, hex, over the rows it replaces as they stood before
            (`station.core.registry_rows.StreamTally`); rows that are new add nothing.
        units: The rows, by (product id, serial); none for a stream of codes.
        codes: The rows by code, in batches; none for a stream of units.
    """

    before: Holding
    after: Holding
    replaced_digest: str
    units: Iterable[UnitBlock] = ()
    codes: Iterable[list[CodeRow]] = ()


class RegistryChanges(MasterData, Protocol):
    """What makes the generation in use the next one. `holdings` are those after all segments."""

    def segments(self) -> Iterable[SegmentChanges]:
        """In the order in which they apply; each stream's follow from what is held."""
        ...
