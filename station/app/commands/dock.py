"""``station dock``: the operator's screen of a running engine."""

from pathlib import Path

import click

from station.app.config import load
from station.app.dock_screen import THEME_NAMES, run_dock
from station.app.options import Choice, settings_option, site_option
from station.app.site_paths import SitePaths


@click.command()
@click.option(
    "--socket",
    "socket_path",
    type=click.Path(path_type=Path, dir_okay=False),
    help="The engine's socket, instead of the site's own.",
)
@click.option(
    "--theme",
    type=Choice(THEME_NAMES),
    help="Colour of ACCEPT, instead of the site's choice.",
)
@click.option("--ascii", "ascii_only", is_flag=True, help="Draw with ASCII characters only.")
@settings_option
@site_option
def command(
    socket_path: Path | None,
    theme: str | None,
    ascii_only: bool,
    flags: tuple[str, ...],
    site: Path,
) -> int:
    """Show the operator's screen of a running engine.

    It waits for an engine that is not running yet, and finds one again that was restarted. Closing
    it never stops the engine: press q, then the key it asks for.
    """
    if socket_path is None:
        settings = load(SitePaths(site).config, flags)
        return run_dock(
            SitePaths(site).socket,
            theme=theme or settings.theme,
            ascii_only=ascii_only,
            language=settings.language,
            kiosk=settings.kiosk,
        )
    return run_dock(socket_path, theme=theme or "teal", ascii_only=ascii_only)
