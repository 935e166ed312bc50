"""``station seller``: who may supply a brand's products."""

from pathlib import Path

import click

from station.app.brand_folder import brand_dir_option, brand_folder, note
from station.app.clock import SystemClock
from station.app.options import json_option
from station.app.result_lines import put_line
from station.core.sellers import SellerRecord, Supply
from station.issuing.catalogue import find_brand
from station.issuing.sellers import add_seller, authorise, day_before, read_seller_id, revoke


@click.group("seller", help="Who may supply a brand's products.")
def command() -> None:
    """Hold the subcommands."""


@command.command("add")
@click.argument("seller_id", metavar="ID")
@click.option("--brand", "slug", required=True, help="The brand that names it.")
@click.option("--name", required=True, help="The seller's name, for people.")
@brand_dir_option
@json_option
def add(seller_id: str, slug: str, name: str, brand_dir: Path, as_json: bool) -> None:
    """Name a seller by its GLN, or by what is written on its despatch advices.

    Case does not count. A seller that is only named may supply what no list restricts.
    """
    with brand_folder(brand_dir).open() as store:
        seller = add_seller(store, slug, seller_id, name)
    _show(slug, seller, as_json)
    if not as_json:
        note(f"Next: station seller authorise {seller.seller_id} --brand {slug} --gtin GTIN")


@command.command("list")
@click.option("--brand", "slug", help="Of this brand only.")
@brand_dir_option
@json_option
def list_sellers(slug: str | None, brand_dir: Path, as_json: bool) -> None:
    """List the sellers, each with the products it may supply."""
    with brand_folder(brand_dir).open() as store:
        brands = store.brands() if slug is None else [find_brand(store, slug)]
        slugs = {brand.brand_id: brand.slug for brand in brands}
        for seller in store.sellers():
            if seller.brand_id in slugs:
                _show(slugs[seller.brand_id], seller, as_json)


@command.command("authorise")
@click.argument("seller_id", metavar="ID")
@click.option("--brand", "slug", required=True, help="The brand that names it.")
@click.option("--gtin", "gtins", required=True, multiple=True, help="A product; repeatable.")
@click.option("--from", "first_day", default="", metavar="DAY", help="The first day it may.")
@click.option("--until", "last_day", default="", metavar="DAY", help="The last day it may.")
@brand_dir_option
@json_option
def authorise_seller(
    seller_id: str,
    slug: str,
    gtins: tuple[str, ...],
    first_day: str,
    last_day: str,
    brand_dir: Path,
    as_json: bool,
) -> None:
    """Let a seller supply products. Only those on a product's list may from then on."""
    with brand_folder(brand_dir).open() as store:
        supplies = [authorise(store, slug, seller_id, gtin, first_day, last_day) for gtin in gtins]
    _show_supplies(slug, seller_id, supplies, as_json)


@command.command("revoke")
@click.argument("seller_id", metavar="ID")
@click.option("--brand", "slug", required=True, help="The brand that names it.")
@click.option("--gtin", "gtins", required=True, multiple=True, help="A product; repeatable.")
@click.option(
    "--until",
    "last_day",
    default="",
    metavar="DAY",
    show_default="yesterday",
    help="The last day it may.",
)
@brand_dir_option
@json_option
def revoke_seller(
    seller_id: str,
    slug: str,
    gtins: tuple[str, ...],
    last_day: str,
    brand_dir: Path,
    as_json: bool,
) -> None:
    """Let a seller supply products no longer. The products' lists stay, without it."""
    day = last_day or day_before(SystemClock().now_utc()[:10])
    with brand_folder(brand_dir).open() as store:
        supplies = [revoke(store, slug, seller_id, gtin, day) for gtin in gtins]
    _show_supplies(slug, seller_id, supplies, as_json)


def _show(slug: str, seller: SellerRecord, as_json: bool) -> None:
    fields = {
        "brand": slug,
        "seller": seller.seller_id,
        "name": seller.name,
        "supplies": [_supply_fields(supply) for supply in seller.supplies],
    }
    lines = [f"{seller.seller_id:<20} {seller.name}  ({slug})"]
    lines += [f"  {_words(supply)}" for supply in seller.supplies]
    put_line(as_json, fields, "\n".join(lines))


def _show_supplies(slug: str, seller_id: str, supplies: list[Supply], as_json: bool) -> None:
    shown = read_seller_id(seller_id)
    for supply in supplies:
        fields = {"brand": slug, "seller": shown, **_supply_fields(supply)}
        put_line(as_json, fields, f"{shown:<20} {_words(supply)}")
    if not as_json:
        note("Stations know it after 'station publish' and their next 'station sync'")


def _supply_fields(supply: Supply) -> dict[str, str | None]:
    return {
        "gtin": supply.gtin,
        "from": supply.first_day or None,
        "until": supply.last_day or None,
    }


def _words(supply: Supply) -> str:
    first = f" from {supply.first_day}" if supply.first_day else ""
    last = f" until {supply.last_day}" if supply.last_day else ""
    return f"{supply.gtin}{first}{last}"
