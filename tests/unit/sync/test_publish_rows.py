"""How a stream of rows is published: segments of what changed, and when it is whole again."""

import json
from collections.abc import Callable
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from station.core.errors import DamagedError, StorageError
from station.core.registry import UnitRecord, UnitState
from station.ports.brand_store import NewOrder
from station.sync import documents, publish_rows
from station.sync.differences import RowsRemovedError, changed_rows
from station.sync.plan import WORTH_BYTES
from station.sync.publish import DEFAULT_RULE, Publication, publish
from station.sync.publish_rows import SnapshotRule
from station.sync.refresh import RefreshSummary, RefreshWay, refresh
from tests.fakes.brand_store import FakeBrandStore
from tests.fakes.publication import FakePublication, FakeSource
from tests.fakes.publishing import filled_store, moment
from tests.fakes.registry_shelf import FakeShelf

Rows = dict[tuple[int, str], str]
ROWS = st.dictionaries(
    st.tuples(st.integers(1, 3), st.text("ABC", min_size=1, max_size=2)),
    st.sampled_from("01"),
    max_size=12,
)


def pieces(rows: Rows, size: int) -> list[tuple[int, list[tuple[str, str]]]]:
    """Rows by key in pieces of at most a size, each of one product."""
    cut: list[tuple[int, list[tuple[str, str]]]] = []
    for (product_id, serial), standing in sorted(rows.items()):
        if not cut or cut[-1][0] != product_id or len(cut[-1][1]) >= size:
            cut.append((product_id, []))
        cut[-1][1].append((serial, standing))
    return cut


@given(ROWS, ROWS, st.integers(1, 4), st.integers(1, 4))
def test_what_changed_is_what_is_new_or_different(
    before: Rows, after: Rows, size: int, other: int
) -> None:
    replaced: Rows = {}

    def note(product_id: int, rows: list[tuple[str, str]]) -> None:
        replaced.update({(product_id, serial): standing for serial, standing in rows})

    differences = changed_rows(pieces(before, size), pieces(after, other), note)
    if before.keys() - after.keys():
        with pytest.raises(RowsRemovedError):
            list(differences)
        return
    found = {(product_id, row[0]): row[1] for product_id, rows in differences for row in rows}
    assert found == {key: row for key, row in after.items() if before.get(key) != row}
    assert replaced == {key: before[key] for key in found if key in before}


class Scene:
    """A brand folder, a folder published into, and a site, all in memory."""

    def __init__(self) -> None:
        self.store = filled_store(200)
        self.publication = FakePublication()
        self.shelf = FakeShelf()
        self.days_ago = 30.0
        self.publish()

    def publish(self, rule: SnapshotRule = DEFAULT_RULE, *, days: float = 1.0) -> Publication:
        self.days_ago -= days
        return publish(self.store, self.publication, moment(self.days_ago), rule)

    def sync(self) -> RefreshSummary:
        return refresh(FakeSource(self.publication), self.shelf, lambda step, what: None)

    def void(self, number: int) -> None:
        self.store.update_unit(UnitRecord(1, f"ACME-{number:06}", UnitState.VOID))

    def night(self, number: int, **options: Any) -> Publication:
        self.void(number)
        return self.publish(**options)

    @property
    def targets(self) -> dict[str, bytes]:
        assert self.publication.released is not None
        return self.publication.released

    def chain(self, stream: str = "units", slug: str = "acme") -> dict[str, Any]:
        rows = json.loads(self.targets[documents.rows_path(slug)])
        found: dict[str, Any] = next(one for one in rows["streams"] if one["stream"] == stream)
        return found

    def files(self, slug: str = "acme") -> set[str]:
        prefix = f"brands/{slug}/"
        return {
            path.removeprefix(prefix)
            for path in self.targets
            if path.startswith(prefix) and not path.endswith(".json")
        }


@pytest.fixture
def scene() -> Scene:
    return Scene()


def generations(chain: dict[str, Any]) -> list[int]:
    return [segment["generation"] for segment in chain["segments"]]


def test_the_first_publication_is_whole(scene: Scene) -> None:
    assert scene.files() == {"units-1.rows", "codes-1.rows"}
    assert generations(scene.chain()) == []


def test_a_night_without_changes_adds_no_file(scene: Scene) -> None:
    before = scene.files()
    published = scene.publish()
    assert (published.changes, published.delta_bytes, published.snapshot_bytes) == (0, 0, 0)
    assert scene.files() == before


def test_a_change_adds_a_segment_to_its_stream_alone(scene: Scene) -> None:
    published = scene.night(3)
    assert scene.files() == {"units-1.rows", "codes-1.rows", "units-2.delta"}
    assert scene.files("bolt") == {"units-1.rows", "codes-1.rows"}
    assert published.changes == 1
    assert published.delta_bytes == len(scene.targets["brands/acme/units-2.delta"])
    assert published.snapshot_bytes == 0


def test_segments_follow_one_another(scene: Scene) -> None:
    for number in range(3):
        scene.night(number)
    chain = scene.chain()
    assert generations(chain) == [2, 3, 4]
    digests = [chain["snapshot"]["digest"], *(one["digest"] for one in chain["segments"])]
    assert [one["digest_before"] for one in chain["segments"]] == digests[:-1]
    assert chain["digest"] == digests[-1]


@pytest.mark.parametrize(
    ("rule", "days", "whole"),
    [
        (DEFAULT_RULE, 6.9, False),
        (DEFAULT_RULE, 7.0, True),
        (SnapshotRule(days=3), 2.9, False),
        (SnapshotRule(days=3), 3.0, True),
        (SnapshotRule(forced=True), 0.1, True),
    ],
)
def test_a_snapshot_is_due_by_age_or_when_asked_for(
    scene: Scene, rule: SnapshotRule, days: float, whole: bool
) -> None:
    published = scene.night(0, rule=rule, days=days)
    assert (published.snapshot_bytes > 0) == whole
    assert ("units-2.rows" in scene.files()) == whole
    assert generations(scene.chain()) == [2]


def test_a_snapshot_is_due_when_segments_are_large(
    scene: Scene, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(publish_rows, "NEGLIGIBLE_BYTES", 0)
    scene.night(0)
    assert "units-2.rows" in scene.files()
    monkeypatch.undo()
    scene.night(1)
    assert "units-3.rows" not in scene.files()


def test_segments_stay_as_far_back_as_the_snapshot_before(scene: Scene) -> None:
    scene.night(0)
    scene.night(1, rule=SnapshotRule(forced=True))
    scene.night(2)
    assert generations(scene.chain()) == [2, 3, 4]
    assert "units-1.rows" not in scene.files()
    scene.night(3, rule=SnapshotRule(forced=True))
    assert generations(scene.chain()) == [4, 5]
    assert scene.files() == {"units-5.rows", "units-4.delta", "units-5.delta", "codes-5.rows"}


@pytest.mark.parametrize("lost", ["units-1.rows", "units-2.delta", "rows.json"])
@pytest.mark.parametrize("how", [None, b"damaged"])
def test_a_chain_that_cannot_go_on_begins_anew(scene: Scene, lost: str, how: bytes | None) -> None:
    scene.night(0)
    path = f"brands/acme/{lost}"
    if how is None:
        del scene.targets[path]
    else:
        scene.targets[path] = how
    published = scene.night(1)
    assert published.snapshot_bytes > 0
    assert generations(scene.chain()) == []
    assert "units-3.rows" in scene.files()
    assert scene.sync().generation.number == 3


def test_a_row_that_is_gone_begins_the_chain_anew(scene: Scene) -> None:
    scene.night(0)
    scene.sync()
    assert isinstance(scene.store, FakeBrandStore)
    del scene.store.content.units[1, "ACME-000007"]
    scene.publish()
    assert generations(scene.chain()) == []
    assert scene.files() == {"units-3.rows", "codes-1.rows"}
    assert scene.sync().way is RefreshWay.SNAPSHOT
    assert scene.shelf.in_use is not None
    assert (1, "ACME-000007") not in scene.shelf.in_use.units


def test_content_that_is_not_what_was_signed_of_it_begins_the_chain_anew(scene: Scene) -> None:
    other = Scene()
    other.night(5)
    scene.night(0)
    scene.targets["brands/acme/units-1.rows"] = other.targets["brands/acme/units-1.rows"][:-24]
    scene.night(1)
    assert generations(scene.chain()) == []


def test_a_chain_that_leads_elsewhere_than_it_says_begins_anew(scene: Scene) -> None:
    """Each file is right, and together they are not what the last publication said."""
    scene.night(0)
    path = documents.rows_path("acme")
    rows = json.loads(scene.targets[path])
    chain = next(one for one in rows["streams"] if one["stream"] == "units")
    chain["digest"] = chain["segments"][0]["digest"] = "0" * 64
    scene.targets[path] = json.dumps(rows).encode()
    scene.night(1)
    assert generations(scene.chain()) == []
    assert scene.sync().generation.number == 3


class TestTheSitesWay:
    """What a site takes of it."""

    def test_every_night_by_its_segment(self, scene: Scene) -> None:
        assert scene.sync().way is RefreshWay.SNAPSHOT
        for number in range(3):
            scene.night(number)
            summary = scene.sync()
            assert (summary.way, summary.changes) == (RefreshWay.DELTAS, 1)
        assert scene.shelf.made == ["build", "apply", "apply", "apply"]

    def test_several_nights_at_once(self, scene: Scene) -> None:
        scene.sync()
        for number in range(3):
            scene.night(number)
        summary = scene.sync()
        assert (summary.way, summary.changes, summary.previous) == (RefreshWay.DELTAS, 3, 1)

    def test_across_a_snapshot(self, scene: Scene) -> None:
        scene.night(0)
        scene.sync()
        scene.night(1, rule=SnapshotRule(forced=True))
        scene.night(2)
        assert scene.sync().way is RefreshWay.DELTAS

    def test_a_generation_without_changes(self, scene: Scene) -> None:
        scene.sync()
        scene.publish()
        summary = scene.sync()
        assert (summary.way, summary.changes, summary.generation.number) == (
            RefreshWay.DELTAS,
            0,
            2,
        )
        assert scene.sync().way is RefreshWay.NOTHING

    def test_one_away_for_too_long_takes_the_snapshot(self, scene: Scene) -> None:
        scene.sync()
        for number in range(2):
            scene.night(number, rule=SnapshotRule(forced=True))
        scene.night(2, rule=SnapshotRule(forced=True))
        summary = scene.sync()
        assert (summary.way, summary.fallback) == (RefreshWay.SNAPSHOT, "")

    def test_only_what_is_needed_is_fetched_whole(self, scene: Scene) -> None:
        """A new brand has to be; the others' rows come out of the registry in use."""
        scene.sync()
        brand = scene.store.add_brand("core", "Core")
        product = scene.store.add_product(brand.brand_id, "09506000134376", "Third", ["uc1"], "99")
        order = scene.store.add_order(
            NewOrder(product.product_id, None, UnitState.ACTIVE, None, moment())
        )
        scene.store.add_units(order, [("X", None)])
        scene.night(0)
        source = FakeSource(scene.publication)
        fetched: list[str] = []
        source.tidy = lambda: fetched.extend(source.fetched)  # type: ignore[method-assign]
        summary = refresh(source, scene.shelf, lambda step, what: None)
        assert summary.way is RefreshWay.SNAPSHOT
        assert {path for path in fetched if not path.endswith(".json")} == {
            "brands/acme/units-2.delta",
            "brands/core/units-2.rows",
            "brands/core/codes-2.rows",
        }
        assert scene.shelf.in_use is not None
        assert len(scene.shelf.in_use.units) == 401
        assert scene.shelf.in_use.units[1, "ACME-000000"].startswith("10\t")

    def test_a_brand_that_is_gone_is_no_longer_held(self, scene: Scene) -> None:
        scene.sync()
        assert isinstance(scene.store, FakeBrandStore)
        scene.store.content.brands.pop()
        scene.store.content.products.pop()
        del scene.store.content.keys[2, 1]
        scene.publish()
        assert scene.sync().way is RefreshWay.SNAPSHOT
        assert scene.shelf.in_use is not None
        assert {product_id for product_id, _ in scene.shelf.in_use.units} == {1}

    def test_segments_far_larger_than_the_snapshot_are_passed_over(self, scene: Scene) -> None:
        scene.sync()
        scene.night(0)
        honest = FakeSource.size

        class Heavy(FakeSource):
            extra = WORTH_BYTES

            def size(self, path: str) -> int | None:
                size = honest(self, path)
                return None if size is None else size + self.extra * path.endswith(".delta")

        scene.night(1, rule=SnapshotRule(forced=True))
        ways = []
        for extra in (WORTH_BYTES // 4, WORTH_BYTES):
            source = Heavy(scene.publication)
            source.extra = extra
            shelf = FakeShelf(scene.shelf.in_use, dict(scene.shelf.written))
            ways.append(refresh(source, shelf, lambda step, what: None).way)
        assert ways == [RefreshWay.DELTAS, RefreshWay.SNAPSHOT]

    def test_a_registry_that_is_another_than_it_says_is_built_anew(self, scene: Scene) -> None:
        scene.sync()
        assert scene.shelf.in_use is not None
        spoil(scene.shelf, (1, "ACME-000000"))
        scene.night(0)
        summary = scene.sync()
        assert summary.way is RefreshWay.SNAPSHOT
        assert "replaces other rows" in summary.fallback
        assert scene.shelf.in_use.units[1, "ACME-000000"].startswith("10\t")

    def test_a_registry_found_wrong_while_it_is_made_one_is_built_anew(self, scene: Scene) -> None:
        scene.sync()
        spoil(scene.shelf, (1, "ACME-000099"))
        scene.night(0)
        scene.shelf.due = True
        summary = scene.sync()
        assert (summary.way, summary.rebased) == (RefreshWay.SNAPSHOT, False)
        assert "not the content" in summary.fallback
        assert scene.shelf.made[-2:] == ["apply", "build"]

    def test_what_is_due_is_made_one_though_nothing_is_new(self, scene: Scene) -> None:
        scene.sync()
        scene.night(0)
        scene.sync()
        scene.shelf.due = True
        summary = scene.sync()
        assert (summary.way, summary.rebased) == (RefreshWay.NOTHING, True)
        assert not scene.sync().rebased

    def test_what_is_due_and_cannot_be_is_told_and_no_failure(
        self, scene: Scene, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        def full() -> None:
            raise StorageError("the disk is full", "free some space")

        scene.sync()
        scene.night(0)
        scene.shelf.due = True
        with monkeypatch.context() as patch:
            patch.setattr(scene.shelf, "rebase", full)
            summary = scene.sync()
        assert (summary.way, summary.generation.number) == (RefreshWay.DELTAS, 2)
        assert not summary.rebased
        assert summary.put_off == "base and changes were not made one: the disk is full"
        assert scene.sync().rebased

    def test_a_damaged_registry_that_is_due_is_not_merely_put_off(
        self, scene: Scene, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        def damaged() -> None:
            raise DamagedError("it cannot be read", "look at the disk")

        scene.sync()
        scene.night(0)
        scene.shelf.due = True
        monkeypatch.setattr(scene.shelf, "rebase", damaged)
        summary = scene.sync()
        assert (summary.way, summary.put_off) == (RefreshWay.SNAPSHOT, "")


def spoil(shelf: FakeShelf, unit: tuple[int, str]) -> None:
    """Change a row of the registry in use behind everybody's back."""
    from dataclasses import replace

    assert shelf.in_use is not None
    units = {**shelf.in_use.units, unit: "5\t0\t\t\t"}
    shelf.in_use = replace(shelf.in_use, units=units)


def snapshot(chain: dict[str, Any]) -> Any:
    return chain["snapshot"]


@pytest.mark.parametrize(
    ("change", "why"),
    [
        (lambda chain: chain["segments"].reverse(), "segments out of order"),
        (lambda chain: chain["segments"].pop(0), "do not follow from its snapshot"),
        (lambda chain: chain["segments"].pop(1), "a gap"),
        (lambda chain: chain["segments"].pop(), "a gap"),
        (lambda chain: snapshot(chain).update(rows=201), "do not follow from its snapshot"),
        (lambda chain: snapshot(chain).update(generation=9), "a generation that is not yet"),
        (lambda chain: snapshot(chain).update(generation=3), "do not follow from its snapshot"),
        (lambda chain: chain["segments"][0].update(changes=0), "rows"),
        (lambda chain: chain.update(rows=201), "something else than the publisher"),
        (lambda chain: chain.update(extra=1), "unknown field"),
    ],
)
def test_a_chain_that_does_not_hang_together_is_refused(
    scene: Scene, change: Callable[[Any], None], why: str
) -> None:
    """Even where the publisher vouches for it."""
    from station.core.errors import TrustError

    for number in range(3):
        scene.night(number)
    rows = json.loads(scene.targets[documents.rows_path("acme")])
    change(next(one for one in rows["streams"] if one["stream"] == "units"))
    content = json.dumps(rows).encode()
    catalogue = json.loads(scene.targets[documents.CATALOGUE])
    catalogue["brands"][0]["rows_digest"] = documents.digest_of(content)
    scene.targets[documents.rows_path("acme")] = content
    scene.targets[documents.CATALOGUE] = json.dumps(catalogue).encode()
    with pytest.raises(TrustError, match=why):
        scene.sync()
    assert scene.shelf.in_use is None
