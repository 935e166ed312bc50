"""Draw the annotated pictures of labels in docs/images, from labels of the station's own.

Usage: make_label_pictures.py [--check]

What is outlined is what the station's decoder finds in the picture; which verdict a code gets is
written down here. With --check nothing is written; the exit code is 1 where a picture is missing or
shows something else.
"""

import io
import sys
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Final

import cv2
import numpy as np
from PIL import Image

ROOT: Final = Path(__file__).resolve().parent.parent
if str(ROOT) not in sys.path:
    sys.path.insert(0, str(ROOT))

from station.cameras.annotated import Mark, Outlined, annotated_jpeg  # noqa: E402
from station.core.codes import Algorithm, UnitIdentity  # noqa: E402
from station.core.crypto import PrivateKey  # noqa: E402
from station.core.unit_code import element_string, mint  # noqa: E402
from station.decoders.pipeline import default_pipeline  # noqa: E402
from station.labels.picture import LabelContent, label_image  # noqa: E402
from station.labels.scene import Conditions, draw_scene  # noqa: E402
from station.labels.symbols import SymbolKind  # noqa: E402

if TYPE_CHECKING:
    from station.ports.frames import GreyPixels

IMAGES: Final = ROOT / "docs" / "images"
KEY: Final = PrivateKey.from_seed(Algorithm.ED25519, bytes(range(32)))
"""The test key of the code format's worked example."""
SERIALS: Final = ("K7QZ4M2XW9TRB", "9Z3XH6F8M1PTD", "5W2N8QK4T7VCA", "7PA0D3ZR8KQ2N")
CELL_PX: Final = 250
MOST_DIFFERENCE: Final = 2.0
"""Mean grey levels: processors round differently, and what is drawn stays the same."""
_BOARD: Final = 150
_ENLARGED: Final = 5


def payload(number: int) -> bytes:
    """A signed unit code."""
    identity = UnitIdentity("09506000134352", SERIALS[number])
    return element_string(identity, mint(identity, 1, KEY))


def content(number: int, kind: SymbolKind = SymbolKind.GS1_DATA_MATRIX) -> LabelContent:
    """A label."""
    return LabelContent(payload(number), kind)


def middle_of(view: "GreyPixels") -> "GreyPixels":
    """The middle of a view, as large as a cell of the tray."""
    top, left = ((side - CELL_PX) // 2 for side in view.shape)
    return view[top : top + CELL_PX, left : left + CELL_PX]


def tray() -> "GreyPixels":
    """Six places: three good units, one to be quarantined, one torn label, one bare carton."""
    mild = Conditions(0.8, 3.0)
    views = [
        draw_scene([content(0)], 21, mild),
        draw_scene([content(1, SymbolKind.GS1_QR)], 22, mild),
        draw_scene([content(2)], 23, mild),
        draw_scene([content(3)], 24, mild),
        scratched_view(0.2),
        draw_scene([], 26, mild),
    ]
    cells = [middle_of(view) for view in views]
    return np.vstack([np.hstack(cells[:3]), np.hstack(cells[3:])])


def scratched_view(share: float) -> "GreyPixels":
    """A label on a carton with scratches over a share of it."""
    drawn = np.array(label_image(content(2), 3))
    rng = np.random.default_rng(7)
    worn = np.zeros(drawn.shape, np.uint8)
    while (worn > 0).mean() < share:
        (x, y), (across, down) = rng.integers(0, drawn.shape[0], 2), rng.integers(-60, 60, 2)
        cv2.line(worn, (int(x), int(y)), (int(x + across), int(y + down)), 255, 2)
    drawn[worn > 0] = 215
    view = np.full((CELL_PX, CELL_PX), _BOARD, np.uint8)
    top, left = ((CELL_PX - side) // 2 for side in drawn.shape)
    view[top : top + drawn.shape[0], left : left + drawn.shape[1]] = drawn
    return exposed(view)


def scuffed() -> "GreyPixels":
    """A label with scratches over a thirtieth of it."""
    return scratched_view(0.03)


def curved() -> "GreyPixels":
    """A label around a bottle, 52 degrees to either side."""
    drawn = np.array(label_image(content(1), 2))
    half_angle = 0.9
    width = round(drawn.shape[1] * np.sin(half_angle) / half_angle)
    across = np.linspace(-1, 1, width) * np.sin(half_angle)
    columns = (np.arcsin(across) / half_angle + 1) / 2 * (drawn.shape[1] - 1)
    x, y = np.meshgrid(columns, np.arange(drawn.shape[0]))
    bent = cv2.remap(drawn, x.astype(np.float32), y.astype(np.float32), cv2.INTER_LINEAR)
    # What turns away from the lamp is darker.
    shaded = bent * np.sqrt(1 - across**2)[None, :]
    view = np.full((CELL_PX, CELL_PX), _BOARD, np.uint8)
    top, left = ((CELL_PX - side) // 2 for side in shaded.shape)
    view[top : top + shaded.shape[0], left : left + width] = shaded.astype(np.uint8)
    return exposed(view)


def far_away() -> "GreyPixels":
    """A label of 1.4 pixels a module."""
    return draw_scene([content(0)], 31, Conditions(0.6, 1.4))[200:290, 340:460]


def exposed(view: "GreyPixels") -> "GreyPixels":
    """As a lens and a sensor give it: a little soft, a little noisy."""
    soft = cv2.GaussianBlur(view, (0, 0), 0.6)
    noise = np.random.default_rng(11).normal(0, 2.0, view.shape)
    return (soft + noise).clip(0, 255).astype(np.uint8)


@dataclass(frozen=True, slots=True)
class Scene:
    """One picture.

    Attributes:
        draw: Makes what the camera sees.
        marks: Verdict by payload; a code that is not listed is accepted.
        enlarged: Times the finished picture is enlarged.
    """

    draw: "Callable[[], GreyPixels]"
    marks: Mapping[bytes, Mark]
    enlarged: int = 1


SCENES: Final[dict[str, Scene]] = {
    "tray": Scene(tray, {payload(3): Mark.QUARANTINED, payload(1): Mark.WAITING}),
    "scuffed": Scene(scuffed, {}, 2),
    "curved": Scene(curved, {}, 2),
    "far": Scene(far_away, {}, _ENLARGED),
}


def picture(name: str) -> bytes:
    """One scene as JPEG, annotated with what is found in it."""
    scene = SCENES[name]
    pixels = scene.draw()
    sight = default_pipeline().look(pixels)
    times = scene.enlarged
    labels = [
        Outlined(symbol.corners, scene.marks.get(symbol.payload, Mark.ACCEPTED))
        for symbol in sight.symbols
        if symbol.corners is not None
    ]
    labels += [Outlined(corners, Mark.UNREAD) for corners in sight.unread]
    shown = np.kron(pixels, np.ones((times, times), np.uint8))
    return annotated_jpeg(shown, [_enlarged(label, times) for label in labels])


def _enlarged(label: Outlined, times: int) -> Outlined:
    a, b, c, d = (((x + 0.5) * times - 0.5, (y + 0.5) * times - 0.5) for x, y in label.corners)
    return Outlined((a, b, c, d), label.mark)


def is_current(path: Path, drawn: bytes) -> bool:
    """Whether a file shows what was drawn."""
    if not path.is_file():
        return False
    there, wanted = (
        np.asarray(Image.open(io.BytesIO(jpeg)).convert("RGB")).astype(np.int16)
        for jpeg in (path.read_bytes(), drawn)
    )
    return there.shape == wanted.shape and float(np.abs(there - wanted).mean()) < MOST_DIFFERENCE


def main(argv: list[str]) -> int:
    """Write or check every picture; returns the exit code."""
    if argv not in ([], ["--check"]):
        print(__doc__, file=sys.stderr)
        return 2
    stale = []
    for name in SCENES:
        path = IMAGES / f"label-{name}.jpg"
        drawn = picture(name)
        if is_current(path, drawn):
            continue
        stale.append(path)
        if not argv:
            path.write_bytes(drawn)
    for path in stale:
        print(f"{'out of date' if argv else 'drawn'}: {path}", file=sys.stderr)
    return 1 if argv and stale else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
