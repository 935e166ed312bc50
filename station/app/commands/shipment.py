"""``station shipment``: announced shipments, from their import to their close-out."""

from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from pathlib import Path
from typing import Any, TypeVar

import click

from station.app.act_request import carry_out
from station.app.acts_json import outcome
from station.app.clock import SystemClock
from station.app.config import load
from station.app.noted_lines import journal_noted, site_notary
from station.app.options import by_option, json_option, site_option
from station.app.pins import Named, offered_pin
from station.app.result_lines import put_line, put_object
from station.app.shipment_files import announced_options, read_announced
from station.app.shipment_report import (
    close_out_of,
    record_fields,
    report_csv,
    report_fields,
    report_words,
)
from station.app.site_paths import SitePaths
from station.core.acts import ActKind
from station.core.errors import ConfigurationError, ExitCode
from station.core.shipments import Shipment
from station.core.text import printable
from station.ports.display import AskAct
from station.ports.shipments import ShipmentRecord
from station.storage.shipment_book import SqliteShipmentBook, no_such_shipment

_Command = TypeVar("_Command", bound=Callable[..., Any])


@click.group("shipment")
def command() -> None:
    """Announced shipments, from their import to their close-out."""


def _csv_option(function: _Command) -> _Command:
    return click.option("--csv", "as_csv", is_flag=True, help="A table for spreadsheets.")(function)


@command.command("import")
@click.argument("file", type=click.Path(path_type=Path, dir_okay=False))
@announced_options
@click.option("--replace", is_flag=True, help="In place of one that never was at the dock.")
@json_option
@site_option
def import_file(
    file: Path,
    form: str | None,
    shipment_id: str,
    seller: str,
    replace: bool,
    as_json: bool,
    site: Path,
) -> None:
    """Import what is announced, from a CSV file or from EPCIS 2.0 shipping events.

    All of the file or nothing. It may run beside an engine.
    """
    shipments = read_announced(file, form, shipment_id, seller)
    paths = SitePaths(site)
    load(paths.config)
    with closing(SqliteShipmentBook(paths.station_db, site_notary(paths))) as book:
        source, now_utc = printable(file.name, 80), SystemClock().now_utc()
        book.add_all(shipments, source, now_utc, replace=replace)
        for shipment in shipments:
            _show(_record(book, shipment.shipment_id), as_json)
    journal_noted(paths, "station shipment import")
    if not as_json:
        click.echo(f"Next: station shipment open {shipments[0].shipment_id}", err=True)


@command.command("list")
@json_option
@site_option
def list_shipments(as_json: bool, site: Path) -> None:
    """List the shipments, the newest first."""
    with _book(site) as book:
        for record in book.records():
            _show(record, as_json)


@command.command("show")
@click.argument("shipment_id", metavar="ID")
@json_option
@site_option
def show(shipment_id: str, as_json: bool, site: Path) -> None:
    """Show what a shipment announces, line by line."""
    with _book(site) as book:
        record = _record(book, shipment_id)
        shipment = _shipment(book, shipment_id)
    if as_json:
        lines = [
            {
                "sscc": line.sscc or None,
                "gtin": line.gtin,
                "count": line.count,
                "serials": sorted(line.serials),
            }
            for line in shipment.lines
        ]
        fields = {**record_fields(record), "lines": lines}
        put_object(fields)
        return
    _show(record, as_json=False)
    for line in shipment.lines:
        where = f" in {line.sscc}" if line.sscc else ""
        named = f", {len(line.serials)} of them by serial" if line.serials else ""
        click.echo(f"  {line.gtin}{where}: {line.count}{named}")


@command.command("open")
@click.argument("shipment_id", metavar="ID")
@by_option
@json_option
@site_option
def open_at_dock(shipment_id: str, by: Named, as_json: bool, site: Path) -> int:
    """Bring a shipment to the dock: what is scanned from now on belongs to it.

    The one that was there waits. Scanning the label of one of its pallets does the same.
    """
    with _book(site) as book:
        _record(book, shipment_id)
    done = _ask(site, ActKind.OPEN_SHIPMENT, shipment_id, by)
    if done == ExitCode.DONE:
        fields = {"shipment": shipment_id, "state": "open"}
        put_line(as_json, fields, f"shipment {shipment_id} is open")
    return done


@command.command("close")
@click.argument("shipment_id", metavar="ID")
@by_option
@click.option("--with-open-items", is_flag=True, help="Also while items of it are held.")
@json_option
@_csv_option
@site_option
def close(
    shipment_id: str, by: Named, with_open_items: bool, as_json: bool, as_csv: bool, site: Path
) -> int:
    """Close a shipment for good and print its close-out. A supervisor's."""
    with _book(site) as book:
        _record(book, shipment_id)
        done = _ask(site, ActKind.CLOSE_SHIPMENT, shipment_id, by, with_open_items=with_open_items)
        if done == ExitCode.DONE:
            _report(book, shipment_id, as_json=as_json, as_csv=as_csv, until_close=True)
    return done


@command.command("status")
@click.argument("shipment_id", metavar="[ID]", required=False)
@click.option("--now", is_flag=True, help="Of a closed one: with what was done since.")
@json_option
@_csv_option
@site_option
def status(shipment_id: str | None, now: bool, as_json: bool, as_csv: bool, site: Path) -> None:
    """Print how far a shipment has come; without ID, of the one at the dock."""
    with _book(site) as book:
        wanted = shipment_id or book.opened()
        if not wanted:
            raise ConfigurationError(
                "no shipment is open", "name one, or open one with 'station shipment open ID'"
            )
        _report(book, wanted, as_json=as_json, as_csv=as_csv, until_close=not now)


def _ask(
    site: Path, kind: ActKind, shipment_id: str, by: Named, *, with_open_items: bool = False
) -> int:
    """Have it opened or closed, or say why not; the exit code."""
    ask = AskAct(
        "",
        kind,
        "",
        by.name,
        pin=offered_pin(by),
        reference=shipment_id,
        with_open_items=with_open_items,
    )
    return outcome(carry_out(site, ask, f"station shipment {kind.value}"))


@contextmanager
def _book(site: Path) -> Iterator[SqliteShipmentBook]:
    paths = SitePaths(site)
    load(paths.config)
    with closing(SqliteShipmentBook(paths.station_db)) as book:
        yield book


def _record(book: SqliteShipmentBook, shipment_id: str) -> ShipmentRecord:
    record = book.record(shipment_id)
    if record is None:
        raise no_such_shipment(printable(shipment_id, 60))
    return record


def _shipment(book: SqliteShipmentBook, shipment_id: str) -> Shipment:
    shipment = book.shipment(shipment_id)
    if shipment is None:
        raise no_such_shipment(printable(shipment_id, 60))
    return shipment


def _show(record: ShipmentRecord, as_json: bool) -> None:
    if as_json:
        put_object(record_fields(record))
        return
    seller = f"  seller {record.seller}" if record.seller else ""
    click.echo(
        f"{record.shipment_id:<20} {record.kind.value:<6} {record.state.value:<8} "
        f"{record.expected:>6} units{seller}  ({record.source})"
    )


def _report(
    book: SqliteShipmentBook, shipment_id: str, *, as_json: bool, as_csv: bool, until_close: bool
) -> None:
    record = _record(book, shipment_id)
    figures = close_out_of(book, shipment_id, until_close=until_close)
    if as_json:
        put_object(report_fields(record, figures))
    elif as_csv:
        click.echo(report_csv(record, figures), nl=False)
    else:
        click.echo(report_words(record, figures))
