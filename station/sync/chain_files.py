"""A stream's rows out of the files it is published in: a snapshot, and segments laid over it."""

from collections.abc import Callable, Iterable, Iterator, Sequence
from functools import reduce
from typing import BinaryIO, TypeVar

from station.core.registry_rows import (
    CodeRow,
    RowStream,
    StreamTally,
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
        TrustError: A file is damaged, or does not hold the rows that its document says.
    """
    if isinstance(lower, Snapshot):
        head = lower.head(stream)
        lower = _held_to(read_units(open_file(head), head), StreamTally.units, lower)
    uppers = [segment_units(stream, one, open_file) for one in segments]
    yield from merged_units(lower, reduce(merged_units, uppers)) if uppers else lower


def codes_of(
    lower: Snapshot | Iterable[list[CodeRow]], segments: Sequence[Segment], open_file: OpenFile
) -> Iterator[list[CodeRow]]:
    """The same of a stream of opaque codes."""
    if isinstance(lower, Snapshot):
        head = lower.head(RowStream.CODES)
        lower = _held_to(read_codes(open_file(head), head), StreamTally.codes, lower)
    if not segments:
        yield from lower
    else:
        uppers = [_code_rows(segment_codes(one, open_file)) for one in segments]
        yield from in_batches(merged_codes(_code_rows(lower), reduce(merged_codes, uppers)))


def segment_units(stream: RowStream, segment: Segment, open_file: OpenFile) -> Iterator[UnitBlock]:
    """What a segment of units says is new or changed.

    Raises:
        TrustError: Its file is damaged, or does not hold the rows that its document says.
    """
    head = segment.head(stream)
    yield from _held_to(read_units(open_file(head), head), StreamTally.units, segment)


def segment_codes(segment: Segment, open_file: OpenFile) -> Iterator[list[CodeRow]]:
    """The same of a segment of opaque codes."""
    head = segment.head(RowStream.CODES)
    yield from _held_to(read_codes(open_file(head), head), StreamTally.codes, segment)


def _code_rows(batches: Iterable[list[CodeRow]]) -> Iterator[CodeRow]:
    for batch in batches:
        yield from batch


def _held_to(
    pieces: Iterable[_Piece], take: Callable[[StreamTally, _Piece], None], said: Snapshot | Segment
) -> Iterator[_Piece]:
    """Pass rows on; refuse the file at its end, or earlier, when they are not those it should hold.

    Whoever builds on the rows has to read them to their end before they count.
    """
    if isinstance(said, Snapshot):
        rows, digest = said.rows, said.digest
    else:
        rows, digest = said.changes, said.changes_digest
    tally = StreamTally()
    for piece in pieces:
        take(tally, piece)
        if tally.rows > rows:
            break
        yield piece
    if (tally.rows, tally.hexdigest()) != (rows, digest):
        raise damaged(f"a file does not hold the {rows} rows that its document says")
