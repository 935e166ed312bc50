"""Attacks on a site's refresh, named after the framework's; each has an honest control first.

The attacker may write what is fetched, and sometimes holds some keys. After each attack the
registry in use is the same, byte for byte, and so is what the site trusts, unless the attack came
with newer metadata that is genuine: that much a site may learn and must not forget.
"""

import hashlib
import json
import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest
from tuf.api.metadata import Metadata, MetaFile, Root, Snapshot, TargetFile, Targets

from station.core.codes import Algorithm
from station.core.crypto import PrivateKey
from station.core.errors import StorageError, TrustError
from station.transport.tuf_roles import RoleSigner
from tests.fakes.brand_store import FakeVault
from tests.fakes.publishing import PublisherDesk, SiteDesk
from tests.fakes.sync_scene import Scene, replace_folder, resign, sign_online, sign_timestamp


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
