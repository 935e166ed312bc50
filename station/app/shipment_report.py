"""A shipment's figures in words, as JSON and as a table for spreadsheets."""

import csv
import io
from typing import Any

from station.core.close_out import FIGURES, CloseOut, CloseOutRow, Figures, close_out
from station.core.csv_cells import guarded
from station.core.shipment_tally import ShipmentTally
from station.core.text import printable
from station.ports.shipments import ShipmentRecord
from station.storage.shipment_book import SqliteShipmentBook, no_such_shipment

CSV_COLUMNS = ("shipment", "sscc", "gtin", "announced", *FIGURES)

_UNKNOWN_PRODUCT = "product unknown"


def close_out_of(book: SqliteShipmentBook, shipment_id: str, *, until_close: bool) -> CloseOut:
    """What a shipment adds up to, told from the journal.

    Args:
        book: The shipments.
        shipment_id: Which.
        until_close: Of a closed one: as it was then.

    Raises:
        ConfigurationError: There is no such shipment.
        StorageError: The database cannot be read.
    """
    shipment = book.shipment(shipment_id)
    if shipment is None:
        raise no_such_shipment(printable(shipment_id, 60))
    tally = ShipmentTally(shipment)
    history = book.history_until_close if until_close else book.history
    for entry in history(shipment_id):
        tally.take(entry)
    return close_out(shipment, tally.items())


def record_fields(record: ShipmentRecord) -> dict[str, Any]:
    """One shipment of a list."""
    return {
        "shipment": record.shipment_id,
        "kind": record.kind.value,
        "seller": record.seller or None,
        "state": record.state.value,
        "expected": record.expected,
        "source": record.source,
        "imported_utc": record.imported_utc,
        "opened_utc": record.opened_utc or None,
        "closed_utc": record.closed_utc or None,
    }


def report_fields(record: ShipmentRecord, close_out: CloseOut) -> dict[str, Any]:
    """The figures, in all and by line."""
    return {
        **record_fields(record),
        "total": _figures(close_out.total),
        "lines": [
            {
                "sscc": row.sscc or None,
                "gtin": row.gtin or None,
                "announced": row.announced,
                **_figures(row.figures),
            }
            for row in close_out.rows
        ],
    }


def report_words(record: ShipmentRecord, close_out: CloseOut) -> str:
    """The figures as a table for people."""
    seller = f", seller {record.seller}" if record.seller else ""
    head = f"shipment {record.shipment_id} ({record.kind.value}{seller}): {record.state.value}"
    places = [_place(row) for row in close_out.rows]
    width = max(map(len, [*places, "in all"]))
    lines = [head, _table_line("", FIGURES, width)]
    lines += [
        _table_line(place, _values(row.figures), width)
        for place, row in zip(places, close_out.rows, strict=True)
    ]
    lines.append(_table_line("in all", _values(close_out.total), width))
    return "\n".join(lines)


def report_csv(record: ShipmentRecord, close_out: CloseOut) -> str:
    """The figures by line, with a header; no cell begins like a formula. Source: RFC 4180."""
    text = io.StringIO()
    rows = csv.writer(text)
    rows.writerow(CSV_COLUMNS)
    for row in close_out.rows:
        announced = "yes" if row.announced else "no"
        words = (record.shipment_id, row.sscc, row.gtin, announced)
        rows.writerow([*map(guarded, words), *_values(row.figures)])
    return text.getvalue()


def _figures(figures: Figures) -> dict[str, int]:
    return dict(zip(FIGURES, _values(figures), strict=True))


def _values(figures: Figures) -> tuple[int, ...]:
    return tuple(getattr(figures, name) for name in FIGURES)


def _place(row: CloseOutRow) -> str:
    what = row.gtin or _UNKNOWN_PRODUCT
    if row.sscc:
        return f"{what} in {row.sscc}"
    return what if row.announced else f"{what}, not announced"


def _table_line(place: str, cells: tuple[str | int, ...], width: int) -> str:
    widths = (max(len(name), 5) for name in FIGURES)
    columns = "  ".join(f"{cell:>{size}}" for cell, size in zip(cells, widths, strict=True))
    return f"  {place:<{width}}  {columns}"
