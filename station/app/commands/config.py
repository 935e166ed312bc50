"""``station config``: what counts of flags, environment, station.toml and defaults."""

import json
from pathlib import Path
from typing import Any

import click

from station.app.config import Setting, explain
from station.app.options import json_option, settings_option, site_option
from station.app.result_lines import put_line
from station.app.site_paths import SitePaths


@click.group("config", help="What a site is configured to be, and by what.")
def command() -> None:
    """Hold the subcommands."""


@command.command("show")
@click.option("--origin", "with_origin", is_flag=True, help="Say of each key where it stands.")
@settings_option
@json_option
@site_option
def show(with_origin: bool, flags: tuple[str, ...], as_json: bool, site: Path) -> None:
    """Show every key as it counts; the lines are TOML again.

    A flag counts before the environment, the environment before station.toml, station.toml before
    the defaults. Keys of a policy that are not set are left out.
    """
    settings = explain(SitePaths(site).config, flags)
    width = max(len(_assignment(setting)) for setting in settings if not _is_long(setting))
    for setting in settings:
        fields = {
            "key": setting.key,
            "value": setting.value,
            "origin": setting.origin.where,
        }
        words = _assignment(setting)
        if with_origin:
            words = f"{words:<{width}}  # {setting.origin.where}"
        put_line(as_json, fields, words)


def _is_long(setting: Setting) -> bool:
    """The repeated sections, which would push every origin off the screen."""
    return "." not in setting.key


def _assignment(setting: Setting) -> str:
    return f"{setting.key} = {_toml(setting.value)}"


def _toml(value: Any) -> str:
    """A value on one line, as TOML writes it; null is only a coil that is not there."""
    if isinstance(value, dict):
        said = [f"{name} = {_toml(part)}" for name, part in value.items() if part is not None]
        return "{" + ", ".join(said) + "}"
    if isinstance(value, list):
        return "[" + ", ".join(map(_toml, value)) + "]"
    return json.dumps(value)
