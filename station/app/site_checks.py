"""Checks of what a site keeps and what serves it: databases, signatures, servers, sound, service.

Read only; each names the command that mends what it finds.
"""

import os
import shlex
import shutil
import subprocess
from contextlib import closing
from datetime import datetime, timedelta
from pathlib import Path
from typing import Final

from station.app.clock import SystemClock
from station.app.findings import Finding, Patient, failed, ok, skipped, warning
from station.app.last_sync import read_last_sync
from station.core.errors import StorageError
from station.core.language import Language
from station.core.text import printable

SERVICE: Final = "intake-station.service"
SYNC_HOURS: Final = 26
"""A nightly refresh that ran is never older, however far the timer spreads it."""

MAX_READ_BYTES: Final = 128 << 20
"""A larger registry takes longer to read through than anybody waits for a checkup."""

FETCH_WHOLE: Final = "station sync --whole"
"""Without it, a refresh that finds nothing new leaves what is held as it is."""

MAX_READERS: Final = 3
"""So many are named."""

_MAX_TEXT: Final = 400
_INSTALL: Final = "see docs/how-to/run-as-a-service.md"
_ASK_WITHIN_S: Final = 5.0


def integrity(patient: Patient) -> Finding:
    """Every database read through: pages, indexes, rows; operators as journalled."""
    from station.storage.backup import check_soundness
    from station.storage.registry_content import check_content
    from station.storage.registry_generations import RegistryFolder
    from station.storage.registry_schema import REGISTRY
    from station.storage.station_schema import STATION

    try:
        check_soundness(patient.paths.station_db, STATION)
    except StorageError as error:
        return failed(_on_one_line(error), put_back(patient))
    unlike = _unlike_the_journal(patient)
    if unlike is not None:
        return unlike
    folder = RegistryFolder(patient.paths.registry)
    stored = folder.current()
    if stored is None:
        return ok("the journal's database holds together; there is no registry yet")
    files = folder.files(stored)
    paths = [files.base] if files.overlay is None else [files.base, files.overlay]
    if sum(path.stat().st_size for path in paths) > MAX_READ_BYTES:
        return ok("the journal's database holds together; 'station db check' reads the registry")
    try:
        for path in paths:
            check_soundness(path, REGISTRY)
        check_content(files)
    except StorageError as error:
        return failed(_on_one_line(error), FETCH_WHOLE)
    return ok("journal and registry hold together")


def _unlike_the_journal(patient: Patient) -> Finding | None:
    """Operators and shipments, each held to its line: fast, however long the journal is."""
    from station.storage.journal_reader import JournalReader
    from station.storage.key_files import read_station_key
    from station.storage.record_proof import differences

    try:
        key = read_station_key(patient.paths.station_key).public_key
        with JournalReader(patient.paths.station_db) as journal, journal.one_moment():
            unlike = next(differences(journal, key.verify), None)
    except StorageError as error:
        return failed(_on_one_line(error), "run 'station journal verify'")
    if unlike is None:
        return None
    return failed(printable(unlike.text, _MAX_TEXT), f"run 'station journal verify'; {unlike.mend}")


def _on_one_line(error: StorageError) -> str:
    return printable(" ".join(error.message.split()), _MAX_TEXT)


def put_back(patient: Patient) -> str:
    """How a station's database that is gone or damaged comes back: from the newest backup."""
    from station.storage.backup import backups
    from station.storage.inventory import BACKUPS
    from station.storage.station_schema import STATION

    found = backups(patient.paths.root / BACKUPS, STATION)
    file = shlex.quote(str(found[-1])) if found else "FILE, a backup from another disk"
    return f"stop the engine, then: station db restore {file}"


def signatures(patient: Patient) -> Finding:
    """What the site trusts is signed as its publisher's root demands."""
    from station.transport.tuf_kept import check_kept

    if not (patient.paths.trust / "metadata").is_dir():
        return skipped("nothing has been fetched yet", "station sync")
    expires_utc = check_kept(patient.paths.trust)
    if expires_utc <= datetime.fromisoformat(SystemClock().now_utc()):
        return warning(f"signed by the publisher, but only until {expires_utc}", "station sync")
    return ok(f"signed by the publisher, good until {expires_utc}")


def last_sync(patient: Patient) -> Finding:
    """When the last refresh succeeded."""
    path = patient.paths.last_sync
    if not patient.settings.origin:
        return skipped("it fetches from nowhere", "set from under [sync] in station.toml")
    try:
        last = read_last_sync(path)
    except ValueError:
        return failed(f"{path} cannot be read", "station sync")
    if last is None:
        return warning("it was never synced", "station sync")
    hours = (datetime.fromisoformat(SystemClock().now_utc()) - last.time) / timedelta(hours=1)
    text = f"{hours:.0f} hours ago" if hours >= 1 else f"{max(0, hours) * 60:.0f} minutes ago"
    if hours > SYNC_HOURS:
        timer = "sudo systemctl enable --now intake-station-sync.timer"
        return warning(f"the last one was {text}", f"station sync; every night: {timer}")
    if last.fallback:
        return warning(
            f"{text}, and everything had to be fetched whole: {last.fallback}",
            "tell the publisher where it comes again; the registry is right",
        )
    return ok(text)


def servers(patient: Patient) -> Finding:
    """Whether certificates, keys and logins for the registry's server and the receiver serve."""
    from station.app.sync_access import AccessOptions, receiver_access, source_access
    from station.transport.http_access import HttpPools

    settings, asked = patient.settings, AccessOptions()
    named = {"registry": "://" in settings.origin, "events": bool(settings.upload.address)}
    if not any(named.values()):
        return skipped("the site talks to no server")
    if named["registry"]:
        HttpPools(source_access(patient.paths, settings, asked), "").close()
    if named["events"]:
        HttpPools(receiver_access(patient.paths, settings, asked), "").close()
    text = " and ".join(what for what, is_named in named.items() if is_named)
    return ok(f"what is set for the way to the server of {text} can be used")


def events(patient: Patient) -> Finding:
    """Whether what happened here was sent."""
    from station.storage.journal_reader import JournalReader
    from station.storage.upload_store import outbox_state

    if not patient.settings.upload.address:
        return skipped("they stay here: [upload] names no receiver")
    with JournalReader(patient.paths.station_db) as journal:
        state = outbox_state(patient.paths.upload_db, journal)
    if state.refused:
        text = f"{state.waiting} wait, {state.refused} were refused"
        return warning(
            text, "station outbox list; once the receiver is mended: station outbox retry"
        )
    if not state.waiting:
        return ok("all were sent")
    now = datetime.fromisoformat(SystemClock().now_utc())
    hours = (now - datetime.fromisoformat(state.oldest_utc)) / timedelta(hours=1)
    if hours > SYNC_HOURS:
        return warning(f"{state.waiting} wait, the first for {hours:.0f} hours", "station sync")
    return ok(f"{state.waiting} wait for the next sync")


def sound(patient: Patient) -> Finding:
    """Whether the engine has something to play sounds with, and leave to."""
    from station.actuators.sound import INSTALL, player_there

    if not patient.settings.sound.enabled:
        return skipped("switched off by sound.enabled")
    if not player_there():
        return warning(
            "there is no aplay: screens ring the terminal's bell, and flash, instead", INSTALL
        )
    devices = Path("/dev/snd")
    if not devices.is_dir():
        return warning("this machine has no sound card", "sound.enabled = false, or plug one in")
    locked = [path for path in devices.glob("pcm*p") if not os.access(path, os.R_OK | os.W_OK)]
    if locked:
        return failed(
            f"no access to {locked[0]}", 'sudo usermod -aG audio "$USER", then sign in again'
        )
    return ok("aplay and a sound card; hear it with 'station sound test'")


def service(_patient: Patient) -> Finding:
    """Whether systemd runs the engine and watches it."""
    if shutil.which("systemctl") is None:
        return skipped("this machine has no systemd")
    try:
        asked = subprocess.run(
            [
                *("systemctl", "show", SERVICE),
                "--property=LoadState,ActiveState,WatchdogUSec,NRestarts",
            ],
            capture_output=True,
            text=True,
            timeout=_ASK_WITHIN_S,
            check=False,
        )
    except (OSError, subprocess.TimeoutExpired):
        return skipped("systemd does not answer")
    told = dict(line.partition("=")[::2] for line in asked.stdout.splitlines())
    if told.get("LoadState") != "loaded":
        return skipped("the engine is no service here", _INSTALL)
    if told.get("WatchdogUSec") in {"", "0", "infinity", None}:
        unit = Path(__file__).parents[2] / "config" / "systemd" / SERVICE
        mend = f"sudo cp {unit} /etc/systemd/system/ && sudo systemctl daemon-reload"
        return failed("the service has no watchdog", mend)
    if told.get("ActiveState") == "failed":
        return failed("the service has failed", f"sudo systemctl restart {SERVICE}")
    if told.get("ActiveState") != "active":
        return warning("the service does not run", f"sudo systemctl enable --now {SERVICE}")
    return ok(f"watched by systemd, started again {told.get('NRestarts', '0')} times")


def font(patient: Patient) -> Finding:
    """Whether Chinese can be drawn large, where anybody here reads it."""
    from station.storage.roster_reader import RosterReader
    from station.tui.fonts import chinese_font

    readers = ["the site"] if patient.settings.language is Language.CHINESE else []
    with closing(RosterReader(patient.paths.station_db)) as roster:
        readers += [
            one.operator.name
            for one in roster.all()
            if one.operator.active and one.operator.language is Language.CHINESE
        ]
    if not readers:
        return skipped("nobody here reads Chinese")
    found = chinese_font()
    if found is not None:
        return ok(f"Chinese is drawn with {Path(str(found.path)).name}")
    more = f" and {len(readers) - MAX_READERS} more" if len(readers) > MAX_READERS else ""
    return warning(
        f"no font draws Chinese for {', '.join(readers[:MAX_READERS])}{more}: the verdict's word"
        " stands large in English",
        "sudo apt-get install fonts-noto-cjk (or the smaller fonts-wqy-microhei)",
    )
