"""A registry in memory, and registry content to build files from."""

from collections.abc import Iterable
from dataclasses import dataclass, field

from station.core.errors import StorageError
from station.core.registry import (
    BrandRecord,
    KeyRecord,
    ProductRecord,
    RegistryGeneration,
    UnitRecord,
)
from station.core.sellers import SellerRecord, may_supply, supply_lists

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
    """Implements `station.ports.registry.RegistryContent`; give the lists in any order."""

    generation: RegistryGeneration = GENERATION
    brand_records: list[BrandRecord] = field(default_factory=list)
    product_records: list[ProductRecord] = field(default_factory=list)
    key_records: list[KeyRecord] = field(default_factory=list)
    unit_records: list[UnitRecord] = field(default_factory=list)
    codes: dict[str, tuple[int, str]] = field(default_factory=dict)
    seller_records: list[SellerRecord] = field(default_factory=list)

    def brands(self) -> Iterable[BrandRecord]:
        return sorted(self.brand_records, key=lambda r: r.brand_id)

    def products(self) -> Iterable[ProductRecord]:
        return sorted(self.product_records, key=lambda r: r.product_id)

    def keys(self) -> Iterable[KeyRecord]:
        return sorted(self.key_records, key=lambda r: (r.brand_id, r.key_id))

    def sellers(self) -> Iterable[SellerRecord]:
        return sorted(self.seller_records, key=lambda r: (r.brand_id, r.seller_id))

    def units(self) -> Iterable[UnitRecord]:
        return sorted(self.unit_records, key=lambda r: (r.product_id, r.serial))

    def opaque_codes(self) -> Iterable[tuple[str, int, str]]:
        return [(code, *self.codes[code]) for code in sorted(self.codes)]
