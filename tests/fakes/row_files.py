"""Files of rows for tests, honest and otherwise."""

import io
import struct
from collections.abc import Iterable, Sequence
from typing import Any

import zstandard

from station.core.registry_rows import CodeRow, RowStream, UnitRow
from station.sync.rows import FileHead, RowsWriter

HEAD = FileHead(RowStream.LISTED, 7)
CODES_HEAD = FileHead(RowStream.CODES, 7)
END = bytes(32)
STANDING = "1\t0\t\t\t"
LOT = "\t"
MARK = "1\t0\t"


def units_file(rows: Iterable[tuple[int, UnitRow]], head: FileHead = HEAD) -> bytes:
    """A file of units, each with its product's id, as the publisher writes it."""
    file = io.BytesIO()
    writer = RowsWriter(file, head)
    for product_id, row in rows:
        writer.units(product_id, [row])
    writer.end()
    return file.getvalue()


def codes_file(rows: Sequence[CodeRow], head: FileHead = CODES_HEAD) -> bytes:
    """A file of opaque codes as the publisher writes it."""
    file = io.BytesIO()
    writer = RowsWriter(file, head)
    writer.codes(rows)
    writer.end()
    return file.getvalue()


def frame(raw: bytes, **options: Any) -> bytes:
    """A zstd frame."""
    return zstandard.ZstdCompressor(**options).compress(raw)


def raw_block(product_id: int, rows: int, *columns: bytes) -> bytes:
    """A block of columns packed already."""
    head = struct.pack(f">II{len(columns)}I", product_id, rows, *map(len, columns))
    return head + b"".join(columns)


def block(
    serials: Sequence[str],
    mark: str = MARK,
    lot: str = LOT,
    *,
    product_id: int = 1,
    rows: int | None = None,
    shared: bytes | None = None,
    rest: bytes | None = None,
    numbers: bytes | None = None,
    lines: bytes | None = None,
    marks: bytes | None = None,
) -> bytes:
    """A block of units as anybody could write it: nothing of it needs to be right."""
    count = len(serials)
    text = "".join(serials).encode("utf-8") if rest is None else rest
    shapes = (bytes(count) if shared is None else shared) + bytes(map(len, serials))
    return raw_block(
        product_id,
        count if rows is None else rows,
        frame(shapes),
        frame(text),
        frame(bytes(2 * count) if numbers is None else numbers),
        frame(f"{lot}\n".encode() if lines is None else lines),
        frame(bytes(2 * count)),
        frame(f"{mark}\n".encode() if marks is None else marks),
    )


def unit_columns() -> list[bytes]:
    """The columns of a block of one unit, packed, to be spoilt one by one."""
    raw = (b"\0\1", b"S", bytes(2), f"{LOT}\n".encode(), bytes(2), f"{MARK}\n".encode())
    return [frame(one) for one in raw]
