"""Shipments from a CSV file: strict, bounded, and every fault named by file, line and column.

Source: docs/reference/shipment-files.md. Pure: the caller reads the file.
"""

import csv
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final, NoReturn

from station.core.csv_cells import unguarded
from station.core.errors import ConfigurationError
from station.core.gs1.application_identifiers import AI_TABLE
from station.core.gs1.charset import all_digits
from station.core.shipments import (
    MAX_UNITS,
    Shipment,
    ShipmentDraft,
    ShipmentFault,
    ShipmentKind,
    gtin_of,
    is_shipment_id,
    is_sscc,
    seller_id_of,
)
from station.core.text import printable

COLUMNS: Final = ("shipment", "kind", "seller", "sscc", "gtin", "serial", "count")
MAX_FILE_BYTES: Final = 64 << 20
MAX_LINE_CHARS: Final = 1000
MAX_SHIPMENTS: Final = 1000
"""Shipments in one file."""

_KINDS: Final = {kind.value: kind for kind in ShipmentKind}
_SERIAL: Final = AI_TABLE[b"21"]
_NOTHING_IMPORTED: Final = "mend that line; nothing was imported"


@dataclass(frozen=True, slots=True)
class _Line:
    """One line of the file: where it stands, and its fields by column."""

    file: str
    number: int
    columns: tuple[str, ...]
    fields: dict[str, str]

    def fault(self, column: str, what: str, remedy: str = _NOTHING_IMPORTED) -> NoReturn:
        place = self.columns.index(column) + 1 if column in self.columns else 1
        raise _fault(self.file, self.number, f"column {place} ({column}): {what}", remedy)


def read_shipments_csv(content: bytes, file: str) -> list[Shipment]:
    """Read a CSV file of shipments.

    Args:
        content: The whole file.
        file: Its name, for messages.

    Returns:
        One or more shipments, in the order in which they first appear.

    Raises:
        ConfigurationError: Something in it is not right; nothing of it is to be used.
    """
    drafts: dict[str, ShipmentDraft] = {}
    first_lines: dict[str, int] = {}
    for line in _lines(content, file):
        shipment_id = line.fields["shipment"]
        draft = drafts.get(shipment_id)
        if draft is None:
            draft = drafts[shipment_id] = _new_draft(line, shipment_id)
            first_lines[shipment_id] = line.number
            if len(drafts) > MAX_SHIPMENTS:
                line.fault("shipment", f"more than {MAX_SHIPMENTS} shipments", "split the file")
        else:
            _check_same(line, draft, first_lines[shipment_id])
        _add(line, draft)
    if not drafts:
        raise _fault(
            file, 1, "the file names no shipment", f"it needs a first line {','.join(COLUMNS)}"
        )
    shipments = []
    for shipment_id, draft in drafts.items():
        shipment = draft.shipment()
        if isinstance(shipment, ShipmentFault):
            raise _fault(
                file,
                first_lines[shipment_id],
                f"shipment {shipment_id}: {shipment.what}",
                shipment.remedy,
            )
        shipments.append(shipment)
    return shipments


def _lines(content: bytes, file: str) -> Iterator[_Line]:
    if len(content) > MAX_FILE_BYTES:
        raise _fault(file, 1, f"the file is larger than {MAX_FILE_BYTES >> 20} MiB", "split it")
    columns: tuple[str, ...] = ()
    delimiter = ","
    for number, raw in enumerate(content.removeprefix(b"\xef\xbb\xbf").split(b"\n"), 1):
        text = _text(raw.removesuffix(b"\r"), file, number)
        if not text.strip(" "):
            continue
        if not columns:
            # A spreadsheet of much of Europe writes semicolons, and calls it CSV too.
            delimiter = ";" if ";" in text and "," not in text else ","
        cells = _cells(text, delimiter, file, number)
        if not columns:
            columns = _header(cells, file, number)
        elif any(cells):
            yield _line(cells, columns, file, number)


def _text(raw: bytes, file: str, number: int) -> str:
    try:
        text = raw.decode("utf-8")
    except UnicodeDecodeError as error:
        raise _fault(
            file, number, f"byte {error.start + 1} is no UTF-8", "save the file as UTF-8 CSV"
        ) from None
    if len(text) > MAX_LINE_CHARS:
        raise _fault(
            file,
            number,
            f"longer than {MAX_LINE_CHARS} characters",
            "check that this is the right file",
        )
    return text


def _cells(text: str, delimiter: str, file: str, number: int) -> list[str]:
    """The fields of one line; a quoted field that runs over the line's end is refused."""
    try:
        rows = list(csv.reader([text], delimiter=delimiter, strict=True))
    except csv.Error as error:
        raise _fault(file, number, f"not CSV: {error}", _NOTHING_IMPORTED) from None
    return [unguarded(cell.strip(" ")) for cell in rows[0]] if rows else []


def _header(cells: list[str], file: str, number: int) -> tuple[str, ...]:
    columns = tuple(cell.lower() for cell in cells)
    for place, name in enumerate(columns, 1):
        if name not in COLUMNS or columns.index(name) != place - 1:
            why = "stands twice" if name in COLUMNS else "is no column of a shipment file"
            raise _fault(
                file,
                number,
                f"column {place}: '{printable(name, 40)}' {why}",
                f"the first line names some of {', '.join(COLUMNS)}",
            )
    if "shipment" not in columns:
        raise _fault(
            file, number, "no column shipment", "name the shipment of every line in a column"
        )
    return columns


def _line(cells: list[str], columns: tuple[str, ...], file: str, number: int) -> _Line:
    if len(cells) != len(columns):
        raise _fault(
            file,
            number,
            f"{len(cells)} fields, the first line names {len(columns)}",
            _NOTHING_IMPORTED,
        )
    fields = {name: cell for name, cell in zip(columns, cells, strict=True) if cell}
    line = _Line(file, number, columns, fields)
    if not is_shipment_id(fields.get("shipment", "")):
        line.fault(
            "shipment",
            f"'{printable(fields.get('shipment', ''), 60)}' cannot name a shipment",
            "use 1 to 40 of A-Z, a-z, 0-9, dot, underscore and hyphen, beginning in a letter or "
            "digit",
        )
    return line


def _new_draft(line: _Line, shipment_id: str) -> ShipmentDraft:
    return ShipmentDraft(shipment_id, _kind(line) or ShipmentKind.ASN, _seller(line) or "")


def _kind(line: _Line) -> ShipmentKind | None:
    written = line.fields.get("kind")
    if written is None:
        return None
    kind = _KINDS.get(written.lower())
    if kind is None:
        line.fault("kind", f"'{printable(written, 40)}' is none of {', '.join(_KINDS)}")
    return kind


def _seller(line: _Line) -> str | None:
    written = line.fields.get("seller")
    if written is None:
        return None
    seller = seller_id_of(written)
    if seller is None:
        line.fault(
            "seller",
            f"'{printable(written, 60)}' cannot be a seller's id",
            "use 1 to 40 of A-Z, a-z, 0-9, dot, underscore and hyphen, as the brand wrote it",
        )
    return seller


def _check_same(line: _Line, draft: ShipmentDraft, first_line: int) -> None:
    """Kind and seller are the shipment's: said again, they are said alike."""
    if _kind(line) not in {None, draft.kind}:
        line.fault("kind", f"line {first_line} says {draft.kind.value}")
    if _seller(line) not in {None, draft.seller}:
        line.fault("seller", f"line {first_line} says '{draft.seller}'")


def _add(line: _Line, draft: ShipmentDraft) -> None:
    sscc = _sscc(line)
    if sscc:
        _raise_if(draft.add_pallet(sscc), line, "sscc")
    gtin, serial, count = _gtin(line), _serial(line), _count(line)
    if gtin is None:
        for column, value in (("serial", serial), ("count", count)):
            if value is not None:
                line.fault(column, "stands beside no GTIN")
        return
    if serial is not None:
        if count not in {None, 1}:
            line.fault("count", "a line with a serial is one unit")
        _raise_if(draft.add_serial(gtin, serial, sscc), line, "serial")
    elif count is None:
        line.fault("gtin", "neither serial nor count", "give one of them; nothing was imported")
    else:
        _raise_if(draft.add_count(gtin, count, sscc), line, "count")


def _sscc(line: _Line) -> str:
    written = line.fields.get("sscc", "")
    if written and not is_sscc(written):
        line.fault(
            "sscc",
            f"'{printable(written, 40)}' is no SSCC",
            "give all 18 digits; a spreadsheet must keep the column as text",
        )
    return written


def _gtin(line: _Line) -> str | None:
    written = line.fields.get("gtin")
    if written is None:
        return None
    gtin = gtin_of(written)
    if gtin is None:
        line.fault(
            "gtin",
            f"'{printable(written, 40)}' is no GTIN",
            "give its 8, 12, 13 or 14 digits; a spreadsheet must keep the column as text",
        )
    return gtin


def _serial(line: _Line) -> str | None:
    written = line.fields.get("serial")
    if written is None:
        return None
    problem = _SERIAL.problem(written.encode("utf-8", "replace"))
    if problem is not None:
        line.fault("serial", f"'{printable(written, 40)}' is no serial: {problem}")
    return written


def _count(line: _Line) -> int | None:
    written = line.fields.get("count")
    if written is None:
        return None
    digits = written.encode("utf-8", "replace")
    count = int(digits) if all_digits(digits) and len(digits) <= 9 else 0
    if not 1 <= count <= MAX_UNITS:
        line.fault("count", f"'{printable(written, 40)}' is no number from 1 to {MAX_UNITS}")
    return count


def _raise_if(fault: ShipmentFault | None, line: _Line, column: str) -> None:
    if fault is not None:
        line.fault(column, fault.what, fault.remedy)


def _fault(file: str, number: int, what: str, remedy: str) -> ConfigurationError:
    return ConfigurationError(f"{printable(file, 200)}, line {number}: {what}", remedy)
