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
    """

    pixels: "GreyPixels"
    captured_mono_ns: int
    name: str
    still: bool


class FrameSource(Protocol):
    """A camera, a video file or a folder of pictures.

    `frames` yields until the source ends (files) or `close` is called (from any thread).
    A stream drops old frames rather than lag: the consumer gets the newest.

    `frames` may raise:
        DeviceError: The device is missing or gave nothing within its time limit and will not be
            tried again. A passing fault is mended inside and reported through health.
