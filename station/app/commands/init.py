"""``station init``: make a site folder, or give an existing one the publisher to trust."""

from pathlib import Path

import click

from station.app.brand_folder import note
from station.app.options import complete_path, json_option, site_option
from station.app.result_lines import put_line
from station.app.site_maker import make_site, pin_root, read_root
from station.app.site_paths import SitePaths
from station.core.errors import ConfigurationError
from station.issuing.names import read_site_name, read_station_name


@click.command("init")
@click.option("--name", help="The site's name, e.g. amsterdam-2.")
@click.option("--station", "station_name", help="This station's name, e.g. dock-1.")
@click.option(
    "--root",
    type=click.Path(dir_okay=False, path_type=Path),
    help="The publisher's root file, as 'station publish' names it.",
)
@click.option("--fingerprint", help="Its fingerprint, 64 hex digits, told by another way.")
@click.option(
    "--from",
    "origin",
    default="",
    shell_complete=complete_path,
    help="Where 'station sync' is to fetch.",
)
@site_option
@json_option
def command(
    name: str | None,
    station_name: str | None,
    root: Path | None,
    fingerprint: str | None,
    origin: str,
    site: Path,
    as_json: bool,
) -> None:
    """Make a site folder: configuration, journal, the station's own key.

    With --root and --fingerprint the site trusts that publisher. On a site that was made without,
    --root and --fingerprint alone give it its publisher. Nothing that exists is ever replaced.
    """
    if (root is None) != (fingerprint is None):
        raise ConfigurationError(
            "a root file and its fingerprint belong together",
            "give both --root and --fingerprint; the fingerprint must come by another way than "
            "the file, e.g. by telephone",
        )
    pinned = None if root is None or fingerprint is None else read_root(root, fingerprint)
    paths = SitePaths(site)
    if paths.config.exists():
        _extend(paths, pinned, name, station_name)
    else:
        if name is None or station_name is None:
            raise click.UsageError("a new site needs --name and --station")
        where = str(Path(origin).absolute()) if origin and "://" not in origin else origin
        make_site(paths, read_site_name(name), read_station_name(station_name), where, pinned)
    put_line(
        as_json,
        {"site": str(site), "trust": (paths.trust / "root.json").exists()},
        f"the site in {site} is ready",
    )
    if as_json:
        return
    if (paths.trust / "root.json").exists():
        note("Next: station sync --from DIR-or-URL")
    else:
        note(
            "It trusts no publisher yet: run 'station init --root FILE --fingerprint HEX' when "
            "you have them."
        )


def _extend(
    paths: SitePaths, pinned: bytes | None, name: str | None, station_name: str | None
) -> None:
    if pinned is None or name is not None or station_name is not None:
        raise ConfigurationError(
            f"there is already a site in {paths.root}",
            f"change it by editing {paths.config}, or name another folder with --site",
        )
    pin_root(paths, pinned)
