"""The command line of `_bootstrap.py`."""

import json
import signal
from collections.abc import Sequence
from typing import Final, NoReturn

from scripts.bootstrap.layout import PROFILES, ROOT, VENV
from scripts.bootstrap.preparing import prepare
from scripts.bootstrap.stamp import is_ready, place
from scripts.bootstrap.words import CannotPrepareError, say

EXIT_NOT_READY: Final = 1
EXIT_CANNOT: Final = 2  # the station's code for usage and configuration
EXIT_INTERRUPTED: Final = 130


def main(argv: Sequence[str]) -> int:
    """Run the command; `_bootstrap.py` says which there are."""
    match list(argv):
        case ["ready", profile] if profile in PROFILES:
            return 0 if is_ready(profile) else EXIT_NOT_READY
        case ["place"]:
            print(json.dumps(place()), end="")
            return 0
        case ["prepare", profile] if profile in PROFILES:
            return make_ready(profile)
        case _:
            return usage()


def make_ready(profile: str) -> int:
    """Prepare the environment, and tell the person what went wrong."""
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
