"""A registry whose file the disk has damaged is fetched whole, not complained of every night."""

import re
from contextlib import closing
from dataclasses import replace
from pathlib import Path

import pytest

from station.core.errors import DamagedError
from station.core.registry import UnitState
from station.storage.backup import check_soundness
from station.storage.registry_content import check_content
from station.storage.registry_files import GenerationFiles
from station.storage.registry_schema import REGISTRY
from station.sync.publish_rows import SnapshotRule
from station.sync.refresh import RefreshWay
from tests.fakes.publishing import PublisherDesk, SiteDesk, filled_store

UNITS = 3000
AMONG_THEM = b"ACME-001500"


def damage_page_with(path: Path, content: bytes) -> None:
    """Overwrite the page of a database that holds something."""
    raw = bytearray(path.read_bytes())
    page_bytes = int.from_bytes(raw[16:18], "big")
    page_bytes = 65_536 if page_bytes == 1 else page_bytes
    at = raw.index(content) // page_bytes * page_bytes
    raw[at : at + page_bytes] = b"\xff" * page_bytes
    path.write_bytes(raw)


def turn_bits_in(path: Path, content: bytes, other: bytes) -> None:
    """Have the disk say something else in one place, and SQLite none the wiser."""
    raw = path.read_bytes()
    assert raw.count(content) == 1
    path.write_bytes(raw.replace(content, other))
    check_soundness(path, REGISTRY)


@pytest.fixture
def desks(tmp_path: Path) -> tuple[PublisherDesk, SiteDesk]:
    desk = PublisherDesk(tmp_path / "desk", filled_store(UNITS))
    desk.publish(1)
    site = SiteDesk(tmp_path / "site", desk.root)
    site.sync(desk.folder)
    return desk, site


def receive_one(desk: PublisherDesk) -> None:
    unit = desk.store.unit(1, AMONG_THEM.decode())
    assert unit is not None
    desk.store.update_unit(replace(unit.record, state=UnitState.RECEIVED, place="dock-2"))
    desk.publish(0, rule=SnapshotRule(days=30))


def test_changes_are_laid_over_a_sound_one(desks: tuple[PublisherDesk, SiteDesk]) -> None:
    desk, site = desks
    receive_one(desk)
    assert site.sync(desk.folder).way is RefreshWay.DELTAS


def test_a_damaged_one_is_fetched_whole(desks: tuple[PublisherDesk, SiteDesk]) -> None:
    desk, site = desks
    damage_page_with(site.registry.path(1), AMONG_THEM)
    with pytest.raises(DamagedError):
        site.registry.open_current(warm=False).unit(1, AMONG_THEM.decode())
    receive_one(desk)

    summary = site.sync(desk.folder)

    assert summary.way is RefreshWay.SNAPSHOT
    assert "damaged" in summary.fallback
    registry = site.registry.open_current(warm=False)
    unit = registry.unit(1, AMONG_THEM.decode())
    registry.close()
    assert unit is not None
    assert unit.state is UnitState.RECEIVED


def last_serial(path: Path) -> bytes:
    return max(found.group() for found in re.finditer(rb"ACME-[0-9]{6}", path.read_bytes()))


def files_in_use(site: SiteDesk) -> GenerationFiles:
    stored = site.registry.current()
    assert stored is not None
    return site.registry.files(stored)


class TestBitsInARow:
    """What SQLite does not see is held to the digests."""

    def test_a_sound_one_is_what_it_was(self, desks: tuple[PublisherDesk, SiteDesk]) -> None:
        desk, site = desks
        check_content(files_in_use(site))
        receive_one(desk)
        site.sync(desk.folder)
        files = files_in_use(site)
        assert files.overlay is not None
        check_content(files)

    def test_a_unit_in_the_base(self, desks: tuple[PublisherDesk, SiteDesk]) -> None:
        _, site = desks
        base = files_in_use(site).base
        turn_bits_in(base, last_serial(base), b"ACME-00999x")
        with pytest.raises(DamagedError, match="units of brand number 1") as caught:
            check_content(files_in_use(site))
        assert caught.value.remedy == "fetch the registry again with 'station sync --whole'"

    def test_a_unit_under_an_overlay(self, desks: tuple[PublisherDesk, SiteDesk]) -> None:
        desk, site = desks
        receive_one(desk)
        site.sync(desk.folder)
        base = files_in_use(site).base
        turn_bits_in(base, last_serial(base), b"ACME-00999x")
        with pytest.raises(DamagedError, match="units of brand number 1"):
            check_content(files_in_use(site))

    def test_a_place_in_the_overlay(self, desks: tuple[PublisherDesk, SiteDesk]) -> None:
        desk, site = desks
        receive_one(desk)
        site.sync(desk.folder)
        turn_bits_in(files_in_use(site).newest, b"dock-2", b"dock-3")
        with pytest.raises(DamagedError, match="units of brand number 1"):
            check_content(files_in_use(site))

    def test_a_key(self, desks: tuple[PublisherDesk, SiteDesk]) -> None:
        desk, site = desks
        base = files_in_use(site).base
        (key, *_) = desk.store.keys()
        changed = bytes([key.public_key[0] ^ 1]) + key.public_key[1:]
        turn_bits_in(base, key.public_key, changed)
        with pytest.raises(DamagedError, match="keys"):
            check_content(files_in_use(site))

    def test_a_refresh_with_nothing_new_mends_it_when_told_to_fetch_the_whole(
        self, desks: tuple[PublisherDesk, SiteDesk]
    ) -> None:
        desk, site = desks
        base = files_in_use(site).base
        turn_bits_in(base, last_serial(base), b"ACME-00999x")
        assert site.sync(desk.folder).way is RefreshWay.NOTHING
        pointer = (site.registry.folder / "current").stat().st_ino

        summary = site.sync(desk.folder, whole=True)

        assert (summary.way, summary.generation.number) == (RefreshWay.SNAPSHOT, 1)
        assert (site.registry.folder / "current").stat().st_ino != pointer, "an engine takes it"
        check_content(files_in_use(site))
        with closing(site.registry.open_current(warm=False)) as registry:
            assert registry.unit(1, AMONG_THEM.decode()) is not None
