"""Completion of commands, options and their values in bash, zsh and fish, by click's own machinery.

The shell files in config/completions call `station` with `VARIABLE` set; they are made by
scripts/make_completion_files.py.
"""

import importlib
from typing import Final

import click
from click.shell_completion import CompletionItem, shell_complete

from station.app.main import COMMANDS, COMPLETION_VARIABLE
from station.core.errors import ExitCode

PROGRAM: Final = "station"


class WholeProgram(click.Group):
    """Every command, loaded only when something within it is to be completed."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        """In the order of the top-level help."""
        del ctx
        return list(COMMANDS)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        """One command."""
        del ctx
        if cmd_name not in COMMANDS:
            return None
        found: click.Command = importlib.import_module(f"station.app.commands.{cmd_name}").command
        return found

    def shell_complete(self, ctx: click.Context, incomplete: str) -> list[CompletionItem]:
        """The commands' names from the plain table, which loads none of them."""
        del ctx
        names = [*COMMANDS.items(), *_TOP_LEVEL_OPTIONS.items()]
        return [CompletionItem(name, help=line) for name, line in names if _fits(name, incomplete)]


_TOP_LEVEL_OPTIONS: Final = {"--help": "Show the commands.", "--version": "Show the version."}


def _fits(name: str, incomplete: str) -> bool:
    """Options are offered only to who begins to type one."""
    return name.startswith(incomplete) and (bool(incomplete) or not name.startswith("-"))


def complete(instruction: str) -> int:
    """Answer a shell; the exit code.

    Args:
        instruction: What it asks, such as ``bash_complete``; the words stand in its variables.
    """
    program = WholeProgram(PROGRAM)
    code = shell_complete(program, {}, PROGRAM, COMPLETION_VARIABLE, instruction)
    return ExitCode.DONE if code == 0 else ExitCode.USAGE
