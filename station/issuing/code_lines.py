"""Issued codes as lines of text: CSV for spreadsheets, JSON for programs, raw for scanners.

A line of CSV never starts a formula: a field that begins with ``= + - @ '`` is guarded by an
apostrophe (`station.core.csv_cells`), which an import takes away again. GS, which CSV readers
mangle, is spelled ``<GS>`` there; JSON and raw lines hold the byte itself.
"""

import csv
import io
import json
from dataclasses import dataclass
from enum import Enum
from typing import Final

from station.core.codes import Attributes, UnitIdentity
from station.core.csv_cells import guarded
from station.core.registry import ProductRecord
from station.core.unit_code import element_string
from station.issuing.catalogue import state_of
from station.ports.brand_store import IssuedUnit

COLUMNS: Final = ("gtin", "serial", "tag", "element_string", "lot", "expiry", "state", "place")


class LineFormat(Enum):
    """How issued codes are written."""

    CSV = "csv"
    JSONL = "jsonl"
    RAW = "raw"
    """The element string alone, as a scanner sends it."""


@dataclass(frozen=True, slots=True)
class CodeLine:
    """An issued unit with what is printed on its label."""

    identity: UnitIdentity
    tag: str | None
    payload: bytes
    unit: IssuedUnit


def code_line(product: ProductRecord, unit: IssuedUnit) -> CodeLine:
    """An issued unit made ready to write."""
    return CodeLine(
        UnitIdentity(product.gtin, unit.record.serial), unit.tag, label_payload(product, unit), unit
    )


def label_payload(product: ProductRecord, unit: IssuedUnit) -> bytes:
    """The element string printed on the unit's label, lot and expiry date included."""
    return element_string(
        UnitIdentity(product.gtin, unit.record.serial),
        unit.tag,
        Attributes(unit.record.lot, unit.record.expiry),
        product.tag_ai,
    )


def header(line_format: LineFormat) -> str:
    """What stands above the lines, with its line end; empty where nothing does."""
    return ",".join(COLUMNS) + "\n" if line_format is LineFormat.CSV else ""


def fields_of(line: CodeLine) -> dict[str, str | None]:
    """The columns' values; the element string holds GS itself."""
    record = line.unit.record
    text = line.payload.decode("ascii")
    values = (line.identity.gtin, line.identity.serial, line.tag, text, record.lot, record.expiry)
    return dict(zip(COLUMNS, (*values, "+".join(state_of(record)), record.place), strict=True))


def spelled(fields: dict[str, str | None]) -> dict[str, str | None]:
    """The same with GS as ``<GS>``, for whatever cannot hold the byte."""
    return fields | {"element_string": (fields["element_string"] or "").replace("\x1d", "<GS>")}


def render(line: CodeLine, line_format: LineFormat) -> str:
    """One line, with its line end."""
    if line_format is LineFormat.RAW:
        return line.payload.decode("ascii") + "\n"
    fields = fields_of(line)
    if line_format is LineFormat.JSONL:
        return json.dumps(fields, separators=(",", ":")) + "\n"
    fields = spelled(fields)
    out = io.StringIO()
    csv.writer(out, lineterminator="\n").writerow(guarded(value or "") for value in fields.values())
    return out.getvalue()
