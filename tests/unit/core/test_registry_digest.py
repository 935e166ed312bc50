"""A registry's digest depends on its content and on nothing else."""

from dataclasses import replace

import pytest

from station.core.codes import Algorithm, CodeKind
from station.core.policy import BrandPolicy
from station.core.registry import (
    BrandRecord,
    KeyRecord,
    KeyState,
    ProductRecord,
)
from station.core.registry_digest import keys_digest, state_digest
from station.core.registry_rows import Holding, RowStream
from station.core.sellers import SellerRecord, Supply

BRAND = BrandRecord(1, "acme", "Acme")
PRODUCT = ProductRecord(1, 1, "09506000134352", "Drill", frozenset({CodeKind.UC1, CodeKind.SGTIN}))
KEY = KeyRecord(
    1,
    1,
    Algorithm.ED25519,
    bytes(32),
    KeyState.ACTIVE,
    "2026-01-01T00:00:00Z",
    frozenset({"09506000134352", "09506000134369"}),
)
SELLER = SellerRecord(1, "gln:1", "Shop", (Supply(PRODUCT.gtin, "2026-01-01", ""),))
LISTED = Holding(1, RowStream.LISTED, 3, "ab" * 32)
CODES = Holding(1, RowStream.CODES, 0, "cd" * 32)


def digest_of(
    brands: list[BrandRecord] | None = None,
    products: list[ProductRecord] | None = None,
    keys: list[KeyRecord] | None = None,
    sellers: list[SellerRecord] | None = None,
    holdings: list[Holding] | None = None,
) -> str:
    return state_digest(
        [BRAND] if brands is None else brands,
        [PRODUCT] if products is None else products,
        [KEY] if keys is None else keys,
        [SELLER] if sellers is None else sellers,
        [LISTED, CODES] if holdings is None else holdings,
    )


def test_it_is_a_constant_of_the_content() -> None:
    """Publishers and stations of every release agree on it."""
    assert digest_of() == "b7684207775679b65233d6bc55aea3dd31cd38490469e2853e18915cd82128e4"


def test_every_field_counts() -> None:
    changed = [
        digest_of(brands=[]),
        digest_of(brands=[replace(BRAND, brand_id=2)]),
        digest_of(brands=[replace(BRAND, slug="b")]),
        digest_of(brands=[replace(BRAND, name="b")]),
        digest_of(brands=[replace(BRAND, policy=BrandPolicy(enforce_from="2027-01-01"))]),
        digest_of(products=[replace(PRODUCT, policy=BrandPolicy(enforce_from="2027-01-01"))]),
        digest_of(products=[replace(PRODUCT, product_id=2)]),
        digest_of(products=[replace(PRODUCT, brand_id=2)]),
        digest_of(products=[replace(PRODUCT, gtin="0")]),
        digest_of(products=[replace(PRODUCT, name="b")]),
        digest_of(products=[replace(PRODUCT, accepted_kinds=frozenset({CodeKind.UC1}))]),
        digest_of(products=[replace(PRODUCT, tag_ai="91")]),
        digest_of(keys=[replace(KEY, brand_id=2)]),
        digest_of(keys=[replace(KEY, key_id=2)]),
        digest_of(keys=[replace(KEY, algorithm=Algorithm.ECDSA_P256)]),
        digest_of(keys=[replace(KEY, public_key=bytes(31))]),
        digest_of(keys=[replace(KEY, state=KeyState.REVOKED)]),
        digest_of(keys=[replace(KEY, since_utc="2026")]),
        digest_of(keys=[replace(KEY, gtins=frozenset())]),
        digest_of(sellers=[]),
        digest_of(sellers=[replace(SELLER, name="b")]),
        digest_of(sellers=[replace(SELLER, supplies=())]),
        digest_of(holdings=[LISTED]),
        digest_of(holdings=[replace(LISTED, brand_id=2), CODES]),
        digest_of(holdings=[replace(LISTED, stream=RowStream.SIGNED), CODES]),
        digest_of(holdings=[replace(LISTED, rows=4), CODES]),
        digest_of(holdings=[replace(LISTED, digest="00" * 32), CODES]),
    ]
    assert len({digest_of(), *changed}) == 1 + len(changed)


def test_the_order_of_records_does_not_count() -> None:
    brands, holdings = [BRAND, replace(BRAND, brand_id=2)], [LISTED, CODES]
    assert digest_of(brands=brands) == digest_of(brands=brands[::-1])
    assert digest_of(holdings=holdings) == digest_of(holdings=holdings[::-1])


def test_a_key_sets_digest_does_not_depend_on_order() -> None:
    other = replace(KEY, key_id=2)
    assert keys_digest([KEY, other]) == keys_digest(iter([other, KEY]))
    assert keys_digest([KEY]) != keys_digest([other])
    assert keys_digest([]) != keys_digest([KEY])


@pytest.mark.parametrize("name", ["\ud800", "\x00", "\u202e", '"],["unit"'])
def test_any_text_has_a_digest(name: str) -> None:
    assert digest_of(brands=[replace(BRAND, name=name)]) != digest_of()
