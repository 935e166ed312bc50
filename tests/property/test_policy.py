"""Policies merge so that the stricter word counts, and are written so that a digest names them."""

from collections.abc import Callable
from dataclasses import fields, replace
from functools import partial
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from station.core.codes import CodeKind
from station.core.policy import (
    ALWAYS,
    FORMS,
    NOTHING_ASKED,
    BrandPolicy,
    Issuance,
    Lanes,
    SitePolicy,
    effective_policy,
    issuance_of,
)
from station.core.policy_keys import (
    KEYS,
    Level,
    PolicyError,
    brand_policy_text,
    columns,
    keys_of,
    plain_policy,
    policy_text,
    read_brand_policy,
    read_brand_policy_text,
    read_policy_text,
    read_site_policy,
    versioned,
)
from station.core.text import printable
from tests.property.policy_strategies import (
    BRANDS,
    ORDERED,
    POLICIES,
    SITES,
    is_as_strict,
    stricter,
)

NOT_MERGED = {"version", "lanes", "accepts", "enforce_from"}


@given(SITES, BRANDS, BRANDS)
def test_a_brand_never_loosens_what_a_site_demands(
    site: SitePolicy, brand: BrandPolicy, product: BrandPolicy
) -> None:
    merged = effective_policy(site, brand, product)

    for name in ORDERED:
        if name not in NOT_MERGED:
            assert is_as_strict(name, getattr(merged, name), getattr(site, name)), name
    assert merged.enforce_from <= site.enforce_by


@given(SITES, BRANDS, BRANDS)
def test_a_site_never_loosens_what_a_product_or_else_its_brand_asks(
    site: SitePolicy, brand: BrandPolicy, product: BrandPolicy
) -> None:
    merged = effective_policy(site, brand, product)

    for field in fields(BrandPolicy):
        if field.name.endswith("_lane") or field.name == "issuance":
            continue
        own, general = getattr(product, field.name), getattr(brand, field.name)
        asked = general if own is None else own
        if asked is not None:
            assert is_as_strict(field.name, getattr(merged, field.name), asked), field.name
        elif field.name == "enforce_from":
            assert merged.enforce_from == ALWAYS


@given(SITES, BRANDS, BRANDS)
def test_tightening_is_monotone(site: SitePolicy, brand: BrandPolicy, product: BrandPolicy) -> None:
    before = effective_policy(site, brand, product)
    for what, tighter in stricter(site):
        after = effective_policy(tighter, brand, product)
        for name in ORDERED:
            assert is_as_strict(name, getattr(after, name), getattr(before, name)), (what, name)


@given(SITES, BRANDS, BRANDS)
def test_a_lane_is_the_sites_and_else_the_products_and_else_the_brands(
    site: SitePolicy, brand: BrandPolicy, product: BrandPolicy
) -> None:
    merged = effective_policy(site, brand, product).lanes
    for field in fields(Lanes):
        own = getattr(product, f"{field.name}_lane")
        general = getattr(brand, f"{field.name}_lane")
        asked = general if own is None else own
        assert getattr(merged, field.name) == (getattr(site.lanes, field.name) or asked or "")


@given(SITES)
def test_nothing_asked_leaves_the_site_as_it_is(site: SitePolicy) -> None:
    assert effective_policy(site) == site
    assert effective_policy(site, NOTHING_ASKED, NOTHING_ASKED) == site


@given(POLICIES, POLICIES)
def test_a_version_names_a_content_and_the_text_brings_it_back(
    one: SitePolicy, other: SitePolicy
) -> None:
    kept = read_policy_text(policy_text(one))

    assert kept == versioned(one)
    assert replace(kept, version=one.version) == one
    assert policy_text(one).isascii()
    alike = replace(other, version=one.version) == one
    assert (versioned(one).version == versioned(other).version) == alike


@given(BRANDS, st.sampled_from([Level.BRAND, Level.PRODUCT]))
def test_what_a_brand_asks_comes_back_as_it_was(policy: BrandPolicy, level: Level) -> None:
    if (
        policy.fresh_hours is not None
        and policy.amber_hours is not None
        and policy.amber_hours < policy.fresh_hours
    ):
        with pytest.raises(PolicyError, match="amber_hours"):
            read_brand_policy(plain_policy(policy), level)
        return
    assert read_brand_policy_text(brand_policy_text(policy), level) == policy


ANYTHING = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=24),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=3), inner),
    max_leaves=4,
)
NAMES = st.sampled_from(list(KEYS)) | st.text(max_size=12)


@given(st.dictionaries(NAMES, ANYTHING, max_size=3), st.sampled_from(Level))
def test_any_table_gives_a_policy_or_names_the_key(table: dict[str, Any], level: Level) -> None:
    read = read_site_policy if level is Level.SITE else partial(read_brand_policy, level=level)
    error = refusal(lambda: read(table))
    if error is not None:
        assert printable(str(error), 400) == str(error)
        assert error.problem
        assert error.remedy
        return
    policy = read(table)
    assert set(table) <= set(keys_of(level))
    plain = plain_policy(policy)
    for lane in (name for name in plain if name.endswith("_lane")):
        assert columns(str(plain[lane])) <= 16


def refusal(read: Callable[[], object]) -> PolicyError | None:
    """How reading is refused, or None where it is not."""
    try:
        read()
    except PolicyError as error:
        return error
    return None


@given(BRANDS, BRANDS, st.frozensets(st.sampled_from(sorted(FORMS, key=str))))
def test_the_signature_proves_issuance_only_where_the_brand_says_so_and_every_form_is_signed(
    brand: BrandPolicy, product: BrandPolicy, kinds: frozenset[CodeKind]
) -> None:
    asked = product.issuance or brand.issuance
    signed_only = not kinds - {CodeKind.UC1}
    by_signature = asked is Issuance.SIGNATURE and signed_only
    assert (issuance_of(kinds, brand, product) is Issuance.SIGNATURE) is by_signature
