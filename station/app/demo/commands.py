"""Runs the product's own commands in this process, as a person would type them."""

import contextlib
import importlib
import io
import json
from typing import Any

import click


class CommandFailedError(Exception):
    """A command of the demo's preparation did not end well; a defect of ours, not of the user's."""


def run(*args: str) -> list[dict[str, Any]]:
    """Run ``station ARGS`` and return the JSON objects it printed.

    Args:
        args: Command and arguments.

    Raises:
        CommandFailedError: It returned another exit code than 0.
        StationError: As the command raises it.
    """
    module = importlib.import_module(f"station.app.commands.{args[0]}")
    command: click.Command = module.command
    printed, said = io.StringIO(), io.StringIO()
    with contextlib.redirect_stdout(printed), contextlib.redirect_stderr(said):
        try:
            code = command.main(list(args[1:]), prog_name=args[0], standalone_mode=False)
        except click.ClickException as error:
            raise CommandFailedError(f"{' '.join(args)}: {error.format_message()}") from error
    if code:
        raise CommandFailedError(f"{' '.join(args)}: exit code {code}: {said.getvalue()}")
    return [json.loads(line) for line in printed.getvalue().splitlines() if line.startswith("{")]
