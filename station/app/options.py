"""Options that several commands share."""

import difflib
from collections.abc import Callable
from pathlib import Path
from typing import Any, TypeVar

import click
from click.shell_completion import CompletionItem

from station.app.pins import PIN_VARIABLE, WITNESS_PIN_VARIABLE, Named
from station.app.result_lines import PLAIN

_Decorated = TypeVar("_Decorated", bound=Callable[..., Any])


def complete_path(
    _context: click.Context, _parameter: click.Parameter, incomplete: str
) -> list[CompletionItem]:
    """What a shell offers where a file or folder may stand: its own list of them."""
    return [CompletionItem(incomplete, type="file")]


def _complete_key(
    _context: click.Context, _parameter: click.Parameter, incomplete: str
) -> list[CompletionItem]:
    """The keys of the configuration."""
    from station.app.config import KEYS

    return [CompletionItem(f"{key}=") for key in KEYS if key.startswith(incomplete)]


def complete_source(
    _context: click.Context, _parameter: click.Parameter, incomplete: str
) -> list[CompletionItem]:
    """The scanners and cameras that are plugged in; of another kind of source its beginning."""
    from station.app.setup_devices import cameras, scanners
    from station.app.sources import PICTURES, SCANNERS, SCREEN

    found = [CompletionItem(device.use, help=device.kind) for device in (*scanners(), *cameras())]
    kinds = sorted(SCANNERS | PICTURES | {"stdin"})
    found += [CompletionItem(use) for use in (*(f"{kind}:" for kind in kinds), SCREEN)]
    return [item for item in found if item.value.startswith(incomplete)]


class Choice(click.Choice[str]):
    """One of a few words; a wrong one is answered with the nearest."""

    def get_invalid_choice_message(self, value: object, ctx: click.Context | None) -> str:
        """Say what there is, and which was probably meant."""
        message = super().get_invalid_choice_message(value, ctx)
        near = difflib.get_close_matches(str(value), self.choices, n=1)
        return f"{message} Did you mean {near[0]!r}?" if near else message


def site_option(function: _Decorated) -> _Decorated:
    """``--site DIR``: the site folder."""
    return click.option(
        "--site",
        "site",
        type=click.Path(path_type=Path, file_okay=False),
        envvar="STATION_SITE",
        default=Path("site"),
        show_default="./site, or STATION_SITE",
        help="The site folder.",
    )(function)


def settings_option(function: _Decorated) -> _Decorated:
    """``--set KEY=VALUE``: a key of the configuration, for this run only."""
    return click.option(
        "--set",
        "flags",
        multiple=True,
        metavar="KEY=VALUE",
        shell_complete=_complete_key,
        help="A key of station.toml for this run only, such as dock.theme=blue.",
    )(function)


def by_option(function: _Decorated) -> _Decorated:
    """``--by NAME`` and ``--pin-file FILE``: who does it; the command gets `by`, a `Named`."""
    return _person("--by", "--pin-file", PIN_VARIABLE, "Who does it", required=True)(function)


def by_owner_option(function: _Decorated) -> _Decorated:
    """The same, for what whoever owns the site may do while nobody is enrolled: name ``""``."""
    who = "Who does it, once anybody is enrolled"
    return _person("--by", "--pin-file", PIN_VARIABLE, who, required=False)(function)


def witness_option(function: _Decorated) -> _Decorated:
    """``--witness NAME`` and ``--witness-pin-file FILE``: who sees to it, a `Named`."""
    who = "Who sees to it: another person"
    return _person("--witness", "--witness-pin-file", WITNESS_PIN_VARIABLE, who, required=True)(
        function
    )


def _person(
    option: str, file_option: str, variable: str, who: str, *, required: bool
) -> Callable[[_Decorated], _Decorated]:
    def note_file(context: click.Context, _option: click.Parameter, file: Path | None) -> None:
        context.meta[file_option] = file

    def named(context: click.Context, _option: click.Parameter, name: str) -> Named:
        return Named(name, context.meta[file_option])

    with_file = click.option(
        file_option,
        type=click.Path(dir_okay=False, path_type=Path),
        expose_value=False,
        is_eager=True,
        callback=note_file,
        help=f"File whose first line is their PIN, /dev/fd/N too; otherwise {variable}, or asked.",
    )
    with_name = click.option(
        option,
        required=required,
        default=None if required else "",
        metavar="NAME",
        callback=named,
        help=f"{who}; who has a PIN must give it.",
    )
    return lambda function: with_name(with_file(function))


def yes_option(function: _Decorated) -> _Decorated:
    """``--yes``: no question before what cannot be taken back."""
    return click.option("--yes", is_flag=True, help="Do not ask for confirmation.")(function)


def json_option(function: _Decorated) -> _Decorated:
    """``--json`` and ``--plain``: one object a line on standard output, as JSON or as its values.

    The command gets `as_json` for both; `station.app.result_lines` knows which one it was.
    """
    plain = click.option(
        "--plain",
        is_flag=True,
        expose_value=False,
        is_eager=True,
        callback=_note_plain,
        help="The values of that object instead, a tab between two.",
    )
    as_json = click.option(
        "--json",
        "as_json",
        is_flag=True,
        callback=_either,
        help="One JSON object a line.",
    )
    return as_json(plain(function))


def _note_plain(context: click.Context, _option: click.Parameter, given: bool) -> None:
    context.meta[PLAIN] = given


def _either(context: click.Context, _option: click.Parameter, given: bool) -> bool:
    is_plain = bool(context.meta.get(PLAIN))
    if given and is_plain:
        raise click.UsageError("--json and --plain are two ways to write the same: give one")
    return given or is_plain
