"""Every registry gives the same answers: the one in memory and the one in a file."""

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from station.core.codes import Algorithm, CodeKind
from station.core.errors import StorageError
from station.core.policy import BrandPolicy, PassOrHold
from station.core.registry import (
    BrandRecord,
    KeyRecord,
    KeyState,
    Overlay,
    ProductRecord,
    RegistryGeneration,
    UnitRecord,
    UnitState,
)
from station.core.sellers import SellerRecord, Supply
from station.ports.registry import Registry
from station.storage.registry_file import build_registry
from station.storage.sqlite_registry import SqliteRegistry
from tests.fakes.registry import FakeContent, FakeRegistry

BRANDS = [
    BrandRecord(1, "acme", "Acme Ünïcode 株", BrandPolicy(stale=PassOrHold.HOLD, fresh_hours=1.5)),
    BrandRecord(2, "bolt", "Bolt"),
]
PRODUCTS = [
    ProductRecord(1, 1, "09506000134352", "Drill", frozenset({CodeKind.UC1, CodeKind.OPAQUE})),
    ProductRecord(
        2,
        2,
        "09506000134369",
        "Saw",
        frozenset({CodeKind.SGTIN}),
        "91",
        BrandPolicy(
            accepts=frozenset({CodeKind.UC1, CodeKind.SGTIN}),
            enforce_from="2027-03-01",
            uncoded_lane="株 7",
        ),
    ),
]
KEYS = [
    KeyRecord(1, 1, Algorithm.ED25519, bytes(range(32)), KeyState.ACTIVE, "2026-01-01T00:00:00Z"),
    KeyRecord(
        1,
        65535,
        Algorithm.ECDSA_P256,
        b"\x04" + bytes(64),
        KeyState.REVOKED,
        "2026-01-02T00:00:00Z",
        frozenset({"09506000134352", "09506000134376"}),
    ),
    KeyRecord(
        2, 1, Algorithm.ED25519, bytes(range(1, 33)), KeyState.COMPROMISED, "2026-01-03T00:00:00Z"
    ),
]
UNITS = [
    UnitRecord(1, "A" * 13, UnitState.ACTIVE),
    UnitRecord(1, "B", UnitState.RECEIVED, Overlay.NONE, "LOT-1", "270131", "dock-9"),
    UnitRecord(1, "C", UnitState.MINTED, Overlay.STOLEN | Overlay.EXPIRED, lot="LOT-1"),
    UnitRecord(1, "D", UnitState.VOID, Overlay.BLOCKED, expiry="270131"),
    UnitRecord(2, "A" * 13, UnitState.REPLACED),
    UnitRecord(2, "!\"%&'()*+,-./<=>?_z", UnitState.SHIPPED, place="dock'; DROP TABLE unit;--"),
    *(
        UnitRecord(2, f"S{state}{int(overlays):02}", state, overlays)
        for state in UnitState
        for overlays in (Overlay(bits) for bits in range(16))
    ),
]
SELLERS = [
    SellerRecord(1, "nordic", "Nordic 株", (Supply("09506000134352", "2026-01-01", "2026-06-30"),)),
    SellerRecord(1, "idle", "Idle"),
]
CODES = {"AZ:00000000000000000000000001": (1, "B"), "ZA:GONE": (1, "NOT-LISTED")}
GENERATION = RegistryGeneration(42, "2026-01-31T12:00:00.000Z", "ab" * 32, "cd" * 32)


def fake(_folder: Path) -> Registry:
    return FakeRegistry(GENERATION, BRANDS, PRODUCTS, KEYS, UNITS, CODES, SELLERS)


def sqlite(folder: Path) -> Registry:
    path = folder / "registry-42.db"
    build_registry(path, FakeContent(GENERATION, BRANDS, PRODUCTS, KEYS, UNITS, CODES, SELLERS))
    return SqliteRegistry(path)


@pytest.fixture(params=[fake, sqlite], ids=["fake", "sqlite"])
def registry(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Registry]:
    make: Callable[[Path], Registry] = request.param
    opened = make(tmp_path)
    yield opened
    opened.close()


class TestRegistry:
    def test_says_which_generation_it_is(self, registry: Registry) -> None:
        assert registry.generation == GENERATION

    def test_gives_every_record_back_as_published(self, registry: Registry) -> None:
        for brand in BRANDS:
            assert registry.brand(brand.brand_id) == brand
        for product in PRODUCTS:
            assert registry.product(product.gtin) == product
        for key in KEYS:
            assert registry.key(key.brand_id, key.key_id) == key
        for unit in UNITS:
            assert registry.unit(unit.product_id, unit.serial) == unit

    def test_unknown_is_none(self, registry: Registry) -> None:
        assert registry.brand(3) is None
        assert registry.product("09506000134376") is None
        assert registry.key(2, 65535) is None
        assert registry.unit(1, "B ") is None
        assert registry.unit(2, "B") is None
        assert registry.unit(3, "B") is None
        assert registry.unit_by_code("AZ:99999999999999999999999999") is None

    def test_a_serial_is_compared_byte_for_byte(self, registry: Registry) -> None:
        assert registry.unit(1, "b") is None
        assert registry.unit(1, "") is None
        assert registry.unit(1, "B' OR '1'='1") is None

    def test_a_list_of_sellers_is_kept_to_and_without_one_anybody_may(
        self, registry: Registry
    ) -> None:
        for gtin, seller, day, may in (
            ("09506000134352", "nordic", "2026-06-30", True),
            ("09506000134352", "nordic", "2026-07-01", False),
            ("09506000134352", "idle", "2026-06-30", False),
            ("09506000134352", "' OR 1=1 --", "2026-06-30", False),
            ("09506000134369", "anybody", "2026-06-30", True),
            ("09506000134376", "anybody", "2026-06-30", True),
        ):
            assert registry.seller_authorised(gtin, seller, day) is may, (gtin, seller, day)

    def test_an_opaque_code_names_product_and_unit(self, registry: Registry) -> None:
        assert registry.unit_by_code("AZ:00000000000000000000000001") == (PRODUCTS[0], UNITS[1])

    def test_an_opaque_code_of_an_unlisted_unit_names_nothing(self, registry: Registry) -> None:
        assert registry.unit_by_code("ZA:GONE") is None

    def test_a_closed_registry_raises_and_may_be_closed_again(self, registry: Registry) -> None:
        registry.close()
        registry.close()
        with pytest.raises(StorageError):
            registry.unit(1, "B")
        with pytest.raises(StorageError):
            registry.unit_by_code("AZ:00000000000000000000000001")
