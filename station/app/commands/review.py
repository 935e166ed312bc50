"""``station review``: the supervisor's screens of a site."""

from pathlib import Path

import click

from station.app.config import load
from station.app.dock_screen import THEME_NAMES, run_review
from station.app.options import Choice, settings_option, site_option
from station.app.site_paths import SitePaths


@click.command()
@click.option("--theme", type=Choice(THEME_NAMES), help="Colours, instead of the site's choice.")
@click.option("--ascii", "ascii_only", is_flag=True, help="Draw with ASCII characters only.")
@settings_option
@site_option
def command(theme: str | None, ascii_only: bool, flags: tuple[str, ...], site: Path) -> int:
    """Show the supervisor's screens: items under review, journal, shipments, people, figures.

    Runs beside an engine, which then does what is asked, or without one. Whatever changes something
    takes a scanned badge and its PIN. Press q, then the key it asks for, to close them.
    """
    settings = load(SitePaths(site).config, flags)
    return run_review(site, theme=theme or settings.theme, ascii_only=ascii_only)
