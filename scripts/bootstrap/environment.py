"""An empty environment, by whatever means the machine has."""

import shutil
import subprocess
import sys

from scripts.bootstrap import programs
from scripts.bootstrap.layout import OLD, PYTHON, VENV
from scripts.bootstrap.system_packages import apt_install
from scripts.bootstrap.words import CannotPrepareError, say


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
    plain = [sys.executable, "-I", "-m", "venv"]
    version = f"{sys.version_info.major}.{sys.version_info.minor}"
    if programs.run([*plain, VENV]):
        return
    if has_ensurepip():
        raise CannotPrepareError(
            f"Python {version} ({sys.executable}) could not make an environment in {VENV}:\n"
            f"{programs.log_tail()}\n"
            f"  Mend that, or name another Python: STATION_PYTHON=/path/to/python3 …"
        )
    # Debian ships the environment maker in a package of its own.
    say(f"Python {version} has no ensurepip; looking for another way to make an environment")
    programs.run([*plain, "--without-pip", "--clear", VENV])
    if PYTHON.exists() and (programs.run([*outside_pip(), "--version"]) or shutil.which("uv")):
        return
    if shutil.which("virtualenv") and programs.run(
        ["virtualenv", "-q", "-p", sys.executable, VENV]
    ):
        return
    package = f"python{version}-venv"
    if apt_install([package]) is None and programs.run([*plain, "--clear", VENV]):
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
    return (sys.executable, "-m", "pip", "--python", str(PYTHON))
