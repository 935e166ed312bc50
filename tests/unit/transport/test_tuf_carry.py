"""What waits for signatures, when the world has gone on meanwhile."""

import hashlib
from pathlib import Path

import pytest

from station.core.errors import ConfigurationError, StationError, TrustError
from station.storage import durable
from station.sync.publish import publish
from station.transport.tuf_carry import PENDING, SplitPublisher
from station.transport.tuf_signing import SigningDesk
from tests.fakes.brand_store import FakeVault
from tests.fakes.publishing import PublisherDesk, SiteDesk, moment

AWAY = ("targets", "brand-acme", "brand-bolt")


class Scene:
    """A publisher whose catalogue and brands are signed elsewhere; generation 1 is out."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.desk = PublisherDesk(folder / "desk")
        self.desk.publish()
        self.holder = FakeVault()
        for name in AWAY:
            self.holder.keys[name] = self.desk.vault.keys.pop(name)

    def opened(self) -> SplitPublisher:
        return SplitPublisher(self.desk.state, self.desk.vault, self.desk.folder, durable, 7)

    def prepared(self, name: str = "request") -> Path:
        out = self.folder / name
        with self.opened() as publisher:
            publication = publish(self.desk.store, publisher, moment())
            assert not publication.release.is_out
            publisher.hand_over(out, publication.units)
        return out

    def signed(self, request: Path) -> Path:
        signing = SigningDesk(self.holder, self.folder, durable)
        fingerprint = hashlib.sha256(self.desk.root).hexdigest()
        signing.sign(request, signing.examine(request, moment(), fingerprint))
        return request

    def put_out(self, request: Path, days_ago: float = 0.0) -> None:
        number = self.desk.store.reserve_publication(moment())
        with self.opened() as publisher:
            publisher.put_out(request, number, moment(days_ago))

    def renew(self, days_ago: float = 0.0) -> str:
        number = self.desk.store.reserve_publication(moment())
        with self.opened() as publisher:
            return publisher.renew(number, moment(days_ago)).expires_utc


@pytest.fixture
def scene(tmp_path: Path) -> Scene:
    return Scene(tmp_path)


class TestPutOut:
    def test_something_newer_is_out_already(self, scene: Scene) -> None:
        """The keys came back for a night, and were used."""
        back = scene.signed(scene.prepared())
        scene.desk.vault.keys.update(scene.holder.keys)
        newer = scene.desk.publish()
        with pytest.raises(ConfigurationError, match="waits to be put out, and a newer one is out"):
            scene.put_out(back)
        site = SiteDesk(scene.folder / "site", scene.desk.root)
        assert site.sync(scene.desk.folder).generation.number == newer.number

    def test_what_was_signed_has_expired_on_the_way(self, scene: Scene) -> None:
        back = scene.signed(scene.prepared())
        with pytest.raises(ConfigurationError, match="signed has expired at"):
            scene.put_out(back, days_ago=-91)
        scene.put_out(back, days_ago=-80)

    def test_a_new_request_takes_the_place_of_one_that_waits(self, scene: Scene) -> None:
        old = scene.signed(scene.prepared("old"))
        new = scene.signed(scene.prepared("new"))
        with pytest.raises(TrustError, match="not what was prepared here last"):
            scene.put_out(old)
        scene.put_out(new)

    def test_a_pending_file_that_is_damaged_is_told(self, scene: Scene) -> None:
        back = scene.signed(scene.prepared())
        (scene.desk.state / PENDING).write_bytes(b"{}")
        with pytest.raises(StationError, match="carried folder is refused"):
            scene.put_out(back)

    def test_nothing_is_handed_over_where_something_is_already(self, scene: Scene) -> None:
        (scene.folder / "request").mkdir()
        with pytest.raises(StationError, match=r"there is a .*request already"):
            scene.prepared()

    def test_with_all_keys_here_there_is_nothing_to_prepare(self, scene: Scene) -> None:
        scene.desk.vault.keys.update(scene.holder.keys)
        with pytest.raises(ConfigurationError, match="all keys are here"):
            scene.prepared()


class TestRenew:
    def test_until_what_was_signed_expires(self, scene: Scene) -> None:
        assert scene.renew(days_ago=-80) > scene.renew(days_ago=-10)

    def test_never_beyond_what_was_signed(self, scene: Scene) -> None:
        """Ninety days after the publication, whatever the timestamp would be good for."""
        assert scene.renew(days_ago=-89)[:10] == moment(-90)[:10]

    def test_what_has_expired_cannot_be_renewed(self, scene: Scene) -> None:
        with pytest.raises(ConfigurationError, match="cannot be renewed by its timestamp alone"):
            scene.renew(days_ago=-91)

    def test_where_nothing_is_out(self, scene: Scene) -> None:
        (scene.desk.folder / "metadata" / "timestamp.json").unlink()
        with pytest.raises(ConfigurationError, match="holds no publication to renew"):
            scene.renew()

    def test_another_online_key_than_the_roots(self, scene: Scene) -> None:
        scene.desk.vault.keys["online"] = scene.holder.keys["targets"]
        with pytest.raises(ConfigurationError, match="the online key here is not the one"):
            scene.renew()


def test_pruning_follows_what_snapshots_name(scene: Scene) -> None:
    """Numbers of snapshots and roles differ here: neither may be taken for the other."""
    site = SiteDesk(scene.folder / "site", scene.desk.root)
    for name in ("two", "three", "four"):
        back = scene.signed(scene.prepared(name))
        scene.renew()
        number = scene.desk.store.reserve_publication(moment())
        with SplitPublisher(
            scene.desk.state, scene.desk.vault, scene.desk.folder, durable, 7, keep=2
        ) as publisher:
            publisher.put_out(back, number, moment())
        assert site.sync(scene.desk.folder).changed
    metadata = scene.desk.folder / "metadata"
    assert len(list(metadata.glob("*.snapshot.json"))) == 2
    assert len(list(metadata.glob("*.targets.json"))) == 2
    fresh = SiteDesk(scene.folder / "fresh", scene.desk.root)
    assert fresh.sync(scene.desk.folder).changed
