"""Puts the dock screen on this terminal: which colours and characters it has, which engine."""

import os
import sys
from pathlib import Path
from typing import Final

from station.app.terminal import Colours, colours_of, has_utf8, is_terminal, places_text
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

    look = Look(THEMES[_theme_for_terminal(theme)], unicode=not ascii_only and has_utf8())
    with EngineClient(socket_path) as feed:
        app = DockApp(feed, look)
        app.run(mouse=False)
    if app.return_code:
        raise StationError("the dock screen ended by a fault of its own", "start it again")
    return ExitCode.DONE


def _need_terminal() -> None:
    # Textual reads keys from standard input and draws on standard error.
    if not (is_terminal(sys.__stdin__) and is_terminal(sys.__stderr__)):
        raise ConfigurationError(
            "the dock screen needs a terminal, and this is none",
            "start it in a terminal window, or take in units without a screen: station scan",
        )
    if not places_text():
        raise ConfigurationError(
            "this terminal cannot place text on the screen (TERM is empty or dumb)",
            "use a terminal that can, or set TERM to what it is, for example xterm-256color",
        )


def _theme_for_terminal(theme: str) -> str:
    """The chosen theme where the terminal has its exact colours."""
    match colours_of(sys.__stderr__):
        case Colours.EXACT:
            return theme
        case Colours.NONE:
            return "plain"
        case Colours.FEW:
            return "ansi"
