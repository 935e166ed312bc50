"""Every brand store keeps the same promises: the one in memory and the one in a file."""

from collections.abc import Iterator
from contextlib import closing
from dataclasses import replace
from pathlib import Path

import pytest

from station.core.codes import Algorithm, CodeKind
from station.core.errors import StorageError
from station.core.observations import Whereabouts
from station.core.policy import NOTHING_ASKED, BrandPolicy, PassOrHold
from station.core.registry import (
    KeyRecord,
    KeyState,
    Overlay,
    UnitRecord,
    UnitState,
)
from station.core.sellers import SellerRecord, Supply
from station.core.shipments import Shipment, ShipmentKind, ShipmentLine
from station.ports.brand_store import BrandStore, NewOrder, NotedObservation, UnitFilter
from station.storage import brand_store
from station.storage.brand_store import SqliteBrandStore
from tests.fakes.brand_store import FakeBrandStore
from tests.fakes.stuck_transactions import hold_fast

NOW = "2026-01-31T12:00:00.000Z"
TAG = "EQABDVnDGeIQGTP4PVB06Co-HhaNhkdlhhDfD1nzMH6Uky4M_mYfvKWe3unpP_u-hQOwMQEHSs4Im8g946lEvuOgBw"


@pytest.fixture(params=["fake", "sqlite"])
def store(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[BrandStore]:
    if request.param == "fake":
        yield FakeBrandStore()
        return
    with SqliteBrandStore.open_or_create(tmp_path / "brand") as opened:
        yield opened


def enrol(store: BrandStore) -> NewOrder:
    brand = store.add_brand("acme", "Acme 株")
    product = store.add_product(brand.brand_id, "09506000134352", "Beans", ["uc1", "az"], "98")
    return NewOrder(product.product_id, 1, UnitState.ACTIVE, 5, NOW, "L1", "271231", 1 << 70)


class TestBrandStore:
    def test_brands_and_products_are_listed_as_added(self, store: BrandStore) -> None:
        enrol(store)
        other = store.add_brand("bolt", "Bolt")
        assert [brand.slug for brand in store.brands()] == ["acme", "bolt"]
        (product,) = store.products()
        assert product.accepted_kinds == {CodeKind.UC1, CodeKind.OPAQUE}
        assert (product.tag_ai, product.brand_id) == ("98", 1)
        assert store.product("09506000134352") == product
        assert store.product("09506000134369") is None
        assert other.brand_id == 2

    def test_policies_are_asked_for_and_taken_back(self, store: BrandStore) -> None:
        enrol(store)
        store.add_brand("bolt", "Bolt")
        policy = BrandPolicy(
            accepts=frozenset({CodeKind.UC1}),
            enforce_from="2027-03-01",
            unsigned=PassOrHold.HOLD,
            amber_hours=48.0,
            uncoded_lane="株 7",
        )
        store.set_brand_policy(1, policy)
        store.set_product_policy(1, BrandPolicy(stale=PassOrHold.HOLD))
        assert [brand.policy for brand in store.brands()] == [policy, NOTHING_ASKED]
        (product,) = store.products()
        assert product.policy == BrandPolicy(stale=PassOrHold.HOLD)
        assert store.product("09506000134352") == product
        store.set_brand_policy(1, NOTHING_ASKED)
        assert store.brands()[0].policy == NOTHING_ASKED

    def test_sellers_come_back_and_what_they_may_supply_is_replaced(
        self, store: BrandStore
    ) -> None:
        enrol(store)
        store.add_seller(1, "nordic", "Nordic 株")
        store.add_seller(1, "bolt", "Bolt")
        gtin = "09506000134352"
        store.put_supply(1, "nordic", Supply(gtin))
        store.put_supply(1, "nordic", Supply(gtin, "2026-01-01", "2026-06-30"))
        assert store.sellers() == [
            SellerRecord(1, "bolt", "Bolt"),
            SellerRecord(1, "nordic", "Nordic 株", (Supply(gtin, "2026-01-01", "2026-06-30"),)),
        ]

    def test_announced_shipments_come_back_by_site_until_they_are_withdrawn(
        self, store: BrandStore
    ) -> None:
        enrol(store)
        line = ShipmentLine("09506000134352", 3, frozenset({"A", "B"}))
        first = Shipment("ASN-1", ShipmentKind.ASN, "nordic", (line,))
        blind = Shipment("ASN-2", ShipmentKind.BLIND, "", (), ("106141412345678908",))
        store.announce(1, "oslo", first)
        store.announce(1, "berlin", blind)
        store.announce(1, "berlin", blind)
        store.announce(1, "berlin", first)
        assert store.announced(1) == [("berlin", first), ("berlin", blind), ("oslo", first)]
        assert store.announced(2) == []
        assert store.withdraw(1, "berlin", "ASN-1")
        assert not store.withdraw(1, "berlin", "ASN-1")
        assert not store.withdraw(2, "oslo", "ASN-1")
        assert store.announced(1) == [("berlin", blind), ("oslo", first)]

    def test_keys_come_back_as_they_were_and_change_state(self, store: BrandStore) -> None:
        enrol(store)
        first = KeyRecord(
            1, 1, Algorithm.ED25519, bytes(32), KeyState.ACTIVE, NOW, frozenset({"09506000134352"})
        )
        second = replace(first, key_id=2, gtins=frozenset())
        store.add_key(second)
        store.add_key(first)
        assert store.keys() == [first, second]
        later = "2026-02-01T00:00:00.000Z"
        store.set_key_state(1, 2, KeyState.REVOKED, later)
        assert store.keys()[1] == replace(second, state=KeyState.REVOKED, since_utc=later)
        assert store.keys()[0] == first

    def test_an_order_counts_its_units(self, store: BrandStore) -> None:
        order = store.add_order(enrol(store))
        assert store.order(order.order_id) == order
        assert store.add_units(order, [("A", TAG), ("B", None)]) is None
        (noted,) = store.orders()
        assert (noted.issued, noted.is_done, noted.details) == (2, False, order.details)
        assert store.add_units(order, [("C", TAG), ("D", TAG), ("E", TAG)]) is None
        assert store.orders()[0].is_done
        assert store.order(99) is None

    def test_an_order_is_never_overfilled(self, store: BrandStore) -> None:
        order = store.add_order(enrol(store))
        store.add_units(order, [(serial, None) for serial in "ABCD"])
        with pytest.raises(StorageError, match="filled"):
            store.add_units(order, [("E", None), ("F", None)])
        assert [unit.record.serial for unit in store.units(1)] == list("ABCD")

    def test_a_serial_that_exists_stores_none_of_the_batch(self, store: BrandStore) -> None:
        order = store.add_order(enrol(store))
        store.add_units(order, [("B", TAG)])
        assert store.add_units(order, [("A", TAG), ("B", TAG)]) == "B"
        assert store.add_units(order, [("C", TAG), ("C", TAG)]) == "C"
        assert [unit.record.serial for unit in store.units(1)] == ["B"]
        assert store.orders()[0].issued == 1

    def test_a_unit_comes_back_with_its_tag_lot_and_expiry(self, store: BrandStore) -> None:
        order = store.add_order(enrol(store))
        store.add_units(order, [("A", TAG), ("B", None)])
        unit = store.unit(1, "A")
        assert unit is not None
        assert unit.tag == TAG
        assert unit.record == UnitRecord(
            1, "A", UnitState.ACTIVE, Overlay.NONE, "L1", "271231", None
        )
        other = store.unit(1, "B")
        assert other is not None
        assert other.tag is None
        assert store.unit(1, "Z") is None
        assert store.unit(2, "A") is None

    def test_updating_changes_state_overlays_and_place_alone(self, store: BrandStore) -> None:
        order = store.add_order(enrol(store))
        store.add_units(order, [("A", TAG), ("B", TAG)])
        marked = UnitRecord(
            1, "A", UnitState.SHIPPED, Overlay.STOLEN, "L1", "271231", place="dock-9"
        )
        store.update_unit(marked)
        unit, other = store.unit(1, "A"), store.unit(1, "B")
        assert unit is not None
        assert other is not None
        assert (unit.record, unit.tag) == (marked, TAG)
        assert other.record.state is UnitState.ACTIVE

    def test_units_are_listed_by_serial_and_filtered(self, store: BrandStore) -> None:
        details = enrol(store)
        first = store.add_order(details)
        second = store.add_order(replace(details, lot=None, requested=None, key_id=None))
        store.add_units(first, [("B", TAG), ("A", TAG)])
        store.add_units(second, [("C", None)])
        store.update_unit(UnitRecord(1, "B", UnitState.VOID))

        def serials(**wanted: object) -> list[str]:
            return [u.record.serial for u in store.units(1, UnitFilter(**wanted))]  # type: ignore[arg-type]

        assert serials() == ["A", "B", "C"]
        assert serials(order_id=2) == ["C"]
        assert serials(lot="L1") == ["A", "B"]
        assert serials(state=UnitState.VOID) == ["B"]
        assert serials(state=UnitState.VOID, order_id=2) == []
        assert list(store.units(7)) == []

    def test_units_may_be_changed_while_they_are_listed(
        self, store: BrandStore, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setattr(brand_store, "PAGE_ROWS", 2)
        order = store.add_order(enrol(store))
        store.add_units(order, [(serial, None) for serial in "ABCDE"])
        for unit in store.units(1):
            store.update_unit(replace(unit.record, overlays=Overlay.RECALLED))
        assert [u.record.overlays for u in store.units(1)] == [Overlay.RECALLED] * 5

    def test_opaque_codes_are_taken_once_and_listed_by_brand(self, store: BrandStore) -> None:
        store.add_units(store.add_order(enrol(store)), [("A", None), ("B", None)])
        store.add_brand("bolt", "Bolt")
        store.add_product(2, "09506000134369", "Saw", ["az"], "99")
        one, two, three = (f"AZ:{number:026}" for number in range(3))
        assert store.add_opaque_code(two, 1, "B")
        assert store.add_opaque_code(one, 1, "A")
        assert store.add_opaque_code(three, 2, "X")
        assert not store.add_opaque_code(one, 2, "X")
        assert list(store.opaque_codes(1)) == [(one, 1, "A"), (two, 1, "B")]
        assert list(store.opaque_codes(2)) == [(three, 2, "X")]
        assert list(store.opaque_codes()) == [(one, 1, "A"), (two, 1, "B"), (three, 2, "X")]

    def test_nearest_serials_sort_beside_it(self, store: BrandStore) -> None:
        store.add_units(store.add_order(enrol(store)), [(s, None) for s in ("A", "C", "E", "G")])
        assert sorted(store.nearest_serials(1, "D", 1)) == ["C", "E"]
        assert sorted(store.nearest_serials(1, "ZZ", 2)) == ["E", "G"]

    def test_a_transaction_that_fails_leaves_nothing(self, store: BrandStore) -> None:
        order = store.add_order(enrol(store))

        def fail_half_way() -> None:
            with store.transaction():
                store.add_units(order, [("A", None)])
                store.add_brand("bolt", "Bolt")
                raise RuntimeError

        with pytest.raises(RuntimeError):
            fail_half_way()
        assert [brand.slug for brand in store.brands()] == ["acme"]
        assert store.unit(1, "A") is None
        assert store.orders()[0].issued == 0
        with store.transaction():
            store.add_brand("bolt", "Bolt")
        assert len(store.brands()) == 2

    def test_a_duplicate_inside_a_transaction_takes_back_its_batch_alone(
        self, store: BrandStore
    ) -> None:
        order = store.add_order(enrol(store))
        with store.transaction():
            assert store.add_units(order, [("A", None)]) is None
            assert store.add_units(order, [("B", None), ("A", None)]) == "A"
        assert [unit.record.serial for unit in store.units(1)] == ["A"]

    def test_observations_come_back_by_number_and_one_is_replaced(self, store: BrandStore) -> None:
        first = NotedObservation(
            *(1, "A", 1, bytes(32), UnitState.RECEIVED, "dock-1"),
            base=Whereabouts(UnitState.EXPECTED, "株"),
        )
        second = NotedObservation(1, "A", 2, b"\xff" * 32, UnitState.DESTROYED, None, None)
        other = replace(second, serial="B", number=1)
        with store.transaction():
            for noted in (second, other, first):
                store.note_observation(noted)
        assert store.observations(1, "A") == [first, second]
        store.note_observation(replace(first, taken_back=True))
        assert store.observations(1, "A") == [replace(first, taken_back=True), second]
        assert store.observations(1, "C") == store.observations(2, "A") == []

    def test_transactions_do_not_nest(self, store: BrandStore) -> None:
        with pytest.raises(ValueError, match="inside another"), store.transaction():  # noqa: SIM117
            with store.transaction():
                pass

    def test_a_publication_number_is_given_once(self, store: BrandStore) -> None:
        assert store.reserve_publication(NOW) == 1
        assert store.reserve_publication(NOW) == 2
        store.finish_publication(2, NOW, 0)
        assert store.reserve_publication(NOW) == 3


class TestSqliteBrandStore:
    @pytest.fixture
    def folder(self, tmp_path: Path) -> Path:
        return tmp_path / "brand"

    def test_what_is_written_is_there_when_opened_again(self, folder: Path) -> None:
        with SqliteBrandStore.open_or_create(folder) as store:
            enrol(store)
        with SqliteBrandStore(folder) as store:
            assert [brand.name for brand in store.brands()] == ["Acme 株"]

    def test_the_folder_is_its_owners_alone(self, folder: Path) -> None:
        SqliteBrandStore.open_or_create(folder).close()
        assert folder.stat().st_mode & 0o777 == 0o700

    def test_a_missing_folder_says_how_to_make_it(self, folder: Path) -> None:
        with pytest.raises(StorageError) as caught:
            SqliteBrandStore(folder)
        assert str(caught.value) == (
            f"there is no brand folder {folder}: make it with 'station brand add SLUG --name "
            "NAME', or name the right one with --brand-dir or STATION_BRAND_DIR"
        )
        assert caught.value.exit_code == 4

    @pytest.mark.parametrize("content", [b"", b"not a database" * 100])
    def test_another_file_is_refused(self, folder: Path, content: bytes) -> None:
        folder.mkdir()
        (folder / "brand.db").write_bytes(content)
        with pytest.raises(StorageError, match=r"brand\.db"):
            SqliteBrandStore(folder)

    def test_reading_sees_one_moment(self, folder: Path) -> None:
        with SqliteBrandStore.open_or_create(folder) as store:
            enrol(store)
            with closing(SqliteBrandStore(folder)) as other, other.reading():
                assert len(other.brands()) == 1
                store.add_brand("bolt", "Bolt")
                assert len(other.brands()) == 1
            assert len(SqliteBrandStore(folder).brands()) == 2

    def test_nothing_is_written_while_one_moment_is_read(self, folder: Path) -> None:
        with SqliteBrandStore.open_or_create(folder) as store:
            with store.reading(), pytest.raises(ValueError, match="would be lost"):
                store.add_brand("acme", "Acme")
            store.add_brand("bolt", "Bolt")
            assert [brand.slug for brand in store.brands()] == ["bolt"]

    def test_after_a_transaction_that_nothing_ends_what_is_said_to_be_kept_is(
        self, folder: Path
    ) -> None:
        with SqliteBrandStore.open_or_create(folder) as store:
            hold_fast(store._connection)
            with pytest.raises(StorageError, match="database refused"):
                store.add_brand("acme", "Acme")
            assert store.brands() == []
            kept = store.add_brand("bolt", "Bolt")
            with store.transaction():
                store.add_brand("coil", "Coil")
            with closing(SqliteBrandStore(folder)) as other:
                assert other.brands()[0] == kept
                assert [brand.slug for brand in other.brands()] == ["bolt", "coil"]

    def test_a_full_disk_is_told_and_loses_nothing(self, folder: Path) -> None:
        with SqliteBrandStore.open_or_create(folder) as store:
            order = store.add_order(replace(enrol(store), requested=None))
            store._connection.execute("PRAGMA max_page_count = 30")
            many = [(f"{number:013}", TAG) for number in range(5000)]
            with pytest.raises(StorageError, match="the disk is full"):
                store.add_units(order, many)
            assert [brand.slug for brand in store.brands()] == ["acme"]
            store._connection.execute("PRAGMA max_page_count = 100000")
            assert store.add_units(order, many) is None
