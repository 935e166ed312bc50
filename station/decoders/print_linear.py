"""Estimates how well a linear code is printed, from ten lines across its bars.

After ISO/IEC 15416: the symbol contrast, the modulation (the weakest edge between a bar and a
space, as a share of the contrast) and the quiet zones; means of ten lines, of which one that does
not show the same bars as most counts as without modulation, as an edge that cannot be told is an F
there. Decodability and defects are left out: they take the widths the bars should have, and a
finer picture than most labels get. About a millisecond a symbol.
"""

from collections import Counter
from dataclasses import dataclass
from math import ceil, hypot
from typing import TYPE_CHECKING, Final, cast

import numpy as np

from station.core.print_quality import PrintQuality, Standard
from station.core.symbol import Corners, Symbol, SymbolFormat
from station.decoders.geometry import sample
from station.decoders.reflectance import reflectance

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from station.ports.frames import GreyPixels

    Floats = NDArray[np.float32]

_QUIET_MODULES: Final = {
    SymbolFormat.EAN_13: (11, 7),
    SymbolFormat.UPC_A: (9, 9),
    SymbolFormat.UPC_E: (9, 7),
    SymbolFormat.EAN_8: (7, 7),
    SymbolFormat.CODE_128: (10, 10),
    SymbolFormat.ITF: (10, 10),
}
"""Before the first and after the last bar. Source: GS1 General Specifications, 5.2 to 5.4."""

_LINES: Final = 10
_FROM: Final = 0.15
_TO: Final = 0.85
"""Lines lie between these shares of the height. Source: ISO/IEC 15416, inspection band."""
_BESIDE: Final = 0.25
"""Looked at on each side, as a share of the code's width: the widest quiet zone and more."""
_SAMPLES_A_PX: Final = 2
_MOST_SAMPLES: Final = 3000
"""A line; OpenCV takes 32,766 points at once."""
_ENDS: Final = 0.02
"""How far outside its corners a code's first or last bar may lie, as a share of its width."""
_RETAIL: Final = {
    SymbolFormat.EAN_13: (59, 95),
    SymbolFormat.UPC_A: (59, 95),
    SymbolFormat.UPC_E: (33, 51),
    SymbolFormat.EAN_8: (43, 67),
}
"""Bars and spaces, and modules. Source: ISO/IEC 15420."""
_CODE_128_STOP: Final = (7, 13)
_CODE_128_CHARACTER: Final = (6, 11)
"""The same for Code 128's parts. Source: ISO/IEC 15417."""
_ITF_ENDS: Final = (7, 8.5)
_ITF_DIGIT: Final = (5, 8.0)
"""The same for ITF's, wide bars being 2.5 modules. Source: ISO/IEC 16390."""
_LEAST_BARS: Final = 4


@dataclass(frozen=True, slots=True)
class _Line:
    """One line across the bars; lengths as shares of the code's width.

    Attributes:
        elements: Bars and spaces from the first bar to the last.
        contrast: Of the light.
        modulation: The weakest edge as a share of the contrast.
        quiet: Light before the first and after the last bar.
    """

    elements: int
    contrast: float
    modulation: float
    quiet: tuple[float, float]


def linear_quality(pixels: "GreyPixels", symbol: Symbol) -> PrintQuality | None:
    """Estimate how a linear code is printed.

    Args:
        pixels: 2-D uint8, grey; the picture the symbol was read from.
        symbol: A linear code with corners.

    Returns:
        None where no line shows bars.
    """
    needed, corners = _QUIET_MODULES.get(symbol.format), symbol.corners
    if needed is None or corners is None:
        return None
    width_px = (_length(corners[0], corners[1]) + _length(corners[3], corners[2])) / 2
    along, profiles, is_seen = _profiles(pixels, corners, width_px)
    lines = [line for profile in profiles if (line := _line(along, profile)) is not None]
    if not lines:
        return None
    elements, modules = _drawn(symbol, lines)
    whole = [line for line in lines if line.elements == elements]
    quiet = [
        min(1.0, float(np.median([line.quiet[side] for line in lines])) * modules / needed[side])
        for side in range(2)
        if is_seen[side]
    ]
    return PrintQuality(
        standard=Standard.LINEAR,
        module_px=round(width_px / modules, 2),
        contrast=round(float(np.mean([line.contrast for line in lines])), 3),
        modulation=round(sum(line.modulation for line in whole) / _LINES, 3),
        quiet_zone=round(min(quiet), 3) if quiet else None,
    )


def _drawn(symbol: Symbol, lines: list[_Line]) -> tuple[int, float]:
    """How many bars and spaces the code has, and how many modules; of Code 128, as most lines say.

    Its characters do not tell how they were encoded.
    """
    if symbol.format in _RETAIL:
        return _RETAIL[symbol.format]
    if symbol.format is SymbolFormat.ITF:
        digits = len(symbol.payload)
        return _ITF_ENDS[0] + _ITF_DIGIT[0] * digits, _ITF_ENDS[1] + _ITF_DIGIT[1] * digits
    each, width = _CODE_128_CHARACTER
    counts = Counter(ceil((line.elements - _CODE_128_STOP[0]) / each) for line in lines)
    characters = max(1, counts.most_common(1)[0][0])
    return _CODE_128_STOP[0] + each * characters, _CODE_128_STOP[1] + width * characters


def _length(start: tuple[float, float], end: tuple[float, float]) -> float:
    return hypot(end[0] - start[0], end[1] - start[1])


def _profiles(
    pixels: "GreyPixels", corners: Corners, width_px: float
) -> "tuple[Floats, Floats, tuple[bool, bool]]":
    """Places along the code (0 its left, 1 its right side), lines × places, and which ends show."""
    count = min(_MOST_SAMPLES, max(2, ceil(width_px * (1 + 2 * _BESIDE) * _SAMPLES_A_PX)))
    along = np.linspace(-_BESIDE, 1 + _BESIDE, count, dtype=np.float32)
    down = np.linspace(_FROM, _TO, _LINES, dtype=np.float32)[:, None, None]
    outline = np.array(corners, np.float32)
    left = outline[0] + (outline[3] - outline[0]) * down
    right = outline[1] + (outline[2] - outline[1]) * down
    places = left + (right - left) * along[None, :, None]
    low = np.maximum(0, np.floor(places.min(axis=(0, 1)))).astype(int)
    high = np.ceil(places.max(axis=(0, 1))).astype(int) + 1
    part = reflectance(pixels[low[1] : max(high[1], low[1]), low[0] : max(high[0], low[0])])
    if min(part.shape) == 0:
        return along, np.zeros((0, count), np.float32), (False, False)
    x, y = places[..., 0], places[..., 1]
    height, width = pixels.shape
    inside = ((x >= 0) & (y >= 0) & (x <= width - 1) & (y <= height - 1)).all(axis=0)
    half = count // 2
    seen = sample(part, (x - low[0]).ravel(), (y - low[1]).ravel()).reshape(_LINES, count)
    return along, cast("Floats", seen), (bool(inside[:half].all()), bool(inside[half:].all()))


def _line(along: "Floats", profile: "Floats") -> _Line | None:
    """What one line shows, or None where it shows no bars."""
    middle = (along >= 0) & (along <= 1)
    lightest, darkest = float(profile[middle].max()), float(profile[middle].min())
    if not lightest > darkest:
        return None
    threshold = (lightest + darkest) / 2
    dark = profile < threshold
    # Left ends of bars and spaces; the first is where the line begins.
    changes = np.flatnonzero(dark[1:] != dark[:-1])
    before, after = profile[changes], profile[changes + 1]
    share = (threshold - before) / (after - before)
    edges = along[changes] + share * (along[1] - along[0])
    starts = np.concatenate([[0], changes + 1])
    lows, highs = np.minimum.reduceat(profile, starts), np.maximum.reduceat(profile, starts)
    is_bar = dark[starts]
    left = np.concatenate([[along[0]], edges])
    right = np.concatenate([edges, [along[-1]]])
    center = (left + right) / 2
    bars = np.flatnonzero(is_bar & (center > -_ENDS) & (center < 1 + _ENDS))
    if len(bars) < _LEAST_BARS:
        return None
    first, last = int(bars[0]), int(bars[-1])
    extremes = np.where(is_bar, lows, highs)[max(0, first - 1) : last + 2]
    weakest = float(np.abs(np.diff(extremes)).min())
    return _Line(
        elements=last - first + 1,
        contrast=1 - darkest / lightest,
        modulation=min(1.0, weakest / (lightest - darkest)),
        quiet=(
            float(right[first - 1] - left[first - 1]) if first else 0.0,
            float(right[last + 1] - left[last + 1]) if last + 1 < len(left) else 0.0,
        ),
    )
