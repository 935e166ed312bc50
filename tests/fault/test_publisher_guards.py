"""What the publisher's side refuses, so that no site ever has to."""

import os
import socket
from pathlib import Path

import pytest

from station.core.errors import StationError, StorageError
from station.core.registry import UnitRecord, UnitState
from tests.fakes.brand_store import FakeVault
from tests.fakes.publishing import PublisherDesk, SiteDesk, asn
from tests.fakes.sync_scene import Scene


class TestPublisherGuards:
    """What the publisher's side refuses, so that no site ever has to."""

    def test_another_publishers_folder_is_left_alone(self, tmp_path: Path) -> None:
        ours = PublisherDesk(tmp_path / "ours")
        theirs = PublisherDesk(tmp_path / "theirs", vault=FakeVault())
        theirs.publish()
        ours.folder = theirs.folder
        before = {path: path.read_bytes() for path in theirs.folder.rglob("*.json")}
        with pytest.raises(StationError, match="holds the registry of another publisher"):
            ours.publish()
        assert {path: path.read_bytes() for path in theirs.folder.rglob("*.json")} == before

    def test_an_old_copy_of_a_brand_folder_publishes_nothing(self, scene: Scene) -> None:
        old = PublisherDesk(scene.publisher.folder.parent)
        with pytest.raises(StationError, match="holds a newer publication"):
            old.publish()

    def test_a_lost_online_key_is_never_made_anew(self, scene: Scene) -> None:
        del scene.publisher.vault.keys["online"]
        with pytest.raises(StorageError, match="there is no key online"):
            scene.publisher.publish()
        assert scene.site.sync(scene.served).generation.number == 2

    def test_root_keys_may_be_away_until_they_are_needed(self, tmp_path: Path) -> None:
        publisher = PublisherDesk(tmp_path / "desk")
        publisher.publish(days_ago=400)
        away = {name: publisher.vault.keys.pop(name) for name in ("root-1", "root-2", "root-3")}
        publisher.publish(days_ago=100)
        with pytest.raises(StationError, match="must be signed anew") as caught:
            publisher.publish()
        assert "root-1, root-2, root-3" in caught.value.remedy
        publisher.vault.keys["root-1"] = away["root-1"]
        publisher.vault.keys["root-3"] = away["root-3"]
        assert publisher.publish().number == 4
        site = SiteDesk(tmp_path / "site", publisher.root)
        assert site.sync(publisher.folder).generation.number == 4

    def test_old_generations_are_removed_and_everything_else_stays(self, tmp_path: Path) -> None:
        desk = PublisherDesk(tmp_path / "desk")
        desk.publish()
        site = SiteDesk(tmp_path / "site", desk.root)
        site.sync(desk.folder)
        (desk.folder / "metadata" / "index.html").write_bytes(b"mine")
        (desk.folder / "targets" / "notes.txt").write_bytes(b"mine")
        orphan = desk.folder / "targets" / f"{'0' * 64}.catalogue.json"
        orphan.write_bytes(b"left by a publication that was killed")
        for number in range(4):
            desk.store.update_unit(UnitRecord(1, f"ACME-00000{number}", UnitState.VOID))
            desk.publish(keep=2)
        names = {path.name for path in (desk.folder / "metadata").iterdir()}
        versions = {name.partition(".")[0] for name in names if name.endswith(".json")}
        assert versions == {"1", "4", "5", "timestamp"}
        assert {name for name in names if name.startswith("1.")} == {"1.root.json"}
        targets = sorted(
            path.name.partition(".")[2] for path in desk.folder.rglob("targets/**/*.*")
        )
        assert targets.count("catalogue.json") == 2
        assert targets.count("units-1.rows") == 2
        assert [name for name in targets if name.endswith(".delta")] == [
            f"units-{number}.delta" for number in (2, 3, 4, 5)
        ]
        assert not orphan.exists()
        assert (desk.folder / "metadata" / "index.html").exists()
        assert (desk.folder / "targets" / "notes.txt").exists()
        assert site.sync(desk.folder).generation.number == 5
        fresh = SiteDesk(tmp_path / "fresh", desk.root)
        assert fresh.sync(desk.folder).generation.number == 5

    def test_nothing_is_removed_while_kept_metadata_cannot_be_read(self, scene: Scene) -> None:
        scene.path("metadata/2.brand-acme.json").write_bytes(b"damaged")
        scene.publisher.publish(keep=2)
        assert len(list(scene.served.glob("targets/*.catalogue.json"))) == 3
        assert scene.path("metadata/1.snapshot.json").is_file()
        assert scene.site.sync(scene.served).generation.number == 3

    def test_one_publication_at_a_time(self, tmp_path: Path) -> None:
        desk = PublisherDesk(tmp_path / "desk")
        who = rf"is under way \(process {os.getpid()} on \S+, since \d{{4}}-[0-9T:-]+Z\)"
        with desk.opened(), pytest.raises(StorageError, match=who):
            desk.publish()
        assert desk.publish().number == 1

    def test_nothing_of_the_machine_or_who_uses_it_is_published(
        self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setattr(socket, "gethostname", lambda: "annas-laptop")
        for name in ("USER", "LOGNAME", "HOME", "EMAIL"):
            monkeypatch.setenv(name, "anna.arendt")
        desk = PublisherDesk(tmp_path / "annas-desk")
        desk.publish()
        for path in desk.folder.rglob("*"):
            assert "anna" not in path.relative_to(desk.folder).as_posix()
            if path.is_file():
                content = path.read_bytes()
                assert str(tmp_path).encode() not in content
                assert b"anna" not in content.lower()

    def test_the_same_content_and_time_give_the_same_bytes(self, tmp_path: Path) -> None:
        folders = []
        for name, order in (("a", (1, 2, 3)), ("b", (3, 1, 2))):
            desk = PublisherDesk(tmp_path / name)
            for number in order:
                desk.store.announce(1, "berlin", asn(number, 9, "C", "B", "A"))
                desk.store.announce(1, f"site-{number}", asn(number))
            for days_ago in (2.0, 1.0):
                desk.publish(days_ago)
            folders.append(desk.folder)
        contents = [
            {
                path.relative_to(folder): path.read_bytes()
                for path in sorted(folder.rglob("*.*"))
                if path.is_file()
            }
            for folder in folders
        ]
        assert contents[0] == contents[1]
        assert len(contents[0]) > 15
        assert sum("shipments-" in path.name for path in contents[0]) == 4

    def test_nothing_to_publish_is_told(self, tmp_path: Path) -> None:
        from tests.fakes.brand_store import FakeBrandStore

        desk = PublisherDesk(tmp_path / "desk", FakeBrandStore())
        with pytest.raises(StationError, match="nothing to publish"):
            desk.publish()
        assert not (desk.folder / "metadata").exists()
