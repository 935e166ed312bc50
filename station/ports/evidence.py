"""Evidence pictures: what keeps them, and what hands frames over until their verdict is known."""

from collections.abc import Callable, Sequence
from enum import Enum
from typing import TYPE_CHECKING, Protocol

from station.core.evidence import Kept
from station.core.reading import Capture

if TYPE_CHECKING:
    from station.ports.frames import GreyPixels

FrameSink = Callable[[Capture, "GreyPixels"], None]
"""Told of every capture with the frame it came from, before the loop is; returns at once; any
thread. The pixels are 2-D uint8, grey, and nobody changes them."""

PictureEncoder = Callable[["GreyPixels"], bytes]
"""A picture as a JPEG file; raises `ValueError` where it has no such form."""


class PictureState(Enum):
    """Whether a kept picture is what the journal says."""

    SOUND = "sound"
    CHANGED = "changed"
    """Its bytes have another digest."""
    GONE = "gone"
    """It is not there: removed by age, for want of room, or by hand."""


class PictureStore(Protocol):
    """Keeps pictures. One thread at a time; every method may raise `StorageError`."""

    def keep(self, scan_id: str, jpeg: bytes) -> str:
        """Keep a picture; when this returns it survives a power cut.

        Args:
            scan_id: The verdict it is about, 1 to 40 ASCII letters and digits.
            jpeg: The file.

        Returns:
            SHA-256 of the file, 64 hex digits.

        Raises:
            ValueError: Not such a scan id.
        """
        ...

    def kept(self) -> Sequence[Kept]:
        """Every picture that is kept, in no order."""
        ...

    def remove(self, picture: Kept) -> None:
        """Remove a picture; one that is gone already is as good."""
        ...

    def tidy(self) -> None:
        """Remove what a writer that was killed has left unfinished."""
        ...

    def state(self, scan_id: str, digest: str) -> PictureState:
        """Whether the picture of a verdict is still the one with this digest."""
        ...
