"""The attacks that The Update Framework names, each by its name, against `station sync` itself.

Every test first runs the same path without the attack (`World.honest`): the site would go on. After
the attack the registry in use is the same byte for byte, a look-up gives the same verdict, no
version the site trusts has fallen, and none has risen but by metadata that is genuine. The command
says what is wrong in words, with its exit code.

*Extraneous dependencies* do not apply: a publication has no dependencies, and a site fetches only
files whose names it knows beforehand. `test_sync_attacks.py` has the finer grain: every file
altered in every simple way; attacks on the deltas have tests of their own.

Source: TUF specification 1.0, section 1.5.2 (attacks); https://theupdateframework.io/docs/security.
"""

import hashlib
import json
import shutil
from pathlib import Path

import pytest
from tuf.api.metadata import Metadata, MetaFile, Root, Snapshot, Targets

from station.core.codes import Algorithm
from station.core.crypto import PrivateKey
from station.storage import durable
from station.transport.tuf_carry import SplitPublisher
from station.transport.tuf_ceremony import RootCeremony
from station.transport.tuf_roles import ROOT_KEYS, RoleSigner
from station.transport.tuf_signing import SigningDesk
from tests.fakes.brand_store import FakeVault
from tests.fakes.publishing import PublisherDesk, moment
from tests.fakes.tuf_world import (
    NOTHING,
    ONLINE,
    World,
    new_rows,
    only,
    resign,
    rows_of,
    sign_online,
)


class TestArbitrarySoftware:
    """A registry of the attacker's own making."""

    def test_signed_with_keys_of_the_attackers_own(self, world: World, tmp_path: Path) -> None:
        world.honest()
        other = PublisherDesk(tmp_path / "other", vault=FakeVault())
        for _ in range(3):
            other.publish()
        shutil.rmtree(world.served)
        shutil.copytree(other.folder, world.served)
        world.refused("not signed by the publisher this site trusts", learned=NOTHING)

    def test_written_over_a_file_of_rows(self, world: World) -> None:
        world.honest()
        rows = new_rows(world)
        content = rows.read_bytes()
        rows.write_bytes(content[:-1] + bytes([content[-1] ^ 1]))
        genuine = ONLINE | {"targets", "brand-acme", "brand-bolt"}
        world.refused("do not belong together, or were altered", learned=genuine)


class TestRollback:
    """Genuine, signed, and older than what the site has."""

    def test_an_older_publication(self, world: World) -> None:
        world.honest()
        assert world.sync(str(world.second)).code == 0
        registry, versions, verdict = world.registry(), world.versions(), world.verdict()
        outcome = world.sync(str(world.first))
        assert outcome.code == 4
        assert "older than what this site already trusts" in outcome.err
        assert outcome.json[0]["generation"] == 2
        assert (world.registry(), world.versions(), world.verdict()) == (
            registry,
            versions,
            verdict,
        )

    def test_older_metadata_under_a_newer_timestamp(self, world: World) -> None:
        """With the online key: one brand's news are kept back."""
        world.honest()
        old = (world.first / "metadata" / "1.brand-acme.json").read_bytes()
        newer = world.sync(str(world.second))
        assert newer.code == 0
        registry, verdict = world.registry(), world.verdict()
        snapshot = Metadata[Snapshot].from_file(str(only(world.served, "metadata/2.snapshot.json")))
        snapshot.signed.version = 3
        snapshot.signed.meta["brand-acme.json"] = MetaFile.from_data(1, old, ["sha256"])
        sign_online(world, snapshot, 3)
        outcome = world.sync(str(world.served))
        assert outcome.code == 4
        assert "older than what this site already trusts" in outcome.err
        assert (world.registry(), world.verdict()) == (registry, verdict)
        assert world.versions()["brand-acme"] == 2


class TestFastForward:
    """Versions pushed so high that nothing genuine could ever be newer."""

    def test_without_a_key_no_version_moves(self, world: World) -> None:
        world.honest()
        path = world.served / "metadata" / "timestamp.json"
        document = json.loads(path.read_bytes())
        document["signed"]["version"] = 1 << 31
        path.write_text(json.dumps(document))
        world.refused("not signed by the publisher this site trusts", learned=NOTHING)

    def test_with_the_online_key_and_how_the_publisher_recovers(
        self, world: World, tmp_path: Path
    ) -> None:
        """A new online key under a new root: what the old one signed counts no longer."""
        world.honest()
        snapshot = Metadata[Snapshot].from_file(str(only(world.served, "metadata/2.snapshot.json")))
        snapshot.signed.version = 1 << 31
        sign_online(world, snapshot, 1 << 31)
        assert world.sync(str(world.served)).json[0]["generation"] == 2
        assert world.versions()["timestamp"] == 1 << 31
        registry, verdict = world.registry(), world.verdict()
        refused = world.sync(str(world.second))
        assert refused.code == 4
        assert "older than what this site already trusts" in refused.err
        assert (world.registry(), world.verdict()) == (registry, verdict)
        shutil.rmtree(world.served)
        shutil.copytree(world.second, world.served)
        world.desk.vault.keys["online"] = PrivateKey.generate(Algorithm.ED25519)
        new_root(world, tmp_path / "request")
        world.desk.publish()
        healed = world.sync(str(world.served))
        assert (healed.code, healed.json[0]["changed"]) == (0, True), healed.err
        assert world.versions()["root"] == 2
        kept = world.site / "trust" / "metadata" / "timestamp.json"
        assert json.loads(kept.read_bytes())["signed"]["version"] < 1000


def new_root(world: World, folder: Path) -> None:
    """The root's ceremony, by all its holders at one desk."""
    with RootCeremony(world.desk.state, world.desk.vault, durable) as ceremony:
        ceremony.propose_root(folder, moment())
    signing = SigningDesk(world.desk.vault, folder.parent, durable)
    fingerprint = hashlib.sha256(world.desk.root).hexdigest()
    signing.sign(folder, signing.examine(folder, moment(), fingerprint))
    with RootCeremony(world.desk.state, world.desk.vault, durable) as ceremony:
        assert ceremony.accept_root(folder).version == 2


class TestIndefiniteFreeze:
    """The newest is kept back; what is shown was once the newest."""

    def test_until_it_has_expired(self, world: World) -> None:
        world.honest()
        world.desk.publish(days_ago=10, valid_days=7)
        world.refused("the publication has expired", learned=NOTHING)

    def test_before_that_the_site_goes_on_with_what_it_has_and_its_age_counts(
        self, world: World
    ) -> None:
        world.honest()
        registry, verdict, versions = world.registry(), world.verdict(), world.versions()
        outcome = world.sync(str(world.first))
        assert (outcome.code, outcome.json[0]["changed"]) == (0, False)
        assert (world.registry(), world.verdict(), world.versions()) == (
            registry,
            verdict,
            versions,
        )

    def test_a_renewed_timestamp_is_no_freeze(self, world: World) -> None:
        """The control of the first: nothing new, said anew by who may."""
        with SplitPublisher(
            world.desk.state, world.desk.vault, world.served, durable, 7
        ) as publisher:
            publisher.renew(world.desk.store.reserve_publication(moment()), moment())
        assert world.sync(str(world.served)).json[0]["generation"] == 2


class TestMixAndMatch:
    """Every file is genuine; together they never were."""

    @pytest.mark.parametrize(
        ("pattern", "learned"),
        [
            ("metadata/{}.snapshot.json", {"timestamp"}),
            ("metadata/{}.targets.json", {"timestamp", "snapshot"}),
            ("metadata/{}.brand-acme.json", {"timestamp", "snapshot", "targets"}),
        ],
    )
    def test_one_file_of_the_generation_before(
        self, world: World, pattern: str, learned: set[str]
    ) -> None:
        world.honest()
        older = world.first / pattern.format(1)
        shutil.copy(older, world.served / pattern.format(2))
        world.refused("do not belong together, or were altered", learned=frozenset(learned))


class TestWrongSoftwareInstallation:
    """A genuine file, where another belongs."""

    def test_one_brands_rows_in_the_place_of_anothers(self, world: World) -> None:
        world.honest()
        bolts = min(rows_of(world.served, "bolt"))
        shutil.copy(world.served / bolts, new_rows(world))
        genuine = ONLINE | {"targets", "brand-acme", "brand-bolt"}
        world.refused("do not belong together, or were altered", learned=genuine)

    def test_a_brand_that_signs_for_another(self, world: World) -> None:
        """With bolt's key and the online key: bolt's products are those of acme."""
        world.honest()
        listed = only(world.served, "metadata/2.brand-acme.json")
        info = Metadata[Targets].from_file(str(listed)).signed.targets["brands/acme/products.json"]
        name = f"{info.hashes['sha256']}.products.json"
        folder = world.served / "targets" / "brands"
        shutil.copy(folder / "acme" / name, folder / "bolt" / name)

        def take(targets: Targets) -> None:
            mine = targets.targets["brands/bolt/products.json"]
            mine.length, mine.hashes = info.length, info.hashes

        resign(world, "brand-bolt", take)
        genuine = ONLINE | {"targets", "brand-acme", "brand-bolt"}
        world.refused("the files of brand bolt are another brand's", learned=genuine)


class TestKeyCompromiseBelowThreshold:
    """Some keys are the thief's, and too few for anything."""

    @pytest.mark.parametrize("stolen", ROOT_KEYS)
    def test_one_root_key(self, world: World, stolen: str) -> None:
        world.honest()
        root = Metadata[Root].from_bytes(world.desk.root)
        root.signed.version = 2
        thief = RoleSigner(PrivateKey.generate(Algorithm.ED25519))
        root.signed.add_key(thief.public_key, "timestamp")
        root.sign(RoleSigner(world.desk.vault.load(stolen)))
        root.to_file(str(world.served / "metadata" / "2.root.json"))
        world.refused("not signed by the publisher this site trusts", learned=NOTHING)

    def test_one_root_key_that_signs_twice(self, world: World) -> None:
        """Two signatures by one key are one."""
        world.honest()
        root = Metadata[Root].from_bytes(world.desk.root)
        root.signed.version = 2
        root.sign(RoleSigner(world.desk.vault.load("root-1")))
        path = world.served / "metadata" / "2.root.json"
        document = json.loads(root.to_bytes())
        document["signatures"] *= 2
        path.write_text(json.dumps(document))
        world.refused("the publication is", learned=NOTHING)

    def test_the_key_of_a_brand(self, world: World) -> None:
        """Without the online key nothing names what the thief has signed."""
        world.honest()
        path = world.served / "metadata" / "2.brand-acme.json"
        metadata = Metadata[Targets].from_file(str(path))
        metadata.signed.targets.clear()
        metadata.sign(RoleSigner(world.desk.vault.load("brand-acme")))
        metadata.to_file(str(path))
        world.refused(
            "do not belong together, or were altered",
            learned=ONLINE | {"targets"},
        )

    def test_the_online_key(self, world: World) -> None:
        """It may say which versions are the newest, and not what stands in them."""
        world.honest()

        def void(targets: Targets) -> None:
            targets.targets.clear()

        resign(world, "brand-acme", void, signer="online")
        world.refused("not signed by the publisher this site trusts", learned=ONLINE | {"targets"})

    def test_the_catalogues_key(self, world: World) -> None:
        """Without the online key a catalogue of the thief's is no part of any snapshot."""
        world.honest()
        path = world.served / "metadata" / "2.targets.json"
        metadata = Metadata[Targets].from_file(str(path))
        metadata.signed.targets.clear()
        metadata.sign(RoleSigner(world.desk.vault.load("targets")))
        metadata.to_file(str(path))
        world.refused("do not belong together, or were altered", learned=ONLINE)
