"""How a stream of rows is published: its newest snapshot, and the segments that lead to now.

Source: docs/reference/registry-distribution.md.
"""

from typing import Annotated

import msgspec

from station.core.registry_rows import Holding, RowStream
from station.sync.fields import Count, Digest, Moment, Number
from station.sync.rows import FileHead


class StreamSum(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """What a stream of rows comes to."""

    stream: RowStream
    rows: Count
    digest: Digest

    def holding(self, brand_id: int) -> Holding:
        """As the registry keeps it."""
        return Holding(brand_id, self.stream, self.rows, self.digest)


class Snapshot(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A stream's whole content as of a generation, in a file of its own."""

    generation: Number
    published_utc: Moment
    rows: Count
    digest: Digest

    def head(self, stream: RowStream) -> FileHead:
        """How its file begins."""
        return FileHead(stream, self.generation)


class Segment(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """What changed in a stream with one generation, in a file of its own.

    `changes_digest` is over its rows, `replaced_digest` over the rows they replace as they stood
    before (`station.core.registry_rows.StreamTally`).
    """

    generation: Number
    changes: Annotated[int, msgspec.Meta(ge=1, le=1 << 53)]
    changes_digest: Digest
    rows_before: Count
    digest_before: Digest
    replaced_digest: Digest
    rows: Count
    digest: Digest

    def head(self, stream: RowStream) -> FileHead:
        """How its file begins."""
        return FileHead(stream, self.generation, self.digest_before)


class Chain(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A stream as it stands, and the files that lead there.

    From the snapshot on, or from any digest that a segment begins with, the segments behind lead to
    what the stream comes to now. Segments stand from the oldest to the newest; those before the
    snapshot are for stations that came by them last time.
    """

    stream: RowStream
    rows: Count
    digest: Digest
    snapshot: Snapshot
    segments: list[Segment]

    @property
    def sum(self) -> StreamSum:
        """What the stream comes to now."""
        return StreamSum(self.stream, self.rows, self.digest)

    @property
    def since_snapshot(self) -> list[Segment]:
        """The segments behind the snapshot."""
        return [one for one in self.segments if one.generation > self.snapshot.generation]

    @property
    def before_snapshot(self) -> list[Segment]:
        """The segments that lead up to the snapshot's generation."""
        return [one for one in self.segments if one.generation <= self.snapshot.generation]


def file_path(slug: str, head: FileHead) -> str:
    """The target that holds a snapshot or a segment."""
    kind = "rows" if head.follows is None else "delta"
    return f"brands/{slug}/{head.stream.value}-{head.generation}.{kind}"
