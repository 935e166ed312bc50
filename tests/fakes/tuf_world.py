"""A publisher, a site that follows it by `station sync`, and what an attacker does to files."""

import hashlib
import json
import shutil
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from tuf.api.metadata import Metadata, MetaFile, Snapshot, Targets, Timestamp

from station.core.registry import UnitRecord, UnitState
from station.transport.tuf_roles import RoleSigner, expiry
from tests.fakes.brand_store import FakeVault
from tests.fakes.command_line import Outcome, station
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


def made_world(folder: Path) -> World:
    """A world in an empty folder."""
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


def copied_world(template: World, folder: Path) -> World:
    """A copy of a world, with the same keys."""
    shutil.copytree(template.desk.folder.parent, folder / "desk")
    shutil.copytree(template.site, folder / "site")
    desk = PublisherDesk(folder / "desk", template.desk.store, FakeVault())
    desk.vault.keys.update(template.desk.vault.keys)
    return World(desk, template.first, template.second, folder / "site")


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
