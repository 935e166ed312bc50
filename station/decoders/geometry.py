"""Where a symbol's modules lie in a picture: perspective, and the bend of a curved surface.

`Grid` maps symbol coordinates (`patterns`) to pixels. `fit_sides` moves a rough square onto the
edges between a symbol and its light border; `align` then moves a grid until the picture under it
looks as expected, by Gauss-Newton steps over the eight numbers of the perspective, six of the bend
and the light's level and contrast at once. Matrix products are cut in pieces small enough that the
numerics library starts no threads of its own, which would escape the priority of the calling
thread.
"""

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Final, cast

import cv2
import numpy as np

from station.core.symbol import Corners

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from station.decoders.patterns import Expected

    Floats = NDArray[np.float32]

_SQUARE: Final = np.array([[-1, -1], [1, -1], [1, 1], [-1, 1]], np.float32)
_PERSPECTIVE: Final = 8
_BEND: Final = 6
_LIGHT: Final = 6
_GEOMETRY: Final = _PERSPECTIVE + _BEND
_BEND_SPREAD: Final = np.array([0.03, 0.05, 0.03, 0.05, 0.02, 0.02])
"""How far each bend number is expected to be from where it starts, in half sides of the symbol."""
_ROWS_A_PRODUCT: Final = 512
"""Below the size at which OpenBLAS turns to threads, for products of some 20 columns."""
_SETTLED_PX: Final = 0.02

_RECTIFIED_PX: Final = 128
_PASSES: Final = ((0.2, 0.30, 21, 0.25), (0.15, 0.12, 15, 0.08))
"""`fit_sides`, coarse then fine: margin around the square as a share of the cut-out, steepest slope
of a side, slopes tried, and the share of a side left out at either end."""
_EDGE_PX: Final = 4
_BLOCKS: Final = 16
"""A side is followed in so many blocks of columns, each moved as a whole."""
_DEPTH: Final = 0.2
"""How far inside the rough square a side is looked for, as a share of the cut-out."""


@dataclass(frozen=True, slots=True)
class Grid:
    """A mapping from symbol coordinates to pixels.

    Attributes:
        perspective: 3 × 3, applied after the bend; the last number is 1.
        bend: Six numbers, all without effect at the corners: u by u², u by u³, v by v², v by v³,
            u by v², v by u².
    """

    perspective: "NDArray[np.float64]"
    bend: "NDArray[np.float64]"

    @staticmethod
    def from_corners(corners: "Floats", bend: "NDArray[np.float64] | None" = None) -> "Grid":
        """A grid through four corners: top left, top right, bottom right, bottom left."""
        perspective = cv2.getPerspectiveTransform(_SQUARE, corners.astype(np.float32))
        return Grid(
            cast("NDArray[np.float64]", perspective), np.zeros(_BEND) if bend is None else bend
        )

    def at(self, points: "Floats") -> "tuple[Floats, Floats]":
        """Pixels x and y of K × 2 points."""
        u, v = self.bent(points)
        (a, b, c), (d, e, f), (g, h, _) = self.perspective.astype(np.float32)
        depth = g * u + h * v + np.float32(1)
        return (a * u + b * v + c) / depth, (d * u + e * v + f) / depth

    def corners(self, offset: "tuple[float, float]" = (0.0, 0.0)) -> Corners:
        """Pixels of the four corners, moved by an offset."""
        x, y = self.at(_SQUARE)
        points = [(float(a) + offset[0], float(b) + offset[1]) for a, b in zip(x, y, strict=True)]
        return (points[0], points[1], points[2], points[3])

    def bent(self, points: "Floats") -> "tuple[Floats, Floats]":
        """Symbol coordinates after the bend, before the perspective."""
        u, v = points[:, 0], points[:, 1]
        uu, vv = u * u - 1, v * v - 1
        b = self.bend.astype(np.float32)
        return (
            u + uu * (b[0] + b[1] * u) + b[4] * vv,
            v + vv * (b[2] + b[3] * v) + b[5] * uu,
        )


def sample(pixels: "Floats", x: "Floats", y: "Floats") -> "Floats":
    """Bilinear values of a picture at points; beyond its edge the edge repeats."""
    values = cv2.remap(
        pixels,
        x.astype(np.float32).reshape(-1, 1),
        y.astype(np.float32).reshape(-1, 1),
        cv2.INTER_LINEAR,
        borderMode=cv2.BORDER_REPLICATE,
    )
    return cast("Floats", values.reshape(x.shape))


def rectified(pixels: "Floats", corners: "Floats", side_px: int, margin: float) -> "Floats":
    """A square cut-out in which the symbol stands upright.

    Args:
        pixels: 2-D float32.
        corners: 4 × 2, the symbol's corners.
        side_px: Side of the cut-out.
        margin: Share of the cut-out outside the symbol on each side.
    """
    reach = 1 / (1 - 2 * margin)
    step = 2 * reach / (side_px - 1)
    to_symbol = np.array([[step, 0, -reach], [0, step, -reach], [0, 0, 1]])
    perspective = cv2.getPerspectiveTransform(_SQUARE, corners.astype(np.float32))
    return cast(
        "Floats",
        cv2.warpPerspective(
            pixels,
            perspective @ to_symbol,
            (side_px, side_px),
            flags=cv2.INTER_LINEAR | cv2.WARP_INVERSE_MAP,
            borderMode=cv2.BORDER_REPLICATE,
        ),
    )


def fit_sides(pixels: "Floats", corners: "Floats") -> "Floats | None":
    """Move a rough square onto the edges of the symbol inside its light border.

    Args:
        pixels: 2-D float32.
        corners: 4 × 2, within about a fifth of the symbol's side of the truth.

    Returns:
        The corners in the same turn, or None where no square is left.
    """
    for margin, slope, slopes, left_out in _PASSES:
        cut = cv2.GaussianBlur(rectified(pixels, corners, _RECTIFIED_PX, margin), (0, 0), 1.0)
        lines = []
        for turns in range(4):
            level, steepness = _side(np.rot90(cut, turns), margin, slope, slopes, left_out)
            lines.append(_turned_line(level, steepness, turns))
        top, right, bottom, left = lines
        met = [_meet(top, left), _meet(top, right), _meet(bottom, right), _meet(bottom, left)]
        square = np.array(met, np.float32)
        if not np.isfinite(square).all() or np.abs(square).max() > 3:
            return None
        x, y = Grid.from_corners(corners).at(square)
        corners = np.stack([x, y], 1).astype(np.float32)
        if not np.isfinite(corners).all() or not cv2.isContourConvex(corners):
            return None
    return corners


def _side(
    cut: "Floats", margin: float, slope: float, slopes: int, left_out: float
) -> tuple[float, float]:
    """The upper side: the straight line across which light turns to dark the most.

    Returns:
        Its height in the middle and its slope, in symbol coordinates of the cut-out.
    """
    depth = int(_RECTIFIED_PX * (margin + _DEPTH))
    falls = cut[: depth - _EDGE_PX] - cut[_EDGE_PX:depth]
    rows = falls.shape[0]
    first = int(_RECTIFIED_PX * left_out)
    width = (_RECTIFIED_PX - 2 * first) // _BLOCKS
    used = falls[:, first : first + width * _BLOCKS]
    blocks = used.reshape(rows, _BLOCKS, width).mean(axis=2)
    middles = first + width * (np.arange(_BLOCKS) + 0.5) - _RECTIFIED_PX / 2
    tried = np.linspace(-slope, slope, slopes)
    # Padded by the steepest slope, so that every line lies inside.
    reach = int(np.ceil(slope * _RECTIFIED_PX / 2)) + 1
    padded = np.zeros((rows + 2 * reach, _BLOCKS), np.float32)
    padded[reach:-reach] = blocks
    shift = np.rint(tried[:, None] * middles[None]).astype(np.int64) + reach
    lines = np.arange(rows)[None, :, None] + shift[:, None, :]
    sums = padded[lines, np.arange(_BLOCKS)[None, None]].mean(axis=2)
    best, row = divmod(int(sums.argmax()), rows)
    exact = float(row)
    if 0 < row < rows - 1:
        before, at, after = (float(value) for value in sums[best, row - 1 : row + 2])
        curvature = before - 2 * at + after
        if curvature < 0:
            exact += 0.5 * (before - after) / curvature
    reach_of_cut = 1 / (1 - 2 * margin)
    step = 2 * reach_of_cut / (_RECTIFIED_PX - 1)
    return -reach_of_cut + (exact + _EDGE_PX / 2) * step, float(tried[best])


def _turned_line(level: float, slope: float, turns: int) -> "NDArray[np.float64]":
    """The line v = level + slope·u of a cut-out turned by quarters, in the cut-out as it was."""
    start, end = (-1.0, level - slope), (1.0, level + slope)
    for _ in range(turns):
        start, end = (-start[1], start[0]), (-end[1], end[0])
    return np.cross([*start, 1.0], [*end, 1.0])


def _meet(one: "NDArray[np.float64]", other: "NDArray[np.float64]") -> tuple[float, float]:
    x, y, scale = (float(value) for value in np.cross(one, other))
    return (x / scale, y / scale) if scale else (float("inf"), float("inf"))


def align(
    pixels: "Floats",
    grid: Grid,
    pattern: "Expected",
    *,
    steps: int,
    stiffness: float,
) -> Grid:
    """Move a grid until the picture under it looks as expected.

    Args:
        pixels: 2-D float32, light evened out and blurred about as the expectation is.
        grid: Where to start: within about a module.
        pattern: What should be seen where.
        steps: At most so many.
        stiffness: How firmly the bend is held where it starts.
    """
    slopes_x = cv2.Sobel(pixels, cv2.CV_32F, 1, 0, ksize=3, scale=0.125)
    slopes_y = cv2.Sobel(pixels, cv2.CV_32F, 0, 1, ksize=3, scale=0.125)
    picture = cast("Floats", cv2.merge([pixels, slopes_x, slopes_y]))
    u, v = pattern.points[:, 0], pattern.points[:, 1]
    columns = np.empty((len(u), _GEOMETRY + _LIGHT), np.float32)
    light = columns[:, _GEOMETRY:]
    light[:] = _light_columns(pattern)
    started_bend = grid.bend
    for _ in range(steps):
        x, y = grid.at(pattern.points)
        remapped = cv2.remap(
            picture,
            x.reshape(-1, 1),
            y.reshape(-1, 1),
            cv2.INTER_LINEAR,
            borderMode=cv2.BORDER_REPLICATE,
        )
        seen = cast("Floats", remapped.reshape(-1, 3))
        weighted = light * pattern.weights[:, None]
        level = np.linalg.solve(
            product(weighted, weighted) + 1e-3 * np.eye(_LIGHT, dtype=np.float32),
            product(weighted, (seen[:, 0] * pattern.weights)[:, None])[:, 0],
        )
        rest = seen[:, 0] - light @ level.astype(np.float32)
        spread = 1.5 * float(np.median(np.abs(rest))) + 1e-6
        # Huber's weights: a scratch or a highlight must not pull the grid along.
        trust = pattern.weights / np.maximum(1, np.abs(rest) / (2 * spread))
        _fill_geometry(columns, grid, (u, v), (x, y), seen)
        scaled = columns * trust[:, None]
        normal = product(scaled, scaled).astype(np.float64)
        target = -product(scaled, (rest * trust)[:, None])[:, 0].astype(np.float64)
        hold = stiffness * spread**2 / _BEND_SPREAD**2
        bends = slice(_PERSPECTIVE, _GEOMETRY)
        normal[np.diag_indices_from(normal)] += 1e-4 * normal.diagonal() + 1e-6
        normal[bends, bends] += np.diag(hold)
        target[bends] -= hold * (grid.bend - started_bend)
        try:
            step = np.linalg.solve(normal, target)
        except np.linalg.LinAlgError:
            return grid
        if not np.isfinite(step).all():
            return grid
        grid = replace(
            grid,
            perspective=grid.perspective + np.append(step[:_PERSPECTIVE], 0).reshape(3, 3),
            bend=grid.bend + step[bends],
        )
        if np.abs(step[[2, 5]]).max() < _SETTLED_PX:
            break
    return grid


def _light_columns(pattern: "Expected") -> "Floats":
    """Level and contrast of the light, each with a slope in both directions."""
    u, v, values = pattern.points[:, 0], pattern.points[:, 1], pattern.values
    return cast("Floats", np.stack([np.ones_like(u), u, v, values, u * values, v * values], 1))


def _fill_geometry(
    columns: "Floats",
    grid: Grid,
    symbol: "tuple[Floats, Floats]",
    pixels: "tuple[Floats, Floats]",
    seen: "Floats",
) -> None:
    """How the picture's values change with each number of the perspective and the bend."""
    u, v = symbol
    x, y = pixels
    (a, b, _), (d, e, _), (g, h, _) = grid.perspective.astype(np.float32)
    bent_u, bent_v = grid.bent(np.stack([u, v], 1))
    depth = g * bent_u + h * bent_v + np.float32(1)
    along_x, along_y = seen[:, 1] / depth, seen[:, 2] / depth
    along_z = -(along_x * x + along_y * y)
    columns[:, 0], columns[:, 1], columns[:, 2] = along_x * bent_u, along_x * bent_v, along_x
    columns[:, 3], columns[:, 4], columns[:, 5] = along_y * bent_u, along_y * bent_v, along_y
    columns[:, 6], columns[:, 7] = along_z * bent_u, along_z * bent_v
    by_u = along_x * a + along_y * d + along_z * g
    by_v = along_x * b + along_y * e + along_z * h
    uu, vv = u * u - 1, v * v - 1
    columns[:, 8], columns[:, 9] = by_u * uu, by_u * uu * u
    columns[:, 10], columns[:, 11] = by_v * vv, by_v * vv * v
    columns[:, 12], columns[:, 13] = by_u * vv, by_v * uu


def product(one: "Floats", other: "Floats") -> "Floats":
    """One transposed times the other, in pieces."""
    whole = len(one) // _ROWS_A_PRODUCT * _ROWS_A_PRODUCT
    total = one[whole:].T @ other[whole:]
    if whole:
        pieces = one[:whole].reshape(-1, _ROWS_A_PRODUCT, one.shape[1]).transpose(0, 2, 1)
        others = other[:whole].reshape(-1, _ROWS_A_PRODUCT, other.shape[1])
        total = total + np.matmul(pieces, others).sum(axis=0)
    return cast("Floats", total)
