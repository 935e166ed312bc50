"""``station despatch``: shipments a brand announces to sites, by its publication."""

from pathlib import Path

import click

from station.app.brand_folder import brand_dir_option, brand_folder, note
from station.app.options import json_option
from station.app.result_lines import put_line
from station.app.shipment_files import announced_options, read_announced
from station.core.shipments import Shipment
from station.issuing.catalogue import find_brand
from station.issuing.despatches import announce, withdraw

_brand_option = click.option("--brand", "slug", required=True, help="The brand that sends it.")
_site_option = click.option("--to", "to_site", required=True, metavar="SITE", help="Its name.")


@click.group("despatch", help="Shipments a brand announces to sites.")
def command() -> None:
    """Hold the subcommands."""


@command.command("add")
@click.argument("file", type=click.Path(path_type=Path, dir_okay=False))
@_brand_option
@_site_option
@announced_options
@brand_dir_option
@json_option
def add(
    file: Path,
    slug: str,
    to_site: str,
    form: str | None,
    shipment_id: str,
    seller: str,
    brand_dir: Path,
    as_json: bool,
) -> None:
    """Announce what is on its way, from the files that `station shipment import` reads.

    All of the file or nothing. One of the same id is replaced, at the site too as long as it never
    was at the dock.
    """
    shipments = read_announced(file, form, shipment_id, seller)
    with brand_folder(brand_dir).open() as store:
        announce(store, slug, to_site, shipments)
    for shipment in shipments:
        _show(slug, to_site, shipment, as_json)
    if not as_json:
        note("Sites know it after 'station publish' and their next 'station sync'")


@command.command("list")
@click.option("--brand", "slug", help="Of this brand only.")
@brand_dir_option
@json_option
def list_announced(slug: str | None, brand_dir: Path, as_json: bool) -> None:
    """List what is announced, by site."""
    with brand_folder(brand_dir).open() as store:
        for brand in store.brands() if slug is None else [find_brand(store, slug)]:
            for site, shipment in store.announced(brand.brand_id):
                _show(brand.slug, site, shipment, as_json)


@command.command("remove")
@click.argument("shipment_id", metavar="ID")
@_brand_option
@_site_option
@brand_dir_option
@json_option
def remove(shipment_id: str, slug: str, to_site: str, brand_dir: Path, as_json: bool) -> None:
    """Announce a shipment no longer, because it has arrived. A site that has it keeps it."""
    with brand_folder(brand_dir).open() as store:
        withdraw(store, slug, to_site, shipment_id)
    fields = {"brand": slug, "site": to_site, "shipment": shipment_id, "announced": False}
    put_line(as_json, fields, f"shipment {shipment_id} is announced to {to_site} no longer")


def _show(slug: str, site: str, shipment: Shipment, as_json: bool) -> None:
    fields = {
        "brand": slug,
        "site": site,
        "shipment": shipment.shipment_id,
        "kind": shipment.kind.value,
        "seller": shipment.seller or None,
        "expected": shipment.expected,
    }
    text = (
        f"{shipment.shipment_id:<20} {shipment.kind.value:<6} to {site:<16} "
        f"{shipment.expected:>6} units  ({slug})"
    )
    put_line(as_json, fields, text)
