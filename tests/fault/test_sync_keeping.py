"""What a refresh keeps of what it fetched, and what it clears away."""

import json
from collections.abc import Iterator
from pathlib import Path

import pytest

from station.core.registry import UnitRecord, UnitState
from station.sync.publish_rows import SnapshotRule
from station.sync.refresh import RefreshStep
from tests.fakes.sync_scene import Scene, replace_folder


def named(published: Path, generation: int) -> Iterator[str]:
    """The digests of all targets of a generation."""
    for path in (published / "metadata").glob(f"{generation}.*.json"):
        for target in json.loads(path.read_bytes())["signed"].get("targets", {}).values():
            yield target["hashes"]["sha256"]


def interrupted(scene: Scene, folder: Path | None = None) -> list[Path]:
    """Break a refresh off once everything has been fetched; what it leaves of that."""

    def report(step: RefreshStep, what: str) -> None:
        if step in {RefreshStep.APPLY, RefreshStep.BUILD}:
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        scene.site.sync(folder or scene.second, report)
    return sorted((scene.site.trust / "incoming").iterdir())


class TestHonest:
    def test_everything_verified_is_kept_and_nothing_else(self, scene: Scene) -> None:
        scene.site.sync(scene.second)
        kept = {name for name in scene.site.state() if name.startswith("trust/")}
        assert kept == {
            "trust/root.json",
            *(
                f"trust/metadata/{name}.json"
                for name in (
                    "root_history/1.root",
                    "timestamp",
                    "snapshot",
                    "targets",
                    "brand-acme",
                    "brand-bolt",
                )
            ),
        }
        assert not {path.name for path in scene.site.trust.iterdir()} & {"scratch", "incoming"}

    def test_a_file_left_by_a_power_cut_is_not_taken_for_the_one_it_is_named_after(
        self, scene: Scene
    ) -> None:
        left = interrupted(scene)
        for path in left:
            path.write_bytes(bytes(path.stat().st_size))
        assert scene.site.sync(scene.second).generation.number == 2

    def test_what_an_interrupted_run_had_fetched_is_not_fetched_again(self, scene: Scene) -> None:
        (unit_rows,) = scene.second.rglob("acme/*.units-2.delta")
        left = interrupted(scene)
        assert unit_rows.name.partition(".")[0] in {path.name for path in left}
        replace_folder(scene.served, scene.second)
        (scene.served / unit_rows.relative_to(scene.second)).unlink()
        assert scene.site.sync(scene.served).generation.number == 2

    def test_what_builds_that_were_killed_left_goes_before_the_next(self, scene: Scene) -> None:
        """Each is as large as a registry; else the room for the one that gets through is gone."""
        left = scene.site.registry.folder / ".registry-2.db.999.tmp"
        left.write_bytes(b"half a registry")
        interrupted(scene)
        assert not left.exists()

    def test_runs_that_never_get_through_do_not_fill_the_disk(self, scene: Scene) -> None:
        """A full disk would stay full of what nobody asks for any more."""
        interrupted(scene)
        for number in (1, 2, 3):
            changed = UnitRecord(1, f"ACME-{number:06}", UnitState.DESTROYED)
            scene.publisher.store.update_unit(changed)
            scene.publisher.publish(rule=SnapshotRule(forced=True))
            interrupted(scene, scene.served)
        left = (scene.site.trust / "incoming").iterdir()
        of_two = {*named(scene.served, 4), *named(scene.served, 5)}
        assert {path.name for path in left} <= of_two
        assert not of_two & {path.name.partition(".")[0] for path in scene.second.rglob("*.delta")}
        assert scene.site.sync(scene.served).generation.number == 5
