"""``station db``: care of the databases of a site and of a brand folder."""

import json
from contextlib import ExitStack
from pathlib import Path

import click

from station.app.brand_folder import brand_dir_option
from station.app.options import json_option, site_option
from station.app.site_paths import SitePaths
from station.core.errors import ExitCode
from station.storage.brand_store import DATABASE
from station.storage.inventory import (
    Condition,
    Database,
    brand_databases,
    none_found,
    site_databases,
)
from station.storage.site_lock import SiteLock


@click.group()
def command() -> None:
    """Care of the databases of a site and of a brand folder."""


@command.command()
@json_option
@site_option
@brand_dir_option
def status(as_json: bool, site: Path, brand_dir: Path) -> int:
    """Say of each database whether this release can use it."""
    conditions = [(database, database.condition()) for database in _found(site, brand_dir)]
    for database, condition in conditions:
        if as_json:
            click.echo(json.dumps(_record(database, condition)))
        else:
            click.echo(f"{database.tree.name:<9} {condition.value:<17} {database.path}")
    usable = all(condition is Condition.CURRENT for _, condition in conditions)
    if not usable:
        click.echo("run 'station db upgrade' for those that are older", err=True)
    return ExitCode.DONE if usable else ExitCode.DATABASE


@command.command()
@json_option
@site_option
@brand_dir_option
def upgrade(as_json: bool, site: Path, brand_dir: Path) -> int:
    """Bring every database to this release's schema.

    Each is brought up whole or stays as it was. The engine must not be running. Keep a backup: an
    older release cannot use what this one has upgraded.
    """
    with ExitStack() as stack:
        paths = SitePaths(site)
        if paths.station_db.exists():
            stack.enter_context(SiteLock(paths.lock, "station db upgrade"))
        for database in _found(site, brand_dir):
            was = database.revision()
            database.upgrade()
            if as_json:
                record = _record(database, Condition.CURRENT)
                click.echo(json.dumps(record | {"was": was}))
            else:
                done = "was up to date" if was == database.tree.head else f"upgraded from {was}"
                click.echo(f"{database.tree.name:<9} {done:<30} {database.path}")
    return ExitCode.DONE


def _found(site: Path, brand_dir: Path) -> list[Database]:
    paths = SitePaths(site)
    found = [
        *site_databases(paths.station_db, paths.registry),
        *brand_databases(brand_dir / DATABASE),
    ]
    if not found:
        raise none_found(site, brand_dir)
    return found


def _record(database: Database, condition: Condition) -> dict[str, object]:
    return {
        "kind": database.tree.name,
        "path": str(database.path),
        "revision": database.revision(),
        "needed": database.tree.head,
        "condition": condition.value,
    }
