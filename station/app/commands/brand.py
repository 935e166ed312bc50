"""``station brand``: add and list the brands of a brand folder."""

from pathlib import Path

import click

from station.app.brand_folder import brand_dir_option, brand_folder, note
from station.app.options import json_option
from station.app.policy_lines import show_policy
from station.app.result_lines import put_line
from station.core.registry import BrandRecord
from station.issuing.catalogue import add_brand, find_brand
from station.issuing.policies import set_brand_policy


@click.group("brand", help="Brands of a brand folder.")
def command() -> None:
    """Hold the subcommands."""


@command.command("add")
@click.argument("slug")
@click.option("--name", required=True, help="The brand's name, for people.")
@brand_dir_option
@json_option
def add(slug: str, name: str, brand_dir: Path, as_json: bool) -> None:
    """Add a brand, SLUG its short name; makes the brand folder where there is none."""
    with brand_folder(brand_dir).open_or_create() as store:
        brand = add_brand(store, slug, name)
    _show(brand, as_json)
    if not as_json:
        note(f"Next: station key new {brand.slug}")


@command.command("list")
@brand_dir_option
@json_option
def list_brands(brand_dir: Path, as_json: bool) -> None:
    """List the brands."""
    with brand_folder(brand_dir).open() as store:
        for brand in store.brands():
            _show(brand, as_json)


@command.command("policy")
@click.argument("slug")
@click.argument("settings", nargs=-1, metavar="[KEY=VALUE…]")
@brand_dir_option
@json_option
def policy(slug: str, settings: tuple[str, ...], brand_dir: Path, as_json: bool) -> None:
    """Show or change what a brand asks for all its products; KEY= takes a wish back.

    Sites learn of it with the next publication. They may ask for more, never for less.
    """
    with brand_folder(brand_dir).open() as store:
        brand = set_brand_policy(store, slug, settings) if settings else find_brand(store, slug)
    show_policy(as_json, {"brand": brand.slug}, brand.policy)


def _show(brand: BrandRecord, as_json: bool) -> None:
    fields = {"brand_id": brand.brand_id, "slug": brand.slug, "name": brand.name}
    put_line(as_json, fields, f"{brand.slug:<16} {brand.name}")
