"""A site's shelf of generations: the one in memory and the one in files agree."""

import os
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from station.core.codes import Algorithm
from station.core.errors import StorageError, TrustError
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
from station.core.registry_rows import Holding, RowStream, UnitBlock, unit_text
from station.core.sellers import SellerRecord, Supply
from station.ports.publication import RegistryShelf, RegistryState
from station.storage.registry_generations import RegistryFolder
from station.storage.registry_shelf import SiteRegistryShelf
from tests.fakes.registry import FakeChanges, FakeContent
from tests.fakes.registry_shelf import FakeShelf
from tests.fakes.replacing import replace

BRANDS = [BrandRecord(1, "acme", "Acme"), BrandRecord(2, "bolt", "Bolt")]
PRODUCTS = [
    ProductRecord(1, 1, "09506000134352", "Drill"),
    ProductRecord(2, 2, "09506000134369", "Saw"),
    ProductRecord(3, 1, "09506000134376", "Bit"),
    ProductRecord(4, 1, "09506000134383", "Nail"),
]
STREAMS = {4: RowStream.EXCEPTIONS}
KEY = KeyRecord(1, 1, Algorithm.ED25519, bytes(32), KeyState.ACTIVE, "2026-01-01T00:00:00Z")


def unit(serial: str, product_id: int = 1, state: UnitState = UnitState.ACTIVE) -> UnitRecord:
    return UnitRecord(product_id, serial, state, lot="LOT-1")


def content(
    number: int,
    units: list[UnitRecord],
    codes: dict[str, tuple[int, str]] | None = None,
    day: int = 1,
) -> FakeContent:
    return FakeContent(
        RegistryGeneration(number, f"2026-01-{day:02}T12:00:00.000Z", "ab" * 32, "11" * 32),
        BRANDS,
        PRODUCTS,
        [],
        units,
        codes or {},
        streams=STREAMS,
    )


FIRST = content(7, [unit("A"), unit("C"), unit("A", 2), unit("X", 4)], {"AZ:1": (1, "A")})
SECOND = content(
    8,
    [
        unit("A"),
        unit("B"),
        unit("C", state=UnitState.VOID),
        unit("A", 2),
        unit("B", 2),
        unit("A", 3),
        unit("X", 4),
    ],
    {"AZ:1": (1, "C"), "ZA:1": (1, "B")},
    day=2,
)


def state_of(made: FakeContent) -> RegistryState:
    return RegistryState(made.generation, tuple(made.holdings))


def held(shelf: RegistryShelf, *products: int) -> list[tuple[int, str, str]]:
    blocks = list(shelf.held_units(products or range(1, 5)))
    assert all(block.text == unit_text(block.rows) for block in blocks)
    return [(block.product_id, *row) for block in blocks for row in block.rows]


def rows_of(made: FakeContent, *products: int) -> list[tuple[int, str, str]]:
    return [
        (block.product_id, *row)
        for block in made.units()
        for row in block.rows
        if not products or block.product_id in products
    ]


def codes(shelf: RegistryShelf, *products: int) -> dict[str, tuple[int, str]]:
    batches = shelf.held_codes(products or range(1, 5))
    return {code: (product_id, serial) for rows in batches for code, product_id, serial in rows}


@pytest.fixture(params=["fake", "files"])
def shelf(request: pytest.FixtureRequest, tmp_path: Path) -> RegistryShelf:
    if request.param == "fake":
        return FakeShelf()
    return SiteRegistryShelf(RegistryFolder(tmp_path / "registry"))


@pytest.fixture
def in_use(shelf: RegistryShelf) -> RegistryShelf:
    """The same with the first content in use."""
    shelf.build(FIRST)
    shelf.switch(7)
    return shelf


class TestBuild:
    def test_an_empty_shelf_has_nothing_in_use(self, shelf: RegistryShelf) -> None:
        assert shelf.current() is None
        with pytest.raises(StorageError):
            list(shelf.held_units([1]))
        with pytest.raises(StorageError):
            shelf.apply(FakeChanges(FIRST, SECOND))
        with pytest.raises(StorageError):
            shelf.rebase()

    def test_what_is_built_is_in_use_only_when_switched_to(self, shelf: RegistryShelf) -> None:
        assert shelf.build(FIRST) == 4
        assert shelf.current() is None
        shelf.switch(7)
        assert shelf.current() == state_of(FIRST)
        shelf.tidy()
        assert shelf.current() == state_of(FIRST)

    def test_what_was_built_before_is_built_anew(self, shelf: RegistryShelf) -> None:
        shelf.build(FIRST)
        shelf.build(FIRST)
        shelf.switch(7)
        assert shelf.current() == state_of(FIRST)

    @pytest.mark.parametrize("lie", [{"digest": "00" * 32}, {"rows": 9}], ids=["digest", "count"])
    @pytest.mark.parametrize("at", range(5))
    def test_rows_that_are_not_their_holding_are_refused(
        self, shelf: RegistryShelf, lie: dict[str, object], at: int
    ) -> None:
        holdings = FIRST.holdings
        holdings[at] = replace(holdings[at], **lie)
        with pytest.raises(TrustError):
            shelf.build(Announcing(FIRST, holdings))
        with pytest.raises(StorageError):
            shelf.switch(7)
        assert shelf.current() is None

    def test_rows_of_a_stream_that_is_not_held_are_refused(self, shelf: RegistryShelf) -> None:
        for at in range(len(FIRST.holdings)):
            holdings = FIRST.holdings
            if holdings.pop(at).rows:
                with pytest.raises(TrustError):
                    shelf.build(Announcing(FIRST, holdings))

    def test_a_generation_that_was_not_written_is_never_in_use(self, in_use: RegistryShelf) -> None:
        with pytest.raises(StorageError):
            in_use.switch(8)
        assert in_use.current() == state_of(FIRST)


class Announcing(FakeContent):
    """The same with other holdings."""

    def __init__(self, made: FakeContent, holdings: list[Holding]) -> None:
        super().__init__(**vars(made))
        self._holdings = holdings

    @property
    def holdings(self) -> list[Holding]:
        return self._holdings


class TestHeld:
    def test_rows_come_back_as_they_were_published(self, in_use: RegistryShelf) -> None:
        assert held(in_use) == rows_of(FIRST)
        assert codes(in_use) == FIRST.codes_held

    def test_of_the_products_asked_for(self, in_use: RegistryShelf) -> None:
        assert held(in_use, 1) == rows_of(FIRST, 1)
        assert held(in_use, 4, 2) == rows_of(FIRST, 2, 4)
        assert held(in_use, 3, 99) == []
        assert codes(in_use, 2) == {}


class TestApply:
    def test_changes_are_in_use_only_when_switched_to(self, in_use: RegistryShelf) -> None:
        assert in_use.apply(FakeChanges(FIRST, SECOND)) == 6
        assert in_use.current() == state_of(FIRST)
        assert held(in_use) == rows_of(FIRST)
        in_use.switch(8)
        assert in_use.current() == state_of(SECOND)
        assert held(in_use) == rows_of(SECOND)
        assert codes(in_use) == SECOND.codes_held

    def test_changes_follow_changes(self, in_use: RegistryShelf) -> None:
        third = content(9, [*SECOND.unit_records, unit("Z", 2)], SECOND.codes_held, day=3)
        third.key_records = [KEY]
        third.seller_records = [
            SellerRecord(1, "shop", "Shop", (Supply(PRODUCTS[0].gtin, "2026-01-01", ""),))
        ]
        in_use.apply(FakeChanges(FIRST, SECOND))
        in_use.switch(8)
        in_use.apply(FakeChanges(SECOND, third))
        in_use.switch(9)
        assert in_use.current() == state_of(third)
        assert held(in_use) == rows_of(third)

    def test_what_changed_before_changes_again(self, in_use: RegistryShelf) -> None:
        units = [one for one in SECOND.unit_records if one.serial != "C"]
        third = content(
            9, [*units, unit("C", state=UnitState.REPLACED)], {"AZ:1": (1, "B"), "ZA:1": (1, "B")}
        )
        in_use.apply(FakeChanges(FIRST, SECOND))
        in_use.switch(8)
        in_use.apply(FakeChanges(SECOND, third))
        in_use.switch(9)
        assert held(in_use) == rows_of(third)
        assert codes(in_use) == third.codes_held

    def test_several_segments_of_a_stream_apply_in_turn(self, in_use: RegistryShelf) -> None:
        between = content(8, [*FIRST.unit_records, unit("B")], FIRST.codes_held)
        last = content(9, SECOND.unit_records, FIRST.codes_held)
        steps = [
            segment
            for changes in (FakeChanges(FIRST, between), FakeChanges(between, last))
            for segment in changes.segments()
        ]
        in_use.apply(FakeChanges(FIRST, last, steps))
        in_use.switch(9)
        assert held(in_use) == rows_of(last)
        with pytest.raises(TrustError):
            in_use.apply(FakeChanges(FIRST, last, steps[::-1]))

    def test_a_generation_without_changed_rows(self, in_use: RegistryShelf) -> None:
        same = replace(FIRST, generation=replace(FIRST.generation, number=8))
        assert in_use.apply(FakeChanges(FIRST, same)) == 0
        in_use.switch(8)
        assert in_use.current() == state_of(same)
        assert held(in_use) == rows_of(FIRST)

    def test_what_was_applied_before_is_applied_anew(self, in_use: RegistryShelf) -> None:
        for _ in range(2):
            in_use.apply(FakeChanges(FIRST, SECOND))
        in_use.switch(8)
        assert held(in_use) == rows_of(SECOND)

    def test_new_brands_and_products_that_have_no_rows_yet(self, in_use: RegistryShelf) -> None:
        more = content(8, FIRST.unit_records, FIRST.codes_held)
        more.brand_records = [*BRANDS, BrandRecord(3, "new", "New")]
        more.product_records = [*PRODUCTS, ProductRecord(5, 3, "09506000134390", "Hammer")]
        in_use.apply(FakeChanges(FIRST, more))
        in_use.switch(8)
        assert in_use.current() == state_of(more)


class TestApplyRefuses:
    """What does not follow from the rows in use; they stay in use."""

    def refused(self, shelf: RegistryShelf, changes: FakeChanges) -> None:
        with pytest.raises(TrustError):
            shelf.apply(changes)
        with pytest.raises(StorageError):
            shelf.switch(changes.generation.number)
        assert shelf.current() == state_of(FIRST)
        assert held(shelf) == rows_of(FIRST)

    def tampered(self, at: int, **lies: object) -> FakeChanges:
        segments = FakeChanges(FIRST, SECOND).segments()
        segments[at] = replace(segments[at], **lies)
        return FakeChanges(FIRST, SECOND, segments)

    @pytest.mark.parametrize("at", range(3))
    def test_other_rows_replaced(self, in_use: RegistryShelf, at: int) -> None:
        self.refused(in_use, self.tampered(at, replaced_digest="00" * 32))

    @pytest.mark.parametrize("at", range(3))
    @pytest.mark.parametrize("field", ["rows", "digest", "stream", "brand_id"])
    @pytest.mark.parametrize("end", ["before", "after"])
    def test_a_chain_that_does_not_fit(
        self, in_use: RegistryShelf, at: int, field: str, end: str
    ) -> None:
        segment = FakeChanges(FIRST, SECOND).segments()[at]
        lies: dict[str, object] = {
            "rows": 9,
            "digest": "00" * 32,
            "stream": RowStream.SIGNED,
            "brand_id": 3,
        }
        holding = replace(getattr(segment, end), **{field: lies[field]})
        self.refused(in_use, self.tampered(at, **{end: holding}))

    @pytest.mark.parametrize("at", range(3))
    def test_a_segment_missing_or_twice(self, in_use: RegistryShelf, at: int) -> None:
        segments = FakeChanges(FIRST, SECOND).segments()
        twice = [*segments[: at + 1], *segments[at:]]
        self.refused(in_use, FakeChanges(FIRST, SECOND, twice))
        del segments[at]
        self.refused(in_use, FakeChanges(FIRST, SECOND, segments))

    def test_rows_the_station_has_otherwise(self, in_use: RegistryShelf) -> None:
        units = [unit("A"), unit("C", state=UnitState.MINTED), *FIRST.unit_records[2:]]
        other = content(7, units, FIRST.codes_held)
        theirs = {one.before.stream: one for one in FakeChanges(other, SECOND).segments()}
        segments = [
            replace(one, replaced_digest=theirs[one.before.stream].replaced_digest)
            if one.before.brand_id == 1
            else one
            for one in FakeChanges(FIRST, SECOND).segments()
        ]
        self.refused(in_use, FakeChanges(FIRST, SECOND, segments))

    def promised(self, at: int, **lies: object) -> FakeChanges:
        """Lies to which the announced holdings have been fitted."""
        changes = self.tampered(at, **lies)
        ends = {(one.after.brand_id, one.after.stream): one.after for one in changes.segments()}
        holdings = [ends.get((one.brand_id, one.stream), one) for one in SECOND.holdings]
        return Promising(FIRST, SECOND, changes.segments(), holdings)

    @pytest.mark.parametrize("at", range(3))
    @pytest.mark.parametrize("more", [1, -1])
    def test_another_number_of_rows(self, in_use: RegistryShelf, at: int, more: int) -> None:
        after = FakeChanges(FIRST, SECOND).segments()[at].after
        lie = replace(after, rows=after.rows + more)
        self.refused(in_use, self.promised(at, after=lie))

    @pytest.mark.parametrize("product_id", [2, 4, 5], ids=["brand", "stream", "product"])
    def test_units_of_another(self, in_use: RegistryShelf, product_id: int) -> None:
        at, segment = next(
            (at, one)
            for at, one in enumerate(FakeChanges(FIRST, SECOND).segments())
            if (one.before.brand_id, one.before.stream) == (1, RowStream.LISTED)
        )
        foreign = [UnitBlock(product_id, "Q\t1\t0\t\t\t\n", [("Q", "1\t0\t\t\t")])]
        after = replace(segment.after, rows=segment.before.rows + 1)
        lies = {"units": foreign, "after": after, "replaced_digest": EMPTY_DIGEST}
        self.refused(in_use, self.promised(at, **lies))

    def test_a_product_that_moves_to_another_stream(self, in_use: RegistryShelf) -> None:
        moved = content(8, FIRST.unit_records, FIRST.codes_held)
        moved.streams = {}
        self.refused(in_use, FakeChanges(FIRST, moved, []))
        self.refused(in_use, Promising(FIRST, moved, [], FIRST.holdings))

    def test_a_brand_that_goes_with_its_rows(self, in_use: RegistryShelf) -> None:
        less = content(8, [unit("A", 2)])
        less.brand_records, less.product_records, less.streams = BRANDS[1:], PRODUCTS[1:2], {}
        self.refused(in_use, FakeChanges(FIRST, less, []))


EMPTY_DIGEST = "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"


class TestRebase:
    def test_base_and_overlay_become_one(self, in_use: RegistryShelf) -> None:
        in_use.apply(FakeChanges(FIRST, SECOND))
        in_use.switch(8)
        in_use.rebase()
        assert in_use.current() == state_of(SECOND)
        assert held(in_use) == rows_of(SECOND)
        assert codes(in_use) == SECOND.codes_held
        in_use.tidy()
        assert in_use.current() == state_of(SECOND)
        assert not in_use.rebase_due()

    def test_a_digest_nobody_could_check_before_is_checked(self, in_use: RegistryShelf) -> None:
        """A segment's own digest after is the publisher's word until all rows are read."""
        segments = FakeChanges(FIRST, SECOND).segments()
        lies = [replace(one, after=replace(one.after, digest="00" * 32)) for one in segments]
        announced = {(one.after.brand_id, one.after.stream): one.after for one in lies}
        changes = Promising(FIRST, SECOND, lies)
        changes.promised = [
            announced.get((one.brand_id, one.stream), one) for one in SECOND.holdings
        ]
        in_use.apply(changes)
        in_use.switch(8)
        before = in_use.current()
        with pytest.raises(TrustError):
            in_use.rebase()
        assert in_use.current() == before
        assert held(in_use) == rows_of(SECOND)


@dataclass
class Promising(FakeChanges):
    """Changes that lead to other holdings."""

    promised: list[Holding] | None = None

    @property
    def holdings(self) -> list[Holding]:
        return self.promised or super().holdings


def test_a_registry_file_that_is_not_sound_keeps_its_number(tmp_path: Path) -> None:
    folder = RegistryFolder(tmp_path / "registry")
    shelf = SiteRegistryShelf(folder)
    shelf.build(FIRST)
    shelf.switch(7)
    folder.path(7).write_bytes(b"damaged")
    assert shelf.current() == RegistryState(RegistryGeneration(7, "", "", ""), ())
    shelf.build(FIRST)
    shelf.switch(7)
    assert shelf.current() == state_of(FIRST)


serials = st.text("ABab-", min_size=1, max_size=2)
changes_of_units = st.dictionaries(
    st.tuples(st.sampled_from([1, 2, 3, 4]), serials),
    st.tuples(
        st.sampled_from(UnitState),
        st.integers(0, 15).map(Overlay),
        st.none() | st.sampled_from(["LOT-1", "LOT-2"]),
        st.none() | st.just("270131"),
        st.none() | st.just("dock-1"),
    ),
    max_size=8,
)
changes_of_codes = st.dictionaries(
    st.sampled_from([f"AZ:{n}" for n in range(6)]),
    st.tuples(st.sampled_from([1, 3, 4]), serials),
    max_size=3,
)
nights = st.lists(st.tuples(changes_of_units, changes_of_codes, st.booleans()), max_size=5)


@settings(max_examples=60, deadline=None)
@given(changes_of_units, changes_of_codes, nights)
def test_base_overlays_and_rebases_are_a_dictionary(
    first: dict[tuple[int, str], tuple[object, ...]],
    first_codes: dict[str, tuple[int, str]],
    rest: list[tuple[dict[tuple[int, str], tuple[object, ...]], dict[str, tuple[int, str]], bool]],
) -> None:
    """Night after night, some with a re-base, look-ups and holdings are those of all it was told.

    A code stays with its brand; one that moved would be new to the other and is refused.
    """
    units = dict(first)
    all_codes = dict(first_codes)

    def published(number: int) -> FakeContent:
        records = [UnitRecord(*key, *facts) for key, facts in units.items()]  # type: ignore[arg-type]
        return content(number, records, dict(all_codes))

    with TemporaryDirectory() as folder, pytest.MonkeyPatch.context() as patch:
        patch.setattr(os, "fsync", lambda handle: None)
        generations = RegistryFolder(Path(folder))
        shelf = SiteRegistryShelf(generations)
        last = published(1)
        shelf.build(last)
        shelf.switch(1)
        for number, (changed, changed_codes, rebased) in enumerate(rest, 2):
            units |= changed
            all_codes |= changed_codes
            now = published(number)
            shelf.apply(FakeChanges(last, now))
            shelf.switch(number)
            if rebased:
                shelf.rebase()
            shelf.tidy()
            last = now
        assert shelf.current() == state_of(last)
        assert held(shelf) == rows_of(last)
        assert codes(shelf) == all_codes
        registry = generations.open_current()
        for product_id in range(1, 6):
            for serial in ("A", "B", "a", "b", "-", "AA", "Ab", "b-", "--", "ABC", ""):
                facts = units.get((product_id, serial))
                found = registry.unit(product_id, serial)
                expected = None if facts is None else UnitRecord(product_id, serial, *facts)  # type: ignore[arg-type]
                assert found == expected
        for code in [*all_codes, "AZ:9"]:
            named = registry.unit_by_code(code)
            at = all_codes.get(code)
            assert (named is None) == (at is None or at not in units)
            if named is not None:
                assert (named[1].product_id, named[1].serial) == at
        registry.close()
