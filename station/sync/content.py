"""A verified publication as the sorted stream a registry file is built from.

Brands sign their units in files of their own; here they are merged. Blocks hold one product each
and a file is asked for its own brand's products in turn, so merging costs nothing a row, and a row
of any other product is left over, which is refused.
"""

import heapq
from collections.abc import Iterator
from contextlib import ExitStack

from station.core.registry import BrandRecord, KeyRecord, ProductRecord, UnitRecord
from station.core.sellers import SellerRecord
from station.ports.publication import TrustedSource
from station.sync.admission import AdmittedBrand
from station.sync.documents import Catalogue, codes_path, units_path
from station.sync.rows import Block, CodeRow, RowKind, damaged, read_blocks


class PublishedContent:
    """Fulfils `station.ports.registry.RegistryContent` from verified files.

    Attributes:
        generation: What the catalogue announces.
    """

    def __init__(
        self, source: TrustedSource, catalogue: Catalogue, brands: list[AdmittedBrand]
    ) -> None:
        """Take a publication apart.

        Args:
            source: Has fetched and verified every brand's files of rows.
            catalogue: Admitted.
            brands: Those of the catalogue, admitted, in its order.
        """
        self.generation = catalogue.registry_generation
        self._source = source
        self._catalogue = catalogue
        self._brands = brands

    def brands(self) -> list[BrandRecord]:
        """All brands by id."""
        return [admitted.brand for admitted in self._brands]

    def products(self) -> list[ProductRecord]:
        """All products by id."""
        products = [product for admitted in self._brands for product in admitted.products]
        return sorted(products, key=lambda product: product.product_id)

    def keys(self) -> list[KeyRecord]:
        """All keys by (brand id, key id)."""
        return [key for admitted in self._brands for key in admitted.keys]

    def sellers(self) -> list[SellerRecord]:
        """All sellers by (brand id, seller id)."""
        return [seller for admitted in self._brands for seller in admitted.sellers]

    def units(self) -> Iterator[UnitRecord]:
        """All units by (product id, serial).

        Raises:
            TrustError: A file is damaged, holds units of a product its brand does not own, or the
                number of units is not what the catalogue says.
        """
        count = 0
        with ExitStack() as stack:
            readers: dict[int, _Reader] = {}
            for admitted in self._brands:
                file = stack.enter_context(self._source.open(units_path(admitted.brand.slug)))
                reader = _Reader(read_blocks(file, RowKind.UNITS))
                readers[admitted.brand.brand_id] = reader
            for product in self.products():
                for block in readers[product.brand_id].of_product(product.product_id):
                    count += block.rows
                    yield from block.units()
            for admitted in self._brands:
                reader = readers[admitted.brand.brand_id]
                if reader.next is not None:
                    raise damaged(
                        f"brand {admitted.brand.slug} lists units of product number "
                        f"{reader.next.product_id}, which is not its own, or out of order"
                    )
        if count != self._catalogue.units:
            raise damaged(f"it holds {count} units, the catalogue says {self._catalogue.units}")

    def opaque_codes(self) -> Iterator[CodeRow]:
        """All (code, product id, serial), by code.

        Raises:
            TrustError: A file is damaged, names units of a product its brand does not own, or the
                number of codes is not what the catalogue says.
        """
        count = 0
        with ExitStack() as stack:
            streams = []
            for admitted in self._brands:
                file = stack.enter_context(self._source.open(codes_path(admitted.brand.slug)))
                streams.append(_own_codes(admitted, read_blocks(file, RowKind.CODES)))
            for row in heapq.merge(*streams):
                count += 1
                yield row
        if count != self._catalogue.opaque_codes:
            raise damaged(
                f"it holds {count} opaque codes, the catalogue says {self._catalogue.opaque_codes}"
            )


class _Reader:
    """Blocks of one brand, with one looked at ahead."""

    def __init__(self, blocks: Iterator[Block]) -> None:
        self._blocks = blocks
        self.next: Block | None = next(blocks, None)

    def of_product(self, product_id: int) -> Iterator[Block]:
        while self.next is not None and self.next.product_id == product_id:
            yield self.next
            self.next = next(self._blocks, None)


def _own_codes(admitted: AdmittedBrand, blocks: Iterator[Block]) -> Iterator[CodeRow]:
    own = {product.product_id for product in admitted.products}
    for block in blocks:
        for row in block.codes():
            if row[1] not in own:
                raise damaged(
                    f"brand {admitted.brand.slug} names units of product number {row[1]}, "
                    "which is not its own"
                )
            yield row
