"""Code orders: mints serials, signs them and stores them, in batches that are durable one by one.

A million codes never lie in memory, and an order that was interrupted is taken up again where it
stopped: the order is noted first, each batch of units is one transaction, and the order is done
when all its units are there. Codes are written out only once they are stored.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final

from station.core.codes import UnitIdentity
from station.core.crypto import PrivateKey
from station.core.errors import ConfigurationError
from station.core.registry import ProductRecord, UnitState
from station.core.unit_code import mint
from station.issuing.catalogue import find_product
from station.issuing.keys import brand_of, find_key, open_signing_key, signing_key
from station.issuing.names import read_expiry, read_lot
from station.issuing.serials import MakeSerial, random_serial, seeded_serials
from station.ports.brand_store import BrandStore, CodeOrder, KeyVault, NewOrder, UnitFilter

BATCH_UNITS: Final = 2000
"""Units a transaction: some 50 ms of signing, and little to do again after a crash."""

MAX_ORDER_UNITS: Final = 100_000_000

_ORDERABLE: Final = frozenset({UnitState.MINTED, UnitState.ACTIVE})


@dataclass(frozen=True, slots=True)
class OrderRequest:
    """What a brand asks for.

    Attributes:
        gtin: The product.
        count: How many units.
        lot: Their lot, or None.
        expiry: ``YYYY-MM-DD`` or YYMMDD, or None.
        state: ACTIVE, or MINTED where the codes are activated later with `codes mark`.
        key_id: The key to sign with; None for the newest active one.
        seed: Makes the serials repeatable; never for real goods.
    """

    gtin: str
    count: int
    lot: str | None = None
    expiry: str | None = None
    state: UnitState = UnitState.ACTIVE
    key_id: int | None = None
    seed: int | None = None


@dataclass(frozen=True, slots=True)
class OrderWork:
    """An order with all that is needed to fill it; the key is open."""

    order: CodeOrder
    product: ProductRecord
    key_id: int
    private_key: PrivateKey


def start_order(
    store: BrandStore, vault: KeyVault, request: OrderRequest, now_utc: str
) -> OrderWork:
    """Note an order, after its key has been opened.

    Raises:
        ConfigurationError: The product or key is unknown, or a value is not right.
    """
    if not 1 <= request.count <= MAX_ORDER_UNITS:
        raise ConfigurationError(
            f"an order is for 1 to {MAX_ORDER_UNITS} codes, not {request.count}",
            "give --count within that range; several orders may follow one another",
        )
    if request.state not in _ORDERABLE:
        raise ConfigurationError(
            f"new codes cannot begin as {request.state.name.lower()}",
            "order them as active or minted, and change them with 'station codes mark'",
        )
    product = find_product(store, request.gtin)
    if request.seed is not None:
        first = seeded_serials(request.seed, product.gtin)(0)
        if store.unit(product.product_id, first) is not None:
            raise _seed_used(request.seed, product, first)
    key = signing_key(store, product, request.key_id)
    private_key = open_signing_key(store, vault, key)
    order = store.add_order(
        NewOrder(
            product.product_id,
            key.key_id,
            request.state,
            request.count,
            now_utc,
            None if request.lot is None else read_lot(request.lot),
            None if request.expiry is None else read_expiry(request.expiry),
            request.seed,
        )
    )
    return OrderWork(order, product, key.key_id, private_key)


def resume_order(store: BrandStore, vault: KeyVault, order_id: int) -> OrderWork:
    """Take up an order that was interrupted.

    Raises:
        ConfigurationError: There is no such order, it is an import, or its key signs no more.
    """
    order = find_order(store, order_id)
    key_id = order.details.key_id
    if key_id is None:
        raise ConfigurationError(
            f"order {order_id} is an import, which is stored whole or not at all",
            "run the import again",
        )
    product = product_of(store, order)
    if order.is_done:
        key = find_key(store, brand_of(store, product), key_id)
    else:
        key = signing_key(store, product, key_id)
    return OrderWork(order, product, key_id, open_signing_key(store, vault, key))


def find_order(store: BrandStore, order_id: int) -> CodeOrder:
    """An order by number.

    Raises:
        ConfigurationError: There is none.
    """
    order = store.order(order_id)
    if order is None:
        raise ConfigurationError(
            f"there is no order {order_id} in this brand folder",
            "list the orders with 'station codes orders'",
        )
    return order


def product_of(store: BrandStore, order: CodeOrder) -> ProductRecord:
    """The product an order is for."""
    wanted = order.details.product_id
    return next(product for product in store.products() if product.product_id == wanted)


def fill_order(store: BrandStore, work: OrderWork) -> Iterator[int]:
    """Mint, sign and store what the order still lacks.

    Yields:
        How many units are stored, after each batch.

    Raises:
        ConfigurationError: A seed gives serials that exist already.
    """
    details = work.order.details
    make = (
        random_serial if details.seed is None else seeded_serials(details.seed, work.product.gtin)
    )
    issued = work.order.issued
    requested = details.requested or 0
    while issued < requested:
        size = min(BATCH_UNITS, requested - issued)
        taken = store.add_units(work.order, _mint_batch(work, make, issued, size))
        if taken is not None and details.seed is not None:
            raise _seed_used(details.seed, work.product, taken)
        # Two random serials of 65 bits are alike once in 10^19 pairs: the batch is drawn anew.
        if taken is None:
            issued += size
            yield issued


def _seed_used(seed: int, product: ProductRecord, serial: str) -> ConfigurationError:
    return ConfigurationError(
        f"seed {seed} has already given serial {serial} to GTIN {product.gtin}",
        "use another --seed, or none at all for codes that go on goods",
    )


def _mint_batch(
    work: OrderWork, make: MakeSerial, first: int, size: int
) -> list[tuple[str, str | None]]:
    gtin = work.product.gtin
    serials = (make(place) for place in range(first, first + size))
    return [
        (serial, mint(UnitIdentity(gtin, serial), work.key_id, work.private_key))
        for serial in serials
    ]


def unfinished_orders(store: BrandStore) -> list[CodeOrder]:
    """Orders that were interrupted."""
    return [order for order in store.orders() if not order.is_done]


def order_filter(order: CodeOrder) -> UnitFilter:
    """The filter for an order's units."""
    return UnitFilter(order_id=order.order_id)
