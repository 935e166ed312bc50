"""Runs one command: finds it, turns every failure into a clear message and an exit code.

No command prints a traceback for something a user can cause. An internal error is told in one
line with where its details went.
"""

import difflib
import importlib
import os
import sys
import tempfile
import traceback
from pathlib import Path

import click

from station.app.main import COMMANDS, help_text
from station.core.errors import ExitCode, StationError


def run_command(args: list[str]) -> int:
    """Run ``args[0]`` with the rest.

    Returns:
        The exit code.
    """
    name = args[0]
    if name not in COMMANDS:
        return _unknown_command(name)
    module = importlib.import_module(f"station.app.commands.{name}")
    command: click.Command = module.command
    try:
        result = command.main(args[1:], prog_name=f"station {name}", standalone_mode=False)
    except click.exceptions.NoArgsIsHelpError as error:
        sys.stderr.write(error.format_message() + "\n")
        return ExitCode.USAGE
    except click.ClickException as error:
        error.show(sys.stderr)
        return ExitCode.USAGE
    except StationError as error:
        sys.stderr.write(f"station {name}: {error.message}\n  {error.remedy}\n")
        return error.exit_code
    except (click.Abort, KeyboardInterrupt):
        sys.stderr.write(f"station {name}: interrupted\n")
        return ExitCode.INTERRUPTED
    except BrokenPipeError:
        _silence_stdout()
        return ExitCode.DONE
    except Exception as error:  # noqa: BLE001 - the last line of defence: no traceback for a user
        return _internal_error(name, error)
    return _flush(int(result) if isinstance(result, int) else ExitCode.DONE)


def _unknown_command(name: str) -> int:
    printable = name.encode("ascii", "backslashreplace").decode()
    near = difflib.get_close_matches(name, COMMANDS, n=1)
    if name.startswith("-"):
        sys.stderr.write(f"station: unknown option {printable!r}\n\n{help_text()}")
    elif near:
        sys.stderr.write(f"station: unknown command {printable!r}; did you mean {near[0]!r}?\n")
    else:
        sys.stderr.write(f"station: unknown command {printable!r}\n\n{help_text()}")
    return ExitCode.USAGE


def _flush(code: int) -> int:
    """Flush what was printed; a reader that went away is not an error of ours."""
    try:
        sys.stdout.flush()
    except BrokenPipeError:
        _silence_stdout()
    return code


def _silence_stdout() -> None:
    """Point standard output at nothing, so that the interpreter's own last flush stays quiet."""
    os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())


def _internal_error(name: str, error: Exception) -> int:
    """Keep the details in a file, since a traceback helps no operator."""
    with tempfile.NamedTemporaryFile(
        "w", prefix=f"station-{name}-", suffix=".log", delete=False, encoding="utf-8"
    ) as log:
        traceback.print_exception(error, file=log)
    sys.stderr.write(
        f"station {name}: internal error ({type(error).__name__})\n"
        f"  Please report it with the file {Path(log.name)}\n"
    )
    return ExitCode.INTERNAL
