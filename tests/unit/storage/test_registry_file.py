"""A generation's file: whole or not there, small, and never made of what does not fit together."""

import gc
import sqlite3
import tracemalloc
from collections.abc import Iterable, Iterator
from contextlib import closing, nullcontext
from dataclasses import dataclass, field, replace
from pathlib import Path

import pytest

from station.core import registry_rows
from station.core.codes import Algorithm
from station.core.errors import StorageError
from station.core.registry import (
    BrandRecord,
    KeyRecord,
    KeyState,
    ProductRecord,
    UnitRecord,
    UnitState,
)
from station.core.registry_rows import RowStream, UnitBlock, unit_blocks, unit_row
from station.storage import registry_units, sqlite_registry
from station.storage.registry_file import build_registry
from station.storage.sqlite_registry import SqliteRegistry
from tests.fakes.registry import GENERATION, FakeContent

BRAND = BrandRecord(1, "acme", "Acme")
PRODUCT = ProductRecord(1, 1, "09506000134352", "Drill")
KEY = KeyRecord(1, 1, Algorithm.ED25519, bytes(32), KeyState.ACTIVE, "2026-01-01T00:00:00Z")


def content(*units: UnitRecord) -> FakeContent:
    return FakeContent(GENERATION, [BRAND], [PRODUCT], [KEY], list(units))


def unit(number: int, lot: str | None = None) -> UnitRecord:
    return UnitRecord(1, f"S{number:012}", UnitState.ACTIVE, lot=lot)


@dataclass
class Unsorted(FakeContent):
    """Gives units as they are listed."""

    def units(self) -> Iterable[UnitBlock]:
        for one in self.unit_records:
            yield from unit_blocks(one.product_id, [unit_row(one)])


@dataclass
class ManyUnits(FakeContent):
    """Makes units as they are asked for."""

    count: int = 0

    def units(self) -> Iterator[UnitBlock]:
        rows = (unit_row(unit(number, lot=f"LOT-{number}")) for number in range(self.count))
        return unit_blocks(1, rows)


@dataclass
class Watched(FakeContent):
    """Notes whether the garbage collector is on while units are read; fails in the end if told."""

    fails: bool = False
    collecting: list[bool] = field(default_factory=list)

    def units(self) -> Iterator[UnitBlock]:
        for block in super().units():
            self.collecting.append(gc.isenabled())
            yield block
            if self.fails:
                raise StorageError("the content cannot be read", "look at it")


class TestBuild:
    @pytest.mark.parametrize("fails", [False, True])
    def test_no_garbage_is_collected_among_the_rows_and_then_again(
        self, tmp_path: Path, *, fails: bool
    ) -> None:
        made = Watched(GENERATION, [BRAND], [PRODUCT], [KEY], [unit(1)], fails=fails)
        with nullcontext() if not fails else pytest.raises(StorageError):
            build_registry(tmp_path / "1.db", made)
        assert made.collecting[0] is False
        assert gc.isenabled()

    def test_says_what_was_built(self, tmp_path: Path) -> None:
        path = tmp_path / "registry-1.db"
        build = build_registry(path, content(unit(1), unit(2)))
        assert (build.path, build.rows) == (path, 2)
        assert build.size_bytes == path.stat().st_size
        assert list(tmp_path.iterdir()) == [path]

    def test_an_empty_registry_is_a_registry(self, tmp_path: Path) -> None:
        path = tmp_path / "registry-1.db"
        assert build_registry(path, FakeContent()).rows == 0
        registry = SqliteRegistry(path)
        assert registry.unit(1, "A") is None
        registry.close()

    def test_a_unit_takes_22_to_40_bytes(self, tmp_path: Path) -> None:
        build = build_registry(
            tmp_path / "1.db", ManyUnits(GENERATION, [BRAND], [PRODUCT], count=1)
        )
        empty_bytes = build.size_bytes
        many = content(*(unit(number, lot=f"LOT-{number % 50}") for number in range(20_000)))
        build = build_registry(tmp_path / "2.db", many)
        assert 22 <= (build.size_bytes - empty_bytes) / build.rows <= 40

    @pytest.mark.slow
    def test_memory_does_not_grow_with_the_units(
        self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        """Every unit has a lot of its own, which is the worst that content can do."""
        monkeypatch.setattr(registry_rows.in_batches, "__defaults__", (500,))
        monkeypatch.setattr(registry_units, "MAX_INTERNED", 500)
        peaks_bytes = []
        for count in (2_000, 20_000):
            made = ManyUnits(GENERATION, [BRAND], [PRODUCT], count=count)
            tracemalloc.start()
            build_registry(tmp_path / f"{count}.db", made)
            peaks_bytes.append(tracemalloc.get_traced_memory()[1])
            tracemalloc.stop()
        assert peaks_bytes[1] < 1.2 * peaks_bytes[0]

    def test_names_forgotten_for_memorys_sake_come_back_right(
        self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setattr(registry_units, "MAX_INTERNED", 2)
        monkeypatch.setattr(sqlite_registry, "MAX_INTERNED", 2)
        monkeypatch.setattr(registry_rows.in_batches, "__defaults__", (3,))
        units = [replace(unit(number, lot=f"LOT-{number % 5}"), place="p") for number in range(20)]
        build_registry(tmp_path / "1.db", content(*units))
        registry = SqliteRegistry(tmp_path / "1.db")
        assert [registry.unit(1, one.serial) for one in units] == units
        registry.close()


class TestRefusal:
    @pytest.mark.parametrize(
        ("units", "why"),
        [
            ([unit(2), unit(1)], "comes after"),
            ([unit(1), unit(1)], "comes after"),
            ([replace(unit(1), product_id=2)], "product number 2, which it lacks"),
            ([replace(unit(1), product_id=-1)], "product number -1, which it lacks"),
        ],
        ids=["out of order", "twice", "of no product", "of an impossible product"],
    )
    def test_units_that_do_not_fit(self, units: list[UnitRecord], why: str, tmp_path: Path) -> None:
        made = Unsorted(GENERATION, [BRAND], [PRODUCT], [KEY], units)
        with pytest.raises(StorageError, match=f"content cannot be used: .*{why}.*station sync"):
            build_registry(tmp_path / "1.db", made)
        assert list(tmp_path.iterdir()) == []

    @pytest.mark.parametrize(
        "made",
        [
            FakeContent(product_records=[PRODUCT]),
            FakeContent(key_records=[KEY]),
            FakeContent(brand_records=[BRAND, BRAND]),
            FakeContent(brand_records=[BRAND, replace(BRAND, brand_id=2)]),
            FakeContent(
                brand_records=[BRAND], product_records=[PRODUCT, replace(PRODUCT, product_id=2)]
            ),
        ],
        ids=["product of no brand", "key of no brand", "brand twice", "slug twice", "GTIN twice"],
    )
    def test_master_data_that_does_not_fit(self, made: FakeContent, tmp_path: Path) -> None:
        with pytest.raises(StorageError, match=r"content cannot be used: .*station sync"):
            build_registry(tmp_path / "1.db", made)
        assert list(tmp_path.iterdir()) == []

    def test_a_file_that_exists_stays_until_its_successor_is_whole(self, tmp_path: Path) -> None:
        path = tmp_path / "1.db"
        path.write_bytes(b"mine")
        with pytest.raises(StorageError, match="cannot be used"):
            build_registry(path, FakeContent(product_records=[PRODUCT]))
        assert path.read_bytes() == b"mine"
        build_registry(path, content(unit(1)))
        with closing(SqliteRegistry(path)) as registry:
            assert registry.unit(1, unit(1).serial) == unit(1)

    @pytest.mark.parametrize("standing", ["", "1\t0\tL\t\t\t\t", "1\t0", "x\t0\t\t\t", "1\t\t\t\t"])
    def test_a_standing_that_is_none(self, standing: str, tmp_path: Path) -> None:
        class Odd(FakeContent):
            def units(self) -> Iterator[UnitBlock]:
                return unit_blocks(1, [("A", standing)])

        with pytest.raises(StorageError, match="no unit's standing"):
            build_registry(tmp_path / "1.db", Odd(GENERATION, [BRAND], [PRODUCT]))

    def test_a_code_of_no_product(self, tmp_path: Path) -> None:
        made = content(unit(1))
        made.codes_held = {"AZ:1": (7, "A")}
        with pytest.raises(StorageError, match="product number 7"):
            build_registry(tmp_path / "1.db", made)

    def test_a_product_whose_stream_is_not_named(self, tmp_path: Path) -> None:
        class Unnamed(FakeContent):
            unit_streams: dict[int, RowStream] = {}  # noqa: RUF012

        with pytest.raises(StorageError, match="no stream is named for product number 1"):
            build_registry(tmp_path / "1.db", Unnamed(GENERATION, [BRAND], [PRODUCT]))

    def test_a_folder_that_is_not_there(self, tmp_path: Path) -> None:
        with pytest.raises(StorageError, match=r"cannot be opened.*folder"):
            build_registry(tmp_path / "none" / "1.db", FakeContent())

    def test_what_the_content_raises_half_way_passes_through(self, tmp_path: Path) -> None:
        class Torn(FakeContent):
            def units(self) -> Iterator[UnitBlock]:
                yield from unit_blocks(1, [unit_row(unit(1))])
                raise EOFError("torn")

        with pytest.raises(EOFError, match="torn"):
            build_registry(tmp_path / "1.db", Torn(GENERATION, [BRAND], [PRODUCT]))
        assert list(tmp_path.iterdir()) == []


class TestOpening:
    def test_the_file_is_opened_immutable_and_left_as_it_is(self, tmp_path: Path) -> None:
        path = tmp_path / "1.db"
        build_registry(path, content(unit(1)))
        before = path.read_bytes()
        registry = SqliteRegistry(path)
        assert registry.unit(1, unit(1).serial) == unit(1)
        assert sum(held.rows for held in registry.holdings) == 1
        registry.close()
        assert path.read_bytes() == before
        assert list(tmp_path.iterdir()) == [path]

    def test_locks_of_other_programs_mean_nothing_to_it(self, tmp_path: Path) -> None:
        path = tmp_path / "1.db"
        build_registry(path, content(unit(1)))
        with closing(sqlite3.connect(path, isolation_level=None)) as other:
            other.execute("BEGIN EXCLUSIVE")
            with closing(SqliteRegistry(path)) as registry:
                assert registry.unit(1, unit(1).serial) == unit(1)

    def test_a_missing_file(self, tmp_path: Path) -> None:
        with pytest.raises(StorageError, match="there is no database"):
            SqliteRegistry(tmp_path / "1.db")

    @pytest.mark.parametrize(
        "statement",
        [
            "DELETE FROM generation",
            "UPDATE signing_key SET state = 'lost'",
            "UPDATE signing_key SET algorithm = 9",
            "UPDATE product SET accepted_kinds = 'uc1 telepathy'",
        ],
    )
    def test_master_data_that_means_nothing(self, statement: str, tmp_path: Path) -> None:
        path = tmp_path / "1.db"
        build_registry(path, content(unit(1)))
        with closing(sqlite3.connect(path)) as connection, connection:
            connection.execute(statement)
        with pytest.raises(StorageError, match=r"is damaged.*station sync"):
            SqliteRegistry(path)

    @pytest.mark.parametrize(
        "damage",
        [
            "UPDATE standing SET state = 99",
            "UPDATE standing SET overlays = 16",
            "UPDATE standing SET overlays = -1",
            "UPDATE standing SET lot = x'00'",
            "DELETE FROM standing",
            "UPDATE unit SET standing_id = 'x'",
            "UPDATE unit SET standing_id = -1",
        ],
    )
    def test_a_unit_in_no_known_standing(self, damage: str, tmp_path: Path) -> None:
        path = tmp_path / "1.db"
        build_registry(path, content(unit(1)))
        with closing(sqlite3.connect(path)) as connection, connection:
            connection.execute(damage)
        registry = SqliteRegistry(path)
        with pytest.raises(StorageError, match="is damaged"):
            registry.unit(1, unit(1).serial)
        registry.close()
