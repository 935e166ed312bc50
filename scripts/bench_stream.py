"""What reading a stream costs a frame, and how many of its items are read, beside zxing-cpp.

A belt: cartons with one label each pass the camera one after the other; everything in view moves.
A desk: a label is held before a large picture at rest for some time, then nothing. Both are drawn,
seeded, and shown frame by frame to the watcher of camera sources and to zxing-cpp, in turn, on one
core. Exits with 1 when a text was read that is on no label.

    python scripts/bench_stream.py [--items N] [--seed N]
"""

import argparse
import sys
import time
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

import cv2
import numpy as np

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))

from station.decoders.watching import default_watcher  # noqa: E402
from station.decoders.zxing import ZxingDecoder  # noqa: E402
from station.labels.picture import LabelContent  # noqa: E402
from station.labels.scene import VIEW_PX, Conditions, draw_scene  # noqa: E402
from station.labels.symbols import SymbolKind  # noqa: E402

if TYPE_CHECKING:
    from station.ports.frames import GreyPixels

SPEED_PX = 65
"""Pixels a frame: an 800 pixel view is crossed in 12 frames."""
DESK_PX = (1920, 1080)
SHOWN_FRAMES = 36
EMPTY_FRAMES = 24
KINDS = (SymbolKind.GS1_DATA_MATRIX, SymbolKind.GS1_QR)


def payload(number: int) -> bytes:
    """A signed code's length and alphabet, unlike every other's."""
    return (
        b"0109506000134352"
        + b"21K7QZ4M2X%05d" % number
        + b"\x1d99"
        + b"EAB%05dVnDGeIQ" % number * 6
    )


def label(number: int) -> LabelContent:
    """One item's label."""
    return LabelContent(payload(number), KINDS[number % len(KINDS)])


def belt(items: int, seed: int) -> "Iterator[GreyPixels]":
    """Frames of a belt, each with its noise drawn anew."""
    rng = np.random.default_rng(seed)
    views = [
        draw_scene(
            [label(number)], seed + number, Conditions(rng.uniform(0.8, 2.6), rng.uniform(1.6, 4))
        )
        for number in range(items)
    ]
    strip = np.concatenate([draw_scene([], seed), *views, draw_scene([], seed + 1)], axis=1)
    for left in range(0, strip.shape[1] - VIEW_PX[0], SPEED_PX):
        view = strip[:, left : left + VIEW_PX[0]]
        noise = rng.normal(0, 2.0, view.shape).astype(np.float32)
        yield (view + noise).clip(0, 255).astype(np.uint8)


def desk(items: int, seed: int) -> "Iterator[GreyPixels]":
    """Frames of a large picture at rest, 60 in 100 of them with a label."""
    rng = np.random.default_rng(seed)
    width, height = DESK_PX
    board = cv2.resize(draw_scene([], seed), DESK_PX, interpolation=cv2.INTER_CUBIC)
    noises = rng.normal(0, 2.0, (4, height, width)).astype(np.float32)
    for number in range(items):
        held = board.copy()
        shown = draw_scene([label(number)], seed + number, Conditions(1.0, 4.0))
        top, left = rng.integers(0, height - VIEW_PX[1]), rng.integers(0, width - VIEW_PX[0])
        held[top : top + VIEW_PX[1], left : left + VIEW_PX[0]] = shown
        for frame in range(SHOWN_FRAMES + EMPTY_FRAMES):
            picture = held if frame < SHOWN_FRAMES else board
            yield (picture + noises[frame % 4]).clip(0, 255).astype(np.uint8)


def run(name: str, frames: "Iterator[GreyPixels]", items: int) -> bool:
    """Show every frame to both; says whether a text was made up."""
    known = {payload(number) for number in range(items)}
    watcher, zxing = default_watcher(), ZxingDecoder()
    readers = {"zxing-cpp": zxing.decode, "station": watcher.watch}
    read: dict[str, set[bytes]] = {reader: set() for reader in readers}
    spent_s = dict.fromkeys(readers, 0.0)
    count = 0
    for pixels in frames:
        count += 1
        for reader, look in list(readers.items())[:: 1 if count % 2 else -1]:
            started_s = time.thread_time()
            symbols = look(pixels)
            spent_s[reader] += time.thread_time() - started_s
            read[reader] |= {symbol.payload for symbol in symbols}
    for reader in readers:
        print(
            f"{name:6} {reader:10} {items:4} items {len(read[reader] & known):4} read"
            f" {len(read[reader] - known):3} made up"
            f" {1_000 * spent_s[reader] / max(1, count):7.2f} ms a frame, {count} frames",
            flush=True,
        )
    return bool(read["station"] - known)


def main(arguments: Sequence[str] | None = None) -> int:
    """Run both streams."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--items", type=int, default=24)
    parser.add_argument("--seed", type=int, default=1)
    options = parser.parse_args(arguments)
    cv2.setNumThreads(1)
    items, seed = options.items, options.seed
    made_up = run("belt", belt(items, seed), items)
    made_up |= run("desk", desk(max(1, items // 4), seed), max(1, items // 4))
    return int(made_up)


if __name__ == "__main__":
    sys.exit(main())
