"""A registry whose file the disk has damaged is fetched whole, not complained of every night."""

from dataclasses import replace
from pathlib import Path

import pytest

from station.core.errors import DamagedError
from station.core.registry import UnitState
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
