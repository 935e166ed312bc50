"""Where each key of a configuration comes from: flag, environment, file or default, in this order.

A key ``dock.theme`` of ``station.toml`` is also ``STATION_DOCK_THEME`` in the environment and
``--set dock.theme=blue`` on a command line. A value there is written as in TOML; text needs no
quotes. What looks like a key of ours but is none is refused, with the nearest: a setting that
silently does not count is worse than one that stops the start.
"""

import difflib
import tomllib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any, Final

from station.app.config_lines import KeyPath, line_of
from station.core.errors import ConfigurationError
from station.core.text import printable

PREFIX: Final = "STATION_"
MAX_VALUE_CHARS: Final = 16_384

OTHER_VARIABLES: Final = (
    "STATION_SITE",
    "STATION_BRAND_DIR",
    "STATION_PYTHON",
    "STATION_KEY_PASSPHRASE",
    "STATION_PIN",
    "STATION_NEW_PIN",
    "STATION_WITNESS_PIN",
)
"""What the environment may say besides keys of the configuration; the modules that read them are
not loaded for their names."""

_NEAR: Final = 0.85
"""How alike a stranger's variable may be to one of ours before it is taken for a misspelling."""


@dataclass(frozen=True, slots=True)
class Origin:
    """Where a value stands.

    Attributes:
        where: File, variable or option, for a person.
        is_file: Whether it is the file.
    """

    where: str
    is_file: bool = False


DEFAULT: Final = Origin("default")


@dataclass(frozen=True, slots=True)
class Layered:
    """A configuration before its types are checked.

    Attributes:
        file: The file, for messages.
        text: What stands in it.
        table: All layers in one.
        given: The keys that another layer than the file gave, and which.
    """

    file: str
    text: str
    table: dict[str, Any]
    given: Mapping[str, Origin]

    def origin(self, path: KeyPath) -> Origin:
        """Where a key, or what stands in it, comes from."""
        key = ".".join([part for part in path if isinstance(part, str)][:2])
        for name in (key, key.partition(".")[0]):
            if name in self.given:
                return self.given[name]
        line = line_of(self.text, path)
        return DEFAULT if line is None else Origin(f"{self.file}, line {line}", is_file=True)


def variable_of(key: str) -> str:
    """The environment's name for a key."""
    return PREFIX + key.replace(".", "_").upper()


def layered(
    file: str,
    text: str,
    table: dict[str, Any],
    keys: Mapping[str, bool],
    environment: Mapping[str, str],
    flags: Iterable[str],
) -> Layered:
    """Lay environment and flags over a file's table.

    Args:
        file: Its name, for messages.
        text: What stands in it.
        table: The same, read.
        keys: Every key there is, ``section.key`` or a repeated section's name; whether it takes
            text.
        environment: The process's.
        flags: ``KEY=VALUE``, as given to ``--set``.

    Raises:
        ConfigurationError: A flag or variable names no key; the message names the nearest.
    """
    merged = {name: dict(part) if isinstance(part, dict) else part for name, part in table.items()}
    given: dict[str, Origin] = {}
    for key, written in _from_environment(keys, environment).items():
        _put(merged, key, _value(key, written, takes_text=keys[key]))
        given[key] = Origin(variable_of(key))
    for key, written in _from_flags(keys, flags).items():
        _put(merged, key, _value(key, written, takes_text=keys[key]))
        given[key] = Origin(f"--set {key}")
    return Layered(file, text, merged, given)


def _from_environment(keys: Mapping[str, bool], environment: Mapping[str, str]) -> dict[str, str]:
    variables = {variable_of(key): key for key in keys}
    ours = [*variables, *OTHER_VARIABLES]
    sections = tuple({variable_of(key.partition(".")[0]) + "_" for key in keys if "." in key})
    found = {}
    for name, written in environment.items():
        if name in variables:
            found[variables[name]] = written
        elif name.startswith(PREFIX) and name not in OTHER_VARIABLES:
            near = difflib.get_close_matches(name, ours, n=1, cutoff=_NEAR)
            if not near and name.startswith(sections):
                near = difflib.get_close_matches(name, ours, n=1, cutoff=0.0)
            if near:
                raise ConfigurationError(
                    f"the environment's {printable(name)} names no key",
                    f"did you mean {near[0]}? 'station config show' lists the keys",
                )
    return found


def _from_flags(keys: Mapping[str, bool], flags: Iterable[str]) -> dict[str, str]:
    found = {}
    for flag in flags:
        key, equals, written = flag.partition("=")
        if not equals:
            raise ConfigurationError(
                f"--set {printable(flag)} says no value", "write it as KEY=VALUE"
            )
        if key not in keys:
            near = difflib.get_close_matches(key, keys, n=1, cutoff=0.0)
            raise ConfigurationError(
                f"--set {printable(key)} names no key",
                f"did you mean {near[0]!r}? 'station config show' lists the keys",
            )
        found[key] = written
    return found


def _value(key: str, written: str, *, takes_text: bool) -> Any:
    """A value as TOML has it; text as it stands.

    Raises:
        ConfigurationError: It is too long to be one.
    """
    if len(written) > MAX_VALUE_CHARS:
        raise ConfigurationError(
            f"the value given for {key} is longer than {MAX_VALUE_CHARS} characters",
            "write it to station.toml instead",
        )
    if takes_text:
        return written
    try:
        value = tomllib.loads(f"x = {written}")
    except tomllib.TOMLDecodeError:
        value = {"x": written}
    read = value["x"] if len(value) == 1 else written
    # A repeated section: one specification stands for the section that only says that.
    return [{"use": read}] if "." not in key and isinstance(read, str) else read


def _put(table: dict[str, Any], key: str, value: Any) -> None:
    section, dot, name = key.partition(".")
    if not dot:
        table[section] = value
        return
    part = table.setdefault(section, {})
    if isinstance(part, dict):
        part[name] = value
