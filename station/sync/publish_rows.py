"""Publishing a stream of rows: the segment of what changed, and now and then the whole.

What is out is compared with what the brand folder has now. Both are read as streams; the published
side comes out of the folder published into, as far as this publisher's own keys signed it. So a
publication that was killed anywhere, an old brand folder and a second stick need no care: each
folder's chain goes on from where it stands. Where it cannot (a row is gone, a file is missing or
damaged), it begins anew with a snapshot.
"""

from collections.abc import Iterable, Iterator
from contextlib import ExitStack
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import partial
from itertools import chain
from typing import Any, BinaryIO, Final

from station.core.errors import TrustError
from station.core.registry_rows import (
    CodeRow,
    RowStream,
    StreamTally,
    UnitBlock,
    UnitRow,
    unit_text,
)
from station.ports.publication import Publisher
from station.sync.chain_files import OpenFile, codes_of, units_of
from station.sync.chains import Chain, Segment, Snapshot, file_path
from station.sync.columns import damaged
from station.sync.differences import Piece, RowsRemovedError, changed_rows
from station.sync.rows import FileHead, RowsWriter
from station.sync.streams import BrandRows

LARGEST_PART: Final = 4
"""Segments together larger than one in so many of their snapshot are due to be one with it."""

NEGLIGIBLE_BYTES: Final = 1 << 16
"""Segments together no larger than this never are."""


@dataclass(frozen=True, slots=True)
class SnapshotRule:
    """When a stream is published whole again, besides where its chain cannot go on.

    Attributes:
        days: When its snapshot is so old, at least 1.
        forced: Now.
    """

    days: int = 7
    forced: bool = False


@dataclass(frozen=True, slots=True)
class PublishedRows:
    """How a stream was published.

    Attributes:
        chain: Where it stands now.
        changes: How many rows its new segment has; 0 when it has none.
        delta_bytes: That segment's size.
        snapshot_bytes: Its new snapshot's size; 0 when it has none.
    """

    chain: Chain
    changes: int
    delta_bytes: int
    snapshot_bytes: int


class RowsPublisher:
    """Publishes a brand's streams into one generation."""

    def __init__(
        self, publisher: Publisher, slug: str, number: int, now_utc: str, rule: SnapshotRule
    ) -> None:
        """Take a brand.

        Args:
            publisher: Prepared.
            slug: The brand's.
            number: The generation.
            now_utc: When it is published, ISO 8601 with ``Z``.
            rule: When a snapshot is due.
        """
        self._publisher: Final = publisher
        self._slug: Final = slug
        self._number: Final = number
        self._now_utc: Final = now_utc
        self._rule: Final = rule

    def publish(self, stream: RowStream, rows: BrandRows, last: Chain | None) -> PublishedRows:
        """Write and keep the files that lead to what a stream comes to now.

        Args:
            stream: Which.
            rows: The brand's, now.
            last: Where it stood in the publication before, or None.

        Raises:
            StorageError: Something cannot be read or written.
        """
        segments = None if last is None else self._segments(stream, rows, last)
        if last is None or segments is None:
            return self._published(self._whole(stream, rows, []))
        if self._is_due(stream, last, segments):
            return self._published(self._whole(stream, rows, segments))
        older = self._kept(stream, last.before_snapshot)
        self._publisher.keep(self._path(last.snapshot.head(stream)))
        now = segments[-1] if segments else last
        return self._published(
            Chain(stream, now.rows, now.digest, last.snapshot, [*older, *segments])
        )

    def _segments(self, stream: RowStream, rows: BrandRows, last: Chain) -> list[Segment] | None:
        """The segments behind the last snapshot, with a new one where something changed.

        None where the chain cannot go on.
        """
        try:
            new = self._write_segment(stream, rows, last)
        except (RowsRemovedError, TrustError):
            return None
        kept = self._kept(stream, last.since_snapshot)
        return None if len(kept) < len(last.since_snapshot) else [*kept, *new]

    def _write_segment(self, stream: RowStream, rows: BrandRows, last: Chain) -> list[Segment]:
        """Write what changed since the last publication; nothing where nothing did.

        Raises:
            RowsRemovedError: A row is gone.
            TrustError: What was published is not there as it was signed.
        """
        before, after, replaced, changes = (StreamTally() for _ in range(4))
        head = FileHead(stream, self._number, last.digest)
        with ExitStack() as opened:

            def open_last(wanted: FileHead) -> BinaryIO:
                path = self._path(wanted)
                file = self._publisher.last(path)
                if file is None:
                    raise damaged(f"{path} is not there as it was signed")
                return opened.enter_context(file)

            changed = changed_rows(
                _published_pieces(stream, last, open_last, before),
                _pieces(stream, rows, after),
                partial(_tally, stream, replaced),
            )
            first = next(changed, None)
            if first is not None:
                with self._publisher.target(self._path(head)) as file:
                    writer = RowsWriter(file, head)
                    for piece in chain((first,), changed):
                        _write(stream, writer, piece)
                        _tally(stream, changes, *piece)
                    writer.end()
        if (before.rows, before.hexdigest()) != (last.rows, last.digest):
            raise damaged("what was published does not come to what was signed of it")
        if first is None:
            return []
        return [
            Segment(
                self._number,
                changes.rows,
                changes.hexdigest(),
                last.rows,
                last.digest,
                replaced.hexdigest(),
                after.rows,
                after.hexdigest(),
            )
        ]

    def _whole(self, stream: RowStream, rows: BrandRows, segments: list[Segment]) -> Chain:
        """Write a snapshot; the segments lead there too."""
        head = FileHead(stream, self._number)
        tally = StreamTally()
        with self._publisher.target(self._path(head)) as file:
            writer = RowsWriter(file, head)
            for piece in _pieces(stream, rows, tally):
                _write(stream, writer, piece)
            writer.end()
        snapshot = Snapshot(self._number, self._now_utc, tally.rows, tally.hexdigest())
        return Chain(stream, snapshot.rows, snapshot.digest, snapshot, segments)

    def _is_due(self, stream: RowStream, last: Chain, segments: list[Segment]) -> bool:
        """Whether the whole is to be written, though the chain goes on."""
        whole_bytes = self._publisher.last_size(self._path(last.snapshot.head(stream))) or 0
        age = datetime.fromisoformat(self._now_utc) - datetime.fromisoformat(
            last.snapshot.published_utc
        )
        parts_bytes = sum(self._size(one.head(stream)) for one in segments)
        return (
            self._rule.forced
            or age >= timedelta(days=self._rule.days)
            or parts_bytes > max(NEGLIGIBLE_BYTES, whole_bytes // LARGEST_PART)
        )

    def _kept(self, stream: RowStream, segments: list[Segment]) -> list[Segment]:
        """Keep the newest of some segments that are still there without a gap."""
        kept: list[Segment] = []
        for segment in reversed(segments):
            if not self._publisher.keep(self._path(segment.head(stream))):
                break
            kept.insert(0, segment)
        return kept

    def _published(self, now: Chain) -> PublishedRows:
        new = [one for one in now.segments if one.generation == self._number]
        whole = now.snapshot.generation == self._number
        return PublishedRows(
            now,
            sum(one.changes for one in new),
            sum(self._size(one.head(now.stream)) for one in new),
            self._size(now.snapshot.head(now.stream)) if whole else 0,
        )

    def _path(self, head: FileHead) -> str:
        return file_path(self._slug, head)

    def _size(self, head: FileHead) -> int:
        return self._publisher.size(self._path(head))


def _pieces(stream: RowStream, rows: BrandRows, tally: StreamTally) -> Iterator[Piece[Any]]:
    """A brand's stream as it is now, counted as it comes past."""
    if stream is RowStream.CODES:
        return _code_pieces(rows.codes(), tally)
    return _unit_pieces(rows.units(stream), tally)


def _published_pieces(
    stream: RowStream, last: Chain, open_file: OpenFile, tally: StreamTally
) -> Iterator[Piece[Any]]:
    """The same as it was published."""
    if stream is RowStream.CODES:
        return _code_pieces(codes_of(last.snapshot, last.since_snapshot, open_file), tally)
    return _unit_pieces(units_of(stream, last.snapshot, last.since_snapshot, open_file), tally)


def _unit_pieces(blocks: Iterable[UnitBlock], tally: StreamTally) -> Iterator[Piece[UnitRow]]:
    for block in blocks:
        tally.units(block)
        yield block.product_id, block.rows


def _code_pieces(batches: Iterable[list[CodeRow]], tally: StreamTally) -> Iterator[Piece[CodeRow]]:
    for batch in batches:
        tally.codes(batch)
        yield 0, batch


def _tally(stream: RowStream, tally: StreamTally, product_id: int, rows: list[Any]) -> None:
    if stream is RowStream.CODES:
        tally.codes(rows)
    else:
        tally.unit_text(product_id, unit_text(rows), len(rows))


def _write(stream: RowStream, writer: RowsWriter, piece: Piece[Any]) -> None:
    product_id, rows = piece
    if stream is RowStream.CODES:
        writer.codes(rows)
    else:
        writer.units(product_id, rows)
