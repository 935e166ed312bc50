"""A request made by the publisher's own online key, and yet for what no role may say: not signed.

Whoever holds the publisher's machine can make such a request; the desk of a key's holder is what is
left between that and the sites.
"""

import hashlib
import json
import shutil
from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from typing import Any

import msgspec
import pytest
from tuf.api.metadata import DelegatedRole, Delegations, Role, Root, Signed, TargetFile, Targets

from station.core.errors import StationError, TrustError
from station.storage import durable
from station.sync.publish import publish
from station.transport import tuf_request as carried
from station.transport.tuf_carry import SplitPublisher
from station.transport.tuf_ceremony import RootCeremony
from station.transport.tuf_request import Request, parsed
from station.transport.tuf_roles import RoleSigner
from station.transport.tuf_signing import SigningDesk
from tests.fakes.brand_store import FakeVault
from tests.fakes.publishing import PublisherDesk, moment


@dataclass
class Bench:
    """A publisher without the keys of root, catalogue and brands; a holder who has them all."""

    desk: PublisherDesk
    holder: FakeVault
    folder: Path

    def prepared(self, name: str = "request") -> Path:
        folder = self.folder / name
        with SplitPublisher(
            self.desk.state, self.desk.vault, self.desk.folder, durable, 7
        ) as publisher:
            publication = publish(self.desk.store, publisher, moment())
            publisher.hand_over(folder, publication.units)
        return folder

    def proposed(self, name: str = "root") -> Path:
        folder = self.folder / name
        with RootCeremony(self.desk.state, self.desk.vault, durable) as ceremony:
            ceremony.propose_root(folder, moment())
        return folder

    @property
    def signing(self) -> SigningDesk:
        return SigningDesk(self.holder, self.folder, durable)

    def fingerprint(self) -> str:
        return hashlib.sha256(self.desk.root).hexdigest()

    def examine(self, folder: Path) -> Any:
        return self.signing.examine(folder, moment(), self.fingerprint())

    def remade(self, folder: Path, change: Callable[[Request], Request]) -> Path:
        """The same request, changed and signed by the online key again."""
        request = carried.read_request((folder / "request.json").read_bytes())
        changed = change(request)
        other = folder.with_name(f"{folder.name}-changed")
        text = msgspec.json.encode(changed)
        signature = RoleSigner(self.desk.vault.load("online")).sign(text)
        shutil.copytree(folder, other)
        envelope = {
            "request": text.decode(),
            "key_id": signature.keyid,
            "signature": signature.signature,
        }
        (other / "request.json").write_bytes(msgspec.json.encode(envelope))
        return other


@pytest.fixture
def bench(tmp_path: Path) -> Bench:
    desk = PublisherDesk(tmp_path / "desk")
    desk.publish()
    holder = FakeVault()
    for name in desk.vault.names():
        if name != "online":
            holder.keys[name] = desk.vault.keys.pop(name)
    return Bench(desk, holder, tmp_path)


def changed(role: str, change: Callable[[Any], None]) -> Callable[[Request], Request]:
    """What a role is to sign, changed."""

    def apply(request: Request) -> Request:
        signed: Signed = parsed(request, role)
        change(signed)
        metadata = request.metadata | {role: carried.canonical(signed)}
        return msgspec.structs.replace(request, metadata=metadata)

    return apply


def later(signed: Signed) -> None:
    signed.expires += timedelta(days=400)


def past(signed: Signed) -> None:
    signed.expires -= timedelta(days=400)


def take_another_brands_file(signed: Targets) -> None:
    info = TargetFile(1, {"sha256": "0" * 64}, "brands/bolt/keys.json")
    signed.targets[info.path] = info


def leave_the_folder(signed: Targets) -> None:
    info = TargetFile(1, {"sha256": "0" * 64}, "brands/acme/../../../etc/passwd")
    signed.targets[info.path] = info


def weaker_digest(signed: Targets) -> None:
    for info in signed.targets.values():
        info.hashes["md5"] = "0" * 32


def let_others_sign(signed: Targets) -> None:
    signed.delegations = Delegations({}, {"x": DelegatedRole("x", [], 1, True, paths=["*"])})


def take_a_brands_file(signed: Targets) -> None:
    info = TargetFile(1, {"sha256": "0" * 64}, "brands/acme/keys.json")
    signed.targets[info.path] = info


def widen(signed: Targets) -> None:
    assert signed.delegations is not None
    assert signed.delegations.roles is not None
    signed.delegations.roles["brand-acme"].paths = ["brands/*"]


def name_a_stranger(signed: Targets) -> None:
    assert signed.delegations is not None
    assert signed.delegations.roles is not None
    signed.delegations.roles["other"] = DelegatedRole("other", [], 1, True, paths=["brands/x/*"])


@pytest.mark.parametrize(
    ("role", "change", "why"),
    [
        ("targets", later, "would be valid until"),
        ("targets", past, "would be valid until"),
        ("targets", take_a_brands_file, "its catalogue names files that are a brand's"),
        ("targets", widen, "lets role brand-acme sign what is not one brand's"),
        ("targets", name_a_stranger, "lets role other sign what is not one brand's"),
        ("targets", weaker_digest, "by another digest than SHA-256"),
        ("brand-acme", later, "would be valid until"),
        ("brand-acme", take_another_brands_file, "is to sign files of another brand"),
        ("brand-acme", leave_the_folder, "names a file in a way none is named"),
        ("brand-acme", let_others_sign, "is to let others sign for it"),
    ],
)
def test_a_role_says_only_what_it_may(
    bench: Bench, role: str, change: Callable[[Any], None], why: str
) -> None:
    folder = bench.prepared()
    assert bench.examine(bench.remade(folder, lambda request: request))
    shutil.rmtree(bench.folder / "request-changed")
    with pytest.raises(TrustError, match=why):
        bench.examine(bench.remade(folder, changed(role, change)))


def as_root(signed: Root) -> None:
    signed.roles["root"].threshold = 1


def skip_a_version(signed: Root) -> None:
    signed.version += 1


def forget_snapshots(signed: Root) -> None:
    signed.consistent_snapshot = False


@pytest.mark.parametrize(
    ("change", "why"),
    [
        (as_root, "asks for fewer than 2 signatures"),
        (forget_snapshots, "asks for fewer than 2 signatures"),
        (skip_a_version, "root 3 does not follow root 1"),
        (later, "would be valid until"),
    ],
)
def test_a_root_keeps_its_rules(bench: Bench, change: Callable[[Any], None], why: str) -> None:
    folder = bench.proposed()
    assert bench.examine(folder)
    with pytest.raises(TrustError, match=why):
        bench.examine(bench.remade(folder, changed("root", change)))


def test_new_and_lost_keys_of_a_root_are_pointed_out(bench: Bench) -> None:
    def exchange(root: Root) -> None:
        key = RoleSigner(bench.holder.load("brand-acme")).public_key
        root.keys[key.keyid] = key
        root.roles["root"] = Role([*root.roles["root"].keyids[:2], key.keyid], 2)

    folder = bench.proposed()
    plain = bench.examine(folder).items[0].keys
    assert not [line for line in plain if "NEW" in line or "TAKEN OUT" in line]
    lines = bench.examine(bench.remade(folder, changed("root", exchange))).items[0].keys
    assert sum(line.endswith(" NEW") for line in lines) == 1
    assert sum(line.endswith(" TAKEN OUT") for line in lines) == 1


@pytest.mark.parametrize(
    ("change", "why"),
    [
        (
            lambda request: msgspec.structs.replace(request, wanted=["nobody"]),
            "asks for signatures over nothing",
        ),
        (lambda request: msgspec.structs.replace(request, format=2), "of format 2, not 1"),
        (lambda request: msgspec.structs.replace(request, kind="root"), "signed by itself"),
        (lambda request: msgspec.structs.replace(request, roots=[]), "without any root"),
        (
            lambda request: msgspec.structs.replace(request, roots=[request.roots[0]] * 2),
            "not those of one publisher, in order",
        ),
        (lambda request: msgspec.structs.replace(request, roots=["{}"]), "a root that is none"),
        (
            lambda request: msgspec.structs.replace(
                request, metadata=request.metadata | {"targets": "{}"}
            ),
            "what role targets is to sign is no metadata",
        ),
        (
            lambda request: msgspec.structs.replace(
                request,
                metadata=request.metadata | {"targets": " " + request.metadata["targets"]},
            ),
            "what role targets is to sign is no metadata",
        ),
        (
            lambda request: msgspec.structs.replace(
                request,
                metadata=request.metadata | {"targets": request.metadata["brand-acme"]},
            ),
            "lets|names files that are a brand's",
        ),
    ],
)
def test_a_request_that_is_none(
    bench: Bench, change: Callable[[Request], Request], why: str
) -> None:
    folder = bench.prepared()
    assert bench.examine(folder)
    with pytest.raises(TrustError, match=why):
        bench.examine(bench.remade(folder, change))


def test_roots_are_followed_from_the_one_known_and_none_is_skipped(bench: Bench) -> None:
    first = bench.examine(bench.prepared("one"))
    bench.signing.sign(bench.folder / "one", first)
    back = bench.proposed()
    bench.signing.sign(back, bench.examine(back))
    with RootCeremony(bench.desk.state, bench.desk.vault, durable) as ceremony:
        assert ceremony.accept_root(back).version == 2
    good = bench.prepared("two")
    assert bench.signing.examine(good, moment()).items

    def forge(request: Request) -> Request:
        document = json.loads(request.roots[1]) | {"signatures": []}
        return msgspec.structs.replace(request, roots=[request.roots[0], json.dumps(document)])

    with pytest.raises(TrustError, match="root 2 is not signed by the one before"):
        bench.signing.examine(bench.remade(good, forge), moment())
    bench.signing.sign(good, bench.signing.examine(good, moment()))

    def forget(request: Request) -> Request:
        return msgspec.structs.replace(request, roots=request.roots[:1])

    shutil.rmtree(bench.folder / "two-changed")
    with pytest.raises(TrustError, match="another publisher's, or older"):
        bench.signing.examine(bench.remade(good, forget), moment())


def test_a_damaged_memory_is_never_taken_for_none(bench: Bench) -> None:
    folder = bench.prepared()
    bench.signing.sign(folder, bench.examine(folder))
    (bench.folder / "signed.json").write_bytes(b"{")
    with pytest.raises(StationError, match=r"signed\.json is damaged"):
        bench.examine(folder)


def test_a_key_that_is_not_the_publishers_signs_nothing(bench: Bench) -> None:
    folder = bench.prepared()
    bench.holder.keys["targets"] = bench.holder.keys["root-1"]
    with pytest.raises(StationError, match="the key for targets here is not the one"):
        bench.signing.sign(folder, bench.examine(folder))
    assert not list((folder / "signatures").iterdir())


def test_it_is_remembered_before_a_signature_leaves(
    bench: Bench, monkeypatch: pytest.MonkeyPatch
) -> None:
    folder = bench.prepared()
    examined = bench.examine(folder)
    shutil.rmtree(folder / "signatures")
    (folder / "signatures").write_bytes(b"in the way")
    with pytest.raises(StationError):
        bench.signing.sign(folder, examined)
    assert (bench.folder / "signed.json").is_file()


def test_a_file_that_changes_after_it_was_examined_is_not_shown(bench: Bench) -> None:
    folder = bench.prepared()
    examined = bench.examine(folder)
    (file,) = next(item for item in examined.items if item.role == "targets").files
    assert bench.signing.read(folder, file, lambda path, content: path) == "catalogue.json"
    (path,) = (folder / "targets").glob("*.catalogue.json")
    path.write_bytes(path.read_bytes().replace(b"Acme", b"Acne"))
    with pytest.raises(TrustError, match=r"catalogue\.json changes while it is read"):
        bench.signing.read(folder, file, lambda path, content: path)
