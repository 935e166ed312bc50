"""One number for a registry's content, the same for publisher and station.

SHA-256 over the records of the master data in their sorted order, each as a JSON array whose first
element names its kind, each followed by a comma; then one such record for every stream of rows of
every brand, with its count and its own digest (`station.core.registry_rows.StreamTally`). So a
stream that did not change need not be read again to know the whole. It depends on the content
alone: not on a file format, a database or how a stream was cut into pieces.
"""

import hashlib
import json
from collections.abc import Iterable, Sequence

from station.core.policy import BrandPolicy
from station.core.policy_keys import brand_policy_text
from station.core.registry import BrandRecord, KeyRecord, ProductRecord
from station.core.registry_rows import Holding
from station.core.sellers import SellerRecord

_Row = tuple[str | int | None, ...]


def state_digest(
    brands: Iterable[BrandRecord],
    products: Iterable[ProductRecord],
    keys: Iterable[KeyRecord],
    sellers: Iterable[SellerRecord],
    holdings: Iterable[Holding],
) -> str:
    """SHA-256 over a publication's content, hex, whatever order its parts come in.

    Args:
        brands: All brands.
        products: All products.
        keys: All keys.
        sellers: All sellers.
        holdings: Every stream of every brand that is published, also those a station does not hold.
    """
    digest = _RecordDigest()
    digest.brands(sorted(brands, key=lambda brand: brand.brand_id))
    digest.products(sorted(products, key=lambda product: product.product_id))
    digest.keys(sorted(keys, key=_key_order))
    digest.sellers(sorted(sellers, key=lambda seller: (seller.brand_id, seller.seller_id)))
    digest.holdings(sorted(holdings, key=lambda held: (held.brand_id, held.stream.value)))
    return digest.hexdigest()


def keys_digest(keys: Iterable[KeyRecord]) -> str:
    """SHA-256 over a key set, hex, whatever order it comes in."""
    digest = _RecordDigest()
    digest.keys(sorted(keys, key=_key_order))
    return digest.hexdigest()


def _key_order(key: KeyRecord) -> tuple[int, int]:
    return key.brand_id, key.key_id


class _RecordDigest:
    """Takes records in order."""

    def __init__(self) -> None:
        self._hash = hashlib.sha256()

    def brands(self, records: Sequence[BrandRecord]) -> None:
        self._rows([("brand", r.brand_id, r.slug, r.name, *_asked(r.policy)) for r in records])

    def products(self, records: Sequence[ProductRecord]) -> None:
        self._rows(
            [
                (
                    "product",
                    r.product_id,
                    r.brand_id,
                    r.gtin,
                    r.name,
                    " ".join(sorted(kind.value for kind in r.accepted_kinds)),
                    r.tag_ai,
                    *_asked(r.policy),
                )
                for r in records
            ]
        )

    def keys(self, records: Sequence[KeyRecord]) -> None:
        self._rows(
            [
                (
                    "key",
                    r.brand_id,
                    r.key_id,
                    r.algorithm.value,
                    r.public_key.hex(),
                    r.state.value,
                    r.since_utc,
                    " ".join(sorted(r.gtins)),
                )
                for r in records
            ]
        )

    def sellers(self, records: Sequence[SellerRecord]) -> None:
        for seller in records:
            self._rows([("seller", seller.brand_id, seller.seller_id, seller.name)])
            self._rows(
                [
                    ("supply", supply.gtin, supply.first_day, supply.last_day)
                    for supply in seller.supplies
                ]
            )

    def holdings(self, records: Sequence[Holding]) -> None:
        self._rows([("rows", r.brand_id, r.stream.value, r.rows, r.digest) for r in records])

    def hexdigest(self) -> str:
        return self._hash.hexdigest()

    def _rows(self, rows: list[_Row]) -> None:
        if rows:
            text = json.dumps(rows, separators=(",", ":"))
            self._hash.update(text[1:-1].encode("ascii"))
            self._hash.update(b",")


def _asked(policy: BrandPolicy) -> tuple[str, ...]:
    """A policy's one spelling; nothing where it asks nothing, as before there were policies."""
    text = brand_policy_text(policy)
    return () if text == "{}" else (text,)
