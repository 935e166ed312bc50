"""The dock's sounds from the engine's verdict to what the player got."""

import json
from pathlib import Path

import pytest

from scripts.command_docs.contract import JSON_FIELDS
from station.actuators.sound import LOUDNESS, Voice, sound_of
from station.core.effects import Sign
from station.ports.display import Snapshot
from tests.fakes.command_line import station
from tests.fakes.made_site import MadeSite
from tests.fakes.player import FakePlayer
from tests.fakes.running_engine import running_engine

PATH = "/usr/bin:/bin"


def test_the_engine_plays_each_verdict_at_the_stations_pitch(
    made: MadeSite, tmp_path: Path
) -> None:
    site, player = made.copy_site(tmp_path), FakePlayer(tmp_path)
    environment = {"PATH": f"{player.folder}:{PATH}", "STATION_SOUND_SEMITONES": "3"}
    voice = Voice(semitones=3)
    with running_engine(site, "stdin:", environment=environment) as engine:
        assert engine.feed.next(Snapshot, lambda _: True).sounds
        engine.type_in(made.genuine[0].payload)
        engine.feed.until(lambda: len(player.sounds) == 1, "the first sound")
        engine.type_in(b"misread")
        engine.feed.until(lambda: len(player.sounds) == 2, "the second sound")
    assert player.sounds == [sound_of(Sign.ACCEPT, voice), sound_of(Sign.RESCAN, voice)]


@pytest.mark.parametrize("silent", [{}, {"STATION_SOUND_ENABLED": "false"}])
def test_without_a_player_or_switched_off_screens_are_told_to_ring(
    made: MadeSite, tmp_path: Path, silent: dict[str, str]
) -> None:
    site, player = made.copy_site(tmp_path), FakePlayer(tmp_path)
    path = f"{player.folder}:{PATH}" if silent else str(tmp_path)
    with running_engine(site, "stdin:", environment={"PATH": path, **silent}) as engine:
        assert not engine.feed.next(Snapshot, lambda _: True).sounds
    assert player.sounds == []


def test_all_sounds_are_heard_one_after_the_other(
    made: MadeSite, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    site, player = made.copy_site(tmp_path), FakePlayer(tmp_path)
    monkeypatch.setenv("PATH", f"{player.folder}:{PATH}")
    quiet = ("--set", "sound.volume_percent=40")
    done = station("sound", "test", "--site", str(site), *quiet, "--json")
    assert done.code == 0, done.err
    assert [list(one) for one in done.json] == [list(JSON_FIELDS["sound test"])] * len(LOUDNESS)
    assert player.sounds == [sound_of(sign, Voice(volume_percent=40)) for sign in LOUDNESS]
    one = station("sound", "test", "--site", str(site), "--sign", "hold")
    assert one.out == "hold        played\n"


def test_a_card_that_is_not_there_and_a_player_that_is_not_there(
    made: MadeSite, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    site, player = made.copy_site(tmp_path), FakePlayer(tmp_path, fault="no card")
    monkeypatch.setenv("PATH", f"{player.folder}:{PATH}")
    done = station("sound", "test", "--site", str(site), "--sign", "stop", "--json")
    assert (done.code, json.loads(done.out)["text"]) == (5, "no card")
    assert "aplay -L" in done.err
    monkeypatch.setenv("PATH", str(tmp_path))
    done = station("sound", "test", "--site", str(site))
    assert done.code == 5
    assert "apt-get install alsa-utils" in done.err
