"""What is signed elsewhere and altered on its way there or back: nothing false is put out."""

import json
import shutil
from collections.abc import Callable
from pathlib import Path

import pytest

from tests.fakes.signing_machines import World, world_in


@pytest.fixture
def world(offline_template: World, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> World:
    return world_in(tmp_path, offline_template, monkeypatch)


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

    def test_another_publishers_request_is_not_signed(self, world: World, tmp_path: Path) -> None:
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
