"""A real engine among real faults: full disks, damaged files, pulled cables, frozen screens."""

import os
import resource
import socket
import subprocess
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager, suppress
from pathlib import Path
from typing import Final

import pytest

from firmware_bridge.simulators.line_scanner import SimulatedLineScanner, TransmissionFaults
from station.app.brand_folder import PASSPHRASE_VARIABLE
from station.app.site_paths import SitePaths
from station.core.reasons import Reason, VerdictClass
from station.core.verdict import UnitChange
from station.ports.display import Snapshot, VerdictShown
from station.ports.health import HealthStatus
from tests.fakes.made_site import PASSPHRASE, MadeSite
from tests.fakes.running_engine import END_S, RunningEngine, running_engine
from tests.fakes.site_records import records
from tests.fakes.warm_station import WarmStation

ACCEPT: Final = (VerdictClass.ACCEPT, Reason.OK)
STOP: Final = (VerdictClass.STOP, Reason.STATION_FAULT)
RESCAN: Final = (VerdictClass.RESCAN, Reason.READ_TRUNCATED)
RECALLED: Final = (VerdictClass.QUARANTINE, Reason.UNIT_RECALLED)

ROUNDS: Final = 20
"""So many that what they send does not fit into a socket nobody reads from."""

LATE_MS: Final = 5_000
"""A verdict that waited for a screen would wait for ever."""

Fault = Callable[[RunningEngine, Path], AbstractContextManager[None]]


def present(engine: RunningEngine, payload: bytes) -> VerdictShown:
    """One item by standard input; its verdict."""
    before = set(engine.feed.verdicts)
    engine.type_in(payload)
    return engine.feed.wait_verdicts(len(before) + 1)[-1]


def serials(engine: RunningEngine) -> set[str]:
    return {shown.serial for shown in engine.feed.verdicts.values()}


def said(shown: VerdictShown) -> tuple[VerdictClass, Reason]:
    return shown.verdict_class, shown.reason


@contextmanager
def file_limit(engine: RunningEngine, site: Path) -> Iterator[None]:
    """No file of the engine's can grow; its disk answers with an error."""
    log = SitePaths(site).station_db.with_name("station.db-wal")
    pid, limit = engine.process.pid, resource.RLIMIT_FSIZE
    before = resource.prlimit(pid, limit, (log.stat().st_size, resource.RLIM_INFINITY))
    try:
        yield
    finally:
        resource.prlimit(pid, limit, before)


@contextmanager
def full_disk(engine: RunningEngine, site: Path) -> Iterator[None]:
    """Something else has taken all the room there was."""
    hog = site.parent / "hog"
    with hog.open("wb", buffering=0) as file:
        for size_bytes in (65_536, 512, 1):
            try:
                while file.write(bytes(size_bytes)) == size_bytes:
                    continue
            except OSError:
                continue
    try:
        yield
    finally:
        hog.unlink()


@contextmanager
def small_disk(folder: Path) -> Iterator[Path]:
    """A file system of its own with room for a site and little more."""
    disk = folder / "disk"
    disk.mkdir()
    mount = ["mount", "-t", "tmpfs", "-o", "size=1m", "tmpfs", str(disk)]
    if os.geteuid() != 0 or subprocess.run(mount, capture_output=True, check=False).returncode:
        pytest.skip("this user may not mount a small disk")
    try:
        yield disk
    finally:
        subprocess.run(["umount", str(disk)], check=True)


def stops_and_recovers(made: MadeSite, folder: Path, fault: Fault) -> None:
    """While nothing can be kept every verdict is STOP; afterwards the same units are taken in."""
    site = made.copy_site(folder)
    first, second = made.genuine[:2]
    bad = made.recalled[0]
    with running_engine(site, "stdin:") as engine:
        assert said(present(engine, first.payload)) == ACCEPT
        with fault(engine, site):
            for payload in (second.payload, bad.payload, second.payload):
                shown = present(engine, payload)
                assert said(shown) == STOP
                assert not shown.latched
            engine.feed.health(
                lambda report: (
                    report.component == "journal" and report.status is HealthStatus.FAILED
                )
            )
            kept = records(site)
            assert set(kept.claims) == {first.identity}
        heard = len(engine.feed.heard)
        assert said(present(engine, second.payload)) == ACCEPT
        engine.feed.health(
            lambda report: report.component == "journal" and report.status is HealthStatus.OK,
            after=heard,
        )
        assert said(present(engine, bad.payload)) == RECALLED
        assert engine.end() == 0
    kept = records(site)
    assert set(kept.claims) == {first.identity, second.identity, bad.identity}
    assert len(kept.entries) == 3
    for unit in (first, second):
        assert kept.changes_of(unit.identity, UnitChange.RECEIVE) == 1


def test_a_disk_that_refuses_writes_stops_the_line_and_loses_nothing(
    made: MadeSite, tmp_path: Path
) -> None:
    stops_and_recovers(made, tmp_path, file_limit)


def test_a_full_disk_stops_the_line_and_loses_nothing(made: MadeSite, tmp_path: Path) -> None:
    with small_disk(tmp_path) as disk:
        stops_and_recovers(made, disk, full_disk)


def test_an_unreadable_registry_stops_the_line_until_it_is_fetched_again(
    made: MadeSite, warm: WarmStation, tmp_path: Path
) -> None:
    site = made.copy_site(tmp_path)
    file = SitePaths(site).registry / "registry-1.db"
    first, second = made.genuine[:2]
    with running_engine(site, "stdin:") as engine:
        with file.open("r+b") as damaged:
            damaged.seek(4096)
            damaged.write(b"\xff" * (file.stat().st_size - 4096))
        assert said(present(engine, first.payload)) == STOP
        engine.feed.health(
            lambda report: report.status is HealthStatus.FAILED and str(file.name) in report.text
        )
        synced = warm.run("sync", "--site", site, "--from", made.published)
        assert synced.code == 0, synced.err
        wait_until_looked(engine)
        assert said(present(engine, first.payload)) == ACCEPT
        assert said(present(engine, second.payload)) == ACCEPT
        assert engine.end() == 0
    kept = records(site)
    stopped = next(iter(kept.entries.values()))
    assert stopped.facts.fault is not None
    assert str(file) in stopped.facts.fault
    assert set(kept.claims) == {first.identity, second.identity}


def test_a_sync_switches_the_registry_of_an_engine_at_work(
    made: MadeSite, warm: WarmStation, tmp_path: Path
) -> None:
    folder = made.copy_all(tmp_path / "made")
    early, late = made.late[:2]
    with running_engine(folder.site, "stdin:") as engine:
        unknown = present(engine, early.payload)
        assert said(unknown) == (VerdictClass.ACCEPT_NOTE, Reason.UNIT_UNKNOWN_SIGNED)
        assert unknown.provisional
        env = {PASSPHRASE_VARIABLE: PASSPHRASE}
        published = warm.run(
            "publish", "--to", folder.published, "--brand-dir", folder.brand, env=env
        )
        assert published.code == 0, published.err
        synced = warm.run("sync", "--json", "--site", folder.site, "--from", folder.published)
        assert synced.code == 0, synced.err
        wait_until_looked(engine)
        assert said(present(engine, late.payload)) == ACCEPT
        engine.feed.next(Snapshot, lambda picture: picture.registry_generation == 2)
        assert said(present(engine, made.genuine[0].payload)) == ACCEPT
        assert engine.end() == 0
    kept = records(folder.site)
    assert [entry.registry_generation for entry in kept.entries.values()] == [1, 2, 2]
    assert set(kept.claims) == {
        early.identity,
        late.identity,
        made.genuine[0].identity,
    }


def wait_until_looked(engine: RunningEngine) -> None:
    """Wait until the engine looks for a new registry at its next read: two of its seconds."""
    heard = len(engine.feed.heard)
    engine.feed.until(
        lambda: sum(isinstance(event, Snapshot) for event in engine.feed.heard[heard:]) >= 2,
        "two pictures",
    )


def test_an_unplugged_scanner_is_said_and_comes_back(made: MadeSite, tmp_path: Path) -> None:
    site = made.copy_site(tmp_path)
    first, cut, second = made.genuine[:3]
    with (
        SimulatedLineScanner(tmp_path) as scanner,
        running_engine(site, f"serial:{scanner.path}") as engine,
    ):
        scanner.wait_for_host()
        assert scanner.scan(first.payload, "]d2")
        engine.feed.wait_verdicts(1)
        assert not scanner.scan(cut.payload, "]d2", TransmissionFaults(unplug_at=40))
        engine.feed.health(lambda report: report.status is HealthStatus.FAILED)
        heard = len(engine.feed.heard)
        scanner.plug()
        scanner.wait_for_host()
        engine.feed.health(lambda report: report.status is HealthStatus.OK, after=heard)
        assert scanner.scan(second.payload, "]d2")
        engine.feed.until(
            lambda: second.identity.serial in serials(engine), "a verdict on the second unit"
        )
        assert engine.end() == 0
        shown = [said(message) for message in engine.feed.verdicts.values()]
    # Bytes on their way when the cable is pulled may be lost; what arrived of them asks for more.
    assert shown in ([ACCEPT, ACCEPT], [ACCEPT, RESCAN, ACCEPT])
    assert set(records(site).claims) == {first.identity, second.identity}


def test_a_frozen_screen_delays_nobody(made: MadeSite, tmp_path: Path) -> None:
    """One that connected and never reads; another one sees everything all the while."""
    site = made.copy_site(tmp_path)
    with (
        running_engine(site, "stdin:") as engine,
        socket.socket(socket.AF_UNIX, socket.SOCK_STREAM) as frozen,
    ):
        frozen.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 1)
        frozen.connect(str(SitePaths(site).socket))
        for _ in range(ROUNDS):
            engine.type_in(*(unit.payload for unit in made.genuine))
        scans = ROUNDS * len(made.genuine)
        picture = engine.feed.next(Snapshot, lambda picture: picture.counters.scans == scans)
        assert engine.end() == 0
    assert picture.counters.accepted == len(made.genuine)
    kept = records(site)
    assert len(kept.entries) == scans
    assert len(kept.claims) == len(made.genuine)
    assert max(shown.commit_ms for shown in engine.feed.verdicts.values()) < LATE_MS


def test_a_frozen_terminal_of_its_own_delays_nobody(made: MadeSite, tmp_path: Path) -> None:
    """Its words go to a pipe that is full and that nobody empties; also why a screen is dropped."""
    site = made.copy_site(tmp_path)
    reader, writer = os.pipe()
    os.set_blocking(writer, False)
    with suppress(BlockingIOError):
        while True:
            os.write(writer, b"." * 4096)
    os.set_blocking(writer, True)
    try:
        with (
            running_engine(site, "stdin:", stderr=writer) as engine,
            socket.socket(socket.AF_UNIX, socket.SOCK_STREAM) as babbler,
        ):
            babbler.settimeout(END_S)
            babbler.connect(str(SitePaths(site).socket))
            babbler.sendall(b"\xff" * 64)
            with suppress(ConnectionResetError):
                while babbler.recv(4096):
                    pass
            for unit in made.genuine:
                assert said(present(engine, unit.payload)) == ACCEPT
            assert engine.end() == 0
    finally:
        os.close(writer)
        os.close(reader)
    assert len(records(site).claims) == len(made.genuine)
