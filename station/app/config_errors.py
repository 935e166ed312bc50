"""What messages of the strict reader speak of, and what to do about them."""

import difflib
import re
from collections.abc import Callable
from typing import Final

_UNKNOWN: Final = re.compile(r"unknown field `([^`]{1,80})`")
_PLACE: Final = re.compile(r" - at `\$\.?([A-Za-z_0-9\[\].]*)`")


def path_of(problem: str) -> list[str | int]:
    """The key a message of msgspec speaks of."""
    place = _PLACE.search(problem)
    path: list[str | int] = [
        int(number) if number else name
        for name, number in re.findall(r"([A-Za-z_0-9]+)|\[([0-9]+)\]", place[1] if place else "")
    ]
    unknown = _UNKNOWN.search(problem)
    return [*path, unknown[1]] if unknown else path


def advice(problem: str, keys_of: Callable[[str], list[str]]) -> str:
    """The nearest valid key for an unknown one; otherwise the valid values' place.

    Args:
        problem: The message.
        keys_of: The keys of a section, or the sections where it is ``""``.
    """
    unknown = _UNKNOWN.search(problem)
    if unknown is None:
        return "see docs/reference/configuration.md for what this key takes"
    # An element of a repeated section has its number before it.
    names = [part for part in path_of(problem)[:-1] if isinstance(part, str)]
    section = names[-1] if names else ""
    known = keys_of(section)
    near = difflib.get_close_matches(unknown[1], known, n=1, cutoff=0.0)
    return f"did you mean {near[0]!r}? Known here: {', '.join(known)}"
