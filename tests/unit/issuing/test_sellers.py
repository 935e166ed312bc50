"""Sellers on the brand's side, and what their lists say of a day."""

import pytest

from station.core.errors import ConfigurationError
from station.core.sellers import SellerRecord, Supply, may_supply, supply_lists
from station.issuing.catalogue import add_brand, add_product
from station.issuing.sellers import add_seller, authorise, day_before, revoke
from tests.fakes.brand_store import FakeBrandStore

GTIN = "09506000134352"
OTHER_GTIN = "09506000134369"


@pytest.fixture
def store() -> FakeBrandStore:
    made = FakeBrandStore()
    add_brand(made, "acme", "Acme")
    add_brand(made, "bolt", "Bolt")
    add_product(made, "acme", GTIN, "Drill")
    add_product(made, "bolt", OTHER_GTIN, "Saw")
    add_seller(made, "acme", "Nordic", "Nordic Trade")
    return made


def test_a_seller_is_named_once_whatever_its_case(store: FakeBrandStore) -> None:
    assert store.sellers() == [SellerRecord(1, "nordic", "Nordic Trade")]
    with pytest.raises(ConfigurationError, match="already has a seller 'nordic'"):
        add_seller(store, "acme", "NORDIC", "Again")
    add_seller(store, "bolt", "nordic", "The same, to another brand")


def test_authorised_and_revoked_it_stays_on_the_list(store: FakeBrandStore) -> None:
    assert authorise(store, "acme", "NORDIC", GTIN, "2026-01-01", "") == Supply(GTIN, "2026-01-01")
    assert revoke(store, "acme", "nordic", GTIN, "2026-02-28") == Supply(
        GTIN, "2026-01-01", "2026-02-28"
    )
    listed = supply_lists(store.sellers())[GTIN]
    assert not may_supply(listed, "nordic", "2026-03-01")
    assert not may_supply(listed, "anybody", "2026-03-01"), "the list did not end"
    authorise(store, "acme", "nordic", GTIN, "", "")
    assert len(store.sellers()[0].supplies) == 1


@pytest.mark.parametrize(
    ("day", "may"),
    [
        ("2025-12-31", False),
        ("2026-01-01", True),
        ("2026-06-30", True),
        ("2026-07-01", False),
    ],
)
def test_both_days_count(day: str, may: bool) -> None:
    supply = Supply(GTIN, "2026-01-01", "2026-06-30")
    assert may_supply({"nordic": supply}, "nordic", day) is may
    assert may_supply(None, "nordic", day), "without a list anybody may"


def test_a_day_before() -> None:
    assert day_before("2026-03-01") == "2026-02-28"


@pytest.mark.parametrize(
    ("slug", "seller", "gtin", "days", "said"),
    [
        ("acme", "nordik", GTIN, ("", ""), "has no seller 'nordik'.*did you mean 'nordic'"),
        ("acme", "a b", GTIN, ("", ""), "'a b' cannot be a seller's id"),
        ("acme", "nordic", OTHER_GTIN, ("", ""), "is not a product of brand acme"),
        ("acme", "nordic", "1234", ("", ""), "is not a GTIN"),
        ("acme", "nordic", GTIN, ("2026-1-1", ""), "'2026-1-1' is no day"),
        ("acme", "nordic", GTIN, ("20260101", ""), "'20260101' is no day"),
        ("acme", "nordic", GTIN, ("2026-02-01", "2026-01-01"), "comes before the first"),
        ("none", "nordic", GTIN, ("", ""), "there is no brand 'none'"),
    ],
)
def test_what_cannot_be_authorised(
    store: FakeBrandStore, slug: str, seller: str, gtin: str, days: tuple[str, str], said: str
) -> None:
    with pytest.raises(ConfigurationError) as caught:
        authorise(store, slug, seller, gtin, *days)
    assert said.split(".*", maxsplit=1)[0] in str(caught.value)
    assert said.rsplit(".*", maxsplit=1)[-1] in str(caught.value)
    assert store.sellers()[0].supplies == ()


def test_only_what_was_authorised_is_revoked(store: FakeBrandStore) -> None:
    with pytest.raises(ConfigurationError, match="is not authorised for GTIN"):
        revoke(store, "acme", "nordic", GTIN, "2026-01-01")
