"""One number for a registry's content, the same for publisher and station.

SHA-256 over the records in their sorted order, each as a JSON array whose first element names its
kind, each followed by a comma. It depends on the content alone: not on a file format, a database
or how the stream was cut into pieces.
"""

import hashlib
import json
from collections.abc import Iterable, Sequence

from station.core.policy import BrandPolicy
from station.core.policy_keys import brand_policy_text
from station.core.registry import BrandRecord, KeyRecord, ProductRecord, UnitRecord
from station.core.sellers import SellerRecord

_Row = tuple[str | int | None, ...]


class RegistryDigest:
    """Takes records in order: brands, products, keys, sellers, units, opaque codes."""

    def __init__(self) -> None:
        self._hash = hashlib.sha256()

    def brands(self, records: Sequence[BrandRecord]) -> None:
        """The next brands, by id."""
        self._rows([("brand", r.brand_id, r.slug, r.name, *_asked(r.policy)) for r in records])

    def products(self, records: Sequence[ProductRecord]) -> None:
        """The next products, by id."""
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
        """The next keys, by (brand id, key id)."""
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
        """The next sellers, by (brand id, seller id), each with what it may supply."""
        for seller in records:
            self._rows([("seller", seller.brand_id, seller.seller_id, seller.name)])
            self._rows(
                [
                    ("supply", supply.gtin, supply.first_day, supply.last_day)
                    for supply in seller.supplies
                ]
            )

    def units(self, records: Sequence[UnitRecord]) -> None:
        """The next units, by (product id, serial)."""
        self._rows(
            [
                (
                    "unit",
                    r.product_id,
                    r.serial,
                    int(r.state),
                    int(r.overlays),
                    r.lot,
                    r.expiry,
                    r.place,
                )
                for r in records
            ]
        )

    def opaque_codes(self, codes: Sequence[tuple[str, int, str]]) -> None:
        """The next (code, product id, serial), by code."""
        self._rows([("code", *row) for row in codes])

    def hexdigest(self) -> str:
        """The digest of everything taken so far: 64 lower case hex digits."""
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


def keys_digest(keys: Iterable[KeyRecord]) -> str:
    """SHA-256 over a key set, hex, whatever order it comes in."""
    digest = RegistryDigest()
    digest.keys(sorted(keys, key=lambda key: (key.brand_id, key.key_id)))
    return digest.hexdigest()
