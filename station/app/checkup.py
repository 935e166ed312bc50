"""Named health checks of an installation and a site; every failure names its mend.

Read only, and quick: `station doctor` may run beside a working engine at any time.
"""

import contextlib
import importlib.metadata
import importlib.util
import os
import shlex
import shutil
import stat
import sys
import time
from collections.abc import Callable, Iterator
from functools import partial
from pathlib import Path
from typing import Final

from station.app import clock_check, device_checks, site_checks
from station.app.clock import SystemClock
from station.app.config import load
from station.app.findings import Finding, Patient, Status
from station.app.findings import failed as _failed
from station.app.findings import ok as _ok
from station.app.findings import skipped as _skipped
from station.app.findings import warning as _warning
from station.app.panel import GOOD_ARC_MINUTES, arc_minutes, letter_mm, panel_height_mm
from station.app.site_paths import SitePaths
from station.app.terminal import (
    Colours,
    colours_of,
    has_utf8,
    is_terminal,
    places_text,
    size_of,
)
from station.core.errors import DamagedError, StationError
from station.core.facts import Freshness
from station.core.text import printable
from station.intake.judge import freshness_of

__all__ = ["ALL_CHECKS", "CONFIGURATION", "Finding", "Patient", "Status", "examine"]

MIN_FREE_BYTES: Final = 1 << 30
"""Below this, a registry refresh may not find room for a new generation beside the old."""

MAX_BACKUP_AGE_H: Final = 26
"""A day, and time for the backup itself."""

MIN_COLUMNS: Final = 40
MIN_ROWS: Final = 12

PACKAGES: Final = (
    "cryptography",
    "sqlalchemy",
    "zxing-cpp",
    "opencv-python-headless",
    "textual",
    "pyserial",
    "tuf",
)


MachineCheck = Callable[[Path], Finding]
"""Takes the site folder, which need not exist."""

SiteCheck = Callable[[Patient], Finding]


def examine(
    root: Path, only: tuple[str, ...] = (), flags: tuple[str, ...] = ()
) -> Iterator[Finding]:
    """Run the checks in order; those of a site are skipped where its configuration cannot be read.

    Why it cannot is told whichever of them was asked for: a check that did not take place is no
    check passed.

    Args:
        root: The site folder, which need not exist.
        only: Names of the checks to run; empty for all.
        flags: Keys of the configuration given to the command, ``KEY=VALUE``.
    """
    paths = SitePaths(root)
    wanted = frozenset(only or ALL_CHECKS)
    for name, machine_check in MACHINE_CHECKS.items():
        if name in wanted:
            yield _named(name, partial(machine_check, root))
    try:
        patient = Patient(paths, load(paths.config, flags))
    except StationError as error:
        if wanted & SITE_CHECKS.keys():
            yield Finding(CONFIGURATION, Status.FAILED, error.message, error.remedy)
        for name in SITE_CHECKS:
            if name in wanted - {CONFIGURATION}:
                yield Finding(name, Status.SKIPPED, "needs the configuration")
        return
    for name, site_check in SITE_CHECKS.items():
        if name in wanted:
            yield _named(name, partial(site_check, patient))


def _named(name: str, check: Callable[[], Finding]) -> Finding:
    try:
        found = check()
    except StationError as error:
        return Finding(name, Status.FAILED, error.message, error.remedy)
    except OSError as error:
        where = "" if error.filename is None else f" {printable(str(error.filename), 300)}"
        text = f"cannot look at{where}: {error.strerror}"
        return Finding(name, Status.FAILED, text, "run this as the user who owns the site")
    return Finding(name, found.status, found.text, found.mend)


def _environment(_root: Path) -> Finding:
    missing = []
    found = [f"Python {sys.version.split()[0]}"]
    for package in PACKAGES:
        try:
            found.append(f"{package} {importlib.metadata.version(package)}")
        except importlib.metadata.PackageNotFoundError:
            missing.append(package)
    if missing:
        return _failed(f"not installed: {', '.join(missing)}", "run scripts/station once, online")
    return _ok(", ".join(found))


def _decoders(_root: Path) -> Finding:
    if importlib.util.find_spec("zxingcpp") is None:
        return _failed("zxing-cpp cannot be loaded", "run scripts/station once, online")
    from station.decoders.zbar import unavailable_because

    reason = unavailable_because()
    if reason is not None:
        return _warning(reason, "sudo apt-get install libzbar0; the first decoder works without it")
    return _ok("zxing-cpp, and zbar as a second opinion")


_COLOURS: Final = {
    Colours.EXACT: "256 colours or more",
    Colours.FEW: "16 colours, in shades of its own",
    Colours.NONE: "no colours: shapes and words tell verdicts apart",
}


def _terminal(_root: Path) -> Finding:
    if not is_terminal(sys.stdout):
        return _skipped("standard output is no terminal")
    if not places_text():
        shown = printable(repr(os.environ.get("TERM", "")))
        return _failed(f"no text can be placed with TERM {shown}", "export TERM=xterm-256color")
    size = size_of(sys.stdout)
    if size.columns < MIN_COLUMNS or size.lines < MIN_ROWS:
        return _failed(
            f"{size.columns} × {size.lines} is too small for the dock screen",
            f"make it at least {MIN_COLUMNS} × {MIN_ROWS}, best 120 × 40",
        )
    if not has_utf8():
        text = "the terminal's locale is not UTF-8: letters are drawn coarsely, in ASCII"
        return _warning(text, "export LC_ALL=C.UTF-8")
    colours = _COLOURS[colours_of(sys.stdout)]
    text = f"{size.columns} × {size.lines}, UTF-8, {colours}"
    panel_mm = panel_height_mm()
    if panel_mm is None:
        return _ok(f"{text}; the panel does not tell its size")
    angle = arc_minutes(letter_mm(size.columns, size.lines, panel_mm))
    text += f"; letters of {angle:.0f} arc minutes at two metres, where it fills the panel"
    if angle < GOOD_ARC_MINUTES:
        mend = f"fewer and larger lines, at least {GOOD_ARC_MINUTES:.0f} arc minutes are read with"
        return _warning(text, f"{mend} ease: foot --font=monospace:size=20, or a larger panel")
    return _ok(text)


def _configuration(patient: Patient) -> Finding:
    from station.app.outputs import make_outputs
    from station.app.sources import SCREEN, check_sources

    settings = patient.settings
    check_sources([use for use in settings.sources if use != SCREEN], settings.source_sections)
    make_outputs(settings.outputs, lambda _report: None)
    if not settings.sources:
        return _warning(
            "no scanner or camera is named yet",
            f'station setup, or add [[source]] with use = "serial:…" to {patient.paths.config}',
        )
    return _ok(f"site {settings.site}, station {settings.station}, {len(settings.sources)} sources")


def _keys(patient: Patient) -> Finding:
    from station.app.intake_session import load_station_key

    load_station_key(patient.paths)
    path = patient.paths.station_key
    mode = stat.S_IMODE(path.stat().st_mode)
    if mode & 0o077:
        return _failed(f"others may read {path} (mode {mode:04o})", f"chmod 600 {path}")
    return _ok(f"{path}, mode {mode:04o}")


def _station_database(patient: Patient) -> Finding:
    from station.storage.journal_reader import JournalReader

    path = patient.paths.station_db
    if not path.is_file():
        return _failed(f"there is no database {path}", site_checks.put_back(patient))
    try:
        with JournalReader(path) as reader:
            return _ok(f"schema is current, {sum(reader.counts().values())} journal entries")
    except DamagedError as error:
        return _failed(error.message, site_checks.put_back(patient))


def _registry(patient: Patient) -> Finding:
    settings = patient.settings
    from station.storage.registry_generations import RegistryFolder

    try:
        folder = RegistryFolder(patient.paths.registry)
        with contextlib.closing(folder.open_current(warm=False)) as use:
            generation = use.generation
    except DamagedError as error:
        return _failed(error.message, site_checks.FETCH_WHOLE)
    age = freshness_of(generation.published_utc, SystemClock().now_utc(), settings.policy)
    text = f"generation {generation.number}, published {generation.published_utc}"
    if age is Freshness.FRESH:
        return _ok(text)
    return _warning(f"{text}: {age.value}", "run 'station sync', and look at the clock")


def _backup(patient: Patient) -> Finding:
    """The age of the newest backup of journal and claims: what was lost if the disk died now."""
    from station.storage.backup import backups
    from station.storage.inventory import BACKUPS
    from station.storage.station_schema import STATION

    mend = "run 'station db backup'; enable its timer, see docs/how-to/run-as-a-service.md"
    found = backups(patient.paths.root / BACKUPS, STATION)
    if not found:
        return _warning(f"there is none in {patient.paths.root / BACKUPS}", mend)
    # Of those made while the clock was put forward, none says that there is one of today.
    now_s = time.time()
    age_h, newest = min((abs(now_s - path.stat().st_mtime) / 3600, path.name) for path in found)
    text = f"{newest}, {age_h:.0f} h old"
    return _ok(text) if age_h <= MAX_BACKUP_AGE_H else _warning(text, mend)


def _trust(patient: Patient) -> Finding:
    if not (patient.paths.trust / "root.json").is_file():
        return _failed(
            "it trusts no publisher yet", "run 'station init --root FILE --fingerprint HEX'"
        )
    return _ok("its publisher's root is pinned")


def _disk(root: Path) -> Finding:
    folder = root if root.is_dir() else Path.cwd()
    free_bytes = shutil.disk_usage(folder).free
    text = f"{free_bytes / (1 << 30):.1f} GiB free"
    if free_bytes < MIN_FREE_BYTES:
        look = f"du -xhd2 {shlex.quote(str(folder.resolve()))} | sort -h shows what takes it"
        return _failed(text, f"free some room: {look}")
    return _ok(text)


def _engine(patient: Patient) -> Finding:
    from station.transport.engine_socket.address import is_answered

    if patient.paths.socket.exists() and is_answered(patient.paths.socket):
        return _ok(f"it listens on {patient.paths.socket}")
    return _skipped("not running", "start it with 'station run'")


CONFIGURATION: Final = "configuration"

MACHINE_CHECKS: Final[dict[str, MachineCheck]] = {
    "environment": _environment,
    "decoders": _decoders,
    "terminal": _terminal,
    "disk": _disk,
}
"""Checks that need no site, in the order they run."""

SITE_CHECKS: Final[dict[str, SiteCheck]] = {
    CONFIGURATION: _configuration,
    "keys": _keys,
    "station-database": _station_database,
    "integrity": site_checks.integrity,
    "registry": _registry,
    "clock": clock_check.clock,
    "backup": _backup,
    "trust": _trust,
    "signatures": site_checks.signatures,
    "last-sync": site_checks.last_sync,
    "servers": site_checks.servers,
    "events": site_checks.events,
    "devices": device_checks.devices,
    "scanners": device_checks.scanners,
    "camera": device_checks.cameras,
    "sound": site_checks.sound,
    "font": site_checks.font,
    "engine": _engine,
    "service": site_checks.service,
}
"""Checks of a site, in the order they run."""

ALL_CHECKS: Final = (*MACHINE_CHECKS, *SITE_CHECKS)
