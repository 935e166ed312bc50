"""Puts screens on this terminal: which colours and characters it has, which engine."""

import os
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Final

from station.app.terminal import Colours, colours_of, has_utf8, is_terminal, places_text
from station.core.errors import ConfigurationError, ExitCode, StationError
from station.core.language import Language

if TYPE_CHECKING:
    from station.tui.palette import Look

THEME_NAMES: Final = ("teal", "blue")
"""What a site may choose; poorer terminals get the theme that fits them."""

_SIZE_VARIABLES: Final = ("COLUMNS", "LINES")


def run_dock(
    socket_path: Path,
    *,
    theme: str = "teal",
    ascii_only: bool = False,
    language: Language = Language.ENGLISH,
    kiosk: bool = False,
) -> int:
    """Show the dock screen until its user closes it or the process is told to end.

    The engine need not be running: the screen says so and waits for it.

    Args:
        socket_path: The engine's socket.
        theme: One of `THEME_NAMES`.
        ascii_only: Draw with ASCII characters, whatever the locale says.
        language: What the site's operators read, until the engine has told it.
        kiosk: Whether nobody at this screen can start a command.

    Returns:
        The exit code.

    Raises:
        ConfigurationError: There is no terminal to draw on.
    """
    look = look_of_terminal(theme, ascii_only=ascii_only)
    from station.transport.engine_socket.client import EngineClient
    from station.tui.dock import DockApp

    with EngineClient(socket_path) as feed:
        wanted = DockApp(feed, look, language=language, kiosk=kiosk).run(mouse=False)
    if not wanted:
        raise StationError("the dock screen ended by a fault of its own", "start it again")
    return ExitCode.DONE


def run_review(site: Path, *, theme: str = "teal", ascii_only: bool = False) -> int:
    """Show a site's review screens until their user closes them or the process is told to end.

    Args:
        site: The site folder.
        theme: One of `THEME_NAMES`.
        ascii_only: Draw with ASCII characters, whatever the locale says.

    Returns:
        The exit code.

    Raises:
        ConfigurationError: There is no terminal to draw on, or no site.
        StorageError: The site's key cannot be read.
    """
    look = look_of_terminal(theme, ascii_only=ascii_only)
    from station.app.site_desk import StationDesk
    from station.app.site_paths import SitePaths
    from station.transport.engine_socket.client import EngineClient
    from station.tui.review import ReviewApp

    desk = StationDesk(site)
    with EngineClient(SitePaths(site).socket) as feed:
        wanted = ReviewApp(desk, feed, look).run(mouse=False)
    if not wanted:
        raise StationError("the review screens ended by a fault of their own", "start them again")
    return ExitCode.DONE


def look_of_terminal(theme: str, *, ascii_only: bool = False) -> "Look":
    """How to draw on this terminal.

    Args:
        theme: One of `THEME_NAMES`; a poorer terminal gets the one that fits it.
        ascii_only: Draw with ASCII characters, whatever the locale says.

    Raises:
        ConfigurationError: There is no terminal to draw on.
    """
    _need_terminal()
    for name in _SIZE_VARIABLES:
        # Textual believes them before it asks the terminal; left over from a shell, they are wrong.
        os.environ.pop(name, None)
    from station.tui.fonts import chinese_font
    from station.tui.palette import THEMES, Look

    unicode = not ascii_only and has_utf8()
    font = chinese_font() if unicode else None
    return Look(THEMES[_theme_for_terminal(theme)], unicode=unicode, font=font)


def _need_terminal() -> None:
    # Textual reads keys from standard input and draws on standard error.
    if not (is_terminal(sys.__stdin__) and is_terminal(sys.__stderr__)):
        raise ConfigurationError(
            "this screen needs a terminal, and this is none",
            "start it in a terminal window; station scan and station quarantine need none",
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
