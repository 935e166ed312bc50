"""``station label``: draw label pictures of unit codes, and of a site's quarantine totes."""

from collections.abc import Iterator
from pathlib import Path
from urllib.parse import quote

import click

from station.app import config
from station.app.brand_folder import brand_dir_option, brand_folder
from station.app.options import Choice, json_option, site_option
from station.app.result_lines import put_line
from station.app.site_paths import SitePaths
from station.core.codes import Attributes, ControlKind, UnitIdentity
from station.core.control_code import make_control_code
from station.core.errors import ConfigurationError, StorageError
from station.core.registry import ProductRecord
from station.core.unit_code import digital_link
from station.issuing.catalogue import find_product, find_unit_of
from station.issuing.code_lines import label_payload
from station.issuing.orders import find_order, product_of
from station.labels.picture import DEFAULT_DPI, DEFAULT_X_DIMENSION_MM, LabelContent, PrintSize
from station.labels.picture import write_label as write_picture
from station.labels.symbols import SymbolKind
from station.ports.brand_store import BrandStore, IssuedUnit, UnitFilter
from station.storage.key_files import read_station_key

_SYMBOLS = {
    "dm": SymbolKind.GS1_DATA_MATRIX,
    "qr": SymbolKind.GS1_QR,
}


@click.command("label")
@click.argument("gtin", required=False)
@click.argument("serials", nargs=-1)
@click.option("--all", "every", is_flag=True, help="Every unit of the product, or of all.")
@click.option("--order", "order_id", type=int, help="Every unit of this order.")
@click.option("--lot", help="With --all: of this lot only.")
@click.option("--tote", help="Not a unit: the signed label of the site's quarantine tote NAME.")
@click.option(
    "--out",
    required=True,
    type=click.Path(path_type=Path),
    help="The folder for unit labels, a picture each; for a tote the PNG file.",
)
@click.option(
    "--symbol",
    type=Choice(list(_SYMBOLS)),
    default="dm",
    show_default=True,
    help="GS1 Data Matrix or GS1 QR Code.",
)
@click.option("--link", "host", help="A QR code with a web address at this host instead.")
@click.option(
    "--x-dimension",
    "x_dimension_mm",
    type=click.FloatRange(0.1, 5.0),
    default=DEFAULT_X_DIMENSION_MM,
    show_default=True,
    help="Width of one module in mm.",
)
@click.option(
    "--dpi",
    type=click.IntRange(100, 2400),
    default=DEFAULT_DPI,
    show_default=True,
    help="The printer's dots per inch.",
)
@brand_dir_option
@site_option
@json_option
def command(  # noqa: PLR0913, PLR0917 - an argument for each option
    gtin: str | None,
    serials: tuple[str, ...],
    every: bool,
    order_id: int | None,
    lot: str | None,
    tote: str | None,
    out: Path,
    symbol: str,
    host: str | None,
    x_dimension_mm: float,
    dpi: int,
    brand_dir: Path,
    site: Path,
    as_json: bool,
) -> None:
    """Draw labels as PNG at printing size; each is read back before it is written.

    Name units as GTIN SERIAL…, as GTIN --all, or with --order.
    """
    size = PrintSize(x_dimension_mm, dpi)
    named = gtin is not None or bool(serials) or every or order_id is not None or lot is not None
    if tote is not None:
        if named or host is not None:
            raise click.UsageError("--tote stands alone: a tote is no unit")
        _write_tote(SitePaths(site), tote, out, size)
        put_line(as_json, {"tote": tote, "path": str(out)}, str(out))
        return
    if sum((bool(serials), every, order_id is not None)) != 1 or (lot is not None and not every):
        raise click.UsageError("name units as GTIN SERIAL…, as GTIN --all, or with --order")
    if serials and gtin is None:
        raise click.UsageError("serials need a GTIN before them")
    _make_folder(out)
    with brand_folder(brand_dir).open() as store:
        for product, unit in _selected(store, gtin, serials, order_id, lot):
            path = out / f"{product.gtin}-{quote(unit.record.serial, safe='')}.png"
            write_picture(path, label_content(product, unit, _SYMBOLS[symbol], host), size)
            fields = {"gtin": product.gtin, "serial": unit.record.serial, "path": str(path)}
            put_line(as_json, fields, str(path))


def label_content(
    product: ProductRecord, unit: IssuedUnit, kind: SymbolKind, host: str | None = None
) -> LabelContent:
    """What a unit's label says: its symbol, and below it the same for people.

    Args:
        product: The unit's product.
        unit: The unit.
        kind: Which symbol; not used for a web address.
        host: The web address's host, or None for an element string.

    Raises:
        ConfigurationError: The host is none.
    """
    record = unit.record
    lines = [f"(01) {product.gtin}", f"(21) {record.serial}"]
    if record.lot is not None:
        lines.append(f"(10) {record.lot}")
    if record.expiry is not None:
        lines.append(f"(17) {record.expiry}")
    if host is None:
        return LabelContent(label_payload(product, unit), kind, tuple(lines))
    identity = UnitIdentity(product.gtin, record.serial)
    attributes = Attributes(record.lot, record.expiry)
    try:
        link = digital_link(host, identity, unit.tag, attributes, product.tag_ai)
    except ValueError as error:
        raise ConfigurationError(str(error), "give a host such as id.example.com") from None
    return LabelContent(link.encode("ascii"), SymbolKind.LINK_QR, tuple(lines))


def _selected(
    store: BrandStore,
    gtin: str | None,
    serials: tuple[str, ...],
    order_id: int | None,
    lot: str | None,
) -> Iterator[tuple[ProductRecord, IssuedUnit]]:
    """The units meant; those named one by one are all found before the first is drawn."""
    if order_id is not None:
        products = [product_of(store, find_order(store, order_id))]
    else:
        products = store.products() if gtin is None else [find_product(store, gtin)]
    if serials:
        found = [find_unit_of(store, products[0], serial) for serial in serials]
        yield from ((products[0], unit) for unit in found)
        return
    wanted = UnitFilter(order_id=order_id, lot=lot)
    for product in products:
        for unit in store.units(product.product_id, wanted):
            yield product, unit


def _write_tote(paths: SitePaths, name: str, out: Path, size: PrintSize) -> None:
    config.load(paths.config)
    try:
        payload = make_control_code(ControlKind.TOTE, name, read_station_key(paths.station_key))
    except ValueError as error:
        raise ConfigurationError(str(error), "give a name such as Q1") from None
    content = LabelContent(payload, SymbolKind.DATA_MATRIX, (f"QUARANTINE TOTE {name}",))
    write_picture(out, content, size)


def _make_folder(out: Path) -> None:
    try:
        out.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise StorageError(
            f"cannot make the folder {out}: {error.strerror or error}", "name another with --out"
        ) from None
