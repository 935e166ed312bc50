#!/usr/bin/env python3
"""Write config/man/station.1, the manual page, from the commands themselves.

scripts/make_man_page.py            write the page
scripts/make_man_page.py --check    exit 1 when the page differs from the commands
"""

import re
import sys
from pathlib import Path
from typing import Final

ROOT: Final = Path(__file__).resolve().parent.parent
if str(ROOT) not in sys.path:
    sys.path.insert(0, str(ROOT))

import click  # noqa: E402

from scripts.command_docs.contract import EXIT_CODES  # noqa: E402
from scripts.generated_pages import write_or_check  # noqa: E402
from scripts.make_command_docs import leaf_commands  # noqa: E402
from station import __version__  # noqa: E402
from station.app.config_layers import OTHER_VARIABLES  # noqa: E402
from station.app.main import COMMANDS  # noqa: E402

PAGE: Final = Path("config", "man", "station.1")

_VARIABLES: Final = {
    "STATION_SITE": "the site folder, instead of ./site",
    "STATION_BRAND_DIR": "the brand folder, instead of ./brand",
    "STATION_KEY_PASSPHRASE": "opens a brand's keys",
    "STATION_PIN": "the PIN of who is named with --by",
    "STATION_NEW_PIN": "a PIN that is to be set",
    "STATION_WITNESS_PIN": "the PIN of the witness of a destruction",
    "STATION_PYTHON": "the interpreter that scripts/station makes the environment with",
}


def page() -> str:
    """The whole page, in the man macros."""
    lines = [
        f'.TH STATION 1 "" "intake station {__version__}" "User Commands"',
        ".SH NAME",
        r"station \- scan every unit at the dock and decide, offline, whether it is genuine",
        ".SH SYNOPSIS",
        ".B station",
        r"[\-\-version] [\-\-help] COMMAND [ARGS]...",
        ".SH DESCRIPTION",
        "Data goes to standard output, words to standard error.",
        ".SH COMMANDS",
    ]
    for name, line in COMMANDS.items():
        lines += [".TP", f".B {_text(name)}", _text(line)]
    for path, command in leaf_commands():
        lines += _section(path, command)
    lines += [".SH EXIT STATUS"]
    for code, meaning in EXIT_CODES.items():
        lines += [".TP", f".B {code.value}", _text(meaning)]
    lines += [".SH ENVIRONMENT"]
    for name in OTHER_VARIABLES:
        lines += [".TP", f".B {name}", _text(_VARIABLES[name])]
    lines += [
        ".TP",
        '.BR STATION_DOCK_THEME " and the like"',
        "a key of station.toml, here theme of [dock]",
        ".SH FILES",
        ".TP",
        ".I site/station.toml",
        "the site's configuration",
    ]
    return "\n".join(lines) + "\n"


def _section(path: str, command: click.Command) -> list[str]:
    context = click.Context(command, info_name=f"station {path}")
    pieces = " ".join(command.collect_usage_pieces(context))
    lines = [f'.SS "station {_text(path)}"', f".B station {_text(path)}", _text(pieces) or r"\&"]
    for paragraph in re.split(r"\n\s*\n", command.help or ""):
        lines += [".PP", _text(" ".join(paragraph.split()))]
    for option in command.params:
        if isinstance(option, click.Option) and not option.hidden:
            takes = "" if option.is_flag else f" {option.make_metavar(context)}"
            names = ", ".join([*option.opts, *option.secondary_opts])
            lines += [".TP", f".B {_text(names + takes)}", _text(option.help or "") or r"\&"]
    return lines


def _text(words: str) -> str:
    """Text that roff takes for nothing else."""
    escaped = words.replace("\\", r"\e").replace("-", r"\-")
    escaped = "".join(
        letter if letter.isascii() else rf"\[u{ord(letter):04X}]" for letter in escaped
    )
    return r"\&" + escaped if escaped.startswith((".", "'")) else escaped


def main(arguments: list[str]) -> int:
    """Write or check the page; the exit code."""
    return write_or_check(ROOT / PAGE, page(), arguments, __doc__ or "")


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
