"""Reads a linear code from a patch by averaging along its bars.

Bars say the same all along their height, so averaging rows of an upright cut takes the noise away
and keeps the edges; then light is evened out and edges are sharpened, and the strips go to
zxing-cpp and zbar. A blurred or scratched linear code is easily misread into another valid one: a
text counts here only when two engines agree on it, or one engine on several preparations; the first
is evidence, the second is not (`station.core.symbol.is_evidence`). Threads may share one.
"""

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, replace
from itertools import pairwise
from typing import TYPE_CHECKING, Final, cast

import cv2
import numpy as np

from station.core.symbol import Corners, Symbol
from station.decoders.bars import Band
from station.ports.decoding import Decoder

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from station.ports.frames import GreyPixels

    Floats = NDArray[np.float32]

STEP: Final = "strips"
_SCALE: Final = 3.0
_MOST_WIDTH_PX: Final = 2400
_REACH: Final = 0.12
"""How far beyond the bars a cut goes, against their length: the quiet zones."""
_REACH_PX: Final = 6.0
_SLANTS: Final = tuple(float(slant) for slant in np.linspace(-0.06, 0.06, 13))
"""Slants of the bars that are tried, pixels along per pixel across."""
_SMALLER: Final = 2
_SMALL_ROWS: Final = 16
"""The copy on which slants are compared."""
_PREPARATIONS: Final = ((5, 1.0), (5, 0.0), (2, 1.0), (2, 2.5), (5, 2.5), (2, 0.0))
"""Strips the height is averaged into, and sharpening; those that read most come first."""
_SHARPEN_SIGMA_PX: Final = 4.0
_EVEN_PX: Final = 91
_LEAST_CONTRAST: Final = 0.25
_ROW_REPEATS: Final = 4
_ENOUGH_ALONE: Final = 3
"""Preparations on which one engine must agree with itself."""


@dataclass(slots=True)
class _Votes:
    """What the engines said of one text.

    Attributes:
        symbol: The first read.
        by_engine: Reads of each engine.
    """

    symbol: Symbol
    by_engine: Counter[str]


class StripReader:
    """Reads linear codes of patches with several engines.

    Args:
        engines: Decoders that read linear codes; independent of each other.
    """

    def __init__(self, engines: tuple[Decoder, ...]) -> None:
        self._engines = engines

    def read(self, pixels: "GreyPixels", band: Band) -> Symbol | None:
        """The linear code of a patch; `Symbol.witnesses` tells how many engines agree.

        Args:
            pixels: The picture.
            band: Where.
        """
        length = max(1.0, band.right - band.left)
        scale = min(_SCALE, _MOST_WIDTH_PX / length)
        reach = _REACH * length + _REACH_PX
        cut = _straightened(band.upright(pixels, scale, reach), scale)
        votes: dict[bytes, _Votes] = {}
        for number, strips in enumerate(_prepared(cut)):
            for engine in self._engines:
                for symbol in engine.decode(strips):
                    own = votes.setdefault(symbol.payload, _Votes(symbol, Counter()))
                    own.by_engine[engine.name] += 1
            agreed = [own for own in votes.values() if len(own.by_engine) > 1]
            if len(agreed) == 1:
                return _placed(agreed[0], band, scale, reach)
            if not votes and number >= 2:
                return None
        alone = [own for own in votes.values() if max(own.by_engine.values()) >= _ENOUGH_ALONE]
        return _placed(alone[0], band, scale, reach) if len(votes) == len(alone) == 1 else None


def _placed(votes: _Votes, band: Band, scale: float, reach: float) -> Symbol:
    """The symbol where it lies in the picture, in its own orientation."""
    symbol = votes.symbol
    corners = symbol.corners
    xs = [x for x, _ in corners] if corners else [reach * scale, reach * scale + 1]
    left, right = min(xs) / scale - reach, max(xs) / scale - reach
    height = band.bottom - band.top
    outline = [(left, 0.0), (right, 0.0), (right, height), (left, height)]
    if corners is not None and corners[0][0] > corners[1][0]:
        outline = outline[2:] + outline[:2]
    placed = tuple(band.in_picture(x, y) for x, y in outline)
    return replace(
        symbol,
        corners=cast("Corners", placed),
        step=STEP,
        witnesses=len(votes.by_engine),
    )


def _straightened(cut: "Floats", scale: float) -> "Floats":
    """The cut sheared so that its bars stand as upright as can be; judged on a small copy."""
    height, width = cut.shape
    small_size = (max(1, width // _SMALLER), min(height, _SMALL_ROWS))
    small = cast("Floats", cv2.resize(cut, small_size, interpolation=cv2.INTER_AREA))
    # Along per across, in pixels of the copy.
    stretch = scale / _SMALLER * height / small.shape[0]
    contrasts = [
        float(cv2.reduce(_sheared(small, slant * stretch), 0, cv2.REDUCE_AVG).var())
        for slant in _SLANTS
    ]
    return _sheared(cut, _SLANTS[int(np.argmax(contrasts))] * scale)


def _sheared(cut: "Floats", slant: float) -> "Floats":
    height, width = cut.shape
    turn = np.array([[1, slant, -slant * height / 2], [0, 1, 0]], np.float64)
    return cast(
        "Floats",
        cv2.warpAffine(
            cut,
            turn,
            (width, height),
            flags=cv2.INTER_LINEAR | cv2.WARP_INVERSE_MAP,
            borderMode=cv2.BORDER_REPLICATE,
        ),
    )


def _prepared(cut: "Floats") -> "Iterator[GreyPixels]":
    """Pictures of averaged strips, one above the other."""
    height = cut.shape[0]
    for count, sharpening in _PREPARATIONS:
        edges = np.linspace(0, height, count + 1).astype(int)
        rows = [cut[top : max(top + 1, end)].mean(axis=0) for top, end in pairwise(edges)]
        strips = np.stack(rows)
        if sharpening:
            soft = cv2.GaussianBlur(strips, (0, 0), sigmaX=_SHARPEN_SIGMA_PX, sigmaY=0.01)
            strips = strips + np.float32(sharpening) * (strips - soft)
        yield np.repeat(_evened(cast("Floats", strips)), _ROW_REPEATS, axis=0)


def _evened(strips: "Floats") -> "GreyPixels":
    """Each strip's light and dark stretched to the full range, place by place."""
    window = (_EVEN_PX, 1)
    kernel = np.ones((1, _EVEN_PX), np.uint8)
    dark = cv2.blur(cv2.erode(strips, kernel), window)
    light = cv2.blur(cv2.dilate(strips, kernel), window)
    contrast = light - dark
    least = _LEAST_CONTRAST * float(contrast.max()) + 1e-3
    stretched = (strips - dark) / np.maximum(contrast, least)
    return cast("GreyPixels", np.clip(stretched * 220 + 18, 0, 255).astype(np.uint8))
