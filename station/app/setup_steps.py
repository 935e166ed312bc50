"""The first-run wizard's steps: each asks or is told, does one thing durably, and says what it did.

A step that fails leaves what was before it, and the next run goes on with it.
"""

import shutil
import subprocess
import sys
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Final

import click

from station.app import setup_devices
from station.app.config import SourceSection, load
from station.app.intake_session import load_station_key
from station.app.options import Choice
from station.app.setup_devices import Device
from station.app.setup_file import Answers, add_source, change, station_name
from station.app.site_maker import make_site, need_empty, pin_root, read_root, read_root_file
from station.app.site_paths import SitePaths
from station.app.sources import SCANNERS, SCREEN, kind_and_value
from station.core.errors import ConfigurationError, ExitCode, StationError
from station.core.wording import Language
from station.issuing.names import read_site_name, read_station_name
from station.transport.tuf_client import PINNED_ROOT

PRINT_WITHIN_S: Final = 20.0
_SHEET: Final = "check-sheet.pdf"
_LATER: Final = "0"


@dataclass(frozen=True, slots=True)
class Wizard:
    """What every step is given.

    Attributes:
        paths: The site.
        answers: Everything answered beforehand; None asks a person.
        check_scanner: Certifies a source; its exit code.
    """

    paths: SitePaths
    answers: Answers | None
    check_scanner: Callable[[str], int]

    def ask(
        self, question: str, default: str = "", check: Callable[[str], object] | None = None
    ) -> str:
        """Ask a person for a line; empty leaves it out.

        Args:
            question: What is asked.
            default: What Enter alone means.
            check: Raises where the line cannot be used; what it says is told, and it asks again.
        """

        def usable(told: str) -> str:
            line = told.strip()
            if check is not None and line:
                try:
                    check(line)
                except StationError as error:
                    raise click.UsageError(f"{error.message}: {error.remedy}") from None
            return line

        told: str = click.prompt(
            question, default=default, show_default=bool(default), value_proc=usable, err=True
        )
        return told

    def need(self, question: str, check: Callable[[str], object]) -> str:
        """Ask a person for a line that cannot be left out."""
        while not (told := self.ask(question, check=check)):
            click.echo("Error: it cannot be left out", err=True)
        return told

    def confirm(self, question: str, *, default: bool) -> bool:
        """Ask a person for yes or no."""
        return bool(click.confirm(question, default=default, err=True))

    def number(self, question: str, default: int, least: int, most: int) -> int:
        """Ask a person for a whole number."""
        span = click.IntRange(least, most)
        return int(click.prompt(question, default=default, type=span, err=True))

    def pick(self, question: str, words: Sequence[str]) -> str:
        """Ask a person for one of a few words; the first is the usual one."""
        told: str = click.prompt(question, default=words[0], type=Choice(words), err=True)
        return told

    def choose(self, what: str, found: Sequence[Device]) -> str:
        """Let a person choose a device by number, name one, or leave it for later."""
        for number, device in enumerate(found, 1):
            click.echo(f"  {number}  {device.use}  ({device.kind})", err=True)
        if not found:
            click.echo(f"  no {what} is plugged in", err=True)

        def chosen(told: str) -> str:
            """What was meant; a slip of the hand is asked about again."""
            told = told.strip()
            if told == _LATER:
                return ""
            if told.isascii() and told.isdigit():
                if not 1 <= int(told) <= len(found):
                    raise click.UsageError(f"there is no {what} {told}: give a number of the list")
                return found[int(told) - 1].use
            if told != SCREEN:
                try:
                    kind_and_value(told)
                except ConfigurationError as error:
                    raise click.UsageError(f"{error.message}: {error.remedy}") from None
            return told

        question = f"Number of the {what}, a SOURCE of another, or {_LATER} for later"
        use: str = click.prompt(question, default=_LATER, value_proc=chosen, err=True)
        return use


def site(wizard: Wizard) -> str:
    """Make the site, or keep the one there is."""
    paths = wizard.paths
    if paths.config.exists():
        settings = load(paths.config)
        return f"kept: site {settings.site}, station {settings.station}"
    answers = wizard.answers
    need_empty(paths)
    if answers is None:
        name = wizard.need("Name of the site, such as berlin", read_site_name)
        station = wizard.ask("Name of this station", "dock-1", read_station_name)
        language = wizard.pick("Language of its operators", [one.value for one in Language])
    else:
        name, language = answers.site.name, answers.site.language
        station = station_name(answers.site.station)
    names = read_site_name(name), read_station_name(station)
    make_site(paths, *names, "", None, Language(language))
    return f"made: site {name}, station {station}"


def keys(wizard: Wizard) -> str:
    """Pin the publisher's root, and say where the registry comes from."""
    paths, answers = wizard.paths, wizard.answers
    said = []
    if not (paths.trust / PINNED_ROOT).exists():
        root, fingerprint = _root(wizard)
        if root:
            # Before the next question: what was typed with such care is not typed twice.
            pin_root(paths, read_root(Path(root), fingerprint))
            said.append("the publisher's root is pinned")
    if answers is None:
        origin = wizard.ask("Directory or https:// address of the registry, empty for later")
    else:
        origin = answers.keys.origin
    if origin:
        where = origin if "://" in origin else str(Path(origin).absolute())
        change(paths, "sync", {"from": where})
        said.append(f"the registry comes from {where}; run 'station sync'")
    public = load_station_key(paths).public_key.raw.hex()
    said.append(f"this station's public key is {public}")
    return "; ".join(said)


def _root(wizard: Wizard) -> tuple[str, str]:
    """The publisher's root file and its fingerprint; two times nothing for later."""
    if wizard.answers is not None:
        return wizard.answers.keys.root, wizard.answers.keys.fingerprint
    root = wizard.ask("The publisher's root file, empty for later", check=_root_file)
    if not root:
        return "", ""
    question = "Its fingerprint, told by another way, empty for later"
    fingerprint = wizard.ask(question, check=partial(read_root, Path(root)))
    return (root, fingerprint) if fingerprint else ("", "")


def _root_file(name: str) -> bytes:
    return read_root_file(Path(name))


def printer(wizard: Wizard) -> str:
    """Draw the sheet a scanner is checked with, and print it where there is a printer."""
    from station.labels.check_sheet import write_sheet

    sheet = wizard.paths.root / _SHEET
    write_sheet(sheet)
    if wizard.answers is None:
        question = f"Printer queue{_queues()}, empty to print {sheet} yourself"
        queue = wizard.ask(question, check=partial(_print, sheet))
    else:
        queue = wizard.answers.printer.queue
        if queue:
            _print(sheet, queue)
    if not queue:
        return f"{sheet} is to be printed at full size"
    return f"the check sheet was sent to {queue}"


def _print(sheet: Path, queue: str) -> None:
    if shutil.which("lp") is None:
        raise ConfigurationError(
            "there is no 'lp' to print with", "sudo apt-get install cups-client, or leave it out"
        )
    command = ["lp", "-d", queue, "-o", "scaling=100", str(sheet)]
    try:
        done = subprocess.run(command, capture_output=True, timeout=PRINT_WITHIN_S, check=False)
    except subprocess.TimeoutExpired:
        raise ConfigurationError(f"the printer {queue} does not answer", "lpstat -p") from None
    if done.returncode:
        said = done.stderr.decode("utf-8", "replace").strip()
        raise ConfigurationError(f"the sheet was not printed: {said}", "lpstat -e lists printers")


def _queues() -> str:
    if shutil.which("lpstat") is None:
        return ""
    told = subprocess.run(
        ["lpstat", "-e"], capture_output=True, timeout=PRINT_WITHIN_S, check=False
    )
    names = told.stdout.decode("utf-8", "replace").split()
    return f" ({', '.join(names[:8])})" if names else ""


def scanner(wizard: Wizard) -> str:
    """Name the scanner, and certify it with the check sheet: prefix, GS, case, layout, hostile."""
    answers = wizard.answers
    if answers is None:
        use = wizard.choose("scanner", setup_devices.scanners())
        section = SourceSection(use=use or "-")
        check = _can_be_checked(use) and wizard.confirm(
            "Check it with the sheet now?", default=True
        )
    else:
        told = answers.scanner
        use, check = told.use, told.check
        section = SourceSection(use=use or "-", framing=told.framing, feedback=told.feedback)
    if not use:
        return "left for later: run 'station setup --again scanner'"
    new = add_source(wizard.paths, section)
    said = f"{use} {'is named' if new else 'was named already'}"
    if not check:
        certify = f"; certify it with 'station scanner check --source {use}'"
        return said + (certify if _can_be_checked(use) else "")
    try:
        passed = wizard.check_scanner(use) == ExitCode.DONE
    except StationError as error:
        return f"{said}; it was not checked: {error.message}; {error.remedy}"
    return f"{said} and {'certified' if passed else 'NOT certified: mend it, then check it again'}"


def _can_be_checked(use: str) -> bool:
    """Whether `station scanner check` can take the sheet from such a source."""
    return use.partition(":")[0] in SCANNERS


def camera(wizard: Wizard) -> str:
    """Name the camera."""
    if wizard.answers is None:
        use = wizard.choose("camera", setup_devices.cameras())
    else:
        use = wizard.answers.camera.use
    if not use:
        return "none"
    new = add_source(wizard.paths, SourceSection(use=use))
    return f"{use} {'is named' if new else 'was named already'}"


def sound(wizard: Wizard) -> str:
    """Set the dock's sounds, and play one."""
    from station.actuators.sound import INSTALL, play, player_there, sound_of
    from station.app.sound import voice_of
    from station.core.effects import Sign

    answers = wizard.answers
    if answers is None:
        pitch = "Pitch of this dock beside its neighbours, in semitones"
        values: dict[str, object] = {
            "semitones": wizard.number(pitch, 0, -6, 6),
            "volume_percent": wizard.number("Volume in percent", 100, 1, 100),
        }
        wants_to_hear = True
    else:
        told = answers.sound
        wants_to_hear = told.play
        values = {
            "enabled": told.enabled,
            "semitones": told.semitones,
            "volume_percent": told.volume_percent,
            "device": told.device,
        }
    change(wizard.paths, "sound", values)
    voice = voice_of(load(wizard.paths.config).sound)
    if not player_there():
        return f"screens ring the terminal's bell, and flash: {INSTALL}"
    fault = play(sound_of(Sign.QUARANTINE, voice), voice.device) if wants_to_hear else ""
    return f"no sound was played: {fault}" if fault else "set; 'station sound test' plays them all"


STEPS: Final[dict[str, Callable[[Wizard], str]]] = {
    "site": site,
    "keys": keys,
    "printer": printer,
    "scanner": scanner,
    "camera": camera,
    "sound": sound,
}
"""In the order they are taken."""


def has_person() -> bool:
    """Whether there is anybody to ask."""
    return sys.stdin.isatty() and sys.stderr.isatty()
