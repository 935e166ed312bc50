"""What a publication must be before a registry is built from it.

The distribution framework proves who signed a file, not what may stand in it. So: a brand's files
speak only of that brand; its products are exactly those the publisher says it owns; a key may be
entitled only to them; its rows come to what the publisher says, by chains of files without a gap,
and the master data and what the rows come to have the publisher's digest. What stands in the files
of rows is checked while they are read (`station.sync.content`) and written to the registry.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import TypeVar

from station.core.crypto import PublicKey
from station.core.gs1.check_digit import gtin_14
from station.core.registry import BrandRecord, KeyRecord, ProductRecord
from station.core.registry_digest import keys_digest, state_digest
from station.core.sellers import SellerRecord
from station.core.text import printable
from station.sync.chains import Chain
from station.sync.columns import damaged
from station.sync.documents import Catalogue, CatalogueBrand, Keys, Products, Rows
from station.sync.streams import streams_of

_Name = TypeVar("_Name", int, str)


@dataclass(frozen=True, slots=True)
class AdmittedBrand:
    """A brand whose products and keys have been checked against the catalogue.

    Attributes:
        brand: As the catalogue names it.
        products: Its products by id.
        keys: Its keys by number.
        sellers: Its sellers by id.
        chains: Where its streams of rows stand, by name.
    """

    brand: BrandRecord
    products: tuple[ProductRecord, ...]
    keys: tuple[KeyRecord, ...]
    sellers: tuple[SellerRecord, ...]
    chains: tuple[Chain, ...]


def admit_catalogue(catalogue: Catalogue) -> None:
    """Check what the publisher says.

    Raises:
        TrustError: A brand, product id or GTIN stands twice or out of order, or is none; or the
            moment of publication is none.
    """
    try:
        datetime.fromisoformat(catalogue.published_utc)
    except ValueError:
        raise damaged("published at a moment that is none") from None
    brands = catalogue.brands
    _require_rising([brand.brand_id for brand in brands], "brands")
    if len({brand.slug for brand in brands}) < len(brands):
        raise damaged("two brands of one short name")
    owned = [product for brand in brands for product in brand.products]
    for brand in brands:
        _require_text(brand.name)
        _require_rising([product.product_id for product in brand.products], "products")
    if len({product.product_id for product in owned}) < len(owned):
        raise damaged("a product number given to two brands")
    if len({product.gtin for product in owned}) < len(owned):
        raise damaged("a GTIN given to two brands")
    for brand in brands:
        _require_rising([stream.stream.value for stream in brand.streams], "streams of rows")
    for product in owned:
        if gtin_14(product.gtin.encode("ascii")) != product.gtin:
            raise damaged(f"GTIN {product.gtin} has a wrong check digit")


def admit_brand(
    listed: CatalogueBrand, products: Products, keys: Keys, rows: Rows, generation: int
) -> AdmittedBrand:
    """Check what a brand says of itself against what the publisher says of it.

    Args:
        listed: What the publisher says.
        products: The brand's document.
        keys: The brand's document.
        rows: The brand's document.
        generation: The publication's number.

    Raises:
        TrustError: It speaks of another brand, of products it does not own, of keys that are none,
            or of rows that do not come to what the publisher says.
    """
    slug = listed.slug
    if {products.brand_id, keys.brand_id, rows.brand_id} != {listed.brand_id}:
        raise damaged(f"the files of brand {slug} are another brand's")
    own = [(product.product_id, product.gtin) for product in listed.products]
    if [(product.product_id, product.gtin) for product in products.products] != own:
        raise damaged(f"brand {slug} lists products other than those it owns")
    for product in products.products:
        _require_text(product.name)
        if not product.accepted_kinds:
            raise damaged(f"GTIN {product.gtin} accepts no form of code")
    _require_rising([key.key_id for key in keys.keys], "keys")
    records = tuple(key.record(listed.brand_id) for key in keys.keys)
    gtins = {gtin for _, gtin in own}
    for key in records:
        if not key.gtins <= gtins:
            raise damaged(f"key {key.key_id} of brand {slug} claims products it does not own")
        try:
            PublicKey.load(key.algorithm, key.public_key)
        except ValueError as error:
            raise damaged(f"key {key.key_id} of brand {slug} is none: {error}") from None
    brand = BrandRecord(listed.brand_id, slug, listed.name, products.brand_policy)
    product_records = tuple(product.record(listed.brand_id) for product in products.products)
    chains = _admit_chains(listed, rows, generation)
    if [chain.stream for chain in chains] != streams_of(brand, product_records):
        # A stream left out would make all its units exceptions to nothing, or unknown.
        raise damaged(f"brand {slug} does not publish the streams of rows its products need")
    return AdmittedBrand(
        brand, product_records, records, _admit_sellers(listed, products, gtins), chains
    )


def _admit_sellers(
    listed: CatalogueBrand, products: Products, gtins: set[str]
) -> tuple[SellerRecord, ...]:
    """Check that a brand says only of its own products who may supply them."""
    _require_rising([seller.seller_id for seller in products.sellers], "sellers")
    for seller in products.sellers:
        _require_text(seller.name)
        supplied = [supply.gtin for supply in seller.supplies]
        _require_rising(supplied, "products of a seller")
        if not gtins.issuperset(supplied):
            raise damaged(
                f"seller {seller.seller_id} of brand {listed.slug} is authorised for products the "
                "brand does not own"
            )
    return tuple(seller.record(listed.brand_id) for seller in products.sellers)


def _admit_chains(listed: CatalogueBrand, rows: Rows, generation: int) -> tuple[Chain, ...]:
    """Check that a brand's streams are those the publisher counted, each without a gap."""
    if [chain.sum for chain in rows.streams] != listed.streams:
        raise damaged(f"brand {listed.slug} says of its rows something else than the publisher")
    for chain in rows.streams:
        whole = (chain.snapshot.rows, chain.snapshot.digest)
        generations = [segment.generation for segment in chain.segments]
        _require_rising(generations, "segments")
        if max([chain.snapshot.generation, *generations]) > generation:
            raise damaged(f"brand {listed.slug} lists rows of a generation that is not yet")
        points = [(one.rows_before, one.digest_before) for one in chain.segments]
        ends = [(one.rows, one.digest) for one in chain.segments]
        now = (chain.rows, chain.digest)
        since = len(chain.before_snapshot)
        if points[1:] != ends[:-1] or ends[-1:] not in ([], [now]):
            raise damaged(f"there is a gap in brand {listed.slug}'s segments")
        if [*points[since:], now][0] != whole:
            raise damaged(f"brand {listed.slug}'s segments do not follow from its snapshot")
    return tuple(rows.streams)


def admit_whole(catalogue: Catalogue, brands: list[AdmittedBrand]) -> None:
    """Check what all brands say together against the publisher's digests.

    Raises:
        TrustError: It is not what the catalogue was made with.
    """
    if keys_digest(key for brand in brands for key in brand.keys) != catalogue.keys_digest:
        raise damaged("the keys are not those the publisher's catalogue was made with")
    whole = state_digest(
        [brand.brand for brand in brands],
        [product for brand in brands for product in brand.products],
        [key for brand in brands for key in brand.keys],
        [seller for brand in brands for seller in brand.sellers],
        [holding for brand in catalogue.brands for holding in brand.holdings],
    )
    if whole != catalogue.state_digest:
        raise damaged("it is not the content that the publisher's catalogue was made with")


def _require_rising(names: Sequence[_Name], what: str) -> None:
    if list(names) != sorted(set(names)):
        raise damaged(f"{what} out of order")


def _require_text(name: str) -> None:
    if printable(name, 80) != name:
        raise damaged("a name that cannot be shown")
