"""A registry in memory, and registry content to build files from."""

import itertools
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field

from station.core.errors import StorageError
from station.core.policy import Issuance
from station.core.registry import (
    BrandRecord,
    KeyRecord,
    ProductRecord,
    RegistryGeneration,
    UnitRecord,
)
from station.core.registry_rows import (
    CodeRow,
    Holding,
    RowStream,
    StreamTally,
    UnitBlock,
    in_batches,
    unit_blocks,
    unit_row,
)
from station.core.sellers import SellerRecord, may_supply, supply_lists
from station.ports.registry import SegmentChanges

GENERATION = RegistryGeneration(1, "2026-01-01T00:00:00.000Z", "00" * 32, "11" * 32)


@dataclass
class FakeRegistry:
    """Implements `station.ports.registry.Registry`; set `fault` to make every look-up raise it."""

    generation: RegistryGeneration = GENERATION
    brand_records: list[BrandRecord] = field(default_factory=list)
    product_records: list[ProductRecord] = field(default_factory=list)
    key_records: list[KeyRecord] = field(default_factory=list)
    unit_records: list[UnitRecord] = field(default_factory=list)
    codes: dict[str, tuple[int, str]] = field(default_factory=dict)
    seller_records: list[SellerRecord] = field(default_factory=list)
    by_exceptions: frozenset[int] = frozenset()
    fault: StorageError | None = None
    closed: bool = False

    def brand(self, brand_id: int) -> BrandRecord | None:
        self._check()
        return next((r for r in self.brand_records if r.brand_id == brand_id), None)

    def product(self, gtin: str) -> ProductRecord | None:
        self._check()
        return next((r for r in self.product_records if r.gtin == gtin), None)

    def key(self, brand_id: int, key_id: int) -> KeyRecord | None:
        self._check()
        wanted = (brand_id, key_id)
        return next((r for r in self.key_records if (r.brand_id, r.key_id) == wanted), None)

    def unit(self, product_id: int, serial: str) -> UnitRecord | None:
        self._check()
        wanted = (product_id, serial)
        return next((r for r in self.unit_records if (r.product_id, r.serial) == wanted), None)

    def issuance(self, product_id: int) -> Issuance:
        return Issuance.SIGNATURE if product_id in self.by_exceptions else Issuance.LISTED

    def unit_by_code(self, code: str) -> tuple[ProductRecord, UnitRecord] | None:
        self._check()
        if code not in self.codes:
            return None
        product_id, serial = self.codes[code]
        unit = self.unit(product_id, serial)
        product = next((r for r in self.product_records if r.product_id == product_id), None)
        return None if unit is None or product is None else (product, unit)

    def seller_authorised(self, gtin: str, seller_id: str, day: str) -> bool:
        self._check()
        return may_supply(supply_lists(self.seller_records).get(gtin), seller_id, day)

    def close(self) -> None:
        self.closed = True

    def _check(self) -> None:
        if self.fault is not None:
            raise self.fault
        if self.closed:
            raise StorageError("the registry is closed", "open it again")


@dataclass
class FakeContent:
    """Implements `station.ports.registry.RegistryContent`; give the lists in any order.

    Every product's units are listed, unless `streams` says otherwise.
    """

    generation: RegistryGeneration = GENERATION
    brand_records: list[BrandRecord] = field(default_factory=list)
    product_records: list[ProductRecord] = field(default_factory=list)
    key_records: list[KeyRecord] = field(default_factory=list)
    unit_records: list[UnitRecord] = field(default_factory=list)
    codes_held: dict[str, tuple[int, str]] = field(default_factory=dict)
    seller_records: list[SellerRecord] = field(default_factory=list)
    streams: dict[int, RowStream] = field(default_factory=dict)

    @property
    def unit_streams(self) -> dict[int, RowStream]:
        listed = {record.product_id: RowStream.LISTED for record in self.product_records}
        return listed | self.streams

    def brands(self) -> Iterable[BrandRecord]:
        return sorted(self.brand_records, key=lambda r: r.brand_id)

    def products(self) -> Iterable[ProductRecord]:
        return sorted(self.product_records, key=lambda r: r.product_id)

    def keys(self) -> Iterable[KeyRecord]:
        return sorted(self.key_records, key=lambda r: (r.brand_id, r.key_id))

    def sellers(self) -> Iterable[SellerRecord]:
        return sorted(self.seller_records, key=lambda r: (r.brand_id, r.seller_id))

    @property
    def holdings(self) -> list[Holding]:
        """What the content comes to; each brand has a stream of codes, and of what it enrolled."""
        brand_of = {product.product_id: product.brand_id for product in self.products()}
        streams = {(brand.brand_id, RowStream.CODES) for brand in self.brands()}
        streams |= {(brand_of[at], stream) for at, stream in self.unit_streams.items()}
        tallies = {at: StreamTally() for at in streams}
        for block in self.units():
            if block.product_id in brand_of:
                at = (brand_of[block.product_id], self.unit_streams[block.product_id])
                tallies[at].units(block)
        for row in itertools.chain.from_iterable(self.codes()):
            if row[1] in brand_of:
                tallies[brand_of[row[1]], RowStream.CODES].codes([row])
        order = sorted(streams, key=lambda at: (at[0], at[1].value))
        return [tallies[at].holding(*at) for at in order]

    def units(self) -> Iterable[UnitBlock]:
        return unit_blocks_of(self.unit_records)

    def codes(self) -> Iterable[list[CodeRow]]:
        return in_batches((code, *self.codes_held[code]) for code in sorted(self.codes_held))


@dataclass
class FakeChanges:
    """Implements `station.ports.registry.RegistryChanges`: from one content to another.

    Segments are what differs, one a stream, unless `given` says otherwise.
    """

    before: FakeContent
    after: FakeContent
    given: list[SegmentChanges] | None = None

    @property
    def generation(self) -> RegistryGeneration:
        return self.after.generation

    @property
    def holdings(self) -> list[Holding]:
        return self.after.holdings

    @property
    def unit_streams(self) -> dict[int, RowStream]:
        return self.after.unit_streams

    def brands(self) -> Iterable[BrandRecord]:
        return self.after.brands()

    def products(self) -> Iterable[ProductRecord]:
        return self.after.products()

    def keys(self) -> Iterable[KeyRecord]:
        return self.after.keys()

    def sellers(self) -> Iterable[SellerRecord]:
        return self.after.sellers()

    def segments(self) -> list[SegmentChanges]:
        if self.given is not None:
            return self.given
        before = {(held.brand_id, held.stream): held for held in self.before.holdings}
        return [
            self.segment(before[at], held)
            for held in self.after.holdings
            if before.get(at := (held.brand_id, held.stream), held) != held
        ]

    def segment(self, before: Holding, after: Holding) -> SegmentChanges:
        """What changed of one stream."""
        replaced = StreamTally()
        if before.stream is RowStream.CODES:
            new = {
                code: unit
                for code, unit in self._codes(self.after, before).items()
                if self.before.codes_held.get(code) != unit
            }
            old = {
                code: unit for code, unit in self._codes(self.before, before).items() if code in new
            }
            replaced.codes([(code, *old[code]) for code in sorted(old)])
            rows = [[(code, *new[code]) for code in sorted(new)]]
            return SegmentChanges(before, after, replaced.hexdigest(), codes=rows)
        were = {(one.product_id, one.serial): one for one in self.before.unit_records}
        changed = [
            one
            for one in self._units(self.after, before)
            if were.get((one.product_id, one.serial)) != one
        ]
        keys = {(one.product_id, one.serial) for one in changed}
        for block in unit_blocks_of([were[key] for key in keys & were.keys()]):
            replaced.units(block)
        return SegmentChanges(
            before, after, replaced.hexdigest(), units=list(unit_blocks_of(changed))
        )

    @staticmethod
    def _units(content: FakeContent, stream: Holding) -> list[UnitRecord]:
        products = {
            one.product_id
            for one in content.products()
            if one.brand_id == stream.brand_id
            and content.unit_streams[one.product_id] is stream.stream
        }
        return [one for one in content.unit_records if one.product_id in products]

    @staticmethod
    def _codes(content: FakeContent, stream: Holding) -> dict[str, tuple[int, str]]:
        products = {one.product_id for one in content.products() if one.brand_id == stream.brand_id}
        return {code: unit for code, unit in content.codes_held.items() if unit[0] in products}


def unit_blocks_of(units: Iterable[UnitRecord]) -> Iterator[UnitBlock]:
    """Units in any order as blocks in theirs."""
    by_key = sorted(units, key=lambda one: (one.product_id, one.serial))
    for product_id, of_product in itertools.groupby(by_key, lambda one: one.product_id):
        yield from unit_blocks(product_id, map(unit_row, of_product))
