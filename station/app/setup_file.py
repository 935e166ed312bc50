"""Answers of the first-run wizard, and the commented ``station.toml`` they become.

What stands in the file already, comments too, stays as it is: only what was answered is changed.
"""

import json
import socket
import tomllib
from collections.abc import Mapping
from contextlib import suppress
from pathlib import Path
from typing import Any, Final, Literal

import msgspec
import tomlkit
from tomlkit.items import AoT, Table

from station.app import config
from station.app.config import MAX_CONFIG_BYTES, SourceSection
from station.app.config_errors import advice, words_of_field
from station.app.site_paths import SitePaths
from station.app.sources import SCREEN, check_sources
from station.core.errors import ConfigurationError
from station.core.text import printable
from station.storage.durable import write_atomically

HOSTNAME: Final = "{hostname}"
"""Stands in an answers file for the machine's own name, so that one file does for a fleet."""


class SiteAnswers(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """``[site]``."""

    name: str
    station: str = HOSTNAME
    language: Literal["en", "zh", "de", "es"] = "en"


class KeyAnswers(
    msgspec.Struct, frozen=True, forbid_unknown_fields=True, rename={"origin": "from"}
):
    """``[keys]``: whom the site trusts, and where it fetches."""

    root: str = ""
    fingerprint: str = ""
    origin: str = ""


class PrinterAnswers(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """``[printer]``: the queue that the check sheet is sent to."""

    queue: str = ""


class ScannerAnswers(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """``[scanner]``."""

    use: str = ""
    framing: Literal["lines", "ssi", "gm65"] = "lines"
    feedback: Literal["none", "honeywell", "datalogic", "zebra"] = "none"
    check: bool = False


class CameraAnswers(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """``[camera]``."""

    use: str = ""


class SoundAnswers(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """``[sound]``."""

    enabled: bool = True
    semitones: int = 0
    volume_percent: int = 100
    device: str = ""
    play: bool = False


class Answers(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """An answers file; a section that is left out is skipped."""

    site: SiteAnswers
    keys: KeyAnswers = KeyAnswers()
    printer: PrinterAnswers = PrinterAnswers()
    scanner: ScannerAnswers = ScannerAnswers()
    camera: CameraAnswers = CameraAnswers()
    sound: SoundAnswers = SoundAnswers()


_SECTIONS: Final[dict[str, type[msgspec.Struct]]] = {
    "": Answers,
    "site": SiteAnswers,
    "keys": KeyAnswers,
    "printer": PrinterAnswers,
    "scanner": ScannerAnswers,
    "camera": CameraAnswers,
    "sound": SoundAnswers,
}


def _keys_of(section: str) -> list[str]:
    fields = msgspec.structs.fields(_SECTIONS.get(section, Answers))
    return [one.encode_name for one in fields]


def _words_of(section: str, key: str) -> list[str]:
    return words_of_field(_SECTIONS.get(section, Answers), key)


def read_answers(path: Path) -> Answers:
    """Read an answers file.

    Raises:
        ConfigurationError: It cannot be read, or a key or value is wrong.
    """
    try:
        with path.open("rb") as file:
            content = file.read(MAX_CONFIG_BYTES + 1)
        table = tomllib.loads(content[:MAX_CONFIG_BYTES].decode("utf-8"))
        return msgspec.convert(table, Answers)
    except OSError as error:
        raise ConfigurationError(
            f"cannot read {path}: {error.strerror}", "check its name and rights"
        ) from None
    except msgspec.ValidationError as error:
        problem = str(error)
        said = f"{path}: {printable(problem, 400)}"
        raise ConfigurationError(said, advice(problem, _keys_of, _words_of)) from None
    except ValueError as error:
        raise ConfigurationError(f"{path} is not valid TOML: {error}", "mend that line") from None


def station_name(written: str) -> str:
    """A station's name with the machine's own filled in."""
    return written.replace(HOSTNAME, socket.gethostname().partition(".")[0])


_COMMENTS: Final = {
    "source": "A reader of this dock; repeat the section for each.",
    "sound": "One sound for each kind of verdict; 'station sound test' plays them.",
}


def change(paths: SitePaths, section: str, values: Mapping[str, Any]) -> None:
    """Set keys of a section; the file is whole at every moment, and can be used.

    Raises:
        ConfigurationError: A value is nothing the station takes; the file is as it was.
    """
    document = tomlkit.parse(paths.config.read_text("utf-8"))
    table = document.get(section)
    if table is None:
        document.add(tomlkit.nl())
        table = tomlkit.table()
        table.comment(_COMMENTS[section])
        document.add(section, table)
    for key, value in values.items():
        table[key] = value
    _put(paths, tomlkit.dumps(document))


def add_source(paths: SitePaths, source: SourceSection) -> bool:
    """Add a reader, its settings only where they are not the usual ones; whether it was new.

    Raises:
        ConfigurationError: It is nothing the station takes; the file is as it was.
    """
    present = config.load(paths.config, environment={})
    if source.use in present.sources:
        return False
    if source.use != SCREEN:
        check_sources([source.use], {source.use: source})
    document = tomlkit.parse(paths.config.read_text("utf-8"))
    usual = msgspec.to_builtins(SourceSection(use=source.use))
    table: Table = tomlkit.table()
    for key, value in msgspec.to_builtins(source).items():
        if key == "use" or value != usual[key]:
            table.add(key, value)
    sources = document.get("source")
    if isinstance(sources, AoT):
        sources.append(table)
    else:
        sources = tomlkit.aot()
        table.comment(_COMMENTS["source"])
        sources.append(table)
        document.add(tomlkit.nl())
        document.add("source", sources)
    _put(paths, tomlkit.dumps(document))
    return True


def _put(paths: SitePaths, text: str) -> None:
    """Try the new file beside the old one, then put it in its place."""
    trial = paths.root / ".station.toml.trial"
    try:
        trial.write_text(text, "utf-8")
        config.load(trial, environment={})
    except ConfigurationError as error:
        said = error.message.replace(str(trial), str(paths.config))
        raise ConfigurationError(said, error.remedy) from None
    finally:
        with suppress(OSError):
            trial.unlink()
    write_atomically(paths.config, text.encode("utf-8"))


def steps_done(paths: SitePaths) -> list[str]:
    """The wizard's steps that are behind this site."""
    try:
        told = json.loads(paths.setup.read_bytes())
    except (OSError, ValueError):
        return []
    return [step for step in told if isinstance(step, str)] if isinstance(told, list) else []


def mark_done(paths: SitePaths, step: str) -> None:
    """Remember a step; the next run goes on after it."""
    done = [*steps_done(paths), step]
    write_atomically(paths.setup, json.dumps(sorted(set(done))).encode("ascii"))
