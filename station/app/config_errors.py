"""What messages of the strict reader speak of, and what to do about them."""

import difflib
import re
from collections.abc import Callable
from typing import Final

import msgspec

_NO_CHOICE: Final = re.compile(r"Invalid enum value '([^']{0,80})'")
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


def advice(
    problem: str,
    keys_of: Callable[[str], list[str]],
    words_of: Callable[[str, str], list[str]],
) -> str:
    """The nearest valid key or word for an unknown one; otherwise the valid values' place.

    Args:
        problem: The message.
        keys_of: The keys of a section, or the sections where it is ``""``.
        words_of: The words that a section's key takes; none where it takes something else.
    """
    # An element of a repeated section has its number before it.
    names = [part for part in path_of(problem) if isinstance(part, str)]
    section = names[-2] if len(names) > 1 else ""
    if (unknown := _UNKNOWN.search(problem)) is not None:
        known = keys_of(section)
        near = difflib.get_close_matches(unknown[1], known, n=1, cutoff=0.0)
        return f"did you mean {near[0]!r}? Known here: {', '.join(known)}"
    wrong = _NO_CHOICE.search(problem)
    if wrong is not None and names and (words := words_of(section, names[-1])):
        near = difflib.get_close_matches(wrong[1], words, n=1)
        guess = f"did you mean {near[0]!r}? " if near else ""
        return f"{guess}It takes {', '.join(words)}; see docs/reference/configuration.md"
    return "see docs/reference/configuration.md for what this key takes"


def words_of_field(struct: type[msgspec.Struct], key: str) -> list[str]:
    """The words that a section's key takes; none where it takes something else."""
    for one in msgspec.structs.fields(struct):
        if one.encode_name == key:
            info = msgspec.inspect.type_info(one.type)
            if isinstance(info, msgspec.inspect.LiteralType):
                return [str(value) for value in info.values]
    return []
