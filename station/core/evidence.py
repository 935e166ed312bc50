"""Evidence pictures: which verdicts have one kept, and which pictures make room for others.

A picture is evidence as long as its item is under review; after that it is kept for as long as the
site wants and has room for. Leaves to others: taking pictures, encoding, files.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from station.core.journal import JournalEntry
from station.core.reasons import Reason, VerdictClass


@dataclass(frozen=True, slots=True)
class Kept:
    """One picture that is kept.

    Attributes:
        scan_id: The verdict it is about.
        digest: SHA-256 of its bytes by its name, 64 hex digits.
        size_bytes: What room it takes.
        kept_s: When it was kept, seconds since 1970.
    """

    scan_id: str
    digest: str
    size_bytes: int
    kept_s: float


@dataclass(frozen=True, slots=True)
class Limits:
    """How long pictures are kept and how much room they take.

    Attributes:
        keep_s: Older ones go, except while their item is under review.
        max_bytes: The oldest go when there are more, those under review last.
    """

    keep_s: float
    max_bytes: int


@dataclass(frozen=True, slots=True)
class Clearance:
    """Which pictures go.

    Attributes:
        settled: Those whose items are not under review.
        under_review: Those that go for want of room although their items are under review.
    """

    settled: tuple[Kept, ...]
    under_review: tuple[Kept, ...]


def is_kept(entry: JournalEntry, *, shows_unread: bool) -> bool:
    """Whether the picture behind a verdict is evidence.

    Args:
        entry: The verdict.
        shows_unread: Whether the picture shows a label that could not be read.
    """
    verdict = entry.verdict
    return (
        shows_unread
        or verdict.verdict_class is VerdictClass.QUARANTINE
        or verdict.reason is Reason.READ_EMPTY
    )


def clearance(
    pictures: Sequence[Kept], limits: Limits, now_s: float, is_open: Callable[[str], bool]
) -> Clearance:
    """Choose which pictures go.

    Args:
        pictures: All that are kept.
        limits: The site's.
        now_s: Seconds since 1970.
        is_open: Whether the item of a scan id is under review. A picture of several items stays
            under all its names while one of them is.
    """
    sharers: dict[str, list[str]] = {}
    for one in pictures:
        sharers.setdefault(one.digest, []).append(one.scan_id)
    oldest_first = sorted(pictures, key=lambda one: (one.kept_s, one.scan_id))
    excess = sum(one.size_bytes for one in pictures) - limits.max_bytes
    settled: list[Kept] = []
    open_ones: list[Kept] = []
    for picture in oldest_first:
        if excess <= 0 and now_s - picture.kept_s <= limits.keep_s:
            break
        if any(map(is_open, sharers[picture.digest])):
            open_ones.append(picture)
        else:
            settled.append(picture)
            excess -= picture.size_bytes
    crowded_out: list[Kept] = []
    for picture in open_ones:
        if excess <= 0:
            break
        crowded_out.append(picture)
        excess -= picture.size_bytes
    return Clearance(tuple(settled), tuple(crowded_out))
