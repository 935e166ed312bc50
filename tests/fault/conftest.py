"""What tests of faults share: a made-up site, warm commands, and publishers to attack."""

import os
import shutil
import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import Final

import pytest

from tests.fakes import made_site
from tests.fakes.sync_scene import Scene, copied_scene, made_scene
from tests.fakes.tuf_world import World, copied_world, made_world
from tests.fakes.warm_station import WarmStation

MEMORY: Final = Path("/dev/shm")
ROOM_BYTES: Final = 1 << 30


@pytest.fixture
def tmp_path(tmp_path: Path) -> Iterator[Path]:
    """In memory where there is room for it.

    What is left of a killed process is in the page cache, whatever lies below: thousands of syncs
    of a disk would take half of the time of these tests and show nothing.
    """
    if not _has_room():
        yield tmp_path
        return
    folder = Path(tempfile.mkdtemp(prefix="station-tests-", dir=MEMORY))
    yield folder
    shutil.rmtree(folder)


def _has_room() -> bool:
    if not os.access(MEMORY, os.W_OK | os.X_OK):
        return False
    there = os.statvfs(MEMORY)
    return there.f_bavail * there.f_frsize >= ROOM_BYTES


@pytest.fixture(scope="session")
def made() -> made_site.MadeSite:
    """The session's brand folder, publication and site; not to be written to."""
    return made_site.made_site()


@pytest.fixture(scope="session")
def warm() -> Iterator[WarmStation]:
    """Starts commands without their start-up."""
    with WarmStation() as station:
        yield station


@pytest.fixture(scope="session")
def scene_template(tmp_path_factory: pytest.TempPathFactory) -> Scene:
    """Made once, never changed."""
    return made_scene(tmp_path_factory.mktemp("scene"))


@pytest.fixture
def scene(scene_template: Scene, tmp_path: Path) -> Scene:
    """A publisher and a site that may be attacked."""
    return copied_scene(scene_template, tmp_path)


@pytest.fixture(scope="session")
def world_template(tmp_path_factory: pytest.TempPathFactory) -> World:
    """Made once, never changed."""
    return made_world(tmp_path_factory.mktemp("world"))


@pytest.fixture
def world(world_template: World, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> World:
    """A publisher and a site that may be attacked, by the command line."""
    for name in ("http_proxy", "all_proxy"):
        monkeypatch.delenv(name, raising=False)
        monkeypatch.delenv(name.upper(), raising=False)
    return copied_world(world_template, tmp_path)
