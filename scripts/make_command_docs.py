#!/usr/bin/env python3
"""Write docs/reference/commands.md from the commands themselves and the contract's tables.

scripts/make_command_docs.py            write the page
scripts/make_command_docs.py --check    exit 1 when the page differs from the commands

Nothing of it depends on the terminal: help texts are taken as written, not as click lays them out.
"""

import importlib
import re
import sys
import textwrap
from collections.abc import Iterator
from pathlib import Path
from typing import Final

ROOT: Final = Path(__file__).resolve().parent.parent
if str(ROOT) not in sys.path:
    sys.path.insert(0, str(ROOT))

import click  # noqa: E402

from scripts.command_docs.contract import EXIT_CODES, JSON_FIELDS, JSON_NOTES  # noqa: E402
from scripts.command_docs.objects import Fields  # noqa: E402
from scripts.generated_pages import write_or_check  # noqa: E402
from station.app.main import COMMANDS  # noqa: E402

PAGE: Final = Path("docs", "reference", "commands.md")
_COLUMNS: Final = 100

_HEAD: Final = """\
<!-- Made by scripts/make_command_docs.py; change the commands or scripts/command_docs. -->

# Commands

`scripts/station COMMAND …` makes a checkout ready where it is not yet, then runs the command.

Data goes to standard output, words to standard error. With `--json` standard output holds one
object a line, ASCII; a later version may add fields, and takes none away. With `--plain` the values
of the same fields stand on a line, a tab between two: nothing is an empty value, a list or object
within stands as JSON, and a value's own tabs and control characters are replaced. `--help` after
any command lists its options.

`--site`, or `STATION_SITE`, names the site folder; `--brand-dir`, or `STATION_BRAND_DIR`, the brand
folder. Both have a place in the current directory by default. What a SOURCE can be is listed under
[configuration](configuration.md).
"""


def leaf_commands() -> Iterator[tuple[str, click.Command]]:
    """Every command that does something, with its path, in the order of the top-level help."""
    for name in COMMANDS:
        module = importlib.import_module(f"station.app.commands.{name}")
        yield from _leaves(name, module.command)


def _leaves(path: str, command: click.Command) -> Iterator[tuple[str, click.Command]]:
    if isinstance(command, click.Group):
        for name, child in command.commands.items():
            yield from _leaves(f"{path} {name}", child)
    else:
        yield path, command


def page() -> str:
    """The whole page."""
    parts = [_HEAD, _overview(), _exit_codes()]
    parts += [_section(path, command) for path, command in leaf_commands()]
    return "\n".join(parts)


def _overview() -> str:
    rows = [f"| `station {name}` | {line} |" for name, line in COMMANDS.items()]
    return "\n".join(["| command | does |", "| --- | --- |", *rows, ""])


def _exit_codes() -> str:
    rows = [f"| {code.value} | {meaning} |" for code, meaning in EXIT_CODES.items()]
    return "\n".join(["## Exit codes", "", "| code | means |", "| --- | --- |", *rows, ""])


def _section(path: str, command: click.Command) -> str:
    context = click.Context(command, info_name=f"station {path}")
    pieces = " ".join(command.collect_usage_pieces(context))
    lines = [f"## station {path}", "", "```text", f"station {path} {pieces}".rstrip(), "```", ""]
    for paragraph in re.split(r"\n\s*\n", command.help or ""):
        lines += [_flowing(paragraph), ""]
    options = [
        option
        for option in command.params
        if isinstance(option, click.Option) and not option.hidden
    ]
    if options:
        lines += ["| option | takes | default | means |", "| --- | --- | --- | --- |"]
        lines += [_option(option, context) for option in options]
        lines.append("")
    if path in JSON_FIELDS:
        lines += _fields(JSON_FIELDS[path], path)
    return "\n".join(lines)


def _option(option: click.Option, context: click.Context) -> str:
    takes = "" if option.is_flag else _kind(option, context)
    if option.multiple:
        takes += ", repeatable"
    means = option.help or ""
    if option.required:
        default = "required"
    elif isinstance(option.show_default, str):
        default = option.show_default
    elif option.show_default:
        default = f"`{option.get_default(context)}`"
    else:
        default = ""
    return _cells("`" + "`, `".join(option.opts) + "`", takes, default, means)


def _kind(option: click.Option, context: click.Context) -> str:
    span = option.type
    if isinstance(span, click.IntRange | click.FloatRange):
        return f"{span.min} to {span.max}"
    if isinstance(span, click.Choice):
        return ", ".join(f"`{choice}`" for choice in span.choices)
    return f"`{option.make_metavar(context)}`"


def _fields(fields: Fields, path: str) -> list[str]:
    same = next(known for known, others in JSON_FIELDS.items() if others is fields)
    lines = []
    if same != path:
        anchor = "station-" + same.replace(" ", "-")
        lines += [f"With `--json`: the fields of [station {same}](#{anchor}).", ""]
    else:
        lines += ["With `--json`:", "", "| field | is |", "| --- | --- |"]
        lines += [_cells(f"`{name}`", meaning) for name, meaning in fields.items()]
        lines.append("")
    if path in JSON_NOTES:
        lines += [_flowing(JSON_NOTES[path]), ""]
    return lines


def _flowing(paragraph: str) -> str:
    words = " ".join(paragraph.split())
    return textwrap.fill(words, _COLUMNS, break_long_words=False, break_on_hyphens=False)


def _cells(*cells: str) -> str:
    return "| " + " | ".join(cell.replace("|", "\\|") for cell in cells) + " |"


def main(arguments: list[str]) -> int:
    """Write or check the page; the exit code."""
    return write_or_check(ROOT / PAGE, page(), arguments, __doc__ or "")


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
