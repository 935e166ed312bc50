"""Sellers on the brand's side: naming them, and saying which products they may supply."""

from datetime import date, timedelta

from station.core.errors import ConfigurationError
from station.core.registry import BrandRecord
from station.core.sellers import SellerRecord, Supply
from station.core.shipments import seller_id_of
from station.issuing.catalogue import find_brand, find_product
from station.issuing.names import did_you_mean, quoted, read_name
from station.ports.brand_store import BrandStore


def read_seller_id(text: str) -> str:
    """A seller's id, in its one spelling."""
    seller_id = seller_id_of(text)
    if seller_id is None:
        raise ConfigurationError(
            f"{quoted(text)} cannot be a seller's id",
            "use 1 to 40 of A-Z, a-z, 0-9, dot, underscore and hyphen: the GLN, or what is written "
            "on its despatch advices",
        )
    return seller_id


def read_day(text: str) -> str:
    """A day, ``YYYY-MM-DD``."""
    try:
        day = date.fromisoformat(text).isoformat()
    except ValueError:
        day = ""
    if day != text:
        raise ConfigurationError(f"{quoted(text)} is no day", "write it as 2026-12-31")
    return day


def add_seller(store: BrandStore, slug: str, seller_id: str, name: str) -> SellerRecord:
    """Name a seller; it may supply nothing in particular yet.

    Raises:
        ConfigurationError: A value is not right, the brand is unknown, or it has that seller.
    """
    seller_id, name = read_seller_id(seller_id), read_name(name, "seller")
    with store.transaction():
        brand = find_brand(store, slug)
        if any(one.seller_id == seller_id for one in _of(store, brand)):
            raise ConfigurationError(
                f"brand {slug} already has a seller {quoted(seller_id)}",
                "see it with 'station seller list'",
            )
        store.add_seller(brand.brand_id, seller_id, name)
    return SellerRecord(brand.brand_id, seller_id, name)


def authorise(
    store: BrandStore, slug: str, seller_id: str, gtin: str, first_day: str, last_day: str
) -> Supply:
    """Let a seller supply a product; from now on only those on the product's list may.

    Args:
        store: The brand folder's.
        slug: The brand.
        seller_id: The seller.
        gtin: The product, one of the brand's.
        first_day: ``YYYY-MM-DD``, or ``""``.
        last_day: ``YYYY-MM-DD``, or ``""``.

    Raises:
        ConfigurationError: A value is not right, or brand, seller or product are unknown.
    """
    first_day, last_day = (read_day(day) if day else "" for day in (first_day, last_day))
    if last_day and last_day < first_day:
        raise ConfigurationError(
            f"the last day {last_day} comes before the first, {first_day}",
            "exchange --from and --until",
        )
    with store.transaction():
        brand, seller, gtin = _found(store, slug, seller_id, gtin)
        supply = Supply(gtin, first_day, last_day)
        store.put_supply(brand.brand_id, seller.seller_id, supply)
    return supply


def revoke(store: BrandStore, slug: str, seller_id: str, gtin: str, last_day: str) -> Supply:
    """Let a seller supply a product no longer. It stays on the list, with a last day.

    Args:
        store: The brand folder's.
        slug: The brand.
        seller_id: The seller.
        gtin: The product.
        last_day: The last day on which it may, ``YYYY-MM-DD``.

    Raises:
        ConfigurationError: A value is not right, or the seller was not authorised for it.
    """
    last_day = read_day(last_day)
    with store.transaction():
        brand, seller, gtin = _found(store, slug, seller_id, gtin)
        known = next((one for one in seller.supplies if one.gtin == gtin), None)
        if known is None:
            raise ConfigurationError(
                f"seller {quoted(seller.seller_id)} is not authorised for GTIN {gtin}",
                "see what it may supply with 'station seller list'",
            )
        supply = Supply(gtin, known.first_day, last_day)
        store.put_supply(brand.brand_id, seller.seller_id, supply)
    return supply


def day_before(day: str) -> str:
    """The day before another, ``YYYY-MM-DD`` both."""
    return (date.fromisoformat(day) - timedelta(days=1)).isoformat()


def _found(
    store: BrandStore, slug: str, seller_id: str, gtin: str
) -> tuple[BrandRecord, SellerRecord, str]:
    """Brand, seller and GTIN as the brand folder has them."""
    brand = find_brand(store, slug)
    wanted = read_seller_id(seller_id)
    sellers = _of(store, brand)
    seller = next((one for one in sellers if one.seller_id == wanted), None)
    if seller is None:
        raise ConfigurationError(
            f"brand {slug} has no seller {quoted(wanted)}",
            did_you_mean(
                wanted,
                (one.seller_id for one in sellers),
                "list them with 'station seller list', or name it with 'station seller add'",
            ),
        )
    product = find_product(store, gtin)
    if product.brand_id != brand.brand_id:
        raise ConfigurationError(
            f"GTIN {product.gtin} is not a product of brand {slug}",
            "a brand says only of its own products who may supply them",
        )
    return brand, seller, product.gtin


def _of(store: BrandStore, brand: BrandRecord) -> list[SellerRecord]:
    return [seller for seller in store.sellers() if seller.brand_id == brand.brand_id]
