"""What estimating the print costs, beside reading the same pictures.

Drawn labels, each read by zxing-cpp alone and then graded, in turn; a tray of labels in one large
picture, of which as many are graded as the station does; and the belt and the desk of
`bench_stream.py`, where every code is graded once, when it comes into view. Processor time of one
core. With `--check` it exits with 1 where a bound is not met.

    python scripts/bench_print.py [--items N] [--seed N] [--check]
"""

import argparse
import sys
import time
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

import cv2
import numpy as np

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))

from scripts.bench_stream import belt, desk, payload  # noqa: E402
from station.core.print_quality import PrintQuality  # noqa: E402
from station.core.symbol import Symbol  # noqa: E402
from station.decoders.pipeline import default_pipeline  # noqa: E402
from station.decoders.print_grading import PictureGrader  # noqa: E402
from station.decoders.watching import default_watcher  # noqa: E402
from station.decoders.zxing import ZxingDecoder  # noqa: E402
from station.intake.frame_reader import MAX_GRADED  # noqa: E402
from station.labels.picture import LabelContent, label_image  # noqa: E402
from station.labels.scene import Conditions, draw_scene  # noqa: E402
from station.labels.symbols import SymbolKind  # noqa: E402
from station.ports.decoding import LabelWatcher  # noqa: E402

if TYPE_CHECKING:
    from station.ports.frames import GreyPixels

CASES = (
    ("Data Matrix 40×40", SymbolKind.GS1_DATA_MATRIX, payload(1)),
    ("QR 45×45", SymbolKind.GS1_QR, payload(1)),
    ("EAN-13", SymbolKind.EAN_13, b"9506000134352"),
    ("GS1-128", SymbolKind.GS1_128, b"0109506000134352"),
)
GRADER = PictureGrader()
TRAY_ROWS, TRAY_COLUMNS = 8, 12
MAX_SYMBOL_RATIO = 1.5
"""Grading a symbol against zxing-cpp's reading of a picture of 800 × 480 pixels."""
MAX_TRAY_RATIO = 0.25
MAX_STREAM_RATIO = 0.25
"""Against reading the stream."""


def spent_ms(work: Callable[[], object]) -> float:
    """Processor time of one call."""
    started_s = time.thread_time()
    work()
    return 1_000 * (time.thread_time() - started_s)


def graded(pixels: "GreyPixels", symbols: Sequence[Symbol]) -> list[PrintQuality | None]:
    """How symbols of a picture are printed."""
    return [GRADER.grade(pixels, symbol) for symbol in symbols]


def symbols(items: int, seed: int) -> bool:
    """Every kind of symbol, read and graded in turn; says whether all were cheap enough."""
    zxing, pipeline = ZxingDecoder(), default_pipeline()
    fits = True
    for name, kind, content in CASES:
        reading, grading = [], []
        letters: Counter[str] = Counter()
        for number in range(items):
            label = [LabelContent(content, kind)]
            scene = draw_scene(label, seed + number, Conditions(1.0, 3.2))
            reading.append(spent_ms(partial(zxing.decode, scene)))
            found = pipeline.decode(scene)[:1]
            letters.update("-" if one is None else one.grade.name for one in graded(scene, found))
            if found:
                grading.append(spent_ms(partial(graded, scene, found)))
        read_ms, grade_ms = float(np.median(reading)), float(np.median(grading))
        ratio = grade_ms / read_ms
        fits &= ratio <= MAX_SYMBOL_RATIO
        print(
            f"{name:18} {len(grading):4} graded {grade_ms:6.2f} ms each, zxing-cpp {read_ms:6.2f}"
            f" ms a picture, {ratio:5.2f} x  ",
            " ".join(f"{letter} {count}" for letter, count in sorted(letters.items())),
        )
    return fits


def tray(seed: int) -> bool:
    """Many labels of one picture, of which the station grades some."""
    labels = [
        np.asarray(label_image(LabelContent(payload(number), SymbolKind.GS1_DATA_MATRIX), 3))
        for number in range(TRAY_ROWS * TRAY_COLUMNS)
    ]
    side = max(max(label.shape) for label in labels) + 40
    picture = np.full((TRAY_ROWS * side, TRAY_COLUMNS * side), 150, np.float32)
    for number, label in enumerate(labels):
        top, left = side * (number // TRAY_COLUMNS) + 20, side * (number % TRAY_COLUMNS) + 20
        picture[top : top + label.shape[0], left : left + label.shape[1]] = label
    soft = cv2.GaussianBlur(picture, (0, 0), 0.8)
    noise = np.random.default_rng(seed).normal(0, 3, soft.shape)
    pixels = (soft + noise).clip(0, 255).astype(np.uint8)
    pipeline = default_pipeline()
    read_ms = spent_ms(partial(pipeline.decode, pixels))
    some = pipeline.decode(pixels)[:MAX_GRADED]
    grade_ms = spent_ms(partial(graded, pixels, some))
    print(
        f"tray of {len(labels)}         {len(some):4} graded {grade_ms:6.0f} ms together,"
        f" the station's reading {read_ms:6.0f} ms, {grade_ms / read_ms:5.2f} x"
    )
    return grade_ms / read_ms <= MAX_TRAY_RATIO


def stream(name: str, frames: "Iterator[GreyPixels]") -> bool:
    """Frames watched, and each code graded in the first frame it shows in."""
    watcher = default_watcher()
    watch_ms = grade_ms = 0.0
    count = 0
    known: set[bytes] = set()
    for pixels in frames:
        count += 1
        seen: list[Symbol] = []
        watch_ms += spent_ms(partial(_watch, watcher, pixels, seen))
        news = [symbol for symbol in seen if symbol.payload not in known]
        known |= {symbol.payload for symbol in news}
        grade_ms += spent_ms(partial(graded, pixels, news))
    ratio = grade_ms / watch_ms
    print(
        f"{name:18} {len(known):4} graded {grade_ms / count:6.3f} ms a frame, reading"
        f" {watch_ms / count:6.2f} ms a frame, {ratio:5.3f} x, {count} frames"
    )
    return ratio <= MAX_STREAM_RATIO


def _watch(watcher: LabelWatcher, pixels: "GreyPixels", seen: list[Symbol]) -> None:
    seen.extend(watcher.watch(pixels))


def main(arguments: Sequence[str] | None = None) -> int:
    """Run all."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--items", type=int, default=24)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--check", action="store_true")
    options = parser.parse_args(arguments)
    cv2.setNumThreads(1)
    items, seed = options.items, options.seed
    fits = symbols(items, seed)
    fits &= tray(seed)
    fits &= stream("belt", belt(items, seed))
    fits &= stream("desk, 1080p", desk(max(1, items // 4), seed))
    return int(options.check and not fits)


if __name__ == "__main__":
    sys.exit(main())
