"""What else goes on at a dock while `bench_verdict.py` looks at its commits: decoding, a backup."""

import contextlib
import subprocess
import sys
import threading
from collections.abc import Iterator
from itertools import cycle
from pathlib import Path
from typing import TYPE_CHECKING

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))

from station.app.clock import SystemClock, UlidScanIds  # noqa: E402
from station.app.sources import yield_to_the_loop  # noqa: E402
from station.core.reading import Capture  # noqa: E402
from station.decoders.pipeline import default_pipeline  # noqa: E402
from station.intake.frame_reader import FrameReader, Readers  # noqa: E402
from station.labels.picture import LabelContent  # noqa: E402
from station.labels.scene import draw_scene  # noqa: E402
from station.labels.symbols import SymbolKind  # noqa: E402
from station.ports.frames import Frame  # noqa: E402
from station.ports.health import Health  # noqa: E402

if TYPE_CHECKING:
    from station.ports.frames import GreyPixels

SCENES = 8

_BACKUP = """
import os, sys
from pathlib import Path
from station.app.clock import SystemClock
from station.storage.backup import back_up, remove_old
from station.storage.station_schema import STATION
source, folder = map(Path, sys.argv[1:])
os.nice(19)
back_up(source, STATION, folder, SystemClock().now_utc())
remove_old(folder, STATION, 1)
"""
"""In a process of its own and as quiet as the nightly one (config/systemd)."""


def views(payloads: list[bytes]) -> list["GreyPixels"]:
    """What a camera sees of some labels, one in a view; worn and turned as at a dock."""
    return [
        draw_scene([LabelContent(payload, SymbolKind.GS1_DATA_MATRIX)], seed)
        for seed, payload in enumerate(payloads)
    ]


class _EndlessCamera:
    """Implements `FrameSource`: the next view as soon as the last was taken."""

    def __init__(self, pictures: list["GreyPixels"]) -> None:
        self._pictures = pictures
        self._closed = False

    def frames(self) -> Iterator[Frame]:
        clock = SystemClock()
        for number, pixels in enumerate(cycle(self._pictures)):
            if self._closed:
                return
            yield Frame(pixels, clock.mono_ns(), f"view {number}", still=True)

    def close(self) -> None:
        self._closed = True


@contextlib.contextmanager
def decoding(pictures: list["GreyPixels"]) -> Iterator[list[int]]:
    """Keep every core busy with the product's own decoding threads, at their own priority.

    Yields:
        A list that grows by one for every picture decoded.
    """
    decoded: list[int] = []

    def count(_capture: Capture) -> None:
        decoded.append(1)

    def report(health: Health) -> None:
        del health  # a view that cannot be read is as good for this as one that can

    reader = FrameReader(
        "camera:bench",
        "camera",
        _EndlessCamera(pictures),
        Readers(default_pipeline()),
        clock=SystemClock(),
        scan_ids=UlidScanIds(),
        health=report,
        prepare_worker=yield_to_the_loop,
    )
    thread = threading.Thread(target=reader.run, args=(count,), name="source camera:bench")
    thread.start()
    try:
        yield decoded
    finally:
        reader.stop()
        thread.join()


@contextlib.contextmanager
def backing_up(database: Path) -> Iterator[list[int]]:
    """Back a station's database up again and again, beside whoever writes it.

    Yields:
        A list that grows by one for every backup made.

    Raises:
        RuntimeError: At the end: one of them was not made.
    """
    made: list[int] = []
    ended = threading.Event()
    command = [sys.executable, "-c", _BACKUP, str(database), str(database.with_name("backups"))]

    def back_up_again_and_again() -> None:
        while not ended.is_set():
            made.append(subprocess.run(command, cwd=ROOT, check=False).returncode)

    thread = threading.Thread(target=back_up_again_and_again)
    thread.start()
    try:
        yield made
    finally:
        ended.set()
        thread.join()
    if any(made):
        raise RuntimeError("a backup failed")
