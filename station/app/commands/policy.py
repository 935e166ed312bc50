"""``station policy``: what a site decides where the rules leave a choice."""

from pathlib import Path

import click

from station.app.brand_folder import note
from station.app.config import load, load_policy
from station.app.options import json_option, settings_option, site_option
from station.app.policy_lines import show_policy
from station.app.site_paths import SitePaths
from station.core.errors import ConfigurationError
from station.intake.policies import PolicyBook
from station.issuing.names import read_gtin
from station.storage.registry_generations import RegistryFolder


@click.group("policy", help="What a site decides where the rules leave a choice.")
def command() -> None:
    """Hold the subcommands."""


@command.command("show")
@click.option("--gtin", help="What counts for this product, with its brand's wishes.")
@settings_option
@site_option
@json_option
def show(gtin: str | None, flags: tuple[str, ...], site: Path, as_json: bool) -> None:
    """Show the policy in force, every key of it, and the version that verdicts name."""
    paths = SitePaths(site)
    book = PolicyBook(load(paths.config, flags).policy)
    brand = product = None
    if gtin is not None:
        wanted = read_gtin(gtin)
        registry = RegistryFolder(paths.registry).open_current(warm=False)
        try:
            product = registry.product(wanted)
            brand = None if product is None else registry.brand(product.brand_id)
        finally:
            registry.close()
        if product is None:
            raise ConfigurationError(
                f"GTIN {wanted} is not enrolled in this site's registry",
                "leave out --gtin for what counts for it, or run 'station sync'",
            )
    policy = book.of(brand, product)
    show_policy(as_json, {"version": policy.version}, policy)
    if not as_json:
        note(f"version {policy.version}")


@command.command("check")
@click.argument("file", type=click.Path(dir_okay=False, path_type=Path))
@json_option
def check(file: Path, as_json: bool) -> None:
    """Check a site's policy before it is put in place.

    FILE is a station.toml, or TOML with the keys of its [policy] alone.
    """
    policy = PolicyBook(load_policy(file)).of(None, None)
    show_policy(as_json, {"version": policy.version}, policy)
    if not as_json:
        note(f"{file} can be used")
