r"""The packed rows of a publication: whole streams and delta segments, as small blocks.

A file is a line that says what it is, then blocks, then an empty block, then nothing::

    b"intake-rows 1 units 7\n"             a snapshot: the whole stream as of generation 7
    b"intake-delta 1 units 8 DIGEST\n"     a segment: what changed in generation 8 since the
                                           stream's digest was DIGEST
    block: product id, rows, packed bytes of each column, each 32 bits big-endian; then the columns
    end:   as many zero bytes as a block's head has

A block of units has three pairs of columns: its serials; their lots, each with its expiry; and the
rest of their standings, which is state, overlays and place. Units of one lot have little else in
common, so each of the two is named by number apart. A block of codes has product id 0 and the pairs
of codes, product ids and serials. See `station.sync.columns` for the pairs and
`station.core.registry_rows` for the text. A block holds rows of one product; rows rise.

Reading is total and bounded: any bytes give blocks in order or a `TrustError`. Which products may
stand in a file is the caller's matter. Source: docs/reference/registry-distribution.md.
"""

import re
import struct
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from operator import ge
from typing import BinaryIO, Final, Self

from station.core.registry import UnitState
from station.core.registry_rows import (
    ROWS_PER_BLOCK,
    CodeRow,
    RowStream,
    UnitBlock,
    UnitRow,
)
from station.sync.columns import MAX_PACKED_BYTES, Packer, Unpacker, damaged

_HEAD: Final = struct.Struct(">II6I")
_END: Final = bytes(_HEAD.size)

_SET_82: Final = r"!-\"%-?A-Z_a-z"
_SERIALS: Final = re.compile(rf"[{_SET_82}]+")
_LONGEST_SERIAL: Final = 20
_LOT: Final = re.compile(rf"[{_SET_82}]{{0,20}}\t(?:[0-9]{{6}})?")
_MARK: Final = re.compile(r"(([0-9]{1,2})\t([0-9]{1,2}))\t([A-Za-z0-9._-]{0,40})")
_CODES: Final = re.compile(r"(?:(?:AZ|ZA):[0-9A-Za-z]{26})+")
_LONGEST_CODE: Final = 29
_PRODUCT_ID: Final = re.compile(r"[1-9][0-9]{0,8}")
_STATES: Final = frozenset(str(state.value) for state in UnitState)
MAX_HEAD_LINE_BYTES: Final = 128
_HEAD_LINE: Final = re.compile(
    b"intake-(rows|delta) 1 ("
    + "|".join(stream.value for stream in RowStream).encode("ascii")
    + rb") ([1-9][0-9]{0,17})(?: ([0-9a-f]{64}))?\n"
)
_OVERLAYS: Final = frozenset(str(number) for number in range(16))


@dataclass(frozen=True, slots=True)
class FileHead:
    """What a file of rows says it is.

    Attributes:
        stream: Whose rows it holds.
        generation: As of which generation.
        follows: Of a segment: the stream's digest before it; None for a snapshot.
    """

    stream: RowStream
    generation: int
    follows: str | None = None

    @property
    def line(self) -> bytes:
        """The file's first line."""
        kind = "rows" if self.follows is None else "delta"
        after = "" if self.follows is None else f" {self.follows}"
        return f"intake-{kind} 1 {self.stream.value} {self.generation}{after}\n".encode("ascii")

    @classmethod
    def of(cls, line: bytes) -> Self:
        """What a file's first line says.

        Raises:
            TrustError: Nothing that this release knows.
        """
        match = _HEAD_LINE.fullmatch(line)
        if match is None or (match[1] == b"rows") != (match[4] is None):
            raise damaged("a file of rows does not begin as one")
        follows = None if match[4] is None else match[4].decode("ascii")
        return cls(RowStream(match[2].decode("ascii")), int(match[3]), follows)


class RowsWriter:
    """Writes one file of rows; gathers them into blocks, so that they may come in pieces."""

    def __init__(self, file: BinaryIO, head: FileHead) -> None:
        """Begin a file.

        Args:
            file: Written from where it stands.
            head: What it is.
        """
        self._file: Final = file
        self._stream: Final = head.stream
        self._packer: Final = Packer()
        self._product_id = 0
        self._units: list[UnitRow] = []
        self._codes: list[CodeRow] = []
        file.write(head.line)

    def units(self, product_id: int, rows: Sequence[UnitRow]) -> None:
        """Write the next units of a product, by (product id, serial)."""
        if product_id != self._product_id:
            self._flush(1)
            self._product_id = product_id
        self._units.extend(rows)
        self._flush(ROWS_PER_BLOCK)

    def codes(self, rows: Sequence[CodeRow]) -> None:
        """Write the next opaque codes, by code."""
        self._codes.extend(rows)
        self._flush(ROWS_PER_BLOCK)

    def end(self) -> None:
        """End the file: without this it counts as cut."""
        self._flush(1)
        self._file.write(_END)

    def _flush(self, full: int) -> None:
        """Write blocks as long as there are rows for a full one."""
        while len(self._units) >= full:
            block, self._units = self._units[:ROWS_PER_BLOCK], self._units[ROWS_PER_BLOCK:]
            keys = self._packer.strings([row[0] for row in block])
            parts = {standing: _parted(standing) for _, standing in block}
            lots = self._packer.choices([parts[standing][0] for _, standing in block])
            marks = self._packer.choices([parts[standing][1] for _, standing in block])
            self._block(self._product_id, len(block), (*keys, *lots, *marks))
        while len(self._codes) >= full:
            codes, self._codes = self._codes[:ROWS_PER_BLOCK], self._codes[ROWS_PER_BLOCK:]
            keys = self._packer.strings([row[0] for row in codes])
            rest = self._packer.choices([str(row[1]) for row in codes])
            serials = self._packer.strings([row[2] for row in codes])
            self._block(0, len(codes), (*keys, *rest, *serials))

    def _block(self, product_id: int, rows: int, columns: Sequence[bytes]) -> None:
        self._file.write(_HEAD.pack(product_id, rows, *map(len, columns)))
        self._file.write(b"".join(columns))


def count_rows(file: BinaryIO) -> tuple[FileHead, int]:
    """What a file says it is, and how many rows it holds; read to its end.

    Raises:
        TrustError: It is cut, damaged, out of order, or none this release knows.
    """
    head = FileHead.of(file.readline(MAX_HEAD_LINE_BYTES))
    if head.stream is RowStream.CODES:
        return head, sum(len(rows) for rows in _codes(file))
    return head, sum(len(block.rows) for block in _units(file, head.stream))


def read_units(file: BinaryIO, head: FileHead) -> Iterator[UnitBlock]:
    """Read a file of units to its end.

    Args:
        file: Read from where it stands.
        head: What it has to be.

    Raises:
        TrustError: It is cut, damaged, out of order, or another file.
    """
    _begin(file, head)
    yield from _units(file, head.stream)


def read_codes(file: BinaryIO, head: FileHead) -> Iterator[list[CodeRow]]:
    """Read a file of opaque codes to its end.

    Args:
        file: Read from where it stands.
        head: What it has to be.

    Raises:
        TrustError: It is cut, damaged, out of order, or another file.
    """
    _begin(file, head)
    yield from _codes(file)


def _begin(file: BinaryIO, head: FileHead) -> None:
    line = head.line
    if file.read(len(line)) != line:
        raise damaged(f"a file does not begin as '{line.decode('ascii').rstrip()}'")


def _units(file: BinaryIO, stream: RowStream) -> Iterator[UnitBlock]:
    unpacker = Unpacker()
    last = (0, "")
    for product_id, count, columns in _blocks(file, stream):
        serials = unpacker.strings(columns[0], columns[1], count)
        lots_at, lots = unpacker.choices(columns[2], columns[3], count)
        marks_at, marks = unpacker.choices(columns[4], columns[5], count)
        if not _SERIALS.fullmatch("".join(serials)) or max(map(len, serials)) > _LONGEST_SERIAL:
            raise damaged("a row is not well formed")
        if (product_id, serials[0]) <= last or any(map(ge, serials, serials[1:])):
            raise damaged("its rows are out of order")
        last = (product_id, serials[-1])
        if not all(map(_LOT.fullmatch, lots)):
            raise damaged("a row is not well formed")
        around = [_around_lot(mark) for mark in marks]
        many = len(lots)
        chosen = [mark * many + lot for mark, lot in zip(marks_at, lots_at, strict=True)]
        standings = {at: lots[at % many].join(around[at // many]) for at in set(chosen)}
        lines = {at: f"\t{standing}\n" for at, standing in standings.items()}
        text = "".join([serial + lines[at] for serial, at in zip(serials, chosen, strict=True)])
        rows = [(serial, standings[at]) for serial, at in zip(serials, chosen, strict=True)]
        yield UnitBlock(product_id, text, rows)


def _codes(file: BinaryIO) -> Iterator[list[CodeRow]]:
    unpacker = Unpacker()
    last = ""
    for _, count, columns in _blocks(file, RowStream.CODES):
        codes = unpacker.strings(columns[0], columns[1], count)
        chosen, rests = unpacker.choices(columns[2], columns[3], count)
        serials = unpacker.strings(columns[4], columns[5], count)
        if not _CODES.fullmatch("".join(codes)) or set(map(len, codes)) != {_LONGEST_CODE}:
            raise damaged("a row is not well formed")
        if not _SERIALS.fullmatch("".join(serials)) or max(map(len, serials)) > _LONGEST_SERIAL:
            raise damaged("a row is not well formed")
        if not all(map(_PRODUCT_ID.fullmatch, rests)):
            raise damaged("a row is not well formed")
        if codes[0] <= last or any(map(ge, codes, codes[1:])):
            raise damaged("its rows are out of order")
        last = codes[-1]
        product_ids = [int(rest) for rest in rests]
        yield [
            (code, product_ids[at], serial)
            for code, at, serial in zip(codes, chosen, serials, strict=True)
        ]


def _blocks(file: BinaryIO, stream: RowStream) -> Iterator[tuple[int, int, list[bytes]]]:
    """Product id, number of rows and packed columns of each block."""
    while (start := _exactly(file, _HEAD.size)) != _END:
        product_id, count, *sizes = _HEAD.unpack(start)
        if not 0 < count <= ROWS_PER_BLOCK or max(sizes) > MAX_PACKED_BYTES:
            raise damaged("a block is larger than any may be")
        if (product_id == 0) != (stream is RowStream.CODES):
            raise damaged("a block's head makes no sense")
        yield product_id, count, [_exactly(file, size) for size in sizes]
    if file.read(1):
        raise damaged("something follows its end")


def _exactly(file: BinaryIO, size: int) -> bytes:
    piece = file.read(size)
    if len(piece) != size:
        raise damaged("it is cut")
    return piece


def _parted(standing: str) -> tuple[str, str]:
    """A standing as its lot with expiry, and the rest."""
    state, overlays, lot, expiry, place = standing.split("\t")
    return f"{lot}\t{expiry}", f"{state}\t{overlays}\t{place}"


def _around_lot(mark: str) -> tuple[str, str]:
    """What stands before a lot with its expiry in a standing, and what behind."""
    found = _MARK.fullmatch(mark)
    if found is None or found[2] not in _STATES or found[3] not in _OVERLAYS:
        raise damaged("a row is not well formed, or a unit's state is none known here")
    return f"{found[1]}\t", f"\t{found[4]}"
