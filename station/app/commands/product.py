"""``station product``: enrol products and list them."""

from pathlib import Path

import click

from station.app.brand_folder import brand_dir_option, brand_folder, note
from station.app.options import Choice, json_option
from station.app.policy_lines import show_policy
from station.app.result_lines import put_line
from station.core.codes import CodeKind
from station.core.registry import BrandRecord, ProductRecord
from station.core.unit_code import DEFAULT_TAG_AI
from station.issuing.catalogue import ENROLLABLE_KINDS, add_product, find_brand, find_product
from station.issuing.policies import set_product_policy


@click.group("product", help="Enrolled products of a brand.")
def command() -> None:
    """Hold the subcommands."""


@command.command("add")
@click.argument("gtin")
@click.option("--brand", "slug", required=True, help="The brand that owns the GTIN.")
@click.option("--name", required=True, help="The product's name, for people.")
@click.option(
    "--accept",
    "accepted",
    multiple=True,
    type=Choice([kind.value for kind in ENROLLABLE_KINDS]),
    default=[CodeKind.UC1.value],
    show_default=True,
    help="A form of code the product carries; repeatable. Only uc1 is signed.",
)
@click.option(
    "--tag-ai",
    default=DEFAULT_TAG_AI,
    show_default=True,
    help="The application identifier of the tag, 91 to 99.",
)
@brand_dir_option
@json_option
def add(
    gtin: str,
    slug: str,
    name: str,
    accepted: tuple[str, ...],
    tag_ai: str,
    brand_dir: Path,
    as_json: bool,
) -> None:
    """Enrol a product by its GTIN of 8, 12, 13 or 14 digits."""
    with brand_folder(brand_dir).open() as store:
        product = add_product(store, slug, gtin, name, map(CodeKind, accepted), tag_ai)
        brand = find_brand(store, slug)
    _show(brand, product, as_json)
    if not as_json:
        note(f"Next: station codes order --gtin {product.gtin} --count N")


@command.command("list")
@click.option("--brand", "slug", help="Of this brand only.")
@brand_dir_option
@json_option
def list_products(slug: str | None, brand_dir: Path, as_json: bool) -> None:
    """List the enrolled products."""
    with brand_folder(brand_dir).open() as store:
        brands = {brand.brand_id: brand for brand in store.brands()}
        wanted = None if slug is None else find_brand(store, slug).brand_id
        for product in store.products():
            if wanted in {None, product.brand_id}:
                _show(brands[product.brand_id], product, as_json)


@command.command("policy")
@click.argument("gtin")
@click.argument("settings", nargs=-1, metavar="[KEY=VALUE…]")
@brand_dir_option
@json_option
def policy(gtin: str, settings: tuple[str, ...], brand_dir: Path, as_json: bool) -> None:
    """Show or change what is asked for a product; KEY= takes a wish back.

    It goes before what the brand asks for all its products. Sites learn of it with the next
    publication. They may ask for more, never for less.
    """
    with brand_folder(brand_dir).open() as store:
        product = (
            set_product_policy(store, gtin, settings) if settings else find_product(store, gtin)
        )
    show_policy(as_json, {"gtin": product.gtin}, product.policy)


def _show(brand: BrandRecord, product: ProductRecord, as_json: bool) -> None:
    kinds = sorted(kind.value for kind in product.accepted_kinds)
    fields = {
        "gtin": product.gtin,
        "brand": brand.slug,
        "name": product.name,
        "accept": kinds,
        "tag_ai": product.tag_ai,
    }
    put_line(
        as_json,
        fields,
        f"{product.gtin}  {brand.slug:<16} {'+'.join(kinds):<12} AI {product.tag_ai}  "
        f"{product.name}",
    )
