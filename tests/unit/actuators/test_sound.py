"""Sounds that cannot be taken for each other, played in time, and never in a verdict's way."""

import io
import itertools
import queue
import wave
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest
from numpy.typing import NDArray

from scripts import make_sounds
from station.actuators.sound import LOUDNESS, SOUNDS, SoundActuator, Voice, play, sound_of
from station.core.effects import Effect, Sign
from station.ports.health import Health, HealthStatus
from tests.fakes.player import FakePlayer

Samples = NDArray[np.float64]
FRAME = 512


def samples_of(sound: bytes) -> tuple[Samples, int]:
    with wave.open(io.BytesIO(sound), "rb") as file:
        assert (file.getnchannels(), file.getsampwidth()) == (1, 2)
        frames = np.frombuffer(file.readframes(file.getnframes()), "<i2")
        return frames.astype(np.float64), file.getframerate()


def spectrum(samples: Samples, rate: int, bands: int = 60) -> Samples:
    """Energy in third-of-an-octave-like bands from 80 Hz to 8 kHz, as one direction."""
    power = np.abs(np.fft.rfft(samples)) ** 2
    hertz = np.fft.rfftfreq(len(samples), 1 / rate)
    edges = np.geomspace(80, 8000, bands + 1)
    energy = np.histogram(hertz, edges, weights=power)[0]
    return np.asarray(np.sqrt(energy) / np.linalg.norm(np.sqrt(energy)))


def envelope(samples: Samples, points: int = 40) -> Samples:
    """Loudness over the sound, at equal places of two seconds."""
    padded = np.pad(samples, (0, max(0, 32_000 - len(samples))))[:32_000]
    loud = np.sqrt((padded.reshape(points, -1) ** 2).mean(axis=1))
    return np.asarray(loud / np.linalg.norm(loud))


def pitches(samples: Samples, rate: int) -> list[float]:
    """The strongest frequency of each piece that is loud."""
    pieces = [samples[at : at + FRAME] for at in range(0, len(samples) - FRAME, FRAME)]
    loudest = max(float(np.abs(piece).max()) for piece in pieces)
    found = []
    for piece in pieces:
        if np.abs(piece).max() > loudest / 4:
            power = np.abs(np.fft.rfft(piece * np.hanning(FRAME), 8192))
            found.append(float(np.fft.rfftfreq(8192, 1 / rate)[power.argmax()]))
    return found


ALL = {sign: sound_of(sign, Voice()) for sign in LOUDNESS}


@pytest.mark.parametrize(("one", "other"), list(itertools.combinations(LOUDNESS, 2)))
def test_any_two_differ_in_timbre_or_in_envelope(one: Sign, other: Sign) -> None:
    """Cosines: 1 is the same. A pair alike in one of the two must be far apart in the other."""
    first, second = samples_of(ALL[one]), samples_of(ALL[other])
    timbre = float(spectrum(*first) @ spectrum(*second))
    shape = float(envelope(first[0]) @ envelope(second[0]))
    assert timbre * shape < 0.62, (timbre, shape)


def test_an_accepted_unit_is_one_short_constant_tone() -> None:
    samples, rate = samples_of(ALL[Sign.ACCEPT])
    heard = pitches(samples, rate)
    assert len(samples) / rate <= 0.15
    assert max(heard) - min(heard) < 20


def test_a_quarantine_warbles_between_two_pitches() -> None:
    samples, rate = samples_of(ALL[Sign.QUARANTINE])
    low = [pitch < 775 for pitch in pitches(samples, rate)]
    changes = sum(one != other for one, other in itertools.pairwise(low))
    assert changes >= 6
    assert len(samples) / rate >= 0.8


def test_the_worse_the_longer_and_none_is_long() -> None:
    seconds = {sign: len(samples_of(sound)[0]) / 16_000 for sign, sound in ALL.items()}
    assert seconds[Sign.ACCEPT] < seconds[Sign.HOLD] < seconds[Sign.QUARANTINE]
    assert max(seconds.values()) < 1.5


def test_pitch_and_volume_are_the_stations_own() -> None:
    usual, rate = samples_of(sound_of(Sign.HOLD, Voice()))
    lower, lower_rate = samples_of(sound_of(Sign.HOLD, Voice(semitones=-6)))
    quiet, _ = samples_of(sound_of(Sign.HOLD, Voice(volume_percent=25)))
    assert np.median(pitches(lower, lower_rate)) == pytest.approx(
        np.median(pitches(usual, rate)) / 2**0.5, rel=0.02
    )
    assert np.abs(quiet).max() == pytest.approx(np.abs(usual).max() / 4, abs=1)


def test_the_files_are_what_the_script_makes() -> None:
    assert make_sounds.main(["--check"]) == 0
    assert {path.stem for path in SOUNDS.glob("*.wav")} == {sign.value for sign in LOUDNESS}
    assert sum(path.stat().st_size for path in SOUNDS.iterdir()) < 200_000


class Speaker:
    """Plays when a test lets it; says what went wrong when a test wants it to."""

    def __init__(self) -> None:
        self.played: queue.SimpleQueue[bytes] = queue.SimpleQueue()
        self.go: queue.SimpleQueue[str] = queue.SimpleQueue()

    def __call__(self, sound: bytes, device: str) -> str:
        self.played.put(sound)
        return self.go.get(timeout=30)


@pytest.fixture
def speaker() -> Iterator[tuple[SoundActuator, Speaker, "queue.SimpleQueue[Health]"]]:
    speaker, told = Speaker(), queue.SimpleQueue[Health]()
    actuator = SoundActuator(Voice(), told.put, speaker)
    actuator.start()
    yield actuator, speaker, told
    speaker.go.put("")
    actuator.close()


SpeakerAndHealth = tuple[SoundActuator, Speaker, "queue.SimpleQueue[Health]"]


def test_of_sounds_that_wait_the_worst_is_played(speaker: SpeakerAndHealth) -> None:
    actuator, heard, _ = speaker
    actuator.perform(Effect(Sign.ACCEPT))
    assert heard.played.get(timeout=30) == ALL[Sign.ACCEPT]
    for sign in (Sign.ACCEPT, Sign.QUARANTINE, Sign.HOLD, Sign.ACCEPT, Sign.READY):
        actuator.perform(Effect(sign))
    heard.go.put("")
    assert heard.played.get(timeout=30) == ALL[Sign.QUARANTINE]
    assert heard.played.empty()


def test_what_cannot_be_played_is_told_once_and_so_is_the_mend(speaker: SpeakerAndHealth) -> None:
    actuator, heard, told = speaker
    for fault in ("no such card", "no such card", ""):
        actuator.perform(Effect(Sign.ACCEPT))
        heard.played.get(timeout=30)
        heard.go.put(fault)
    first, second = told.get(timeout=30), told.get(timeout=30)
    assert (first.component, first.status) == ("sound", HealthStatus.WARNING)
    assert first.text == "no sounds: no such card; run 'station sound test'"
    assert second.status is HealthStatus.OK
    assert actuator.works
    assert actuator.hindrance() is None


def test_it_plays_through_aplay(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    player = FakePlayer(tmp_path)
    monkeypatch.setenv("PATH", f"{player.folder}:/usr/bin:/bin")
    assert play(ALL[Sign.STOP], "plughw:1,0") == ""
    assert player.sounds == [ALL[Sign.STOP]]
    assert player.arguments == ["-q -D plughw:1,0 -t wav -"]


def test_what_aplay_complains_of_is_told(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    player = FakePlayer(tmp_path, fault="audio open error: No such file")
    monkeypatch.setenv("PATH", f"{player.folder}:/usr/bin:/bin")
    assert play(ALL[Sign.STOP]) == "audio open error: No such file"
    monkeypatch.setenv("PATH", "/nowhere")
    assert play(ALL[Sign.STOP]) == "aplay cannot be run: No such file or directory"
