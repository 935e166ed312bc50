"""Publishing: everything in a brand folder becomes one signed generation in a plain folder.

The number is reserved first and never given twice; then each brand's rows are written, as far as
they changed (`station.sync.publish_rows`), its products, keys, the document that says where its
rows stand and what it announces to sites, then the catalogue, and last everything is signed and
released. A run that ends anywhere before leaves the last publication as it was. What is read is of
one moment. The same content at the same time after the same publications gives the same bytes.
"""

from dataclasses import dataclass
from datetime import datetime
from typing import Final

from station.core.errors import ConfigurationError, TrustError
from station.core.registry import BrandRecord, KeyRecord, ProductRecord
from station.core.registry_digest import keys_digest, state_digest
from station.core.registry_rows import RowStream
from station.core.sellers import SellerRecord
from station.core.shipments import Shipment
from station.ports.brand_store import BrandStore
from station.ports.publication import Publisher, Release
from station.sync import documents
from station.sync.announcements import shipments_document, shipments_path, site_tag
from station.sync.chains import Chain
from station.sync.publish_rows import PublishedRows, RowsPublisher, SnapshotRule
from station.sync.streams import UNITS, BrandRows, streams_of

DEFAULT_RULE: Final = SnapshotRule()


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
        changes: How many rows the new segments have.
        delta_bytes: The new segments' size.
        snapshot_bytes: The new snapshots' size.
        release: Where it is and how it is trusted.
    """

    number: int
    published_utc: str
    state_digest: str
    brands: int
    products: int
    keys: int
    units: int
    changes: int
    delta_bytes: int
    snapshot_bytes: int
    release: Release


@dataclass(frozen=True, slots=True)
class _Content:
    """The master data that are published."""

    brands: list[BrandRecord]
    products: list[ProductRecord]
    keys: list[KeyRecord]
    sellers: list[SellerRecord]


def publish(
    store: BrandStore, publisher: Publisher, now_utc: str, rule: SnapshotRule = DEFAULT_RULE
) -> Publication:
    """Publish the content of a brand folder.

    Args:
        store: The brand folder's.
        publisher: Writes and signs.
        now_utc: The time of publication, ISO 8601 with ``Z``.
        rule: When rows are published whole.

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
        content = _Content(store.brands(), store.products(), store.keys(), store.sellers())
        publisher.prepare(number, [brand.slug for brand in content.brands])
        today = datetime.fromisoformat(now_utc).date()
        published: list[PublishedRows] = []
        listed = []
        for brand in content.brands:
            products = [one for one in content.products if one.brand_id == brand.brand_id]
            rows_publisher = RowsPublisher(publisher, brand.slug, number, now_utc, rule)
            last = _last_chains(publisher, brand)
            rows = BrandRows(store, brand, products, today)
            of_brand = [
                rows_publisher.publish(stream, rows, last.get(stream))
                for stream in streams_of(brand, products)
            ]
            where = documents.Rows(
                documents.FORMAT, brand.brand_id, [one.chain for one in of_brand]
            )
            _write_documents(publisher, content, brand, products, where)
            announced = _announce(publisher, store, brand)
            listed.append(documents.catalogue_brand(brand, products, where, announced))
            published += of_brand
        catalogue = documents.Catalogue(
            documents.FORMAT,
            number,
            now_utc,
            state_digest(
                content.brands,
                content.products,
                content.keys,
                content.sellers,
                [holding for brand in listed for holding in brand.holdings],
            ),
            keys_digest(content.keys),
            listed,
        )
        _write_document(publisher, documents.CATALOGUE, catalogue)
        release = publisher.release(now_utc)
    units = sum(one.chain.rows for one in published if one.chain.stream in UNITS)
    if release.is_out:
        store.finish_publication(number, now_utc, units)
    return Publication(
        number,
        now_utc,
        catalogue.state_digest,
        len(content.brands),
        len(content.products),
        len(content.keys),
        units,
        sum(one.changes for one in published),
        sum(one.delta_bytes for one in published),
        sum(one.snapshot_bytes for one in published),
        release,
    )


def _last_chains(publisher: Publisher, brand: BrandRecord) -> dict[RowStream, Chain]:
    """Where a brand's streams stood in the publication before; nothing where that cannot be told.

    It was signed by this publisher itself, and yet may be of another release of it.
    """
    file = publisher.last(documents.rows_path(brand.slug))
    if file is None:
        return {}
    with file:
        content = file.read(documents.MAX_DOCUMENT_BYTES)
    try:
        rows = documents.decode(content, documents.Rows)
    except TrustError:
        return {}
    return (
        {chain.stream: chain for chain in rows.streams} if rows.brand_id == brand.brand_id else {}
    )


def _write_documents(
    publisher: Publisher,
    content: _Content,
    brand: BrandRecord,
    products: list[ProductRecord],
    rows: documents.Rows,
) -> None:
    sellers = [one for one in content.sellers if one.brand_id == brand.brand_id]
    keys = [one for one in content.keys if one.brand_id == brand.brand_id]
    slug = brand.slug
    _write_document(
        publisher,
        documents.products_path(slug),
        documents.products_document(brand, products, sellers),
    )
    _write_document(publisher, documents.keys_path(slug), documents.keys_document(brand, keys))
    _write_document(publisher, documents.rows_path(slug), rows)


def _announce(publisher: Publisher, store: BrandStore, brand: BrandRecord) -> dict[str, str]:
    """Write what a brand announces to each site; the documents' digests by the sites' tags."""
    by_site: dict[str, list[Shipment]] = {}
    for site, shipment in store.announced(brand.brand_id):
        by_site.setdefault(site, []).append(shipment)
    digests = {}
    for site, shipments in by_site.items():
        document = shipments_document(brand.brand_id, site, shipments)
        _write_document(publisher, shipments_path(brand.slug, site_tag(site)), document)
        digests[site_tag(site)] = documents.digest_of(documents.encode(document))
    return dict(sorted(digests.items()))


def _write_document(publisher: Publisher, path: str, document: documents.Formatted) -> None:
    with publisher.target(path) as file:
        file.write(documents.encode(document))
