"""Puts the dock screen on this terminal: which colours and characters it has, which engine."""

import locale
import os
import sys
from pathlib import Path
from typing import Final

from station.core.errors import ConfigurationError, ExitCode, StationError

THEME_NAMES: Final = ("teal", "blue")
"""What a site may choose; poorer terminals get the theme that fits them."""

_SIZE_VARIABLES: Final = ("COLUMNS", "LINES")


def run_dock(socket_path: Path, *, theme: str = "teal", ascii_only: bool = False) -> int:
    """Show the dock screen until its user closes it or the process is told to end.

    The engine need not be running: the screen says so and waits for it.

    Args:
        socket_path: The engine's socket.
        theme: One of `THEME_NAMES`.
        ascii_only: Draw with ASCII characters, whatever the locale says.

    Returns:
        The exit code.

    Raises:
        ConfigurationError: There is no terminal to draw on.
    """
    _need_terminal()
    for name in _SIZE_VARIABLES:
        # Textual believes them before it asks the terminal; left over from a shell, they are wrong.
        os.environ.pop(name, None)
    from station.transport.engine_socket.client import EngineClient
    from station.tui.dock import DockApp
    from station.tui.palette import THEMES, Look

    look = Look(THEMES[_theme_for_terminal(theme)], unicode=not ascii_only and _utf8())
    with EngineClient(socket_path) as feed:
        app = DockApp(feed, look)
        app.run(mouse=False)
    if app.return_code:
        raise StationError("the dock screen ended by a fault of its own", "start it again")
    return ExitCode.DONE


def _need_terminal() -> None:
    # Textual reads keys from standard input and draws on standard error.
    if not (_is_terminal(sys.__stdin__) and _is_terminal(sys.__stderr__)):
        raise ConfigurationError(
            "the dock screen needs a terminal, and this is none",
            "start it in a terminal window, or take in units without a screen: station scan",
        )
    if os.environ.get("TERM", "") in {"", "dumb", "unknown"}:
        raise ConfigurationError(
            "this terminal cannot place text on the screen (TERM is empty or dumb)",
            "use a terminal that can, or set TERM to what it is, for example xterm-256color",
        )


def _is_terminal(stream: object) -> bool:
    isatty = getattr(stream, "isatty", None)
    try:
        return bool(isatty is not None and isatty())
    except ValueError:  # closed
        return False


def _theme_for_terminal(theme: str) -> str:
    """The chosen theme where the terminal has its exact colours."""
    from rich.console import Console

    if os.environ.get("NO_COLOR"):
        return "plain"
    match Console(file=sys.__stderr__).color_system:
        case "256" | "truecolor":
            return theme
        case None:
            return "plain"
        case _:
            return "ansi"


def _utf8() -> bool:
    """Whether the terminal was told to be UTF-8, as far as its locale says.

    Python may decide for UTF-8 by itself where the locale is C, so the variables come first.
    """
    for name in ("LC_ALL", "LC_CTYPE", "LANG"):
        value = os.environ.get(name)
        if value:
            return value.upper().replace("-", "").partition("@")[0].endswith("UTF8")
    return locale.getpreferredencoding(do_setlocale=False).upper().replace("-", "") == "UTF8"
