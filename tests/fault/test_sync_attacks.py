"""Attacks on a site's refresh, named after the framework's; each has an honest control first.

The attacker may write what is fetched, and sometimes holds some keys. After each attack the
registry in use is the same, byte for byte, and so is what the site trusts, unless the attack came
with newer metadata that is genuine: that much a site may learn and must not forget.
"""

import copy
import hashlib
import json
import os
import shutil
import socket
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from tuf.api.metadata import (
    Metadata,
    MetaFile,
    Root,
    Snapshot,
    TargetFile,
    Targets,
    Timestamp,
)

from station.core.codes import Algorithm
from station.core.crypto import PrivateKey
from station.core.errors import StationError, StorageError, TrustError
from station.core.registry import UnitRecord, UnitState
from station.sync.publish_rows import SnapshotRule
from station.sync.refresh import RefreshStep
from station.transport.tuf_roles import RoleSigner, expiry
from tests.fakes.brand_store import FakeVault
from tests.fakes.publishing import PublisherDesk, SiteDesk, asn, moment


@dataclass
class Scene:
    """A publisher whose generations 1 and 2 are out, and a site that has 1."""

    publisher: PublisherDesk
    site: SiteDesk
    first: Path
    second: Path
    before: dict[str, str]

    @property
    def served(self) -> Path:
        return self.publisher.folder

    def path(self, pattern: str) -> Path:
        (path,) = self.served.glob(pattern)
        return path

    def honest(self) -> None:
        """The control: without the attack, the site would go on to generation 2."""
        twin = SiteDesk(self.site.folder.with_name("twin"), self.publisher.root)
        shutil.copytree(self.site.folder, twin.folder, dirs_exist_ok=True)
        assert twin.sync(self.second).generation.number == 2
        assert twin.expected() == {"ASN-1": asn(1, 2)}

    def refused(
        self, why: str, *, kind: type[StationError] = TrustError, learned: bool = False
    ) -> None:
        """The attack: refused in clear words with exit code 4, and nothing is different after."""
        self.honest()
        with pytest.raises(kind, match=why) as caught:
            self.site.sync(self.served)
        assert caught.value.exit_code == 4
        assert "nothing was changed" in caught.value.remedy
        after = self.site.state()
        if learned:
            after = {name: at for name, at in after.items() if name.startswith("registry")}
            before = {name: at for name, at in self.before.items() if name in after}
        else:
            before = self.before
        assert after == before
        assert self.site.in_use == 1
        assert self.site.expected() == {"ASN-1": asn(1)}


@pytest.fixture(scope="module")
def template(tmp_path_factory: pytest.TempPathFactory) -> Scene:
    """Made once, never changed."""
    folder = tmp_path_factory.mktemp("template")
    publisher = PublisherDesk(folder / "honest")
    publisher.store.announce(1, "berlin", asn(1))
    publisher.store.announce(1, "oslo", asn(7))
    publisher.publish()
    first = folder / "first"
    shutil.copytree(publisher.folder, first)
    site = SiteDesk(folder / "site", publisher.root)
    site.make_database()
    assert site.sync(publisher.folder).changed
    publisher.store.update_unit(UnitRecord(1, "ACME-000001", UnitState.VOID))
    publisher.store.announce(1, "berlin", asn(1, 2))
    publisher.publish()
    second = folder / "second"
    shutil.copytree(publisher.folder, second)
    return Scene(publisher, site, first, second, site.state())


@pytest.fixture
def scene(template: Scene, tmp_path: Path) -> Scene:
    """A copy of the template: its keys are made from their names, so they are the same."""
    shutil.copytree(template.publisher.folder.parent, tmp_path / "honest")
    publisher = PublisherDesk(tmp_path / "honest", copy.deepcopy(template.publisher.store))
    publisher.vault.keys.update(template.publisher.vault.keys)
    site = SiteDesk(tmp_path / "site", None)
    shutil.copytree(template.site.folder, site.folder, dirs_exist_ok=True)
    return Scene(publisher, site, template.first, template.second, template.before)


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


def replace_folder(served: Path, other: Path) -> None:
    shutil.rmtree(served)
    shutil.copytree(other, served)


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


class TestRollback:
    def test_an_older_publication(self, scene: Scene) -> None:
        scene.site.sync(scene.second)
        newest = scene.site.state()
        replace_folder(scene.served, scene.first)
        with pytest.raises(TrustError, match="older than what this site already trusts"):
            scene.site.sync(scene.served)
        assert scene.site.state() == newest
        assert scene.site.in_use == 2

    def test_an_older_publication_to_a_site_that_lost_its_memory(self, scene: Scene) -> None:
        """What the site trusts is gone, its registry is not: the number alone holds."""
        scene.site.sync(scene.second)
        shutil.rmtree(scene.site.trust / "metadata")
        with pytest.raises(TrustError, match="generation 1, older than generation 2"):
            scene.site.sync(scene.first)
        assert scene.site.in_use == 2

    def test_an_older_snapshot_under_a_newer_timestamp(self, scene: Scene) -> None:
        """Needs the online key. The older snapshot names older roles."""
        scene.site.sync(scene.second)
        newest = scene.site.in_use
        content = (scene.first / "metadata" / "1.snapshot.json").read_bytes()
        shutil.copy(scene.first / "metadata" / "1.snapshot.json", scene.served / "metadata")
        sign_timestamp(scene, version=3, snapshot_version=1, snapshot=content)
        with pytest.raises(TrustError, match="older than what this site already trusts"):
            scene.site.sync(scene.served)
        assert scene.site.in_use == newest

    def test_an_older_role_under_a_newer_snapshot(self, scene: Scene) -> None:
        """Needs the online key. One brand's news are kept back, the others' are not."""
        scene.site.sync(scene.second)
        snapshot = Metadata[Snapshot].from_file(str(scene.path("metadata/2.snapshot.json")))
        old = (scene.first / "metadata" / "1.brand-acme.json").read_bytes()
        snapshot.signed.version = 3
        snapshot.signed.meta["brand-acme.json"] = MetaFile.from_data(1, old, ["sha256"])
        content = sign_online(scene, snapshot, "3.snapshot.json")
        sign_timestamp(scene, version=3, snapshot_version=3, snapshot=content)
        with pytest.raises(TrustError, match="older than what this site already trusts"):
            scene.site.sync(scene.served)
        assert scene.site.in_use == 2


class TestFreeze:
    def test_a_publication_kept_back_until_it_expired(self, scene: Scene) -> None:
        scene.publisher.publish(days_ago=10, valid_days=7)
        scene.refused("the publication has expired")

    def test_an_expired_root(self, tmp_path: Path) -> None:
        publisher = PublisherDesk(tmp_path / "old")
        publisher.publish(days_ago=400, valid_days=365)
        site = SiteDesk(tmp_path / "site", publisher.root)
        with pytest.raises(TrustError, match="expired"):
            site.sync(publisher.folder)
        assert site.in_use is None

    def test_a_root_that_was_renewed_in_time_is_followed(self, tmp_path: Path) -> None:
        """The control of the above: the site was given the first root and walks to the second."""
        publisher = PublisherDesk(tmp_path / "old")
        publisher.publish(days_ago=400)
        publisher.publish(days_ago=1)
        assert (publisher.folder / "metadata" / "2.root.json").is_file()
        site = SiteDesk(tmp_path / "site", publisher.root)
        assert site.sync(publisher.folder).generation.number == 2
        assert site.sync(publisher.folder).changed is False


class TestWrongPublisher:
    def test_another_publishers_folder(self, scene: Scene, tmp_path: Path) -> None:
        other = PublisherDesk(tmp_path / "other", vault=FakeVault())
        for _ in range(3):
            other.publish()
        replace_folder(scene.served, other.folder)
        scene.refused("not signed by the publisher this site trusts")

    def test_another_publishers_root_as_the_next(self, scene: Scene, tmp_path: Path) -> None:
        other = PublisherDesk(tmp_path / "other", vault=FakeVault())
        other.publish()
        root = Metadata[Root].from_bytes(other.root)
        root.signed.version = 2
        for name in ("root-1", "root-2", "root-3"):
            root.sign(RoleSigner(other.vault.load(name)), append=name != "root-1")
        root.to_file(str(scene.served / "metadata" / "2.root.json"))
        scene.refused("not signed by the publisher this site trusts")

    def test_fewer_root_keys_than_the_threshold(self, scene: Scene) -> None:
        """One stolen root key of the two that must sign gives the thief nothing."""
        root = Metadata[Root].from_bytes(scene.publisher.root)
        root.signed.version = 2
        thief = RoleSigner(PrivateKey.generate(Algorithm.ED25519))
        root.signed.add_key(thief.public_key, "timestamp")
        root.sign(RoleSigner(scene.publisher.vault.load("root-2")))
        root.to_file(str(scene.served / "metadata" / "2.root.json"))
        scene.refused("not signed by the publisher this site trusts")

    def test_a_root_signed_by_enough_keys_is_followed(self, scene: Scene) -> None:
        """The control of the above."""
        root = Metadata[Root].from_bytes(scene.publisher.root)
        root.signed.version = 2
        for name in ("root-1", "root-3"):
            root.sign(RoleSigner(scene.publisher.vault.load(name)), append=name != "root-1")
        root.to_file(str(scene.served / "metadata" / "2.root.json"))
        assert scene.site.sync(scene.served).generation.number == 2
        kept = scene.site.trust / "metadata" / "root_history" / "2.root.json"
        assert kept.read_bytes() == (scene.served / "metadata" / "2.root.json").read_bytes()


ALTERED = "is damaged|do not belong together|not signed by the publisher|older than what"

METADATA = [
    "metadata/timestamp.json",
    "metadata/2.snapshot.json",
    "metadata/2.targets.json",
    "metadata/2.brand-acme.json",
    "metadata/2.brand-bolt.json",
]
TARGETS = [
    "targets/*.catalogue.json",
    "targets/brands/acme/*.products.json",
    "targets/brands/acme/*.keys.json",
    "targets/brands/acme/*.rows.json",
    "targets/brands/acme/*.units-2.delta",
    "targets/brands/acme/*.shipments-*.json",
    "targets/brands/bolt/*.rows.json",
]


def newest(scene: Scene, pattern: str) -> Path:
    """The file of generation 2 that a pattern means."""
    old = {path.name for path in scene.first.glob(pattern)}
    found = sorted(scene.served.glob(pattern))
    new = [path for path in found if path.name not in old or path.name == "timestamp.json"]
    return (new or found)[0]


@pytest.mark.parametrize("pattern", METADATA + TARGETS)
class TestTampering:
    """Every file the site fetches, altered in every simple way.

    Those after the timestamp come with a timestamp that is genuine and newer, which is learned.
    """

    def test_a_byte_flipped(self, scene: Scene, pattern: str) -> None:
        path = newest(scene, pattern)
        content = bytearray(path.read_bytes())
        content[len(content) // 2] ^= 1
        path.write_bytes(content)
        scene.refused(ALTERED, learned="timestamp" not in pattern)

    def test_cut_short(self, scene: Scene, pattern: str) -> None:
        path = newest(scene, pattern)
        path.write_bytes(path.read_bytes()[:-1])
        scene.refused(ALTERED, learned="timestamp" not in pattern)

    def test_empty(self, scene: Scene, pattern: str) -> None:
        newest(scene, pattern).write_bytes(b"")
        scene.refused(ALTERED, learned="timestamp" not in pattern)

    def test_missing(self, scene: Scene, pattern: str) -> None:
        newest(scene, pattern).unlink()
        scene.refused("is not there", kind=StorageError, learned="timestamp" not in pattern)

    def test_a_folder_in_its_place(self, scene: Scene, pattern: str) -> None:
        path = newest(scene, pattern)
        path.unlink()
        path.mkdir()
        scene.refused("not a plain file", kind=StorageError, learned="timestamp" not in pattern)

    def test_endless(self, scene: Scene, pattern: str, monkeypatch: pytest.MonkeyPatch) -> None:
        """Reading ends a little after the signed or greatest length, however much there is."""
        from station.transport import tuf_fetch

        monkeypatch.setattr(tuf_fetch, "CHUNK_BYTES", 1000)
        path = newest(scene, pattern)
        honest = path.read_bytes()
        read: list[int] = []

        def endless(self: tuf_fetch.DirectoryFetcher, handle: int, name: Path) -> Iterator[bytes]:
            yield from pieces(self, handle, name)
            while name == path:
                read.append(1000)
                yield bytes(1000)

        pieces = tuf_fetch.DirectoryFetcher._pieces
        scene.honest()
        monkeypatch.setattr(tuf_fetch.DirectoryFetcher, "_pieces", endless)
        with pytest.raises(TrustError, match="do not belong together"):
            scene.site.sync(scene.served)
        limit = 16_384 if "timestamp" in pattern else len(honest)
        assert sum(read) <= limit + 2000
        assert scene.site.in_use == 1


class TestMixAndMatch:
    """Each part is genuine, the whole never was."""

    @pytest.mark.parametrize(
        "pattern",
        [*METADATA[1:], "targets/*.catalogue.json", "targets/brands/acme/*.rows.json"],
    )
    def test_a_file_of_the_other_generation(self, scene: Scene, pattern: str) -> None:
        path = newest(scene, pattern)
        older = min(scene.first.glob(pattern.replace("2.", "1.")))
        assert older.read_bytes() != path.read_bytes()
        path.write_bytes(older.read_bytes())
        scene.refused(ALTERED, learned=True)

    def test_the_other_timestamp_is_just_the_other_generation(self, scene: Scene) -> None:
        older = scene.first / "metadata" / "timestamp.json"
        (scene.served / "metadata" / "timestamp.json").write_bytes(older.read_bytes())
        assert scene.site.sync(scene.served).changed is False
        assert scene.site.state() == scene.before


class TestStolenKeys:
    def test_a_brands_key_signs_nothing_outside_its_folder(self, scene: Scene) -> None:
        """With bolt's key and the online key: bolt's role lists a file of acme's, acme's does not.

        The framework's paths hold: nobody who may sign it has.
        """
        target = scene.path("targets/brands/acme/*.units-2.delta")
        info = TargetFile.from_file("brands/acme/units-2.delta", str(target))

        def take(targets: Targets) -> None:
            targets.targets["brands/acme/units-2.delta"] = info

        def drop(targets: Targets) -> None:
            del targets.targets["brands/acme/units-2.delta"]

        resign(scene, {"brand-bolt": take, "brand-acme": drop})
        scene.refused(r"no brands/acme/units-2\.delta that its publisher signed", learned=True)

    def test_a_brands_key_alone_is_worth_nothing(self, scene: Scene) -> None:
        """Without the online key the snapshot names another file than the thief's."""
        path = scene.path("metadata/2.brand-bolt.json")
        metadata = Metadata[Targets].from_file(str(path))
        metadata.signed.targets.clear()
        metadata.sign(RoleSigner(scene.publisher.vault.load("brand-bolt")))
        metadata.to_file(str(path))
        scene.refused("do not belong together", learned=True)

    def test_a_role_signed_by_another_roles_key(self, scene: Scene) -> None:
        resign(scene, {"brand-acme": lambda targets: None}, keys={"brand-acme": "brand-bolt"})
        scene.refused("not signed by the publisher", learned=True)

    def test_the_resigning_used_here_is_accepted_when_it_changes_nothing(
        self, scene: Scene
    ) -> None:
        """The control of the above."""
        resign(scene, {"brand-bolt": lambda targets: None, "brand-acme": lambda targets: None})
        assert scene.site.sync(scene.served).generation.number == 2


class TestMalformed:
    """Signed, and not what anybody expects: the publisher's own mistakes must not crash a site."""

    @pytest.mark.parametrize(
        "content",
        [
            b"",
            b"{",
            b"[]",
            b"null",
            b'{"signatures": [], "signed": {}}',
            b'{"signatures": [], "signed": {"_type": "timestamp"}}',
            b"[" * 15_000,
            b'"' + b"x" * 10_000 + b'"',
            b"\xff\xfe",
        ],
    )
    def test_a_timestamp_that_is_none(self, scene: Scene, content: bytes) -> None:
        (scene.served / "metadata" / "timestamp.json").write_bytes(content)
        scene.refused("the publication is damaged")

    def test_a_role_without_delegations(self, scene: Scene) -> None:
        def drop(targets: Targets) -> None:
            targets.delegations = None

        resign(scene, {"targets": drop}, keys={"targets": "targets"})
        scene.refused(r"no brands/acme/shipments-\S+ that its publisher signed", learned=True)

    def test_a_target_with_a_digest_of_another_kind(self, scene: Scene) -> None:
        def other(targets: Targets) -> None:
            info = targets.targets["catalogue.json"]
            targets.targets["catalogue.json"] = TargetFile(
                info.length, {"md5": "0" * 32}, info.path
            )

        resign(scene, {"targets": other}, keys={"targets": "targets"})
        scene.refused(r"no catalogue\.json that its publisher signed", learned=True)

    def test_a_target_of_monstrous_size(self, scene: Scene) -> None:
        def huge(targets: Targets) -> None:
            targets.targets["catalogue.json"].length = 1 << 40

        resign(scene, {"targets": huge}, keys={"targets": "targets"})
        scene.refused("has 1099511627776 bytes, more than", learned=True)

    def test_a_publication_of_another_release(self, scene: Scene) -> None:
        path = newest(scene, "targets/*.catalogue.json")
        document = json.loads(path.read_bytes())
        document["format"] = 2
        content = json.dumps(document).encode()
        digest = hashlib.sha256(content).hexdigest()
        path.with_name(f"{digest}.catalogue.json").write_bytes(content)

        def take(targets: Targets) -> None:
            info = TargetFile.from_data("catalogue.json", content)
            targets.targets["catalogue.json"] = info

        resign(scene, {"targets": take}, keys={"targets": "targets"})
        scene.refused("format 2, not 1", learned=True)


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


def sign_online(scene: Scene, metadata: Metadata[Any], name: str) -> bytes:
    metadata.sign(RoleSigner(scene.publisher.vault.load("online")))
    content: bytes = metadata.to_bytes()
    (scene.served / "metadata" / name).write_bytes(content)
    return content


def sign_timestamp(scene: Scene, version: int, snapshot_version: int, snapshot: bytes) -> None:
    described = MetaFile.from_data(snapshot_version, snapshot, ["sha256"])
    timestamp = Timestamp(version, expires=expiry(moment(), 7), snapshot_meta=described)
    sign_online(scene, Metadata(timestamp), "timestamp.json")


def resign(
    scene: Scene,
    changes: dict[str, Callable[[Targets], None]],
    keys: dict[str, str] | None = None,
) -> None:
    """Change roles of generation 2 and sign them, and all above them but the root, anew."""
    snapshot = Metadata[Snapshot].from_file(str(scene.path("metadata/2.snapshot.json")))
    for name, change in changes.items():
        path = scene.path(f"metadata/2.{name}.json")
        metadata = Metadata[Targets].from_file(str(path))
        change(metadata.signed)
        key = (keys or {}).get(name, name)
        signature = metadata.sign(RoleSigner(scene.publisher.vault.load(key)))
        assert signature
        content = metadata.to_bytes()
        path.write_bytes(content)
        snapshot.signed.meta[f"{name}.json"] = MetaFile.from_data(2, content, ["sha256"])
    content = sign_online(scene, snapshot, "2.snapshot.json")
    sign_timestamp(scene, version=2, snapshot_version=2, snapshot=content)
