"""Publishing: everything in a brand folder becomes one signed generation in a plain folder.

The number is reserved first and never given twice; then each brand's products, keys, units and
opaque codes are written, then the catalogue, and last everything is signed and released. A run
that ends anywhere before leaves the last publication as it was. What is read is of one moment. The
same content at the same time gives the same bytes.
"""

from contextlib import ExitStack
from dataclasses import dataclass
from itertools import islice
from typing import BinaryIO

from station.core.errors import ConfigurationError
from station.core.registry import BrandRecord, ProductRecord
from station.core.registry_digest import RegistryDigest, keys_digest
from station.ports.brand_store import BrandStore
from station.ports.publication import Publisher, Release
from station.sync import documents
from station.sync.rows import (
    ROWS_PER_BLOCK,
    RowKind,
    in_batches,
    write_codes,
    write_end,
    write_start,
    write_units,
)


@dataclass(frozen=True, slots=True)
class Publication:
    """What was published.

    Attributes:
        number: The generation.
        published_utc: When.
        state_digest: SHA-256 over its content, hex.
        brands: How many brands.
        products: How many products.
        keys: How many keys.
        units: How many units.
        release: Where it is and how it is trusted.
    """

    number: int
    published_utc: str
    state_digest: str
    brands: int
    products: int
    keys: int
    units: int
    release: Release


def publish(store: BrandStore, publisher: Publisher, now_utc: str) -> Publication:
    """Publish the content of a brand folder.

    Args:
        store: The brand folder's.
        publisher: Writes and signs.
        now_utc: The time of publication, ISO 8601 with ``Z``.

    Raises:
        ConfigurationError: There is nothing to publish, or the passphrase is wrong.
        StorageError: A file cannot be read or written.
    """
    if not store.brands():
        raise ConfigurationError(
            "there is nothing to publish: the brand folder has no brand",
            "add one with 'station brand add SLUG --name NAME'",
        )
    number = store.reserve_publication(now_utc)
    with store.reading():
        brands, products, keys = store.brands(), store.products(), store.keys()
        sellers = store.sellers()
        publisher.prepare(number, [brand.slug for brand in brands])
        digest = RegistryDigest()
        digest.brands(brands)
        digest.products(products)
        digest.keys(keys)
        digest.sellers(sellers)
        units = _write_units(store, publisher, brands, products, digest)
        codes = _write_codes(store, publisher, brands, digest)
        listed = []
        for brand in brands:
            own = [product for product in products if product.brand_id == brand.brand_id]
            own_sellers = [seller for seller in sellers if seller.brand_id == brand.brand_id]
            own_keys = [key for key in keys if key.brand_id == brand.brand_id]
            listed.append(documents.catalogue_brand(brand, own))
            _write_document(
                publisher,
                documents.products_path(brand.slug),
                documents.products_document(brand, own, own_sellers),
            )
            _write_document(
                publisher,
                documents.keys_path(brand.slug),
                documents.keys_document(brand, own_keys),
            )
        catalogue = documents.Catalogue(
            documents.FORMAT,
            number,
            now_utc,
            digest.hexdigest(),
            keys_digest(keys),
            units,
            codes,
            listed,
        )
        _write_document(publisher, documents.CATALOGUE, catalogue)
        release = publisher.release(now_utc)
    if release.is_out:
        store.finish_publication(number, now_utc, units)
    return Publication(
        number,
        now_utc,
        catalogue.state_digest,
        len(brands),
        len(products),
        len(keys),
        units,
        release,
    )


def _write_units(
    store: BrandStore,
    publisher: Publisher,
    brands: list[BrandRecord],
    products: list[ProductRecord],
    digest: RegistryDigest,
) -> int:
    """Write each brand's units into its own file, going through all products by id."""
    count = 0
    with ExitStack() as stack:
        files: dict[int, BinaryIO] = {}
        for brand in brands:
            file = stack.enter_context(publisher.target(documents.units_path(brand.slug)))
            write_start(file, RowKind.UNITS)
            files[brand.brand_id] = file
        for product in products:
            records = (unit.record for unit in store.units(product.product_id))
            for batch in in_batches(records):
                write_units(files[product.brand_id], product.product_id, batch)
                digest.units(batch)
                count += len(batch)
        for file in files.values():
            write_end(file)
    return count


def _write_codes(
    store: BrandStore, publisher: Publisher, brands: list[BrandRecord], digest: RegistryDigest
) -> int:
    """Write each brand's opaque codes; the digest wants those of all brands by code."""
    count = 0
    for brand in brands:
        with publisher.target(documents.codes_path(brand.slug)) as file:
            write_start(file, RowKind.CODES)
            rows = store.opaque_codes(brand.brand_id)
            while batch := list(islice(rows, ROWS_PER_BLOCK)):
                write_codes(file, batch)
            write_end(file)
    rows = store.opaque_codes()
    while batch := list(islice(rows, ROWS_PER_BLOCK)):
        digest.opaque_codes(batch)
        count += len(batch)
    return count


def _write_document(
    publisher: Publisher,
    path: str,
    document: documents.Catalogue | documents.Products | documents.Keys,
) -> None:
    with publisher.target(path) as file:
        file.write(documents.encode(document))
