"""Which symbol a square may be: symbology, size, orientation and bend, the likeliest first.

The square is cut out once, and every hypothesis is a list of places in that cut-out, kept from
picture to picture; comparing some hundred of them is a handful of array operations.
"""

from dataclasses import dataclass
from functools import cache
from math import sqrt
from typing import TYPE_CHECKING, Final, cast

import cv2
import numpy as np

from station.decoders.geometry import Grid, rectified
from station.decoders.patterns import Kind, border_lines, known_centers, sizes_of

if TYPE_CHECKING:
    from numpy.typing import NDArray

    Floats = NDArray[np.float32]
    Places = NDArray[np.int32]

_CUT_PX: Final = 192
_MARGIN: Final = 0.125
_EVEN_PX: Final = 41
_TURNS: Final = 4
_LEAST_PITCH_PX: Final = 1.15
_MOST_PITCH_PX: Final = 12.0
"""Pixels a module: below, nothing is left to sample; above, the first attempts read it."""
_CUBES: Final = (0.0, -0.06, -0.14)
"""Bends tried, by the third power across either direction; a cylinder of 0, 40 and 50 degrees."""
_L_WEIGHT: Final = 1.5
_QR_SHARE: Final = 0.6
"""Weights that put both symbologies on one scale, in standard deviations of chance."""
_INSETS: Final = {Kind.DATA_MATRIX: (0.33, 0.0), Kind.QR_CODE: (0.12, 0.12)}
"""How far `geometry.fit_sides` lies outside a symbol, in modules: at the left and bottom, and at
the top and right. A dark bar one module wide draws the found edge outwards."""


@dataclass(frozen=True, slots=True)
class Hypothesis:
    """One guess at what a square holds.

    Attributes:
        likeness: In standard deviations of what chance gives.
        kind: Symbology.
        size: Modules a side.
        turns: Quarter turns clockwise from the square's first corner to the symbol's top left.
        bend: As in `geometry.Grid`, in the symbol's own orientation.
    """

    likeness: float
    kind: Kind
    size: int
    turns: int
    bend: "NDArray[np.float64]"

    def grid(self, corners: "Floats") -> Grid:
        """The grid that the hypothesis lays on a square."""
        turned = np.roll(corners, -self.turns, axis=0)
        square = np.array([[-1, -1], [1, -1], [1, 1], [-1, 1]], np.float32)
        u, v = _inset(square[:, 0], square[:, 1], self.kind, self.size)
        x, y = Grid.from_corners(turned).at(np.stack([u, v], 1))
        return Grid.from_corners(np.stack([x, y], 1), self.bend)


def hypotheses(
    pixels: "Floats", corners: "Floats", most: int, only: tuple[Kind, int] | None = None
) -> list[Hypothesis]:
    """Compare a square with every known pattern.

    Args:
        pixels: 2-D float32.
        corners: 4 × 2, the square's corners, within about a module.
        most: Longest list wanted for each symbology.
        only: The one symbology and size to compare with; None compares with all.
    """
    side_px = sqrt(max(1.0, cv2.contourArea(corners)))
    cut = rectified(pixels, corners, _CUT_PX, _MARGIN)
    cut = cut - cv2.blur(cut, (_EVEN_PX, _EVEN_PX))
    flat = cast("Floats", cut.ravel())
    spread = float(flat.std()) + 1e-6
    found: list[Hypothesis] = []
    for kind in Kind:
        of_kind: list[Hypothesis] = []
        for size in sizes_of(kind):
            if only is not None and only != (kind, size):
                continue
            if not _LEAST_PITCH_PX <= side_px / size <= _MOST_PITCH_PX:
                continue
            values = flat[_places(kind, size)]
            likeness = (
                _data_matrix_likeness(values, size, spread)
                if kind is Kind.DATA_MATRIX
                else _qr_likeness(values, size)
            ).reshape(len(_bends()), _TURNS)
            best = likeness.argmax(axis=0)
            of_kind += [
                Hypothesis(
                    float(likeness[best[turns], turns]),
                    kind,
                    size,
                    turns,
                    _bends()[int(best[turns])],
                )
                for turns in range(_TURNS)
            ]
        of_kind.sort(key=lambda hypothesis: -hypothesis.likeness)
        found += of_kind[:most]
    return sorted(found, key=lambda hypothesis: -hypothesis.likeness)


def _data_matrix_likeness(values: "Floats", size: int, spread: float) -> "Floats":
    """Alternation along two borders, and how much darker the other two are."""
    beat = np.where(np.arange(size) % 2 == 0, -1, 1) / sqrt(size)
    beat = beat.astype(np.float32)
    alternation = _unit(values[:, :size]) @ beat - _unit(values[:, size : 2 * size]) @ beat
    contrast = (values[:, : 2 * size].mean(axis=1) - values[:, 2 * size :].mean(axis=1)) / spread
    return cast("Floats", alternation * sqrt(size / 2) + _L_WEIGHT * np.clip(contrast, -1, 1))


def _qr_likeness(values: "Floats", size: int) -> "Floats":
    """Correlation with finder, timing and alignment patterns."""
    _, expected = known_centers(Kind.QR_CODE, size)
    pattern = _unit(expected[None])[0]
    return cast("Floats", (_unit(values) @ pattern) * (_QR_SHARE * sqrt(len(pattern))))


def _unit(values: "Floats") -> "Floats":
    """Rows without their mean, of length 1."""
    centered = values - values.mean(axis=1, keepdims=True)
    return cast("Floats", centered / (np.linalg.norm(centered, axis=1, keepdims=True) + 1e-6))


@cache
def _bends() -> "tuple[NDArray[np.float64], ...]":
    bends = [np.zeros(6)]
    for cube in _CUBES[1:]:
        for place in (1, 3):
            bend = np.zeros(6)
            bend[place] = cube
            bends.append(bend)
    return tuple(bends)


@cache
def _places(kind: Kind, size: int) -> "Places":
    """Where in the flattened cut-out each point of each hypothesis lies: bends · turns × K."""
    points = border_lines(size) if kind is Kind.DATA_MATRIX else known_centers(kind, size)[0]
    places: list[Places] = []
    for bend in _bends():
        u, v = points[:, 0], points[:, 1]
        across = u + bend[1] * u * (u * u - 1)
        down = v + bend[3] * v * (v * v - 1)
        across, down = _inset(across, down, kind, size)
        for _ in range(_TURNS):
            places.append(_index(across) + _CUT_PX * _index(down))
            across, down = -down, across
    return cast("Places", np.array(places, np.int32))


def _inset(u: "Floats", v: "Floats", kind: Kind, size: int) -> "tuple[Floats, Floats]":
    """From the symbol's own square to the square that was found around it."""
    near, far = (modules * 2 / size for modules in _INSETS[kind])
    across = u + near * (1 - u) / 2 - far * (1 + u) / 2
    down = v - near * (1 + v) / 2 + far * (1 - v) / 2
    return cast("Floats", across), cast("Floats", down)


def _index(coordinate: "Floats") -> "Places":
    inside = 1 - 2 * _MARGIN
    index = np.rint((coordinate * inside + 1) / 2 * (_CUT_PX - 1))
    return cast("Places", np.clip(index, 0, _CUT_PX - 1).astype(np.int32))
