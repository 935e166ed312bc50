"""Estimates how well a matrix code is printed, from the picture and the modules that were read.

The grid is fitted to the modules as the reader told them apart, so that what is measured is what
was read; nothing is encoded again. Light is evened by a slope fitted to the light modules, and grey
levels are turned into reflectance by the curve of sRGB, since cameras and picture files have it.
Then, after ISO/IEC 15415: symbol contrast, modulation by code words with the error correction that
would be left, unused error correction, axial non-uniformity; after ISO/IEC 16022 annex M: damage of
fixed patterns and quiet zone. About a millisecond a symbol, whatever its size in pixels.
"""

from dataclasses import dataclass
from math import hypot
from typing import TYPE_CHECKING, Final, cast

import cv2
import numpy as np

from station.core.print_quality import Grade, Measure, PrintQuality, Standard, limit_of
from station.core.symbol import Corners, Point, Symbol, SymbolFormat
from station.decoders.codewords import NO_BIT, CodeWords, code_words
from station.decoders.geometry import Grid, align, product, sample
from station.decoders.patterns import Expected, Kind, expected_of, known_modules, module_centers
from station.decoders.reflectance import reflectance

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from station.ports.frames import GreyPixels

    Floats = NDArray[np.float32]
    Flags = NDArray[np.bool_]

_KINDS: Final = {
    SymbolFormat.DATA_MATRIX: Kind.DATA_MATRIX,
    SymbolFormat.QR_CODE: Kind.QR_CODE,
}
_QUIET_MODULES: Final = {Kind.DATA_MATRIX: 1, Kind.QR_CODE: 4}
"""Source: ISO/IEC 16022, 5.1; ISO/IEC 18004, 5.3.8."""

_PITCH_PX: Final = 3.5
"""Pixels a module to which larger symbols are reduced by averaging. A sample is then a mean over
about half a module, the smaller aperture of ISO/IEC 29158; the lens adds its own blur."""
_LEAST_PITCH_PX: Final = 1.0
_SURROUNDINGS_MODULES: Final = 6
_ALIGN_BLUR: Final = 0.4
_ALIGN_EVERY: Final = 9
"""Of the expected values every so-manyth is compared: a step costs so many times less."""
_ALIGN_STEPS: Final = 2
_STIFFNESS: Final = 20.0
_LEAST_MATCH: Final = 0.5
"""Correlation of the grid's modules with those read, below which the grid is not on the symbol."""
_LEAST_LEVEL: Final = 0.02
"""Reflectance below which even light modules are black, and nothing can be said."""
_RIDGE: Final = 1e-3
_LIGHTEST: Final = 95
_DARKEST: Final = 5
"""Percentiles for the lightest and the darkest module: single ones are noise."""
_BELOW: Final = 0.001
"""How far below a limit a value is kept whose letter the error correction did not leave."""

_START: Final = slice(None, 1)
_END: Final = slice(-1, None)
_ALL: Final = slice(None)
_FINDER: Final = slice(None, 8)
_FAR_FINDER: Final = slice(-8, None)
_BETWEEN: Final = slice(8, -8)
_TIMING: Final = slice(6, 7)
_PARTS: Final = {
    Kind.DATA_MATRIX: ((_ALL, _START), (_END, _ALL), (_START, _ALL), (_ALL, _END)),
    Kind.QR_CODE: (
        *((_FINDER, _FINDER), (_FINDER, _FAR_FINDER), (_FAR_FINDER, _FINDER)),
        *((_TIMING, _BETWEEN), (_BETWEEN, _TIMING)),
    ),
}
"""Rows and columns of the outer L and clock tracks; of the finders and timing patterns."""


@dataclass(frozen=True, slots=True)
class _Modules:
    """What a symbol's modules reflect.

    Attributes:
        margin: (size + 2·quiet)², how far each module is on its right side of the threshold: 1 is
            at the level of the lightest or darkest, below 0 is the wrong side. The quiet zone's
            right side is light. NaN outside the picture.
        quiet: Modules of quiet zone on each side.
        contrast: Symbol contrast.
    """

    margin: "Floats"
    quiet: int
    contrast: float

    @property
    def inside(self) -> "Floats":
        """The symbol's own modules, size × size."""
        return self.margin[self.quiet : -self.quiet, self.quiet : -self.quiet]


def matrix_quality(pixels: "GreyPixels", symbol: Symbol) -> PrintQuality | None:
    """Estimate how a matrix code is printed.

    Args:
        pixels: 2-D uint8, grey; the picture the symbol was read from.
        symbol: A Data Matrix or QR code with corners.

    Returns:
        None where nothing can be said: a reader that does not tell modules, a size that is in no
        table (rectangular, Data Matrix below 14 × 14, QR beyond version 15), or a grid that does
        not lie on the modules.
    """
    kind, raster, corners = _KINDS.get(symbol.format), symbol.raster, symbol.corners
    if kind is None or raster is None or corners is None:
        return None
    words = code_words(kind, raster.side, raster.level)
    if words is None:
        return None
    dark = np.frombuffer(raster.dark, np.uint8).reshape(raster.side, raster.side)
    truth = 1 - 2 * dark.astype(np.float32)
    modules = _measured(pixels, corners, truth, _QUIET_MODULES[kind])
    if modules is None:
        return None
    across_px, down_px = _pitches_px(corners, raster.side)
    mean_px = (across_px + down_px) / 2
    unused = raster.unused_error_correction
    return PrintQuality(
        standard=Standard.MATRIX,
        module_px=round(mean_px, 2),
        contrast=round(modules.contrast, 3),
        modulation=round(_modulation(modules.inside, words, unused), 3),
        quiet_zone=_quiet_zone(modules),
        unused_error_correction=round(unused, 3),
        fixed_pattern_damage=round(_fixed_damage(modules.inside, truth, kind), 3),
        axial_nonuniformity=round(abs(across_px - down_px) / mean_px, 3),
    )


def _measured(
    pixels: "GreyPixels", corners: Corners, truth: "Floats", quiet: int
) -> _Modules | None:
    """Fit the grid, and compare what each module reflects with what it was read as."""
    size = len(truth)
    pitch_px = float(np.mean(_pitches_px(corners, size)))
    if pitch_px < _LEAST_PITCH_PX:
        return None
    part, grid, pitch_px = _cut_out(pixels, corners, pitch_px)
    if min(part.shape) < size:
        return None
    at = module_centers(size, 0)
    sign = 1 if _match(sample(part, *grid.at(at)), truth) >= 0 else -1
    grid = _aligned(sign * part, grid, expected_of(truth, _ALIGN_BLUR), pitch_px)
    at = module_centers(size, quiet)
    x, y = grid.at(at)
    seen = sample(part, x, y)
    side = size + 2 * quiet
    inside = np.zeros((side, side), np.bool_)
    inside[quiet:-quiet, quiet:-quiet] = True
    if sign * _match(seen[inside.ravel()], truth) < _LEAST_MATCH:
        return None
    right = np.pad(truth, quiet, constant_values=1) * sign
    level = _light_level(at, seen, (inside & (right > 0)).ravel())
    if not level.min() > _LEAST_LEVEL:
        return None
    reflected = (seen / level).reshape(side, side)
    lightest = float(np.percentile(reflected[inside & (right > 0)], _LIGHTEST))
    darkest = float(np.percentile(reflected[inside & (right < 0)], _DARKEST))
    if not lightest > darkest:
        return None
    margin = right * (2 * reflected - lightest - darkest) / (lightest - darkest)
    height, width = part.shape
    outside = (x < 0) | (y < 0) | (x > width - 1) | (y > height - 1)
    margin[outside.reshape(side, side) & ~inside] = np.nan
    return _Modules(margin.astype(np.float32), quiet, min(1.0, 1 - darkest / lightest))


def _cut_out(
    pixels: "GreyPixels", corners: Corners, pitch_px: float
) -> "tuple[Floats, Grid, float]":
    """The symbol and its surroundings as reflectance, reduced where large, and its rough grid.

    Of a very large symbol pixels are left out before others are averaged: a module has enough.
    """
    outline = np.array(corners, np.float32)
    around = _SURROUNDINGS_MODULES * pitch_px
    height, width = pixels.shape
    left, top = np.maximum(0, np.floor(outline.min(axis=0) - around)).astype(int).tolist()
    right, bottom = np.maximum(
        (left, top), np.ceil(outline.max(axis=0) + around).astype(int)
    ).tolist()
    every = max(1, int(pitch_px / (2 * _PITCH_PX)))
    part = reflectance(pixels[top : min(bottom, height) : every, left : min(right, width) : every])
    outline, pitch_px = (outline - (left, top)) / every, pitch_px / every
    factor = _PITCH_PX / pitch_px
    if factor < 1 and min(part.shape) > 0:
        reduced = cv2.resize(part, None, fx=factor, fy=factor, interpolation=cv2.INTER_AREA)
        part, outline, pitch_px = cast("Floats", reduced), (outline + 0.5) * factor - 0.5, _PITCH_PX
    return part, Grid.from_corners(outline.astype(np.float32)), pitch_px


def _pitches_px(corners: Corners, size: int) -> tuple[float, float]:
    """Pixels a module along the symbol's rows and along its columns, each a mean of two sides."""
    top_left, top_right, bottom_right, bottom_left = corners

    def mean(one: tuple[Point, Point], other: tuple[Point, Point]) -> float:
        return sum(hypot(b[0] - a[0], b[1] - a[1]) for a, b in (one, other)) / 2 / size

    return (
        mean((top_left, top_right), (bottom_left, bottom_right)),
        mean((top_left, bottom_left), (top_right, bottom_right)),
    )


def _aligned(part: "Floats", grid: Grid, pattern: Expected, pitch_px: float) -> Grid:
    some = slice(None, None, _ALIGN_EVERY)
    fewer = Expected(pattern.points[some], pattern.values[some], pattern.weights[some])
    blurred = cv2.GaussianBlur(part, (0, 0), max(0.3, _ALIGN_BLUR * pitch_px))
    return align(cast("Floats", blurred), grid, fewer, steps=_ALIGN_STEPS, stiffness=_STIFFNESS)


def _match(seen: "Floats", truth: "Floats") -> float:
    """Correlation; 0 where a picture shows one level only."""
    return float(np.corrcoef(seen, truth.ravel())[0, 1]) if seen.std() > 0 else 0.0


def _light_level(at: "Floats", seen: "Floats", light: "Flags") -> "Floats":
    """The light's level at every module: a slope through the lighter half of the light modules."""
    columns = np.concatenate([np.ones((len(at), 1), np.float32), at], axis=1)

    def slope(used: "Flags") -> "Floats":
        some = columns[used]
        normal = product(some, some) + _RIDGE * np.eye(3, dtype=np.float32)
        found = np.linalg.solve(normal, product(some, seen[used][:, None])[:, 0])
        return cast("Floats", columns @ found)

    return slope(light & (seen >= slope(light)))


def _modulation(inside: "Floats", words: CodeWords, unused: float) -> float:
    """The modulation that stands by the standard's rule, on the scale of its limits.

    For each letter, as many code words are given up as error correction could spare and still
    earn that letter; the best letter whose limit the weakest of the others reaches is it. A module
    on the wrong side has none.
    """
    places = words.bit != NO_BIT
    of_word = np.ones(len(words.block), np.float32)
    np.minimum.at(of_word, words.bit[places] // 8, np.maximum(inside[places], 0))
    ranked = [np.sort(of_word[words.block == block]) for block in range(int(words.block.max()) + 1)]
    next_limit, reached = 1.0, 0.0
    for letter in (Grade.A, Grade.B, Grade.C, Grade.D):
        least_unused = limit_of(Standard.MATRIX, Measure.UNUSED_ERROR_CORRECTION, letter)
        limit = limit_of(Standard.MATRIX, Measure.MODULATION, letter)
        spared = int((unused - least_unused) * words.correcting / 2 + 1e-6)
        if unused >= least_unused:
            reached = min(float(each[min(spared, len(each) - 1)]) for each in ranked)
            if reached >= limit:
                return min(reached, next_limit)
        next_limit = limit - _BELOW
    return min(reached, next_limit)


def _fixed_damage(inside: "Floats", truth: "Floats", kind: Kind) -> float:
    """Of the worst part of finder and timing patterns, the share on the wrong side."""
    size = len(truth)
    known = known_modules(kind, size)
    wrong = (inside * truth * known) <= 0
    return max(float(wrong[part][known[part] != 0].mean()) for part in _PARTS[kind])


def _quiet_zone(modules: _Modules) -> float | None:
    """Of the worst side, the share that is light; None where the picture shows no side whole."""
    margin, quiet = modules.margin, modules.quiet
    sides = (margin[:quiet], margin[-quiet:], margin[:, :quiet], margin[:, -quiet:])
    whole = [side for side in sides if not np.isnan(side).any()]
    if not whole:
        return None
    return round(min(float((side > 0).mean()) for side in whole), 3)
