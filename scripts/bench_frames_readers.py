"""The readers of `bench_frames.py`, each run in a process of its own; prints one line of JSON.

bench_frames_readers.py READER CORES SITE KIND VALUE FRAMES
"""

import json
import os
import sys
import time
from collections.abc import Iterator, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any, Final

import cv2
import numpy as np

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))

from station import cameras  # noqa: E402
from station.app.intake_session import make_engine, open_site  # noqa: E402
from station.core.advice import Advice  # noqa: E402
from station.core.causes import Told  # noqa: E402
from station.core.errors import DeviceError  # noqa: E402
from station.core.journal import JournalEntry  # noqa: E402
from station.core.reasons import VerdictClass  # noqa: E402
from station.decoders.zxing import ZxingDecoder  # noqa: E402
from station.ports.display import ActAnswer, Attendance, LatchState  # noqa: E402
from station.ports.frames import Frame, FrameProblem, FrameSource  # noqa: E402
from station.ports.health import Health  # noqa: E402

FRAME_NS: Final = 33_333_333
SAMPLE_EVERY: Final = 500
"""Frames between two looks at the memory held."""

_open_source = cameras.open_source


class Again:
    """A frame source shown again until so many frames were looked at; samples memory meanwhile."""

    def __init__(self, kind: str, value: str, frames: int, given: dict[str, Any]) -> None:
        self._what = (kind, value)
        self._given = given
        self._source: FrameSource = self._open()
        self._most = frames
        self.looked_at = 0
        self.delivered = 0
        self.first_s: float | None = None
        self.first_cpu_s = 0.0
        self.memory: list[tuple[int, int]] = []

    def _open(self) -> FrameSource:
        return _open_source(*self._what, **self._given)

    def frames(self) -> Iterator[Frame | FrameProblem]:
        """Frames of all rounds as one stream."""
        offset_ns = before = 0
        while True:
            last: Frame | None = None
            for frame in self._source.frames():
                if isinstance(frame, FrameProblem):
                    raise DeviceError(f"{frame.name}: {frame.detail}", "make the file again")
                if self.first_s is None:
                    self.first_s, self.first_cpu_s = time.perf_counter(), time.process_time()
                media_ns = None if frame.media_ns is None else frame.media_ns + offset_ns
                last = replace(frame, media_ns=media_ns)
                self.looked_at += 1
                self.delivered = before + frame.number
                if self.looked_at % SAMPLE_EVERY == 0:
                    self.memory.append((self.looked_at, resident_bytes()))
                yield last
                if self.looked_at >= self._most:
                    self._source.close()
                    return
            if last is None or last.media_ns is None:
                return
            offset_ns = last.media_ns + FRAME_NS
            before = self.delivered
            self._source = self._open()

    def close(self) -> None:
        """End it."""
        self._source.close()


def resident_bytes() -> int:
    """What this process holds in memory (Linux)."""
    pages = int(Path("/proc/self/statm").read_text("ascii").split()[1])
    return pages * os.sysconf("SC_PAGE_SIZE")


class Count:
    """Implements `station.ports.outcomes.Outcomes`: counts what was accepted."""

    def __init__(self) -> None:
        self.accepted: set[object] = set()
        self.verdicts = 0

    def durable(self, entry: JournalEntry, commit_ms: float) -> None:  # noqa: ARG002 - the port's
        """Count it."""
        self.verdicts += 1
        if entry.verdict.verdict_class is VerdictClass.ACCEPT:
            self.accepted.add(entry.identity)

    def failed(
        self,
        entry: JournalEntry,  # noqa: ARG002 - the port's
        reason: str,
        why: Told | None = None,  # noqa: ARG002 - the port's
    ) -> None:
        """Nothing may fail here."""
        raise AssertionError(reason)

    def latched(self, state: LatchState) -> None:
        """Nothing latches."""

    def attended(self, attendance: Attendance) -> None:
        """Nobody is there."""

    def notice(self, said: str | Advice | Told) -> None:
        """Nobody reads."""

    def answered(self, answer: ActAnswer) -> None:
        """Nobody asked."""

    def health(self, report: Health) -> None:
        """How the source is shows in the figures."""


def read_with_station(site: Path, kind: str, value: str, frames: int) -> dict[str, Any]:
    """The whole engine, as `station scan` wires it."""
    made: list[Again] = []

    def again(kind: str, value: str, **given: Any) -> Again:
        made.append(Again(kind, value, frames, given))
        return made[-1]

    cameras.open_source = again
    count = Count()
    with open_site(site, "bench", count.health) as opened:
        engine = make_engine(opened, [f"{kind}:{value}"], count, is_dock=False)
        engine.start()
        end = engine.wait()
        ended_s = time.perf_counter()
    if end.crash is not None:
        raise end.crash
    (source,) = made
    return {
        "frames": source.delivered,
        "looked_at": source.looked_at,
        "seconds": ended_s - (source.first_s or ended_s),
        "cpu_s": time.process_time() - source.first_cpu_s,
        "accepted": len(count.accepted),
        "verdicts": count.verdicts,
        "memory": source.memory,
    }


def read_plainly(value: str, frames: int, *, decode: bool) -> dict[str, Any]:
    """OpenCV, and zxing-cpp on every frame if asked for."""
    zxing = ZxingDecoder()
    found: set[bytes] = set()
    count, started_s, started_cpu_s = 0, 0.0, 0.0
    while count < frames:
        capture = cv2.VideoCapture(value, cv2.CAP_FFMPEG)
        while count < frames:
            was_read, picture = capture.read()
            if not was_read:
                break
            if count == 0:
                started_s, started_cpu_s = time.perf_counter(), time.process_time()
            count += 1
            pixels = cv2.cvtColor(picture, cv2.COLOR_BGR2GRAY).astype(np.uint8, copy=False)
            if decode:
                found |= {symbol.payload for symbol in zxing.decode(pixels)}
        capture.release()
    seconds = time.perf_counter() - started_s
    return {
        "frames": count,
        "looked_at": count,
        "seconds": seconds,
        "cpu_s": time.process_time() - started_cpu_s,
        "accepted": len(found),
    }


def main(arguments: Sequence[str]) -> None:
    """One reader over one source; prints what it found."""
    reader, cores, site, kind, value, frames = arguments
    os.sched_setaffinity(0, sorted(os.sched_getaffinity(0))[: int(cores)])
    cv2.setNumThreads(1)
    if reader == "station":
        found = read_with_station(Path(site), kind, value, int(frames))
    else:
        found = read_plainly(value, int(frames), decode=reader == "zxing-cpp")
    print(json.dumps(found))


if __name__ == "__main__":
    main(sys.argv[1:])
