"""How a camera's picture is: frozen, covered, too dark, too bright or blurred, with what to do.

Looked at in samples of the stream, a few a second, on a reduced copy: about 0.3 ms each. Only what
lasts for several samples is told, once, and once more when it is over. Nothing is decided about
items here; a label that reads is read whatever the picture is like.
"""

from dataclasses import dataclass
from enum import Enum
from typing import TYPE_CHECKING, Final, cast

import cv2
import numpy as np

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from station.ports.frames import GreyPixels

SAMPLE_EVERY_NS: Final = 400_000_000
LASTING_SAMPLES: Final = 4
"""A passing hand or a flash is no fault."""
FROZEN_NS: Final = 30_000_000_000
"""No sensor sends the same picture twice, to the last grey level, for so long."""

_CELL_PX: Final = 8
_DARK_BELOW: Final = 45
_BRIGHT_FROM: Final = 250
_BRIGHT_SHARE: Final = 0.3
_COVERED_SPREAD: Final = 3.0
_CENTER_PX: Final = 480
_EDGE_WINDOW_PX: Final = 15
_LEAST_RANGE: Final = 60
"""Grey levels between the lightest and darkest of a picture, below which focus cannot be told."""
_BLURRED_BELOW: Final = 0.13
"""Share of an edge's height that lies between two neighbouring pixels; a blur with a standard
deviation of 3 pixels gives 0.13, a sharp picture 0.3 and more."""


class Condition(Enum):
    """What is wrong with a picture; the value says what to do."""

    FROZEN = "sends the same picture again and again; switch it off and on, check its network"
    COVERED = "sees nothing but one grey; take away what covers the lens, and switch the light on"
    DARK = "is under-exposed; add light, or set a longer exposure or a wider aperture"
    BRIGHT = "is over-exposed; set a shorter exposure, or turn the lamp away from the camera"
    BLURRED = "is out of focus; set the focus to the labels' distance, and wipe the lens"


@dataclass(slots=True)
class _Lasting:
    condition: Condition | None
    samples: int


class ConditionWatch:
    """Watches one stream's pictures; called by one thread."""

    def __init__(self) -> None:
        self._sampled_ns: int | None = None
        self._changed_ns = 0
        self._last: bytes = b""
        self._seen = _Lasting(None, 0)
        self._told: Condition | None = None

    def see(self, pixels: "GreyPixels", mono_ns: int) -> "Told | None":
        """Take the next picture; says what to tell, if there is news.

        Args:
            pixels: 2-D uint8, grey.
            mono_ns: When it was taken.
        """
        if self._sampled_ns is not None and mono_ns - self._sampled_ns < SAMPLE_EVERY_NS:
            return None
        self._sampled_ns = mono_ns
        found = self._condition(pixels, mono_ns)
        if found is self._seen.condition:
            self._seen.samples += 1
        else:
            self._seen = _Lasting(found, 1)
        lasts = self._seen.samples >= LASTING_SAMPLES or found is Condition.FROZEN
        if not lasts or found is self._told:
            return None
        self._told = found
        return Told(found)

    def _condition(self, pixels: "GreyPixels", mono_ns: int) -> Condition | None:
        half = _CELL_PX // 2
        cells = np.ascontiguousarray(pixels[half::_CELL_PX, half::_CELL_PX])
        content = cells.tobytes()
        if content != self._last:
            self._last, self._changed_ns = content, mono_ns
        elif mono_ns - self._changed_ns >= FROZEN_NS:
            return Condition.FROZEN
        if not cells.size:
            return None
        light = float(np.percentile(cells, 99))
        if float(cells.std()) < _COVERED_SPREAD:
            return Condition.COVERED
        if light < _DARK_BELOW:
            return Condition.DARK
        if float((cells >= _BRIGHT_FROM).mean()) > _BRIGHT_SHARE:
            return Condition.BRIGHT
        return Condition.BLURRED if _is_blurred(pixels) else None


@dataclass(frozen=True, slots=True)
class Told:
    """News of a stream's pictures.

    Attributes:
        condition: What is wrong, or None when all is well again.
    """

    condition: Condition | None


def _is_blurred(pixels: "GreyPixels") -> bool:
    """Whether even the steepest edges of the middle of the picture are wide."""
    height, width = pixels.shape
    top, left = max(0, (height - _CENTER_PX) // 2), max(0, (width - _CENTER_PX) // 2)
    middle = cv2.medianBlur(
        np.ascontiguousarray(pixels[top : top + _CENTER_PX, left : left + _CENTER_PX]), 3
    )
    if min(middle.shape) < _EDGE_WINDOW_PX:
        return False
    window = np.ones((_EDGE_WINDOW_PX, _EDGE_WINDOW_PX), np.uint8)
    heights = cv2.subtract(cv2.dilate(middle, window), cv2.erode(middle, window))
    highest = float(np.percentile(heights, 99))
    if highest < _LEAST_RANGE:
        return False
    across = cv2.absdiff(middle[1:, 1:], middle[1:, :-1])
    down = cv2.absdiff(middle[1:, 1:], middle[:-1, 1:])
    steps = cast("NDArray[np.uint8]", cv2.max(across, down))
    high = heights[1:, 1:] >= 0.6 * highest
    steep = float(np.percentile(steps[high], 95))
    return steep < _BLURRED_BELOW * highest
