"""``station sound``: hear the dock's sounds, and set how loud they are."""

from pathlib import Path

import click

from station.actuators.sound import INSTALL, LOUDNESS, PLAYER, play, player_there, sound_of
from station.app.brand_folder import note
from station.app.config import load
from station.app.options import Choice, json_option, settings_option, site_option
from station.app.result_lines import put_line
from station.app.site_paths import SitePaths
from station.app.sound import voice_of
from station.core.effects import Sign
from station.core.errors import DeviceError, ExitCode


@click.group("sound", help="Hear the dock's sounds.")
def command() -> None:
    """Hold the subcommands."""


@command.command("test")
@click.option(
    "--sign",
    "names",
    multiple=True,
    type=Choice([sign.value for sign in LOUDNESS]),
    help="Only this one; otherwise all, from accept to stop.",
)
@settings_option
@json_option
@site_option
def test(names: tuple[str, ...], flags: tuple[str, ...], as_json: bool, site: Path) -> int:
    """Play the sounds as this station plays them, to set the volume by ear.

    Try other settings with --set sound.volume_percent=60 or --set sound.semitones=-3, then write
    them to station.toml.
    """
    voice = voice_of(load(SitePaths(site).config, flags).sound)
    if not player_there():
        raise DeviceError(f"there is no {PLAYER} to play sounds with", INSTALL)
    failed = False
    for sign in [Sign(name) for name in names] or LOUDNESS:
        fault = play(sound_of(sign, voice), voice.device)
        failed = failed or bool(fault)
        fields = {"sign": sign.value, "played": not fault, "text": fault}
        put_line(as_json, fields, f"{sign.value:<11} {fault or 'played'}")
    if failed:
        note("see the sound cards with 'aplay -L', and name one as sound.device in station.toml")
    return ExitCode.DEVICE_OR_STOP if failed else ExitCode.DONE
