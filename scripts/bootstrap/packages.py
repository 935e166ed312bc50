"""Fills the environment with what the lock files say, hashes checked, and with nothing else."""

import dataclasses
import re
import shutil
from collections.abc import Iterator, Sequence
from pathlib import Path

from scripts.bootstrap import programs
from scripts.bootstrap.environment import outside_pip
from scripts.bootstrap.layout import LOG, PROFILES, PYTHON, ROOT, UV_LOCK, VENV
from scripts.bootstrap.words import CannotPrepareError, say


@dataclasses.dataclass(frozen=True, slots=True)
class Installer:
    """One way of filling the environment: uv, or pip. The result is the same."""

    name: str
    argv: tuple[str, ...]

    def install(self, *args: str | Path) -> bool:
        """Run the installer's `install`; say whether it succeeded."""
        if self.name == "uv":
            # Compile now, as pip does; trust what the system trusts.
            options = ("--quiet", "--compile-bytecode", "--system-certs", "--python", PYTHON)
            return programs.run((*self.argv, "install", *options, *args))
        return programs.run((*self.argv, "install", "--quiet", "--no-warn-script-location", *args))

    def uninstall(self, names: Sequence[str]) -> bool:
        """Run the installer's `uninstall`; say whether it succeeded."""
        if self.name == "uv":
            return programs.run((*self.argv, "uninstall", "--quiet", "--python", PYTHON, *names))
        return programs.run([*self.argv, "uninstall", "--quiet", "--yes", *names])


def installers() -> Iterator[Installer]:
    """Give the ways of filling the environment, best first; uv is fetched for the purpose."""
    own_uv = VENV / "bin" / "uv"
    pip: tuple[str, ...] = (str(PYTHON), "-I", "-m", "pip")
    if not programs.run([*pip, "--version"]):
        pip = outside_pip()
    # Quick to give up: plain pip does the same work.
    programs.run([*pip, "install", "--quiet", "--retries", "1", *locked(UV_LOCK)])
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
        f"the packages could not be installed:\n{programs.log_tail()}\n"
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
