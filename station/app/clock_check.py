"""Doctor's check of the clock: freshness, badges and every journal line go by it.

Whether it can be believed, the engine's own watch says; whether it is held right from outside, the
operating system.
"""

import shutil
import subprocess
from typing import Final

from station.app.clock import SystemClock
from station.app.findings import Finding, Patient, failed, ok, warning
from station.core.clock_check import what_is_wrong

_ASK_WITHIN_S: Final = 5.0
_SYNCHRONISE: Final = "sudo timedatectl set-ntp true"


def clock(patient: Patient) -> Finding:
    """Whether the clock can be believed, and whether it is held right."""
    from station.app.clock_report import clock_watch_of

    now_utc = SystemClock().now_utc()
    finding = clock_watch_of(patient.paths).finding()
    if finding is not None:
        return failed(
            f"{now_utc}, which {what_is_wrong(finding)}",
            f"{_SYNCHRONISE}, or sudo timedatectl set-time 'YYYY-MM-DD hh:mm:ss'; "
            "if it is right now: station clock --confirm",
        )
    if (is_held := _is_synchronised()) is None:
        return ok(f"{now_utc}, nothing speaks against it; nobody says whether it is synchronised")
    if not is_held:
        return warning(f"{now_utc}, and nothing synchronises it", _SYNCHRONISE)
    return ok(f"{now_utc}, synchronised")


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
