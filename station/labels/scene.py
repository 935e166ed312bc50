"""What a dock's camera sees: labels on cartons under mild real-world conditions, repeatable.

For the demo and for tests: turned, tilted, a little worn, softly focused, unevenly lit, noisy; also
a unit without a code, a label torn beyond reading, and several labels in one view. The same seed
gives the same picture. Whether a picture reads is for a decoder to say, not for this module; of
2,000 seeds every one read (docs/reference/decoding.md). About 20 ms of processor time a picture.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

import numpy as np
from PIL import Image, ImageDraw, ImageFilter, ImageFont

from station.labels.picture import LabelContent, label_image

if TYPE_CHECKING:
    from numpy import floating, uint8
    from numpy.typing import NDArray

    Pixels = NDArray[uint8]
    Quad = NDArray[floating]

VIEW_PX: Final = (800, 480)
"""Width and height of the view while its labels fit: a camera has one size of picture."""

LABEL_PX: Final = 400
"""Width that a label turned any way needs."""

_DRAWN_MODULE_PX: Final = 8
"""Labels are drawn this large, then shrunk once to the size they are seen at."""

_MOST_SPECKS: Final = 8
_WORN_SHARE: Final = 0.25
"""How far from the middle of a label specks lie, as a share of its width; the symbol is wider."""
_PAPER: Final = 255

_WORDS: Final = (
    "FRAGILE",
    "KEEP DRY",
    "THIS SIDE UP",
    "24 PCS",
    "MADE WITH CARE",
    "LOT SEE BOTTOM",
)


@dataclass(frozen=True, slots=True)
class Conditions:
    """How a camera sees a label.

    Attributes:
        strength: 0 is a studio, 1 is the mild dock of the demo.
        module_px: Size of a module in the view, pixels.
    """

    strength: float = 1.0
    module_px: float = 4.2


def draw_scene(
    labels: Sequence[LabelContent],
    seed: int,
    conditions: Conditions = Conditions(),
    *,
    torn: bool = False,
) -> "Pixels":
    """Draw one view of the dock.

    Args:
        labels: What lies there, side by side; empty for one carton without a code.
        seed: Decides everything that chance decides.
        conditions: How it is seen.
        torn: Whether labels are torn and smeared over most of their symbol.

    Returns:
        2-D uint8 grey, rows × columns.
    """
    rng = np.random.default_rng(seed)
    height = VIEW_PX[1]
    columns = max(1, len(labels))
    width = max(VIEW_PX[0] // columns, LABEL_PX)
    view = _carton((width * columns, height), rng)
    for column, content in enumerate(labels):
        drawn = label_image(content, _DRAWN_MODULE_PX)
        drawn = _tear(drawn, rng) if torn else _wear(drawn, conditions.strength, rng)
        middle = (width * (column + 0.5), height * 0.5)
        _lay(view, drawn, middle, conditions, rng)
    return _expose(view, conditions.strength, rng)


def _carton(size: tuple[int, int], rng: np.random.Generator) -> Image.Image:
    """Brown board with printed words and rules, in grey."""
    board = float(rng.uniform(120, 165))
    coarse = rng.normal(board, 5, (size[1] // 24, size[0] // 24)).clip(0, 255).astype(np.uint8)
    view = Image.fromarray(coarse).resize(size, Image.Resampling.BICUBIC)
    pen = ImageDraw.Draw(view)
    for _ in range(int(rng.integers(2, 5))):
        x, y = int(rng.integers(0, size[0])), int(rng.integers(0, size[1]))
        ink = int(board - rng.uniform(40, 90))
        font = ImageFont.load_default(float(rng.uniform(14, 30)))
        pen.text((x, y), str(rng.choice(_WORDS)), fill=ink, font=font)
        if rng.random() < 0.5:
            pen.rectangle((x, y, x + int(rng.integers(30, 160)), y + 3), fill=ink)
    return view


def _lay(
    view: Image.Image,
    drawn: Image.Image,
    middle: tuple[float, float],
    conditions: Conditions,
    rng: np.random.Generator,
) -> None:
    """Lay a label on the carton, turned and tilted about a point of the view."""
    strength = conditions.strength
    scale = conditions.module_px / _DRAWN_MODULE_PX * float(rng.uniform(0.95, 1.1))
    size = (round(drawn.width * scale), round(drawn.height * scale))
    seen = drawn.resize(size, Image.Resampling.LANCZOS)
    half = np.array(size, np.float32) / 2
    corners = np.array([[-1, -1], [1, -1], [1, 1], [-1, 1]], np.float32) * half
    angle = float(rng.uniform(-0.35, 0.35)) * strength + float(rng.integers(0, 4)) * np.pi / 2
    turn = np.array([[np.cos(angle), np.sin(angle)], [-np.sin(angle), np.cos(angle)]])
    tilt = rng.normal(0, 0.0002 * strength, 2)
    quad = corners @ turn
    quad = quad / (1 + quad @ tilt)[:, None] + np.array(middle) + rng.uniform(-12, 12, 2) * strength
    coefficients = _perspective(quad, corners + half)
    ink, paper = 25 + 30 * strength * float(rng.random()), 240 - 30 * strength * float(rng.random())
    seen = seen.point([round(ink + (paper - ink) * level / 255) for level in range(256)])
    warped = seen.transform(
        view.size, Image.Transform.PERSPECTIVE, coefficients, Image.Resampling.BICUBIC
    )
    mask = Image.new("L", size, 255).transform(
        view.size, Image.Transform.PERSPECTIVE, coefficients, Image.Resampling.BILINEAR
    )
    view.paste(warped, mask=mask)


def _perspective(seen: "Quad", drawn: "Quad") -> list[float]:
    """The eight numbers that take a point of the view to a point of the label (Pillow's order).

    Args:
        seen: 4 × 2, the label's corners in the view.
        drawn: 4 × 2, the same corners in the label's own picture.
    """
    rows = []
    for (x, y), (u, v) in zip(seen, drawn, strict=True):
        rows.append([x, y, 1, 0, 0, 0, -u * x, -u * y])
        rows.append([0, 0, 0, x, y, 1, -v * x, -v * y])
    return [float(c) for c in np.linalg.solve(np.array(rows, float), drawn.reshape(8))]


def _wear(drawn: Image.Image, strength: float, rng: np.random.Generator) -> Image.Image:
    """Specks where ink came off, as handling leaves them; the symbol's frame stays whole.

    A speck on the frame of a Data Matrix is no mild condition: it stops one reading in fifty.
    """
    worn = drawn.copy()
    pen = ImageDraw.Draw(worn)
    middle = np.array([worn.width / 2, worn.width / 2])
    for _ in range(int(rng.integers(0, 1 + round(_MOST_SPECKS * strength)))):
        x, y = middle + rng.uniform(-_WORN_SHARE, _WORN_SHARE, 2) * worn.width
        radius = float(rng.uniform(0.2, 0.5)) * _DRAWN_MODULE_PX
        pen.ellipse([x - radius, y - radius, x + radius, y + radius], fill=_PAPER)
    return worn


def _tear(drawn: Image.Image, rng: np.random.Generator) -> Image.Image:
    """Tear strips off a label and smear what is left."""
    torn = drawn.copy()
    pen = ImageDraw.Draw(torn)
    side = min(drawn.width, drawn.height)
    for _ in range(7):
        start = rng.uniform(0, side, 2)
        end = start + rng.normal(0, side * 0.6, 2)
        shade = int(rng.choice([120, 150, 255]))
        pen.line([*map(float, start), *map(float, end)], fill=shade, width=side // 9)
    across = float(side) * 0.5
    pen.line([0, across, float(side), across * 1.2], fill=140, width=side // 4)
    return torn.filter(ImageFilter.GaussianBlur(_DRAWN_MODULE_PX * 0.8))


def _expose(view: Image.Image, strength: float, rng: np.random.Generator) -> "Pixels":
    """Light, lens and sensor."""
    soft = view.filter(ImageFilter.GaussianBlur(0.3 + 0.5 * strength * float(rng.random())))
    pixels = np.asarray(soft, np.float32)
    height, width = pixels.shape
    slope = rng.uniform(-0.18, 0.18, 2) * strength
    across = np.linspace(-0.5, 0.5, width, dtype=np.float32) * slope[0]
    down = np.linspace(-0.5, 0.5, height, dtype=np.float32) * slope[1]
    gain = float(rng.uniform(0.8, 1.05)) if strength else 1.0
    noise = rng.standard_normal(pixels.shape, np.float32) * (3.0 * strength)
    lit = pixels * ((1 + across)[None, :] + down[:, None]) * gain + noise
    exposed: Pixels = lit.clip(0, 255).astype(np.uint8)
    return exposed
