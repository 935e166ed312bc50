"""Killed, or out of room, at every system call that changes the disk: refresh, publishing, signing.

`test_sync_kills` counts the operations on names and syncs that Python makes; here every write
counts too, of SQLite as well, and every copy. After each kill, and after room has been made, the
same work done again ends as ever; a disk that is full is told in words.
"""

import copy
import hashlib
import shutil
from collections.abc import Callable, Iterator
from contextlib import closing, suppress
from dataclasses import dataclass
from pathlib import Path

import pytest

from station.core.errors import ConfigurationError, StorageError
from station.core.registry import UnitRecord, UnitState
from station.ports.brand_store import BrandStore
from station.storage import durable
from station.sync.publish import publish
from station.transport.tuf_carry import PENDING, SplitPublisher
from station.transport.tuf_ceremony import RootCeremony
from station.transport.tuf_signing import SigningDesk
from tests.fakes.brand_store import FakeVault
from tests.fakes.publishing import PublisherDesk, SiteDesk, asn, moment
from tests.fakes.system_call_kills import Killed, Report, full_disk_points, kill_points

pytestmark = [pytest.mark.slow, pytest.mark.timeout(600)]

ANNOUNCED = {"ASN-1": asn(1, 2, "A"), "ASN-2": asn(2, 3)}
AWAY = ("targets", "brand-acme", "brand-bolt", "root-1", "root-2", "root-3")


@dataclass
class Stage:
    """A publisher without most keys, their holder, and a site that has generation 1.

    Attributes:
        folder: Everything that is on a disk; made afresh before each kill.
        template: What it is made from.
        store: The brand folder's content, which is no matter of this disk.
        online: The keys of the publisher.
        away: The keys of the holder.
    """

    folder: Path
    template: Path
    store: BrandStore
    online: FakeVault
    away: FakeVault

    def fresh(self) -> None:
        shutil.rmtree(self.folder, ignore_errors=True)
        shutil.copytree(self.template, self.folder, symlinks=True)

    def keep(self) -> None:
        """Begin from here from now on."""
        shutil.rmtree(self.template)
        shutil.copytree(self.folder, self.template, symlinks=True)

    @property
    def desk(self) -> PublisherDesk:
        return PublisherDesk(self.folder / "desk", self.store, self.online)

    @property
    def publisher(self) -> SplitPublisher:
        return SplitPublisher(self.desk.state, self.online, self.desk.folder, durable, 7)

    @property
    def ceremony(self) -> RootCeremony:
        return RootCeremony(self.desk.state, self.online, durable)

    @property
    def site(self) -> SiteDesk:
        return SiteDesk(self.folder / "site", None)

    def prepare(self, name: str) -> Path:
        out = self.folder / name
        with self.publisher as publisher:
            publication = publish(copy.deepcopy(self.store), publisher, moment())
            publisher.hand_over(out, publication.units)
        return out

    def propose(self, name: str) -> Path:
        with self.ceremony as ceremony:
            ceremony.propose_root(self.folder / name, moment())
        return self.folder / name

    def sign(self, request: Path) -> None:
        desk = SigningDesk(self.away, self.folder / "keys", durable)
        fingerprint = hashlib.sha256(self.desk.root).hexdigest()
        desk.sign(request, desk.examine(request, moment(), fingerprint))

    def put_out(self, request: Path, number: int) -> None:
        with self.publisher as publisher:
            publisher.put_out(request, number, moment())

    def seen(self) -> int:
        """The generation a site comes to."""
        return self.site.sync(self.desk.folder).generation.number


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> Stage:
    folder = tmp_path_factory.mktemp("made") / "template"
    folder.mkdir()
    desk = PublisherDesk(folder / "desk")
    desk.store.announce(1, "berlin", asn(1))
    desk.publish()
    away = FakeVault()
    for name in AWAY:
        away.keys[name] = desk.vault.keys.pop(name)
    (folder / "keys").mkdir()
    site = SiteDesk(folder / "site", desk.root)
    site.make_database()
    site.sync(desk.folder)
    for shipment in ANNOUNCED.values():
        desk.store.announce(1, "berlin", shipment)
    desk.store.update_unit(UnitRecord(1, "ACME-000001", UnitState.VOID))
    return Stage(folder, folder, desk.store, desk.vault, away)


@pytest.fixture
def stage(made: Stage, tmp_path: Path) -> Stage:
    template = tmp_path / "template"
    shutil.copytree(made.template, template, symlinks=True)
    stage = Stage(tmp_path / "stage", template, made.store, made.online, made.away)
    stage.fresh()
    return stage


def all_kills(stage: Stage, work: Callable[[], object], least: int) -> Iterator[Killed]:
    """Each run that was killed, and the last, which was not."""

    def reported(report: Report) -> None:
        work()
        report("done")

    killed = None
    for killed in kill_points(stage.fresh, reported):
        yield killed
    assert killed is not None
    assert (killed.call, killed.said) == ("", ["done"])
    assert killed.point > least


def test_a_refresh(stage: Stage) -> None:
    back = stage.prepare("request")
    stage.sign(back)
    stage.put_out(back, 20)
    stage.keep()
    site = stage.folder / "site"

    def refresh() -> None:
        SiteDesk(site, None).sync(stage.desk.folder)

    for _ in all_kills(stage, refresh, 80):
        desk = SiteDesk(site, None)
        with closing(desk.registry.open_current(warm=False)) as registry:
            assert registry.generation.number in {1, 2}
        assert desk.expected() in ({"ASN-1": asn(1)}, {"ASN-1": ANNOUNCED["ASN-1"]}, ANNOUNCED)
        assert desk.sync(stage.desk.folder).generation.number == 2
        assert desk.expected() == ANNOUNCED


def test_a_publication_prepared(stage: Stage) -> None:
    """What is out stays; a request is there whole or not at all; the next one goes through."""
    for killed in all_kills(stage, lambda: stage.prepare("request"), 30):
        assert stage.seen() == 1
        request = stage.folder / "request"
        if request.exists():
            assert (request / "request.json").is_file()
        if not killed.call:
            stage.sign(request)
        else:
            stage.sign(stage.prepare("again"))


def test_a_request_signed(stage: Stage) -> None:
    """Killed anywhere, it can be signed again, and the publisher takes what came of it."""
    stage.prepare("request")
    stage.keep()
    request = stage.folder / "request"
    for _ in all_kills(stage, lambda: stage.sign(request), 10):
        left = [path for path in (request / "signatures").iterdir() if path.suffix == ".json"]
        assert all(path.stat().st_size > 100 for path in left)
        stage.sign(request)
        stage.put_out(request, 20)
        assert stage.seen() == 2


def test_a_publication_put_out(stage: Stage) -> None:
    """A site sees the one before or the new one; put out again, it is out."""
    stage.sign(stage.prepare("request"))
    stage.keep()
    request = stage.folder / "request"
    for _ in all_kills(stage, lambda: stage.put_out(request, 20), 20):
        seen = stage.seen()
        assert seen in {1, 2}
        if (stage.desk.state / PENDING).exists():
            stage.put_out(request, 21)
        else:
            assert seen == 2
        assert stage.seen() == 2


def test_a_timestamp_renewed(stage: Stage) -> None:
    def renew(number: int) -> None:
        with stage.publisher as publisher:
            publisher.renew(number, moment())

    for _ in all_kills(stage, lambda: renew(20), 3):
        assert stage.seen() == 1
        renew(21)
        assert stage.seen() == 1


def test_a_root_proposed_signed_and_accepted(stage: Stage) -> None:
    for _ in all_kills(stage, lambda: stage.propose("root"), 5):
        stage.sign(stage.propose("again"))
    stage.fresh()
    back = stage.propose("root")
    stage.sign(back)
    stage.keep()

    def accept() -> None:
        with stage.ceremony as ceremony:
            ceremony.accept_root(back)

    for killed in all_kills(stage, accept, 3):
        with suppress(ConfigurationError):  # It was through: nothing waits.
            accept()
        with stage.publisher as publisher:
            publisher.renew(30, moment())
        site = stage.site
        assert site.sync(stage.desk.folder).generation.number == 1
        kept = site.trust / "metadata" / "root_history" / "2.root.json"
        assert kept.is_file(), killed


def full_disks(stage: Stage, work: Callable[[], object], least: int) -> Iterator[Killed]:
    """Each run on a disk that fills up: what it says is that the disk is full, and nothing else."""

    def told(report: Report) -> None:
        try:
            work()
        except StorageError as error:
            report(str(error))
        else:
            report("done")

    ended = None
    for ended in full_disk_points(stage.fresh, told):
        (said,) = ended.said
        if said != "done":
            assert "No space left" in said or "disk is full" in said, ended
        yield ended
    assert ended is not None
    assert (ended.call, ended.said) == ("", ["done"])
    assert ended.point > least


class TestFullDisk:
    def test_a_refresh(self, stage: Stage) -> None:
        back = stage.prepare("request")
        stage.sign(back)
        stage.put_out(back, 20)
        stage.keep()
        for ended in full_disks(stage, lambda: stage.site.sync(stage.desk.folder), 60):
            with closing(stage.site.registry.open_current(warm=False)) as registry:
                assert registry.generation.number in {1, 2}, ended
            assert stage.seen() == 2
            assert stage.site.expected() == ANNOUNCED, ended

    def test_a_publication_prepared(self, stage: Stage) -> None:
        for ended in full_disks(stage, lambda: stage.prepare("request"), 20):
            assert stage.seen() == 1
            assert (stage.folder / "request").exists() or ended.said != ["done"]
            stage.sign(stage.prepare("again"))

    def test_a_request_signed(self, stage: Stage) -> None:
        stage.prepare("request")
        stage.keep()
        request = stage.folder / "request"
        for _ in full_disks(stage, lambda: stage.sign(request), 8):
            stage.sign(request)
            stage.put_out(request, 20)
            assert stage.seen() == 2

    def test_a_publication_put_out(self, stage: Stage) -> None:
        stage.sign(stage.prepare("request"))
        stage.keep()
        request = stage.folder / "request"
        for ended in full_disks(stage, lambda: stage.put_out(request, 20), 10):
            assert stage.seen() in {1, 2}
            if ended.said != ["done"]:
                stage.put_out(request, 21)
            assert stage.seen() == 2
