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
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler
from pathlib import Path
from typing import Any

import pytest
from tuf.api.metadata import Metadata, MetaFile, Root, Snapshot, Targets, Timestamp

from station.core.codes import Algorithm
from station.core.crypto import PrivateKey
from station.core.registry import UnitRecord, UnitState
from station.storage import durable
from station.transport.http_access import HttpPools
from station.transport.tuf_carry import SplitPublisher
from station.transport.tuf_ceremony import RootCeremony
from station.transport.tuf_fetch import CHUNK_BYTES
from station.transport.tuf_roles import ROOT_KEYS, RoleSigner, expiry
from station.transport.tuf_signing import SigningDesk
from tests.fakes.brand_store import FakeVault
from tests.fakes.command_line import Outcome, station
from tests.fakes.file_server import serving_folder
from tests.fakes.loopback_server import listening
from tests.fakes.publishing import PublisherDesk, moment

CODE = f"AZ:{7:026}"
"""The unit ACME-000000: active in generation 1, void in generation 2."""


@dataclass
class World:
    """A publisher whose generations 1 and 2 are out, and a site that has generation 1.

    Attributes:
        desk: The publisher; its folder is what the attacker may write to.
        first: What was out first, untouched.
        second: What is out now, untouched.
        site: The site folder.
    """

    desk: PublisherDesk
    first: Path
    second: Path
    site: Path
    controls: int = 0

    @property
    def served(self) -> Path:
        return self.desk.folder

    def sync(self, origin: str, *options: str, site: Path | None = None) -> Outcome:
        where = ("--site", str(site or self.site), "--from", origin)
        return station("sync", *where, *options, "--json")

    def verdict(self, site: Path | None = None) -> dict[str, Any]:
        """A look-up, without what differs from one to the next."""
        outcome = station("check", "--site", str(site or self.site), "--json", CODE)
        found: dict[str, Any] = outcome.json[0]
        for name in ("scan_id", "time_utc", "timings_ms"):
            del found[name]
        return found

    def registry(self) -> dict[str, str]:
        return digests(self.site / "registry")

    def versions(self) -> dict[str, int]:
        """What the site trusts: each role's newest accepted version."""
        kept = self.site / "trust" / "metadata"
        found: dict[str, int] = {}
        for path in kept.rglob("*.json"):
            role = path.name.removesuffix(".json").rpartition(".")[2]
            version = json.loads(path.read_bytes())["signed"]["version"]
            found[role] = max(version, found.get(role, 0))
        return found

    def honest(self, origin: str | None = None, *options: str) -> None:
        """The control: on this path, without the attack, the site goes on to generation 2."""
        self.controls += 1
        twin = self.site.with_name(f"twin-{self.controls}")
        shutil.copytree(self.site, twin)
        outcome = self.sync(origin or str(self.second), *options, site=twin)
        assert (outcome.code, outcome.json[0]["generation"]) == (0, 2), outcome
        assert self.verdict(twin) != self.verdict()

    def refused(
        self, why: str, *options: str, origin: str | None = None, learned: frozenset[str]
    ) -> dict[str, Any]:
        """The attack; what the command printed.

        Args:
            why: What it must say.
            options: More options for it.
            origin: Where it fetches; the attacked folder otherwise.
            learned: Roles of which newer metadata is genuine, and may be remembered.
        """
        registry, verdict, versions = self.registry(), self.verdict(), self.versions()
        outcome = self.sync(origin or str(self.served), *options)
        assert outcome.code == 4, outcome
        assert why in outcome.err
        assert "nothing was changed" in outcome.err
        assert "Traceback" not in outcome.err
        (told,) = outcome.json
        assert (told["exit_code"], told["changed"], told["generation"]) == (4, False, 1)
        assert why in told["error"]
        assert self.registry() == registry
        assert self.verdict() == verdict
        after = self.versions()
        assert {role: after[role] for role in versions if role not in learned} == {
            role: version for role, version in versions.items() if role not in learned
        }
        assert all(after[role] >= version for role, version in versions.items())
        return told


NOTHING: frozenset[str] = frozenset()
ONLINE = frozenset({"timestamp", "snapshot"})


def digests(folder: Path) -> dict[str, str]:
    return {
        path.relative_to(folder).as_posix(): hashlib.sha256(path.read_bytes()).hexdigest()
        for path in sorted(folder.rglob("*"))
        if path.is_file()
    }


@pytest.fixture(scope="module")
def template(tmp_path_factory: pytest.TempPathFactory) -> World:
    """Made once, never changed."""
    folder = tmp_path_factory.mktemp("template")
    desk = PublisherDesk(folder / "desk")
    release = desk.publish().release
    first, second, site = folder / "first", folder / "second", folder / "site"
    shutil.copytree(desk.folder, first)
    made = station(
        *("init", "--site", str(site), "--name", "berlin", "--station", "dock-1"),
        *("--root", str(release.root_file), "--fingerprint", release.root_fingerprint),
    )
    assert made.code == 0, made.err
    world = World(desk, first, second, site)
    assert world.sync(str(first)).code == 0
    desk.store.update_unit(UnitRecord(1, "ACME-000000", UnitState.VOID))
    desk.publish()
    shutil.copytree(desk.folder, second)
    return world


@pytest.fixture
def world(template: World, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> World:
    for name in ("http_proxy", "all_proxy"):
        monkeypatch.delenv(name, raising=False)
        monkeypatch.delenv(name.upper(), raising=False)
    shutil.copytree(template.desk.folder.parent, tmp_path / "desk")
    shutil.copytree(template.site, tmp_path / "site")
    desk = PublisherDesk(tmp_path / "desk", template.desk.store, FakeVault())
    desk.vault.keys.update(template.desk.vault.keys)
    return World(desk, template.first, template.second, tmp_path / "site")


def only(served: Path, pattern: str) -> Path:
    (path,) = served.glob(pattern)
    return path


def rows_of(published: Path, slug: str = "*") -> set[Path]:
    """The files of rows of a publication, below its folder."""
    files = published.glob(f"targets/brands/{slug}/*")
    return {path.relative_to(published) for path in files if path.suffix != ".json"}


def new_rows(world: World) -> Path:
    """The one file of rows that generation 2 has and generation 1 has not."""
    (path,) = rows_of(world.second) - rows_of(world.first)
    return world.served / path


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


@dataclass
class Mirror:
    """A server whose answers for some files are an attacker's.

    Attributes:
        folder: What it serves otherwise.
        answers: By the end of a file's path.
        sent: Bytes of such answers so far.
    """

    folder: Path
    answers: dict[str, Callable[["Mirror", BaseHTTPRequestHandler], None]] = field(
        default_factory=dict
    )
    sent: int = 0
    address: str = ""
    ended: threading.Event = field(default_factory=threading.Event)


@contextmanager
def mirroring(folder: Path) -> Iterator[Mirror]:
    mirror = Mirror(folder)

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            path = folder / self.path.lstrip("/")
            for end, answer in mirror.answers.items():
                if path.name.endswith(end):
                    with suppress(OSError):
                        answer(mirror, self)
                    return
            if not path.is_file():
                self.send_error(404)
                return
            content = path.read_bytes()
            self.send_response(200)
            self.send_header("Content-Length", str(len(content)))
            self.end_headers()
            self.wfile.write(content)

    with listening(Handler) as port:
        mirror.address = f"http://127.0.0.1:{port}/"
        try:
            yield mirror
        finally:
            mirror.ended.set()


def endless(mirror: Mirror, request: BaseHTTPRequestHandler) -> None:
    request.send_response(200)
    request.end_headers()
    while not mirror.ended.is_set():
        request.wfile.write(bytes(4096))
        mirror.sent += 4096


def dripping(mirror: Mirror, request: BaseHTTPRequestHandler) -> None:
    request.send_response(200)
    request.send_header("Content-Length", "100000")
    request.end_headers()
    while not mirror.ended.wait(0.01):
        request.wfile.write(b"{")
        request.wfile.flush()
        mirror.sent += 1


class TestEndlessData:
    """A file that never ends, to fill the disk or to keep the refresh busy for ever."""

    @pytest.mark.parametrize(
        ("file", "learned"),
        [
            ("timestamp.json", NOTHING),
            ("2.snapshot.json", {"timestamp"}),
            (".catalogue.json", ONLINE | {"targets"}),
        ],
    )
    def test_it_is_cut_off_at_the_length_that_is_known(
        self, world: World, file: str, learned: set[str]
    ) -> None:
        with mirroring(world.served) as mirror:
            world.honest(mirror.address, "--allow-http")
            mirror.answers[file] = endless
            world.refused(
                "do not belong together, or were altered",
                "--allow-http",
                origin=mirror.address,
                learned=frozenset(learned),
            )
            # What is still in the sockets' buffers was sent and never read.
            assert mirror.sent < CHUNK_BYTES * 64
        used = sum(path.stat().st_size for path in self.left(world))
        assert used < CHUNK_BYTES * 4

    @staticmethod
    def left(world: World) -> list[Path]:
        return [path for path in (world.site / "trust").rglob("*") if path.is_file()]


class TestSlowRetrieval:
    """Bytes that drip in, so that the refresh neither ends nor fails."""

    @pytest.mark.parametrize(
        ("file", "learned"),
        [("timestamp.json", NOTHING), (".catalogue.json", ONLINE | {"targets"})],
    )
    def test_a_server_far_too_slow_is_given_up(
        self, world: World, file: str, learned: set[str], monkeypatch: pytest.MonkeyPatch
    ) -> None:
        limits = HttpPools.__init__.__kwdefaults__
        assert limits is not None
        assert limits["grace_s"] == 60.0
        monkeypatch.setitem(limits, "grace_s", 0.1)
        with mirroring(world.served) as mirror:
            world.honest(mirror.address, "--allow-http")
            mirror.answers[file] = dripping
            world.refused(
                "arrives too slowly",
                "--allow-http",
                origin=mirror.address,
                learned=frozenset(learned),
            )
            assert mirror.sent > 1


class TestMaliciousMirrors:
    """Of several copies some lie; what a lying one left does not spoil the next."""

    def test_an_honest_mirror_heals_what_a_lying_one_left(self, world: World) -> None:
        rows = new_rows(world)

        def half_a_lie(mirror: Mirror, request: BaseHTTPRequestHandler) -> None:
            content = bytearray(rows.read_bytes())
            content[10] ^= 1
            request.send_response(200)
            request.send_header("Content-Length", str(len(content)))
            request.end_headers()
            request.wfile.write(content[:-5])
            request.close_connection = True

        with mirroring(world.served) as lying, serving_folder(world.second) as honest:
            world.honest(lying.address, "--allow-http")
            lying.answers[rows.name] = half_a_lie
            genuine = ONLINE | {"targets", "brand-acme", "brand-bolt"}
            world.refused("cannot fetch", "--allow-http", origin=lying.address, learned=genuine)
            assert list((world.site / "trust" / "incoming").glob("*.part"))
            healed = world.sync(honest, "--allow-http")
        assert (healed.code, healed.json[0]["generation"]) == (0, 2), healed.err

    def test_a_mirror_that_hides_the_newest_hides_it_from_nobody_else(self, world: World) -> None:
        with serving_folder(world.first) as stale, serving_folder(world.second) as fresh:
            world.honest(fresh, "--allow-http")
            assert world.sync(stale, "--allow-http").json[0]["changed"] is False
            assert world.sync(fresh, "--allow-http").json[0]["generation"] == 2
            outcome = world.sync(stale, "--allow-http")
        assert outcome.code == 4
        assert "older than what this site already trusts" in outcome.err


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


def sign_online(world: World, snapshot: Metadata[Snapshot], version: int) -> None:
    """Sign a snapshot, and a timestamp of the same version that names it, with the online key."""
    online = RoleSigner(world.desk.vault.load("online"))
    snapshot.sign(online)
    content = snapshot.to_bytes()
    (world.served / "metadata" / f"{version}.snapshot.json").write_bytes(content)
    described = MetaFile.from_data(version, content, ["sha256"])
    timestamp = Metadata(Timestamp(version, expires=expiry(moment(), 7), snapshot_meta=described))
    timestamp.sign(online)
    timestamp.to_file(str(world.served / "metadata" / "timestamp.json"))


def resign(
    world: World, role: str, change: Callable[[Targets], None], signer: str | None = None
) -> None:
    """Change a role of generation 2, and sign it, snapshot and timestamp anew."""
    path = world.served / "metadata" / f"2.{role}.json"
    metadata = Metadata[Targets].from_file(str(path))
    change(metadata.signed)
    metadata.sign(RoleSigner(world.desk.vault.load(signer or role)))
    content = metadata.to_bytes()
    path.write_bytes(content)
    snapshot = Metadata[Snapshot].from_file(str(only(world.served, "metadata/2.snapshot.json")))
    snapshot.signed.meta[f"{role}.json"] = MetaFile.from_data(2, content, ["sha256"])
    sign_online(world, snapshot, 2)
