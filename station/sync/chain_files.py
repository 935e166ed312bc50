"""A stream's rows out of the files it is published in: a snapshot, and segments laid over it."""

from collections.abc import Callable, Iterable, Iterator, Sequence
from functools import reduce
from typing import BinaryIO, TypeVar

from station.core.registry_rows import (
    CodeRow,
    RowStream,
    UnitBlock,
    in_batches,
    merged_codes,
    merged_units,
)
from station.sync.chains import Segment, Snapshot
from station.sync.columns import damaged
from station.sync.rows import FileHead, read_codes, read_units

_Piece = TypeVar("_Piece")

OpenFile = Callable[[FileHead], BinaryIO]
"""Opens a file of the stream; whoever gives it closes what it opened."""


def units_of(
    stream: RowStream,
    lower: Snapshot | Iterable[UnitBlock],
    segments: Sequence[Segment],
    open_file: OpenFile,
) -> Iterator[UnitBlock]:
    """A stream of units.

    Args:
        stream: Which.
        lower: A snapshot, or the rows the segments follow, by (product id, serial).
        segments: Laid over it in their order.
        open_file: Opens the files.

    Raises:
        TrustError: A file is damaged, or does not hold as many rows as its document says.
    """
    if isinstance(lower, Snapshot):
        head = lower.head(stream)
        lower = _counted(read_units(open_file(head), head), lower.rows, _unit_count)
    uppers = [segment_units(stream, one, open_file) for one in segments]
    yield from merged_units(lower, reduce(merged_units, uppers)) if uppers else lower


def codes_of(
    lower: Snapshot | Iterable[list[CodeRow]], segments: Sequence[Segment], open_file: OpenFile
) -> Iterator[list[CodeRow]]:
    """The same of a stream of opaque codes."""
    if isinstance(lower, Snapshot):
        head = lower.head(RowStream.CODES)
        lower = _counted(read_codes(open_file(head), head), lower.rows, len)
    if not segments:
        yield from lower
    else:
        uppers = [_code_rows(segment_codes(one, open_file)) for one in segments]
        yield from in_batches(merged_codes(_code_rows(lower), reduce(merged_codes, uppers)))


def segment_units(stream: RowStream, segment: Segment, open_file: OpenFile) -> Iterator[UnitBlock]:
    """What a segment of units says is new or changed.

    Raises:
        TrustError: Its file is damaged, or does not hold as many rows as its document says.
    """
    head = segment.head(stream)
    yield from _counted(read_units(open_file(head), head), segment.changes, _unit_count)


def segment_codes(segment: Segment, open_file: OpenFile) -> Iterator[list[CodeRow]]:
    """The same of a segment of opaque codes."""
    head = segment.head(RowStream.CODES)
    yield from _counted(read_codes(open_file(head), head), segment.changes, len)


def _code_rows(batches: Iterable[list[CodeRow]]) -> Iterator[CodeRow]:
    for batch in batches:
        yield from batch


def _unit_count(block: UnitBlock) -> int:
    return len(block.rows)


def _counted(
    pieces: Iterable[_Piece], expected: int, count: Callable[[_Piece], int]
) -> Iterator[_Piece]:
    """Pass rows on, and refuse the file at its end, or earlier, when they are not as many."""
    rows = 0
    for piece in pieces:
        rows += count(piece)
        if rows > expected:
            break
        yield piece
    if rows != expected:
        raise damaged(f"a file does not hold the {expected} rows that its document says")
