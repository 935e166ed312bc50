"""Options that several commands share."""

from collections.abc import Callable
from pathlib import Path
from typing import Any, TypeVar

import click

_Decorated = TypeVar("_Decorated", bound=Callable[..., Any])


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


def json_option(function: _Decorated) -> _Decorated:
    """``--json``: one JSON object a line on standard output."""
    return click.option("--json", "as_json", is_flag=True, help="One JSON object a line.")(function)
