"""A registry's digest depends on its content and on nothing else."""

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from station.core.codes import Algorithm, CodeKind
from station.core.policy import BrandPolicy
from station.core.registry import (
    BrandRecord,
    KeyRecord,
    KeyState,
    Overlay,
    ProductRecord,
    UnitRecord,
    UnitState,
)
from station.core.registry_digest import RegistryDigest, keys_digest

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
UNIT = UnitRecord(1, "A", UnitState.ACTIVE, Overlay.NONE, "LOT", "270131", "dock-1")

units = st.builds(
    UnitRecord,
    st.integers(1, 3),
    st.text(max_size=5),
    st.sampled_from(UnitState),
    st.integers(0, 15).map(Overlay),
    st.none() | st.text(max_size=5),
    st.none() | st.text(max_size=5),
    st.none() | st.text(max_size=5),
)


def digest_of(
    brands: list[BrandRecord] | None = None,
    products: list[ProductRecord] | None = None,
    keys: list[KeyRecord] | None = None,
    unit_records: list[UnitRecord] | None = None,
    codes: list[tuple[str, int, str]] | None = None,
) -> str:
    digest = RegistryDigest()
    digest.brands([BRAND] if brands is None else brands)
    digest.products([PRODUCT] if products is None else products)
    digest.keys([KEY] if keys is None else keys)
    digest.units([UNIT] if unit_records is None else unit_records)
    digest.opaque_codes([("AZ:1", 1, "A")] if codes is None else codes)
    return digest.hexdigest()


def test_it_is_a_constant_of_the_content() -> None:
    """Publishers and stations of every release agree on it."""
    assert digest_of() == "8dd181beb25a6d08a7ae85b35e6863ef455d01d235e3f5853ee2f27d46123797"


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
        digest_of(unit_records=[replace(UNIT, product_id=2)]),
        digest_of(unit_records=[replace(UNIT, serial="B")]),
        digest_of(unit_records=[replace(UNIT, state=UnitState.VOID)]),
        digest_of(unit_records=[replace(UNIT, overlays=Overlay.STOLEN)]),
        digest_of(unit_records=[replace(UNIT, lot=None)]),
        digest_of(unit_records=[replace(UNIT, lot="")]),
        digest_of(unit_records=[replace(UNIT, expiry=None)]),
        digest_of(unit_records=[replace(UNIT, place=None)]),
        digest_of(unit_records=[UNIT, UNIT]),
        digest_of(codes=[]),
        digest_of(codes=[("AZ:2", 1, "A")]),
    ]
    assert len({digest_of(), *changed}) == 1 + len(changed)


@given(st.lists(units, max_size=8), st.integers(0, 8))
def test_the_pieces_a_stream_comes_in_do_not_count(records: list[UnitRecord], cut: int) -> None:
    whole, pieces = RegistryDigest(), RegistryDigest()
    whole.units(records)
    pieces.units(records[:cut])
    pieces.units(records[cut:])
    assert whole.hexdigest() == pieces.hexdigest()


@given(st.lists(units, max_size=4), st.lists(units, max_size=4))
def test_different_streams_have_different_digests(
    one: list[UnitRecord], other: list[UnitRecord]
) -> None:
    first, second = RegistryDigest(), RegistryDigest()
    first.units(one)
    second.units(other)
    assert (first.hexdigest() == second.hexdigest()) == (one == other)


def test_a_key_sets_digest_does_not_depend_on_order() -> None:
    other = replace(KEY, key_id=2)
    assert keys_digest([KEY, other]) == keys_digest(iter([other, KEY]))
    assert keys_digest([KEY]) != keys_digest([other])
    assert keys_digest([]) != keys_digest([KEY])


@pytest.mark.parametrize("name", ["\ud800", "\x00", "\u202e", '"],["unit"'])
def test_any_text_has_a_digest(name: str) -> None:
    assert digest_of(brands=[replace(BRAND, name=name)]) != digest_of()
