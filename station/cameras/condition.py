"""How a camera's picture is: frozen, covered, too dark, too bright or blurred, with what to do.

Looked at in samples of the stream, a few a second, on a reduced copy: about 0.3 ms each. Only what
lasts for several samples is told, once, and once more when it is over. Nothing is decided about
items here; a label that reads is read whatever the picture is like.
"""

from dataclasses import dataclass
from enum import Enum
from typing import TYPE_CHECKING, Final

from station.cameras.measures import cells_of, edges_of, light_of

if TYPE_CHECKING:
    from station.ports.frames import GreyPixels

SAMPLE_EVERY_NS: Final = 400_000_000
LASTING_SAMPLES: Final = 4
"""A passing hand or a flash is no fault."""
FROZEN_NS: Final = 30_000_000_000
"""No sensor sends the same picture twice, to the last grey level, for so long."""

_DARK_BELOW: Final = 45
_BRIGHT_SHARE: Final = 0.3
_COVERED_SPREAD: Final = 3.0
_CENTER_PX: Final = 480
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
        content = cells_of(pixels).tobytes()
        if content != self._last:
            self._last, self._changed_ns = content, mono_ns
        elif mono_ns - self._changed_ns >= FROZEN_NS:
            return Condition.FROZEN
        return condition_of(pixels)


@dataclass(frozen=True, slots=True)
class Told:
    """News of a stream's pictures.

    Attributes:
        condition: What is wrong, or None when all is well again.
    """

    condition: Condition | None


def condition_of(pixels: "GreyPixels") -> Condition | None:
    """What is wrong with a single picture, if anything; it cannot tell a frozen one.

    Args:
        pixels: 2-D uint8, grey.
    """
    cells = cells_of(pixels)
    if not cells.size:
        return None
    light = light_of(cells)
    # First, since a picture of nothing but white is over-exposed and not covered.
    if light.bright_share > _BRIGHT_SHARE:
        return Condition.BRIGHT
    if light.spread < _COVERED_SPREAD:
        return Condition.COVERED
    if light.lightest < _DARK_BELOW:
        return Condition.DARK
    edges = edges_of(_middle(pixels))
    return Condition.BLURRED if edges is not None and edges.steepest < _BLURRED_BELOW else None


def _middle(pixels: "GreyPixels") -> "GreyPixels":
    height, width = pixels.shape
    top, left = max(0, (height - _CENTER_PX) // 2), max(0, (width - _CENTER_PX) // 2)
    return pixels[top : top + _CENTER_PX, left : left + _CENTER_PX]
