"""Options that several commands share."""

import difflib
from collections.abc import Callable
from pathlib import Path
from typing import Any, TypeVar

import click

_Decorated = TypeVar("_Decorated", bound=Callable[..., Any])


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


def by_option(function: _Decorated) -> _Decorated:
    """``--by NAME``: who does it; the PIN is asked for, or stands in STATION_PIN."""
    return click.option(
        "--by",
        required=True,
        metavar="NAME",
        help="Who does it; the PIN is asked for, or taken from STATION_PIN.",
    )(function)


def yes_option(function: _Decorated) -> _Decorated:
    """``--yes``: no question before what cannot be taken back."""
    return click.option("--yes", is_flag=True, help="Do not ask for confirmation.")(function)


def json_option(function: _Decorated) -> _Decorated:
    """``--json``: one JSON object a line on standard output."""
    return click.option("--json", "as_json", is_flag=True, help="One JSON object a line.")(function)
