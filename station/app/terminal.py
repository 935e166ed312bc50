"""What this terminal can show: whether it is one, its colours, its characters."""

import locale
import os
from enum import Enum
from typing import IO


class Colours(Enum):
    """How many colours a terminal has."""

    NONE = "none"
    FEW = "few"
    """16, whose shades are the terminal's own."""
    EXACT = "exact"
    """256 and more."""


def is_terminal(stream: object) -> bool:
    """Whether a stream is a terminal; a closed or missing one is none."""
    isatty = getattr(stream, "isatty", None)
    try:
        return bool(isatty is not None and isatty())
    except ValueError:  # closed
        return False


def size_of(stream: IO[str]) -> os.terminal_size:
    """Columns and rows of the terminal a stream writes to, whatever COLUMNS and LINES say.

    Raises:
        OSError: It is none.
    """
    return os.get_terminal_size(stream.fileno())


def places_text() -> bool:
    """Whether the terminal can place text anywhere on the screen, as far as TERM says."""
    return os.environ.get("TERM", "") not in {"", "dumb", "unknown"}


def colours_of(stream: IO[str] | None) -> Colours:
    """The colours of the terminal that a stream writes to; none where NO_COLOR is set."""
    from rich.console import Console

    if os.environ.get("NO_COLOR"):
        return Colours.NONE
    match Console(file=stream).color_system:
        case "256" | "truecolor":
            return Colours.EXACT
        case None:
            return Colours.NONE
        case _:
            return Colours.FEW


def has_utf8() -> bool:
    """Whether the terminal was told to be UTF-8, as far as its locale says.

    Python may decide for UTF-8 by itself where the locale is C, so the variables come first.
    """
    for name in ("LC_ALL", "LC_CTYPE", "LANG"):
        value = os.environ.get(name)
        if value:
            return value.upper().replace("-", "").partition("@")[0].endswith("UTF8")
    return locale.getpreferredencoding(do_setlocale=False).upper().replace("-", "") == "UTF8"
