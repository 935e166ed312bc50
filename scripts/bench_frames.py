"""Frames a second from a camera or a file to the journalled verdict, on one core and on two.

A label is held before a camera for a while, then nothing, then the next one: pictures of
1920 × 1080 and of 3840 × 2160, as a video file and as Motion-JPEG over HTTP, each read by three
readers in turn (`bench_frames_readers.py`), each in a process of its own that is bound to one core
or two:

    decoded    OpenCV opens the source and makes every frame grey: nobody can do without
    zxing-cpp  the same, and zxing-cpp on every frame: what a plain scanner program does
    station    the engine of `station scan`: watcher, verdict, claim, journal, a site of its own

Every unit shown must be accepted, else the exit code is 1. The ratio is the floor's rate by the
reader's. A camera drops frames that nobody takes in time: its rate is of frames delivered, and how
many of them the station looked at stands beside. On a machine with other work the rates are too
low, the station's the most, since its decoding gives way; processor time is not.

    python scripts/bench_frames.py [--frames N] [--rounds N] [--cores 1 2] [--sizes 1080p 4k]

`--memory` instead runs the station alone over a small file that is shown again and again, and
prints how much memory it holds: after a tenth of the frames, and at most after that.

    python scripts/bench_frames.py --memory [--frames 100000]
"""

import argparse
import itertools
import json
import shutil
import statistics
import subprocess
import sys
import tempfile
import threading
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

import cv2
import numpy as np

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))

from station.app.demo.made_up_site import build  # noqa: E402
from station.app.demo.plan import Channel, Item, Kind  # noqa: E402
from station.labels.picture import LabelContent  # noqa: E402
from station.labels.scene import VIEW_PX, Conditions, draw_scene  # noqa: E402
from station.labels.symbols import SymbolKind  # noqa: E402

if TYPE_CHECKING:
    from station.ports.frames import GreyPixels

SIZES: Final = {"small": VIEW_PX, "1080p": (1920, 1080), "4k": (3840, 2160)}
READERS: Final = ("decoded", "zxing-cpp", "station")
HELD: Final = 18
AWAY: Final = 12
UNITS: Final = 5
"""Shown in one round of a file, 30 frames each, 60 in 100 of them with a label."""
FRAMES_A_S: Final = 30.0
JPEG_QUALITY: Final = 90
SEED: Final = 5
WARM_UP: Final = 0.1
MIB: Final = 1 << 20
_BOUNDARY: Final = b"frame"


def pictures(payloads: Sequence[bytes], size: tuple[int, int]) -> "Iterator[GreyPixels]":
    """One round: every label held and taken away."""
    width, height = size
    rng = np.random.default_rng(SEED)
    board = cv2.resize(draw_scene([], SEED), size, interpolation=cv2.INTER_CUBIC)
    noises = rng.normal(0, 2.0, (3, height, width)).astype(np.float32)
    for number, payload in enumerate(payloads):
        held = board.copy()
        label = LabelContent(payload, SymbolKind.GS1_DATA_MATRIX)
        view = draw_scene([label], SEED + number, Conditions(1.0, 4.0))
        top, left = (
            (whole - part) // 2 for whole, part in zip(size[::-1], view.shape, strict=True)
        )
        held[top : top + view.shape[0], left : left + view.shape[1]] = view
        for frame in range(HELD + AWAY):
            picture = held if frame < HELD else board
            yield (picture + noises[frame % 3]).clip(0, 255).astype(np.uint8)


def write_video(path: Path, payloads: Sequence[bytes], size: tuple[int, int]) -> list[bytes]:
    """Write one round as a Motion-JPEG file; the same frames as JPEG, for the server."""
    writer = cv2.VideoWriter(str(path), cv2.VideoWriter.fourcc(*"MJPG"), FRAMES_A_S, size)
    jpegs = []
    for pixels in pictures(payloads, size):
        picture = cv2.cvtColor(pixels, cv2.COLOR_GRAY2BGR)
        writer.write(picture)
        _, jpeg = cv2.imencode(".jpg", picture, [cv2.IMWRITE_JPEG_QUALITY, JPEG_QUALITY])
        jpegs.append(jpeg.tobytes())
    writer.release()
    return jpegs


@contextmanager
def camera(jpegs: Sequence[bytes]) -> Iterator[str]:
    """A network camera that shows a round again and again, as fast as it is read; its address."""

    class Handler(BaseHTTPRequestHandler):
        """Sends the round until the viewer goes."""

        def do_GET(self) -> None:
            """Answer any path with the stream."""
            self.send_response(200)
            kind = f"multipart/x-mixed-replace; boundary={_BOUNDARY.decode()}"
            self.send_header("Content-Type", kind)
            self.end_headers()
            with suppress(OSError):
                for jpeg in itertools.cycle(jpegs):
                    head = b"--%s\r\nContent-Type: image/jpeg\r\nContent-Length: %d\r\n\r\n"
                    self.wfile.write(head % (_BOUNDARY, len(jpeg)) + jpeg + b"\r\n")

        def log_message(self, format: str, *args: object) -> None:  # noqa: A002
            """Requests are not logged."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    server.daemon_threads = True
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    try:
        yield f"http://127.0.0.1:{server.server_port}/"
    finally:
        server.shutdown()
        thread.join()
        server.server_close()


@dataclass(frozen=True, slots=True)
class Case:
    """What is measured.

    Attributes:
        name: For people.
        kind: ``video`` or ``camera``.
        value: The file or the address.
    """

    name: str
    kind: str
    value: str


def read(reader: str, cores: int, site: Path, case: Case, frames: int) -> dict[str, Any]:
    """Run a reader in a process of its own."""
    argv = [reader, str(cores), str(site), case.kind, case.value, str(frames)]
    done = subprocess.run(
        [sys.executable, ROOT / "scripts" / "bench_frames_readers.py", *argv],
        capture_output=True,
        text=True,
        check=False,
    )
    if done.returncode:
        raise SystemExit(f"{reader} on {case.name} failed:\n{done.stderr}")
    found: dict[str, Any] = json.loads(done.stdout)
    return found


def measure(case: Case, cores: int, sites: Iterator[Path], frames: int, rounds: int) -> bool:
    """Every reader in turn, and its rate beside the floor's; whether all units were accepted."""
    runs: dict[str, list[dict[str, Any]]] = {reader: [] for reader in READERS}
    for number in range(rounds):
        for reader in READERS[:: 1 if number % 2 == 0 else -1]:
            runs[reader].append(read(reader, cores, next(sites), case, frames))
    rates = {
        reader: statistics.median(run["frames"] / run["seconds"] for run in found)
        for reader, found in runs.items()
    }
    units = min(UNITS, -(-frames // (HELD + AWAY)))
    for reader, found in runs.items():
        last = found[-1]
        share = 100 * last["looked_at"] / max(1, last["frames"])
        cpu_ms = 1_000 * statistics.median(run["cpu_s"] / run["frames"] for run in found)
        print(
            f"{case.name:12} {cores} core{'s' if cores > 1 else ' '} {reader:10}"
            f" {rates[reader]:6.1f} frames a second, ratio {rates['decoded'] / rates[reader]:5.2f},"
            f" {cpu_ms:6.2f} ms of processor a frame, {share:3.0f} % looked at,"
            f" {min(last['accepted'], units)} of {units} units",
            flush=True,
        )
    return all(run["accepted"] >= units for run in runs["station"])


def memory(case: Case, site: Path, frames: int) -> bool:
    """The station alone, over many frames; whether it did its work."""
    found = read("station", 2, site, case, frames)
    samples = [(at, size / MIB) for at, size in found["memory"]]
    warm = [size for at, size in samples if at <= WARM_UP * frames] or [samples[0][1]]
    later = [size for at, size in samples if at > WARM_UP * frames] or [samples[-1][1]]
    print(
        f"memory over {found['looked_at']} frames and {found['verdicts']} verdicts in"
        f" {found['seconds']:.0f} s: {warm[-1]:.1f} MiB after a tenth, at most"
        f" {max(later):.1f} MiB after that, growth {max(later) - warm[-1]:+.1f} MiB"
    )
    tenths = [samples[len(samples) * tenth // 10][1] for tenth in range(10)]
    print("MiB at each tenth: " + " ".join(f"{size:.1f}" for size in [*tenths, samples[-1][1]]))
    return bool(found["accepted"] == UNITS)


@contextmanager
def made_sites(folder: Path) -> Iterator[tuple[list[bytes], Iterator[Path]]]:
    """The payloads of some units, and as many fresh sites that expect them as are taken."""
    plan = [Item(number, Kind.GENUINE, Channel.CAMERA, 0, number) for number in range(UNITS)]
    (folder / "made").mkdir()
    made = build(folder / "made", plan, SEED, lambda _: None)

    def copies() -> Iterator[Path]:
        for number in itertools.count():
            yield Path(shutil.copytree(made.site, folder / f"site-{number}"))

    yield [made.payloads[item.number] for item in plan], copies()


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the bench; the exit code."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--frames", type=int, help="300, or 100000 with --memory")
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--cores", type=int, nargs="+", default=[1, 2])
    parser.add_argument("--sizes", nargs="+", choices=SIZES, default=["1080p", "4k"])
    parser.add_argument("--memory", action="store_true")
    options = parser.parse_args(arguments)
    done = True
    with tempfile.TemporaryDirectory() as name, made_sites(Path(name)) as (payloads, sites):
        folder = Path(name)
        if options.memory:
            write_video(folder / "small.avi", payloads, SIZES["small"])
            case = Case("memory", "video", str(folder / "small.avi"))
            return 0 if memory(case, next(sites), options.frames or 100_000) else 1
        for size in options.sizes:
            path = folder / f"{size}.avi"
            jpegs = write_video(path, payloads, SIZES[size])
            with camera(jpegs) as url:
                for cores in options.cores:
                    for case in (
                        Case(f"{size} file", "video", str(path)),
                        Case(f"{size} camera", "camera", url),
                    ):
                        frames = options.frames or 300
                        done &= measure(case, cores, sites, frames, options.rounds)
    return 0 if done else 1


if __name__ == "__main__":
    sys.exit(main())
