"""Reading the files that announce shipments, on a brand's side and a site's alike."""

from collections.abc import Callable
from pathlib import Path
from typing import Any, Final, TypeVar

import click

from station.app.input_files import read_bounded
from station.app.options import Choice
from station.core.errors import ConfigurationError
from station.core.shipment_csv import MAX_FILE_BYTES, read_shipments_csv
from station.core.shipment_epcis import Named, read_shipment_epcis
from station.core.shipments import Shipment, is_shipment_id, seller_id_of
from station.core.text import printable

_FORMATS: Final = {".csv": "csv", ".json": "epcis", ".jsonld": "epcis"}
FORMATS: Final = sorted(set(_FORMATS.values()))

_Decorated = TypeVar("_Decorated", bound=Callable[..., Any])


def announced_options(function: _Decorated) -> _Decorated:
    """``--format``, ``--id`` and ``--seller``: how a file is read."""
    for option in (
        click.option("--seller", default="", help="EPCIS: the seller's id, as the brand wrote it."),
        click.option("--id", "shipment_id", default="", help="EPCIS: name the shipment so."),
        click.option(
            "--format",
            "form",
            type=Choice(FORMATS),
            help="What the file is; by default by its name: .csv, or .json and .jsonld for EPCIS.",
        ),
    ):
        function = option(function)
    return function


def read_announced(file: Path, form: str | None, shipment_id: str, seller: str) -> list[Shipment]:
    """Read a file whole; what an EPCIS document says besides is counted on standard error.

    Args:
        file: A table, or EPCIS 2.0 shipping events.
        form: One of `FORMATS`; None to go by the file's name.
        shipment_id: The id of an EPCIS document's shipment, or ``""`` for what stands in it.
        seller: Likewise its seller.

    Raises:
        ConfigurationError: The file cannot be read or used, or a name is none.
    """
    kind = form or _FORMATS.get(file.suffix.lower())
    if kind is None:
        raise ConfigurationError(
            f"{printable(str(file), 200)}: its name does not say what it is",
            "give --format csv or --format epcis",
        )
    named = _named(shipment_id, seller)
    if kind == "csv" and named != Named():
        raise ConfigurationError(
            "--id and --seller are for EPCIS", "a CSV file names shipments and sellers in columns"
        )
    content = read_bounded(file, MAX_FILE_BYTES)
    if kind == "csv":
        return read_shipments_csv(content, str(file))
    found = read_shipment_epcis(content, str(file), named)
    if found.passed_over:
        click.echo(f"{found.passed_over} events speak of something else", err=True)
    return [found.shipment]


def _named(shipment_id: str, seller: str) -> Named:
    if shipment_id and not is_shipment_id(shipment_id):
        raise ConfigurationError(
            f"'{printable(shipment_id, 60)}' cannot name a shipment",
            "use 1 to 40 of A-Z, a-z, 0-9, dot, underscore and hyphen",
        )
    seller_id = seller_id_of(seller) if seller else ""
    if seller_id is None:
        raise ConfigurationError(
            f"'{printable(seller, 60)}' cannot be a seller's id",
            "use 1 to 40 of A-Z, a-z, 0-9, dot, underscore and hyphen",
        )
    return Named(shipment_id, seller_id)
