"""Code orders on a brand folder in memory."""

import pytest

from station.core.codes import Algorithm, SignedUnit, UnitIdentity
from station.core.crypto import PublicKey
from station.core.errors import ConfigurationError, StorageError
from station.core.parsing import parse
from station.core.registry import KeyState, UnitState
from station.issuing.catalogue import add_brand, add_product
from station.issuing.code_lines import label_payload
from station.issuing.keys import new_key, set_key_state, signing_key
from station.issuing.orders import OrderRequest, fill_order, resume_order, start_order
from tests.fakes.brand_store import FakeBrandStore, FakeVault

GTIN = "09506000134352"
OTHER_GTIN = "09506000134369"
NOW = "2026-01-31T12:00:00.000Z"


@pytest.fixture
def store() -> FakeBrandStore:
    store = FakeBrandStore()
    add_brand(store, "acme", "Acme")
    for gtin in (GTIN, OTHER_GTIN):
        add_product(store, "acme", gtin, "Beans")
    return store


@pytest.fixture
def vault() -> FakeVault:
    return FakeVault()


def filled(store: FakeBrandStore, vault: FakeVault, request: OrderRequest) -> list[int]:
    return list(fill_order(store, start_order(store, vault, request, NOW)))


@pytest.mark.parametrize("algorithm", Algorithm)
def test_every_code_is_signed_by_the_brands_key(
    store: FakeBrandStore, vault: FakeVault, algorithm: Algorithm
) -> None:
    key = new_key(store, vault, "acme", algorithm, NOW)
    filled(store, vault, OrderRequest(GTIN, 3))
    public_key = PublicKey.load(algorithm, key.public_key)
    for unit in store.units(1):
        code = parse(label_payload(store.products()[0], unit), "]d2")
        assert isinstance(code, SignedUnit)
        assert public_key.verify(code.signature, code.signed_bytes)
        assert code.identity == UnitIdentity(GTIN, unit.record.serial)
        assert code.key_id == key.key_id


def test_batches_are_told_as_they_are_stored(
    store: FakeBrandStore, vault: FakeVault, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("station.issuing.orders.BATCH_UNITS", 4)
    new_key(store, vault, "acme", Algorithm.ED25519, NOW)
    assert filled(store, vault, OrderRequest(GTIN, 10)) == [4, 8, 10]


def test_a_random_serial_that_exists_is_drawn_anew(
    store: FakeBrandStore, vault: FakeVault, monkeypatch: pytest.MonkeyPatch
) -> None:
    drawn = iter(["A" * 13, "A" * 13, "B" * 13, "C" * 13])
    monkeypatch.setattr("station.issuing.orders.random_serial", lambda place: next(drawn))
    new_key(store, vault, "acme", Algorithm.ED25519, NOW)
    filled(store, vault, OrderRequest(GTIN, 1))
    filled(store, vault, OrderRequest(GTIN, 1))
    assert [unit.record.serial for unit in store.units(1)] == ["A" * 13, "B" * 13]


def test_the_newest_active_key_that_may_signs(store: FakeBrandStore, vault: FakeVault) -> None:
    for gtins in ((), (), (OTHER_GTIN,)):
        new_key(store, vault, "acme", Algorithm.ED25519, NOW, gtins)
    product = store.products()[0]
    assert signing_key(store, product).key_id == 2
    assert signing_key(store, store.products()[1]).key_id == 3
    set_key_state(store, "acme", 2, KeyState.RETIRED, NOW)
    assert signing_key(store, product).key_id == 1
    with pytest.raises(ConfigurationError, match="is retired and signs nothing new"):
        signing_key(store, product, 2)
    with pytest.raises(ConfigurationError, match="may not sign for GTIN"):
        signing_key(store, product, 3)
    set_key_state(store, "acme", 1, KeyState.REVOKED, NOW)
    with pytest.raises(ConfigurationError, match="no active key that may sign"):
        signing_key(store, product)


def test_a_file_that_holds_another_key_signs_nothing(
    store: FakeBrandStore, vault: FakeVault
) -> None:
    new_key(store, vault, "acme", Algorithm.ED25519, NOW)
    new_key(store, vault, "acme", Algorithm.ED25519, NOW)
    vault.keys["acme-2"] = vault.keys["acme-1"]
    with pytest.raises(StorageError, match="holds another key than the brand folder lists"):
        start_order(store, vault, OrderRequest(GTIN, 1), NOW)
    assert store.orders() == []


def test_a_key_file_left_by_a_kill_is_passed_over(store: FakeBrandStore, vault: FakeVault) -> None:
    first = new_key(store, vault, "acme", Algorithm.ED25519, NOW)
    vault.keys["acme-2"] = vault.keys["acme-1"]
    assert new_key(store, vault, "acme", Algorithm.ED25519, NOW).key_id == first.key_id + 2


def test_a_key_is_not_entitled_to_another_brands_product(
    store: FakeBrandStore, vault: FakeVault
) -> None:
    add_brand(store, "bolt", "Bolt")
    with pytest.raises(ConfigurationError, match="a product of another brand"):
        new_key(store, vault, "bolt", Algorithm.ED25519, NOW, [GTIN])


@pytest.mark.parametrize(
    ("request_", "why"),
    [
        (OrderRequest(GTIN, 0), "1 to 100000000 codes, not 0"),
        (OrderRequest(GTIN, 100_000_001), "not 100000001"),
        (OrderRequest(GTIN, 1, state=UnitState.SHIPPED), "cannot begin as shipped"),
        (OrderRequest(GTIN, 1, lot="a b"), "cannot be a lot"),
        (OrderRequest(GTIN, 1, expiry="soon"), "cannot be a expiry date"),
        (OrderRequest("09506000134376", 1), "is not enrolled"),
    ],
)
def test_an_order_that_cannot_be_filled_is_not_noted(
    store: FakeBrandStore, vault: FakeVault, request_: OrderRequest, why: str
) -> None:
    new_key(store, vault, "acme", Algorithm.ED25519, NOW)
    with pytest.raises(ConfigurationError, match=why):
        start_order(store, vault, request_, NOW)
    assert store.orders() == []


def test_an_order_whose_key_is_out_of_use_is_not_resumed(
    store: FakeBrandStore, vault: FakeVault
) -> None:
    new_key(store, vault, "acme", Algorithm.ED25519, NOW)
    start_order(store, vault, OrderRequest(GTIN, 5), NOW)
    set_key_state(store, "acme", 1, KeyState.COMPROMISED, NOW)
    with pytest.raises(ConfigurationError, match="is compromised and signs nothing new"):
        resume_order(store, vault, 1)
    with pytest.raises(ConfigurationError, match="there is no order 2"):
        resume_order(store, vault, 2)
