"""The second stage: fits the known pattern of a matrix code to a patch and reads its modules.

For symbols whose modules a reader cannot tell apart: small, blurred, bent, badly lit. Sides, then
size and orientation, then the grid to a fraction of a module, then light and dark; a clean raster
goes to zxing-cpp, whose error correction decides. A patch that holds nothing costs about 3 ms, a
symbol about 10 ms. Threads may share one.
"""

from collections import Counter
from typing import TYPE_CHECKING, Final, cast

import cv2
import numpy as np

from station.core.symbol import MAX_PAYLOAD_BYTES, Corners, Symbol, SymbolFormat
from station.decoders.geometry import Grid, align, fit_sides, sample
from station.decoders.hypotheses import Hypothesis, hypotheses
from station.decoders.modules import Reading, evened, guesses, read_raster
from station.decoders.patterns import (
    Kind,
    expected,
    expected_of,
    known_centers,
    module_centers,
)

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from station.ports.frames import GreyPixels

    Floats = NDArray[np.float32]

ENGINE: Final = "zxing-cpp"
STEP: Final = "fitted"

_SURROUNDINGS: Final = 0.2
"""Cut out around a patch, as a share of its larger side."""
_SURROUNDINGS_PX: Final = 8
_LEAST_SIDE_PX: Final = 20
_SAME_PX: Final = 2.5
_HYPOTHESES: Final = 2
_LEAST_LIKENESS: Final = 2.5
_SURE_LIKENESS: Final = 5.0
"""From here on a patch is taken for what the picture's other labels are."""
_ENOUGH_ALIKE: Final = 2
_LIKENESS_BEHIND: Final = 3.0
"""A hypothesis this far behind the likeliest is not tried."""
_LEAST_MATCH: Final = 0.4
"""Correlation of the known modules after fitting, from which the others are worth reading."""
_SHOWN_MATCH: Final = 0.55
"""Correlation from which a patch is called a symbol although it could not be read."""
_COARSE: Final = (0.5, 0.25)
_FINE: Final = (0.4, 0.2)
"""Blur in modules of the expectation, and of the picture besides its own."""
_LEAST_BLUR_PX: Final = 0.3
_READ_BLUR: Final = 0.18
_NO_BLUR_BELOW_PX: Final = 1.8
_FORMATS: Final = {
    Kind.DATA_MATRIX: SymbolFormat.DATA_MATRIX,
    Kind.QR_CODE: SymbolFormat.QR_CODE,
}


class PatchReader:
    """Reads the matrix codes of one picture's patches.

    Args:
        pixels: 2-D uint8, grey.
    """

    def __init__(self, pixels: "GreyPixels") -> None:
        self._pixels = pixels
        self._tried: list[Floats] = []
        self._unread: list[Corners] = []
        self._sizes: Counter[tuple[Kind, int]] = Counter()

    @property
    def unread(self) -> tuple[Corners, ...]:
        """Outlines of patches that show a known pattern and could not be read."""
        return tuple(self._unread)

    def _usual(self) -> tuple[Kind, int] | None:
        """What most labels of the picture are, once there are some."""
        usual = self._sizes.most_common(1)
        return usual[0][0] if usual and usual[0][1] >= _ENOUGH_ALIKE else None

    def read(self, quad: "Floats") -> Symbol | None:
        """The symbol in a patch, or None; a square that was tried before is not tried again.

        Args:
            quad: 4 × 2, rough corners in turn, any of them first.
        """
        low, high = quad.min(axis=0), quad.max(axis=0)
        around = float((high - low).max()) * _SURROUNDINGS + _SURROUNDINGS_PX
        height, width = self._pixels.shape
        left, top = (max(0, int(edge)) for edge in low - around)
        right, bottom = (int(edge) + 1 for edge in high + around)
        cut = self._pixels[top : min(bottom, height), left : min(right, width)]
        if min(cut.shape) < _LEAST_SIDE_PX:
            return None
        offset = np.array([left, top], np.float32)
        pixels = cut.astype(np.float32)
        corners = fit_sides(pixels, quad - offset)
        if corners is None or cv2.contourArea(corners) < _LEAST_SIDE_PX**2:
            return None
        if any(np.abs(corners + offset - tried).max() < _SAME_PX for tried in self._tried):
            return None
        self._tried.append(corners + offset)
        found = _read_square(pixels, corners, self._usual())
        if found is None:
            return None
        if isinstance(found, Grid):
            self._unread.append(found.corners((float(left), float(top))))
            return None
        kind, size, reading, grid = found
        self._sizes[kind, size] += 1
        return Symbol(
            payload=reading.payload[:MAX_PAYLOAD_BYTES],
            symbology_identifier=reading.symbology_identifier,
            format=_FORMATS[kind],
            corners=grid.corners((float(left), float(top))),
            engine=ENGINE,
            step=STEP,
            raster=reading.raster,
        )


def _read_square(
    pixels: "Floats", corners: "Floats", usual: tuple[Kind, int] | None
) -> tuple[Kind, int, Reading, Grid] | Grid | None:
    """Try the likeliest symbols on a square; only a grid where one shows and does not read."""
    unread: Grid | None = None
    side_px = float(np.sqrt(cv2.contourArea(corners)))
    likely = hypotheses(pixels, corners, 1, usual) if usual is not None else []
    if not likely or likely[0].likeness < _SURE_LIKENESS:
        likely = hypotheses(pixels, corners, _HYPOTHESES)
    even = _even_light(pixels, int(side_px / 4) | 1)
    for hypothesis in likely:
        if hypothesis.likeness < max(_LEAST_LIKENESS, likely[0].likeness - _LIKENESS_BEHIND):
            break
        pitch_px = side_px / hypothesis.size
        grid, match = _fit(even, corners, hypothesis, pitch_px)
        if match < _LEAST_MATCH:
            continue
        found = _read_grid(pixels, even, grid, hypothesis, pitch_px)
        if found is not None:
            return (hypothesis.kind, hypothesis.size, *found)
        if unread is None and match >= _SHOWN_MATCH:
            unread = grid
    return unread


def _fit(
    even: "Floats", corners: "Floats", hypothesis: Hypothesis, pitch_px: float
) -> tuple[Grid, float]:
    """The grid of a hypothesis, and how well the known modules match under it."""
    kind, size = hypothesis.kind, hypothesis.size
    grid = hypothesis.grid(corners)
    blurred = even
    for (blur, softening), steps, stiffness in ((_COARSE, 4, 100.0), (_FINE, 6, 20.0)):
        blurred = _blurred(even, softening * pitch_px)
        grid = align(blurred, grid, expected(kind, size, blur), steps=steps, stiffness=stiffness)
    points, values = known_centers(kind, size)
    seen = sample(blurred, *grid.at(points))
    return grid, float(np.corrcoef(seen, values)[0, 1]) if seen.std() > 0 else 0.0


def _read_grid(
    pixels: "Floats", even: "Floats", grid: Grid, hypothesis: Hypothesis, pitch_px: float
) -> tuple[Reading, Grid] | None:
    """Read the modules; where that fails, fit the grid to the modules guessed and read again."""
    kind, size = hypothesis.kind, hypothesis.size
    source = _blurred(pixels, _READ_BLUR * pitch_px) if pitch_px > _NO_BLUR_BELOW_PX else pixels
    for attempt in range(2):
        sampled = sample(source, *grid.at(module_centers(size, 1)))
        values = evened(sampled.reshape(size + 2, size + 2), size)
        guess = values
        for guess in guesses(values, kind):
            reading = read_raster(guess, kind)
            if reading is not None:
                return reading, grid
        if attempt == 0:
            guessed = np.where(guess < 0, -1, 1).astype(np.float32)
            grid = align(
                _blurred(even, _FINE[1] * pitch_px),
                grid,
                expected_of(guessed, _FINE[0]),
                steps=4,
                stiffness=20.0,
            )
    return None


def _even_light(pixels: "Floats", window_px: int) -> "Floats":
    """Local mean taken away, local contrast made even."""
    window = (window_px, window_px)
    mean = cv2.blur(pixels, window)
    variance = np.maximum(cv2.blur(pixels * pixels, window) - mean * mean, 0)
    contrast = cv2.blur(np.sqrt(variance), window)
    return cast("Floats", (pixels - mean) / (contrast + 0.15 * float(contrast.max()) + 1e-3))


def _blurred(pixels: "Floats", sigma_px: float) -> "Floats":
    return cast("Floats", cv2.GaussianBlur(pixels, (0, 0), max(_LEAST_BLUR_PX, sigma_px)))
