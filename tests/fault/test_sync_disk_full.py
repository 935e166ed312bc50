"""A disk that fails at any moment when a refresh or a publication makes something durable."""

import errno
import os
import shutil
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import partial
from pathlib import Path

import pytest

from station.core.errors import StorageError
from station.core.registry import UnitRecord, UnitState
from tests.fakes.publishing import PublisherDesk, SiteDesk

MAX_SYNCS = 200


@contextmanager
def failing_at(number: int) -> Iterator[list[int]]:
    """Let the sync of that number, 1-based, fail as on a full disk; the others take no time."""
    synced: list[int] = []

    def fsync(handle: int) -> None:
        synced.append(handle)
        if len(synced) == number:
            raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(os, "fsync", fsync)
        yield synced


def test_a_refresh_that_cannot_keep_something_says_so_and_goes_through_later(
    tmp_path: Path,
) -> None:
    publisher = PublisherDesk(tmp_path / "desk")
    template = tmp_path / "template"
    with failing_at(0):
        publisher.publish()
        SiteDesk(template, publisher.root).sync(publisher.folder)
        publisher.store.update_unit(UnitRecord(1, "ACME-000001", UnitState.VOID))
        publisher.publish()
    failures = 0
    for number in range(1, MAX_SYNCS):
        site = SiteDesk(tmp_path / f"site-{number}", None)
        shutil.copytree(template, site.folder, dirs_exist_ok=True)
        fault = outcome(number, partial(site.sync, publisher.folder))
        if fault is None:
            break
        failures += 1
        assert "No space left on device" in str(fault)
        assert fault.exit_code == 4
        assert site.in_use in {1, 2}
        site.registry.open_current(warm=False).close()
        with failing_at(0):
            assert site.sync(publisher.folder).generation.number == 2
    assert failures > 10


def outcome(number: int, work: Callable[[], object]) -> StorageError | None:
    """How work ends on a disk that is full at its sync of that number."""
    try:
        with failing_at(number):
            work()
    except StorageError as error:
        return error
    return None


def test_a_publication_that_cannot_be_kept_leaves_the_one_before(tmp_path: Path) -> None:
    publisher = PublisherDesk(tmp_path / "desk")
    with failing_at(0):
        publisher.publish()
    site = SiteDesk(tmp_path / "site", publisher.root)
    failures = 0
    for number in range(1, MAX_SYNCS):
        fault = outcome(number, publisher.publish)
        if fault is None:
            break
        failures += 1
        assert "No space left on device" in str(fault)
        with failing_at(0):
            site.sync(publisher.folder)
    assert failures > 20
    with failing_at(0):
        assert site.sync(publisher.folder).generation.number == publisher.publish().number - 1
