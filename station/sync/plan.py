"""What a site has to fetch of each stream of rows, and in which way its registry is brought there.

A stream the site holds as it is now costs nothing. One it holds as it once was costs the segments
since; any other its newest snapshot and the segments behind. Where every stream gets there by
segments, and those are not more bytes than snapshots would be, the registry in use is changed by
them. Else it is built anew: each stream by whichever is fewer bytes, those that need no snapshot
out of the registry in use.
"""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from typing import Final

from station.core.policy import Profile
from station.core.registry_rows import Holding, RowStream
from station.sync.admission import AdmittedBrand
from station.sync.chains import Chain, Segment, Snapshot, file_path
from station.sync.rows import FileHead
from station.sync.streams import held_streams

WORTH_BYTES: Final = 1 << 16
"""Snapshots that save less than this are not worth building the whole registry anew."""

_SizeOf = Callable[[str], int | None]


@dataclass(frozen=True, slots=True)
class StreamPlan:
    """How a stream gets to what it comes to now.

    Attributes:
        brand: Whose it is.
        chain: Which, and how it is published.
        snapshot: The snapshot to begin with; None to begin with what is held.
        segments: To be laid over it, in this order.
    """

    brand: AdmittedBrand
    chain: Chain
    snapshot: Snapshot | None
    segments: tuple[Segment, ...]

    @property
    def stream(self) -> RowStream:
        """Which of the brand's streams."""
        return self.chain.stream

    @property
    def holding(self) -> Holding:
        """What it comes to."""
        return self.chain.sum.holding(self.brand.brand.brand_id)

    @property
    def heads(self) -> list[FileHead]:
        """The files to fetch, as they begin."""
        whole = [] if self.snapshot is None else [self.snapshot.head(self.stream)]
        return [*whole, *(one.head(self.stream) for one in self.segments)]

    def path(self, head: FileHead) -> str:
        """Where one of its files is."""
        return file_path(self.brand.brand.slug, head)


@dataclass(frozen=True, slots=True)
class RefreshPlan:
    """How a registry gets to a publication.

    Attributes:
        streams: All it will hold, by (brand id, stream's name).
        by_segments: Whether the registry in use is only changed; otherwise one is built.
    """

    streams: tuple[StreamPlan, ...]
    by_segments: bool


def plan(
    brands: Iterable[AdmittedBrand],
    held: Iterable[Holding],
    size_of: _SizeOf,
    profile: Profile = Profile.FULL,
) -> RefreshPlan:
    """Plan a refresh.

    Args:
        brands: The publication's.
        held: What the streams in use come to; nothing to have every stream fetched whole.
        size_of: A signed file's size in bytes, or None where there is none.
        profile: What the station is to hold.
    """
    known = {(one.brand_id, one.stream): one for one in held}
    wholes = [
        StreamPlan(brand, chain, chain.snapshot, tuple(chain.since_snapshot))
        for brand in brands
        for chain in brand.chains
        if chain.stream in held_streams(brand.keys, profile)
    ]
    onward = [_onward(whole, known) for whole in wholes]
    published = {(whole.holding.brand_id, whole.stream) for whole in wholes}
    gone = any(one.rows for at, one in known.items() if at not in published)
    by_segments = tuple(way for way in onward if way is not None)
    if known and not gone and len(by_segments) == len(wholes):
        changed = [whole for whole, way in zip(wholes, by_segments, strict=True) if way.segments]
        cost = sum(_bytes(way, size_of) for way in by_segments)
        if cost <= sum(_bytes(whole, size_of) for whole in changed) + WORTH_BYTES:
            return RefreshPlan(by_segments, by_segments=True)
    return RefreshPlan(
        tuple(
            whole if way is None else min(way, whole, key=lambda one: _bytes(one, size_of))
            for whole, way in zip(wholes, onward, strict=True)
        ),
        by_segments=False,
    )


def _onward(whole: StreamPlan, known: Mapping[tuple[int, RowStream], Holding]) -> StreamPlan | None:
    """A stream's way from what is held of it, or None."""
    brand, chain = whole.brand, whole.chain
    held = known.get((brand.brand.brand_id, chain.stream))
    if held is None:
        return None
    if held == whole.holding:
        return StreamPlan(brand, chain, None, ())
    # A stream may have come to the same twice: the latest time is the shortest way.
    for at in reversed(range(len(chain.segments))):
        segment = chain.segments[at]
        if (segment.rows_before, segment.digest_before) == (held.rows, held.digest):
            return StreamPlan(brand, chain, None, tuple(chain.segments[at:]))
    return None


def _bytes(way: StreamPlan, size_of: _SizeOf) -> float:
    """What a way costs; without bound where one of its files is missing."""
    sizes = [size_of(way.path(head)) for head in way.heads]
    return sum(float("inf") if size is None else size for size in sizes)
