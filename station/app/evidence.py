"""Evidence pictures of a site: what they are kept with, and where one stands."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

from station import __version__
from station.app.config import PicturesSection, Settings
from station.app.site_paths import SitePaths
from station.core.acts import ActEntry, ActKind
from station.core.evidence import Limits
from station.intake.evidence import Bureau
from station.ports.clock import Clock, ScanIds
from station.ports.evidence import PictureState
from station.ports.station_store import ReviewList
from station.storage.journal_reader import JournalReader
from station.storage.pictures import PictureFolder

if TYPE_CHECKING:
    from station.ports.frames import GreyPixels

LINES_LOOKED_AT: Final = 10_000
"""A picture's line follows its verdict's within moments; so many later there is none to come."""

_DAY_S: Final = 24 * 3600
_WORDS: Final = {
    PictureState.SOUND: "as it was kept",
    PictureState.CHANGED: "CHANGED since it was kept: it proves nothing",
    PictureState.GONE: "not there any more",
}


def limits_of(section: PicturesSection) -> Limits:
    """The limits that ``[pictures]`` sets."""
    return Limits(section.keep_days * _DAY_S, section.max_mb * 1_000_000)


def make_bureau(
    paths: SitePaths,
    settings: Settings,
    reviews: ReviewList,
    clock: Clock,
    scan_ids: ScanIds,
    clock_is_wrong: Callable[[], bool],
) -> Bureau:
    """What a site's pictures are kept with.

    Args:
        paths: The site's layout.
        settings: Its configuration.
        reviews: The review list, for the keeper's thread alone.
        clock: For the journal and for ages.
        scan_ids: Names the journal's lines.
        clock_is_wrong: Whether the wall clock cannot be believed.
    """

    def is_open(scan_id: str) -> bool:
        item = reviews.item(scan_id)
        return item is not None and not item.ended_by

    return Bureau(
        station=settings.station,
        version=__version__,
        pictures=PictureFolder(paths.pictures),
        encode=_encode,
        is_open=is_open,
        limits=limits_of(settings.pictures),
        clock=clock,
        scan_ids=scan_ids,
        clock_is_wrong=clock_is_wrong,
    )


def _encode(pixels: "GreyPixels") -> bytes:
    """Loads OpenCV with the first picture: a station without cameras has none."""
    from station.cameras.evidence import evidence_jpeg

    return evidence_jpeg(pixels)


@dataclass(frozen=True, slots=True)
class Exhibit:
    """A picture that the journal names.

    Attributes:
        file: Its path within the site folder.
        digest: SHA-256 by the journal, 64 hex digits.
        state: Whether the file still has it.
        line: The journal line that names it.
    """

    file: str
    digest: str
    state: PictureState
    line: str

    def record(self) -> dict[str, Any]:
        """As JSON."""
        return {"file": self.file, "sha256": self.digest, "state": self.state.value}

    def words(self) -> str:
        """In one line."""
        return f"picture {self.file}: {_WORDS[self.state]}"


def find_exhibit(paths: SitePaths, scan_id: str) -> Exhibit | None:
    """The picture that the journal names for a verdict, or None.

    Raises:
        StorageError: The journal or the picture cannot be read.
    """
    with JournalReader(paths.station_db) as journal:
        verdict = journal.find_stored(scan_id)
        if verdict is None:
            return None
        seq = verdict.seq
        lines = journal.acts_after(seq, ActKind.PICTURE_KEPT, before=seq + LINES_LOOKED_AT)
        line = next((a for a in lines if isinstance(a, ActEntry) and a.about == scan_id), None)
    if line is None:
        return None
    folder = PictureFolder(paths.pictures)
    file = folder.path_of(scan_id, line.reference).relative_to(paths.root)
    return Exhibit(str(file), line.reference, folder.state(scan_id, line.reference), line.scan_id)
