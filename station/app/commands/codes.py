"""``station codes``: order, list, import and mark unit codes."""

import sys
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import TextIO

import click

from station.app.brand_folder import (
    brand_dir_option,
    brand_folder,
    note,
    passphrase_option,
)
from station.app.clock import SystemClock
from station.app.options import Choice, json_option
from station.app.progress import progress
from station.app.result_lines import object_text, plain_text, put_line
from station.core.errors import ConfigurationError, StorageError
from station.core.registry import ProductRecord, UnitState
from station.issuing.catalogue import find_product
from station.issuing.code_lines import (
    CodeLine,
    LineFormat,
    code_line,
    fields_of,
    header,
    render,
    spelled,
)
from station.issuing.imports import import_codes, read_import
from station.issuing.marks import MARKS, OVERLAY_MARKS, Mark, mark_lot, mark_units, read_names
from station.issuing.orders import (
    OrderRequest,
    OrderWork,
    fill_order,
    find_order,
    order_filter,
    product_of,
    resume_order,
    start_order,
)
from station.ports.brand_store import BrandStore, CodeOrder, UnitFilter
from station.storage.durable import discard, put_in_place, temporary_beside

_STATES = Choice([UnitState.ACTIVE.name.lower(), UnitState.MINTED.name.lower()])
_format_option = click.option(
    "--format",
    "format_name",
    type=Choice([line_format.value for line_format in LineFormat]),
    default="csv",
    show_default=True,
    help="csv for spreadsheets, jsonl for programs, raw as a scanner sends it.",
)


@click.group("codes", help="Order, list, import and mark unit codes.")
def command() -> None:
    """Hold the subcommands."""


@command.command("order")
@click.option("--gtin", help="The product.")
@click.option("--count", type=int, help="How many codes.")
@click.option("--lot", help="The lot they belong to; printed on the label.")
@click.option("--expiry", help="Expiry date, 2027-12-31; printed on the label.")
@click.option(
    "--state", type=_STATES, default="active", show_default=True, help="The state they begin in."
)
@click.option("--key", "key_id", type=int, help="Sign with this key, not the newest active one.")
@click.option("--seed", type=int, help="Repeatable serials, for tests only; never for real goods.")
@click.option("--resume", "resumed", type=int, help="Finish this order after an interruption.")
@click.option("--out", type=click.Path(dir_okay=False, path_type=Path), help="Write to this file.")
@_format_option
@brand_dir_option
@passphrase_option
@json_option
def order_codes(  # noqa: PLR0913, PLR0917 - an argument for each option
    gtin: str | None,
    count: int | None,
    lot: str | None,
    expiry: str | None,
    state: str,
    key_id: int | None,
    seed: int | None,
    resumed: int | None,
    out: Path | None,
    format_name: str,
    brand_dir: Path,
    passphrase_file: Path | None,
    as_json: bool,
) -> None:
    """Mint, sign and store codes, then write them out, a line each.

    The codes are stored in batches: an interrupted order is finished with --resume, and its codes
    can be written again at any time with 'station codes list --order'.
    """
    folder = brand_folder(brand_dir, passphrase_file)
    form = _form(format_name, as_json=as_json)
    with folder.open() as store:
        if resumed is not None:
            if gtin is not None or count is not None:
                raise click.UsageError("--resume takes neither --gtin nor --count")
            work = resume_order(store, folder.keys, resumed)
        else:
            if gtin is None or count is None:
                raise click.UsageError("an order needs --gtin and --count")
            request = OrderRequest(gtin, count, lot, expiry, UnitState[state.upper()], key_id, seed)
            work = start_order(store, folder.keys, request, SystemClock().now_utc())
        _fill(store, work)
        with _writer(out) as file:
            _write(store, [work.product], order_filter(work.order), form, file)
        if as_json and out is not None:
            order = find_order(store, work.order.order_id)
            _show_order(order, work.product, as_json)


def _fill(store: BrandStore, work: OrderWork) -> None:
    number, requested = work.order.order_id, work.order.details.requested
    try:
        with progress(f"order {number}", requested) as told:
            for issued in fill_order(store, work):
                told.at(issued)
    except BaseException:
        note(f"order {number} is not finished: go on with 'station codes order --resume {number}'")
        raise
    note(f"order {number}: {requested} codes stored")


@command.command("list")
@click.option("--gtin", help="The product.")
@click.option("--order", "order_id", type=int, help="Of this order only.")
@click.option("--lot", help="Of this lot only.")
@click.option(
    "--state",
    type=Choice([state.name.lower() for state in UnitState]),
    help="In this state only.",
)
@click.option("--out", type=click.Path(dir_okay=False, path_type=Path), help="Write to this file.")
@_format_option
@brand_dir_option
@json_option
def list_codes(
    gtin: str | None,
    order_id: int | None,
    lot: str | None,
    state: str | None,
    out: Path | None,
    format_name: str,
    brand_dir: Path,
    as_json: bool,
) -> None:
    """Write issued codes, sorted by serial, a line each."""
    form = _form(format_name, as_json=as_json)
    wanted = UnitFilter(order_id, lot, None if state is None else UnitState[state.upper()])
    with brand_folder(brand_dir).open() as store:
        if order_id is not None:
            products = [product_of(store, find_order(store, order_id))]
            if gtin is not None and find_product(store, gtin) != products[0]:
                raise click.UsageError(f"order {order_id} is for GTIN {products[0].gtin}")
        elif gtin is not None:
            products = [find_product(store, gtin)]
        else:
            products = store.products()
        with _writer(out) as file:
            _write(store, products, wanted, form, file)


@dataclass(frozen=True, slots=True)
class _Form:
    """How codes are written: what stands above the lines, and each line with its end."""

    header: str
    line: Callable[[CodeLine], str]


def _form(format_name: str, *, as_json: bool) -> _Form:
    """By ``--json`` or ``--plain`` where one was given, else by ``--format``."""
    if not as_json:
        line_format = LineFormat(format_name)
        return _Form(header(line_format), lambda line: render(line, line_format))
    if object_text() is plain_text:
        return _Form("", lambda line: f"{plain_text(spelled(fields_of(line)))}\n")
    return _Form("", lambda line: render(line, LineFormat.JSONL))


def _write(
    store: BrandStore,
    products: Iterable[ProductRecord],
    wanted: UnitFilter,
    form: _Form,
    file: TextIO,
) -> None:
    file.write(form.header)
    for product in products:
        units = store.units(product.product_id, wanted)
        file.writelines(form.line(code_line(product, unit)) for unit in units)


@contextmanager
def _writer(out: Path | None) -> Iterator[TextIO]:
    """Standard output, or a file that appears complete or not at all."""
    if out is None:
        yield sys.stdout
        return
    temporary = temporary_beside(out)
    try:
        with temporary.open("w", encoding="ascii", newline="") as file:
            yield file
        put_in_place(temporary, out)
    except OSError as error:
        raise StorageError(
            f"cannot write {out}: {error.strerror or error}",
            "name another file with --out; the codes are stored, "
            "and 'station codes list --order N' writes them again",
        ) from error
    finally:
        discard(temporary)


@command.command("orders")
@brand_dir_option
@json_option
def list_orders(brand_dir: Path, as_json: bool) -> None:
    """List orders and imports, finished or not."""
    with brand_folder(brand_dir).open() as store:
        products = {product.product_id: product for product in store.products()}
        for order in store.orders():
            _show_order(order, products[order.details.product_id], as_json)


def _show_order(order: CodeOrder, product: ProductRecord, as_json: bool) -> None:
    details = order.details
    fields = {
        "order": order.order_id,
        "gtin": product.gtin,
        "key_id": details.key_id,
        "requested": details.requested,
        "issued": order.issued,
        "done": order.is_done,
        "state": details.state.name.lower(),
        "lot": details.lot,
        "expiry": details.expiry,
        "created_utc": details.created_utc,
        "seed": details.seed,
    }
    requested = "imported" if details.requested is None else f"of {details.requested}"
    put_line(
        as_json,
        fields,
        f"{order.order_id:>6}  {product.gtin}  {order.issued:>9} {requested:<12} "
        f"{details.created_utc}  lot {details.lot or '-'}  expiry {details.expiry or '-'}"
        f"{'' if order.is_done else '  NOT FINISHED'}",
    )


@command.command("import")
@click.argument("file", type=click.File("r", encoding="utf-8", errors="strict"))
@click.option("--gtin", required=True, help="The product.")
@click.option(
    "--state", type=_STATES, default="active", show_default=True, help="The state they begin in."
)
@brand_dir_option
@json_option
def import_file(file: TextIO, gtin: str, state: str, brand_dir: Path, as_json: bool) -> None:
    """Take in codes issued elsewhere, all of them or none, from the CSV FILE ('-': stdin).

    Its first line names its columns: serial, code (AZ:…), lot, expiry. Such codes carry no
    signature of ours: stations trust them as far as the registry lists them.
    """
    now_utc = SystemClock().now_utc()
    with brand_folder(brand_dir).open() as store:
        try:
            count = import_codes(store, gtin, read_import(file), UnitState[state.upper()], now_utc)
        except UnicodeDecodeError:
            raise ConfigurationError(
                "the file is not UTF-8 text", "save it as CSV in UTF-8; nothing was imported"
            ) from None
    put_line(as_json, {"imported": count}, f"{count} codes imported")


def _selection(
    gtin: str | None, serials: tuple[str, ...], file: TextIO | None, lot: str | None
) -> Iterable[tuple[str, str]] | None:
    """The units named on the command line or in a file; None for a lot."""
    if sum((bool(serials), file is not None, lot is not None)) != 1 or (gtin is None) == (
        file is None
    ):
        raise click.UsageError("name units as GTIN SERIAL…, as GTIN --lot LOT, or with --file")
    if lot is not None:
        return None
    return read_names(file) if file is not None else [(gtin or "", serial) for serial in serials]


def _change(
    mark: Mark,
    gtin: str | None,
    serials: tuple[str, ...],
    file: TextIO | None,
    lot: str | None,
    brand_dir: Path,
    as_json: bool,
) -> None:
    units = _selection(gtin, serials, file, lot)
    with brand_folder(brand_dir).open() as store:
        if units is None:
            count = mark_lot(store, mark, gtin or "", lot or "")
        else:
            count = mark_units(store, mark, units)
    fields = {
        "mark": mark.word,
        "lifted": mark.lift,
        "changed": count.changed,
        "unchanged": count.unchanged,
    }
    done = "no longer" if mark.lift else "now"
    put_line(as_json, fields, f"{count.changed} units are {done} {mark.word}")
    if not as_json:
        if count.unchanged:
            note(f"{count.unchanged} were so already.")
        note("Stations learn of it with the next 'station publish' and 'station sync'.")


def _units_options(run: Callable[..., None]) -> Callable[..., None]:
    """How units are named one by one, in what folder, and how they are told of."""
    for option in (
        json_option,
        brand_dir_option,
        click.argument("serials", nargs=-1),
        click.argument("gtin", required=False),
        click.option(
            "--file",
            type=click.File("r", encoding="utf-8", errors="replace"),
            help="CSV whose first line names the columns gtin and serial ('-': stdin).",
        ),
    ):
        run = option(run)
    return run


@command.command("mark")
@click.option("--as", "word", required=True, type=Choice(MARKS), help="What they become.")
@click.option("--place", help="The station, for received and shipped.")
@click.option("--lot", help="Every unit of this lot.")
@_units_options
def mark_codes(
    word: str,
    place: str | None,
    lot: str | None,
    file: TextIO | None,
    gtin: str | None,
    serials: tuple[str, ...],
    brand_dir: Path,
    as_json: bool,
) -> None:
    """Mark units, all of them or none: a new state, or an overlay such as recalled or stolen."""
    _change(Mark(word, place), gtin, serials, file, lot, brand_dir, as_json)


@command.command("lift")
@click.option(
    "--as", "word", required=True, type=Choice(list(OVERLAY_MARKS)), help="What is lifted."
)
@click.option("--lot", help="From every unit of this lot.")
@_units_options
def lift_overlay(
    word: str,
    lot: str | None,
    file: TextIO | None,
    gtin: str | None,
    serials: tuple[str, ...],
    brand_dir: Path,
    as_json: bool,
) -> None:
    """Take an overlay away again: the state below it stands as it was."""
    _change(Mark(word, lift=True), gtin, serials, file, lot, brand_dir, as_json)
