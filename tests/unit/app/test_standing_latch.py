"""Which quarantines stand after a restart: what the journal has and does not acknowledge."""

from pathlib import Path

import pytest

from station.app.clock import is_scan_id
from station.app.main import main
from station.app.site_paths import SitePaths
from station.app.standing_latch import settle_latch
from station.core.acts import ActKind
from station.core.journal import Entry
from station.storage.latch_file import UNKNOWN_SCAN, LatchFile
from station.storage.station_db import open_store
from tests.fakes.acts import act
from tests.fakes.entries import QUARANTINED, entry

FIRST, SECOND = entry(1, QUARANTINED), entry(2, QUARANTINED)
PUT_AWAY = act(3, ActKind.ACKNOWLEDGE, FIRST, moves=False, identity=None, gtin=None)
OTHERWISE = act(3, ActKind.ACKNOWLEDGE, entry(9), moves=False, identity=None, gtin=None)


@pytest.fixture
def paths(tmp_path: Path) -> SitePaths:
    root = tmp_path / "site"
    assert main(["init", "--site", str(root), "--name", "north", "--station", "dock-1"]) == 0
    return SitePaths(root)


@pytest.mark.parametrize(
    ("remembered", "journalled", "stand"),
    [
        pytest.param([], [FIRST], [], id="no latch closed: a quarantine of 'station scan'"),
        pytest.param([FIRST], [FIRST], [FIRST], id="nobody acknowledged it"),
        pytest.param([FIRST], [], [], id="killed before it was journalled"),
        pytest.param([FIRST], [FIRST, PUT_AWAY], [], id="killed after its acknowledgement"),
        pytest.param([FIRST], [FIRST, OTHERWISE], [FIRST], id="another was acknowledged"),
        pytest.param([FIRST, SECOND], [FIRST, SECOND], [FIRST, SECOND], id="two stand"),
        pytest.param([FIRST, SECOND], [SECOND], [SECOND], id="the first could not be journalled"),
        pytest.param([FIRST, SECOND], [FIRST, SECOND, PUT_AWAY], [], id="both were acknowledged"),
    ],
)
def test_the_journal_decides(
    paths: SitePaths, remembered: list[Entry], journalled: list[Entry], stand: list[Entry]
) -> None:
    memory = LatchFile(paths.latch, unexpected)
    if remembered:
        memory.keep([one.scan_id for one in remembered])
    if journalled:
        store = open_store(paths.station_db, signer=lambda _: b"")
        store.commit(journalled)
        store.close()
    settle_latch(memory, paths.station_db)
    assert memory.standing() == tuple(one.scan_id for one in stand)
    assert paths.latch.exists() is bool(stand)


def test_what_no_journal_can_know_of_stands(paths: SitePaths) -> None:
    paths.latch.write_bytes(b"\n")
    memory = LatchFile(paths.latch, unexpected)
    settle_latch(memory, paths.station_db)
    assert memory.standing() == (UNKNOWN_SCAN,)
    assert is_scan_id(FIRST.scan_id)


def unexpected(report: object) -> None:
    raise AssertionError(report)
