"""`station scan --annotate`: every picture again, with its labels outlined by what became of them.

Captures come from the sources' threads and verdicts from the committer's; pictures are drawn once,
after the scan, from their files. A picture that cannot be drawn is said so and the next follows:
the verdicts stand whatever happens here.
"""

import threading
from collections.abc import Callable
from pathlib import Path

from station.core.journal import JournalEntry
from station.core.reading import Capture
from station.core.reasons import VerdictClass
from station.core.symbol import Corners
from station.core.text import printable

_SUFFIX = ".verdicts.jpg"


class Annotations:
    """Remembers where each read of a picture was, and draws what became of it.

    Args:
        folder: Where pictures go; made when there is one to write.
        say: Told, in a line, what could not be written.
    """

    def __init__(self, folder: Path, say: Callable[[str], None]) -> None:
        self._folder = folder
        self._say = say
        self._lock = threading.Lock()
        self._captures: dict[str, list[Capture]] = {}
        self._classes: dict[str, VerdictClass] = {}

    def seen(self, capture: Capture) -> None:
        """Remember where the labels of a picture are."""
        with self._lock:
            self._captures.setdefault(capture.picture, []).append(capture)

    def told(self, entry: JournalEntry) -> None:
        """Remember what became of a read."""
        with self._lock:
            self._classes[entry.scan_id] = entry.verdict.verdict_class

    def write(self) -> int:
        """Draw every picture; says how many were written."""
        written = 0
        for picture, captures in self._captures.items():
            try:
                self._write(Path(picture), captures)
            except (OSError, ValueError) as error:
                reason = getattr(error, "strerror", None) or str(error)
                self._say(
                    f"cannot annotate {printable(picture, 300)} ({printable(reason, 200)}); check "
                    f"{printable(str(self._folder), 300)} and its free space"
                )
            else:
                written += 1
        return written

    def _write(self, picture: Path, captures: list[Capture]) -> None:
        from station.cameras.annotated import Mark, Outlined, annotated_jpeg
        from station.cameras.images import read_picture
        from station.ports.frames import FrameProblem

        def mark_of(scan_id: str) -> Mark:
            match self._classes[scan_id]:
                case VerdictClass.ACCEPT | VerdictClass.ACCEPT_NOTE:
                    return Mark.ACCEPTED
                case VerdictClass.QUARANTINE | VerdictClass.STOP:
                    return Mark.QUARANTINED
                case _:
                    return Mark.WAITING

        pixels = read_picture(picture)
        if isinstance(pixels, FrameProblem):
            raise ValueError(pixels.detail)  # noqa: TRY004 - the file's fault, not a type's
        # Beside a unit code a carton's other symbols are not judged, and not outlined.
        judged = [
            Outlined(read.symbol.corners, mark_of(read.scan_id))
            for capture in captures
            for read in capture.reads
            if read.symbol.corners is not None and read.scan_id in self._classes
        ]
        unread: list[Corners] = [outline for c in captures for outline in c.unread]
        jpeg = annotated_jpeg(pixels, [*judged, *(Outlined(c, Mark.UNREAD) for c in unread)])
        self._folder.mkdir(parents=True, exist_ok=True)
        _free_name(self._folder, picture.name).write_bytes(jpeg)


def _free_name(folder: Path, name: str) -> Path:
    """A name beside what is there; nothing is written over."""
    path, number = folder / f"{name}{_SUFFIX}", 1
    while path.exists():
        number += 1
        path = folder / f"{name}.{number}{_SUFFIX}"
    return path
