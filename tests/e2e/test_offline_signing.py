"""Keys on other machines: each machine is a folder, and what is carried is copied between them.

The publisher's machine holds the online key alone. Three holders have a root key each, a vault has
the catalogue's, and the brand its own. Nothing of one machine is ever seen by a command of another.
"""

import hashlib
import json
import shutil
from collections.abc import Callable
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


@pytest.fixture(scope="module")
def template(tmp_path_factory: pytest.TempPathFactory) -> World:
    """Keys made on their machines, the first root signed by two holders of three."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("STATION_KEY_PASSPHRASE", "passphrase")
        patch.setattr("station.core.crypto.PBKDF2_ITERATIONS", 1)
        world = World(tmp_path_factory.mktemp("world"))
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


@pytest.fixture
def world(template: World, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> World:
    monkeypatch.setenv("STATION_KEY_PASSPHRASE", "passphrase")
    monkeypatch.setattr("station.core.crypto.PBKDF2_ITERATIONS", 1)
    shutil.copytree(template.folder, tmp_path / "world")
    return World(tmp_path / "world", template.carries)


class TestTogether:
    def test_a_publication_that_no_one_machine_could_have_made(self, world: World) -> None:
        request = world.prepare("request")
        assert not (world.at("online") / "published" / "metadata" / "timestamp.json").exists()
        assert world.put_out(world.signed_by(request, "brand-acme", "targets")).code == 0
        world.make_site()
        assert (world.sync()["generation"], world.sync()["units"]) == (1, 5)
        assert world.key_files("online") == {"online", "acme-1"}
        for machine in ELSEWHERE:
            assert world.key_files(machine) == {machine}

    def test_one_after_another_and_kept_fresh_in_between(self, world: World) -> None:
        world.put_out(world.signed_by(world.prepare("first"), "targets", "brand-acme"))
        world.make_site()
        assert world.sync()["generation"] == 1
        assert world.renew().code == 0
        assert world.sync()["changed"] is False
        world.order(2)
        second = world.prepare("second")
        assert world.renew().code == 0
        assert world.sync()["generation"] == 1
        assert world.put_out(world.signed_by(second, "brand-acme", "targets")).code == 0
        assert world.sync()["units"] == 7
        assert world.renew("--keep", "2").code == 0
        assert world.sync()["changed"] is False

    def test_holders_may_sign_copies_at_the_same_time(self, world: World) -> None:
        request = world.prepare("request")
        copies = [world.signed_by(request, machine) for machine in ("brand-acme", "targets")]
        for path in (copies[1] / "signatures").iterdir():
            shutil.copy(path, copies[0] / "signatures")
        assert world.put_out(copies[0]).code == 0

    def test_what_is_shown_is_what_is_signed(self, world: World) -> None:
        request = world.carry(world.prepare("request"), "targets")
        keys = ("--keys", str(world.at("targets") / "keys"))
        print_of_root = ("--fingerprint", world.root_digest(1))
        (item,) = world.good("signing", "show", str(request), *keys, *print_of_root)
        assert (item["role"], item["version"], item["units"]) == ("targets", 1, 5)
        assert item["signed_before"] is None
        assert item["root_fingerprint"] == world.root_digest(1)
        (file,) = item["files"]
        assert file["path"] == "catalogue.json"
        assert "units 5" in file["says"]
        assert "acme (1)" in file["says"]
        said = station("signing", "show", str(request), *keys, *print_of_root).out
        for words in (item["sha256"], item["expires_utc"], file["sha256"], "brand-acme"):
            assert words in said
        assert list((request / "signatures").iterdir()) == []

    def test_the_brand_is_shown_how_many_units_it_signs(self, world: World) -> None:
        request = world.carry(world.prepare("request"), "brand-acme")
        keys = ("--keys", str(world.at("brand-acme") / "keys"))
        print_of_root = ("--fingerprint", world.root_digest(1))
        (item,) = world.good("signing", "show", str(request), *keys, *print_of_root)
        says = {file["path"].rpartition("/")[2]: file["says"] for file in item["files"]}
        assert says["units-1.rows"] == "units 5 (all)"
        assert says["rows.json"] == "opaque codes 0, units 5"
        assert says["products.json"].startswith("products 1")

    def test_the_brand_is_shown_what_it_announces_to_whom(self, world: World) -> None:
        """And once it is signed there, it reaches the site."""
        rows = "".join(f"ASN-{number},order,,,{GTIN},,{number}\n" for number in range(1, 6))
        file = world.folder / "asn.csv"
        file.write_text(f"shipment,kind,seller,sscc,gtin,serial,count\n{rows}", "utf-8")
        world.desk("despatch", "add", str(file), "--brand", "acme", "--to", "berlin")
        request = world.carry(world.prepare("request"), "brand-acme")
        keys = ("--keys", str(world.at("brand-acme") / "keys"))
        print_of_root = ("--fingerprint", world.root_digest(1))
        (item,) = world.good("signing", "show", str(request), *keys, *print_of_root)
        (says,) = [file["says"] for file in item["files"] if "/shipments-" in file["path"]]
        assert says == "announced to site berlin: shipments 5 (ASN-1, ASN-2, ASN-3, ...), units 15"
        assert says in station("signing", "show", str(request), *keys, *print_of_root).out
        done = world.put_out(world.signed_by(request, "brand-acme", "targets"))
        assert done.code == 0, done.err
        world.make_site()
        assert world.sync()["shipments"] == 5

    def test_without_an_answer_nothing_is_signed(self, world: World) -> None:
        request = world.carry(world.prepare("request"), "targets")
        keys = ("--keys", str(world.at("targets") / "keys"))
        argv = ("signing", "sign", str(request), *keys, "--fingerprint", world.root_digest(1))
        for answer, code in ((b"", 130), (b"n\n", 130), (b"y\n", 0)):
            done = station(*argv, stdin=answer)
            assert done.code == code, done.err
            assert bool(list((request / "signatures").iterdir())) == (code == 0)


class TestRoot:
    def test_a_stolen_root_key_is_replaced_by_the_two_others(self, world: World) -> None:
        world.put_out(world.signed_by(world.prepare("first"), "targets", "brand-acme"))
        world.make_site()
        world.sync()
        world.at("new-holder").mkdir()
        keys = str(world.at("new-holder") / "keys")
        out = str(world.at("new-holder"))
        (made,) = world.good("signing", "key", "root-2", "--keys", keys, "--out", out)
        public = str(world.carry(Path(made["path"]), "online"))
        brand = ("--brand-dir", str(world.at("online") / "brand"))
        refused = station("signing", "add", public, *brand)
        assert (refused.code, "another key root-2 is known" in refused.err) == (2, True)
        world.desk("signing", "add", public, "--replace")
        request = world.at("online") / "second-root"
        world.desk("signing", "root", "--out", str(request))
        carried = world.carry(request, "root-1")
        (item,) = world.good(
            "signing", "show", str(carried), "--keys", str(world.at("root-1") / "keys")
        )
        changes = [line for line in item["keys"] if "NEW" in line or "TAKEN OUT" in line]
        assert [made["key_id"] in line for line in changes] == [True, False]
        back = world.signed_by(request, "root-1", "root-3")
        (accepted,) = world.desk("signing", "accept", str(back))
        assert accepted["root"] == 2
        assert world.renew().code == 0
        world.sync()
        kept = world.at("site") / "trust" / "metadata" / "root_history" / "2.root.json"
        assert kept.is_file()
        assert made["key_id"] in kept.read_text("utf-8")

    def test_one_holder_of_three_is_not_enough(self, world: World) -> None:
        request = world.at("online") / "again"
        world.desk("signing", "root", "--out", str(request))
        back = world.signed_by(request, "root-2")
        brand = ("--brand-dir", str(world.at("online") / "brand"))
        refused = station("signing", "accept", str(back), *brand)
        assert refused.code == 2
        assert "signatures are missing: 1 more of the root's keys" in refused.err
        world.desk("signing", "accept", str(world.signed_by(back, "root-3")))

    def test_a_publisher_with_all_keys_moves_them_away_later(
        self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        """Nothing was planned: published first, and then the files were put elsewhere."""
        monkeypatch.setenv("STATION_KEY_PASSPHRASE", "passphrase")
        monkeypatch.setattr("station.core.crypto.PBKDF2_ITERATIONS", 1)
        world = World(tmp_path)
        world.at("online").mkdir()
        world.desk("brand", "add", "acme", "--name", "Acme")
        assert world.publish().code == 0
        for name in ELSEWHERE:
            keys = world.at(name) / "keys"
            keys.mkdir(parents=True, mode=0o700)
            shutil.move(world.at("online") / "brand" / "publisher" / f"{name}.pem", keys)
        refused = world.publish()
        assert refused.code == 2
        assert "keys held elsewhere must sign: brand-acme, targets" in refused.err
        assert "--prepare" in refused.err
        back = world.signed_by(world.prepare("request"), "targets", "brand-acme")
        assert world.put_out(back).code == 0


Tamper = Callable[[World, Path], None]


def other_metadata(world: World, folder: Path) -> None:
    """What is to be signed, changed on the way."""
    path = folder / "request.json"
    path.write_bytes(path.read_bytes().replace(b"catalogue.json", b"catalogue.jsom"))


def signed_by_a_thief(world: World, folder: Path) -> None:
    """Changed, and signed by an online key that is not the publisher's."""
    from station.core.codes import Algorithm
    from station.core.crypto import PrivateKey
    from station.transport.tuf_roles import RoleSigner

    path = folder / "request.json"
    envelope = json.loads(path.read_bytes())
    envelope["request"] = envelope["request"].replace('"units":5', '"units":6')
    signature = RoleSigner(PrivateKey.generate(Algorithm.ED25519)).sign(
        envelope["request"].encode()
    )
    envelope |= {"key_id": signature.keyid, "signature": signature.signature}
    path.write_text(json.dumps(envelope))


def another_file(world: World, folder: Path) -> None:
    (path,) = (folder / "targets").glob("*.catalogue.json")
    path.write_bytes(path.read_bytes().replace(b"Acme", b"Acne"))


def file_missing(world: World, folder: Path) -> None:
    (path,) = (folder / "targets").glob("*.catalogue.json")
    path.unlink()


def file_elsewhere(world: World, folder: Path) -> None:
    (path,) = (folder / "targets").glob("*.catalogue.json")
    elsewhere = world.folder / "elsewhere"
    shutil.move(path, elsewhere)
    path.symlink_to(elsewhere)


def no_request(world: World, folder: Path) -> None:
    (folder / "request.json").write_bytes(b'{"request": "{}", "key_id": ""}')


def a_flood(world: World, folder: Path) -> None:
    with (folder / "request.json").open("r+b") as file:
        file.truncate(1 << 40)


class TestHostileOnTheWayThere:
    @pytest.mark.parametrize(
        ("tamper", "why"),
        [
            (other_metadata, "not made by the publisher's online key, or altered"),
            (signed_by_a_thief, "not made by the publisher's online key, or altered"),
            (another_file, "the file catalogue.json is not the one that is to be signed"),
            (file_missing, "the file catalogue.json was not carried along"),
            (file_elsewhere, "the file catalogue.json was not carried along"),
            (no_request, "it is no request"),
            (a_flood, "its request.json is too long"),
        ],
    )
    def test_what_was_altered_is_not_signed(self, world: World, tamper: Tamper, why: str) -> None:
        folder = world.carry(world.prepare("request"), "targets")
        control = world.carry(folder, "targets")
        tamper(world, folder)
        refused = world.sign("targets", folder, *world.fingerprint("targets"))
        assert (refused.code, refused.out) == (4, ""), refused
        assert why in refused.err
        assert "nothing was signed" in refused.err
        assert list((folder / "signatures").iterdir()) == []
        assert world.sign("targets", control, *world.fingerprint("targets")).code == 0

    def test_an_older_request_is_not_signed_again(self, world: World) -> None:
        old = world.prepare("old")
        world.signed_by(old, "targets")
        new = world.prepare("new")
        world.signed_by(new, "targets")
        refused = world.sign("targets", world.carry(old, "targets"))
        assert refused.code == 4
        assert "targets 1 is no newer than 2, which was signed here before" in refused.err

    def test_the_same_request_may_be_signed_twice(self, world: World) -> None:
        """The stick was lost on its way back."""
        request = world.prepare("request")
        world.signed_by(request, "targets")
        assert world.put_out(world.signed_by(request, "targets", "brand-acme")).code == 0

    def test_another_publishers_request_is_not_signed(
        self, world: World, template: World, tmp_path: Path
    ) -> None:
        """Its root, its online key, and a catalogue that names this vault's key."""
        ours = world.prepare("request")
        world.signed_by(ours, "targets")
        other = World(tmp_path / "other")
        other.at("online").mkdir(parents=True)
        other.desk("brand", "add", "acme", "--name", "Acme")
        for name in ("targets", "brand-acme"):
            public = world.at(name) / f"{name}.public.json"
            other.desk("signing", "add", str(public))
        theirs = other.prepare("request")
        refused = world.sign("targets", world.carry(theirs, "targets"))
        assert refused.code == 4
        assert "its roots are not those this desk trusts" in refused.err

    def test_the_first_root_is_never_trusted_by_itself(self, world: World) -> None:
        request = world.carry(world.prepare("request"), "targets")
        refused = world.sign("targets", request)
        assert refused.code == 2
        assert "no root of this publisher is known here yet" in refused.err
        refused = world.sign("targets", request, "--fingerprint", "0" * 64)
        assert refused.code == 4
        assert "none of its roots has the fingerprint" in refused.err

    def test_a_key_that_is_not_asked_for_signs_nothing(self, world: World) -> None:
        request = world.carry(world.prepare("request"), "root-1")
        refused = world.sign("root-1", request)
        assert refused.code == 2
        assert "no key here is asked for: wanted are brand-acme, targets" in refused.err


class TestHostileOnTheWayBack:
    @pytest.fixture
    def back(self, world: World) -> Path:
        """Signed by all; it would be put out."""
        world.put_out(world.signed_by(world.prepare("first"), "targets", "brand-acme"))
        world.make_site()
        world.sync()
        world.order(2)
        return world.signed_by(world.prepare("second"), "targets", "brand-acme")

    def refused(self, world: World, folder: Path, code: int = 4) -> str:
        before = world.state()
        outcome = world.put_out(folder)
        assert (outcome.code, outcome.out) == (code, ""), outcome
        assert world.state() == before
        assert world.sync()["generation"] == 1
        return outcome.err

    def honest(self, world: World, back: Path) -> None:
        assert world.put_out(back).code == 0
        assert world.sync()["units"] == 7

    def test_what_was_prepared_is_altered(self, world: World, back: Path) -> None:
        bad = world.carry(back, "online")
        other_metadata(world, bad)
        assert "not what was prepared here last" in self.refused(world, bad)
        self.honest(world, back)

    def test_an_older_one_comes_back(self, world: World, back: Path) -> None:
        said = self.refused(world, world.signed_by(world.at("online") / "first"))
        assert "it is publication 1 of" in said
        self.honest(world, back)

    def test_a_signature_of_the_older_one(self, world: World, back: Path) -> None:
        first = next(world.folder.glob("online/in/*/first"))
        bad = world.carry(back, "online")
        for path in (first / "signatures").glob("targets.*"):
            shutil.copy(path, bad / "signatures")
        assert "over something else: an older request?" in self.refused(world, bad)
        self.honest(world, back)

    def test_a_signature_by_another_roles_key(self, world: World, back: Path) -> None:
        bad = world.carry(back, "online")
        (brand,) = (bad / "signatures").glob("brand-acme.*")
        (targets,) = (bad / "signatures").glob("targets.*")
        wrong = json.loads(brand.read_bytes())
        right = json.loads(targets.read_bytes())
        targets.write_text(json.dumps(wrong | {"role": "targets", "digest": right["digest"]}))
        assert "not by a key that may sign for it" in self.refused(world, bad)
        self.honest(world, back)

    def test_a_signature_nobody_asked_for(self, world: World, back: Path) -> None:
        bad = world.carry(back, "online")
        (brand,) = (bad / "signatures").glob("brand-acme.*")
        stray = json.loads(brand.read_bytes()) | {"role": "brand-bolt"}
        brand.write_text(json.dumps(stray))
        assert "brand-bolt, which was not asked for" in self.refused(world, bad)
        self.honest(world, back)

    @pytest.mark.parametrize("content", [b"", b"{}", b"[" * 4000, b"x" * 5000])
    def test_a_signature_that_is_none(self, world: World, back: Path, content: bytes) -> None:
        bad = world.carry(back, "online")
        next((bad / "signatures").iterdir()).write_bytes(content)
        assert "the carried folder is refused" in self.refused(world, bad)
        self.honest(world, back)

    def test_a_signature_is_missing(self, world: World, back: Path) -> None:
        bad = world.carry(back, "online")
        next((bad / "signatures").glob("brand-acme.*")).unlink()
        said = self.refused(world, bad, code=2)
        assert "signatures are missing: brand-acme" in said
        self.honest(world, back)

    def test_a_file_prepared_is_gone(self, world: World, back: Path) -> None:
        targets = world.at("online") / "published" / "targets"
        found = {
            json.loads(path.read_bytes())["generation"]: path
            for path in targets.glob("*.catalogue.json")
        }
        catalogue = found[max(found)]
        content = catalogue.read_bytes()
        catalogue.unlink()
        assert "not there any more as it was prepared" in self.refused(world, back)
        catalogue.write_bytes(content)
        self.honest(world, back)

    def test_put_out_twice(self, world: World, back: Path) -> None:
        self.honest(world, back)
        again = world.put_out(back)
        assert again.code == 2
        assert "nothing waits for signatures" in again.err
