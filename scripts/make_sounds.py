#!/usr/bin/env python3
"""Write the dock's sounds, station/actuators/sounds: one small WAV for each sign.

scripts/make_sounds.py            write them
scripts/make_sounds.py --check    exit 1 when one differs by more than the last bit

Each sign has a timbre and an envelope of its own, so that they can be told apart in noise, at any
station's pitch, and by who hears high tones badly: an accepted unit is one short constant tone,
a quarantine a loud warble of two pitches.
"""

import io
import math
import sys
import wave
from array import array
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Final

ROOT: Final = Path(__file__).resolve().parent.parent
FOLDER: Final = ROOT / "station" / "actuators" / "sounds"
RATE: Final = 16_000
_PEAK: Final = 28_000
_EDGE_S: Final = 0.005
"""Every tone begins and ends softly, so that no speaker clicks."""

Envelope = Callable[[float], float]
"""Place in a tone, 0 to 1, to loudness, 0 to 1."""


def flat(_place: float) -> float:
    """As loud all the time."""
    return 1.0


def struck(place: float) -> float:
    """As a bell: loud at once, then fading."""
    return math.exp(-5.0 * place)


def swelling(place: float) -> float:
    """Rising and falling."""
    return math.sin(math.pi * place) ** 2


PURE: Final = (1.0,)
HOLLOW: Final = (1.0, 0.0, 0.5, 0.0, 0.3, 0.0, 0.2)
"""Odd harmonics, as a clarinet."""
REEDY: Final = (1.0, 0.8, 0.6, 0.5, 0.4, 0.3)
BELL: Final = (1.0, 0.0, 0.0, 0.6, 0.0, 0.0, 0.25)


def tone(
    hertz: float, seconds: float, harmonics: Sequence[float], envelope: Envelope, end: float = 0.0
) -> list[float]:
    """One tone.

    Args:
        hertz: Its pitch.
        seconds: Its length.
        harmonics: How loud each multiple of the pitch is.
        envelope: Its loudness over its length.
        end: The pitch it glides to; 0 for none.
    """
    count = int(seconds * RATE)
    samples = []
    phase = 0.0
    for number in range(count):
        place = number / count
        phase += 2 * math.pi * (hertz + ((end or hertz) - hertz) * place) / RATE
        edge = min(1.0, number / (_EDGE_S * RATE), (count - number) / (_EDGE_S * RATE))
        waves = sum(part * math.sin(order * phase) for order, part in enumerate(harmonics, 1))
        samples.append(waves * envelope(place) * edge)
    return samples


def rest(seconds: float) -> list[float]:
    """Silence."""
    return [0.0] * int(seconds * RATE)


def sounds() -> dict[str, list[float]]:
    """Every sign's sound, by the sign's value; a dock that is ready again is silent."""
    knock = tone(392, 0.07, HOLLOW, struck)
    warble = tone(620, 0.125, REEDY, flat) + tone(930, 0.125, REEDY, flat)
    return {
        "accept": tone(880, 0.12, PURE, flat),
        "note": tone(880, 0.12, BELL, struck) + tone(1320, 0.25, BELL, struck),
        "rescan": knock + rest(0.06) + knock + rest(0.06) + knock,
        "hold": tone(494, 0.6, HOLLOW, swelling),
        "quarantine": warble * 4,
        "stop": tone(760, 0.5, REEDY, flat, end=180) + rest(0.08) + tone(180, 0.5, REEDY, flat),
        "refused": tone(147, 0.28, REEDY, flat),
    }


def wav(samples: list[float]) -> bytes:
    """A sound as a WAV file: 16 bits, one channel, as loud as the others."""
    peak = max(map(abs, samples))
    data = array("h", [round(sample / peak * _PEAK) for sample in samples])
    if sys.byteorder == "big":
        data.byteswap()
    made = io.BytesIO()
    with wave.open(made, "wb") as file:
        file.setnchannels(1)
        file.setsampwidth(2)
        file.setframerate(RATE)
        file.writeframes(data.tobytes())
    return made.getvalue()


def is_current(path: Path, wanted: bytes) -> bool:
    """Whether a file is what is made here, but for how this machine rounds a sine."""
    if not path.is_file():
        return False
    kept = path.read_bytes()
    if len(kept) != len(wanted) or kept[:44] != wanted[:44]:
        return False
    pairs = zip(array("h", kept[44:]), array("h", wanted[44:]), strict=True)
    return all(abs(one - other) <= 1 for one, other in pairs)


def main(arguments: list[str]) -> int:
    """Write or check them; the exit code."""
    if arguments not in ([], ["--check"]):
        print(__doc__, file=sys.stderr)
        return 2
    code = 0
    for name, samples in sounds().items():
        path, made = FOLDER / f"{name}.wav", wav(samples)
        if arguments:
            if not is_current(path, made):
                print(f"{path} is not current: run scripts/make_sounds.py", file=sys.stderr)
                code = 1
        else:
            path.parent.mkdir(exist_ok=True)
            path.write_bytes(made)
    return code


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
