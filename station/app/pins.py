"""Where a command finds a PIN: a file, the environment or the keyboard; never its arguments.

Arguments are shown by ``ps`` to everybody.
"""

import os
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import Final

import click

from station.core.errors import ConfigurationError
from station.core.operators import MAX_PIN_DIGITS

PIN_VARIABLE: Final = "STATION_PIN"
NEW_PIN_VARIABLE: Final = "STATION_NEW_PIN"
WITNESS_PIN_VARIABLE: Final = "STATION_WITNESS_PIN"

_MAX_LINE_BYTES: Final = MAX_PIN_DIGITS + 2


@dataclass(frozen=True, slots=True)
class Named:
    """Somebody named on the command line.

    Attributes:
        name: Their name, as given.
        pin_file: The file that holds their PIN, or None.
    """

    name: str
    pin_file: Path | None


NOBODY: Final = Named("", None)
"""Whoever owns the site, while nobody is enrolled."""


def find_pin(name: str, file: Path | None) -> str:
    """The PIN of whoever acts.

    Args:
        name: Whose, to ask for it.
        file: Holds it on its first line; None for `PIN_VARIABLE` or the keyboard.

    Raises:
        ConfigurationError: There is none.
    """
    return _find(f"PIN of {name}", file, "--pin-file", PIN_VARIABLE, is_new=False)


def offered_pin(who: Named, variable: str = PIN_VARIABLE) -> str:
    """A PIN for an act of somebody who may have none: ``""`` where there is nobody to ask.

    Args:
        who: Whose, to ask for it, and the file that holds it.
        variable: Where it may stand in the environment, where there is no file.

    Raises:
        ConfigurationError: The file cannot be read.
    """
    if who.pin_file is not None:
        return _first_line(who.pin_file)
    if variable in os.environ:
        return os.environ[variable]
    if sys.stdin.isatty():
        return str(click.prompt(f"PIN of {who.name}", hide_input=True, err=True, default=""))
    return ""


def find_new_pin(name: str, file: Path | None) -> str:
    """A PIN somebody chose; asked for twice at the keyboard.

    Args:
        name: Whose it is to be.
        file: Holds it on its first line; None for `NEW_PIN_VARIABLE` or the keyboard.

    Raises:
        ConfigurationError: There is none.
    """
    return _find(f"New PIN of {name}", file, "--new-pin-file", NEW_PIN_VARIABLE, is_new=True)


def _find(prompt: str, file: Path | None, option: str, variable: str, *, is_new: bool) -> str:
    if file is not None:
        return _first_line(file)
    if variable in os.environ:
        return os.environ[variable]
    if not sys.stdin.isatty():
        raise ConfigurationError(
            f"{prompt}: there is no terminal to ask on",
            f"name a file with {option}, or set {variable}",
        )
    return str(click.prompt(prompt, hide_input=True, confirmation_prompt=is_new, err=True))


def _first_line(path: Path) -> str:
    try:
        with path.open("rb") as file:
            line = file.readline(_MAX_LINE_BYTES + 1).rstrip(b"\r\n")
    except OSError as error:
        raise ConfigurationError(
            f"cannot read the PIN file {path}: {error.strerror or error}",
            "check the file's name and rights",
        ) from None
    return line.decode("ascii", "replace")
