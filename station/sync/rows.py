r"""The packed rows of a publication: units and opaque codes as a stream of small blocks.

A file is a line that names its kind, then blocks, then an empty block, then nothing::

    b"intake-rows 1 units\n"
    block: product id, rows, raw bytes, packed bytes, each 32 bits big-endian; then zlib data
    end:   16 zero bytes

A unit's row is ``serial TAB state TAB overlays TAB lot TAB expiry TAB place LF``, an absent value
empty; a code's is ``code TAB product id TAB serial LF`` in blocks of product id 0. A block holds
rows of one product, in order. The same rows always give the same bytes.

Reading is total and bounded: any bytes give rows or a `TrustError`; a block is never unpacked
beyond `MAX_RAW_BYTES`. Order, and which products may stand in a file, are the reader's caller's
matter. Source: docs/reference/registry-distribution.md.
"""

import re
import struct
import zlib
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from enum import Enum
from itertools import islice
from typing import BinaryIO, Final

from station.core.errors import TrustError
from station.core.registry import Overlay, UnitRecord, UnitState

ROWS_PER_BLOCK: Final = 8192
MAX_RAW_BYTES: Final = 1 << 20
"""A block of rows of greatest length is some 820 kB."""

COMPRESSION_LEVEL: Final = 6

_BLOCK: Final = struct.Struct(">IIII")
_END: Final = bytes(_BLOCK.size)

_SET_82: Final = r"!-\"%-?A-Z_a-z"
_UNIT_ROW: Final = re.compile(
    rf"^([{_SET_82}]{{1,20}})\t([0-9]{{1,2}})\t([0-9]{{1,2}})\t([{_SET_82}]{{0,20}})"
    r"\t((?:[0-9]{6})?)\t([A-Za-z0-9._-]{0,40})$",
    re.MULTILINE | re.ASCII,
)
_CODE_ROW: Final = re.compile(
    rf"^((?:AZ|ZA):[0-9A-Za-z]{{26}})\t([1-9][0-9]{{0,8}})\t([{_SET_82}]{{1,20}})$",
    re.MULTILINE | re.ASCII,
)
_STATES: Final = {str(state.value): state for state in UnitState}
_OVERLAYS: Final = {str(number): Overlay(number) for number in range(16)}


class RowKind(Enum):
    """What a file's rows are; the value names it in the file's first line."""

    UNITS = "units"
    CODES = "codes"

    @property
    def magic(self) -> bytes:
        """The file's first line."""
        return f"intake-rows 1 {self.value}\n".encode("ascii")


CodeRow = tuple[str, int, str]
"""Opaque code, product id, serial."""


def write_start(file: BinaryIO, kind: RowKind) -> None:
    """Begin a file."""
    file.write(kind.magic)


def write_end(file: BinaryIO) -> None:
    """End a file: without this it counts as cut."""
    file.write(_END)


def write_units(file: BinaryIO, product_id: int, units: list[UnitRecord]) -> None:
    """Write units of one product as one block.

    Args:
        file: Begun with `write_start`.
        product_id: Positive.
        units: 1 to `ROWS_PER_BLOCK`, by serial.
    """
    text = "".join(
        f"{unit.serial}\t{unit.state.value}\t{unit.overlays.value}\t{unit.lot or ''}"
        f"\t{unit.expiry or ''}\t{unit.place or ''}\n"
        for unit in units
    )
    _write_block(file, product_id, len(units), text)


def write_codes(file: BinaryIO, codes: list[CodeRow]) -> None:
    """Write opaque codes, 1 to `ROWS_PER_BLOCK`, by code, as one block."""
    text = "".join(f"{code}\t{product_id}\t{serial}\n" for code, product_id, serial in codes)
    _write_block(file, 0, len(codes), text)


def _write_block(file: BinaryIO, product_id: int, rows: int, text: str) -> None:
    raw = text.encode("ascii")
    packed = zlib.compress(raw, COMPRESSION_LEVEL)
    file.write(_BLOCK.pack(product_id, rows, len(raw), len(packed)))
    file.write(packed)


@dataclass(frozen=True, slots=True)
class Block:
    """One block, unpacked.

    Attributes:
        product_id: Whose units it holds; 0 for codes.
        rows: How many rows it says it has.
        text: Its rows.
    """

    product_id: int
    rows: int
    text: str

    def units(self) -> Iterator[UnitRecord]:
        """Its units.

        Raises:
            TrustError: A row is not one.
        """
        for serial, state, overlays, lot, expiry, place in self._fields(_UNIT_ROW):
            if state not in _STATES or overlays not in _OVERLAYS:
                raise damaged("a unit's state is none that this release knows")
            yield UnitRecord(
                self.product_id,
                serial,
                _STATES[state],
                _OVERLAYS[overlays],
                lot or None,
                expiry or None,
                place or None,
            )

    def codes(self) -> Iterator[CodeRow]:
        """Its opaque codes.

        Raises:
            TrustError: A row is not one.
        """
        for code, product_id, serial in self._fields(_CODE_ROW):
            yield code, int(product_id), serial

    def _fields(self, row: re.Pattern[str]) -> list[tuple[str, ...]]:
        found: list[tuple[str, ...]] = row.findall(self.text)
        if len(found) != self.rows or self.text.count("\n") != self.rows:
            raise damaged("a row is not well formed")
        return found


def read_blocks(file: BinaryIO, kind: RowKind) -> Iterator[Block]:
    """Read a file block by block, to its end.

    Raises:
        TrustError: It is cut, damaged, or of another kind or format.
    """
    if file.read(len(kind.magic)) != kind.magic:
        raise TrustError(
            f"a file of {kind.value} does not begin as one",
            "install the release of station that this publication needs, or tell the publisher",
        )
    while (header := _exactly(file, _BLOCK.size)) != _END:
        product_id, rows, raw_bytes, packed_bytes = _BLOCK.unpack(header)
        if not 0 < rows <= ROWS_PER_BLOCK or not 0 < raw_bytes <= MAX_RAW_BYTES:
            raise damaged("a block is larger than any may be")
        if packed_bytes > MAX_RAW_BYTES or (product_id == 0) != (kind is RowKind.CODES):
            raise damaged("a block's head makes no sense")
        yield Block(product_id, rows, _unpack(_exactly(file, packed_bytes), raw_bytes))
    if file.read(1):
        raise damaged("something follows its end")


def _unpack(packed: bytes, raw_bytes: int) -> str:
    unpacker = zlib.decompressobj()
    try:
        raw = unpacker.decompress(packed, raw_bytes + 1)
    except zlib.error:
        raise damaged("a block does not unpack") from None
    if len(raw) != raw_bytes or not unpacker.eof or unpacker.unused_data:
        raise damaged("a block unpacks to another length than it says")
    if not raw.isascii() or not raw.endswith(b"\n"):
        raise damaged("a block holds something other than rows")
    return raw.decode("ascii")


def _exactly(file: BinaryIO, size: int) -> bytes:
    piece = file.read(size)
    if len(piece) != size:
        raise damaged("it is cut")
    return piece


def damaged(why: str) -> TrustError:
    """The error for content that was signed and yet is not right."""
    return TrustError(
        f"the publication cannot be used: {why}",
        "nothing was changed; tell the publisher, and run 'station sync' again later",
    )


def in_batches(rows: Iterable[UnitRecord]) -> Iterator[list[UnitRecord]]:
    """A stream of units cut into lists of at most `ROWS_PER_BLOCK`."""
    stream = iter(rows)
    while batch := list(islice(stream, ROWS_PER_BLOCK)):
        yield batch
