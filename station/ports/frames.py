"""Pictures on their way to a decoder."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING, Protocol

if TYPE_CHECKING:
    from numpy import uint8
    from numpy.typing import NDArray

    GreyPixels = NDArray[uint8]


@dataclass(frozen=True, slots=True)
class Frame:
    """One picture.

    Attributes:
        pixels: 2-D uint8, rows × columns, grey; not to be changed.
        captured_mono_ns: Monotonic clock when the frame was complete.
        name: File name or stream position, for people.
        still: True for a picture that is a presentation of its own; False for one of a stream.
        media_ns: Position in the recording for a video file, which is read faster than it was
            filmed; None for a live camera, where capture time is the time that passed.
        number: How many frames the stream had so far, this one and those dropped included; 0 for a
            still picture.
    """

    pixels: "GreyPixels"
    captured_mono_ns: int
    name: str
    still: bool
    media_ns: int | None = None
    number: int = 0


class FrameSource(Protocol):
    """A camera, a video file or a folder of pictures."""

    def frames(self) -> "Iterator[Frame | FrameProblem]":
        """Frames in order until the source ends or `close` is called.

        A stream drops old frames rather than lag: the consumer gets the newest. One unreadable
        picture is a `FrameProblem`; the iteration goes on after it.

        Raises:
            DeviceError: While iterating: the device is missing and will not be tried again. A
                passing fault is mended inside and reported through health.
        """
        ...

    def close(self) -> None:
        """End the iteration soon; from any thread; idempotent."""
        ...


@dataclass(frozen=True, slots=True)
class FrameProblem:
    """A picture that could not be read.

    Attributes:
        name: File name or stream position.
        detail: What is wrong and what to do, for people.
    """

    name: str
    detail: str
