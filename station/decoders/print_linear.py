"""Estimates how well a linear code is printed, from ten lines across its bars.

After ISO/IEC 15416: the symbol contrast, the modulation (the weakest edge between a bar and a
space, as a share of the contrast) and the quiet zones; means of ten lines, of which one that does
not show the same bars as most counts as without modulation, as an edge that cannot be told is an F
there. Decodability and defects are left out: they take the widths the bars should have, and a
finer picture than most labels get. About a millisecond a symbol.
"""

from collections import Counter
from dataclasses import dataclass
from math import atan2, ceil, cos, sin
from typing import TYPE_CHECKING, Final

import cv2
import numpy as np

from station.core.print_quality import PrintQuality, Standard
from station.core.symbol import Corners, Symbol, SymbolFormat
from station.decoders.reflectance import reflectance, sample_grey

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from station.ports.frames import GreyPixels

    Floats = NDArray[np.float32]
    Flags = NDArray[np.bool_]
    Lengths = NDArray[np.float64]

_QUIET_MODULES: Final = {
    SymbolFormat.EAN_13: (11, 7),
    SymbolFormat.UPC_A: (9, 9),
    SymbolFormat.UPC_E: (9, 7),
    SymbolFormat.EAN_8: (7, 7),
    SymbolFormat.CODE_128: (10, 10),
    SymbolFormat.ITF: (10, 10),
}
"""Before the first and after the last bar. Source: GS1 General Specifications, 5.2 to 5.4."""

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

_LINES: Final = 10
_INSET: Final = 0.15
"""Lines keep so far from the bars' ends, as a share of their height. Source: ISO/IEC 15416,
inspection band."""
_BESIDE: Final = 0.3
"""Looked at on each side, as a share of the code's width: the widest quiet zone and more."""
_SAMPLES_A_PX: Final = 2
_MOST_SAMPLES: Final = 3000
"""A line; OpenCV takes 32,766 points at once."""
_MOST_SIDE_PX: Final = 1600
"""Of a larger code pixels are left out."""
_AROUND_PX: Final = 12
"""Looked at around the corners for the bars: some readers tell one line of them."""
_ROWS_A_LOOK: Final = 3
"""For the direction of the bars every so-manyth row is looked at."""
_LEAST_PX: Final = 30
"""A shorter code has bars of less than a pixel."""
_MOST_OFF: Final = 0.2
"""By how much the bars found may be longer or shorter than a reader's corners."""
_BLUR: Final = 0.05
"""Share of a quiet zone that a blurred edge may take."""
_GAP_TIMES: Final = 3.2
"""Light so many mean elements wide ends a code: about 5.5 modules, spaces having four at most."""
_AROUND: Final = 15
"""Elements on each side of the middle that tell how wide they are."""
_LEAST_BARS: Final = 4


@dataclass(frozen=True, slots=True)
class _Line:
    """One line across the bars; lengths in samples.

    Attributes:
        elements: Bars and spaces from the first bar to the last.
        start: Where the first bar begins.
        length: From there to the end of the last.
        contrast: Of the light.
        modulation: The weakest edge as a share of the contrast.
        quiet: Light before the first and after the last bar.
    """

    elements: int
    start: float
    length: float
    contrast: float
    modulation: float
    quiet: tuple[float, float]


@dataclass(frozen=True, slots=True)
class _Profiles:
    """What lines across the bars reflect.

    Attributes:
        values: Lines × samples, in the direction of reading.
        sample_px: Pixels of the picture from one sample to the next.
        shown: The first and the last sample that lie in the picture.
    """

    values: "Floats"
    sample_px: float
    shown: tuple[int, int]


def linear_quality(pixels: "GreyPixels", symbol: Symbol) -> PrintQuality | None:
    """Estimate how a linear code is printed.

    Args:
        pixels: 2-D uint8, grey; the picture the symbol was read from.
        symbol: A linear code with corners.

    Returns:
        None where bars are not found as the reader did, or are shorter than 30 pixels in a row.
    """
    needed, corners = _QUIET_MODULES.get(symbol.format), symbol.corners
    if needed is None or corners is None:
        return None
    profiles = _profiles(pixels, corners)
    if profiles is None:
        return None
    lines = [line for values in profiles.values if (line := _line(values)) is not None]
    if not lines:
        return None
    elements, modules = _drawn(symbol, lines)
    start = float(np.median([line.start for line in lines]))
    length = float(np.median([line.length for line in lines]))
    if abs(length * (1 + 2 * _BESIDE) / profiles.values.shape[1] - 1) > _MOST_OFF:
        return None
    module = length / modules
    first, last = profiles.shown
    room = (start - first, last - start - length)
    quiet = [
        _share(float(np.median([line.quiet[side] for line in lines])), room[side], need * module)
        for side, need in enumerate(needed)
    ]
    clear = [share for share in quiet if share is not None]
    whole = [line.modulation for line in lines if line.elements == elements]
    return PrintQuality(
        standard=Standard.LINEAR,
        module_px=round(module * profiles.sample_px, 2),
        contrast=round(float(np.mean([line.contrast for line in lines])), 3),
        modulation=round(sum(whole) / _LINES, 3),
        quiet_zone=round(min(clear), 3) if clear else None,
    )


def _drawn(symbol: Symbol, lines: list[_Line]) -> tuple[int, float]:
    """How many bars and spaces the code has, and how many modules; of Code 128, as most lines say.

    How its characters were encoded is not told: at the best two digits in one, start and check.
    """
    if symbol.format in _RETAIL:
        return _RETAIL[symbol.format]
    if symbol.format is SymbolFormat.ITF:
        digits = len(symbol.payload)
        return _ITF_ENDS[0] + _ITF_DIGIT[0] * digits, _ITF_ENDS[1] + _ITF_DIGIT[1] * digits
    each, width = _CODE_128_CHARACTER
    counts = Counter(ceil((line.elements - _CODE_128_STOP[0]) / each) for line in lines)
    characters = max(counts.most_common(1)[0][0], len(symbol.payload) // 2 + 2)
    return _CODE_128_STOP[0] + each * characters, _CODE_128_STOP[1] + width * characters


def _share(light: float, room: float, needed: float) -> float | None:
    """How much of a quiet zone is there; None where the picture ends before that shows."""
    if light >= room - 1 and room < needed:
        return None
    return min(1.0, (light + needed * _BLUR) / needed)


def _profiles(pixels: "GreyPixels", corners: Corners) -> _Profiles | None:
    """Lines across the bars; a reader's corners only tell about where those are."""
    outline = np.array(corners, np.float64)
    reads_on = (outline[1] + outline[2] - outline[0] - outline[3]) / 2
    down = (outline[2] + outline[3] - outline[0] - outline[1]) / 2
    length = float(np.hypot(*reads_on))
    across_bars = _across_bars(pixels, outline)
    if length < _LEAST_PX or across_bars is None:
        return None
    if reads_on @ across_bars < 0:
        across_bars = -across_bars
    along_bars = np.array([-across_bars[1], across_bars[0]])
    # Askew to the corners the ends of a line come nearer to the ends of the bars.
    askew = abs(float(reads_on @ along_bars)) / 2
    reach = max(0.0, abs(float(down @ along_bars)) * (0.5 - _INSET) - askew)
    count = min(_MOST_SAMPLES, ceil(length * (1 + 2 * _BESIDE) * _SAMPLES_A_PX))
    along = np.linspace(-(0.5 + _BESIDE) * length, (0.5 + _BESIDE) * length, count)
    offset = np.linspace(-reach, reach, _LINES)[:, None]
    x, y = (
        middle + along * one + offset * other
        for middle, one, other in zip(outline.mean(axis=0), across_bars, along_bars, strict=True)
    )
    rows, columns = pixels.shape
    inside = ((x >= 0) & (y >= 0) & (x <= columns - 1) & (y <= rows - 1)).all(axis=0)
    shown = np.flatnonzero(inside)
    if len(shown) == 0:
        return None
    seen = sample_grey(pixels, x.astype(np.float32).ravel(), y.astype(np.float32).ravel())
    return _Profiles(
        reflectance(seen).reshape(_LINES, count),
        length * (1 + 2 * _BESIDE) / (count - 1),
        (int(shown[0]), int(shown[-1])),
    )


def _across_bars(pixels: "GreyPixels", outline: "Lengths") -> "Lengths | None":
    """The direction in which most edges run, of length 1; None without edges."""
    low = np.maximum(0, np.floor(outline.min(axis=0)) - _AROUND_PX).astype(int)
    high = np.maximum(low, np.ceil(outline.max(axis=0)).astype(int) + _AROUND_PX)
    every = max(1, ceil(float((high - low).max()) / _MOST_SIDE_PX))
    part = np.ascontiguousarray(pixels[low[1] : high[1] : every, low[0] : high[0] : every])
    if min(part.shape) < _AROUND_PX:
        return None
    right = cv2.Sobel(part, cv2.CV_32F, 1, 0)[::_ROWS_A_LOOK].ravel()
    down = cv2.Sobel(part, cv2.CV_32F, 0, 1)[::_ROWS_A_LOOK].ravel()
    mixed, excess = 2 * float(right @ down), float(right @ right - down @ down)
    if mixed == 0 == excess:
        return None
    angle = atan2(mixed, excess) / 2
    return np.array([cos(angle), sin(angle)])


def _line(profile: "Floats") -> _Line | None:
    """What one line shows, or None where it shows no bars in its middle."""
    count = len(profile)
    middle = profile[int(count * _BESIDE / (1 + 2 * _BESIDE)) :][: int(count / (1 + 2 * _BESIDE))]
    lightest, darkest = float(middle.max()), float(middle.min())
    if not lightest > darkest:
        return None
    threshold = (lightest + darkest) / 2
    dark = profile < threshold
    changes = np.flatnonzero(dark[1:] != dark[:-1])
    if len(changes) < 2 * _LEAST_BARS:
        return None
    before, after = profile[changes], profile[changes + 1]
    edges = changes + (threshold - before) / (after - before)
    ends = np.concatenate([[0.0], edges, [count - 1.0]])
    widths = np.diff(ends)
    starts = np.concatenate([[0], changes + 1])
    is_bar = dark[starts]
    first, last = _ends(widths, is_bar, int(np.searchsorted(edges, count / 2)))
    if last - first < 2 * _LEAST_BARS - 2:
        return None
    lows, highs = np.minimum.reduceat(profile, starts), np.maximum.reduceat(profile, starts)
    extremes = np.where(is_bar, lows, highs)[max(0, first - 1) : last + 2]
    return _Line(
        elements=last - first + 1,
        start=float(ends[first]),
        length=float(ends[last + 1] - ends[first]),
        contrast=1 - darkest / lightest,
        modulation=min(1.0, float(np.abs(np.diff(extremes)).min()) / (lightest - darkest)),
        quiet=(
            float(widths[first - 1]) if first else 0.0,
            float(widths[last + 1]) if last + 1 < len(widths) else 0.0,
        ),
    )


def _ends(widths: "Lengths", is_bar: "Flags", middle: int) -> tuple[int, int]:
    """The first and the last bar around an element: what no wide gap parts from it."""
    around = slice(max(0, middle - _AROUND), middle + _AROUND)
    widest = _GAP_TIMES * float(widths[around].mean())
    gaps = np.flatnonzero(~is_bar & (widths > widest))
    gaps_before, gaps_after = gaps[gaps < middle], gaps[gaps > middle]
    first = int(gaps_before[-1]) + 1 if len(gaps_before) else 0
    last = int(gaps_after[0]) - 1 if len(gaps_after) else len(widths) - 1
    # The line's own ends count as bars where they are dark.
    return first + int(not is_bar[first]), last - int(not is_bar[last])
