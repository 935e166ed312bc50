"""Reads the small CSV files a person gives to a brand command, one line at a time.

Every fault names its line; a field guarded against spreadsheets is taken back to what it was.
"""

import csv
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Final

from station.core.csv_cells import unguarded
from station.core.errors import ConfigurationError

MAX_LINE_CHARS: Final = 1000


@dataclass(frozen=True, slots=True)
class TableRow:
    """One line: its 1-based number and its fields by column; empty ones are left out."""

    line: int
    fields: dict[str, str]


def read_table(lines: Iterable[str], columns: Iterable[str]) -> Iterator[TableRow]:
    """Read CSV whose first line names its columns; blank lines are passed over.

    Args:
        lines: The file's lines.
        columns: The names there may be; others are passed over.

    Raises:
        ConfigurationError: The first line names none of them, or one twice, or a line is not CSV.
    """
    known = tuple(columns)
    rows = csv.reader(_bounded(lines), strict=True)
    try:
        header = [name.strip().lstrip("\ufeff").lower() for name in next(rows, [])]
        named = [name for name in header if name in known]
        if not named or len(set(named)) < len(named):
            raise ConfigurationError(
                "the first line does not name the columns",
                f"begin the file with a line that names some of: {','.join(known)}",
            )
        for row in rows:
            if row:
                yield _row(rows.line_num, header, row, known)
    except csv.Error as error:
        raise ConfigurationError(
            f"line {rows.line_num} is not CSV: {error}", "mend that line; nothing was changed"
        ) from None


def _row(line: int, header: list[str], row: list[str], known: tuple[str, ...]) -> TableRow:
    if len(row) != len(header):
        raise ConfigurationError(
            f"line {line} has {len(row)} fields, the first line names {len(header)}",
            "mend that line; nothing was changed",
        )
    pairs = zip(header, row, strict=True)
    return TableRow(line, {name: unguarded(text) for name, text in pairs if text and name in known})


def _bounded(lines: Iterable[str]) -> Iterator[str]:
    for number, line in enumerate(lines, 1):
        if len(line) > MAX_LINE_CHARS:
            raise ConfigurationError(
                f"line {number} is longer than {MAX_LINE_CHARS} characters",
                "check that this is the right file; nothing was changed",
            )
        yield line
