"""A publisher with two generations out, a site that has the first, and what an attacker signs."""

import copy
import shutil
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from tuf.api.metadata import Metadata, MetaFile, Snapshot, Targets, Timestamp

from station.core.errors import StationError, TrustError
from station.core.registry import UnitRecord, UnitState
from station.transport.tuf_roles import RoleSigner, expiry
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


def made_scene(folder: Path) -> Scene:
    """A scene in an empty folder."""
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


def copied_scene(template: Scene, folder: Path) -> Scene:
    """A copy of a scene: its keys are made from their names, so they are the same."""
    shutil.copytree(template.publisher.folder.parent, folder / "honest")
    publisher = PublisherDesk(folder / "honest", copy.deepcopy(template.publisher.store))
    publisher.vault.keys.update(template.publisher.vault.keys)
    site = SiteDesk(folder / "site", None)
    shutil.copytree(template.site.folder, site.folder, dirs_exist_ok=True)
    return Scene(publisher, site, template.first, template.second, template.before)


def replace_folder(served: Path, other: Path) -> None:
    shutil.rmtree(served)
    shutil.copytree(other, served)


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
