"""Attacks on delta segments, against `station sync` itself; each has an honest control first.

A site holds generation 1; 2 and 3 are out, each a segment of what changed. A thief with a brand's
key and the online key changes no row, because the publisher vouches for all of them. The other
attacks go further: the publisher's own key vouches for what is wrong too, as after a break-in, or a
fault of its software. After each the registry in use is the same byte for byte, and no root has
changed; or, where the snapshot beside the segments is right, the site is where an honest one would
be, and says that it did without the segments.
"""

import copy
import io
import json
import shutil
import struct
import tracemalloc
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from station.app.site_maker import make_site
from station.app.site_paths import SitePaths
from station.core.registry import Overlay, UnitRecord, UnitState
from station.core.registry_rows import RowStream, StreamTally
from station.ports.brand_store import NewOrder
from station.storage.registry_generations import RegistryFolder
from station.sync.rows import FileHead, RowsWriter, read_units
from tests.fakes.command_line import Outcome, station
from tests.fakes.forgery import Forger
from tests.fakes.publishing import PublisherDesk, SiteDesk, filled_store, moment
from tests.fakes.row_files import END, STANDING, raw_block, unit_columns

SECOND, THIRD = "brands/acme/units-2.delta", "brands/acme/units-3.delta"
RECALLED = "ACME-000001"
"""Recalled by generation 3."""

Standings = dict[tuple[int, str], str]


@dataclass
class Scene:
    """A publisher whose generations 1 to 3 are out, and a site that has 1."""

    desk: PublisherDesk
    honest: Path
    site: Path
    after: Standings

    @property
    def forger(self) -> Forger:
        return Forger(self.desk, 3)

    def sync(self, origin: Path, site: Path | None = None) -> Outcome:
        return station("sync", "--site", str(site or self.site), "--from", str(origin), "--json")

    def control(self) -> None:
        """Without the attack, the site would go on to generation 3 by its segments."""
        twin = self.site.with_name("twin")
        shutil.copytree(self.site, twin)
        outcome = self.sync(self.honest, twin)
        assert outcome.code == 0, outcome.err
        (told,) = outcome.json
        assert (told["how"], told["generation"], told["changes"]) == ("deltas", 3, 4)
        assert held(twin) == self.after
        shutil.rmtree(twin)

    def refused(self, why: str) -> None:
        """The attack changes nothing."""
        self.control()
        before = registry_and_roots(self.site)
        outcome = self.sync(self.desk.folder)
        assert outcome.code == 4, outcome
        assert why in outcome.err
        assert "nothing was changed" in outcome.err
        assert registry_and_roots(self.site) == before

    def done_without(self, why: str) -> None:
        """The site ends where it should, by the snapshot, and says why."""
        self.control()
        outcome = self.sync(self.desk.folder)
        assert outcome.code == 0, outcome.err
        (told,) = outcome.json
        assert (told["how"], told["generation"], told["changes"]) == ("snapshot", 3, 0)
        assert why in told["fallback"]
        assert held(self.site) == self.after


def held(site: Path) -> Standings:
    """Every unit of a site's registry."""
    from station.storage.registry_shelf import SiteRegistryShelf

    shelf = SiteRegistryShelf(RegistryFolder(SitePaths(site).registry))
    return {
        (block.product_id, serial): standing
        for block in shelf.held_units([1, 2])
        for serial, standing in block.rows
    }


def registry_and_roots(site: Path) -> dict[str, bytes]:
    folders = (site / "registry", site / "trust" / "metadata" / "root_history")
    files = [path for folder in folders for path in folder.rglob("*") if path.is_file()]
    return {str(path.relative_to(site)): path.read_bytes() for path in files}


@pytest.fixture(scope="module")
def template(tmp_path_factory: pytest.TempPathFactory) -> Scene:
    """Made once, never changed."""
    folder = tmp_path_factory.mktemp("template")
    desk = PublisherDesk(folder / "desk", filled_store(100))
    desk.publish()
    paths = SitePaths(folder / "site")
    make_site(paths, "site", "dock-1", str(desk.folder), desk.root)
    assert station("sync", "--site", str(paths.root)).code == 0
    desk.store.update_unit(UnitRecord(1, "ACME-000000", UnitState.VOID))
    order = desk.store.add_order(NewOrder(1, None, UnitState.ACTIVE, None, moment()))
    desk.store.add_units(order, [("NEW", None)])
    desk.publish()
    desk.store.update_unit(UnitRecord(1, RECALLED, UnitState.ACTIVE, Overlay.RECALLED))
    desk.store.update_unit(UnitRecord(2, "BOLT-000001", UnitState.VOID))
    desk.publish()
    honest = folder / "honest"
    shutil.copytree(desk.folder, honest)
    fresh = SiteDesk(folder / "fresh", desk.root)
    fresh.sync(honest)
    return Scene(desk, honest, paths.root, held(fresh.folder))


@pytest.fixture
def scene(template: Scene, tmp_path: Path) -> Scene:
    shutil.copytree(template.desk.folder.parent, tmp_path / "desk")
    desk = PublisherDesk(tmp_path / "desk", copy.deepcopy(template.desk.store))
    desk.vault.keys.update(template.desk.vault.keys)
    shutil.copytree(template.site, tmp_path / "site")
    return Scene(desk, template.honest, tmp_path / "site", template.after)


def segment(generation: int) -> Callable[[Any], Any]:
    """Finds a segment in what a brand says of a stream."""
    return lambda chain: next(one for one in chain["segments"] if one["generation"] == generation)


def rows_of(content: bytes, head: FileHead) -> list[tuple[int, tuple[str, str]]]:
    return [
        (block.product_id, row)
        for block in read_units(io.BytesIO(content), head)
        for row in block.rows
    ]


def head_of(content: bytes) -> FileHead:
    """What a segment of units says it is."""
    _, _, stream, generation, follows = content.partition(b"\n")[0].decode().split(" ")
    return FileHead(RowStream(stream), int(generation), follows)


def repacked(
    content: bytes, change: Callable[[list[tuple[int, tuple[str, str]]]], None], head: FileHead
) -> tuple[bytes, dict[str, Any]]:
    """A segment with other rows; and what its document has to say of them."""
    rows = rows_of(content, head_of(content))
    change(rows)
    file = io.BytesIO()
    writer = RowsWriter(file, head)
    tally = StreamTally()
    for product_id, row in rows:
        writer.units(product_id, [row])
        tally.unit_text(product_id, "\t".join(row) + "\n", 1)
    writer.end()
    return file.getvalue(), {"changes": tally.rows, "changes_digest": tally.hexdigest()}


def lift_recall(rows: list[tuple[int, tuple[str, str]]]) -> None:
    at = next(at for at, (_, row) in enumerate(rows) if row[0] == RECALLED)
    rows[at] = (1, (RECALLED, STANDING))


def test_the_forger_is_believed_when_it_changes_nothing(scene: Scene) -> None:
    """The control of everything below."""
    forger = scene.forger
    forger.put(THIRD, forger.read(THIRD))
    forger.vouch()
    forger.sign()
    (told,) = scene.sync(scene.desk.folder).json
    assert (told["how"], told["generation"], told["fallback"]) == ("deltas", 3, None)
    assert held(scene.site) == scene.after


class TestAStolenBrandKey:
    """With the online key besides; without it the snapshot role names other files."""

    def test_changes_no_row_of_a_segment(self, scene: Scene) -> None:
        forger = scene.forger
        content = forger.read(THIRD)
        forger.put(THIRD, repacked(content, lift_recall, head_of(content))[0])
        forger.sign()
        scene.refused("does not hold the 1 rows that its document says")

    def test_changes_nothing_of_what_is_said_of_them_either(self, scene: Scene) -> None:
        forger = scene.forger
        content = forger.read(THIRD)
        changed, said = repacked(content, lift_recall, head_of(content))
        forger.put(THIRD, changed)
        forger.edit_stream("acme", "units", lambda chain: segment(3)(chain).update(said))
        forger.sign()
        scene.refused("brand acme's rows stand is not what the publisher saw")

    def test_leaves_no_segment_out(self, scene: Scene) -> None:
        forger = scene.forger
        forger.edit_stream("acme", "units", lambda chain: chain["segments"].pop(0))
        forger.sign()
        scene.refused("brand acme's rows stand is not what the publisher saw")


class TestGap:
    """A segment is left out; the publisher's key vouches for it."""

    def test_between_the_snapshot_and_the_next_segment(self, scene: Scene) -> None:
        forger = scene.forger
        forger.edit_stream("acme", "units", lambda chain: chain["segments"].pop(0))
        forger.vouch()
        forger.sign()
        scene.refused("segments do not follow from its snapshot")

    def test_at_the_end(self, scene: Scene) -> None:
        forger = scene.forger
        forger.edit_stream("acme", "units", lambda chain: chain["segments"].pop())
        forger.vouch()
        forger.sign()
        scene.refused("there is a gap in brand acme's segments")

    def test_that_the_next_segment_is_made_to_hide(self, scene: Scene) -> None:
        """It says that it follows from the snapshot, in its document and in its file."""
        forger = scene.forger
        content = forger.read(THIRD)

        def hide(chain: Any) -> None:
            gone, kept = chain["segments"]
            for name in ("rows_before", "digest_before"):
                kept[name] = gone[name]
            head = FileHead(RowStream.LISTED, 3, gone["digest_before"])
            forger.put(THIRD, repacked(content, lambda rows: None, head)[0])
            chain["segments"] = [kept]

        forger.edit_stream("acme", "units", hide)
        forger.vouch()
        forger.sign()
        scene.refused("not the content its publisher signed")


class TestReplay:
    """An older segment stands for a newer one; the publisher's key vouches for it."""

    def test_under_a_new_number(self, scene: Scene) -> None:
        forger = scene.forger
        forger.put(THIRD, forger.read(SECOND))

        def repeat(chain: Any) -> None:
            old, new = chain["segments"]
            new.update({name: old[name] for name in ("changes", "changes_digest")})

        forger.edit_stream("acme", "units", repeat)
        forger.vouch()
        forger.sign()
        scene.refused("does not begin as 'intake-delta 1 units 3")

    def test_with_its_first_line_rewritten(self, scene: Scene) -> None:
        forger = scene.forger
        head = head_of(forger.read(THIRD))
        again, said = repacked(forger.read(SECOND), lambda rows: None, head)
        forger.put(THIRD, again)
        forger.edit_stream("acme", "units", lambda chain: segment(3)(chain).update(said))
        forger.vouch()
        forger.sign()
        scene.refused("not the content its publisher signed")


class TestAnothersRows:
    """A brand speaks for another's product; the publisher's key vouches for it."""

    def test_a_row_of_a_product_the_brand_does_not_own(self, scene: Scene) -> None:
        forger = scene.forger
        content = forger.read(THIRD)

        def claim(rows: list[tuple[int, tuple[str, str]]]) -> None:
            rows.append((2, ("BOLT-000002", STANDING)))

        changed, said = repacked(content, claim, head_of(content))
        forger.put(THIRD, changed)
        forger.edit_stream("acme", "units", lambda chain: segment(3)(chain).update(said))
        forger.vouch()
        forger.sign()
        scene.refused("brand acme lists units of product number 2, which is not its own")

    def test_another_brands_segment_under_the_own_path(self, scene: Scene) -> None:
        forger = scene.forger
        forger.put(THIRD, forger.read("brands/bolt/units-3.delta"))
        forger.sign()
        scene.refused("does not begin as 'intake-delta 1 units 3")

    def test_another_brands_rows_under_the_own_first_line(self, scene: Scene) -> None:
        forger = scene.forger
        theirs = forger.read("brands/bolt/units-3.delta")
        changed, said = repacked(theirs, lambda rows: None, head_of(forger.read(THIRD)))
        forger.put(THIRD, changed)
        forger.edit_stream("acme", "units", lambda chain: segment(3)(chain).update(said))
        forger.vouch()
        forger.sign()
        scene.refused("brand acme lists units of product number 2, which is not its own")


class TestPacking:
    """What is signed and vouched for does not unpack as it should."""

    def test_a_column_that_is_cut(self, scene: Scene) -> None:
        forger = scene.forger
        content = forger.read(THIRD)
        line, _, blocks = content.partition(b"\n")
        sizes = list(struct.unpack(">II6I", blocks[:32]))
        body = blocks[32 : -len(END)]
        sizes[7] -= 3
        cut = line + b"\n" + struct.pack(">II6I", *sizes) + body[:-3] + END
        forger.put(THIRD, cut)
        forger.sign()
        scene.refused("a block does not unpack")

    @pytest.mark.parametrize("kept", [0, 20, 110, -1])
    def test_a_file_that_is_cut(self, scene: Scene, kept: int) -> None:
        forger = scene.forger
        forger.put(THIRD, forger.read(THIRD)[:kept])
        forger.sign()
        scene.refused("the publication cannot be used")

    @pytest.mark.parametrize("column", range(6))
    def test_a_column_that_unpacks_without_end(self, scene: Scene, column: int) -> None:
        """A gigabyte of zeros in some thirty kilobytes; only what a block may have is made."""
        forger = scene.forger
        columns = unit_columns()
        columns[column] = bomb()
        line = forger.read(THIRD).partition(b"\n")[0]
        forger.put(THIRD, line + b"\n" + raw_block(1, 1, *columns) + END)
        forger.sign()
        scene.control()
        before = registry_and_roots(scene.site)
        tracemalloc.start()
        try:
            outcome = scene.sync(scene.desk.folder)
            _, peak_bytes = tracemalloc.get_traced_memory()
        finally:
            tracemalloc.stop()
        assert (outcome.code, registry_and_roots(scene.site)) == (4, before)
        assert "unpacks to more than any may" in outcome.err
        assert peak_bytes < 32 << 20


def bomb() -> bytes:
    import zstandard

    packer = zstandard.ZstdCompressor(level=1).compressobj(size=1 << 30)
    zeros = bytes(1 << 24)
    return b"".join([packer.compress(zeros) for _ in range(64)]) + packer.flush()


class TestWrongFigures:
    """The document is wrong about a segment that is right; the publisher's key vouches for it."""

    def wrong(self, scene: Scene, change: Callable[[Any], None]) -> None:
        forger = scene.forger
        forger.edit_stream("acme", "units", change)
        forger.vouch()
        forger.sign()

    def test_of_what_it_replaces(self, scene: Scene) -> None:
        self.wrong(scene, lambda chain: segment(3)(chain).update(replaced_digest="0" * 64))
        scene.done_without("replace")

    def test_of_the_rows_after_it(self, scene: Scene) -> None:
        def miscount(chain: Any) -> None:
            segment(2)(chain)["rows"] += 1
            segment(3)(chain)["rows_before"] += 1

        self.wrong(scene, miscount)
        scene.done_without("rows")

    @pytest.mark.parametrize("more", [1, -1])
    def test_of_its_own_rows(self, scene: Scene, more: int) -> None:
        def miscount(chain: Any) -> None:
            segment(2)(chain)["changes"] += more

        self.wrong(scene, miscount)
        scene.refused("rows that its document says")

    def test_of_its_own_digest(self, scene: Scene) -> None:
        self.wrong(scene, lambda chain: segment(2)(chain).update(changes_digest="0" * 64))
        scene.refused("does not hold the 2 rows that its document says")

    def test_of_what_the_stream_comes_to(self, scene: Scene) -> None:
        def promise(chain: Any) -> None:
            chain["digest"] = segment(3)(chain)["digest"] = "0" * 64

        self.wrong(scene, promise)
        scene.refused("says of its rows something else than the publisher")

    def test_of_a_generation_that_is_not_yet(self, scene: Scene) -> None:
        self.wrong(scene, lambda chain: segment(3)(chain).update(generation=4))
        scene.refused("rows of a generation that is not yet")


def test_a_segment_that_is_not_there_is_no_reason_to_go_on_without(scene: Scene) -> None:
    scene.control()
    for path in (scene.desk.folder / "targets").rglob("*.units-2.delta"):
        path.unlink()
    before = registry_and_roots(scene.site)
    outcome = scene.sync(scene.desk.folder)
    assert outcome.code == 4
    assert "is not there" in outcome.err
    assert registry_and_roots(scene.site) == before
    assert json.loads(scene.sync(scene.honest).out)["how"] == "deltas"
