"""On which line of a TOML file a key stands, for messages; found only once something is wrong.

The TOML reader itself is asked, with the beginning of the file: a key stands where the file first
has it. So tables, dotted keys, arrays and long strings count as the reader counts them.
"""

import tomllib
from collections.abc import Sequence
from typing import Any, Final

KeyPath = Sequence[str | int]
"""Names of tables and keys, and numbers of an array's elements, outermost first."""

_MAX_LOOKS: Final = 40
_MAX_VALUE_LINES: Final = 20


def line_of(text: str, path: KeyPath) -> int | None:
    """The line of a key, counted from 1.

    Args:
        text: A TOML file that can be read.
        path: The key.

    Returns:
        None where it does not stand in the file, or only after more lines that name it than are
        looked at.
    """
    names = [part for part in path if isinstance(part, str)]
    if not names:
        return None
    lines = text.splitlines(keepends=True)
    named = [number for number, line in enumerate(lines) if names[-1] in line]
    for number in named[:_MAX_LOOKS]:
        # A value may go on over some lines, and until its end there is nothing to be read.
        for end in range(number + 1, min(len(lines), number + _MAX_VALUE_LINES) + 1):
            table = _read("".join(lines[:end]))
            if table is not None:
                if _has(table, path):
                    return number + 1
                break
    return None


def _read(text: str) -> dict[str, Any] | None:
    try:
        return tomllib.loads(text)
    except tomllib.TOMLDecodeError:
        return None


def _has(table: Any, path: KeyPath) -> bool:
    for part in path:
        if isinstance(part, int):
            if not isinstance(table, list) or part >= len(table):
                return False
        elif not isinstance(table, dict) or part not in table:
            return False
        table = table[part]
    return True
