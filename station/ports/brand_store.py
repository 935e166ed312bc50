"""What the brand's side asks of its folder: master data, keys, and the units it has issued."""

from collections.abc import Iterable, Iterator, Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass
from typing import Protocol

from station.core.crypto import PrivateKey
from station.core.observations import Whereabouts
from station.core.policy import BrandPolicy
from station.core.registry import (
    BrandRecord,
    KeyRecord,
    KeyState,
    ProductRecord,
    UnitRecord,
    UnitState,
)
from station.core.sellers import SellerRecord, Supply
from station.core.shipments import Shipment


@dataclass(frozen=True, slots=True)
class IssuedUnit:
    """A unit as the brand folder keeps it.

    Attributes:
        record: What the registry will say of it.
        tag: Its signature's tag, 90 characters; None for a unit issued elsewhere, unsigned.
        order_id: The order or import that brought it.
    """

    record: UnitRecord
    tag: str | None
    order_id: int


@dataclass(frozen=True, slots=True)
class NewOrder:
    """What is asked for when codes are ordered or imported.

    Attributes:
        product_id: The product.
        key_id: The key that signs, or None for an import.
        state: The state every unit begins in.
        requested: How many units; None for an import, which is as large as it is.
        created_utc: When it was ordered, ISO 8601 with ``Z``.
        lot: The lot's name, or None.
        expiry: YYMMDD, or None.
        seed: Makes the serials repeatable, or None for random ones.
    """

    product_id: int
    key_id: int | None
    state: UnitState
    requested: int | None
    created_utc: str
    lot: str | None = None
    expiry: str | None = None
    seed: int | None = None


@dataclass(frozen=True, slots=True)
class CodeOrder:
    """An order as it stands.

    Attributes:
        order_id: Its number.
        details: What was asked for.
        issued: How many units are stored; an order is done when they are all.
    """

    order_id: int
    details: NewOrder
    issued: int

    @property
    def is_done(self) -> bool:
        """Whether every unit asked for is stored."""
        return self.issued >= (self.details.requested or 0)


@dataclass(frozen=True, slots=True)
class UnitFilter:
    """Which units of a product are meant; None leaves a field open.

    Attributes:
        order_id: Of that order.
        lot: Of that lot.
        state: In that state.
    """

    order_id: int | None = None
    lot: str | None = None
    state: UnitState | None = None


ALL_UNITS = UnitFilter()


@dataclass(frozen=True, slots=True)
class NotedObservation:
    """What an event told of a unit.

    Attributes:
        product_id: The unit's product.
        serial: Its serial.
        number: From 1, for each unit in the order in which it was told.
        event: Names the event, 32 bytes.
        state: What became of the unit.
        place: At which station, or None.
        base: How the unit stood before, where that does not follow from what was told earlier:
            at its first observation, and at the first after the brand has marked it. Else None.
        taken_back: It was said, before or since, that it is not so.
    """

    product_id: int
    serial: str
    number: int
    event: bytes
    state: UnitState
    place: str | None
    base: Whereabouts | None
    taken_back: bool = False


class BrandStore(Protocol):
    """A brand folder's database. One thread.

    A method that writes is atomic by itself, or part of the `transaction` it is called in. Every
    method may raise `station.core.errors.StorageError`; nothing else escapes.
    """

    def transaction(self) -> AbstractContextManager[None]:
        """Everything written inside becomes durable together, or not at all when it raises."""
        ...

    def reading(self) -> AbstractContextManager[None]:
        """Everything read inside is of one moment, whatever is written meanwhile."""
        ...

    def add_brand(self, slug: str, name: str) -> BrandRecord:
        """Add a brand whose slug is not there yet."""
        ...

    def brands(self) -> list[BrandRecord]:
        """All brands by id."""
        ...

    def set_brand_policy(self, brand_id: int, policy: BrandPolicy) -> None:
        """Change what a brand that exists asks for all its products."""
        ...

    def add_product(
        self, brand_id: int, gtin: str, name: str, kinds: Iterable[str], tag_ai: str
    ) -> ProductRecord:
        """Enrol a product whose GTIN is not there yet; `kinds` are values of `CodeKind`."""
        ...

    def products(self) -> list[ProductRecord]:
        """All products by id."""
        ...

    def product(self, gtin: str) -> ProductRecord | None:
        """The product, or None."""
        ...

    def set_product_policy(self, product_id: int, policy: BrandPolicy) -> None:
        """Change what is asked for a product that exists."""
        ...

    def add_key(self, key: KeyRecord) -> None:
        """Add a key whose id is not there yet."""
        ...

    def keys(self) -> list[KeyRecord]:
        """All keys by (brand id, key id)."""
        ...

    def set_key_state(self, brand_id: int, key_id: int, state: KeyState, since_utc: str) -> None:
        """Change what the brand says of a key that exists."""
        ...

    def add_seller(self, brand_id: int, seller_id: str, name: str) -> None:
        """Add a seller whose id the brand does not have yet."""
        ...

    def sellers(self) -> list[SellerRecord]:
        """All sellers by (brand id, seller id), with what they may supply by GTIN."""
        ...

    def put_supply(self, brand_id: int, seller_id: str, supply: Supply) -> None:
        """Say what a seller that exists may supply; what was said of that GTIN is replaced."""
        ...

    def announce(self, brand_id: int, site: str, shipment: Shipment) -> None:
        """Announce a shipment to a site; what was announced to it under that id is replaced."""
        ...

    def withdraw(self, brand_id: int, site: str, shipment_id: str) -> bool:
        """Announce a shipment no longer; False where it was not announced."""
        ...

    def announced(self, brand_id: int) -> list[tuple[str, Shipment]]:
        """What a brand announces, with the site it does it to, by (site, id)."""
        ...

    def add_order(self, order: NewOrder) -> CodeOrder:
        """Note an order; it has no units yet."""
        ...

    def orders(self) -> list[CodeOrder]:
        """All orders by id."""
        ...

    def order(self, order_id: int) -> CodeOrder | None:
        """The order, or None."""
        ...

    def add_units(self, order: CodeOrder, units: Sequence[tuple[str, str | None]]) -> str | None:
        """Store units of an order, all or none.

        Args:
            order: An order of this store.
            units: (serial, tag) each.

        Returns:
            None, or a serial the product already has: then nothing was stored.
        """
        ...

    def add_opaque_code(self, code: str, product_id: int, serial: str) -> bool:
        """Name a stored unit by an opaque code; False, and nothing done, where it is taken."""
        ...

    def unit(self, product_id: int, serial: str) -> IssuedUnit | None:
        """One unit, or None."""
        ...

    def units(self, product_id: int, wanted: UnitFilter = ALL_UNITS) -> Iterator[IssuedUnit]:
        """Units of a product by serial, streamed."""
        ...

    def nearest_serials(self, product_id: int, serial: str, limit: int) -> list[str]:
        """A few serials of the product that sort next to one it does not have."""
        ...

    def update_unit(self, unit: UnitRecord) -> None:
        """Store a unit's state, overlays and place; the rest of a unit never changes."""
        ...

    def observations(self, product_id: int, serial: str) -> list[NotedObservation]:
        """What events have told of a unit, by number."""
        ...

    def note_observation(self, noted: NotedObservation) -> None:
        """Keep what an event told; one with the same number is replaced."""
        ...

    def opaque_codes(self, brand_id: int | None = None) -> Iterator[tuple[str, int, str]]:
        """(code, product id, serial) of a brand or of all, by code, streamed."""
        ...

    def reserve_publication(self, started_utc: str) -> int:
        """The next generation number, durable at once and never given twice."""
        ...

    def finish_publication(self, number: int, finished_utc: str, unit_count: int) -> None:
        """Note that a generation is out."""
        ...


class KeyVault(Protocol):
    """Private keys in encrypted files, opened with one passphrase."""

    def names(self) -> list[str]:
        """The names of all keys kept here, sorted."""
        ...

    def save(self, name: str, key: PrivateKey) -> None:
        """Keep a new key durably; never replaces one.

        Raises:
            ConfigurationError: There is a key of that name, or the passphrase cannot be used.
            StorageError: The file cannot be written.
        """
        ...

    def load(self, name: str) -> PrivateKey:
        """Open a key.

        Raises:
            ConfigurationError: The passphrase does not open it.
            StorageError: It is missing, readable by others, or damaged.
        """
        ...
