"""Keys on other machines: each machine is a folder, and what is carried is copied between them.

The publisher's machine holds the online key alone. Three holders have a root key each, a vault has
the catalogue's, and the brand its own. Nothing of one machine is ever seen by a command of another.
"""

import hashlib
import shutil
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from tests.fakes.command_line import Outcome, station

GTIN = "09506000134352"
HOLDERS = ("root-1", "root-2", "root-3")
ELSEWHERE = (*HOLDERS, "targets", "brand-acme")


@dataclass
class World:
    """The machines. Each has a folder under its key's name; the publisher's is ``online``."""

    folder: Path
    carries: int = 0

    def at(self, machine: str) -> Path:
        return self.folder / machine

    def carry(self, source: Path, machine: str, name: str | None = None) -> Path:
        """Copy a folder or file to another machine, into its folder ``in``."""
        self.carries += 1
        there = self.at(machine) / "in" / f"{self.carries}" / (name or source.name)
        there.parent.mkdir(parents=True)
        if source.is_dir():
            shutil.copytree(source, there)
        else:
            shutil.copyfile(source, there)
        return there

    def good(self, *argv: str) -> list[dict[str, Any]]:
        outcome = station(*argv, "--json")
        assert outcome.code == 0, outcome.err
        return outcome.json

    def desk(self, *argv: str) -> list[dict[str, Any]]:
        return self.good(*argv, "--brand-dir", str(self.at("online") / "brand"))

    def publish(self, *options: str, command: tuple[str, ...] = ("publish",)) -> Outcome:
        online = self.at("online")
        where = ("--to", str(online / "published"), "--brand-dir", str(online / "brand"))
        return station(*command, *where, *options, "--json")

    def renew(self, *options: str) -> Outcome:
        return self.publish(*options, command=("signing", "renew"))

    def prepare(self, name: str) -> Path:
        folder = self.at("online") / name
        done = self.publish("--prepare", str(folder))
        assert done.code == 0, done.err
        return folder

    def sign(self, machine: str, folder: Path, *options: str) -> Outcome:
        keys = str(self.at(machine) / "keys")
        return station("signing", "sign", str(folder), "--keys", keys, "--yes", "--json", *options)

    def signed_by(self, folder: Path, *machines: str) -> Path:
        """Carry a folder from one machine to the next, have it signed, and back."""
        for machine in machines:
            folder = self.carry(folder, machine)
            done = self.sign(machine, folder, *self.fingerprint(machine))
            assert done.code == 0, done.err
        return self.carry(folder, "online")

    def fingerprint(self, machine: str) -> tuple[str, ...]:
        """Told by telephone, where a machine knows no root yet and there is one."""
        known = (self.at(machine) / "keys" / "signed.json").exists()
        return () if known or not self.history.exists() else ("--fingerprint", self.root_digest(1))

    @property
    def history(self) -> Path:
        return self.at("online") / "brand" / "publisher" / "root_history"

    def root_digest(self, version: int) -> str:
        history = self.history
        return hashlib.sha256((history / f"{version}.root.json").read_bytes()).hexdigest()

    def put_out(self, folder: Path) -> Outcome:
        return self.publish(command=("signing", "put-out", str(folder)))

    def make_site(self) -> Path:
        site = self.at("site")
        root = self.at("online") / "published" / "metadata" / "1.root.json"
        self.good(
            *("init", "--site", str(site), "--name", "berlin", "--station", "dock-1"),
            *("--root", str(root), "--fingerprint", self.root_digest(1)),
            *("--from", str(self.at("online") / "published")),
        )
        return site

    def sync(self) -> dict[str, Any]:
        return self.good("sync", "--site", str(self.at("site")))[0]

    def order(self, count: int) -> None:
        self.desk("codes", "order", "--gtin", GTIN, "--count", str(count))

    def key_files(self, machine: str) -> set[str]:
        return {path.stem for path in self.at(machine).rglob("*.pem")}

    def state(self) -> dict[str, bytes]:
        """What sites see, byte for byte."""
        published = self.at("online") / "published"
        return {
            path.relative_to(published).as_posix(): path.read_bytes()
            for path in sorted(published.rglob("*"))
            if path.is_file() and "metadata" in path.parts
        }


def made_world(folder: Path) -> World:
    """Keys made on their machines, the first root signed by two holders of three."""
    with pytest.MonkeyPatch.context() as patch:
        _ease(patch)
        world = World(folder)
        world.at("online").mkdir()
        world.desk("brand", "add", "acme", "--name", "Acme")
        world.desk("key", "new", "acme")
        world.desk("product", "add", GTIN, "--brand", "acme", "--name", "Beans")
        world.order(5)
        for machine in ELSEWHERE:
            world.at(machine).mkdir()
            keys = str(world.at(machine) / "keys")
            at = str(world.at(machine))
            (made,) = world.good("signing", "key", machine, "--keys", keys, "--out", at)
            world.desk("signing", "add", str(world.carry(Path(made["path"]), "online")))
        out = world.at("online") / "root-request"
        world.desk("signing", "root", "--out", str(out))
        world.desk("signing", "accept", str(world.signed_by(out, "root-1", "root-3")))
    return world


def world_in(folder: Path, template: World, monkeypatch: pytest.MonkeyPatch) -> World:
    """The same machines once more, to do with as one likes."""
    _ease(monkeypatch)
    shutil.copytree(template.folder, folder / "world")
    return World(folder / "world", template.carries)


def _ease(patch: pytest.MonkeyPatch) -> None:
    """One passphrase for all keys, and quickly checked."""
    patch.setenv("STATION_KEY_PASSPHRASE", "passphrase")
    patch.setattr("station.core.crypto.PBKDF2_ITERATIONS", 1)
