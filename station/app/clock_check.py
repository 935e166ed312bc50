"""Doctor's check of the clock: freshness, badges and every journal line go by it.

What this station has already written or been told bounds the time from below; whether the clock is
held right from outside, the operating system says.
"""

import shutil
import subprocess
from contextlib import closing, suppress
from datetime import datetime, timedelta
from typing import Final

from station.app.clock import SystemClock
from station.app.findings import Finding, Patient, failed, ok, warning
from station.app.last_sync import read_last_sync
from station.core.errors import StationError

AHEAD: Final = timedelta(minutes=2)
"""What another machine's clock, the publisher's, may be ahead."""

_NEWEST: Final = (1 << 63) - 1
_ASK_WITHIN_S: Final = 5.0
_SYNCHRONISE: Final = "sudo timedatectl set-ntp true"


def clock(patient: Patient) -> Finding:
    """Whether the clock is behind what is known to have happened, and whether it is held right."""
    now_utc = SystemClock().now_utc()
    now = datetime.fromisoformat(now_utc)
    latest, what = max(_happened(patient), default=(now, ""))
    if latest > now + AHEAD:
        return failed(
            f"it says {now_utc}, but {what} {latest.isoformat(timespec='seconds')}",
            f"{_SYNCHRONISE}, or sudo timedatectl set-time 'YYYY-MM-DD hh:mm:ss'",
        )
    if (is_held := _is_synchronised()) is None:
        return ok(f"{now_utc}, not behind anything known; nobody says whether it is synchronised")
    if not is_held:
        return warning(f"{now_utc}, and nothing synchronises it", _SYNCHRONISE)
    return ok(f"{now_utc}, synchronised")


def _happened(patient: Patient) -> list[tuple[datetime, str]]:
    """Moments that have passed, as far as they can be read; what cannot is others' to complain of.

    A moment without an offset says nothing and is left out.
    """
    from station.storage.journal_reader import JournalReader
    from station.storage.registry_generations import RegistryFolder

    told: list[tuple[str, str]] = []
    paths = patient.paths
    with suppress(StationError), JournalReader(paths.station_db) as journal:
        newest = [journal.entry_of(stored) for stored in journal.before(_NEWEST, 1)]
        told += [(entry.time_utc, "the newest line of the journal is of") for entry in newest]
    with (
        suppress(StationError),
        closing(RegistryFolder(paths.registry).open_current(warm=False)) as registry,
    ):
        told.append((registry.generation.published_utc, "the registry was published at"))
    found: list[tuple[datetime, str]] = []
    with suppress(OSError, ValueError):
        if (last := read_last_sync(paths.last_sync)) is not None:
            found.append((last.time, "the last sync was at"))
    for moment, what in told:
        with suppress(ValueError, TypeError):
            read = datetime.fromisoformat(moment)
            if read.tzinfo is not None:
                found.append((read, what))
    return found


def _is_synchronised() -> bool | None:
    """What the kernel says by way of systemd, whichever program holds the clock; None for nothing.

    Source: timedatectl(1), show; org.freedesktop.timedate1, NTPSynchronized.
    """
    if shutil.which("timedatectl") is None:
        return None
    try:
        asked = subprocess.run(
            ["timedatectl", "show", "--property=NTPSynchronized", "--value"],
            capture_output=True,
            text=True,
            timeout=_ASK_WITHIN_S,
            check=False,
        )
    except (OSError, subprocess.TimeoutExpired):
        return None
    return {"yes": True, "no": False}.get(asked.stdout.strip())
