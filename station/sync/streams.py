"""Which of a brand's rows are published in which stream, and which streams a station holds."""

from collections.abc import Iterator, Sequence
from typing import Final

from station.core.registry import ProductRecord
from station.core.registry_rows import (
    CodeRow,
    RowStream,
    UnitBlock,
    in_batches,
    unit_blocks,
    unit_row,
)
from station.ports.brand_store import BrandStore

PUBLISHED: Final = (RowStream.CODES, RowStream.LISTED)
"""A brand's streams, by name; each is there, if empty."""

HELD: Final = frozenset({RowStream.LISTED, RowStream.SIGNED, RowStream.CODES})
"""Those a station holds."""

UNITS: Final = frozenset({RowStream.LISTED, RowStream.SIGNED})
"""The streams that together have every unit, each once."""


def unit_stream(product: ProductRecord) -> RowStream:  # noqa: ARG001 - one stream for all so far
    """The stream in which a station holds a product's units."""
    return RowStream.LISTED


class BrandRows:
    """A brand's rows as its folder has them now; can be gone through any number of times."""

    def __init__(self, store: BrandStore, brand_id: int, products: Sequence[ProductRecord]) -> None:
        """Take a brand.

        Args:
            store: The brand folder's; read within one `BrandStore.reading`.
            brand_id: The brand.
            products: Its products by id.
        """
        self._store: Final = store
        self._brand_id: Final = brand_id
        self._products: Final = products

    def units(self, stream: RowStream) -> Iterator[UnitBlock]:
        """A stream of units, by (product id, serial)."""
        for product in self._products:
            if unit_stream(product) is stream:
                units = self._store.units(product.product_id)
                yield from unit_blocks(product.product_id, (unit_row(u.record) for u in units))

    def codes(self) -> Iterator[list[CodeRow]]:
        """The opaque codes, by code."""
        yield from in_batches(self._store.opaque_codes(self._brand_id))
