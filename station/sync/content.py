"""A verified publication as what a registry is built from, or changed by.

Brands sign their rows in files of their own; here they are merged, each stream's snapshot (or what
the site holds of it) with its segments laid over. Blocks hold one product each and a stream is
asked for its own brand's products in turn, so merging costs nothing a row, and a row of any other
product is left over, which is refused.
"""

import heapq
from collections.abc import Iterable, Iterator, Sequence
from contextlib import ExitStack
from dataclasses import dataclass
from itertools import chain
from typing import BinaryIO

from station.core.registry import BrandRecord, KeyRecord, ProductRecord, RegistryGeneration
from station.core.registry_rows import (
    CodeRow,
    Holding,
    RowStream,
    UnitBlock,
    in_batches,
)
from station.core.sellers import SellerRecord
from station.ports.publication import RegistryShelf, TrustedSource
from station.ports.registry import SegmentChanges
from station.sync.admission import AdmittedBrand
from station.sync.chain_files import codes_of, segment_codes, segment_units, units_of
from station.sync.columns import damaged
from station.sync.plan import RefreshPlan, StreamPlan
from station.sync.rows import FileHead
from station.sync.streams import unit_stream


@dataclass(frozen=True, slots=True)
class PublishedMasterData:
    """Fulfils `station.ports.registry.MasterData` from admitted documents.

    Attributes:
        generation: What the catalogue announces.
        admitted: The brands, by id.
        plan: How each stream gets there.
        source: Has fetched and verified every file the plan names.
    """

    generation: RegistryGeneration
    admitted: Sequence[AdmittedBrand]
    plan: RefreshPlan
    source: TrustedSource

    @property
    def holdings(self) -> tuple[Holding, ...]:
        """What each stream comes to that is held."""
        return tuple(stream.holding for stream in self.plan.streams)

    @property
    def unit_streams(self) -> dict[int, RowStream]:
        """For each product's id the stream its units are held in."""
        held: dict[int, set[RowStream]] = {}
        for way in self.plan.streams:
            held.setdefault(way.holding.brand_id, set()).add(way.stream)
        return {
            product.product_id: unit_stream(
                one.brand, product, held.get(one.brand.brand_id, frozenset())
            )
            for one in self.admitted
            for product in one.products
        }

    def brands(self) -> list[BrandRecord]:
        """All brands by id."""
        return [brand.brand for brand in self.admitted]

    def products(self) -> list[ProductRecord]:
        """All products by id."""
        products = [product for brand in self.admitted for product in brand.products]
        return sorted(products, key=lambda product: product.product_id)

    def keys(self) -> list[KeyRecord]:
        """All keys by (brand id, key id)."""
        return [key for brand in self.admitted for key in brand.keys]

    def sellers(self) -> list[SellerRecord]:
        """All sellers by (brand id, seller id)."""
        return [seller for brand in self.admitted for seller in brand.sellers]


@dataclass(frozen=True, slots=True)
class PublishedChanges(PublishedMasterData):
    """Fulfils `station.ports.registry.RegistryChanges`."""

    def segments(self) -> Iterator[SegmentChanges]:
        """Every segment of the plan; its rows are read while the next is not yet asked for.

        Raises:
            TrustError: While a segment's rows are read: its file is damaged, is another's, or
                names products its brand does not own.
        """
        for way in self.plan.streams:
            brand_id = way.brand.brand.brand_id
            for segment in way.segments:
                with ExitStack() as stack:
                    opened = _Files(self.source, way, stack)
                    codes = way.stream is RowStream.CODES
                    yield SegmentChanges(
                        Holding(brand_id, way.stream, segment.rows_before, segment.digest_before),
                        Holding(brand_id, way.stream, segment.rows, segment.digest),
                        segment.replaced_digest,
                        () if codes else _own(way, segment_units(way.stream, segment, opened)),
                        _own_codes(way, segment_codes(segment, opened)) if codes else (),
                    )


@dataclass(frozen=True, slots=True)
class PublishedContent(PublishedMasterData):
    """Fulfils `station.ports.registry.RegistryContent`.

    Attributes:
        shelf: Has the streams that need no snapshot.
    """

    shelf: RegistryShelf

    def units(self) -> Iterator[UnitBlock]:
        """All units held, by (product id, serial).

        Raises:
            TrustError: A file is damaged, is another's, or holds units of a product its brand does
                not own.
        """
        with ExitStack() as stack:
            readers: dict[tuple[int, RowStream], _Reader] = {
                (way.brand.brand.brand_id, way.stream): _Reader(self._units_of(way, stack))
                for way in self.plan.streams
                if way.stream is not RowStream.CODES
            }
            unit_streams = self.unit_streams
            for product in self.products():
                reader = readers.get((product.brand_id, unit_streams[product.product_id]))
                if reader is not None:
                    yield from reader.of_product(product.product_id)
            for way in self.plan.streams:
                reader = readers.get((way.brand.brand.brand_id, way.stream))
                if reader is not None and reader.next is not None:
                    raise _foreign(way, reader.next.product_id)

    def codes(self) -> Iterator[list[CodeRow]]:
        """All opaque codes held, by code, in batches.

        Raises:
            TrustError: A file is damaged, is another's, or names units of a product its brand does
                not own.
        """
        with ExitStack() as stack:
            streams = [
                chain.from_iterable(self._codes_of(way, stack))
                for way in self.plan.streams
                if way.stream is RowStream.CODES
            ]
            yield from in_batches(heapq.merge(*streams))

    def _units_of(self, way: StreamPlan, stack: ExitStack) -> Iterator[UnitBlock]:
        own = sorted(_products_in(way))
        lower = way.snapshot or self.shelf.held_units(own)
        return units_of(way.stream, lower, way.segments, _Files(self.source, way, stack))

    def _codes_of(self, way: StreamPlan, stack: ExitStack) -> Iterator[list[CodeRow]]:
        own = [product.product_id for product in way.brand.products]
        lower = way.snapshot or self.shelf.held_codes(own)
        return _own_codes(way, codes_of(lower, way.segments, _Files(self.source, way, stack)))


class _Files:
    """Opens a stream's files; they are closed with the stack."""

    def __init__(self, source: TrustedSource, way: StreamPlan, stack: ExitStack) -> None:
        self._source = source
        self._way = way
        self._stack = stack

    def __call__(self, head: FileHead) -> BinaryIO:
        return self._stack.enter_context(self._source.open(self._way.path(head)))


class _Reader:
    """Blocks of one stream, with one looked at ahead."""

    def __init__(self, blocks: Iterator[UnitBlock]) -> None:
        self._blocks = blocks
        self.next: UnitBlock | None = next(blocks, None)

    def of_product(self, product_id: int) -> Iterator[UnitBlock]:
        while self.next is not None and self.next.product_id == product_id:
            yield self.next
            self.next = next(self._blocks, None)


def _products_in(way: StreamPlan) -> set[int]:
    """Which of a brand's products have their units in a stream."""
    brand = way.brand
    return {
        product.product_id
        for product in brand.products
        if unit_stream(brand.brand, product, {way.stream}) is way.stream
    }


def _own(way: StreamPlan, blocks: Iterable[UnitBlock]) -> Iterator[UnitBlock]:
    own = _products_in(way)
    for block in blocks:
        if block.product_id not in own:
            raise _foreign(way, block.product_id)
        yield block


def _own_codes(way: StreamPlan, batches: Iterable[list[CodeRow]]) -> Iterator[list[CodeRow]]:
    own = {product.product_id for product in way.brand.products}
    for batch in batches:
        foreign = {row[1] for row in batch} - own
        if foreign:
            raise _foreign(way, min(foreign))
        yield batch


def _foreign(way: StreamPlan, product_id: int) -> Exception:
    return damaged(
        f"brand {way.brand.brand.slug} lists units of product number {product_id}, "
        "which is not its own"
    )
