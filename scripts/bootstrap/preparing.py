"""Makes the environment ready for a profile, one start at a time."""

import contextlib
import errno
import fcntl
import json
import subprocess
from collections.abc import Iterator

from scripts.bootstrap.environment import make_venv
from scripts.bootstrap.layout import LOCK, LOG, PROFILES, PROGRAM, PYTHON, STAMP, VENV
from scripts.bootstrap.packages import fill_venv
from scripts.bootstrap.stamp import Stamp, digest, place
from scripts.bootstrap.tiers import raise_tiers
from scripts.bootstrap.words import CannotPrepareError, say


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
    """Ask the program, run by the environment's own Python; None for no, else its words."""
    try:
        asked = subprocess.run(
            [PYTHON, "-I", "-S", PROGRAM, *question],
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
