"""Options of the commands that put a publication out."""

from collections.abc import Callable
from pathlib import Path
from typing import Any, TypeVar

import click

from station.transport.tuf_publisher import DEFAULT_KEPT_GENERATIONS

_Command = TypeVar("_Command", bound=Callable[..., Any])


def publication_options(command: _Command) -> _Command:
    """Add ``--to``, ``--valid-days`` and ``--keep``."""
    for option in (
        click.option(
            "--keep",
            type=click.IntRange(2, 10_000),
            default=DEFAULT_KEPT_GENERATIONS,
            show_default=True,
            help="How many generations stay in the folder, this one included.",
        ),
        click.option(
            "--valid-days",
            type=click.IntRange(1, 365),
            default=7,
            show_default=True,
            help="After this many days stations take it for withheld news and refuse it.",
        ),
        click.option(
            "--to",
            "target",
            required=True,
            type=click.Path(file_okay=False, path_type=Path),
            help="The folder to write; carry or serve it in any way.",
        ),
    ):
        command = option(command)
    return command
