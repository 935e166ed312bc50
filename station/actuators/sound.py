"""Sounds of the dock: one for each sign, through `aplay`, from a thread of its own.

A sound tells what to do with the unit in hand, so none is worth telling late: at most one waits,
and of two the worse one. What cannot be played is told once and never holds up a verdict; the
screens ring their terminal's bell then.
"""

import io
import shutil
import subprocess
import threading
import wave
from array import array
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from station.core.causes import Cause, told
from station.core.effects import Effect, Sign
from station.core.text import printable
from station.ports.health import Health, HealthSink, HealthStatus

PLAYER: Final = "aplay"
INSTALL: Final = "sudo apt-get install alsa-utils; or set sound.enabled = false"
SOUNDS: Final = Path(__file__).parent / "sounds"
COMPONENT: Final = "sound"

LOUDNESS: Final = (
    Sign.ACCEPT,
    Sign.NOTE,
    Sign.RESCAN,
    Sign.HOLD,
    Sign.REFUSED,
    Sign.QUARANTINE,
    Sign.STOP,
)
"""Signs that have a sound, the worst last; a dock that is ready again is silent."""

MAX_SEMITONES: Final = 6
_PLAY_WITHIN_S: Final = 5.0
_END_WITHIN_S: Final = 2.0
_TEXT_CHARS: Final = 200


@dataclass(frozen=True, slots=True)
class Voice:
    """How a station sounds.

    Attributes:
        semitones: Pitch above or below the others, so that neighbouring docks can be told apart.
        volume_percent: 1 to 100.
        device: ALSA's name of the sound card; ``""`` for the usual one.
    """

    semitones: int = 0
    volume_percent: int = 100
    device: str = ""


def sound_of(sign: Sign, voice: Voice) -> bytes:
    """A sign's WAV file at a station's pitch and volume.

    Raises:
        OSError: The installation lacks it.
    """
    with wave.open(str(SOUNDS / f"{sign.value}.wav"), "rb") as file:
        settings, frames = file.getparams(), file.readframes(file.getnframes())
    # Little-endian files, as is every machine this runs on.
    samples = array("h", frames)
    quieter = array("h", (sample * voice.volume_percent // 100 for sample in samples))
    made = io.BytesIO()
    with wave.open(made, "wb") as file:
        file.setnchannels(settings.nchannels)
        file.setsampwidth(settings.sampwidth)
        # Played faster it is higher and a little shorter.
        file.setframerate(round(settings.framerate * 2 ** (voice.semitones / 12)))
        file.writeframes(quieter.tobytes())
    return made.getvalue()


def player_there() -> bool:
    """Whether there is anything to play with."""
    return shutil.which(PLAYER) is not None


def play(sound: bytes, device: str = "") -> str:
    """Play a WAV file to its end; what went wrong, or ``""``."""
    chosen = ("-D", device) if device else ()
    try:
        done = subprocess.run(
            [PLAYER, "-q", *chosen, "-t", "wav", "-"],
            input=sound,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.PIPE,
            timeout=_PLAY_WITHIN_S,
            check=False,
        )
    except subprocess.TimeoutExpired:
        return f"{PLAYER} did not end within {_PLAY_WITHIN_S:.0f} s"
    except OSError as error:
        return f"{PLAYER} cannot be run: {error.strerror}"
    if done.returncode == 0:
        return ""
    said = done.stderr.decode("utf-8", "replace").strip().splitlines()
    return printable(said[-1] if said else f"{PLAYER} failed", _TEXT_CHARS)


class SoundActuator:
    """`station.ports.actuators.Actuator` that plays a sound for each sign.

    Args:
        voice: How this station sounds.
        health: Told when sounds cannot be played, and when they can be again.
        player: Plays one sound to its end and says what went wrong.
    """

    def __init__(
        self,
        voice: Voice,
        health: HealthSink,
        player: Callable[[bytes, str], str] = play,
    ) -> None:
        self._voice = voice
        self._health = health
        self._player = player
        self._news = threading.Condition()
        self._waiting: Sign | None = None
        self._closing = False
        self._fault = ""
        self._sounds: dict[Sign, bytes] = {}
        self._thread = threading.Thread(target=self._run, name="sound", daemon=True)

    @property
    def works(self) -> bool:
        """Whether the last sound was played."""
        return not self._fault

    def start(self) -> None:
        """Read the sounds and begin to play.

        Raises:
            OSError: The installation lacks one.
        """
        self._sounds = {sign: sound_of(sign, self._voice) for sign in LOUDNESS}
        self._thread.start()

    def perform(self, effect: Effect) -> None:
        """Have the sign's sound played soon; the worse of two that wait."""
        sign = effect.sign
        if sign not in self._sounds:
            return
        with self._news:
            waiting = self._waiting
            if waiting is None or LOUDNESS.index(sign) >= LOUDNESS.index(waiting):
                self._waiting = sign
            self._news.notify()

    def hindrance(self) -> str | None:
        """Nothing depends on a sound alone."""
        return None

    def close(self) -> None:
        """Be silent; idempotent."""
        with self._news:
            self._closing = True
            self._news.notify()
        if self._thread.is_alive():
            self._thread.join(_END_WITHIN_S)

    def _run(self) -> None:
        while True:
            with self._news:
                self._news.wait_for(lambda: self._closing or self._waiting is not None)
                if self._closing:
                    return
                sign, self._waiting = self._waiting, None
            if sign is not None:
                self._tell(self._player(self._sounds[sign], self._voice.device))

    def _tell(self, fault: str) -> None:
        if fault == self._fault:
            return
        self._fault = fault
        if fault:
            said = f"no sounds: {fault}; run 'station sound test'"
            self._health(
                Health(
                    COMPONENT,
                    HealthStatus.WARNING,
                    printable(said, _TEXT_CHARS),
                    told(Cause.SOUND_FAILS, why=fault),
                )
            )
        else:
            self._health(
                Health(COMPONENT, HealthStatus.OK, "sounds again", told(Cause.SOUND_AGAIN))
            )
