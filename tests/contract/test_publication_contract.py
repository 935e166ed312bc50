"""A publication's two ends: the ones in memory and the real ones agree."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest

from station.core.errors import TrustError
from station.ports.publication import Publisher, TrustedSource
from station.storage import durable
from station.transport.tuf_client import TufSource
from station.transport.tuf_fetch import DIRECTORY_BASE, DirectoryFetcher
from tests.fakes.publication import FakePublication, FakeSource
from tests.fakes.publishing import PublisherDesk, moment


@dataclass
class Ends:
    """A publisher, and sites' sources that read what it releases."""

    publisher: Publisher
    source: Callable[[], TrustedSource]


@pytest.fixture(params=["fake", "tuf"])
def ends(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Ends]:
    if request.param == "fake":
        publication = FakePublication()
        yield Ends(publication, lambda: FakeSource(publication))
        return
    desk = PublisherDesk(tmp_path)
    trust = tmp_path / "trust"
    trust.mkdir()

    def source() -> TrustedSource:
        (trust / "root.json").write_bytes(desk.root)
        return TufSource(trust, DirectoryFetcher(desk.folder), DIRECTORY_BASE, durable)

    with desk.opened() as publisher:
        yield Ends(publisher, source)


def write(publisher: Publisher, number: int, **targets: bytes) -> None:
    publisher.prepare(number, ["acme"])
    for name, content in targets.items():
        with publisher.target(name.replace("__", "/") + ".json") as file:
            file.write(content)


class TestPublication:
    def test_what_is_released_is_read(self, ends: Ends) -> None:
        write(ends.publisher, 1, catalogue=b"one", brands__acme__keys=b"two")
        release = ends.publisher.release(moment())
        assert release.is_first
        source = ends.source()
        source.refresh()
        assert source.fetch("catalogue.json", 100) == 3
        assert source.fetch("brands/acme/keys.json", 100) == 3
        with source.open("catalogue.json") as first, source.open("brands/acme/keys.json") as other:
            assert (first.read(), other.read()) == (b"one", b"two")
        source.tidy()

    def test_a_later_release_replaces_the_earlier(self, ends: Ends) -> None:
        write(ends.publisher, 1, catalogue=b"one")
        ends.publisher.release(moment())
        write(ends.publisher, 2, catalogue=b"newer")
        assert not ends.publisher.release(moment()).is_first
        source = ends.source()
        source.refresh()
        source.fetch("catalogue.json", 100)
        with source.open("catalogue.json") as file:
            assert file.read() == b"newer"

    def test_what_was_not_released_is_not_seen(self, ends: Ends) -> None:
        write(ends.publisher, 1, catalogue=b"one")
        ends.publisher.release(moment())
        write(ends.publisher, 2, catalogue=b"newer")
        source = ends.source()
        source.refresh()
        source.fetch("catalogue.json", 100)
        with source.open("catalogue.json") as file:
            assert file.read() == b"one"

    def test_a_target_that_failed_is_forgotten(self, ends: Ends) -> None:
        write(ends.publisher, 1, catalogue=b"one")

        def fail() -> None:
            with ends.publisher.target("other.json") as file:
                file.write(b"half")
                raise RuntimeError

        with pytest.raises(RuntimeError):
            fail()
        ends.publisher.release(moment())
        source = ends.source()
        source.refresh()
        with pytest.raises(TrustError, match=r"no other\.json"):
            source.fetch("other.json", 100)

    def test_the_publication_before_can_be_read_and_kept_from(self, ends: Ends) -> None:
        publisher, path = ends.publisher, "brands/acme/keys.json"
        write(publisher, 1, catalogue=b"one", brands__acme__keys=b"two")
        assert publisher.last(path) is None
        assert publisher.last_size(path) is None
        assert not publisher.keep(path)
        publisher.release(moment())
        write(publisher, 2, catalogue=b"newer")
        assert publisher.last_size(path) == 3
        before = publisher.last(path)
        assert before is not None
        with before:
            assert before.read() == b"two"
        assert publisher.keep(path)
        assert not publisher.keep("brands/acme/other.json")
        assert (publisher.size(path), publisher.size("catalogue.json")) == (3, 5)
        publisher.release(moment())
        write(publisher, 3, catalogue=b"newest")
        publisher.release(moment())
        write(publisher, 4, catalogue=b"last")
        assert publisher.last(path) is None

    def test_a_signed_size_is_known_before_anything_is_fetched(self, ends: Ends) -> None:
        write(ends.publisher, 1, catalogue=b"one", brands__acme__keys=b"four")
        ends.publisher.release(moment())
        source = ends.source()
        source.refresh()
        assert source.size("catalogue.json") == 3
        assert source.size("brands/acme/keys.json") == 4
        assert source.size("brands/acme/other.json") is None

    def test_an_empty_target_is_fetched(self, ends: Ends) -> None:
        write(ends.publisher, 1, catalogue=b"")
        ends.publisher.release(moment())
        source = ends.source()
        source.refresh()
        assert source.fetch("catalogue.json", 100) == 0
        with source.open("catalogue.json") as file:
            assert file.read() == b""

    def test_a_target_too_large_is_refused(self, ends: Ends) -> None:
        write(ends.publisher, 1, catalogue=b"12345678")
        ends.publisher.release(moment())
        source = ends.source()
        source.refresh()
        assert source.fetch("catalogue.json", 8) == 8
        with pytest.raises(TrustError):
            source.fetch("catalogue.json", 7)
