"""A publication's two ends and a site's shelf: the ones in memory and the real ones agree."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from pathlib import Path

import pytest

from station.core.errors import StorageError, TrustError
from station.core.registry import RegistryGeneration
from station.core.registry_digest import RegistryDigest
from station.ports.publication import Publisher, RegistryShelf, TrustedSource
from station.storage import durable
from station.storage.registry_generations import RegistryFolder
from station.storage.registry_shelf import SiteRegistryShelf
from station.transport.tuf_client import TufSource
from station.transport.tuf_fetch import DIRECTORY_BASE, DirectoryFetcher
from tests.fakes.publication import FakePublication, FakeShelf, FakeSource
from tests.fakes.publishing import PublisherDesk, moment
from tests.fakes.registry import FakeContent


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

    def test_a_target_too_large_is_refused(self, ends: Ends) -> None:
        write(ends.publisher, 1, catalogue=b"12345678")
        ends.publisher.release(moment())
        source = ends.source()
        source.refresh()
        assert source.fetch("catalogue.json", 8) == 8
        with pytest.raises(TrustError):
            source.fetch("catalogue.json", 7)


CONTENT = FakeContent(RegistryGeneration(7, "2026-01-31T12:00:00.000Z", "", "11" * 32))
CONTENT.generation = replace(CONTENT.generation, state_digest=RegistryDigest().hexdigest())


@pytest.fixture(params=["fake", "files"])
def shelf(request: pytest.FixtureRequest, tmp_path: Path) -> RegistryShelf:
    if request.param == "fake":
        return FakeShelf()
    return SiteRegistryShelf(RegistryFolder(tmp_path / "registry"))


class TestRegistryShelf:
    def test_an_empty_shelf_has_nothing_in_use(self, shelf: RegistryShelf) -> None:
        assert shelf.current() is None

    def test_what_is_built_is_in_use_only_when_switched_to(self, shelf: RegistryShelf) -> None:
        assert shelf.build(CONTENT) == 0
        assert shelf.current() is None
        shelf.switch(7)
        assert shelf.current() == CONTENT.generation
        shelf.tidy()
        assert shelf.current() == CONTENT.generation

    def test_what_was_built_before_is_built_anew(self, shelf: RegistryShelf) -> None:
        shelf.build(CONTENT)
        shelf.build(CONTENT)
        shelf.switch(7)
        assert shelf.current() == CONTENT.generation

    def test_content_that_is_not_its_digest_is_refused(self, shelf: RegistryShelf) -> None:
        wrong = FakeContent(replace(CONTENT.generation, state_digest="00" * 32))
        with pytest.raises(TrustError):
            shelf.build(wrong)
        with pytest.raises(StorageError):
            shelf.switch(7)
        assert shelf.current() is None

    def test_a_generation_that_was_not_built_is_never_in_use(self, shelf: RegistryShelf) -> None:
        shelf.build(CONTENT)
        shelf.switch(7)
        with pytest.raises(StorageError):
            shelf.switch(8)
        assert shelf.current() == CONTENT.generation


def test_a_registry_file_that_is_not_sound_keeps_its_number(tmp_path: Path) -> None:
    folder = RegistryFolder(tmp_path / "registry")
    shelf = SiteRegistryShelf(folder)
    shelf.build(CONTENT)
    shelf.switch(7)
    folder.path(7).write_bytes(b"damaged")
    assert shelf.current() == RegistryGeneration(7, "", "", "")
    shelf.build(CONTENT)
    shelf.switch(7)
    assert shelf.current() == CONTENT.generation
