"""A brand folder in memory, and keys without files."""

import copy
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field, replace

from station.core.codes import Algorithm, CodeKind
from station.core.crypto import PrivateKey
from station.core.errors import ConfigurationError, StorageError
from station.core.policy import BrandPolicy
from station.core.registry import (
    BrandRecord,
    KeyRecord,
    KeyState,
    ProductRecord,
    UnitRecord,
)
from station.core.sellers import SellerRecord, Supply
from station.core.shipments import Shipment
from station.ports.brand_store import (
    ALL_UNITS,
    CodeOrder,
    IssuedUnit,
    NewOrder,
    NotedObservation,
    UnitFilter,
)


@dataclass
class _Content:
    brands: list[BrandRecord] = field(default_factory=list)
    products: list[ProductRecord] = field(default_factory=list)
    keys: dict[tuple[int, int], KeyRecord] = field(default_factory=dict)
    sellers: dict[tuple[int, str], SellerRecord] = field(default_factory=dict)
    announced: dict[tuple[int, str, str], Shipment] = field(default_factory=dict)
    orders: list[CodeOrder] = field(default_factory=list)
    units: dict[tuple[int, str], IssuedUnit] = field(default_factory=dict)
    codes: dict[str, tuple[int, str]] = field(default_factory=dict)
    observations: dict[tuple[int, str, int], NotedObservation] = field(default_factory=dict)
    publications: list[tuple[str, str | None]] = field(default_factory=list)


class FakeBrandStore:
    """Implements `station.ports.brand_store.BrandStore`."""

    def __init__(self) -> None:
        self.content = _Content()
        self.fault: StorageError | None = None
        self._in_transaction = False

    @contextmanager
    def transaction(self) -> Iterator[None]:
        if self._in_transaction:
            raise ValueError("a transaction inside another")
        self._check()
        before = copy.deepcopy(self.content)
        self._in_transaction = True
        try:
            yield
        except BaseException:
            self.content = before
            raise
        finally:
            self._in_transaction = False

    @contextmanager
    def reading(self) -> Iterator[None]:
        self._check()
        yield

    def add_brand(self, slug: str, name: str) -> BrandRecord:
        self._check()
        brand = BrandRecord(len(self.content.brands) + 1, slug, name)
        self.content.brands.append(brand)
        return brand

    def brands(self) -> list[BrandRecord]:
        self._check()
        return list(self.content.brands)

    def set_brand_policy(self, brand_id: int, policy: BrandPolicy) -> None:
        self._check()
        brands = self.content.brands
        brands[brand_id - 1] = replace(brands[brand_id - 1], policy=policy)

    def add_product(
        self, brand_id: int, gtin: str, name: str, kinds: Iterable[str], tag_ai: str
    ) -> ProductRecord:
        self._check()
        number = len(self.content.products) + 1
        accepted = frozenset(map(CodeKind, kinds))
        product = ProductRecord(number, brand_id, gtin, name, accepted, tag_ai)
        self.content.products.append(product)
        return product

    def products(self) -> list[ProductRecord]:
        self._check()
        return list(self.content.products)

    def product(self, gtin: str) -> ProductRecord | None:
        self._check()
        return next((p for p in self.content.products if p.gtin == gtin), None)

    def set_product_policy(self, product_id: int, policy: BrandPolicy) -> None:
        self._check()
        products = self.content.products
        products[product_id - 1] = replace(products[product_id - 1], policy=policy)

    def add_key(self, key: KeyRecord) -> None:
        self._check()
        self.content.keys[key.brand_id, key.key_id] = key

    def keys(self) -> list[KeyRecord]:
        self._check()
        return [self.content.keys[at] for at in sorted(self.content.keys)]

    def set_key_state(self, brand_id: int, key_id: int, state: KeyState, since_utc: str) -> None:
        self._check()
        key = self.content.keys[brand_id, key_id]
        self.content.keys[brand_id, key_id] = replace(key, state=state, since_utc=since_utc)

    def add_seller(self, brand_id: int, seller_id: str, name: str) -> None:
        self._check()
        self.content.sellers[brand_id, seller_id] = SellerRecord(brand_id, seller_id, name)

    def sellers(self) -> list[SellerRecord]:
        self._check()
        return [self.content.sellers[at] for at in sorted(self.content.sellers)]

    def put_supply(self, brand_id: int, seller_id: str, supply: Supply) -> None:
        self._check()
        seller = self.content.sellers[brand_id, seller_id]
        others = [one for one in seller.supplies if one.gtin != supply.gtin]
        supplies = tuple(sorted((*others, supply), key=lambda one: one.gtin))
        self.content.sellers[brand_id, seller_id] = replace(seller, supplies=supplies)

    def announce(self, brand_id: int, site: str, shipment: Shipment) -> None:
        self._check()
        self.content.announced[brand_id, site, shipment.shipment_id] = shipment

    def withdraw(self, brand_id: int, site: str, shipment_id: str) -> bool:
        self._check()
        return self.content.announced.pop((brand_id, site, shipment_id), None) is not None

    def announced(self, brand_id: int) -> list[tuple[str, Shipment]]:
        self._check()
        found = sorted(self.content.announced.items(), key=lambda one: one[0])
        return [(at[1], shipment) for at, shipment in found if at[0] == brand_id]

    def add_order(self, order: NewOrder) -> CodeOrder:
        self._check()
        noted = CodeOrder(len(self.content.orders) + 1, order, 0)
        self.content.orders.append(noted)
        return noted

    def orders(self) -> list[CodeOrder]:
        self._check()
        return list(self.content.orders)

    def order(self, order_id: int) -> CodeOrder | None:
        self._check()
        return next((o for o in self.content.orders if o.order_id == order_id), None)

    def add_units(self, order: CodeOrder, units: Sequence[tuple[str, str | None]]) -> str | None:
        self._check()
        details = order.details
        seen: set[str] = set()
        for serial, _ in units:
            if (details.product_id, serial) in self.content.units or serial in seen:
                return serial
            seen.add(serial)
        at = order.order_id - 1
        issued = self.content.orders[at].issued + len(units)
        if details.requested is not None and issued > details.requested:
            raise StorageError("the order has been filled meanwhile", "list the orders")
        for serial, tag in units:
            record = UnitRecord(
                details.product_id,
                serial,
                details.state,
                lot=details.lot,
                expiry=details.expiry,
            )
            self.content.units[details.product_id, serial] = IssuedUnit(record, tag, order.order_id)
        self.content.orders[at] = replace(self.content.orders[at], issued=issued)
        return None

    def add_opaque_code(self, code: str, product_id: int, serial: str) -> bool:
        self._check()
        if code in self.content.codes:
            return False
        self.content.codes[code] = (product_id, serial)
        return True

    def unit(self, product_id: int, serial: str) -> IssuedUnit | None:
        self._check()
        return self.content.units.get((product_id, serial))

    def units(self, product_id: int, wanted: UnitFilter = ALL_UNITS) -> Iterator[IssuedUnit]:
        self._check()
        for at in sorted(self.content.units):
            unit = self.content.units[at]
            if (
                at[0] == product_id
                and wanted.order_id in {None, unit.order_id}
                and wanted.lot in {None, unit.record.lot}
                and wanted.state in {None, unit.record.state}
            ):
                yield unit

    def nearest_serials(self, product_id: int, serial: str, limit: int) -> list[str]:
        self._check()
        serials = sorted(s for p, s in self.content.units if p == product_id)
        before = [s for s in serials if s < serial][::-1][:limit]
        return before + [s for s in serials if s >= serial][:limit]

    def update_unit(self, unit: UnitRecord) -> None:
        self._check()
        at = (unit.product_id, unit.serial)
        stored = self.content.units[at]
        record = replace(stored.record, state=unit.state, overlays=unit.overlays, place=unit.place)
        self.content.units[at] = replace(stored, record=record)

    def observations(self, product_id: int, serial: str) -> list[NotedObservation]:
        self._check()
        noted = self.content.observations
        return [noted[at] for at in sorted(noted) if at[:2] == (product_id, serial)]

    def note_observation(self, noted: NotedObservation) -> None:
        self._check()
        self.content.observations[noted.product_id, noted.serial, noted.number] = noted

    def opaque_codes(self, brand_id: int | None = None) -> Iterator[tuple[str, int, str]]:
        self._check()
        own = {p.product_id for p in self.content.products if brand_id in {None, p.brand_id}}
        for code in sorted(self.content.codes):
            if self.content.codes[code][0] in own:
                yield (code, *self.content.codes[code])

    def reserve_publication(self, started_utc: str) -> int:
        self._check()
        self.content.publications.append((started_utc, None))
        return len(self.content.publications)

    def finish_publication(self, number: int, finished_utc: str, unit_count: int) -> None:
        self._check()
        self.content.publications[number - 1] = (
            self.content.publications[number - 1][0],
            finished_utc,
        )

    def _check(self) -> None:
        if self.fault is not None:
            raise self.fault


class FakeVault:
    """Implements `station.ports.brand_store.KeyVault`; keys made by it are repeatable."""

    def __init__(self) -> None:
        self.keys: dict[str, PrivateKey] = {}

    def names(self) -> list[str]:
        return sorted(self.keys)

    def save(self, name: str, key: PrivateKey) -> None:
        if name in self.keys:
            raise ConfigurationError(f"there is already a key {name}", "make a new one")
        self.keys[name] = key

    def load(self, name: str) -> PrivateKey:
        if name not in self.keys:
            raise StorageError(f"there is no key {name}", "restore it")
        return self.keys[name]


class SeededVault(FakeVault):
    """Keeps, for each name, the key of that name's seed, whatever key was made: for tests whose
    bytes must repeat."""

    def save(self, name: str, key: PrivateKey) -> None:
        seed = name.encode().ljust(32, b".")[:32]
        super().save(name, PrivateKey.from_seed(Algorithm.ED25519, seed))
