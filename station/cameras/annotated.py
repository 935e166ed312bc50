"""Pictures with what became of each label drawn on them: by shape and by colour.

Accepted: an even outline. Quarantined: an outline crossed out. Held or to be scanned again: a
double outline. Seen and not read: a dashed one. The shapes tell apart what colours alone would not.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from enum import Enum
from itertools import pairwise
from typing import TYPE_CHECKING, Final

import cv2
import numpy as np

from station.core.symbol import Corners

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from station.ports.frames import GreyPixels

    Outline = NDArray[np.int32]

JPEG_QUALITY: Final = 85
_DASHES_A_SIDE: Final = 5
_ROOM: Final = 1.15
"""An outline is drawn so much larger than its label, so that the label stays readable."""
_WIDER: Final = 1.12


class Mark(Enum):
    """How a label is outlined; the value is the colour, blue green red (the screen's palette)."""

    ACCEPTED = (0x5F, 0x5F, 0x00)
    QUARANTINED = (0x00, 0x00, 0xAF)
    WAITING = (0x00, 0xD7, 0xFF)
    UNREAD = (0x00, 0x8C, 0xFF)


@dataclass(frozen=True, slots=True)
class Outlined:
    """One label of a picture.

    Attributes:
        corners: Where it is.
        mark: What became of it.
    """

    corners: Corners
    mark: Mark


def annotated_jpeg(pixels: "GreyPixels", labels: Iterable[Outlined]) -> bytes:
    """Draw outlines on a picture.

    Args:
        pixels: 2-D uint8, grey.
        labels: What to outline.
    """
    drawn = cv2.cvtColor(pixels, cv2.COLOR_GRAY2BGR)
    thickness = max(2, round(max(pixels.shape) / 500))
    for label in labels:
        outline = _grown(label.corners, _ROOM)
        colour = label.mark.value
        match label.mark:
            case Mark.UNREAD:
                _dashed(drawn, outline, colour, thickness)
                continue
            case Mark.QUARANTINED:
                _line(drawn, outline[0], outline[2], colour, thickness)
                _line(drawn, outline[1], outline[3], colour, thickness)
            case Mark.WAITING:
                wider = _grown(label.corners, _ROOM * _WIDER)
                cv2.polylines(drawn, [wider], True, colour, thickness, cv2.LINE_AA)
            case Mark.ACCEPTED:
                pass
        cv2.polylines(drawn, [outline], True, colour, thickness, cv2.LINE_AA)
    _, encoded = cv2.imencode(".jpg", drawn, [cv2.IMWRITE_JPEG_QUALITY, JPEG_QUALITY])
    return encoded.tobytes()


def _grown(corners: Corners, by: float) -> "Outline":
    points = np.array(corners, np.float64)
    middle = points.mean(axis=0)
    grown: Outline = np.rint(middle + (points - middle) * by).astype(np.int32)
    return grown


def _dashed(
    drawn: cv2.typing.MatLike, outline: "Outline", colour: tuple[int, int, int], thickness: int
) -> None:
    ends = [*outline, outline[0]]
    for start, end in pairwise(ends):
        steps = np.linspace(start, end, 2 * _DASHES_A_SIDE)
        for dash in range(0, 2 * _DASHES_A_SIDE, 2):
            _line(drawn, steps[dash], steps[dash + 1], colour, thickness)


def _line(
    drawn: cv2.typing.MatLike,
    start: "NDArray[np.generic]",
    end: "NDArray[np.generic]",
    colour: tuple[int, int, int],
    thickness: int,
) -> None:
    points = [(round(float(x)), round(float(y))) for x, y in (start, end)]
    cv2.line(drawn, points[0], points[1], colour, thickness, cv2.LINE_AA)
