"""Brands and their products: adding and finding them, with a helpful word when they are missing."""

from collections.abc import Iterable
from dataclasses import dataclass

from station.core.codes import CodeKind
from station.core.errors import ConfigurationError
from station.core.registry import BrandRecord, ProductRecord, UnitRecord
from station.core.unit_code import DEFAULT_TAG_AI
from station.issuing.names import (
    did_you_mean,
    quoted,
    read_gtin,
    read_name,
    read_serial,
    read_slug,
    read_tag_ai,
)
from station.ports.brand_store import BrandStore, IssuedUnit

ENROLLABLE_KINDS = (CodeKind.UC1, CodeKind.SGTIN, CodeKind.OPAQUE, CodeKind.BRAND_SERIAL)
"""The forms of code a brand may accept: those that can name a single unit we can judge."""


@dataclass(frozen=True, slots=True)
class FoundUnit:
    """A unit with the product it belongs to."""

    product: ProductRecord
    unit: IssuedUnit


def add_brand(store: BrandStore, slug: str, name: str) -> BrandRecord:
    """Add a brand.

    Raises:
        ConfigurationError: A value is not right, or there is a brand of that slug.
    """
    slug, name = read_slug(slug), read_name(name, "brand")
    with store.transaction():
        if any(brand.slug == slug for brand in store.brands()):
            raise ConfigurationError(
                f"there is already a brand {quoted(slug)}",
                "choose another short name, or go on with 'station key new'",
            )
        return store.add_brand(slug, name)


def find_brand(store: BrandStore, slug: str) -> BrandRecord:
    """The brand of a slug.

    Raises:
        ConfigurationError: There is none.
    """
    brands = store.brands()
    for brand in brands:
        if brand.slug == slug:
            return brand
    raise ConfigurationError(
        f"there is no brand {quoted(slug)} in this brand folder",
        did_you_mean(
            slug,
            (brand.slug for brand in brands),
            "list the brands with 'station brand list', or add it with 'station brand add'",
        ),
    )


def add_product(
    store: BrandStore,
    slug: str,
    gtin: str,
    name: str,
    accepted: Iterable[CodeKind] = (CodeKind.UC1,),
    tag_ai: str = DEFAULT_TAG_AI,
) -> ProductRecord:
    """Enrol a product.

    Args:
        store: The brand folder's.
        slug: The brand that owns the GTIN.
        gtin: 8, 12, 13 or 14 digits.
        name: For people.
        accepted: The forms of code the brand accepts for it.
        tag_ai: Where its tags stand, ``"91"`` to ``"99"``.

    Raises:
        ConfigurationError: A value is not right, the brand is unknown, or the GTIN is enrolled.
    """
    gtin, name, tag_ai = read_gtin(gtin), read_name(name, "product"), read_tag_ai(tag_ai)
    kinds = sorted({kind.value for kind in accepted}) or [CodeKind.UC1.value]
    with store.transaction():
        brand = find_brand(store, slug)
        enrolled = store.product(gtin)
        if enrolled is not None:
            raise ConfigurationError(
                f"GTIN {gtin} is already enrolled, as {quoted(enrolled.name)}",
                "see it with 'station product list'",
            )
        return store.add_product(brand.brand_id, gtin, name, kinds, tag_ai)


def find_product(store: BrandStore, gtin: str) -> ProductRecord:
    """The product of a GTIN.

    Raises:
        ConfigurationError: It is no GTIN, or none that is enrolled.
    """
    wanted = read_gtin(gtin)
    product = store.product(wanted)
    if product is not None:
        return product
    raise ConfigurationError(
        f"GTIN {wanted} is not enrolled in this brand folder",
        did_you_mean(
            wanted,
            (product.gtin for product in store.products()),
            "list the products with 'station product list', or enrol it with 'station product add'",
        ),
    )


def find_unit(store: BrandStore, gtin: str, serial: str) -> FoundUnit:
    """One unit.

    Raises:
        ConfigurationError: The product or the serial is unknown.
    """
    product = find_product(store, gtin)
    return FoundUnit(product, find_unit_of(store, product, serial))


def find_unit_of(store: BrandStore, product: ProductRecord, serial: str) -> IssuedUnit:
    """One unit of a product.

    Raises:
        ConfigurationError: The serial is unknown.
    """
    unit = store.unit(product.product_id, read_serial(serial))
    if unit is not None:
        return unit
    raise ConfigurationError(
        f"product {product.gtin} has no unit with serial {quoted(serial)}",
        did_you_mean(
            serial,
            _neighbours(store, product, serial),
            f"list its units with 'station codes list --gtin {product.gtin}'",
        ),
    )


def _neighbours(store: BrandStore, product: ProductRecord, serial: str) -> list[str]:
    """Serials that differ little: the same in capitals, and those that sort beside it."""
    capitals = store.unit(product.product_id, serial.upper())
    near = store.nearest_serials(product.product_id, serial.upper(), 8)
    return [capitals.record.serial] if capitals is not None else near


def state_of(unit: UnitRecord) -> list[str]:
    """A unit's state and overlays in words, e.g. ``["active", "recalled"]``."""
    overlays = [overlay.name or "" for overlay in unit.overlays]
    return [unit.state.name.lower(), *(name.lower() for name in overlays)]
