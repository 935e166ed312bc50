"""Runs one command: finds it, turns every failure into a clear message and an exit code.

No command prints a traceback for something a user can cause. An internal error is told in one
line with where its details went.
"""

import difflib
import importlib
import sys
import tempfile
import traceback
from pathlib import Path
from typing import Final

import click

from station.app.main import COMMANDS, help_text
from station.app.standard_streams import output_fault, say, settle_streams, silence_stdout
from station.app.terminal import is_terminal
from station.core.errors import ConfigurationError, ExitCode, StationError
from station.core.text import printable, printable_lines

_TOP_LEVEL_OPTIONS: Final = ("--help", "--version")
_NEAR_OPTION: Final = 0.7
"""Below it, what was typed is rather an option of some command."""

_MAX_PATH_CHARS: Final = 300


def run_command(args: list[str]) -> int:
    """Run ``args[0]`` with the rest.

    Returns:
        The exit code.
    """
    name = args[0]
    if name not in COMMANDS:
        return _unknown_command(name)
    try:
        code = _invoke(name, args[1:])
        sys.stdout.flush()
    except (click.Abort, KeyboardInterrupt):
        # On a terminal a question may stand in that line, and the ^C that it echoed.
        begin = "\n" if is_terminal(sys.stderr) else ""
        say(f"{begin}station {name}: interrupted\n")
        return ExitCode.INTERRUPTED
    except Exception as error:  # noqa: BLE001 - the last line of defence: no traceback for a user
        return _failed(name, error)
    finally:
        settle_streams()
    return code


def _invoke(name: str, args: list[str]) -> int:
    """Run a command without click's own way with errors and broken pipes."""
    module = importlib.import_module(f"station.app.commands.{name}")
    command: click.Command = module.command
    try:
        with command.make_context(f"station {name}", args) as context:
            result = command.invoke(context)
    except click.exceptions.Exit as ended:
        return ended.exit_code
    return int(result) if isinstance(result, int) else ExitCode.DONE


def _failed(name: str, error: Exception) -> int:
    """Tell what went wrong; the exit code."""
    match error:
        case click.exceptions.NoArgsIsHelpError():
            say(printable_lines(error.format_message()) + "\n")
            return ExitCode.USAGE
        case click.ClickException():
            context = getattr(error, "ctx", None)
            where = f"station {name}" if context is None else context.command_path
            said = printable_lines(error.format_message())
            say(f"{where}: {said}\n  see '{where} --help'\n")
            return ExitCode.USAGE
        case StationError():
            # A path, a file or a device may have had its say in it.
            said = printable_lines(f"{error.message}\n  {error.remedy}")
            say(f"station {name}: {said}\n")
            return error.exit_code
        case BrokenPipeError():
            silence_stdout()
            return ExitCode.DONE
        case OSError() if (fault := output_fault(error)) is not None:
            silence_stdout()
            return _failed(name, fault)
        case OSError() if error.filename is not None:
            what = printable(str(error.filename), _MAX_PATH_CHARS)
            return _failed(
                name,
                ConfigurationError(
                    f"cannot use {what}: {error.strerror}",
                    "check the path; run this as the user who owns it, or mend its rights",
                ),
            )
        case _:
            return _internal_error(name, error)


def _unknown_command(name: str) -> int:
    shown = printable(name)
    if name.startswith("-"):
        near = difflib.get_close_matches(name, _TOP_LEVEL_OPTIONS, n=1, cutoff=_NEAR_OPTION)
        what = "option"
        if not near:
            say(f"station: unknown option {shown!r}\n  a command's options stand after its name\n")
            return ExitCode.USAGE
    else:
        near = difflib.get_close_matches(name, COMMANDS, n=1)
        what = "command"
    if near:
        say(f"station: unknown {what} {shown!r}; did you mean {near[0]!r}?\n")
    else:
        say(f"station: unknown {what} {shown!r}\n\n{help_text()}")
    return ExitCode.USAGE


def _internal_error(name: str, error: Exception) -> int:
    """Keep the details in a file, since a traceback helps no operator."""
    try:
        with tempfile.NamedTemporaryFile(
            "w", prefix=f"station-{name}-", suffix=".log", delete=False, encoding="utf-8"
        ) as log:
            traceback.print_exception(error, file=log)
        advice = f"Please report it with the file {Path(log.name)}"
    except OSError as unwritten:
        advice = f"Please report it; its details could not be kept: {unwritten.strerror}"
    say(f"station {name}: internal error ({type(error).__name__})\n  {advice}\n")
    return ExitCode.INTERNAL
